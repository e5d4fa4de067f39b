//! What the cookie of a session holds, as an object of JavaScript's: the claims stay as they came. Its
//! names and times are those of `core/session/payload.rs`.

use crate::core::session::payload::{
    ACCESS_TOKEN, BEGAN, CLAIMS, EXPIRES, ID, LETTERS, REFRESH_TOKEN, RENEW, Times,
};
use crate::error::Error;
use crate::interop::{get, is_record, now, parse, set, stringify, text};
use crate::oauth::crypto::random_text;
use js_sys::Object;
use wasm_bindgen::prelude::*;

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
        payload.take(tokens, now());
        Ok(payload)
    }

    /// The same session with other tokens.
    pub fn renewed(&self, tokens: &Object) -> Payload {
        let payload = Payload(Object::new());
        for name in [ID, CLAIMS] {
            set(&payload.0, name, &self.value(name));
        }
        payload.take(tokens, self.times().began);
        payload
    }

    fn take(&self, tokens: &Object, began: f64) {
        let field = |name| get(tokens, name).unwrap_or_default();
        let times = Times::of(tokens, began);
        set(&self.0, BEGAN, &times.began.into());
        set(&self.0, RENEW, &times.renew.into());
        set(&self.0, EXPIRES, &times.expires.into());
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

    pub fn times(&self) -> Times {
        Times::read(&self.0)
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

    fn value(&self, name: &str) -> JsValue {
        get(&self.0, name).unwrap_or_default()
    }
}
