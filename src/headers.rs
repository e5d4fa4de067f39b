//! Headers that callers add: checked here, because a runtime that refuses one says so with its
//! value in the message.

use crate::check::Problem;
use crate::core::wait::Reader;
use crate::interop::{absent, get, now, number, text};
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// Reads a record, a `Headers` object or a list of pairs into name, value, name, value …, the
/// names in lower case so that a later one replaces an earlier one.
pub(crate) fn read(source: &JsValue) -> Result<Array, Problem> {
    let flat = Array::new();
    if absent(source) {
        return Ok(flat);
    }
    if !source.is_object() {
        return Err(Problem::expected(
            "an object of header names and values",
            source,
        ));
    }
    for pair in pairs(source)?.iter() {
        let name = text(&get(&pair, "0")?)
            .unwrap_or_default()
            .to_ascii_lowercase();
        let value = get(&pair, "1")?;
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(Problem::new(
                "a header name is not one that HTTP allows".into(),
            ));
        }
        match text(&value) {
            Some(text) if text.bytes().all(is_field_byte) => {
                flat.push(&name.into());
                flat.push(&value);
            }
            Some(_) => {
                let expected = "characters that HTTP allows";
                return Err(Problem::expected(expected, &value).inside(&name));
            }
            None if absent(&value) => (),
            None => return Err(Problem::expected("a string", &value).inside(&name)),
        }
    }
    Ok(flat)
}

/// A header of an answer, whatever its headers are.
pub(crate) fn value(headers: &JsValue, name: &str) -> Option<String> {
    let value = headers.unchecked_ref::<HeadersLike>().get(name).ok()?;
    text(&value)
}

/// Seconds that the service asks to wait.
pub(crate) fn retry_after(headers: &JsValue) -> Option<f64> {
    let reader = Reader { number, date, now };
    reader.retry_after(&|name| value(headers, name))
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date, js_name = parse)]
    pub(crate) fn date(text: &str) -> f64;
}

#[wasm_bindgen]
extern "C" {
    type HeadersLike;
    #[wasm_bindgen(method, structural, catch)]
    fn get(this: &HeadersLike, name: &str) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn pairs(source: &JsValue) -> Result<Array, JsValue>;
}

/// RFC 9110, section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// RFC 9110, section 5.5: what `fetch` lets through. A character above U+00FF begins with 0xC4 or
/// more in UTF-8.
fn is_field_byte(byte: u8) -> bool {
    !matches!(byte, b'\0' | b'\r' | b'\n' | 0xC4..)
}
