//! A token taken apart (RFC 7515, section 7.1). Nothing in it is to be believed yet, so that nothing
//! is read that its signature does not need: a forgery costs no more than the hash of it.

use super::json;
use crate::base64url;
use crate::interop::{cut, get};
use js_sys::{JsString, Object, Uint8Array};
use wasm_bindgen::prelude::*;

/// The parts of a token.
pub(super) struct Compact {
    pub header: Object,
    /// base64url, as it came.
    pub claims: String,
    pub signature: Uint8Array,
    /// What the signature is of.
    pub signed: Uint8Array,
}

/// The longest header, and the longest signature, in characters: of 2,048 bytes is that of the largest
/// key that runtimes take.
const LONGEST: usize = 1 << 14;

impl Compact {
    /// Takes a token of at most `longest` characters apart, or says what is wrong with it.
    pub fn read(token: &JsValue, longest: u32) -> Result<Compact, &'static str> {
        let string: &JsString = token.dyn_ref().ok_or("it is not a string")?;
        if string.length() > longest {
            return Err("it is too long");
        }
        let text = token.as_string().unwrap_or_default();
        // A fourth part would be in the third, where no dot can be.
        let (header, rest) = cut(&text, b'.').unwrap_or_default();
        let (claims, signature) = cut(rest, b'.').ok_or("it has not three parts")?;
        if header.len() > LONGEST || signature.len() > LONGEST {
            return Err("it is too long");
        }
        let signed = text.as_bytes().get(..header.len() + 1 + claims.len());
        let header = json::read(header)?;
        let signature = base64url::decode(signature).ok_or("it is not base64url")?;
        // Extensions that have to be understood (RFC 7515, section 4.1.11; RFC 7797), and are not.
        for name in ["crit", "b64"] {
            if !get(&header, name).is_ok_and(|value| value.is_undefined()) {
                return Err("it needs an extension");
            }
        }
        Ok(Compact {
            header,
            claims: claims.into(),
            signature: signature.as_slice().into(),
            signed: signed.unwrap_or_default().into(),
        })
    }
}
