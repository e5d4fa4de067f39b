//! The exports behind `kinde.oauth` that no operation is. One for all that take time: each brings
//! the making of promises once more.

use super::{Authorize, Grant, discovery, logout_url as address};
use crate::error::Error;
use crate::js::{Sink, read_options, settle, to_js};
use crate::options::Options;
use crate::settings::Settings;
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// What is asked for.
const AUTHORIZE: u32 = 0;
const EXCHANGE: u32 = 1;
const REFRESH: u32 = 2;

/// A call whose arguments have been checked.
enum Flow {
    Authorize(Authorize),
    Grant(Grant, Options),
    Discover(Options),
}

/// For 0, begins a sign-in: `{ url, state, nonce, code_verifier }`; for 1 and 2, exchanges the code of
/// a callback and a refresh token for tokens; for 3, gives the metadata of the service. The arguments
/// are checked at once, so that a caller may change its objects as soon as the call returns. `sink`
/// is told.
#[wasm_bindgen]
pub fn oauth(settings: Array, flow: u32, params: &JsValue, options: &JsValue, sink: Sink) {
    let settings = Settings::from_js(settings);
    let checked = check(&settings, flow, params, options);
    settle(sink, async move {
        Ok(match checked? {
            Flow::Authorize(authorize) => authorize.run(&settings).await?.into(),
            Flow::Grant(grant, options) => grant.run(&settings, &options).await?.into(),
            Flow::Discover(options) => discovery::discover(&settings, &options).await?.body,
        })
    });
}

fn check(
    settings: &Settings,
    flow: u32,
    params: &JsValue,
    options: &JsValue,
) -> Result<Flow, Box<Error>> {
    let (options, _) = read_options(options, None, &[])?;
    Ok(match flow {
        AUTHORIZE => Flow::Authorize(Authorize::read(settings, params)?),
        EXCHANGE => Flow::Grant(Grant::exchange(settings, params)?, options),
        REFRESH => Flow::Grant(Grant::refresh(settings, params)?, options),
        _ => Flow::Discover(options),
    })
}

/// The address to sign out at.
#[wasm_bindgen]
pub fn logout_url(settings: Array, params: &JsValue) -> Result<String, JsValue> {
    address(&Settings::from_js(settings), params).map_err(|error| to_js(&error))
}
