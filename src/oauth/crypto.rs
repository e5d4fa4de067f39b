//! WebCrypto, as far as sign-in needs it.

use crate::base64url;
use crate::error::{Context, Error};
use crate::limits::Limits;
use core::pin::Pin;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn fill(bytes: &mut [u8]) -> Result<(), JsValue>;
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = digest, catch)]
    fn digest(algorithm: &str, bytes: &[u8]) -> Result<Promise, JsValue>;

    /// `Uint8Array::to_vec` asserts, and with that prints.
    type Bytes;
    #[wasm_bindgen(constructor, js_class = "Uint8Array")]
    fn new(buffer: &JsValue) -> Bytes;
    #[wasm_bindgen(method)]
    fn slice(this: &Bytes) -> Vec<u8>;
}

/// Fills an array with random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Box<Error>> {
    let mut bytes = [0; N];
    fill(&mut bytes).map_err(unavailable)?;
    Ok(bytes)
}

/// 256 random bits: 43 letters that RFC 7636 allows in a code verifier.
pub(crate) fn random_text() -> Result<String, Box<Error>> {
    Ok(base64url::encode(&random::<32>()?))
}

/// SHA-256 of a text.
pub(crate) async fn sha256(text: &str, limits: &Limits) -> Result<Vec<u8>, Box<Error>> {
    let digest = settle(digest("SHA-256", text.as_bytes()), limits).await?;
    bytes(&digest)
}

/// Waits for WebCrypto: what it gives, `undefined` if it refuses. Boxed, so that its code is there
/// once.
pub(crate) fn settle(step: Result<Promise, JsValue>, limits: &Limits) -> Boxed<'_, JsValue> {
    Box::pin(async move {
        let step = step.map_err(unavailable)?;
        match limits.attempt().over(step).await {
            Ok(settled) => Ok(settled.unwrap_or_default()),
            Err(end) => Err(Error::ended(end, &Context::new(None))),
        }
    })
}

pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = Result<T, Box<Error>>> + 'a>>;

/// The bytes of the `ArrayBuffer` that WebCrypto gave.
pub(crate) fn bytes(buffer: &JsValue) -> Result<Vec<u8>, Box<Error>> {
    match buffer.is_object() {
        true => Ok(Bytes::new(buffer).slice()),
        false => Err(unavailable(JsValue::UNDEFINED)),
    }
}

fn unavailable(_: JsValue) -> Box<Error> {
    Error::configuration("there is no WebCrypto here: pages need https for it")
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    let pairs = one.bytes().zip(other.bytes());
    one.len() == other.len() && pairs.fold(0, |bits, (a, b)| bits | (a ^ b)) == 0
}
