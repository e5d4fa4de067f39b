//! The address that a browser came back to. What it means is decided in `core/callback.rs`.

use crate::check::Problem;
use crate::core::callback::{Refusal, code, only};
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

    fn all(&self, name: &str) -> Vec<String> {
        let all = self.0.get_all(name);
        all.iter()
            .map(|one| text(&one).unwrap_or_default())
            .collect()
    }

    /// A parameter.
    pub fn one(&self, name: &str) -> Option<String> {
        only(self.all(name))
    }

    /// The code, if this is the answer to the sign-in with this state.
    pub fn code(&self, state: &JsValue, issuer: &str) -> Result<String, Box<Error>> {
        let state = state.as_string().unwrap_or_default();
        code(&|name| self.all(name), &state, issuer).map_err(refused)
    }
}

/// A sign-in that ended without a code.
pub(crate) fn refused(refusal: Refusal) -> Box<Error> {
    Box::new(Error::Authentication {
        message: refusal.what.into(),
        errors: vec![ApiError {
            code: refusal.code,
            message: refusal.description,
        }],
        answer: None,
        context: Context::about("oauth.exchangeCode"),
    })
}
