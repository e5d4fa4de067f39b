//! What cookies hold: encrypted and authenticated by AES-256-GCM (NIST SP 800-38D), under keys that
//! HKDF with SHA-256 (RFC 5869) makes of the secrets.
//!
//! A sealed text is base64url of the nonce and the ciphertext.

use super::config::Config;
use crate::base64url::{decode, encode};
use crate::error::Error;
use crate::interop::set;
use crate::limits::Limits;
use crate::oauth::crypto::{bytes, random, settle};
use js_sys::{Array, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = importKey, catch)]
    fn import_key(
        format: &str,
        bytes: &[u8],
        algorithm: &str,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = deriveKey, catch)]
    fn derive_key(
        algorithm: &Object,
        secret: &JsValue,
        derived: &Object,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = encrypt, catch)]
    fn encrypt(algorithm: &Object, key: &JsValue, bytes: &[u8]) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = decrypt, catch)]
    fn decrypt(algorithm: &Object, key: &JsValue, bytes: &[u8]) -> Result<Promise, JsValue>;
}

/// What the keys are for (RFC 5869, section 3.2).
const INFO: &str = "kinde-edge session cookie, version 1";

/// The size of a nonce, in bytes.
const NONCE: usize = 12;

/// Seals a text under the newest secret. It opens for this purpose only.
pub(super) async fn seal(
    config: &Config,
    purpose: &str,
    text: JsValue,
    limits: &Limits,
) -> Result<String, Box<Error>> {
    let key = key(config, 0, limits).await?;
    let nonce = random::<NONCE>()?;
    let text = text.as_string().unwrap_or_default();
    let sealing = encrypt(&parameters(config, purpose, &nonce), &key, text.as_bytes());
    let sealed = settle(sealing, limits).await?;
    let mut whole = nonce.to_vec();
    whole.extend(bytes(&sealed)?);
    Ok(encode(&whole))
}

/// Opens what [`seal`] made, under whichever of the secrets; `undefined` for anything else.
pub(super) async fn open(
    config: &Config,
    purpose: &str,
    sealed: &str,
    limits: &Limits,
) -> Result<JsValue, Box<Error>> {
    let whole = decode(sealed).unwrap_or_default();
    let Some((nonce, ciphertext)) = whole.split_at_checked(NONCE) else {
        return Ok(JsValue::UNDEFINED);
    };
    let parameters = parameters(config, purpose, nonce);
    for index in 0..config.secrets().length() {
        let key = key(config, index, limits).await?;
        let text = settle(decrypt(&parameters, &key, ciphertext), limits).await?;
        if text.is_object() {
            return Ok(String::from_utf8(bytes(&text)?).ok().into());
        }
    }
    Ok(JsValue::UNDEFINED)
}

/// The key of a secret, made when it is first needed.
async fn key(config: &Config, index: u32, limits: &Limits) -> Result<JsValue, Box<Error>> {
    let known = config.keys().get(index);
    if known.is_object() {
        return Ok(known);
    }
    let secret = config.secrets().get(index).as_string().unwrap_or_default();
    let usage = Array::of1(&"deriveKey".into());
    let importing = import_key("raw", secret.as_bytes(), "HKDF", false, &usage);
    let secret = settle(importing, limits).await?;

    let hkdf = algorithm("HKDF");
    set(&hkdf, "hash", &"SHA-256".into());
    set(&hkdf, "salt", &Uint8Array::new_with_length(0));
    set(&hkdf, "info", &Uint8Array::from(INFO.as_bytes()));
    let aes = algorithm("AES-GCM");
    set(&aes, "length", &256.into());
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    let deriving = derive_key(&hkdf, &secret, &aes, false, &usages);
    let key = settle(deriving, limits).await?;
    config.keys().set(index, key.clone());
    Ok(key)
}

fn parameters(config: &Config, purpose: &str, nonce: &[u8]) -> Object {
    let bound = [purpose, "\n", &config.binding()].concat();
    let aes = algorithm("AES-GCM");
    set(&aes, "iv", &Uint8Array::from(nonce));
    set(&aes, "additionalData", &Uint8Array::from(bound.as_bytes()));
    aes
}

fn algorithm(name: &str) -> Object {
    let algorithm = Object::new();
    set(&algorithm, "name", &name.into());
    algorithm
}
