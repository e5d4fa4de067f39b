//! What a client tells of its calls, to the caller's hooks and logger. Credentials, tokens,
//! parameters and bodies are never in it.

use crate::core::text::place;
use crate::error::{Answer, Context, Error};
use crate::headers;
use crate::interop::{cut, get, now, parts, push_foreign, push_number, set};
use crate::operation::Operation;
use crate::request::Request;
use crate::settings::Settings;
use crate::store::Failed;
use crate::watch::{ignore, steers};
use core::cell::Cell;
use core::time::Duration;
use js_sys::{Array, Function, Object};
use wasm_bindgen::prelude::*;

thread_local! {
    static LAST_CALL: Cell<f64> = const { Cell::new(0.0) };
}

/// Something that happened to a call: see [`Builder::on_event`](crate::Builder::on_event).
///
/// `Display` is a line for a log, and so is `Debug`.
#[derive(Clone)]
pub struct Event {
    kind: EventKind,
    call: f64,
    operation: Option<Operation>,
    /// What the call is called.
    name: &'static str,
    method: String,
    domain: String,
    path: String,
    attempt: u32,
    status: Option<u16>,
    error: Option<&'static str>,
    duration: Option<f64>,
    wait: Option<f64>,
    stored: bool,
    headers: Array,
    /// What came, an object with headers, or `undefined`.
    response: JsValue,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// A request is about to be sent. Each attempt of a call is one.
    Request,
    /// It was answered, or came to nothing: every request that is not dropped has one of these.
    Response,
    /// It is sent again, after [`Event::wait`].
    Retry,
    /// A token was asked for, of the token endpoint or of the store.
    Token,
    /// The call failed for good; not if its caller ended it.
    Failure,
    /// The token store failed. The call goes on.
    Store,
    /// A hook failed. The call goes on.
    Hook,
}

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every request and every answer.
    Debug,
    /// Repeated requests, new tokens.
    Info,
    /// What went wrong without harm to the call.
    Warn,
    /// Calls that failed.
    Error,
}

/// The names of the levels, as in [`Level`], and of what logs nothing at all.
pub(crate) const LEVELS: [&str; 5] = ["debug", "info", "warn", "error", "off"];
/// The names of the hooks, as in [`EventKind`].
pub(crate) const HOOKS: [&str; 4] = ["request", "response", "retry", "token"];

impl Event {
    /// What happened.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// A number that all events of one call share.
    pub fn call(&self) -> u64 {
        self.call as u64
    }

    /// The operation, unless the call named its path itself.
    pub fn operation(&self) -> Option<Operation> {
        self.operation
    }

    /// What the call is called: `users.list`, `oauth.exchangeCode`; nothing if it named its path itself.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The HTTP method of the call.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Where the call goes: `https://acme.kinde.com`.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The path, with placeholders in place of values: `/api/v1/organizations/{org_code}/users`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// How many times the request was sent, this time included: from 1. A token is asked for
    /// before that.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The HTTP status, if an answer came.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// What went wrong, as [`Error::code`](crate::Error::code) names it.
    pub fn error(&self) -> Option<&'static str> {
        self.error
    }

    /// How long the attempt, or the token, took.
    pub fn duration(&self) -> Option<Duration> {
        Some(Duration::from_secs_f64(self.duration?.max(0.0) / 1000.0))
    }

    /// How long the client waits before it sends the request again.
    pub fn wait(&self) -> Option<Duration> {
        Some(Duration::from_secs_f64(self.wait?.max(0.0) / 1000.0))
    }

    /// Whether the token came from the token store.
    pub fn stored(&self) -> bool {
        self.stored
    }

    /// Adds a header to the request that is about to be sent: `traceparent`. One that HTTP does
    /// not allow is left out, and so are all of events of another kind.
    pub fn set_header(&mut self, name: &str, value: &str) {
        let header = Object::new();
        set(&header, name, &value.into());
        if let Ok(flat) = headers::read(&header) {
            self.headers = self.headers.concat(&flat);
        }
    }

    /// A header of the answer, of an event of the kind [`EventKind::Response`]:
    /// `ratelimit-remaining`.
    pub fn header(&self, name: &str) -> Option<String> {
        headers::value(&get(&self.response, "headers").ok()?, name)
    }

    /// How much it matters.
    pub fn level(&self) -> Level {
        match self.kind {
            EventKind::Request | EventKind::Response => Level::Debug,
            EventKind::Token if self.stored => Level::Debug,
            EventKind::Token if self.error.is_some() => Level::Warn,
            EventKind::Token | EventKind::Retry => Level::Info,
            EventKind::Store | EventKind::Hook => Level::Warn,
            // Of sign-in and keys. Whoever has signed out elsewhere is refused at the next refresh: that is
            // nothing broken; and while keys cannot be had, those from before are used.
            EventKind::Failure if self.operation.is_none() && !self.name.is_empty() => Level::Warn,
            EventKind::Failure => Level::Error,
        }
    }

    /// `kinde-edge: users.list: GET /api/v1/users: 503 after 20 ms (attempt 1)`
    fn line(&self) -> String {
        let mut line = String::from("kinde-edge: ");
        if !self.name.is_empty() {
            line.push_str(self.name);
            line.push_str(": ");
        }
        line.push_str(&self.method);
        line.push(' ');
        // The caller's own, where no operation has it: what ends a line there would forge the next one.
        push_foreign(&mut line, &self.path);
        line.push_str(match self.kind {
            EventKind::Request => ": sent",
            EventKind::Response => "",
            EventKind::Retry => ": tried again",
            EventKind::Token if self.stored => ": token from the store",
            EventKind::Token if self.error.is_some() => ": no token",
            EventKind::Token => ": new token",
            EventKind::Failure => ": failed",
            EventKind::Store => ": the token store failed",
            EventKind::Hook => ": a hook failed",
        });
        if let Some(error) = self.error {
            line.push_str(": ");
            line.push_str(error);
        }
        if let Some(status) = self.status {
            line.push_str(": ");
            push_number(&mut line, status.into());
        }
        for (word, time) in [(" after ", self.duration), (" in ", self.wait)] {
            if let Some(time) = time {
                line.push_str(word);
                push_number(&mut line, time as u32);
                line.push_str(" ms");
            }
        }
        line.push_str(" (attempt ");
        push_number(&mut line, self.attempt);
        line.push(')');
        line
    }

    /// The same for a hook: only the fields that say something.
    fn to_js(&self) -> Object {
        let event = Object::new();
        let put = |name: &str, value: JsValue| {
            if !value.is_undefined() {
                set(&event, name, &value);
            }
        };
        put("call", self.call.into());
        put("operation", self.operation.map(|o| o.id()).into());
        put(
            "name",
            Some(self.name).filter(|name| !name.is_empty()).into(),
        );
        put("method", self.method.as_str().into());
        put("domain", self.domain.as_str().into());
        put("path", self.path.as_str().into());
        put("attempt", self.attempt.into());
        put("status", self.status.into());
        put("error", self.error.into());
        put("duration", self.duration.into());
        put("wait", self.wait.into());
        if self.kind == EventKind::Token {
            put("stored", self.stored.into());
        }
        if self.response.is_object() {
            add_headers(&event, &self.response);
        }
        event
    }
}

#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    /// Adds `headers`, and what they say of the rate. Throws nothing.
    #[wasm_bindgen(js_name = addHeaders)]
    fn add_headers(event: &Object, response: &JsValue);
}

impl core::fmt::Debug for Event {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.line())
    }
}

impl core::fmt::Display for Event {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.line())
    }
}

/// What an event is made of, beside the call that it is about.
#[derive(Default)]
struct Facts<'a> {
    status: Option<u16>,
    error: Option<&'a Error>,
    duration: Option<f64>,
    wait: Option<f64>,
    stored: bool,
    answer: Option<&'a Answer>,
}

/// Tells of one call.
pub(crate) struct Report<'a> {
    settings: &'a Settings,
    request: &'a Request,
    call: f64,
    /// Whether anybody listens.
    observed: bool,
    /// What a hook threw to steer the caller's framework.
    thrown: Cell<Option<JsValue>>,
}

impl<'a> Report<'a> {
    pub fn new(settings: &'a Settings, request: &'a Request) -> Self {
        let call = LAST_CALL.get() + 1.0;
        LAST_CALL.set(call);
        Report {
            settings,
            request,
            call,
            observed: settings.is_observed(),
            thrown: Cell::new(None),
        }
    }

    /// Fails if a hook threw something to steer the caller's framework.
    pub fn check(&self, context: &Context) -> Result<(), Box<Error>> {
        match self.thrown.take() {
            Some(cause) => {
                let context = context.clone().because(cause);
                Err(Box::new(Error::Connection { context }))
            }
            None => Ok(()),
        }
    }

    /// When something begins that takes time. No clock is read for nobody.
    pub fn started(&self) -> f64 {
        if self.observed { now() } else { 0.0 }
    }

    /// A request is about to be sent. Gives the headers to add to it, if there are any.
    pub fn request(&self, attempt: u32) -> Option<Array> {
        self.tell(EventKind::Request, attempt, Facts::default())
    }

    /// It was answered, or came to nothing.
    pub fn response(&self, attempt: u32, result: &Result<Answer, Box<Error>>, started: f64) {
        if !self.observed {
            return;
        }
        let facts = Facts {
            status: result.as_ref().ok().map(|answer| answer.status),
            error: result.as_ref().err().map(AsRef::as_ref),
            duration: Some(now() - started),
            answer: match result {
                Ok(answer) => Some(answer),
                Err(error) => error.answer(),
            },
            ..Facts::default()
        };
        self.tell(EventKind::Response, attempt, facts);
    }

    /// It is sent again after so many milliseconds.
    pub fn retry(&self, attempt: u32, error: &Error, wait: f64) {
        let facts = Facts {
            error: Some(error),
            wait: Some(wait),
            ..Facts::default()
        };
        self.tell(EventKind::Retry, attempt, facts);
    }

    /// A token was asked for.
    pub fn token(&self, attempt: u32, error: Option<&Error>, stored: bool, started: f64) {
        let facts = Facts {
            error,
            duration: Some(now() - started),
            stored,
            ..Facts::default()
        };
        self.tell(EventKind::Token, attempt, facts);
    }

    /// The call failed for good.
    pub fn failure(&self, attempt: u32, error: &Error) {
        let facts = Facts {
            error: Some(error),
            ..Facts::default()
        };
        self.tell(EventKind::Failure, attempt, facts);
    }

    /// The token store failed. The call goes on, unless it is to steer the caller's framework.
    pub fn store(
        &self,
        attempt: u32,
        Failed(cause): Failed,
        context: &Context,
    ) -> Result<(), Box<Error>> {
        if cause.is_none() {
            self.tell(EventKind::Store, attempt, Facts::default());
        }
        self.thrown.set(cause);
        self.check(context)
    }

    fn tell(&self, kind: EventKind, attempt: u32, facts: Facts<'_>) -> Option<Array> {
        if !self.observed {
            return None;
        }
        let (domain, path) = self.place();
        let mut event = Event {
            kind,
            call: self.call,
            operation: self.request.operation,
            name: self.request.name(),
            method: self.request.method.clone(),
            domain,
            path,
            attempt,
            status: facts.status.or(facts.error.and_then(Error::status)),
            error: facts.error.map(Error::code),
            duration: facts.duration,
            wait: facts.wait,
            stored: facts.stored,
            headers: Array::new(),
            response: facts
                .answer
                .map_or(JsValue::UNDEFINED, |answer| answer.response.clone()),
        };
        if let Some(observer) = self.settings.observer() {
            observer(&mut event);
        }
        let object = event.to_js();
        let failed = match HOOKS.get(kind as usize) {
            Some(name) => match self.call_hook(name, &object, &mut event) {
                Ok(()) => false,
                Err(cause) if steers(&cause) => {
                    self.thrown.set(Some(cause));
                    false
                }
                Err(_) => true,
            },
            None => false,
        };
        self.log(&event, &object);
        if failed {
            event.kind = EventKind::Hook;
            self.log(&event, &object);
        }
        Some(event.headers)
    }

    /// Calls a hook, and takes the headers that it put into the event of a request.
    fn call_hook(&self, name: &str, object: &Object, event: &mut Event) -> Result<(), JsValue> {
        let hooks = self.settings.hooks();
        let Ok(hook) = get(&hooks, name)?.dyn_into::<Function>() else {
            return Ok(());
        };
        let headers = Object::new();
        if event.kind == EventKind::Request {
            set(object, "headers", &headers);
        }
        let result = hook.apply(&hooks, &Array::of1(object))?;
        if result.is_object() {
            ignore(&result);
        }
        let added = headers::read(&headers).map_err(|_| JsValue::UNDEFINED)?;
        event.headers = event.headers.concat(&added);
        Ok(())
    }

    fn log(&self, event: &Event, object: &Object) {
        let level = event.level() as usize;
        let (logger, least) = self.settings.logger();
        if level < least {
            return;
        }
        let log = || -> Result<(), JsValue> {
            let function = get(&logger, LEVELS.get(level).copied().unwrap_or_default())?;
            let function: Function = function.dyn_into()?;
            function.apply(&logger, &Array::of2(&event.line().into(), object))?;
            Ok(())
        };
        // A logger that throws has nobody to tell.
        let _ = log();
    }

    /// Where it goes: the domain, and the template of the path, without the values that a placeholder
    /// may name: `{type}`.
    fn place(&self) -> (String, String) {
        let target = self.request.target.as_str();
        if self.request.is_foreign {
            let (domain, path) = place(target);
            return (domain, path.into());
        }
        let path = match self.request.operation {
            None => cut(target, b'?').map_or(target, |(path, _)| path).into(),
            Some(operation) => {
                let mut path = String::new();
                for part in parts(operation.path(), b'(') {
                    path.push_str(cut(part, b')').map_or(part, |(_, after)| after));
                }
                path
            }
        };
        (self.settings.origin(), path)
    }
}
