//! The token endpoint (RFC 6749, sections 4.1.3 and 6; OpenID Connect Core, sections 3.1.3 and
//! 12).

use super::authorize::client_id;
use super::callback::Callback;
use super::id_token;
use super::params::Params;
use crate::auth;
use crate::check::Problem;
use crate::client::run;
use crate::core::token::{is_bearer, lifetime};
use crate::error::{Context, Error};
use crate::interop::{absent, concat, encode, get, now, number, set};
use crate::judge::granted;
use crate::limits::Limits;
use crate::options::Options;
use crate::request::Request;
use crate::settings::Settings;
use js_sys::Object;
use wasm_bindgen::prelude::*;

const EXCHANGE: &str = "oauth.exchangeCode";
const REFRESH: &str = "oauth.refresh";

/// A request for tokens, and what is known of them before they come.
pub(crate) struct Grant {
    /// What the call is called.
    subject: &'static str,
    form: String,
    secrets: Vec<JsValue>,
    /// What the id token has to hold; `undefined` for anything.
    nonce: JsValue,
    /// Whom the id token has to be about; `undefined` for anybody.
    user: JsValue,
    /// The refresh token so far; `undefined` if this is a sign-in.
    old: JsValue,
}

impl Grant {
    /// For the code of a callback: `{ url, redirect_uri, state, nonce, code_verifier }`.
    pub fn exchange(settings: &Settings, params: &JsValue) -> Result<Grant, Box<Error>> {
        let mut grant = Grant::new(settings, EXCHANGE, "authorization_code")?;
        let mut read = || -> Result<(Callback, JsValue), Problem> {
            let params = Params::read(params)?;
            let redirect_uri = params.address("redirect_uri")?;
            let callback = Callback::read(&params.value("url"), &redirect_uri);
            let callback = callback.map_err(|problem| problem.inside("url"))?;
            let state = params.required("state")?;
            grant.nonce = params.required("nonce")?;
            grant.add("redirect_uri", redirect_uri);
            grant.add_secret("code_verifier", params.required("code_verifier")?);
            Ok((callback, state))
        };
        let (callback, state) = read()
            .map_err(|problem| Error::invalid(None, "oauth.exchangeCode: parameter", problem))?;
        let code = callback.code(&state, &settings.origin())?;
        grant.add_secret("code", code.into());
        Ok(grant)
    }

    /// For a refresh token: `{ refresh_token, scope, sub }`.
    pub fn refresh(settings: &Settings, params: &JsValue) -> Result<Grant, Box<Error>> {
        let mut grant = Grant::new(settings, REFRESH, "refresh_token")?;
        let mut read = || -> Result<(), Problem> {
            let params = Params::options(params, &["refresh_token", "scope!", "sub!"])?;
            grant.old = params.required("refresh_token")?;
            grant.user = params.optional("sub")?;
            grant.add("scope", params.optional("scope")?);
            grant.add_secret("refresh_token", grant.old.clone());
            Ok(())
        };
        read().map_err(|problem| Error::invalid(None, "oauth.refresh: parameter", problem))?;
        Ok(grant)
    }

    fn new(
        settings: &Settings,
        subject: &'static str,
        grant_type: &str,
    ) -> Result<Grant, Box<Error>> {
        let mut grant = Grant {
            subject,
            form: concat(&["grant_type=", grant_type]),
            secrets: Vec::new(),
            nonce: JsValue::UNDEFINED,
            user: JsValue::UNDEFINED,
            old: JsValue::UNDEFINED,
        };
        grant.add("client_id", client_id(settings)?.into());
        grant.add_secret("client_secret", settings.client_secret().into());
        Ok(grant)
    }

    /// Adds a field to the form, unless there is nothing in it.
    fn add(&mut self, name: &str, value: JsValue) {
        if value.is_truthy() {
            // Half a character makes a request that the service refuses.
            let value = encode(&value).unwrap_or_default();
            self.form.push_str(&concat(&["&", name, "=", &value]));
        }
    }

    fn add_secret(&mut self, name: &str, value: JsValue) {
        self.add(name, value.clone());
        self.secrets.push(value);
    }

    /// The tokens as they came, with `expires_at`, and with the `claims` of the verified id token.
    pub async fn run(self, settings: &Settings, options: &Options) -> Result<Object, Box<Error>> {
        let limits = Limits::new(settings, options);
        let request = Request {
            secrets: self.secrets,
            ..Request::open(self.subject, "/oauth2/token", Some(self.form), granted)
        };
        let answer = run(settings, &request, options, &limits, None).await?;
        let tokens = Object::from(answer.body.clone());
        // The answer stays out of the error: it holds tokens.
        let unusable = |field: &str| {
            let what = "the token endpoint answered without a usable ";
            let context = Context {
                attempts: answer.attempts,
                ..Context::about(self.subject)
            };
            Error::authentication(&concat(&[what, field]), context)
        };
        complete(&tokens).map_err(unusable)?;
        let has = |name| get(&tokens, name).is_ok_and(|value| !absent(&value));
        if !has("refresh_token") && !self.old.is_undefined() {
            // The old one goes on (RFC 6749, section 6).
            set(&tokens, "refresh_token", &self.old);
        }
        if has("id_token") {
            let claims =
                id_token::claims(settings, &tokens, self.nonce, &self.user, &limits).await?;
            set(&tokens, "claims", &claims);
        } else if self.old.is_undefined() {
            // A sign-in is not one without it (OpenID Connect Core, section 3.1.3.3).
            return Err(unusable("id_token"));
        }
        Ok(tokens)
    }
}

/// Checks the fields of an answer (RFC 6749, section 5.1), and adds when the access token expires.
/// Fails with the name of a field that cannot be used.
fn complete(tokens: &Object) -> Result<(), &'static str> {
    let token = get(tokens, "access_token").unwrap_or_default();
    if auth::bearer(&token, &Context::new(None)).is_err() {
        return Err("access_token");
    }
    if !is_bearer(tokens) {
        return Err("token_type");
    }
    let lifetime = lifetime(tokens, number);
    set(tokens, "expires_in", &lifetime.into());
    set(tokens, "expires_at", &(now() + lifetime * 1000.0).into());
    Ok(())
}
