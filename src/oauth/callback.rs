//! What the browser brought back: an authorization response (RFC 6749, section 4.1.2).

use crate::check::Problem;
use crate::core::text::same;
use crate::error::{ApiError, Context, Error};
use crate::interop::{self, get, text};
use wasm_bindgen::prelude::*;
use web_sys::UrlSearchParams;

/// The address of a callback: itself, or that of a `Request`, a `URL` or a `Location`.
pub(crate) fn address(source: &JsValue) -> Result<JsValue, Problem> {
    for found in [source.clone(), get(source, "url")?, get(source, "href")?] {
        if found.is_string() {
            return Ok(found);
        }
    }
    Err(Problem::expected(ADDRESS, source))
}

const ADDRESS: &str = "the address of the callback, or a Request";

/// The parameters of a callback.
pub(crate) struct Callback(UrlSearchParams);

impl Callback {
    /// Reads an address, which may be relative to the one that the callback was sent to.
    pub fn read(source: &JsValue, base: &JsValue) -> Result<Callback, Problem> {
        let url = interop::address(&address(source)?, base);
        if url.is_undefined() {
            return Err(Problem::expected(ADDRESS, source));
        }
        Ok(Callback(get(&url, "searchParams")?.unchecked_into()))
    }

    /// A parameter; one that comes twice is none (RFC 6749, section 3.1).
    pub fn one(&self, name: &str) -> Option<String> {
        let all = self.0.get_all(name);
        let only = (all.length() == 1).then(|| all.get(0));
        only.as_ref().and_then(text)
    }

    /// The code, if this is the answer to the sign-in with this state. What else it says counts
    /// for nothing before that is known.
    pub fn code(&self, state: &JsValue, issuer: &str) -> Result<String, Box<Error>> {
        let given = self.one("state").unwrap_or_default();
        let state = state.as_string().unwrap_or_default();
        let (what, code, description) = if !same(&given, &state) {
            let what = "the callback does not belong to this sign-in";
            (what, "state_mismatch".into(), None)
        } else if self.0.has("iss") && self.one("iss").as_deref() != Some(issuer) {
            // RFC 9207, section 2.4.
            let what = "the callback comes from another issuer";
            (what, "issuer_mismatch".into(), None)
        } else if let Some(error) = self.one("error") {
            let what = "the sign-in was refused";
            (what, error, self.one("error_description"))
        } else if let Some(code) = self.one("code").filter(|code| !code.is_empty()) {
            return Ok(code);
        } else {
            ("the callback brings no code", "missing_code".into(), None)
        };
        Err(refused(what, code, description.unwrap_or_default()))
    }
}

/// A sign-in that ended without a code.
pub(crate) fn refused(what: &str, code: String, message: String) -> Box<Error> {
    Box::new(Error::Authentication {
        message: what.into(),
        errors: vec![ApiError { code, message }],
        answer: None,
        context: Context::about("oauth.exchangeCode"),
    })
}
