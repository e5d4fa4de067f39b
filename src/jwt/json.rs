//! The JSON of a token, as strictly as two readers need to agree on it (RFC 8725, section 2.4):
//! UTF-8, an object, no name twice, no deep nesting.

use crate::base64url;
use js_sys::Object;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/crypto.js")]
extern "C" {
    /// The object, or the number of what is wrong.
    fn object(bytes: &[u8]) -> JsValue;
}

/// By the numbers of crypto.js.
const FAULTS: [&str; 5] = [
    "it is not UTF-8",
    "it is not JSON",
    "it is nested too deeply",
    "it is not a JSON object",
    "it has a name twice",
];

/// The object in a part of a token, or what is wrong with it.
pub(super) fn read(part: &str) -> Result<Object, &'static str> {
    let bytes = base64url::decode(part).ok_or("it is not base64url")?;
    let object = object(&bytes);
    match object.as_f64() {
        Some(fault) => Err(FAULTS.get(fault as usize).copied().unwrap_or_default()),
        None => Ok(object.unchecked_into()),
    }
}
