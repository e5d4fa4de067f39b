//! The id token of an answer (OpenID Connect Core, sections 3.1.3.7 and 12.2).

use super::crypto::sha256;
use super::params::word;
use crate::core::jwt::Rules;
use crate::core::jwt::id_token::{check, check_hash};
use crate::error::Error;
use crate::interop::{get, text};
use crate::jwt::verify;
use crate::limits::Limits;
use crate::settings::Settings;
use js_sys::Object;
use wasm_bindgen::prelude::*;

/// The claims of the id token that came with others, if all is well with it.
pub(crate) async fn claims(
    settings: &Settings,
    tokens: &Object,
    nonce: JsValue,
    user: &JsValue,
    limits: &Limits,
) -> Result<Object, Box<Error>> {
    let client_id = settings.client_id();
    let rules = Rules {
        audience: vec![client_id.clone()],
        nonce: text(&nonce),
        ..Rules::default()
    };
    let id_token = get(tokens, "id_token").unwrap_or_default();
    let claims = verify(settings, &id_token, &rules, limits).await?;
    if let Some(hash) = check(&claims, &client_id, text(user).as_deref())? {
        let digest = sha256(&word(tokens, "access_token"), limits).await?;
        check_hash(&hash, &digest)?;
    }
    Ok(claims)
}
