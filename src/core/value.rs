//! A caller's values as they are written down, to be read where they stand.
//!
//! ```text
//! value = JSON without white space
//!       | "#u" undefined      | "#n" NaN            | "#f" a function
//!       | "#b" a bigint       | "#y" a symbol       | "#i" ["-"] infinite
//!       | "#t" number         reading it threw; the driver keeps what was thrown under the number
//!       | "#x" number         an object that the driver keeps: bytes, a Blob, a File
//!       | "#o" string         an object of a class that is no record: a Map, an AbortSignal
//!       | "#d"                nested too deep, or in itself
//! ```
//!
//! A driver writes them down once, before anything is checked, so what is checked is what is sent:
//! no getter of a caller's runs in between. Rust callers' values come from serde_json, without marks.

use super::text::{concat, decode, hex, push_number, utf16_len};

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Undefined,
    Null,
    Boolean,
    Number,
    NotANumber,
    Infinite,
    String,
    Array,
    Object,
    /// An object of a class that holds nothing JSON could write.
    Instance,
    /// An object that the driver keeps.
    Kept,
    Function,
    Symbol,
    BigInt,
    /// Reading it threw.
    Threw,
    TooDeep,
}

/// One value, as it is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Value<'a>(&'a [u8]);

/// What stands in the place of a value that is not there.
pub(crate) const UNDEFINED: Value<'static> = Value(b"#u");

impl<'a> Value<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        Value(text)
    }

    pub fn kind(self) -> Kind {
        match self.0 {
            [b'"', ..] => Kind::String,
            [b'{', ..] => Kind::Object,
            [b'[', ..] => Kind::Array,
            [b't' | b'f', ..] => Kind::Boolean,
            [b'n', ..] => Kind::Null,
            [b'#', mark, ..] => match mark {
                b'n' => Kind::NotANumber,
                b'i' => Kind::Infinite,
                b'f' => Kind::Function,
                b'y' => Kind::Symbol,
                b'b' => Kind::BigInt,
                b't' => Kind::Threw,
                b'x' => Kind::Kept,
                b'o' => Kind::Instance,
                b'd' => Kind::TooDeep,
                _ => Kind::Undefined,
            },
            [] => Kind::Undefined,
            _ => Kind::Number,
        }
    }

    /// As it is written.
    pub fn raw(self) -> &'a [u8] {
        self.0
    }

    /// The number under which the driver keeps what was thrown, or an object; the value of an
    /// integer from 0.
    pub fn number(self) -> usize {
        let digits = self.0.iter().filter(|byte| byte.is_ascii_digit());
        digits.fold(0, |number: usize, digit| {
            let digit = usize::from(digit.wrapping_sub(b'0'));
            number.saturating_mul(10).saturating_add(digit)
        })
    }

    /// The text of a string; None for anything else, and for one with half a character in it.
    pub fn text(self) -> Option<Vec<u8>> {
        let [b'"', inner @ .., b'"'] = self.0 else {
            return None;
        };
        unescaped(inner)
    }

    /// How long a string is in JavaScript: in UTF-16 code units.
    fn units(self) -> usize {
        let mut left = self.0.get(1..self.0.len() - 1).unwrap_or_default();
        let mut units = 0;
        while let Some(at) = left.iter().position(|byte| *byte == b'\\') {
            let (before, escape) = left.split_at_checked(at).unwrap_or_default();
            units += utf16_len(before) + 1;
            let length = if escape.get(1) == Some(&b'u') { 6 } else { 2 };
            left = escape.get(length..).unwrap_or_default();
        }
        units + utf16_len(left)
    }

    /// The string without a letter in it.
    pub fn is_empty(self) -> bool {
        self.0 == b"\"\""
    }

    /// An integer that a double can hold without loss.
    pub fn is_integer(self) -> bool {
        const SAFE: u64 = (1 << 53) - 1;
        let digits = self.0.strip_prefix(b"-").unwrap_or(self.0);
        let whole =
            !digits.is_empty() && digits.len() <= 16 && digits.iter().all(u8::is_ascii_digit);
        let value = digits.iter().fold(0u64, |value, digit| {
            value
                .wrapping_mul(10)
                .wrapping_add(u64::from(digit.wrapping_sub(b'0')))
        });
        whole && value <= SAFE
    }

    /// The properties of an object, in their order; none of anything else.
    pub fn members(self) -> Members<'a> {
        Members(self.0.strip_prefix(b"{").unwrap_or_default())
    }

    /// The elements of an array; none of anything else.
    pub fn elements(self) -> Elements<'a> {
        Elements(self.0.strip_prefix(b"[").unwrap_or_default())
    }

    /// The properties of an object, read once.
    pub fn object(self) -> Object<'a> {
        Object(self.members().collect())
    }

    /// The element number `index` of an array; undefined if there is none.
    pub fn at(self, index: usize) -> Value<'a> {
        self.elements().nth(index).unwrap_or(UNDEFINED)
    }

    /// Nothing at all, or null.
    pub fn is_absent(self) -> bool {
        matches!(self.kind(), Kind::Undefined | Kind::Null)
    }

    /// What it is, for a message. Numbers and booleans are shown; of a string, which may be a
    /// secret, how long it is.
    pub fn describe(self) -> String {
        let known = match self.kind() {
            Kind::Undefined => "undefined",
            Kind::Null => "null",
            Kind::Boolean | Kind::Number => return string(self.0.to_vec()),
            Kind::NotANumber => "NaN",
            Kind::Infinite if self.0.ends_with(b"-") => "-Infinity",
            Kind::Infinite => "Infinity",
            Kind::String if self.is_empty() => "\"\"",
            Kind::String => return describe_length(self.units()),
            Kind::Array => "an array",
            Kind::Object | Kind::Kept => "an object",
            Kind::Function => "a function",
            Kind::Symbol => "a symbol",
            Kind::BigInt => "a bigint",
            Kind::Threw => "what cannot be read",
            Kind::TooDeep => "an object that is nested too deep",
            Kind::Instance => return self.class(),
        };
        known.into()
    }

    /// `a Map`, `an AbortSignal`.
    fn class(self) -> String {
        let name = Value(self.0.get(2..).unwrap_or_default()).text();
        let name = name
            .and_then(|name| String::from_utf8(name).ok())
            .unwrap_or_default();
        match name.as_bytes().first() {
            None => "an object".into(),
            Some(b'A' | b'E' | b'I' | b'O' | b'U') => concat(&["an ", &name]),
            Some(_) => concat(&["a ", &name]),
        }
    }
}

/// A text that is well-formed, as all are that a driver writes.
pub(crate) fn string(text: Vec<u8>) -> String {
    String::from_utf8(text).unwrap_or_default()
}

fn describe_length(units: usize) -> String {
    let mut text = String::from("a string of ");
    push_number(&mut text, units as u32);
    text.push_str(match units {
        1 => " character",
        _ => " characters",
    });
    text
}

/// A property's name, as it is written.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a>(&'a [u8]);

impl<'a> Key<'a> {
    /// A name of the table, where no name of a parameter needs an escape.
    pub fn new(name: &'a str) -> Self {
        Key(name.as_bytes())
    }

    /// Whether it is this name, which is percent-encoded, as all in the table. Nearly all names are
    /// written as they are, here and there.
    pub fn is(self, name: &str) -> bool {
        match name.bytes().any(|byte| byte == b'%') {
            false => self.0 == name.as_bytes(),
            true => unescaped(self.0).is_some_and(|own| own == decode(name).as_bytes()),
        }
    }

    /// The name itself; None for one with half a character in it.
    pub fn name(self) -> Option<String> {
        String::from_utf8(unescaped(self.0)?).ok()
    }

    /// As it is written, without the quotes.
    pub fn raw(&self) -> &[u8] {
        self.0
    }
}

/// The properties of an object, in their order.
pub(crate) struct Object<'a>(pub Vec<(Key<'a>, Value<'a>)>);

impl<'a> Object<'a> {
    /// A property by its name in the table.
    pub fn find(&self, name: &str) -> Option<Value<'a>> {
        let found = self.0.iter().find(|(key, _)| key.is(name));
        found.map(|(_, value)| *value)
    }

    /// The same; undefined if there is none.
    pub fn get(&self, name: &str) -> Value<'a> {
        self.find(name).unwrap_or(UNDEFINED)
    }
}

pub(crate) struct Members<'a>(&'a [u8]);

impl<'a> Iterator for Members<'a> {
    type Item = (Key<'a>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0.strip_prefix(b",").unwrap_or(self.0);
        if !text.starts_with(b"\"") {
            return None;
        }
        let (key, rest) = split(text);
        let (value, rest) = split(rest.strip_prefix(b":").unwrap_or_default());
        self.0 = rest;
        let key = key.get(1..key.len().saturating_sub(1)).unwrap_or_default();
        Some((Key(key), Value(value)))
    }
}

pub(crate) struct Elements<'a>(&'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0.strip_prefix(b",").unwrap_or(self.0);
        if matches!(text, [] | [b']', ..]) {
            return None;
        }
        let (value, rest) = split(text);
        self.0 = rest;
        Some(Value(value))
    }
}

/// The value that a text begins with, and what is behind it.
fn split(text: &[u8]) -> (&[u8], &[u8]) {
    let mut depth = 0usize;
    let mut quoted = false;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if quoted {
            match byte {
                b'\\' => at += 1,
                b'"' => quoted = false,
                _ => (),
            }
        } else {
            match byte {
                b'"' => quoted = true,
                b'{' | b'[' => depth += 1,
                b',' | b':' if depth == 0 => break,
                b'}' | b']' if depth == 0 => break,
                b'}' | b']' => depth -= 1,
                _ => (),
            }
        }
        at += 1;
    }
    text.split_at_checked(at).unwrap_or((text, &[]))
}

/// Takes the escapes out of a string. JSON writers escape a surrogate only where its other half is
/// missing: that has no UTF-8, and half a character is not what anybody means.
fn unescaped(inner: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(inner.len());
    let mut left = inner;
    while let [first, rest @ ..] = left {
        left = rest;
        if *first != b'\\' {
            text.push(*first);
            continue;
        }
        let [escape, rest @ ..] = left else {
            return None;
        };
        left = rest;
        match escape {
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'u' => {
                let (digits, behind) = left.split_at_checked(4)?;
                left = behind;
                let code = digits
                    .iter()
                    .fold(0, |code, digit| code << 4 | u32::from(hex(*digit)));
                let mut bytes = [0; 4];
                text.extend(char::from_u32(code)?.encode_utf8(&mut bytes).bytes());
            }
            other => text.push(*other),
        }
    }
    Some(text)
}

/// Writes a value as `JSON.stringify` does: what JSON has no word for is left out of objects, and
/// null in arrays. False for nothing at all: undefined, a function or a symbol.
///
/// Fails with what cannot be written.
pub(crate) fn push_json<'a>(target: &mut Vec<u8>, value: Value<'a>) -> Result<bool, Value<'a>> {
    match value.kind() {
        Kind::Undefined | Kind::Function | Kind::Symbol => return Ok(false),
        Kind::BigInt | Kind::Threw | Kind::TooDeep => return Err(value),
        Kind::NotANumber | Kind::Infinite => target.extend(b"null"),
        Kind::Instance | Kind::Kept => target.extend(b"{}"),
        Kind::Null | Kind::Boolean | Kind::Number | Kind::String => target.extend(value.raw()),
        Kind::Array | Kind::Object if !value.raw().contains(&b'#') => target.extend(value.raw()),
        Kind::Array => {
            target.push(b'[');
            for (index, element) in value.elements().enumerate() {
                if index > 0 {
                    target.push(b',');
                }
                if !push_json(target, element)? {
                    target.extend(b"null");
                }
            }
            target.push(b']');
        }
        Kind::Object => push_members(target, &mut value.members())?,
    }
    Ok(true)
}

/// Writes an object of these members.
pub(crate) fn push_members<'a>(
    target: &mut Vec<u8>,
    members: &mut dyn Iterator<Item = (Key<'a>, Value<'a>)>,
) -> Result<(), Value<'a>> {
    target.push(b'{');
    let mut is_first = true;
    for (key, value) in members {
        let before = target.len();
        if !is_first {
            target.push(b',');
        }
        target.push(b'"');
        target.extend(key.raw());
        target.extend(b"\":");
        match push_json(target, value)? {
            true => is_first = false,
            false => target.truncate(before),
        }
    }
    target.push(b'}');
    Ok(())
}

/// Whether a text is of a length that goes into a URL or a header.
pub(crate) fn is_short(text: &[u8]) -> bool {
    utf16_len(text) <= super::text::LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value<'_> {
        Value::new(text.as_bytes())
    }

    fn json(text: &str) -> Option<String> {
        let mut target = Vec::new();
        push_json(&mut target, value(text)).ok()?;
        String::from_utf8(target).ok()
    }

    #[test]
    fn a_value_is_known_by_its_first_letters() {
        for (text, kind, described) in [
            (r#""x""#, Kind::String, "a string of 1 character"),
            (r#""é\n\ud83d🎉""#, Kind::String, "a string of 5 characters"),
            ("{}", Kind::Object, "an object"),
            ("[]", Kind::Array, "an array"),
            ("true", Kind::Boolean, "true"),
            ("null", Kind::Null, "null"),
            ("-1", Kind::Number, "-1"),
            ("1.5", Kind::Number, "1.5"),
            ("#u", Kind::Undefined, "undefined"),
            ("#n", Kind::NotANumber, "NaN"),
            ("#i", Kind::Infinite, "Infinity"),
            ("#i-", Kind::Infinite, "-Infinity"),
            ("#f", Kind::Function, "a function"),
            ("#y", Kind::Symbol, "a symbol"),
            ("#b", Kind::BigInt, "a bigint"),
            ("#t7", Kind::Threw, "what cannot be read"),
            ("#x0", Kind::Kept, "an object"),
            (r#"#o"Map""#, Kind::Instance, "a Map"),
            (r#"#o"AbortSignal""#, Kind::Instance, "an AbortSignal"),
            ("", Kind::Undefined, "undefined"),
        ] {
            assert_eq!(value(text).kind(), kind, "{text}");
            assert_eq!(value(text).describe(), described, "{text}");
        }
        assert_eq!(value("#t12").number(), 12);
    }

    #[test]
    fn members_are_read_where_they_stand() {
        let object = value(r#"{"a":1,"b,\"c":{"d":["}",2]},"e":#u,"f":#o"Map"}"#);
        let all: Vec<_> = object
            .members()
            .map(|(key, value)| (key.name().unwrap(), value.raw()))
            .collect();
        let expected: [(String, &[u8]); 4] = [
            ("a".into(), b"1"),
            ("b,\"c".into(), br#"{"d":["}",2]}"#),
            ("e".into(), b"#u"),
            ("f".into(), br#"#o"Map""#),
        ];
        assert_eq!(all, expected);
        let object = object.object();
        let inner = object.get("b%2C%22c").object();
        assert_eq!(inner.get("d").at(1).raw(), b"2");
        assert_eq!(object.get("z").kind(), Kind::Undefined);
        assert_eq!(object.get("a").object().0.len(), 0);
    }

    #[test]
    fn strings_come_without_their_escapes() {
        let text = |written| {
            value(written)
                .text()
                .map(|text| String::from_utf8(text).unwrap())
        };
        assert_eq!(
            text(r#""a\n\"\\\u0000é🎉""#).as_deref(),
            Some("a\n\"\\\0é🎉")
        );
        assert_eq!(text(r#""\b\f\r\t\/""#).as_deref(), Some("\u{8}\u{c}\r\t/"));
        assert_eq!(text(r#""half \ud83d""#), None);
        assert_eq!(text("5"), None);
        assert_eq!(text("\""), None);
    }

    #[test]
    fn integers_are_those_a_double_holds() {
        for (text, is) in [
            ("0", true),
            ("-12", true),
            ("9007199254740991", true),
            ("9007199254740992", false),
            ("99999999999999999999", false),
            ("1.5", false),
            ("1e21", false),
            ("-", false),
            ("true", false),
            ("#n", false),
        ] {
            assert_eq!(value(text).is_integer(), is, "{text}");
        }
    }

    #[test]
    fn json_is_what_stringify_writes() {
        assert_eq!(
            json(r#"{"a":#u,"b":[#u,#f,#n,1],"c":#y,"d":{"e":#i},"f":#o"Map"}"#).as_deref(),
            Some(r#"{"b":[null,null,null,1],"d":{"e":null},"f":{}}"#)
        );
        assert_eq!(
            json(r#"{"a":"\ud83d"}"#).as_deref(),
            Some(r#"{"a":"\ud83d"}"#)
        );
        for unwritable in ["#b", "[#t0]", r#"{"a":{"b":#d}}"#] {
            assert_eq!(json(unwritable), None, "{unwritable}");
        }
    }
}
