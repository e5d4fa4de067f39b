//! The values that a caller gives to what is written by hand.

use crate::check::{self, Problem, fits};
use crate::interop::{self, absent, get, is_record, keys, own, set, text};
use js_sys::{JsString, Object};
use wasm_bindgen::prelude::*;

/// A record, as it was when the call was made.
pub(crate) struct Params(Object);

impl Params {
    /// Reads a record. Nothing is one without anything in it.
    pub fn read(source: &JsValue) -> Result<Params, Problem> {
        match absent(source) || is_record(source) {
            true => Ok(Params(own(source)?)),
            false => Err(Problem::expected("an object", source)),
        }
    }

    /// Reads options, see [`check::options`].
    pub fn options(source: &JsValue, known: &[&str]) -> Result<Params, Problem> {
        Ok(Params(check::options(source, &[known])?))
    }

    pub fn object(&self) -> &Object {
        &self.0
    }

    pub fn names(&self) -> Result<Vec<String>, Problem> {
        Ok(keys(&self.0)?)
    }

    /// Refuses these names.
    pub fn without(&self, names: &[&str], why: &str) -> Result<(), Problem> {
        match names.iter().find(|name| !absent(&self.value(name))) {
            Some(name) => Err(Problem::new(why.into()).inside(name)),
            None => Ok(()),
        }
    }

    pub fn value(&self, name: &str) -> JsValue {
        // What `own` copied is plain data.
        get(&self.0, name).unwrap_or_default()
    }

    pub fn set(&self, name: &str, value: &JsValue) {
        set(&self.0, name, value);
    }

    /// A string that is not empty, or `undefined`.
    pub fn optional(&self, name: &str) -> Result<JsValue, Problem> {
        match absent(&self.value(name)) {
            true => Ok(JsValue::UNDEFINED),
            false => self.required(name),
        }
    }

    /// A string that is not empty.
    pub fn required(&self, name: &str) -> Result<JsValue, Problem> {
        let value = self.value(name);
        let problem = match fits(&value) {
            Err(problem) => problem,
            Ok(()) if value.is_string() && value.is_truthy() => return Ok(value),
            Ok(()) => Problem::expected("a string that is not empty", &value),
        };
        Err(problem.inside(name))
    }

    /// An address to come back to: RFC 6749, section 3.1.2.
    pub fn address(&self, name: &str) -> Result<JsValue, Problem> {
        let address = self.required(name)?;
        let whole = address.unchecked_ref::<JsString>().index_of("#", 0) < 0
            && !interop::address(&address, &JsValue::UNDEFINED).is_undefined();
        match whole {
            true => Ok(address),
            false => Err(Problem::expected(ADDRESS, &address).inside(name)),
        }
    }
}

const ADDRESS: &str = "an absolute URL without a fragment";

/// A property of an object of ours that is a string.
pub(crate) fn word(object: &JsValue, name: &str) -> String {
    text(&get(object, name).unwrap_or_default()).unwrap_or_default()
}
