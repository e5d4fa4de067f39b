//! What cookies hold: encrypted and authenticated by AES-256-GCM (NIST SP 800-38D), under keys that
//! HKDF with SHA-256 (RFC 5869) makes of the secrets.
//!
//! A sealed text is base64url of the nonce and the ciphertext.

use super::config::Config;
use crate::base64url::{decode, encode};
use crate::error::Error;
use crate::interop::concat;
use crate::limits::Limits;
use crate::oauth::crypto::{bytes, settle};
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/crypto.js")]
extern "C" {
    #[wasm_bindgen(js_name = seal)]
    fn encrypt(secrets: &Array, keys: &Array, bound: &str, text: &JsValue) -> Promise;
    #[wasm_bindgen(js_name = open)]
    fn decrypt(secrets: &Array, keys: &Array, bound: &str, sealed: &Uint8Array) -> Promise;
}

/// Seals a text under the newest secret. It opens for this purpose only.
pub(super) async fn seal(
    config: &Config,
    purpose: &str,
    text: JsValue,
    limits: &Limits,
) -> Result<String, Box<Error>> {
    let bound = bound(config, purpose);
    let sealing = encrypt(&config.secrets(), &config.keys(), &bound, &text);
    Ok(encode(&bytes(&settle(sealing, limits).await?)))
}

/// Opens what [`seal`] made, under whichever of the secrets; `undefined` for anything else.
pub(super) async fn open(
    config: &Config,
    purpose: &str,
    sealed: &str,
    limits: &Limits,
) -> Result<JsValue, Box<Error>> {
    let Some(sealed) = decode(sealed).filter(|sealed| !sealed.is_empty()) else {
        return Ok(JsValue::UNDEFINED);
    };
    let bound = bound(config, purpose);
    let sealed = Uint8Array::from(sealed.as_slice());
    let opening = decrypt(&config.secrets(), &config.keys(), &bound, &sealed);
    settle(opening, limits).await
}

/// What is authenticated beside the text.
fn bound(config: &Config, purpose: &str) -> String {
    concat(&[purpose, "\n", &config.binding()])
}
