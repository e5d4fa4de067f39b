//! A token taken apart (RFC 7515, section 7.1). Nothing in it is to be believed yet.

use super::json::Json;
use super::{malformed, settle};
use crate::base64url;
use crate::error::{Context, Error};
use crate::interop::get;
use crate::limits::Limits;
use js_sys::{Array, JsString, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

/// The parts of a token.
pub(crate) struct Compact {
    pub header: Object,
    pub claims: Object,
    pub signature: Uint8Array,
    /// What the signature is of.
    pub signed: Uint8Array,
}

impl Compact {
    /// Takes a token of at most `longest` characters apart.
    pub async fn read(
        token: &JsValue,
        longest: u32,
        limits: &Limits,
        context: &Context,
    ) -> Result<Compact, Box<Error>> {
        let unread = Unread::split(token, longest).map_err(malformed)?;
        let parsing = unread.parsing();
        let parsed = settle(parsing, limits, context).await?;
        let token = parsed.map_err(|_| "it is not JSON");
        let token = token.and_then(|parsed| unread.check(parsed));
        Ok(token.map_err(malformed)?)
    }
}

/// A token whose JSON has not been parsed.
struct Unread {
    header: Json,
    claims: Json,
    signature: Vec<u8>,
    signed: Uint8Array,
}

impl Unread {
    fn split(token: &JsValue, longest: u32) -> Result<Unread, &'static str> {
        let string: &JsString = token.dyn_ref().ok_or("it is not a string")?;
        if string.length() > longest {
            return Err("it is too long");
        }
        let text = token.as_string().unwrap_or_default();
        // A fourth part would be in the third, where no dot can be.
        let (header, rest) = text.split_once('.').unwrap_or_default();
        let (claims, signature) = rest.split_once('.').ok_or("it has not three parts")?;
        let signed = text.as_bytes().get(..header.len() + 1 + claims.len());
        Ok(Unread {
            header: Json::decode(header)?,
            claims: Json::decode(claims)?,
            signature: base64url::decode(signature).ok_or("it is not base64url")?,
            signed: signed.unwrap_or_default().into(),
        })
    }

    /// A promise of header and claims.
    fn parsing(&self) -> Result<Promise, JsValue> {
        let both = Array::of2(
            &self.header.parsing()?.into(),
            &self.claims.parsing()?.into(),
        );
        Ok(Promise::all(&both))
    }

    fn check(&self, parsed: JsValue) -> Result<Compact, &'static str> {
        let parsed: Array = parsed.unchecked_into();
        let header = self.header.check(parsed.get(0))?;
        // Extensions that have to be understood (RFC 7515, section 4.1.11; RFC 7797), and are not.
        for name in ["crit", "b64"] {
            if !get(&header, name).is_ok_and(|value| value.is_undefined()) {
                return Err("it needs an extension");
            }
        }
        Ok(Compact {
            header,
            claims: self.claims.check(parsed.get(1))?,
            signature: self.signature.as_slice().into(),
            signed: self.signed.clone(),
        })
    }
}
