//! The options of a call, read.

use crate::core::retry::RetryWrites;
use crate::watch::Signal;
use js_sys::Array;
use wasm_bindgen::JsValue;

/// What a caller says about one call.
#[derive(Clone, Default)]
pub(crate) struct Options {
    pub signal: Option<Signal>,
    pub timeout: Option<f64>,
    pub deadline: Option<f64>,
    pub max_retries: Option<f64>,
    pub retry_writes: Option<RetryWrites>,
    pub headers: Option<Array>,
    /// In place of the client's: a string, or a function.
    pub access_token: Option<JsValue>,
}
