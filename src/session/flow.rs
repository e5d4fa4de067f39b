//! The four things that a session does with a request: begin a sign-in, end it, tell who is signed
//! in, sign out.

use super::config::{Config, inside, is_short};
use super::payload::{Payload, unseal};
use super::recent::{Left, leave, left};
use super::refresh::{Renewal, renew};
use super::seal::{open, seal};
use crate::check::Problem;
use crate::core::cookies::{Cookies, LONGEST, MOST, line};
use crate::error::Error;
use crate::interop::{absent, concat, get, now, push_number, set, stringify};
use crate::limits::Limits;
use crate::oauth::params::{Params, word};
use crate::oauth::{Authorize, Callback, Grant, logout_url, refused};
use crate::options::Options;
use crate::settings::Settings;
use wasm_bindgen::prelude::*;

/// What the two kinds of cookies are for: none opens as the other.
const SIGN_IN: &str = "sign-in";
const SESSION: &str = "session";

/// How long a sign-in may take, in seconds.
const SIGN_IN_TIME: u32 = 600;
/// How many sign-ins may be under way in a browser, one in each tab, and the size of their cookies,
/// in bytes: beside those of a session, Node takes no more. The oldest goes first.
const SIGN_INS: usize = 5;
const SIGN_INS_SIZE: usize = 3_600;
/// What a server should take beside the cookies of a session, in bytes.
const OTHER_HEADERS: usize = 8_192;
/// How many letters of the state tell one from the other.
const LETTERS: usize = 8;

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
    ) -> Result<Begin, Box<Error>> {
        let read = || -> Result<(Params, JsValue), Problem> {
            let params = Params::read(params)?;
            let ours = ["redirect_uri", "state", "nonce"];
            params.without(&ours, "is for the session to say")?;
            params.set("redirect_uri", &config.redirect_uri());
            if absent(&params.value("scope")) {
                params.set("scope", &config.scope());
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
        let ends = now() + f64::from(SIGN_IN_TIME) * 1000.0;
        set(&sign_in, "url", &JsValue::UNDEFINED);
        set(&sign_in, "return_to", &self.return_to);
        set(&sign_in, "ends", &ends.into());
        let json = stringify(&sign_in).unwrap_or_default();
        let value = seal(config, SIGN_IN, json, &limits).await?;

        let name = name(config, &word(&sign_in, "state"));
        let room = SIGN_INS_SIZE.saturating_sub(name.len() + value.len());
        let mut cookies = Cookies::read(header).thin(&prefix(config), SIGN_INS - 1, room);
        cookies.push(line(&name, &value, SIGN_IN_TIME));
        Ok(Redirect { location, cookies })
    }
}

/// `__Host-kinde.sign-in.`
fn prefix(config: &Config) -> String {
    concat(&[&config.cookie(), ".sign-in."])
}

/// The cookie of the sign-in with this state.
fn name(config: &Config, state: &str) -> String {
    let start = state.get(..LETTERS).unwrap_or_default();
    concat(&[&prefix(config), start])
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
    let name = name(config, &callback.one("state").unwrap_or_default());
    let cookies = Cookies::read(header);
    let sealed = cookies.one(&name).unwrap_or_default();
    let sign_in = open(config, SIGN_IN, sealed, &limits).await?;
    let sign_in = unseal(&sign_in);
    let ends = get(&sign_in, "ends").ok().and_then(|ends| ends.as_f64());
    if ends.is_none_or(|ends| ends < now()) {
        let what = "the sign-in took more than 10 minutes, or began in another browser";
        return Err(refused(what, "sign_in_not_found".into(), String::new()));
    }
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
    if (at_once || payload.is_due()) && left(&id).is_none() {
        match renew(settings, &payload, at_once, &limits).await? {
            Renewal::Renewed(renewed) => {
                lines = cookie(config, &cookies, &renewed, &limits).await?;
                payload = renewed;
            }
            Renewal::Same => (),
            Renewal::Over => return Ok(None),
        }
    }
    // The session may have been left in the meantime: no answer to a request that was under way
    // brings it back.
    match left(&id) {
        None => (),
        Some(Left::Replaced) if now() < payload.expires_at() => lines.clear(),
        Some(_) => return Ok(None),
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
    Ok(payload.filter(|payload| payload.left(config.max_age()) > 0.0))
}

/// The cookies of a session.
async fn cookie(
    config: &Config,
    cookies: &Cookies<'_>,
    payload: &Payload,
    limits: &Limits,
) -> Result<Vec<String>, Box<Error>> {
    let value = seal(config, SESSION, payload.json(), limits).await?;
    let count = value.len().div_ceil(LONGEST);
    if count as f64 > config.max_cookies() {
        return Err(too_long(value.len(), count, config.max_cookies()));
    }
    let left = payload.left(config.max_age()) as u32;
    Ok(cookies.write(&config.cookie(), &value, left))
}

/// Says what a session of so many bytes, in so many cookies, takes.
fn too_long(size: usize, count: usize, most: f64) -> Box<Error> {
    let mut what =
        String::from("session: the tokens of the user are too long for cookies: they take ");
    push_number(&mut what, count as u32);
    what.push_str(" (");
    push_number(&mut what, size as u32);
    what.push_str(" bytes), and ");
    push_number(&mut what, most as u32);
    what.push_str(" may be. ");
    if count > MOST {
        what.push_str("Make them shorter: with fewer claims, permissions or roles");
    } else {
        what.push_str("Make them shorter, or set maxCookies to ");
        push_number(&mut what, count as u32);
        what.push_str(" where the server takes headers of ");
        push_number(&mut what, (size + OTHER_HEADERS) as u32);
        what.push_str(
            " bytes; Node takes 16,384 if it is not told otherwise (--max-http-header-size)",
        );
    }
    Error::configuration(&what)
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
