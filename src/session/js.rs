//! The exports behind `kinde.session`.

use super::config::Config;
use super::flow::{self, Begin, SignOut};
use crate::check::Problem;
use crate::error::Error;
use crate::headers;
use crate::interop::get;
use crate::js::{Sink, settle, to_js};
use crate::oauth::address;
use crate::settings::Settings;
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// What is done with a request.
const SIGN_IN: u32 = 0;
const CALLBACK: u32 = 1;
const SIGN_OUT: u32 = 2;
const REFRESH: u32 = 4;

#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    /// Warns if the cookie of a sign-in will not come back.
    #[wasm_bindgen(js_name = warnOfStray)]
    fn warn_of_stray(settings: &Array, redirect_uri: &JsValue, request: &JsValue);
}

/// Checks the options of a session.
#[wasm_bindgen]
pub fn configure_session(settings: Array, options: &JsValue) -> Result<Array, JsValue> {
    let config = Config::read(&Settings::from_js(settings), options);
    Ok(config.map_err(|error| to_js(&error))?.into_js())
}

/// A step whose arguments have been checked.
enum Step {
    Begin(Begin),
    Callback(JsValue),
    SignOut(SignOut),
    /// Whether with new tokens.
    User(bool),
}

/// For 0, begins a sign-in, for 1 ends it, for 2 signs out: `[cookies, location]`, for 1 with claims and
/// access token behind them; for 3, tells who is signed in, for 4 with new tokens: `[cookies, claims,
/// access token]`, or `undefined`. `sink` is told.
#[wasm_bindgen]
pub fn session(
    settings: Array,
    config: Array,
    step: u32,
    request: &JsValue,
    params: &JsValue,
    sink: Sink,
) {
    let (settings, config) = (Settings::from_js(settings), Config::from_js(config));
    let checked = check(&settings, &config, step, request, params);
    settle(sink, async move {
        let (header, step) = checked?;
        let redirect = match step {
            Step::Begin(begin) => begin.run(&settings, &config, &header).await?,
            Step::Callback(address) => {
                let (redirect, user) = flow::callback(&settings, &config, &header, address).await?;
                let cookies = lines(redirect.cookies);
                let location = redirect.location.into();
                return Ok(
                    Array::of4(&cookies, &location, &user.claims(), &user.access_token()).into(),
                );
            }
            Step::SignOut(out) => out.run(&settings, &config, &header).await,
            Step::User(at_once) => {
                let user = flow::user(&settings, &config, &header, at_once).await?;
                return Ok(user.map_or(JsValue::UNDEFINED, |user| {
                    let (claims, token) = (user.payload.claims(), user.payload.access_token());
                    Array::of3(&lines(user.cookies), &claims, &token).into()
                }));
            }
        };
        Ok(Array::of2(&lines(redirect.cookies), &redirect.location.into()).into())
    });
}

fn check(
    settings: &Settings,
    config: &Config,
    step: u32,
    request: &JsValue,
    params: &JsValue,
) -> Result<(String, Step), Box<Error>> {
    let read = || -> Result<(String, JsValue), Problem> {
        let headers = get(request, "headers")?;
        if !headers.is_object() {
            return Err(Problem::expected("a Request", request));
        }
        let header = headers::value(&headers, "cookie").unwrap_or_default();
        Ok((header, address(request)?))
    };
    let (header, address) =
        read().map_err(|problem| Error::invalid(None, "session: argument \"request\"", problem))?;
    let step = match step {
        SIGN_IN => {
            let begin = Begin::read(settings, config, params, &header)?;
            warn_of_stray(settings.slots(), &config.redirect_uri(), request);
            Step::Begin(begin)
        }
        CALLBACK => Step::Callback(address),
        SIGN_OUT => Step::SignOut(SignOut::read(settings, config, params)?),
        step => Step::User(step == REFRESH),
    };
    Ok((header, step))
}

fn lines(cookies: Vec<String>) -> Array {
    cookies.into_iter().map(JsValue::from).collect()
}
