//! Checks a caller's values against the notation of a type, before anything is sent.

use crate::interop::{LONGEST, concat, cut, decode, own};
use crate::interop::{
    describe, get, is_array, is_record, keys, list, push_foreign, push_number, text,
};
use crate::notation::Notation;
use js_sys::{Array, JsString, Object};
use wasm_bindgen::prelude::*;

/// What is wrong with a value, and where it stands. Boxed, for the same reason as [`Error`].
///
/// [`Error`]: crate::error::Error
pub(crate) struct Problem(Box<Wrong>);

pub(crate) struct Wrong {
    /// `users[0].id`
    pub at: String,
    /// `expected a string, got null`
    pub what: String,
    /// What a getter or a proxy threw.
    pub cause: JsValue,
}

impl Problem {
    /// A value that is not what it should be.
    pub fn expected(expected: &str, value: &JsValue) -> Self {
        Problem::new(concat(&["expected ", expected, ", got ", &describe(value)]))
    }

    /// Anything else that is wrong.
    pub fn new(what: String) -> Self {
        Problem(Box::new(Wrong {
            at: String::new(),
            what,
            cause: JsValue::UNDEFINED,
        }))
    }

    /// Reading the value threw.
    pub fn threw(cause: JsValue) -> Self {
        Problem::new("reading it threw".into()).because(cause)
    }

    /// `users[0].id: expected a string, got null`
    pub fn sentence(&self) -> String {
        let mut sentence = String::new();
        if !self.at.is_empty() {
            push_foreign(&mut sentence, &self.at);
            sentence.push_str(": ");
        }
        sentence.push_str(&self.what);
        sentence
    }

    /// The same problem, with what a getter or a proxy threw.
    pub fn because(mut self, cause: JsValue) -> Self {
        self.0.cause = cause;
        self
    }

    /// The same problem, seen from the object or array around it.
    pub fn inside(mut self, name: &str) -> Self {
        let dot = if self.at.is_empty() || self.at.starts_with('[') {
            ""
        } else {
            "."
        };
        self.0.at = concat(&[name, dot, &self.at]);
        self
    }
}

#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    /// `[options, name that is wrong, whether it has no value]`, see there.
    #[wasm_bindgen(js_name = options, catch)]
    fn host_options(source: &JsValue, known: &str) -> Result<Array, JsValue>;
}

/// The options that a caller gave, each read once by its name. One that is not known is refused:
/// it is most likely misspelt, and would be lost. So is one of a name with a `!` that has no value:
/// without a variable that is not set, a rule would be as good as not given.
pub(crate) fn options(source: &JsValue, known: &[&[&str]]) -> Result<Object, Problem> {
    if !is_record(source) {
        return Err(Problem::expected("an object", source));
    }
    let mut names = String::new();
    for name in known.iter().copied().flatten() {
        if !names.is_empty() {
            names.push(' ');
        }
        names.push_str(name);
    }
    let read = host_options(source, &names)?;
    let wrong = read.get(1);
    if wrong.is_undefined() {
        return Ok(read.get(0).unchecked_into());
    }
    let what = match read.get(2).is_truthy() {
        true => "is undefined: leave it out, or give it a value",
        false => "there is no such option",
    };
    Err(Problem::new(what.into()).inside(&text(&wrong).unwrap_or_default()))
}

impl core::ops::Deref for Problem {
    type Target = Wrong;

    fn deref(&self) -> &Wrong {
        &self.0
    }
}

impl From<JsValue> for Problem {
    fn from(cause: JsValue) -> Self {
        Problem::threw(cause)
    }
}

/// What a field says of itself in front of its type.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub name: &'static str,
    /// Whether callers give it by its place in the call, unless they give all by name.
    pub placed: bool,
    required: bool,
    nullable: bool,
}

impl Field {
    /// Reads the next field of a list that ends with `end` (0: with the text).
    pub fn next(n: &mut Notation, end: u8) -> Option<Field> {
        n.eat(b',');
        if n.peek() == end || n.peek() == 0 {
            n.next();
            return None;
        }
        Some(Field {
            name: n.word(),
            placed: n.eat(b'='),
            required: n.eat(b'!'),
            nullable: n.eat(b'~'),
        })
    }

    /// Checks this field of `object` and moves behind its type. Gives the value, if there is one.
    pub fn read(self, n: &mut Notation, object: &JsValue) -> Result<Option<JsValue>, Problem> {
        let name = decode(self.name);
        let value = get(object, &name).map_err(|e| Problem::threw(e).inside(&name))?;
        let absent = if value.is_undefined() {
            !self.required
        } else {
            value.is_null() && self.nullable
        };
        check(n, Some(&value).filter(|_| !absent)).map_err(|p| p.inside(&name))?;
        Ok(Some(value).filter(|value| !value.is_undefined()))
    }
}

/// Moves behind a type, and checks the value if there is one.
pub(crate) fn check(n: &mut Notation, value: Option<&JsValue>) -> Result<(), Problem> {
    match n.peek() {
        b'(' => one_of(n, value),
        b'[' => array(n, value),
        b'{' => object(n, value),
        b'<' => map(n, value),
        b'*' => any_of(n, value),
        b':' => {
            n.next();
            let kind = n.next();
            scalar(kind, value)
        }
        _ => scalar(b's', value),
    }
}

fn scalar(kind: u8, value: Option<&JsValue>) -> Result<(), Problem> {
    match value {
        Some(value) if !is(kind, value) => Err(Problem::expected(expected(kind), value)),
        _ => Ok(()),
    }
}

fn expected(kind: u8) -> &'static str {
    match kind {
        b'i' => "an integer",
        b'n' => "a number",
        b'b' => "true or false",
        b'k' => "a string that is not empty",
        b'c' => "a string, or an array of strings without commas",
        b'C' => "a string that is not empty, or an array of such strings without commas",
        b'x' => "a Blob, a File, an ArrayBuffer, a typed array or {data, name, type}",
        b'o' => "an object",
        b'l' => "an array",
        b'a' => "a value that JSON can hold",
        _ => "a string",
    }
}

fn is(kind: u8, value: &JsValue) -> bool {
    match kind {
        b'i' => value
            .as_f64()
            .is_some_and(|n| n.trunc() == n && n.abs() <= js_sys::Number::MAX_SAFE_INTEGER),
        b'n' => value.as_f64().is_some_and(f64::is_finite),
        b'b' => value.as_bool().is_some(),
        b'k' => value.is_string() && !is_empty(value),
        b'c' => value.is_string() || is_comma_list(value),
        b'C' => (value.is_string() || is_comma_list(value)) && !is_empty(value),
        b'x' => value.is_object() && !is_array(value),
        b'o' => is_record(value),
        b'l' => is_array(value),
        b'a' => {
            !(value.is_undefined() || value.is_function() || value.is_symbol() || value.is_bigint())
        }
        _ => value.is_string(),
    }
}

/// Whether a string, or all of a list of strings, comes to nothing.
fn is_empty(value: &JsValue) -> bool {
    *value == "" || list(value).is_ok_and(|items| items.iter().all(|item| item == ""))
}

/// An element with a comma would reach the server as two.
fn is_comma_list(value: &JsValue) -> bool {
    is_array(value)
        && list(value).is_ok_and(|items| {
            items
                .iter()
                .all(|item| text(&item).is_some_and(|text| cut(&text, b',').is_none()))
        })
}

fn one_of(n: &mut Notation, value: Option<&JsValue>) -> Result<(), Problem> {
    n.eat(b'(');
    let given = value.and_then(text);
    let mut found = value.is_none();
    let mut choice = String::from("one of");
    loop {
        let word = decode(n.word());
        found |= given.as_ref() == Some(&word);
        choice.push_str(" \"");
        choice.push_str(&word);
        choice.push('"');
        if !n.eat(b'|') {
            n.eat(b')');
            break;
        }
    }
    match value {
        Some(value) if !found => Err(Problem::new(concat(&[
            "expected ",
            &choice,
            ", got ",
            &describe(value),
        ]))),
        _ => Ok(()),
    }
}

fn any_of(n: &mut Notation, value: Option<&JsValue>) -> Result<(), Problem> {
    n.eat(b'*');
    let mut found = value.is_none();
    let mut choice = String::new();
    while !n.eat(b';') && n.peek() != 0 {
        let kind = n.next();
        found |= value.is_some_and(|value| is(kind, value));
        if !choice.is_empty() {
            choice.push_str(" or ");
        }
        choice.push_str(expected(kind));
    }
    match value {
        Some(value) if !found => Err(Problem::expected(&choice, value)),
        _ => Ok(()),
    }
}

fn array(n: &mut Notation, value: Option<&JsValue>) -> Result<(), Problem> {
    n.eat(b'[');
    let item = *n;
    check(n, None)?;
    n.eat(b']');
    let Some(value) = value else { return Ok(()) };
    scalar(b'l', Some(value))?;
    for (index, element) in list(value)?.iter().enumerate() {
        check(&mut item.clone(), Some(&element)).map_err(|p| {
            let mut at = String::from("[");
            push_number(&mut at, index as u32);
            at.push(']');
            p.inside(&at)
        })?;
    }
    Ok(())
}

fn object(n: &mut Notation, value: Option<&JsValue>) -> Result<(), Problem> {
    n.eat(b'{');
    scalar(b'o', value)?;
    let object = value.map(own).transpose()?;
    while let Some(field) = Field::next(n, b'}') {
        match &object {
            Some(object) => {
                field.read(n, object)?;
            }
            None => check(n, None)?,
        }
    }
    Ok(())
}

fn map(n: &mut Notation, value: Option<&JsValue>) -> Result<(), Problem> {
    n.eat(b'<');
    let item = *n;
    check(n, None)?;
    n.eat(b'>');
    let Some(value) = value else { return Ok(()) };
    scalar(b'o', Some(value))?;
    for key in keys(value)? {
        let element = get(value, &key)?;
        check(&mut item.clone(), Some(&element)).map_err(|p| p.inside(&key))?;
    }
    Ok(())
}

/// A string that goes into a URL or a header: of a length that a server can take.
pub(crate) fn fits(value: &JsValue) -> Result<(), Problem> {
    match value.dyn_ref::<JsString>() {
        Some(string) if string.length() > LONGEST => {
            Err(Problem::new("is longer than 65,536 characters".into()))
        }
        _ => Ok(()),
    }
}
