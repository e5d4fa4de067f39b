//! From an operation and a caller's values to a request. What is checked, and what becomes of the
//! values, is decided in [`crate::core::plan`]; here they are written down for it, and what it plans
//! is put into what `fetch` takes.

use crate::check::Problem;
use crate::core;
use crate::core::paging::PAGE_SIZE;
use crate::core::plan::{Body, Content, Part, push_query};
use crate::core::value::{Kind, Value};
use crate::error::{Answer, Context, Error};
use crate::fetch::Incoming;
use crate::file;
use crate::interop::{cut, encode, parts, push_number, stringify, text};
use crate::judge::judge;
use crate::operation::Operation;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::FormData;

/// A request that has passed every check.
pub(crate) struct Request {
    pub operation: Option<Operation>,
    /// What it is called, if it is that of no operation.
    pub subject: &'static str,
    pub method: String,
    /// Behind the origin: path and query. A whole address if it goes elsewhere.
    pub target: String,
    /// Whether it goes where neither the client's headers nor those of its hooks have any business:
    /// to another domain.
    pub is_foreign: bool,
    pub content_type: Option<&'static str>,
    /// Header parameters: name, value, name, value …
    pub headers: Option<Array>,
    /// `undefined` for none.
    pub body: JsValue,
    /// Whether the body is a stream, which can be sent only once.
    pub once: bool,
    /// Whether it carries an access token.
    pub is_authorized: bool,
    /// Whether that token is all that is wanted, and nothing is sent with it.
    pub is_token: bool,
    /// Secrets in it, taken out of a refusal that echoes them, as the access token is.
    pub secrets: Vec<JsValue>,
    /// What its answer means.
    pub judge: Judge,
}

pub(crate) type Judge = fn(Incoming, Context) -> Result<Answer, Box<Error>>;

const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Where a call's values are.
pub(crate) enum Args<'a> {
    /// The values of the path in the order of the template, then an identifier that is elsewhere,
    /// then the params object.
    Positional(&'a Array),
    /// The same, written down already.
    #[cfg(feature = "js")]
    Written(&'a str),
    /// Everything in one object.
    #[cfg(feature = "js")]
    Named(&'a JsValue),
}

#[wasm_bindgen(module = "/src/written.js")]
extern "C" {
    /// The text of a value, as `core::value` reads it.
    fn written(value: &JsValue, keep_at: u32) -> String;
    /// What had no text in the last one. To be had before a caller's code runs again.
    fn kept() -> Array;
}

/// At which depth values stay as they are: uploads, the fields of the params object. 0 for none.
pub(crate) fn depth(is_upload: bool, is_named: bool) -> u32 {
    match is_upload {
        true => 2 - u32::from(is_named),
        false => 0,
    }
}

/// How many of a call's arguments are values of its operation: its options are behind them.
fn places(operation: Operation) -> u32 {
    operation.arguments() + u32::from(operation.has_params())
}

/// Builds the request of a call.
pub(crate) fn plan(operation: Operation, args: &Args<'_>) -> Result<Request, Box<Error>> {
    let text;
    let args = match args {
        Args::Positional(args) => {
            let args = args.slice(0, places(operation));
            text = written(&args, depth(operation.is_upload(), false));
            core::plan::Args::Positional(Value::new(text.as_bytes()))
        }
        #[cfg(feature = "js")]
        Args::Written(text) => core::plan::Args::Positional(Value::new(text.as_bytes())),
        #[cfg(feature = "js")]
        Args::Named(args) => {
            text = written(args, depth(operation.is_upload(), true));
            core::plan::Args::Named(Value::new(text.as_bytes()))
        }
    };
    let invalid = |kind, problem| Error::invalid(Some(operation), kind, problem);
    let plan = core::plan::plan(operation, args)
        .map_err(|(kind, problem)| invalid(kind, Problem::of(problem, kept)))?;
    let mut request = Request::new(operation.method().into(), plan.target);
    request.operation = Some(operation);
    if !plan.headers.is_empty() {
        let flat = Array::new();
        for (name, value) in plan.headers {
            flat.push(&name.into());
            flat.push(&value.into());
        }
        request.headers = Some(flat);
    }
    (request.content_type, request.body) = match plan.body {
        Body::None => (None, JsValue::UNDEFINED),
        Body::Json(json) => (Some(JSON), json.into()),
        Body::Form(form) => (Some(FORM), form.into()),
        // `fetch` writes the content type, with the boundary it chose.
        Body::Multipart(parts) => {
            let form = multipart(&parts, &kept()).map_err(|problem| invalid("field", problem))?;
            (None, form.into())
        }
    };
    Ok(request)
}

fn multipart(parts: &[Part], kept: &Array) -> Result<FormData, Problem> {
    let form = FormData::new()?;
    for Part { name, content } in parts {
        match content {
            Content::Text(text) => form.append_with_str(name, text)?,
            Content::File(number) => file::append(&form, name, &kept.get(*number))
                .map_err(|problem| problem.inside(name))?,
        }
    }
    Ok(form)
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
    fn new(method: String, target: String) -> Self {
        Request {
            operation: None,
            subject: "",
            method,
            target,
            is_foreign: false,
            content_type: None,
            headers: None,
            body: JsValue::UNDEFINED,
            once: false,
            is_authorized: true,
            is_token: false,
            secrets: Vec::new(),
            judge,
        }
    }

    /// A request without an access token: to the token endpoint, for metadata. `form` is its body,
    /// if it has one.
    pub fn open(subject: &'static str, target: &str, form: Option<String>, judge: Judge) -> Self {
        let method = if form.is_some() { "POST" } else { "GET" };
        Request {
            subject,
            content_type: form.as_ref().map(|_| FORM),
            body: form.map_or(JsValue::UNDEFINED, JsValue::from),
            is_authorized: false,
            judge,
            ..Request::new(method.into(), target.into())
        }
    }

    /// What the call is called; nothing if it named its path itself.
    pub fn name(&self) -> &'static str {
        self.operation.map_or(self.subject, |o| o.name())
    }

    /// The request of `kinde.request(method, path)`.
    pub fn custom(method: &JsValue, path: &JsValue) -> Result<Request, Box<Error>> {
        let invalid = |kind| move |problem| Error::invalid(None, kind, problem);
        Ok(Request::new(
            verb(method).map_err(invalid("method"))?,
            target(path).map_err(invalid("path"))?,
        ))
    }

    /// Adds query parameters: an object, or a list of pairs.
    pub fn add_query(&mut self, query: &JsValue) -> Result<(), Box<Error>> {
        let text = written(query, 0);
        self.push_query(Value::new(text.as_bytes()))
            .map_err(|problem| {
                let problem = Problem::of(problem, kept);
                Error::invalid(self.operation, "query parameter", problem)
            })
    }

    fn push_query(&mut self, query: Value<'_>) -> Result<(), core::check::Problem> {
        match query.kind() {
            Kind::Array => {
                for pair in query.elements() {
                    let Some(name) = pair.at(0).text() else {
                        let expected = "a pair of a name and a value";
                        return Err(core::check::Problem::expected(expected, pair));
                    };
                    push_query(
                        &mut self.target,
                        &core::text::encoded(&name),
                        pair.at(1),
                        "",
                    )?;
                }
            }
            Kind::Object | Kind::Undefined => {
                for (key, value) in query.members() {
                    push_query(&mut self.target, &core::plan::encoded(key)?, value, "")?;
                }
            }
            _ => return Err(core::check::Problem::expected("an object", query)),
        }
        Ok(())
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
            json(body).map(|body| {
                self.content_type = Some(JSON);
                self.body = body;
            })
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
            let mut text = String::new();
            push_number(&mut text, size);
            // A number is no problem.
            let _ = push_query(&mut self.target, PAGE_SIZE, Value::new(text.as_bytes()), "");
        }
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
        false => Err(Problem::expected(
            "a path that starts with one \"/\" and has no \"..\", \"?\" or \"#\" \
             (give the query as `query`)",
            value,
        )),
    }
}
