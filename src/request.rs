//! From an operation and a caller's values to a request: every check happens here, before
//! anything is sent.
//!
//! The values of the path and what else identifies a thing have their places; all else comes in one
//! params object. A key goes to each place
//! that declares it; a key that nothing declares goes to the body, or to the query of an operation
//! without one, so that what the service learns later can be sent today.

use crate::check::{Field, Problem, check, fits};
use crate::error::Error;
use crate::file;
use crate::headers;
use crate::interop::{
    concat, cut, decode, encode, get, is_array, is_record, keys, list, own, parts, set,
};
use crate::interop::{stringify, text};
use crate::notation::Notation;
use crate::operation::{Encoding, Operation, Section};
use crate::page::PAGE_SIZE;
use crate::settings::absent;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::FormData;

/// A request that has passed every check.
pub(crate) struct Request {
    pub operation: Option<Operation>,
    pub method: String,
    /// Behind the origin: path and query.
    pub target: String,
    pub content_type: Option<&'static str>,
    /// Header parameters: name, value, name, value …
    pub headers: Array,
    /// `undefined` for none.
    pub body: JsValue,
    /// Whether the body is a stream, which can be sent only once.
    pub once: bool,
}

const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Where a call's values are.
pub(crate) enum Args<'a> {
    /// The values of the path in the order of the template, then an identifier that is elsewhere,
    /// then the params object.
    Positional(&'a Array),
    /// Everything in one object.
    #[cfg(feature = "js")]
    Named(&'a JsValue),
}

/// Builds the request of a call.
pub(crate) fn plan(operation: Operation, args: &Args<'_>) -> Result<Request, Box<Error>> {
    let invalid = |kind| move |problem| Error::invalid(Some(operation), kind, problem);
    let mut plan = Plan {
        params: Object::new(),
        taken: Vec::new(),
        request: Request {
            operation: Some(operation),
            method: operation.method().into(),
            target: String::new(),
            content_type: None,
            headers: Array::new(),
            body: JsValue::UNDEFINED,
            once: false,
        },
    };
    let (params, kind) = match args {
        Args::Positional(_) if !operation.has_params() => (JsValue::UNDEFINED, "argument"),
        Args::Positional(args) => (args.get(operation.arguments()), "argument"),
        #[cfg(feature = "js")]
        Args::Named(args) => ((*args).clone(), "path value"),
    };
    plan.params = record(&params).map_err(invalid("params"))?;
    let placed = plan.path(operation, args).map_err(invalid(kind))?;
    #[allow(irrefutable_let_patterns, reason = "Rust callers name nothing")]
    if let Args::Positional(args) = args
        && placed < operation.arguments()
    {
        plan.place(operation, &args.get(placed), placed)
            .map_err(invalid(kind))?;
    }
    let mut has_body = false;
    for section in operation.sections() {
        match section {
            Section::Query(fields) => plan.query(fields).map_err(invalid("query parameter"))?,
            Section::Headers(fields) => plan.headers(fields).map_err(invalid("header"))?,
            Section::Body {
                encoding,
                required,
                ty,
            } => {
                has_body = ty.starts_with('{');
                match encoding {
                    Encoding::Json if has_body => plan.json(required, ty),
                    Encoding::Json => plan.whole(required, ty),
                    Encoding::Form => plan.form(ty),
                    Encoding::Multipart => plan.multipart(ty),
                }
                .map_err(invalid("field"))?;
            }
        }
    }
    if !has_body {
        plan.rest_to_query().map_err(invalid("query parameter"))?;
    }
    Ok(plan.request)
}

/// A copy of an object that may be left out.
fn record(value: &JsValue) -> Result<Object, Problem> {
    match value.is_undefined() || is_record(value) {
        true => Ok(own(value)?),
        false => Err(Problem::expected("an object", value)),
    }
}

struct Plan {
    /// What is left of the caller's own params object, which is not touched.
    params: Object,
    /// Keys of `params` that have found their place.
    taken: Vec<String>,
    request: Request,
}

impl Plan {
    /// Writes the path. Gives the number of its values.
    fn path(&mut self, operation: Operation, args: &Args<'_>) -> Result<u32, Problem> {
        let mut index = 0;
        for piece in parts(operation.path(), b'{') {
            let Some((placeholder, rest)) = cut(piece, b'}') else {
                self.request.target.push_str(piece);
                continue;
            };
            let mut n = Notation(placeholder);
            let name = decode(n.word());
            let value = match args {
                Args::Positional(args) => args.get(index),
                #[cfg(feature = "js")]
                Args::Named(_) => get(&self.params, &name)?,
            };
            let segment = check(&mut n, Some(&value)).and_then(|()| segment(&value));
            let segment = segment.map_err(|problem| match args {
                Args::Positional(_) => problem.inside(&operation.argument(index, &name)),
                #[cfg(feature = "js")]
                Args::Named(_) => problem.inside(&name),
            });
            self.request.target.push_str(&segment?);
            index += 1;
            self.request.target.push_str(rest);
            #[cfg(feature = "js")]
            if let Args::Named(_) = args {
                self.taken.push(name);
            }
        }
        Ok(index)
    }

    /// Puts an identifier that is not in the path to where the API has it.
    fn place(&mut self, operation: Operation, value: &JsValue, index: u32) -> Result<(), Problem> {
        for section in operation.sections() {
            let (Section::Query(fields)
            | Section::Headers(fields)
            | Section::Body { ty: fields, .. }) = section;
            let mut n = Notation(fields);
            n.eat(b'{');
            while let Some(field) = Field::next(&mut n, b'}') {
                if !field.placed {
                    check(&mut n, None)?;
                    continue;
                }
                let name = decode(field.name);
                let twice = get(&self.params, &name)?;
                let fine = check(&mut n, Some(value)).and_then(|()| match text(value).as_deref() {
                    given if !absent(&twice) && text(&twice).as_deref() != given => {
                        Err(Problem::new("is another one than in the params".into()))
                    }
                    _ => Ok(()),
                });
                fine.map_err(|problem| problem.inside(&operation.argument(index, &name)))?;
                set(&self.params, &name, value);
                return Ok(());
            }
        }
        Ok(())
    }

    fn query(&mut self, fields: &'static str) -> Result<(), Problem> {
        for (name, value, ty) in self.given(fields)? {
            self.request.append(&name, &value, ty)?;
            self.taken.push(name);
        }
        Ok(())
    }

    fn headers(&mut self, fields: &'static str) -> Result<(), Problem> {
        let headers = Object::new();
        for (name, value, ty) in self.given(fields)? {
            pairs(&name, &value, ty, &mut |name, value| {
                let value = match value.is_string() {
                    true => value.clone(),
                    false => stringify(value)?,
                };
                set(&headers, name, &value);
                Ok(())
            })?;
            self.taken.push(name);
        }
        self.request.headers = headers::read(&headers)?;
        Ok(())
    }

    /// The fields of a list that the caller gave, checked: name, value, type.
    fn given(&self, fields: &'static str) -> Result<Vec<Given>, Problem> {
        let mut n = Notation(fields);
        n.eat(b'{');
        let mut given = Vec::new();
        while let Some(field) = Field::next(&mut n, b'}') {
            let ty = n.0;
            if let Some(value) = field.read(&mut n, &self.params)? {
                given.push((decode(field.name), value, ty));
            }
        }
        Ok(given)
    }

    /// Keys of the params object that have no place yet.
    fn rest(&self) -> Result<Vec<String>, Problem> {
        let mut rest = keys(&self.params)?;
        rest.retain(|key| !self.taken.contains(key));
        Ok(rest)
    }

    fn rest_to_query(&mut self) -> Result<(), Problem> {
        for key in self.rest()? {
            let value = get(&self.params, &key)?;
            self.request.append(&key, &value, "")?;
        }
        Ok(())
    }

    /// The params object is the body, less the keys that only the path, the query or the headers
    /// declare.
    fn json(&mut self, required: bool, ty: &'static str) -> Result<(), Problem> {
        if !required && self.rest()?.is_empty() {
            return Ok(());
        }
        let given = self.given(ty)?;
        for key in &self.taken {
            if !given.iter().any(|(name, ..)| name == key) {
                // Our own plain object lets go of any property.
                let _ = Reflect::delete_property(&self.params, &key.as_str().into());
            }
        }
        self.request.set_json(&self.params)
    }

    /// A body that is no object with known properties: it is the key `body`.
    fn whole(&mut self, required: bool, ty: &'static str) -> Result<(), Problem> {
        let body = get(&self.params, "body")?;
        let given = required || !body.is_undefined();
        check(&mut Notation(ty), Some(&body).filter(|_| given)).map_err(|p| p.inside("body"))?;
        self.taken.push("body".into());
        if given {
            self.request.set_json(&body)?;
        }
        Ok(())
    }

    fn form(&mut self, ty: &'static str) -> Result<(), Problem> {
        let mut form = String::new();
        self.fields(ty, &mut |name, value| {
            if !form.is_empty() {
                form.push('&');
            }
            push_pair(&mut form, name, value)
        })?;
        self.request.content_type = Some(FORM);
        self.request.body = form.into();
        Ok(())
    }

    fn multipart(&mut self, ty: &'static str) -> Result<(), Problem> {
        let form = FormData::new()?;
        self.fields(ty, &mut |name, value| file::append(&form, name, value))?;
        // `fetch` writes the content type, with the boundary it chose.
        self.request.body = form.into();
        Ok(())
    }

    /// Hands out the pairs of a flat body: what it declares, then what nothing declares.
    fn fields(&mut self, ty: &'static str, push: Push<'_>) -> Result<(), Problem> {
        for (name, value, ty) in self.given(ty)? {
            pairs(&name, &value, ty, push).map_err(|problem| problem.inside(&name))?;
            self.taken.push(name);
        }
        for key in self.rest()? {
            let value = get(&self.params, &key)?;
            pairs(&key, &value, "", push).map_err(|problem| problem.inside(&key))?;
        }
        Ok(())
    }
}

type Given = (String, JsValue, &'static str);
type Push<'a> = &'a mut dyn FnMut(&str, &JsValue) -> Result<(), Problem>;

/// A path segment that stays one, whatever the value.
fn segment(value: &JsValue) -> Result<String, Problem> {
    fits(value)?;
    let segment = escape(value)?;
    match segment.as_str() {
        "" => Err(Problem::new(
            "expected a string that is not empty, got \"\"".into(),
        )),
        "." | ".." => Err(Problem::new(concat(&[
            "expected an identifier, got \"",
            &segment,
            "\"",
        ]))),
        _ => Ok(segment),
    }
}

/// The pairs that a value becomes in a query or a form: none for null, `a,b` for a comma list, one
/// per element for another array, `name[key]` for an object.
fn pairs(name: &str, value: &JsValue, ty: &str, push: Push<'_>) -> Result<(), Problem> {
    if absent(value) {
        return Ok(());
    }
    if ty.starts_with(":x") {
        return push(name, value);
    }
    if is_array(value) && (ty.starts_with(":c") || ty.starts_with(":C")) {
        let mut joined = String::new();
        for item in list(value)?.iter() {
            let Some(item) = text(&item) else {
                return Err(Problem::expected("a string", &item));
            };
            if !joined.is_empty() {
                joined.push(',');
            }
            joined.push_str(&item);
        }
        let joined = joined.into();
        fits(&joined)?;
        return push(name, &joined);
    }
    if !is_record(value) {
        return scalars(name, value, push);
    }
    for key in keys(value)? {
        if key.is_empty() || key.bytes().any(|byte| matches!(byte, b'[' | b']')) {
            return Err(Problem::new("expected keys without brackets".into()));
        }
        scalars(&concat(&[name, "[", &key, "]"]), &get(value, &key)?, push)
            .map_err(|problem| problem.inside(&key))?;
    }
    Ok(())
}

/// A scalar, or each of an array of them. Nothing deeper has a place in a query.
fn scalars(name: &str, value: &JsValue, push: Push<'_>) -> Result<(), Problem> {
    let one = Array::of1(value);
    let all = if is_array(value) { list(value)? } else { one };
    for item in all.iter() {
        let number = item.as_f64().is_some_and(f64::is_finite);
        if !(item.is_string() || number || item.as_bool().is_some()) {
            return Err(Problem::expected("a string, a number or a boolean", &item));
        }
        fits(&item)?;
        push(name, &item)?;
    }
    Ok(())
}

fn push_pair(text: &mut String, name: &str, value: &JsValue) -> Result<(), Problem> {
    match name.bytes().all(is_unreserved) {
        true => text.push_str(name),
        false => text.push_str(&escape(&name.into())?),
    }
    text.push('=');
    text.push_str(&escape(value)?);
    Ok(())
}

/// What is the same percent-encoded, and nearly all that a name is made of (RFC 3986, section 2.3).
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Percent-encodes a value whole. A lone surrogate has no encoding, and half a character is not
/// what anybody means.
fn escape(value: &JsValue) -> Result<String, Problem> {
    encode(value).map_err(|cause| Problem::new("is not well-formed Unicode".into()).because(cause))
}

fn json(value: &JsValue) -> Result<JsValue, Problem> {
    let text = stringify(value)
        .map_err(|cause| Problem::new("cannot be written as JSON".into()).because(cause))?;
    match text.is_string() {
        true => Ok(text),
        false => Err(Problem::expected("a value that JSON can hold", value)),
    }
}

impl Request {
    /// The request of `kinde.request(method, path)`.
    pub fn custom(method: &JsValue, path: &JsValue) -> Result<Request, Box<Error>> {
        let invalid = |kind| move |problem| Error::invalid(None, kind, problem);
        Ok(Request {
            operation: None,
            method: verb(method).map_err(invalid("method"))?,
            target: target(path).map_err(invalid("path"))?,
            content_type: None,
            headers: Array::new(),
            body: JsValue::UNDEFINED,
            once: false,
        })
    }

    /// Adds query parameters: an object, or a list of pairs.
    pub fn add_query(&mut self, query: &JsValue) -> Result<(), Box<Error>> {
        let mut add = || -> Result<(), Problem> {
            if is_array(query) {
                for pair in list(query)?.iter() {
                    let Some(name) = text(&get(&pair, "0")?) else {
                        return Err(Problem::expected("a pair of a name and a value", &pair));
                    };
                    self.append(&name, &get(&pair, "1")?, "")?;
                }
                return Ok(());
            }
            let query = record(query)?;
            for key in keys(&query)? {
                self.append(&key, &get(&query, &key)?, "")?;
            }
            Ok(())
        };
        let result = add();
        result.map_err(|problem| Error::invalid(self.operation, "query parameter", problem))
    }

    /// Sets the body: what `fetch` knows as it is, anything else as JSON. `undefined` is none.
    pub fn set_body(&mut self, body: &JsValue) -> Result<(), Box<Error>> {
        let result = if body.is_undefined() {
            Ok(())
        } else if matches!(self.method.as_str(), "GET" | "HEAD") {
            let what = "a GET or HEAD request cannot have one";
            Err(Problem::new(what.into()))
        } else if file::is_body(body) {
            self.once = file::is_stream(body);
            self.body = body.clone();
            Ok(())
        } else {
            self.set_json(body)
        };
        result.map_err(|problem| Error::invalid(self.operation, "body", problem))
    }

    /// Asks for pages of as many items as are wanted, as far as the service gives them at once,
    /// unless the caller said how many.
    pub fn fill(&mut self, wanted: f64) {
        let paging = self.operation.and_then(|operation| operation.paging());
        let size = paging.and_then(|paging| paging.size(wanted));
        let (_, query) = cut(&self.target, b'?').unwrap_or_default();
        let given = parts(query, b'&')
            .any(|pair| cut(pair, b'=').is_some_and(|(name, _)| name == PAGE_SIZE));
        if let (Some(size), false) = (size, given) {
            // A number is no problem.
            let _ = self.append(PAGE_SIZE, &size.into(), "");
        }
    }

    fn set_json(&mut self, body: &JsValue) -> Result<(), Problem> {
        self.content_type = Some(JSON);
        self.body = json(body)?;
        Ok(())
    }

    /// One query parameter: none for null, several for an array or an object.
    fn append(&mut self, name: &str, value: &JsValue, ty: &str) -> Result<(), Problem> {
        let target = &mut self.target;
        pairs(name, value, ty, &mut |name, value| {
            target.push(match cut(target, b'?').is_some() {
                true => '&',
                false => '?',
            });
            push_pair(target, name, value)
        })
        .map_err(|problem| problem.inside(name))
    }
}

/// A method is a token (RFC 9110, section 9.1); the registered ones are upper case.
fn verb(method: &JsValue) -> Result<String, Problem> {
    match text(method) {
        Some(verb) if !verb.is_empty() && verb.bytes().all(|b| b.is_ascii_alphabetic()) => {
            Ok(verb.to_ascii_uppercase())
        }
        _ => Err(Problem::expected("a method such as \"GET\"", method)),
    }
}

/// `.` and `..`, also in the spellings that URL parsers take for them.
fn is_dots(part: &str) -> bool {
    let bare = part.to_ascii_lowercase();
    matches!(
        bare.as_str(),
        "." | "%2e" | ".." | ".%2e" | "%2e." | "%2e%2e"
    )
}

/// A path that stays on the origin and says nothing but where.
fn target(value: &JsValue) -> Result<String, Problem> {
    let Some(path) = text(value) else {
        return Err(Problem::expected("a path such as \"/api/v1/users\"", value));
    };
    let fine = path.starts_with('/')
        && !path.starts_with("//")
        && !path
            .bytes()
            .any(|byte| byte.is_ascii_control() || b" ?#\\".contains(&byte))
        && !parts(&path, b'/').any(is_dots)
        && encode(value).is_ok();
    match fine {
        true => Ok(path),
        false => Err(Problem::new(
            "expected a path that starts with one \"/\" and has no \"..\", \"?\" or \"#\" \
             (give the query as `query`)"
                .into(),
        )),
    }
}
