//! The scopes of an access token, to explain a refusal with.

use crate::interop::{get, is_array, list, parse, parts, text};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = atob, catch)]
    fn from_base64(text: &str) -> Result<JsValue, JsValue>;
}

/// What a token claims in `scp` or `scope` (RFC 9068, section 2.2.3), if it is a JWT that says so.
/// Nothing is verified: this is the service's work, and it has refused already.
pub(crate) fn of(authorization: &JsValue) -> Option<Vec<String>> {
    let token = text(authorization)?;
    let payload = parts(&token, b'.').nth(1)?;
    // atob wants the first base64 alphabet, and no padding (RFC 4648, sections 4 and 5).
    let mut base64 = String::new();
    for byte in payload.bytes() {
        base64.push(match byte {
            b'-' => '+',
            b'_' => '/',
            byte => char::from(byte),
        });
    }
    let claims = parse(&from_base64(&base64).ok()?)?;
    ["scp", "scope"]
        .iter()
        .find_map(|name| read(&get(&claims, name).ok()?))
}

/// A list, or words between spaces.
pub(crate) fn read(claim: &JsValue) -> Option<Vec<String>> {
    if is_array(claim) {
        let all = list(claim).ok()?;
        return Some(all.iter().filter_map(|scope| text(&scope)).collect());
    }
    let words = text(claim)?;
    let words = parts(&words, b' ').filter(|word| !word.is_empty());
    Some(words.map(String::from).collect())
}
