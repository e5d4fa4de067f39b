//! The addresses that a sign-in and a sign-out begin at. The first is an authorization request (RFC 6749, section 4.1.1;
//! OpenID Connect Core, section 3.1.2.1) with PKCE (RFC 7636).

use super::crypto::{random_text, sha256};
use super::params::{Params, word};
use crate::base64url;
use crate::check::{Problem, fits};
use crate::error::Error;
use crate::interop::{absent, concat, encode, is_array, list, set};
use crate::limits::Limits;
use crate::options::Options;
use crate::settings::Settings;
use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

/// What is asked for if the caller does not say.
const SCOPE: &str = "openid profile email";

/// What only this module may say. `request` and `request_uri` would stand in for all the others
/// (RFC 9101, section 5).
const OURS: [&str; 8] = [
    "response_type",
    "client_id",
    "client_secret",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "request",
    "request_uri",
];

/// An authorization request that has been checked.
pub(crate) struct Authorize {
    query: Query,
    /// `{ state, nonce }`
    sign_in: Object,
}

impl Authorize {
    pub fn read(settings: &Settings, params: &JsValue) -> Result<Authorize, Box<Error>> {
        let client_id = client_id(settings)?;
        let defaults = [
            ("scope", SCOPE.into()),
            ("state", random_text()?.into()),
            ("nonce", random_text()?.into()),
        ];
        read(&client_id, params, defaults)
            .map_err(|problem| Error::invalid(None, "oauth.authorizationUrl: parameter", problem))
    }

    /// `{ url, state, nonce, code_verifier }`
    pub async fn run(self, settings: &Settings) -> Result<Object, Box<Error>> {
        let limits = Limits::new(settings, &Options::default());
        let verifier = random_text()?;
        let challenge = base64url::encode(&sha256(&verifier, &limits).await?);
        let url = concat(&[
            &settings.origin(),
            "/oauth2/auth",
            &self.query.0,
            "&code_challenge_method=S256&code_challenge=",
            &challenge,
        ]);
        set(&self.sign_in, "url", &url.into());
        set(&self.sign_in, "code_verifier", &verifier.into());
        Ok(self.sign_in)
    }
}

/// The application that users sign in to.
pub(crate) fn client_id(settings: &Settings) -> Result<String, Box<Error>> {
    Some(settings.client_id())
        .filter(|id| !id.is_empty())
        .ok_or_else(|| Error::configuration("signing in needs the clientId of an application"))
}

fn read(
    client_id: &str,
    params: &JsValue,
    defaults: [(&str, JsValue); 3],
) -> Result<Authorize, Problem> {
    let params = Params::read(params)?;
    params.address("redirect_uri")?;
    params.without(&OURS, "is for the library to say")?;
    let sign_in = Object::new();
    for (name, default) in defaults {
        if params.optional(name)?.is_undefined() {
            params.set(name, &default);
        }
        if name != "scope" {
            set(&sign_in, name, &params.value(name));
        }
    }
    let scope = word(params.object(), "scope");
    if !scope
        .as_bytes()
        .split(|byte| *byte == b' ')
        .any(|word| word == b"openid")
    {
        let what = "has no \"openid\", without which nobody is signed in";
        return Err(Problem::new(what.into()).inside("scope"));
    }
    let mut query = Query::default();
    query.add("response_type", &"code".into())?;
    query.add("client_id", &client_id.into())?;
    query.add_all(&params)?;
    if !absent(&params.value("invitation_code")) && absent(&params.value("is_invitation")) {
        // Without it Kinde takes no notice of the code.
        query.add("is_invitation", &JsValue::TRUE)?;
    }
    Ok(Authorize { query, sign_in })
}

/// One or more APIs that a token is for: the service takes the parameter several times.
pub(crate) const AUDIENCE: &str = "audience";

/// The strings of an array of them: at least one, and none that is empty.
pub(crate) fn strings(name: &str, values: &JsValue) -> Result<Array, Problem> {
    let all = list(values)?;
    match all.length() > 0 && all.iter().all(|one| one.is_string() && one.is_truthy()) {
        true => Ok(all),
        false => {
            let expected = "a string that is not empty, or an array of such strings";
            Err(Problem::expected(expected, values).inside(name))
        }
    }
}

/// Where a sign-out begins: `/logout` with these parameters.
pub(crate) fn logout_url(settings: &Settings, params: &JsValue) -> Result<String, Box<Error>> {
    let read = || -> Result<Query, Problem> {
        let params = Params::read(params)?;
        let mut query = Query::default();
        query.add_all(&params)?;
        for name in ["redirect", "post_logout_redirect_uri"] {
            if !absent(&params.value(name)) {
                params.address(name)?;
            }
        }
        Ok(query)
    };
    match read() {
        Ok(query) => Ok(concat(&[&settings.origin(), "/logout", &query.0])),
        Err(problem) => Err(Error::invalid(None, "oauth.logoutUrl: parameter", problem)),
    }
}

/// A query on its way into a URL: `?a=1&b=2`.
#[derive(Default)]
struct Query(String);

impl Query {
    fn add_all(&mut self, params: &Params) -> Result<(), Problem> {
        for name in params.names()? {
            let value = params.value(&name);
            match name == AUDIENCE && is_array(&value) {
                true => self.add_each(&name, &value)?,
                false => self.add(&name, &value)?,
            }
        }
        Ok(())
    }

    /// Adds a parameter for each string of an array.
    fn add_each(&mut self, name: &str, values: &JsValue) -> Result<(), Problem> {
        for value in strings(name, values)? {
            self.add(name, &value)?;
        }
        Ok(())
    }

    /// Adds a value, unless it is null or undefined: `true` as `true`.
    fn add(&mut self, name: &str, value: &JsValue) -> Result<(), Problem> {
        let inside = |problem: Problem| problem.inside(name);
        let plain = value.as_bool().is_some() || value.as_f64().is_some_and(f64::is_finite);
        if absent(value) {
            return Ok(());
        }
        if !plain && !value.is_string() {
            let expected = "a string, a number, true or false";
            return Err(inside(Problem::expected(expected, value)));
        }
        fits(value).map_err(inside)?;
        let pair = encode(&name.into()).and_then(|name| Ok([name, encode(value)?]));
        let not_unicode = |_| inside(Problem::new("is not well-formed Unicode".into()));
        let [name, value] = pair.map_err(not_unicode)?;
        let start = if self.0.is_empty() { "?" } else { "&" };
        self.0.push_str(&concat(&[start, &name, "=", &value]));
        Ok(())
    }
}
