//! The JSON of a token, as strictly as two readers need to agree on it (RFC 8725, section 2.4):
//! UTF-8, an object, no name twice, no deep nesting.

use crate::fetch::parsing;
use crate::interop::{is_record, stringify};
use crate::watch::{Ended, Watch};
use js_sys::Object;
use wasm_bindgen::prelude::*;

/// How deep objects and arrays may nest.
const DEEPEST: u32 = 32;

/// Reads an object, or says what is wrong with it.
pub(super) async fn object(
    bytes: Vec<u8>,
    watch: &Watch,
) -> Result<Result<Object, &'static str>, Ended> {
    let Ok(text) = String::from_utf8(bytes) else {
        return Ok(Err("it is not UTF-8"));
    };
    let written = scan(&text);
    if written.depth > DEEPEST {
        return Ok(Err("it is nested too deeply"));
    }
    let value = match parsing(&text.into()) {
        Ok(parsing) => watch.over(parsing).await?,
        Err(cause) => Err(cause),
    };
    Ok(match value {
        Err(_) => Err("it is not JSON"),
        Ok(value) if !is_record(&value) => Err("it is not a JSON object"),
        // `JSON.parse` keeps the last of several members with one name.
        Ok(value) if members(&value) != Some(written.members) => Err("it has a name twice"),
        Ok(value) => Ok(value.unchecked_into()),
    })
}

fn members(value: &JsValue) -> Option<u32> {
    let text = stringify(value).ok()?.as_string()?;
    Some(scan(&text).members)
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
