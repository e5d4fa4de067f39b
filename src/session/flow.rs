//! The four things that a session does with a request: begin a sign-in, end it, tell who is signed
//! in, sign out.

use super::config::{Config, inside, is_short};
use super::payload::{Payload, unseal};
use super::recent::{leave, left};
use super::refresh::{Renewal, renew};
use super::seal::{open, seal};
use crate::check::Problem;
use crate::core::cookies::{Cookies, line};
use crate::core::session::renewal::{Left, Standing, standing, wants_tokens};
use crate::core::session::{payload, sign_in};
use crate::error::Error;
use crate::interop::{absent, concat, now, random, set, stringify};
use crate::limits::Limits;
use crate::oauth::crypto::random_text;
use crate::oauth::params::{Params, word};
use crate::oauth::{AUDIENCE, Authorize, Callback, Grant, logout_url, refused};
use crate::options::Options;
use crate::settings::Settings;
use js_sys::{JsString, Object};
use wasm_bindgen::prelude::*;

/// What the two kinds of cookies are for: none opens as the other.
const SIGN_IN: &str = "sign-in";
const SESSION: &str = "session";

/// Where the browser goes next, and the cookies it is given.
pub(super) struct Redirect {
    pub location: String,
    pub cookies: Vec<String>,
}

/// A sign-in that is about to begin.
pub(super) struct Begin {
    authorize: Authorize,
    return_to: JsValue,
}

impl Begin {
    /// Checks the parameters: those of an authorization request, and `returnTo`.
    pub fn read(
        settings: &Settings,
        config: &Config,
        params: &JsValue,
        header: &str,
    ) -> Result<Begin, Box<Error>> {
        let read = || -> Result<(Params, JsValue), Problem> {
            let params = Params::read(params)?;
            let ours = ["redirect_uri", "state", "nonce"];
            params.without(&ours, "is for the session to say")?;
            params.set("redirect_uri", &config.redirect_uri());
            if absent(&params.value("scope")) {
                params.set("scope", &config.scope());
            }
            if absent(&params.value(AUDIENCE)) {
                params.set(AUDIENCE, &config.audience());
            }
            let return_to = match is_short(&params.value("returnTo")) {
                true => params.optional("returnTo")?,
                // The user of a long address should get in, if not back.
                false => JsValue::UNDEFINED,
            };
            params.set("returnTo", &JsValue::UNDEFINED);
            if return_to.is_undefined() {
                return Ok((params, config.return_to()));
            }
            let return_to = inside(&return_to, &config.redirect_uri())
                .map_err(|problem| problem.inside("returnTo"))?;
            let return_to = match is_short(&return_to) {
                true => return_to,
                false => config.return_to(),
            };
            Ok((params, return_to))
        };
        let (params, return_to) =
            read().map_err(|problem| Error::invalid(None, "session.signIn: parameter", problem))?;
        let cookies = Cookies::read(header);
        let length = return_to.unchecked_ref::<JsString>().length();
        let secret = random_text()?;
        let state = sign_in::state(&cookies, &config.cookie(), length, random(), &secret);
        params.set("state", &state.into());
        Ok(Begin {
            authorize: Authorize::read(settings, params.object())?,
            return_to,
        })
    }

    pub async fn run(
        self,
        settings: &Settings,
        config: &Config,
        header: &str,
    ) -> Result<Redirect, Box<Error>> {
        let limits = Limits::new(settings, &Options::default());
        let sign_in = self.authorize.run(settings).await?;
        let location = word(&sign_in, "url");
        set(&sign_in, "url", &JsValue::UNDEFINED);
        set(&sign_in, "return_to", &self.return_to);
        set(&sign_in, sign_in::ENDS, &sign_in::ends(now()).into());
        let json = stringify(&sign_in).unwrap_or_default();
        let sealed = seal(config, SIGN_IN, json, &limits).await?;
        let state = word(&sign_in, "state");
        let cookies = Cookies::read(header);
        let cookies = sign_in::write(&cookies, &config.cookie(), &state, &sealed);
        Ok(Redirect { location, cookies })
    }
}

/// Ends a sign-in, at the address that the browser was sent back to: where it goes next, and who it is.
pub(super) async fn callback(
    settings: &Settings,
    config: &Config,
    header: &str,
    address: JsValue,
) -> Result<(Redirect, Payload), Box<Error>> {
    let limits = Limits::new(settings, &Options::default());
    let redirect_uri = config.redirect_uri();
    let callback = Callback::read(&address, &redirect_uri)
        .map_err(|problem| Error::invalid(None, "session.callback: argument", problem))?;
    let state = callback.one("state").unwrap_or_default();
    let name = sign_in::name(&config.cookie(), &state);
    let cookies = Cookies::read(header);
    let sealed = cookies.one(&name).unwrap_or_default();
    let sign_in = open(config, SIGN_IN, sealed, &limits).await?;
    let sign_in: Object = unseal(&sign_in).unchecked_into();
    sign_in::check(&sign_in, &state, now()).map_err(refused)?;
    set(&sign_in, "url", &address);
    set(&sign_in, "redirect_uri", &redirect_uri);
    let grant = Grant::exchange(settings, &sign_in)?;
    let tokens = grant.run(settings, &Options::default()).await?;
    let before = session(config, &cookies, &limits).await?;
    let payload = Payload::new(&tokens)?;
    let mut lines = cookie(config, &cookies, &payload, &limits).await?;
    lines.push(line(&name, "", 0));
    if let Some(before) = before {
        leave(&before.id(), Left::Replaced);
    }
    let redirect = Redirect {
        location: word(&sign_in, "return_to"),
        cookies: lines,
    };
    Ok((redirect, payload))
}

/// Who is signed in.
pub(super) struct User {
    pub payload: Payload,
    /// What the browser has to be given for its next requests.
    pub cookies: Vec<String>,
}

/// Tells who is signed in. Nobody is with a cookie that does not open, or is too old; the tokens of
/// others are renewed when they are about to expire, or at once.
pub(super) async fn user(
    settings: &Settings,
    config: &Config,
    header: &str,
    at_once: bool,
) -> Result<Option<User>, Box<Error>> {
    let limits = Limits::new(settings, &Options::default());
    let cookies = Cookies::read(header);
    let Some(mut payload) = session(config, &cookies, &limits).await? else {
        return Ok(None);
    };
    let id = payload.id();
    let mut lines = Vec::new();
    if wants_tokens(&payload.times(), at_once, left(&id), now()) {
        match renew(settings, &payload, at_once, &limits).await? {
            Renewal::Renewed(renewed) => {
                lines = cookie(config, &cookies, &renewed, &limits).await?;
                payload = renewed;
            }
            Renewal::Same => (),
            Renewal::Over => return Ok(None),
        }
    }
    match standing(&payload.times(), left(&id), now()) {
        Standing::Here => (),
        Standing::Leaving => lines.clear(),
        Standing::Nobody => return Ok(None),
    }
    Ok(Some(User {
        payload,
        cookies: lines,
    }))
}

/// The session of a request, unless it has lasted too long.
async fn session(
    config: &Config,
    cookies: &Cookies<'_>,
    limits: &Limits,
) -> Result<Option<Payload>, Box<Error>> {
    let sealed = cookies.whole(&config.cookie());
    let payload = Payload::parse(&open(config, SESSION, &sealed, limits).await?);
    Ok(payload.filter(|payload| seconds_left(payload, config) > 0.0))
}

/// The cookies of a session.
async fn cookie(
    config: &Config,
    cookies: &Cookies<'_>,
    payload: &Payload,
    limits: &Limits,
) -> Result<Vec<String>, Box<Error>> {
    let sealed = seal(config, SESSION, payload.json(), limits).await?;
    let (name, most) = (config.cookie(), config.max_cookies());
    let left = seconds_left(payload, config);
    payload::write(cookies, &name, &sealed, most, left).map_err(|what| Error::configuration(&what))
}

fn seconds_left(payload: &Payload, config: &Config) -> f64 {
    payload.times().left(config.max_age(), now())
}

/// A sign-out that is about to begin: where it leads to.
pub(super) struct SignOut(String);

impl SignOut {
    /// Checks the parameters.
    pub fn read(
        settings: &Settings,
        config: &Config,
        params: &JsValue,
    ) -> Result<SignOut, Box<Error>> {
        let params = Params::read(params)
            .map_err(|problem| Error::invalid(None, "session.signOut: parameter", problem))?;
        if absent(&params.value("redirect")) {
            params.set("redirect", &config.signed_out());
        }
        Ok(SignOut(logout_url(settings, params.object())?))
    }

    /// Forgets who is signed in, and sends the browser to end the session at the service as well.
    pub async fn run(self, settings: &Settings, config: &Config, header: &str) -> Redirect {
        let limits = Limits::new(settings, &Options::default());
        let cookies = Cookies::read(header);
        // What cannot be opened is no reason to keep it.
        if let Ok(Some(session)) = session(config, &cookies, &limits).await {
            leave(&session.id(), Left::SignedOut);
        }
        let name = config.cookie();
        let mut lines = cookies.remove(&concat(&[&name, "."]));
        lines.extend(cookies.one(&name).map(|_| line(&name, "", 0)));
        Redirect {
            location: self.0,
            cookies: lines,
        }
    }
}
