//! The pieces of JavaScript that the rest is made of. Whatever touches a value that a caller gave
//! is declared `catch`: a getter or a proxy may throw at any time, and an exception that crosses
//! wasm frames would leave a promise unsettled.

use crate::core::record::Record;
use js_sys::{Array, JsString, Object, Promise};
use wasm_bindgen::prelude::*;

pub(crate) use crate::core::text::{concat, cut, holds, parts, push_foreign, push_number};

/// The longest string that goes into a URL or a header. Servers stop long before.
pub(crate) const LONGEST: u32 = crate::core::text::LONGEST as u32;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Reflect, js_name = set, catch)]
    fn reflect_set(target: &JsValue, key: &str, value: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(js_namespace = Object, js_name = keys, catch)]
    fn object_keys(target: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(js_namespace = Array, js_name = from, catch)]
    fn array_from(source: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(js_namespace = JSON, js_name = stringify, catch)]
    pub(crate) fn stringify(value: &JsValue) -> Result<JsValue, JsValue>;
    /// Escapes everything that could end or split a part of a URL. Throws on a lone surrogate.
    #[wasm_bindgen(js_name = encodeURIComponent, catch)]
    pub(crate) fn encode(value: &JsValue) -> Result<String, JsValue>;
    /// `Number(text)`: NaN if it is none. Rust's own parser brings 15 KB of tables.
    #[wasm_bindgen(js_name = Number)]
    pub(crate) fn number(text: &str) -> f64;
    /// A promise of whatever a caller's function returned, promise or not.
    #[wasm_bindgen(js_namespace = Promise, js_name = resolve, catch)]
    pub(crate) fn promise(value: &JsValue) -> Result<Promise, JsValue>;
    /// What JavaScript writes for a number, a boolean, null or undefined.
    #[wasm_bindgen(js_name = String)]
    fn spell(value: &JsValue) -> String;
    /// From 0 to below 1.
    #[wasm_bindgen(js_namespace = Math, js_name = random)]
    pub(crate) fn random() -> f64;
    /// Milliseconds since 1970.
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    pub(crate) fn now() -> f64;
}

#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    #[wasm_bindgen(js_name = parse)]
    fn host_parse(text: &JsValue) -> JsValue;
    /// A `URL`, or nothing: what an import throws would cost a slot for ever.
    pub(crate) fn address(url: &JsValue, base: &JsValue) -> JsValue;
    /// A property of anything: a value that can have none has `undefined`.
    #[wasm_bindgen(catch)]
    pub(crate) fn get(target: &JsValue, key: &str) -> Result<JsValue, JsValue>;
    /// `Array.isArray`, which throws on a revoked proxy.
    #[wasm_bindgen(js_name = isArray)]
    pub(crate) fn is_array(value: &JsValue) -> bool;
    /// Whether a value is an object that is neither null, an array nor a function.
    #[wasm_bindgen(js_name = isRecord)]
    pub(crate) fn is_record(value: &JsValue) -> bool;
    /// `AbortSignal`, of an object that keeps what it holds elsewhere; else `undefined`.
    #[wasm_bindgen(js_name = classOf, catch)]
    fn class_of(value: &JsValue) -> Result<JsValue, JsValue>;
    /// An object's own enumerable properties, read once and without what every object inherits:
    /// what is checked is what JSON would write, also for a field called `constructor`.
    #[wasm_bindgen(catch)]
    pub(crate) fn own(source: &JsValue) -> Result<Object, JsValue>;
}

/// The value of a JSON text. What an import throws costs wasm-bindgen a slot for ever; this does
/// not throw.
pub(crate) fn parse(text: &JsValue) -> Option<JsValue> {
    let value = host_parse(text);
    (!value.is_undefined()).then_some(value)
}

/// Whether nothing was given.
pub(crate) fn absent(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

/// An object of parsed JSON.
impl Record for Object {
    fn is_missing(&self, name: &str) -> bool {
        get(self, name).is_ok_and(|value| value.is_undefined())
    }

    fn text(&self, name: &str) -> Option<String> {
        text(&get(self, name).unwrap_or_default())
    }

    fn number(&self, name: &str) -> Option<f64> {
        get(self, name).unwrap_or_default().as_f64()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        texts(&get(self, name).unwrap_or_default())
    }
}

/// A string or the elements of a list, of which those that are no strings are empty.
pub(crate) fn texts(value: &JsValue) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(text(value));
    if is_array(value) {
        for one in list(value).unwrap_or_default().iter() {
            all.push(text(&one).unwrap_or_default());
        }
    }
    all
}

/// Sets a property of an object that is ours.
pub(crate) fn set(target: &JsValue, key: &str, value: &JsValue) {
    // Only a frozen object or a throwing proxy can refuse, and ours are neither.
    let _ = reflect_set(target, key, value);
}

/// The own enumerable keys of an object.
pub(crate) fn keys(target: &JsValue) -> Result<Vec<String>, JsValue> {
    let mut all = Vec::new();
    for key in object_keys(target)?.iter() {
        let text = text(&key).unwrap_or_default();
        // A lone surrogate would come back as another key.
        if holds(&text, "\u{FFFD}") && key != text.as_str() {
            return Err("a key is not well-formed Unicode".into());
        }
        all.push(text);
    }
    Ok(all)
}

/// An array of whatever can be iterated.
pub(crate) fn list(source: &JsValue) -> Result<Array, JsValue> {
    array_from(source)
}

/// A string, unless it is too long to be meant.
pub(crate) fn text(value: &JsValue) -> Option<String> {
    let string: &JsString = value.dyn_ref()?;
    if string.length() > LONGEST {
        return None;
    }
    value.as_string()
}

/// What a value is, for a message. Numbers and booleans are shown; of a string, which may be a
/// secret, how long it is.
pub(crate) fn describe(value: &JsValue) -> String {
    if is_array(value) {
        return "an array".into();
    }
    if let Some(string) = value.dyn_ref::<JsString>() {
        let length = string.length();
        if length == 0 {
            return "\"\"".into();
        }
        let mut text = String::from("a string of ");
        push_number(&mut text, length);
        text.push_str(if length == 1 {
            " character"
        } else {
            " characters"
        });
        return text;
    }
    let kind = value.js_typeof().as_string().unwrap_or_default();
    match kind.as_str() {
        "object" if !value.is_null() => match class_of(value).ok().as_ref().and_then(text) {
            Some(class) => concat(&["an object of class ", &class]),
            None => "an object".into(),
        },
        "object" | "undefined" | "number" | "boolean" => spell(value),
        _ => concat(&["a ", &kind]),
    }
}
