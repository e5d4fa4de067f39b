//! WebCrypto, as far as sign-in needs it.

use crate::base64url;
use crate::error::{Context, Error};
use crate::limits::Limits;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn fill(bytes: &mut [u8]) -> Result<(), JsValue>;

    /// `Uint8Array::to_vec` asserts, and with that prints.
    type Bytes;
    #[wasm_bindgen(method)]
    fn slice(this: &Bytes) -> Vec<u8>;
}

#[wasm_bindgen(module = "/src/crypto.js")]
extern "C" {
    #[wasm_bindgen(js_name = sha256)]
    fn digest(text: &str) -> Promise;
}

/// 256 random bits: 43 letters that RFC 7636 allows in a code verifier.
pub(crate) fn random_text() -> Result<String, Box<Error>> {
    let mut bytes = [0; 32];
    fill(&mut bytes).map_err(unavailable)?;
    Ok(base64url::encode(&bytes))
}

/// SHA-256 of a text.
pub(crate) async fn sha256(text: &str, limits: &Limits) -> Result<Vec<u8>, Box<Error>> {
    Ok(bytes(&settle(digest(text), limits).await?))
}

/// Waits for a step of crypto.js.
pub(crate) async fn settle(step: Promise, limits: &Limits) -> Result<JsValue, Box<Error>> {
    let settled = limits.settled(step, &Context::new(None)).await?;
    settled.map_err(unavailable)
}

/// What is in a `Uint8Array`.
pub(crate) fn bytes(array: &JsValue) -> Vec<u8> {
    array.unchecked_ref::<Bytes>().slice()
}

fn unavailable(_: JsValue) -> Box<Error> {
    Error::configuration("there is no WebCrypto here: pages need https for it")
}
