//! What the cookie of a session holds.

use crate::core::token::margin;
use crate::error::Error;
use crate::interop::{get, is_record, now, parse, set, stringify, text};
use crate::oauth::crypto::random_text;
use js_sys::Object;
use wasm_bindgen::prelude::*;

/// How far the clocks of two machines may differ, in milliseconds.
const SKEW: f64 = 60_000.0;

/// The names are short: each letter travels with every request. Times are in milliseconds since
/// 1970.
const ACCESS_TOKEN: &str = "a";
const REFRESH_TOKEN: &str = "r";
const CLAIMS: &str = "c";
const RENEW: &str = "n";
const EXPIRES: &str = "e";
const BEGAN: &str = "b";
const ID: &str = "i";

/// How many letters of chance tell one session from the others: 128 bits.
const LETTERS: usize = 22;

/// Reads what was in a cookie: JSON of ours, or nothing, which `JSON.parse` would throw at.
pub(super) fn unseal(json: &JsValue) -> JsValue {
    match json.is_string() {
        true => parse(json).unwrap_or_default(),
        false => JsValue::UNDEFINED,
    }
}

/// A session: its tokens, and when they and it end.
pub(super) struct Payload(Object);

impl Payload {
    /// A session that begins with these tokens.
    pub fn new(tokens: &Object) -> Result<Payload, Box<Error>> {
        let payload = Payload(Object::new());
        let mut id = random_text()?;
        id.truncate(LETTERS);
        set(&payload.0, ID, &id.into());
        set(&payload.0, BEGAN, &now().into());
        payload.take(tokens);
        Ok(payload)
    }

    /// The same session with other tokens.
    pub fn renewed(&self, tokens: &Object) -> Payload {
        let payload = Payload(Object::new());
        for name in [ID, BEGAN, CLAIMS] {
            set(&payload.0, name, &self.value(name));
        }
        payload.take(tokens);
        payload
    }

    fn take(&self, tokens: &Object) {
        let field = |name| get(tokens, name).unwrap_or_default();
        let lifetime = field("expires_in").as_f64().unwrap_or_default();
        let expires = field("expires_at").as_f64().unwrap_or_default();
        set(&self.0, RENEW, &(expires - margin(lifetime)).into());
        set(&self.0, EXPIRES, &expires.into());
        set(&self.0, ACCESS_TOKEN, &field("access_token"));
        set(&self.0, REFRESH_TOKEN, &field("refresh_token"));
        let claims = field("claims");
        if claims.is_object() {
            set(&self.0, CLAIMS, &claims);
        }
    }

    /// Reads what [`Payload::json`] wrote.
    pub fn parse(json: &JsValue) -> Option<Payload> {
        let payload = unseal(json);
        is_record(&payload).then(|| Payload(payload.unchecked_into()))
    }

    pub fn json(&self) -> JsValue {
        stringify(&self.0).unwrap_or_default()
    }

    /// Seconds that are left of a session that may last so long, 0 if it is over.
    pub fn left(&self, max_age: f64) -> f64 {
        let age = now() - self.time(BEGAN);
        match age < -SKEW {
            true => 0.0,
            // `clamp` would print its bounds when they are wrong: 8 KB.
            false => (max_age - age / 1000.0).ceil().max(0.0).min(max_age),
        }
    }

    pub fn is_due(&self) -> bool {
        now() >= self.time(RENEW)
    }

    pub fn expires_at(&self) -> f64 {
        self.time(EXPIRES)
    }

    pub fn access_token(&self) -> JsValue {
        self.value(ACCESS_TOKEN)
    }

    pub fn refresh_token(&self) -> Option<String> {
        text(&self.value(REFRESH_TOKEN))
    }

    /// What the session is known by from its beginning to its end. No letter of it is a secret.
    pub fn id(&self) -> String {
        text(&self.value(ID)).unwrap_or_default()
    }

    pub fn claims(&self) -> Object {
        self.value(CLAIMS).unchecked_into()
    }

    pub fn subject(&self) -> JsValue {
        get(&self.claims(), "sub").unwrap_or_default()
    }

    fn time(&self, name: &str) -> f64 {
        self.value(name).as_f64().unwrap_or_default()
    }

    fn value(&self, name: &str) -> JsValue {
        get(&self.0, name).unwrap_or_default()
    }
}
