//! The pieces of JavaScript that the rest is made of. Whatever touches a value that a caller gave
//! is declared `catch`: a getter or a proxy may throw at any time, and an exception that crosses
//! wasm frames would leave a promise unsettled.

use js_sys::{Array, JsString, Object, Promise};
use wasm_bindgen::prelude::*;

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
    #[wasm_bindgen(js_name = decodeURIComponent, catch)]
    fn decode_component(value: &str) -> Result<String, JsValue>;
    /// A promise of whatever a caller's function returned, promise or not.
    #[wasm_bindgen(js_namespace = Promise, js_name = resolve, catch)]
    pub(crate) fn promise(value: &JsValue) -> Result<Promise, JsValue>;
    /// What JavaScript writes for a number, a boolean, null or undefined.
    #[wasm_bindgen(js_name = String)]
    fn spell(value: &JsValue) -> String;
    /// Milliseconds since 1970.
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    pub(crate) fn now() -> f64;
}

#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    #[wasm_bindgen(js_name = parse)]
    fn host_parse(text: &JsValue) -> JsValue;
    /// A property of anything: a value that can have none has `undefined`.
    #[wasm_bindgen(catch)]
    pub(crate) fn get(target: &JsValue, key: &str) -> Result<JsValue, JsValue>;
    /// `Array.isArray`, which throws on a revoked proxy.
    #[wasm_bindgen(js_name = isArray)]
    pub(crate) fn is_array(value: &JsValue) -> bool;
    /// Whether a value is an object that is neither null, an array nor a function.
    #[wasm_bindgen(js_name = isRecord)]
    pub(crate) fn is_record(value: &JsValue) -> bool;
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

/// The longest string that goes into a URL or a header. Servers stop long before.
pub(crate) const LONGEST: u32 = 1 << 16;

/// Whether a text holds another. The searcher behind `str::contains` costs 3 KB.
pub(crate) fn holds(text: &str, part: &str) -> bool {
    text.as_bytes()
        .windows(part.len())
        .any(|window| window == part.as_bytes())
}

/// A text before and after the first of a mark, which is ASCII. What is behind `str::split` and
/// its kind costs 0.7 KB.
pub(crate) fn cut(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == mark)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The parts of a text between the marks.
pub(crate) fn parts(text: &str, mark: u8) -> impl Iterator<Item = &str> {
    let mut left = Some(text);
    core::iter::from_fn(move || {
        let text = left?;
        let (part, rest) = cut(text, mark).unzip();
        left = rest;
        Some(part.unwrap_or(text))
    })
}

/// Puts texts together. `concat` of the standard library is five times as large.
pub(crate) fn concat(parts: &[&str]) -> String {
    let mut whole = String::new();
    for part in parts {
        whole.push_str(part);
    }
    whole
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

/// Takes the percent-encoding off a name of the table. Most have none.
pub(crate) fn decode(word: &str) -> String {
    if cut(word, b'%').is_some()
        && let Ok(decoded) = decode_component(word)
    {
        return decoded;
    }
    word.into()
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
        "object" if !value.is_null() => "an object".into(),
        "object" | "undefined" | "number" | "boolean" => spell(value),
        _ => concat(&["a ", &kind]),
    }
}

/// The most letters of a text that is not ours in a message.
const MOST: usize = 300;

/// Appends a text that is not ours to a message: not all of one that is long, and nothing in it
/// that ends a line, moves a cursor, or turns or hides what stands beside it in a log.
pub(crate) fn push_foreign(message: &mut String, text: &str) {
    for (count, letter) in text.chars().enumerate() {
        if count == MOST {
            message.push('…');
            return;
        }
        message.push(if is_unprintable(letter) { ' ' } else { letter });
    }
}

/// Controls (C0, C1), line and paragraph separators, and the format characters that have no width
/// or change the direction (Unicode, chapters 23.1 to 23.3).
fn is_unprintable(letter: char) -> bool {
    matches!(letter,
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// Appends a number. The formatting machinery of `core::fmt` would cost every caller 3 KB.
pub(crate) fn push_number(text: &mut String, number: u32) {
    if number > 9 {
        push_number(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_text_of_a_stranger_is_one_short_line() {
        let told = |text: &str| {
            let mut message = String::from("said: ");
            super::push_foreign(&mut message, text);
            message
        };
        assert_eq!(told("Zoë: \"no\" 🦀"), "said: Zoë: \"no\" 🦀");
        assert_eq!(told("a\r\nb\x1b[2Jc\u{9b}d"), "said: a  b [2Jc d");
        assert_eq!(
            told("a\u{2028}b\u{202e}c\u{2066}d\u{200b}e"),
            "said: a b c d e"
        );
        let long = "é".repeat(301);
        assert_eq!(told(&long).chars().count(), "said: ".len() + 301);
        assert!(told(&long).ends_with("é…"));
        assert!(!told(&long[..600]).ends_with('…'));
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        let mut text = String::new();
        for number in [0, 9, 10, 404, u32::MAX] {
            super::push_number(&mut text, number);
            text.push(' ');
        }
        assert_eq!(text, "0 9 10 404 4294967295 ");
    }
}
