//! The JSON of a token, as strictly as two readers need to agree on it (RFC 8725, section 2.4):
//! UTF-8, an object, no name twice, no deep nesting.

use crate::base64url;
use crate::interop::{is_record, parse, stringify};
use js_sys::Object;
use wasm_bindgen::prelude::*;

/// How deep objects and arrays may nest.
const DEEPEST: u32 = 32;

/// The object in a part of a token, or what is wrong with it.
pub(super) fn read(part: &str) -> Result<Object, &'static str> {
    let bytes = base64url::decode(part).ok_or("it is not base64url")?;
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8")?;
    let Shape { members, depth } = scan(&text);
    if depth > DEEPEST {
        return Err("it is nested too deeply");
    }
    let parsed = parse(&text.into()).ok_or("it is not JSON")?;
    if !is_record(&parsed) {
        return Err("it is not a JSON object");
    }
    // `JSON.parse` keeps the last of several members with one name.
    let text = stringify(&parsed).ok().and_then(|text| text.as_string());
    match text.is_some_and(|text| scan(&text).members == members) {
        true => Ok(parsed.unchecked_into()),
        false => Err("it has a name twice"),
    }
}

#[derive(Debug, Default, PartialEq)]
struct Shape {
    /// How many members all its objects have.
    members: u32,
    depth: u32,
}

/// Counts colons and brackets outside of strings.
fn scan(json: &str) -> Shape {
    let mut shape = Shape::default();
    let mut depth = 0_u32;
    let mut bytes = json.bytes();
    let mut quoted = false;
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if quoted => _ = bytes.next(),
            _ if quoted => (),
            b':' => shape.members += 1,
            b'{' | b'[' => {
                depth += 1;
                shape.depth = shape.depth.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => (),
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::{Shape, scan};

    #[test]
    fn members_and_depth() {
        for (json, members, depth) in [
            ("1", 0, 0),
            ("{}", 0, 1),
            (r#"{"a":1,"a":2}"#, 2, 1),
            (r#"{"a:\"{[":":","b":[{"c":{}}]}"#, 3, 4),
            (r#"{"\\":"\\\"}"}"#, 1, 1),
            ("]]][", 0, 1),
        ] {
            assert_eq!(scan(json), Shape { members, depth }, "{json}");
        }
    }
}
