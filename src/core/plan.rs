//! From an operation and a caller's values to a request: every check happens here, before anything
//! is sent.
//!
//! The values of the path, and an identifier that the query or the body holds, have their places in
//! a call; all else comes in one params object. A key goes to each place that declares it; a key
//! that nothing declares goes to the body, or to the query of an operation without one, so that what
//! the service learns later can be sent today.

use super::check::{Field, Problem, check, half_a_key, no_near_miss, short_text};
use super::notation::Notation;
use super::operation::{Encoding, Operation, Section};
use super::paging::PAGE_SIZE;
use super::text::{self, concat, decode, holds, parts, push_encoded, push_number};
use super::value::{Key, Kind, Object, UNDEFINED, Value, push_json, push_members, string};

/// What a call of an operation sends.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Behind the origin: path and query.
    pub target: String,
    /// Header parameters: names and values.
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Body {
    #[default]
    None,
    Json(String),
    /// `application/x-www-form-urlencoded`.
    Form(String),
    /// `multipart/form-data`, which the driver writes: it has the bytes.
    Multipart(Vec<Part>),
}

/// A part of a multipart body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub name: String,
    pub content: Content,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Text(String),
    /// The number under which the driver keeps the file.
    File(u32),
}

/// Where a call's values are.
#[derive(Clone, Copy)]
pub(crate) enum Args<'a> {
    /// An array: the values of the path in the order of the template, then an identifier that is
    /// elsewhere, then the params object.
    Positional(Value<'a>),
    /// Everything in one object.
    #[cfg_attr(
        not(feature = "js"),
        allow(dead_code, reason = "Rust callers name nothing")
    )]
    Named(Value<'a>),
}

/// What is wrong with a call: what kind of value, and how.
pub(crate) type Refused = (&'static str, Problem);

/// Builds the request of a call.
pub(crate) fn plan(operation: Operation, args: Args<'_>) -> Result<Plan, Refused> {
    // Read once: words that stand behind others cost a reading of those.
    let count = operation.arguments() as usize;
    let (arguments, params) = match args {
        Args::Positional(args) => {
            // Each is read once: a value may be long.
            let mut all: Vec<_> = args.elements().take(count + 1).collect();
            let params = match all.len() > count && operation.has_params() {
                true => all.pop(),
                false => None,
            };
            (Some(all), params.unwrap_or(UNDEFINED))
        }
        Args::Named(args) => (None, args),
    };
    let mut planner = Planner {
        operation,
        sections: operation.sections().collect(),
        params: record(params)
            .map_err(|problem| ("params", problem))?
            .object(),
        taken: Vec::new(),
        plan: Plan::default(),
    };
    let part = |name| move |problem| (name, problem);
    match &arguments {
        Some(arguments) => planner
            .arguments(count, arguments)
            .map_err(part("argument"))?,
        None => planner.path(None).map(drop).map_err(part("path value"))?,
    }
    let mut has_body = false;
    for at in 0.. {
        let Some(section) = planner.sections.get(at).copied() else {
            break;
        };
        match section {
            Section::Query(fields) => planner.query(fields).map_err(part("query parameter"))?,
            Section::Headers(fields) => planner.headers(fields).map_err(part("header"))?,
            Section::Body {
                encoding,
                required,
                ty,
            } => {
                has_body = ty.starts_with('{');
                match encoding {
                    Encoding::Json if has_body => planner.json(required, ty),
                    Encoding::Json => planner.whole(required, ty),
                    Encoding::Form => planner.form(ty),
                    Encoding::Multipart => planner.multipart(ty),
                }
                .map_err(part("field"))?;
            }
        }
    }
    planner
        .near_misses(args)
        .and_then(|()| planner.too_many())
        .map_err(part("params"))?;
    if !has_body {
        planner.rest_to_query().map_err(part("query parameter"))?;
    }
    Ok(planner.plan)
}

/// An object that may be left out.
fn record(value: Value<'_>) -> Result<Value<'_>, Problem> {
    match value.kind() {
        Kind::Undefined | Kind::Object => Ok(value),
        Kind::TooDeep => Err(Problem::unwritable(value)),
        _ => Err(Problem::expected("an object", value)),
    }
}

struct Planner<'a> {
    operation: Operation,
    sections: Vec<Section>,
    params: Object<'a>,
    /// Keys of `params` that have found their place, as the table has them.
    taken: Vec<&'static str>,
    plan: Plan,
}

/// A field that the caller gave: its name, its value and its type.
type Given<'a> = (&'static str, Value<'a>, &'static str);
/// Takes a pair: its name, percent-encoded, and its value.
type Push<'p> = &'p mut dyn FnMut(&str, Value<'_>) -> Result<(), Problem>;

impl<'a> Planner<'a> {
    /// Puts the values that have their place in the call to where the API has them.
    fn arguments(&mut self, count: usize, values: &[Value<'a>]) -> Result<(), Problem> {
        let index = self.path(Some(values))?;
        match (index as usize) < count {
            true => self.place(nth(values, index), index),
            false => Ok(()),
        }
    }

    /// Fills the template with the values in their order, or with those of the params object. Gives
    /// their number.
    fn path(&mut self, values: Option<&[Value<'a>]>) -> Result<u32, Problem> {
        let mut index = 0;
        for piece in parts(self.operation.path(), b'{') {
            let Some((placeholder, rest)) = text::cut(piece, b'}') else {
                self.plan.target.push_str(piece);
                continue;
            };
            let mut n = Notation(placeholder);
            let name = n.word();
            let value = match values {
                Some(values) => nth(values, index),
                None => self.params.get(name),
            };
            check(&mut n, Some(value))
                .and_then(|()| push_segment(&mut self.plan.target, value))
                .map_err(|problem| {
                    let name = decode(name);
                    match values {
                        Some(_) => problem.inside(&self.operation.argument(index, &name)),
                        None => problem.inside(&name),
                    }
                })?;
            self.plan.target.push_str(rest);
            index += 1;
            if values.is_none() {
                self.taken.push(name);
            }
        }
        Ok(index)
    }

    /// Puts an identifier that is not in the path among the params.
    fn place(&mut self, value: Value<'a>, index: u32) -> Result<(), Problem> {
        for section in &self.sections {
            let (Section::Query(fields)
            | Section::Headers(fields)
            | Section::Body { ty: fields, .. }) = *section;
            let mut n = Notation(fields);
            n.eat(b'{');
            while let Some(field) = Field::next(&mut n, b'}') {
                if !field.placed {
                    check(&mut n, None)?;
                    continue;
                }
                let twice = self.params.get(field.name);
                check(&mut n, Some(value))
                    .and_then(|()| match twice.is_absent() || twice == value {
                        true => Ok(()),
                        false => Err(Problem::new("is another one than in the params".into())),
                    })
                    .map_err(|problem| {
                        problem.inside(&self.operation.argument(index, &decode(field.name)))
                    })?;
                self.params.0.retain(|(key, _)| !key.is(field.name));
                self.params.0.push((Key::new(field.name), value));
                return Ok(());
            }
        }
        Ok(())
    }

    fn query(&mut self, fields: &'static str) -> Result<(), Problem> {
        for (name, value, ty) in self.given(fields)? {
            push_query(&mut self.plan.target, name, value, ty)?;
            self.taken.push(name);
        }
        Ok(())
    }

    fn headers(&mut self, fields: &'static str) -> Result<(), Problem> {
        for (name, value, ty) in self.given(fields)? {
            let headers = &mut self.plan.headers;
            pairs(name, value, ty, &mut |name, value| {
                let text = string(short_text(value)?);
                headers.push((decode(name), text));
                Ok(())
            })?;
            self.taken.push(name);
        }
        Ok(())
    }

    /// The fields of a list that the caller gave, checked.
    fn given(&self, fields: &'static str) -> Result<Vec<Given<'a>>, Problem> {
        let mut n = Notation(fields);
        n.eat(b'{');
        let mut given = Vec::new();
        while let Some(field) = Field::next(&mut n, b'}') {
            let ty = n.0;
            if let Some(value) = field.read(&mut n, &self.params)? {
                given.push((field.name, value, ty));
            }
        }
        Ok(given)
    }

    /// What of the params object has no place yet.
    fn rest(&self) -> impl Iterator<Item = (Key<'a>, Value<'a>)> {
        let is_taken = |key: Key<'a>| self.taken.iter().any(|taken| key.is(taken));
        let all = self.params.0.iter().copied();
        all.filter(move |(key, _)| !is_taken(*key))
    }

    fn rest_to_query(&mut self) -> Result<(), Problem> {
        let mut target = core::mem::take(&mut self.plan.target);
        for (key, value) in self.rest() {
            push_query(&mut target, &encoded(key)?, value, "")?;
        }
        self.plan.target = target;
        Ok(())
    }

    /// Refuses what is nearly a name that the operation knows.
    fn near_misses(&self, args: Args<'a>) -> Result<(), Problem> {
        if self.params.0.is_empty() {
            return Ok(());
        }
        let names = |see: &mut dyn FnMut(&'static str)| {
            if let Args::Named(_) = args {
                for piece in parts(self.operation.path(), b'{').skip(1) {
                    see(Notation(piece).word());
                }
            }
            for section in &self.sections {
                let (fields, end) = match *section {
                    Section::Query(fields) | Section::Headers(fields) => (fields, 0),
                    Section::Body { ty, .. } if ty.starts_with('{') => (ty, b'}'),
                    Section::Body { .. } => ("body", 0),
                };
                let n = &mut Notation(fields);
                n.eat(b'{');
                while let Some(field) = Field::next(n, end) {
                    see(field.name);
                    // Its type is passed over.
                    let _ = check(n, None);
                }
            }
        };
        match no_near_miss(&self.params, &names)? {
            true => Ok(()),
            false => self.misplaced(),
        }
    }

    /// Refuses params without any name of the operation's, where one of theirs stands deeper in the
    /// body: the call would succeed, and do nothing of what it says.
    fn misplaced(&self) -> Result<(), Problem> {
        let keys = || self.params.0.iter().map(|(key, _)| *key);
        for section in &self.sections {
            let Section::Body { ty, .. } = section else {
                continue;
            };
            for key in keys() {
                let mut path = String::new();
                if find(&mut Notation(ty), key, &mut path) {
                    let what = concat(&[
                        "belongs inside of \"",
                        path.get(1..).unwrap_or_default(),
                        "\"",
                    ]);
                    return Err(Problem::new(what).inside(&key.name().unwrap_or_default()));
                }
            }
        }
        Ok(())
    }

    /// Refuses more than the service takes at once.
    fn too_many(&self) -> Result<(), Problem> {
        let size = self.params.get(PAGE_SIZE);
        if size.is_integer() {
            let most = self
                .operation
                .paging()
                .map_or(0, |paging| paging.most as usize);
            if most > 0 && size.raw().starts_with(b"-") {
                return Err(Problem::expected("at least 1", size).inside(PAGE_SIZE));
            }
            if most > 0 && size.number() > most {
                let expected = concat(&["at most ", &decimal(most)]);
                return Err(Problem::expected(&expected, size).inside(PAGE_SIZE));
            }
        }
        let count = self.params.get(BULK).elements().count();
        let is_bulk = |section: &Section| matches!(section, Section::Body { ty, .. } if holds(ty, "{users[{"));
        if count > MOST_AT_ONCE && self.sections.iter().any(is_bulk) {
            let expected = concat(&[
                "expected at most ",
                &decimal(MOST_AT_ONCE),
                " at once, got ",
                &decimal(count),
            ]);
            return Err(Problem::new(expected).inside(BULK));
        }
        Ok(())
    }

    /// The params object is the body, less the keys that only the path, the query or the headers
    /// declare.
    fn json(&mut self, required: bool, ty: &'static str) -> Result<(), Problem> {
        if !required && self.rest().next().is_none() {
            return Ok(());
        }
        let given = self.given(ty)?;
        let is_body = |name: &str| given.iter().any(|(own, ..)| *own == name);
        let mut json = Vec::new();
        let mut members = self
            .params
            .0
            .iter()
            .copied()
            .filter(|(key, _)| !self.taken.iter().any(|name| key.is(name) && !is_body(name)));
        push_members(&mut json, &mut members).map_err(Problem::unwritable)?;
        self.plan.body = Body::Json(string(json));
        Ok(())
    }

    /// A body that is no object with known properties: it is the key `body`.
    fn whole(&mut self, required: bool, ty: &'static str) -> Result<(), Problem> {
        let body = self.params.get("body");
        let is_given = required || body.kind() != Kind::Undefined;
        let whole = |problem: Problem| problem.inside("body");
        check(&mut Notation(ty), Some(body).filter(|_| is_given)).map_err(whole)?;
        self.taken.push("body");
        if is_given {
            let mut json = Vec::new();
            if !push_json(&mut json, body).map_err(|value| whole(Problem::unwritable(value)))? {
                return Err(whole(Problem::expected("a value that JSON can hold", body)));
            }
            self.plan.body = Body::Json(string(json));
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
        self.plan.body = Body::Form(form);
        Ok(())
    }

    fn multipart(&mut self, ty: &'static str) -> Result<(), Problem> {
        let mut all = Vec::new();
        self.fields(ty, &mut |name, value| {
            let content = match value.kind() {
                Kind::Kept => Content::File(value.number() as u32),
                _ => Content::Text(string(short_text(value)?)),
            };
            all.push(Part {
                name: decode(name),
                content,
            });
            Ok(())
        })?;
        self.plan.body = Body::Multipart(all);
        Ok(())
    }

    /// Hands out the pairs of a flat body: what it declares, then what nothing declares.
    fn fields(&mut self, ty: &'static str, push: Push<'_>) -> Result<(), Problem> {
        for (name, value, ty) in self.given(ty)? {
            pairs(name, value, ty, push).map_err(|problem| problem.inside(&decode(name)))?;
            self.taken.push(name);
        }
        for (key, value) in self.rest() {
            let name = encoded(key)?;
            pairs(&name, value, "", push).map_err(|problem| problem.inside(&decode(&name)))?;
        }
        Ok(())
    }
}

/// The members that are added to an organization, or updated, and how many of them the service
/// takes in one call.
const BULK: &str = "users";
const MOST_AT_ONCE: usize = 100;

fn decimal(number: usize) -> String {
    let mut text = String::new();
    push_number(&mut text, number as u32);
    text
}

fn nth<'a>(values: &[Value<'a>], index: u32) -> Value<'a> {
    values.get(index as usize).copied().unwrap_or(UNDEFINED)
}

/// A key as the table would have it.
pub(crate) fn encoded(key: Key<'_>) -> Result<String, Problem> {
    let name = key.name().ok_or_else(half_a_key)?;
    Ok(text::encoded(name.as_bytes()))
}

/// A path segment that stays one, whatever the value.
fn push_segment(target: &mut String, value: Value<'_>) -> Result<(), Problem> {
    let text = short_text(value)?;
    match text.as_slice() {
        b"" => Err(Problem::new(
            "expected a string that is not empty, got \"\"".into(),
        )),
        b"." | b".." => Err(Problem::new(concat(&[
            "expected an identifier, got \"",
            if text.len() == 1 { "." } else { ".." },
            "\"",
        ]))),
        text => {
            push_encoded(target, text);
            Ok(())
        }
    }
}

/// One query parameter, its name percent-encoded: none for null, several for an array or an object.
pub(crate) fn push_query(
    target: &mut String,
    name: &str,
    value: Value<'_>,
    ty: &str,
) -> Result<(), Problem> {
    pairs(name, value, ty, &mut |name, value| {
        target.push(match text::cut(target, b'?').is_some() {
            true => '&',
            false => '?',
        });
        push_pair(target, name, value)
    })
    .map_err(|problem| problem.inside(&decode(name)))
}

/// The pairs that a value becomes in a query or a form: none for null, `a,b` for a comma list, one
/// per element for another array, `name[key]` for an object.
fn pairs(name: &str, value: Value<'_>, ty: &str, push: Push<'_>) -> Result<(), Problem> {
    match value.kind() {
        Kind::Undefined | Kind::Null => Ok(()),
        Kind::Kept if ty.starts_with(":x") => push(name, value),
        Kind::Array if ty.starts_with(":c") || ty.starts_with(":C") => {
            let mut joined = vec![b'"'];
            for element in value.elements() {
                let inner = element.raw().strip_prefix(b"\"");
                let Some(inner) = inner.and_then(|inner| inner.strip_suffix(b"\"")) else {
                    return Err(Problem::expected("a string", element));
                };
                if joined.len() > 1 {
                    joined.push(b',');
                }
                joined.extend(inner);
            }
            joined.push(b'"');
            push(name, Value::new(&joined))
        }
        Kind::Object => {
            for (key, inner) in value.members() {
                let key = key.name().ok_or_else(half_a_key)?;
                if key.is_empty() || key.bytes().any(|byte| matches!(byte, b'[' | b']')) {
                    return Err(Problem::new("expected keys without brackets".into()));
                }
                let mut whole = concat(&[name, "%5B"]);
                push_encoded(&mut whole, key.as_bytes());
                whole.push_str("%5D");
                scalars(&whole, inner, push).map_err(|problem| problem.inside(&key))?;
            }
            Ok(())
        }
        _ => scalars(name, value, push),
    }
}

/// A scalar, or each of an array of them. Nothing deeper has a place in a query.
fn scalars(name: &str, value: Value<'_>, push: Push<'_>) -> Result<(), Problem> {
    if value.kind() != Kind::Array {
        return one(name, value, push);
    }
    for element in value.elements() {
        one(name, element, push)?;
    }
    Ok(())
}

fn one(name: &str, value: Value<'_>, push: Push<'_>) -> Result<(), Problem> {
    match value.kind() {
        Kind::String | Kind::Number | Kind::Boolean => push(name, value),
        _ => Err(Problem::expected("a string, a number or a boolean", value)),
    }
}

fn push_pair(target: &mut String, name: &str, value: Value<'_>) -> Result<(), Problem> {
    target.push_str(name);
    target.push('=');
    push_encoded(target, &short_text(value)?);
    Ok(())
}

/// Whether a type has a field of this name, at any depth, and the path to what it is in.
fn find(n: &mut Notation, key: Key<'_>, path: &mut String) -> bool {
    let length = path.len();
    if n.eat(b'[') {
        path.push_str("[]");
        if find(n, key, path) {
            return true;
        }
        path.truncate(length);
        n.eat(b']');
    } else if n.eat(b'{') {
        while let Some(field) = Field::next(n, b'}') {
            if key.is(field.name) {
                return true;
            }
            path.push('.');
            path.push_str(&decode(field.name));
            if find(n, key, path) {
                return true;
            }
            path.truncate(length);
        }
    } else {
        // Its type is passed over.
        let _ = check(n, None);
    }
    false
}

#[cfg(test)]
mod tests;
