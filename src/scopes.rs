//! The scopes of an access token, to explain a refusal with.

use crate::core::base64url;
use crate::interop::{get, is_array, parse, parts, text, texts};
use wasm_bindgen::prelude::*;

/// What a token claims in `scp` or `scope` (RFC 9068, section 2.2.3), if it is a JWT that says so.
/// Nothing is verified: this is the service's work, and it has refused already.
pub(crate) fn of(authorization: &JsValue) -> Option<Vec<String>> {
    let token = text(authorization)?;
    let payload = base64url::decode(parts(&token, b'.').nth(1)?)?;
    // One that was not written in UTF-8 still says what it may.
    let letters = |bytes: Vec<u8>| bytes.into_iter().map(char::from).collect();
    let payload = String::from_utf8(payload).unwrap_or_else(|no| letters(no.into_bytes()));
    let claims = parse(&payload.into())?;
    ["scp", "scope"]
        .iter()
        .find_map(|name| read(&get(&claims, name).ok()?))
}

/// A list, or words between spaces.
pub(crate) fn read(claim: &JsValue) -> Option<Vec<String>> {
    let mut all = match is_array(claim) {
        true => texts(claim),
        false => parts(&text(claim)?, b' ').map(String::from).collect(),
    };
    all.retain(|scope| !scope.is_empty());
    Some(all)
}
