//! What a session was told. It lives in a JavaScript array, for the reason of `settings.rs`.

use crate::check::Problem;
use crate::core::session::options;
use crate::error::Error;
use crate::interop::{absent, address, concat, get, is_array, list, stringify, text};
use crate::oauth::params::Params;
use crate::oauth::{AUDIENCE, client_id, strings};
use crate::settings::Settings;
use js_sys::{Array, JsString};
use wasm_bindgen::prelude::*;

/// The options of a session, checked.
#[derive(Clone)]
pub(super) struct Config(Array);

const SECRETS: u32 = 0;
const KEYS: u32 = 1;
const BINDING: u32 = 2;
const REDIRECT_URI: u32 = 3;
const SCOPE: u32 = 4;
const COOKIE: u32 = 5;
const MAX_AGE: u32 = 6;
const RETURN_TO: u32 = 7;
const SIGNED_OUT: u32 = 8;
const MAX_COOKIES: u32 = 9;
const AUDIENCES: u32 = 10;

const SIGNED_OUT_NAME: &str = "postLogoutRedirectUri";

const KNOWN: [&str; 9] = [
    "secret",
    "redirectUri",
    "scope!",
    "audience!",
    "cookie",
    "maxAge!",
    "maxCookies",
    "returnTo",
    SIGNED_OUT_NAME,
];

impl Config {
    pub fn read(settings: &Settings, given: &JsValue) -> Result<Config, Box<Error>> {
        let client_id = client_id(settings)?;
        read(given, &concat(&[&settings.origin(), "\n", &client_id]))
            .map_err(|problem| Error::configuration(&concat(&["session: ", &problem.sentence()])))
    }

    /// The newest first.
    pub fn secrets(&self) -> Array {
        self.0.get(SECRETS).unchecked_into()
    }

    /// What has been made of them so far.
    pub fn keys(&self) -> Array {
        self.0.get(KEYS).unchecked_into()
    }

    /// What the cookies are bound to: their name, the domain, the application.
    pub fn binding(&self) -> String {
        self.string(BINDING)
    }

    pub fn redirect_uri(&self) -> JsValue {
        self.0.get(REDIRECT_URI)
    }

    pub fn scope(&self) -> JsValue {
        self.0.get(SCOPE)
    }

    /// A string, an array of strings, or `undefined`.
    pub fn audience(&self) -> JsValue {
        self.0.get(AUDIENCES)
    }

    /// `__Host-kinde`
    pub fn cookie(&self) -> String {
        self.string(COOKIE)
    }

    /// Seconds.
    pub fn max_age(&self) -> f64 {
        self.0.get(MAX_AGE).as_f64().unwrap_or_default()
    }

    pub fn max_cookies(&self) -> f64 {
        self.0.get(MAX_COOKIES).as_f64().unwrap_or_default()
    }

    /// An absolute address.
    pub fn return_to(&self) -> JsValue {
        self.0.get(RETURN_TO)
    }

    /// Where the browser ends up after a sign-out.
    pub fn signed_out(&self) -> JsValue {
        self.0.get(SIGNED_OUT)
    }

    fn string(&self, slot: u32) -> String {
        self.0.get(slot).as_string().unwrap_or_default()
    }

    #[cfg(feature = "js")]
    pub fn into_js(self) -> Array {
        self.0
    }

    #[cfg(feature = "js")]
    pub fn from_js(config: Array) -> Self {
        Config(config)
    }
}

fn read(given: &JsValue, application: &str) -> Result<Config, Problem> {
    let given = Params::options(given, &KNOWN)?;
    let redirect_uri = given.address("redirectUri")?;
    keeps_cookies(&redirect_uri).map_err(|problem| problem.inside("redirectUri"))?;
    let or = |name: &str, default: &str| -> Result<JsValue, Problem> {
        let value = given.optional(name)?;
        Ok(if value.is_undefined() {
            default.into()
        } else {
            value
        })
    };
    let path =
        |name: &str| inside(&or(name, "/")?, &redirect_uri).map_err(|problem| problem.inside(name));
    let cookie = text(&or("cookie", options::DEFAULT_COOKIE)?).unwrap_or_default();
    let cookie =
        options::cookie(&cookie).map_err(|what| Problem::new(what.into()).inside("cookie"))?;
    let signed_out = match absent(&given.value(SIGNED_OUT_NAME)) {
        true => inside(&"/".into(), &redirect_uri)?,
        false => given.address(SIGNED_OUT_NAME)?,
    };

    let audience = given.value(AUDIENCE);
    let audience = match is_array(&audience) {
        true => strings(AUDIENCE, &audience)?.into(),
        false => given.optional(AUDIENCE)?,
    };
    let return_to = path("returnTo")?;
    if !is_short(&return_to) {
        return Err(Problem::new("is too long for a cookie".into()).inside("returnTo"));
    }

    let config = Array::new();
    config.set(SECRETS, secrets(&given.value("secret"))?.into());
    config.set(KEYS, Array::new().into());
    config.set(BINDING, concat(&[&cookie, "\n", application]).into());
    config.set(SCOPE, or("scope", options::DEFAULT_SCOPE)?);
    config.set(AUDIENCES, audience);
    config.set(COOKIE, cookie.into());
    config.set(MAX_AGE, max_age(&given.value("maxAge"))?.into());
    config.set(MAX_COOKIES, max_cookies(&given.value("maxCookies"))?.into());
    config.set(RETURN_TO, return_to);
    config.set(SIGNED_OUT, signed_out);
    config.set(REDIRECT_URI, redirect_uri);
    Ok(Config(config))
}

fn max_age(value: &JsValue) -> Result<f64, Problem> {
    match value.as_f64().and_then(options::max_age) {
        Some(seconds) => Ok(seconds),
        None if absent(value) => Ok(options::DEFAULT_MAX_AGE),
        None => Err(Problem::expected("a number of seconds from 1", value).inside("maxAge")),
    }
}

fn max_cookies(value: &JsValue) -> Result<f64, Problem> {
    match value.as_f64().and_then(options::max_cookies) {
        Some(count) => Ok(count),
        None if absent(value) => Ok(options::DEFAULT_MAX_COOKIES),
        None => Err(Problem::expected("a whole number from 1 to 10", value).inside("maxCookies")),
    }
}

fn secrets(value: &JsValue) -> Result<Array, Problem> {
    let all = match is_array(value) {
        true => list(value)?,
        false => Array::of1(value),
    };
    let long = |secret: JsValue| {
        let secret = secret.dyn_ref::<JsString>();
        secret.is_some_and(|secret| options::is_secret(secret.length()))
    };
    match all.length() > 0 && all.iter().all(long) {
        true => Ok(all),
        false => {
            let expected = "a string of at least 32 characters, or an array of them";
            Err(Problem::expected(expected, value).inside("secret"))
        }
    }
}

/// Whether an address to come back to can travel in a cookie. What is no string is for others to
/// refuse.
pub(super) fn is_short(address: &JsValue) -> bool {
    let json = stringify(address).unwrap_or_default();
    let json: Option<&JsString> = json.dyn_ref();
    json.is_none_or(|json| options::is_short(json.length()))
}

/// Refuses an address whose pages get no cookies of a session.
fn keeps_cookies(redirect_uri: &JsValue) -> Result<(), Problem> {
    let url = address(redirect_uri, &JsValue::UNDEFINED);
    let part = |name| {
        get(&url, name)
            .ok()
            .as_ref()
            .and_then(text)
            .unwrap_or_default()
    };
    match options::keeps_cookies(&part("protocol"), &part("hostname")) {
        true => Ok(()),
        false => {
            let what = "browsers keep the cookies of a session with https:// only, or at localhost";
            Err(Problem::new(what.into()))
        }
    }
}

/// The whole address of a path of this application, with query and fragment. Whatever leads
/// anywhere else is refused: a redirect to it would lend the application's name to a stranger.
pub(super) fn inside(path: &JsValue, redirect_uri: &JsValue) -> Result<JsValue, Problem> {
    let origin = |url: &JsValue| text(&get(url, "origin").unwrap_or_default()).unwrap_or_default();
    let base = address(redirect_uri, &JsValue::UNDEFINED);
    let url = address(path, redirect_uri);
    let path = path.as_string().unwrap_or_default();
    if !url.is_undefined() && options::is_inside(&path, &origin(&url), &origin(&base)) {
        return Ok(get(&url, "href")?);
    }
    let what = "expected a path of this application, which begins with one /";
    Err(Problem::new(what.into()))
}
