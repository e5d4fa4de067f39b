//! A token taken apart (RFC 7515, section 7.1). Nothing in it is to be believed yet.

use super::json;
use super::{base64url, malformed};
use crate::error::{Context, Error};
use crate::interop::{get, text};
use crate::watch::Watch;
use js_sys::{JsString, Object};
use wasm_bindgen::prelude::*;

/// The parts of a token.
pub(super) struct Compact {
    text: String,
    /// How much of the text is signed.
    signed: usize,
    pub signature: Vec<u8>,
    pub header: Object,
    pub claims: Object,
}

impl Compact {
    /// Takes a token of at most `longest` characters apart.
    pub async fn read(
        token: &JsValue,
        longest: u32,
        watch: &Watch,
        context: &Context,
    ) -> Result<Compact, Error> {
        let Some(string) = token.dyn_ref::<JsString>() else {
            return Err(malformed("it is not a string"));
        };
        if string.length() > longest {
            return Err(malformed("it is too long"));
        }
        let text = token.as_string().unwrap_or_default();
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed("it has not three parts"));
        };
        let signed = header.len() + 1 + claims.len();
        let bytes = |part| base64url::decode(part).ok_or_else(|| malformed("it is not base64url"));
        let (header, claims, signature) = (bytes(header)?, bytes(claims)?, bytes(signature)?);
        let object = async |bytes| match json::object(bytes, watch).await {
            Ok(object) => object.map_err(malformed),
            Err(end) => Err(Error::ended(end, context)),
        };
        let compact = Compact {
            header: object(header).await?,
            claims: object(claims).await?,
            text,
            signed,
            signature,
        };
        // Extensions that have to be understood (RFC 7515, section 4.1.11; RFC 7797), and are not.
        if !compact.parameter("crit")?.is_undefined() || !compact.parameter("b64")?.is_undefined() {
            return Err(malformed("it needs an extension"));
        }
        Ok(compact)
    }

    /// What the signature is of.
    pub fn signed(&self) -> &[u8] {
        self.text.as_bytes().get(..self.signed).unwrap_or_default()
    }

    /// A header parameter that is a string, if it is there.
    pub fn string(&self, name: &str) -> Result<Option<String>, Error> {
        let value = self.parameter(name)?;
        match text(&value) {
            None if !value.is_undefined() => Err(malformed("a header parameter is not a string")),
            text => Ok(text),
        }
    }

    fn parameter(&self, name: &str) -> Result<JsValue, Error> {
        get(&self.header, name).map_err(|_| malformed("it is not JSON"))
    }
}
