//! The id token of an answer (OpenID Connect Core, sections 3.1.3.7 and 12.2).

use super::crypto::{same, sha256};
use super::params::word;
use crate::base64url;
use crate::error::Error;
use crate::interop::{get, list, text};
use crate::jwt::{Reason, Rules, verify};
use crate::limits::Limits;
use crate::settings::Settings;
use js_sys::{Array, Object};
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
        audience: Array::of1(&client_id.as_str().into()),
        nonce,
        ..Rules::default()
    };
    let token = get(tokens, "id_token").unwrap_or_default();
    let claims = verify(settings, &token, &rules, limits).await?;
    let claim = |name| get(&claims, name).unwrap_or_default();

    let audience = claim("aud");
    let several = !audience.is_string() && list(&audience).is_ok_and(|all| all.length() > 1);
    let party = claim("azp");
    if (several || !party.is_undefined()) && party != *client_id.as_str() {
        let what = "it was issued to another application";
        return Err(Error::token(Reason::WrongAudience, what));
    }
    let subject = claim("sub");
    if !subject.is_string() || subject.is_falsy() {
        return Err(Error::token(Reason::Malformed, "it has no sub"));
    }
    if !user.is_undefined() && subject != *user {
        let what = "it is about another user";
        return Err(Error::token(Reason::WrongSubject, what));
    }
    let hash = claim("at_hash");
    if !hash.is_undefined() && !is_hash(&hash, &word(tokens, "access_token"), limits).await? {
        let what = "it belongs to another access token";
        return Err(Error::token(Reason::WrongHash, what));
    }
    Ok(claims)
}

/// Whether this is the left half of the token's hash (OpenID Connect Core, section 3.1.3.6).
async fn is_hash(hash: &JsValue, token: &str, limits: &Limits) -> Result<bool, Box<Error>> {
    let digest = sha256(token, limits).await?;
    let half = base64url::encode(digest.get(..16).unwrap_or_default());
    Ok(text(hash).is_some_and(|hash| same(&hash, &half)))
}
