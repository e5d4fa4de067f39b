//! What is wrong with a value of a caller's, where it is read as a JavaScript value.

use crate::core::check;
use crate::interop::{LONGEST, concat, describe, is_record, push_foreign, text};
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

    /// What the core found. `kept` gives what reading a value threw.
    pub fn of(problem: check::Problem, kept: fn() -> Array) -> Self {
        let thrown = problem.thrown;
        let (at, what) = problem.into_parts();
        Problem(Box::new(Wrong {
            at,
            what,
            cause: thrown.map_or(JsValue::UNDEFINED, |number| kept().get(number)),
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
    let wrong = text(&wrong).unwrap_or_default();
    let what = match read.get(2).is_truthy() {
        true => "is undefined: leave it out, or give it a value".into(),
        false => meant("there is no such option", &wrong, &mut names.split(' ')),
    };
    Err(Problem::new(what).inside(&wrong))
}

/// What is wrong with a name, and which of the known ones is nearly the same.
pub(crate) fn meant(what: &str, name: &str, known: &mut dyn Iterator<Item = &str>) -> String {
    let bare = known.map(|known| known.trim_end_matches('!'));
    let mut near = bare.filter(|known| check::is_near(name.as_bytes(), known.as_bytes()));
    match near.next() {
        Some(near) => concat(&[what, "; did you mean \"", near, "\"?"]),
        None => what.into(),
    }
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

/// A string that goes into a URL or a header: of a length that a server can take.
pub(crate) fn fits(value: &JsValue) -> Result<(), Problem> {
    match value.dyn_ref::<JsString>() {
        Some(string) if string.length() > LONGEST => {
            Err(Problem::new("is longer than 65,536 characters".into()))
        }
        _ => Ok(()),
    }
}
