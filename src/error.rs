//! What can go wrong with a call.

use crate::check::Problem;
use crate::core::jwt::Reason;
use crate::core::retry::{Failure, is_transient};
use crate::headers;
use crate::interop::{concat, get, holds, push_foreign, push_number, text as text_of};
use crate::operation::Operation;
use crate::watch::{Ended, steers};
use std::sync::Arc;
use wasm_bindgen::prelude::*;

/// Why a call failed.
///
/// ```no_run
/// use kinde_edge::{Error, Kinde, params::GetUser};
///
/// # async fn example(kinde: Kinde, id: &str) -> Result<(), Error> {
/// match kinde.users().get(id, &GetUser::default()).await {
///     Ok(user) => drop(user),
///     // No such user.
///     Err(Error::Api { status: 404, .. }) => (),
///     Err(error) if error.required_scope().is_some() => {
///         // "users.get (getUserData): the service refused (403): …; needs scope read:users"
///         let hint = error.to_string();
///     }
///     Err(error) if error.is_retryable() => {
///         let seconds = error.retry_after().unwrap_or(60.0);
///     }
///     Err(error) => return Err(error),
/// }
/// # Ok(()) }
/// ```
///
/// `Display` is one sentence, `Debug` the same with the code: neither shows a secret, a token or a
/// body, so both may go to a log.
///
/// It is [`Send`] and [`Sync`], so `?` turns it into `anyhow::Error` and its like.
///
/// In JavaScript this is a `KindeError`, whose `code` names the variant.
#[derive(Clone)]
#[non_exhaustive]
pub enum Error {
    /// The client cannot work as it was set up: no credentials, a domain that is none.
    #[non_exhaustive]
    Configuration {
        /// What is wrong with it.
        message: String,
    },
    /// The call is wrong; nothing was sent.
    #[non_exhaustive]
    InvalidRequest {
        /// Which value is wrong, what was expected and what came.
        message: String,
        /// Which call this is about.
        context: Context,
    },
    /// No token could be had: the token endpoint refused (RFC 6749, section 5.2), a sign-in did not
    /// succeed (section 4.1.2.1), or the caller's own function failed.
    #[non_exhaustive]
    Authentication {
        /// What happened.
        message: String,
        /// `error` and `error_description` of the token endpoint's answer, or of the callback.
        errors: Vec<ApiError>,
        /// That answer.
        answer: Option<Answer>,
        /// Which call this is about.
        context: Context,
    },
    /// The service answered with a status other than 2xx, the last time it was asked.
    #[non_exhaustive]
    Api {
        /// The HTTP status.
        status: u16,
        /// What the service says is wrong, whichever of its forms it used.
        errors: Vec<ApiError>,
        /// The whole answer.
        answer: Answer,
        /// Which call this is about.
        context: Context,
    },
    /// No answer came: DNS, TLS, a reset, an offline browser, a blocked origin. A write may have
    /// been done all the same.
    #[non_exhaustive]
    Connection {
        /// Which call this is about. Its `cause` is what `fetch` rejected with.
        context: Context,
    },
    /// No whole answer came in time: the limit is [`Builder::timeout`](crate::Builder::timeout)
    /// or [`Builder::deadline`](crate::Builder::deadline), or the call's own. A write may have been
    /// done all the same.
    #[non_exhaustive]
    Timeout {
        /// Which limit, and how long it is.
        message: String,
        /// Which call this is about.
        context: Context,
    },
    /// The caller's `AbortSignal` ended the call. The context's `cause` is its reason.
    #[non_exhaustive]
    Aborted {
        /// Which call this is about.
        context: Context,
    },
    /// The service said yes, with a body that cannot be read: it is not JSON, or does not fit the
    /// type. What was asked for has been done.
    #[non_exhaustive]
    Decode {
        /// What was wrong with it.
        message: String,
        /// The body as it came: a string, or the parsed JSON that does not fit the type.
        body: JsValue,
        /// The whole answer.
        answer: Answer,
        /// Which call this is about.
        context: Context,
    },
    /// A token or a webhook did not pass verification. It is somebody else's doing: a program
    /// answers it with 401, and goes on.
    #[non_exhaustive]
    InvalidToken {
        /// Why it did not pass.
        reason: Reason,
        /// The same for people, without anything of the token.
        message: String,
    },
}

/// Which call an error is about.
#[derive(Clone)]
#[non_exhaustive]
pub struct Context {
    /// The operation, unless the call named its path itself.
    pub operation: Option<Operation>,
    /// What the call is called, if it is none to an operation.
    pub(crate) subject: &'static str,
    /// Where the request went that got no answer.
    pub(crate) host: Option<Arc<String>>,
    /// How many times the request was sent. Token requests do not count.
    pub attempts: u32,
    /// The JavaScript value behind the error: what `fetch` rejected with, the reason of the
    /// signal, what the caller's own function or getter threw. `undefined` if there is none.
    pub cause: JsValue,
    /// The scopes of the token that was refused (403).
    pub(crate) token_scopes: Option<Arc<[String]>>,
}

impl Context {
    pub(crate) fn new(operation: Option<Operation>) -> Self {
        Context {
            operation,
            subject: "",
            host: None,
            attempts: 0,
            cause: JsValue::UNDEFINED,
            token_scopes: None,
        }
    }

    /// Something that the client does besides calling operations.
    pub(crate) fn about(subject: &'static str) -> Self {
        Context {
            subject,
            ..Context::new(None)
        }
    }

    pub(crate) fn because(mut self, cause: JsValue) -> Self {
        self.cause = cause;
        self
    }
}

impl core::fmt::Debug for Context {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Context")
            .field("operation", &self.operation)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// One of the errors in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// `USER_NOT_FOUND`; `invalid_client` from an OAuth endpoint.
    pub code: String,
    /// For people.
    pub message: String,
}

/// An answer of the service.
#[derive(Clone)]
#[non_exhaustive]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body: parsed if it is JSON, else a string, `undefined` if it is empty.
    pub body: JsValue,
    /// How many times the request was sent for it.
    pub(crate) attempts: u32,
    /// What `fetch` gave: not necessarily a real `Response`.
    pub(crate) response: JsValue,
}

/// The status alone: a body may hold anything.
impl core::fmt::Debug for Answer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// The headers of the answer. A page of another origin sees those that the service exposes.
    ///
    /// ```no_run
    /// # fn example(answer: &kinde_edge::Answer) {
    /// let id = answer.headers().get("x-request-id");
    /// # }
    /// ```
    pub fn headers(&self) -> gloo_net::http::Headers {
        gloo_net::http::Headers::from_raw(self.raw_headers().unchecked_into())
    }

    /// The headers as they came.
    pub(crate) fn raw_headers(&self) -> JsValue {
        get(&self.response, "headers").unwrap_or_default()
    }
}

/// The headers that name a request, the service's own before that of what stands in front of it.
const REQUEST_IDS: [&str; 3] = ["x-request-id", "x-amzn-requestid", "cf-ray"];

/// Inside of the crate errors are boxed: a result is then two words to move, and not twenty.
impl From<Box<Error>> for Error {
    fn from(boxed: Box<Error>) -> Self {
        *boxed
    }
}

impl Error {
    pub(crate) fn configuration(message: &str) -> Box<Self> {
        Box::new(Error::Configuration {
            message: message.into(),
        })
    }

    /// `users.get (getUserData): argument "userId": expected a string, got undefined`
    pub(crate) fn invalid(operation: Option<Operation>, kind: &str, problem: Problem) -> Box<Self> {
        let mut message = label(operation);
        if !message.is_empty() {
            message.push_str(": ");
        }
        message.push_str(kind);
        if !problem.at.is_empty() {
            message.push_str(" \"");
            push_foreign(&mut message, &problem.at);
            message.push('"');
        }
        message.push_str(": ");
        message.push_str(&problem.what);
        Box::new(Error::InvalidRequest {
            message,
            context: Context::new(operation).because(problem.cause.clone()),
        })
    }

    /// `the token is not valid (expired): it has expired`
    pub(crate) fn token(reason: Reason, what: &str) -> Box<Self> {
        Box::new(Error::InvalidToken {
            reason,
            message: concat(&["the token is not valid (", reason.name(), "): ", what]),
        })
    }

    pub(crate) fn authentication(message: &str, context: Context) -> Box<Self> {
        Box::new(Error::Authentication {
            message: message.into(),
            errors: Vec::new(),
            answer: None,
            context,
        })
    }

    /// A wait that ended too early.
    pub(crate) fn ended(end: Ended, context: &Context) -> Box<Self> {
        let context = context.clone();
        Box::new(match end {
            Ended::Late(limit) => {
                let mut message = String::from("no answer came in ");
                push_number(&mut message, limit.abs().ceil() as u32);
                message.push_str(match limit < 0.0 {
                    true => " ms (deadline)",
                    false => " ms (timeout)",
                });
                Error::Timeout { message, context }
            }
            Ended::Aborted(reason) => Error::Aborted {
                context: context.because(reason),
            },
        })
    }

    /// The HTTP status, if an answer came: the service's, or the token endpoint's for
    /// [`Error::Authentication`].
    pub fn status(&self) -> Option<u16> {
        self.answer().map(|answer| answer.status)
    }

    /// The answer, if one came.
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Error::Api { answer, .. } | Error::Decode { answer, .. } => Some(answer),
            Error::Authentication { answer, .. } => answer.as_ref(),
            _ => None,
        }
    }

    /// What the service says is wrong: `errors` of its body, whether a list or a single object,
    /// its `code` and `message`, or `error` and `error_description` of an OAuth endpoint. Empty
    /// if it says nothing.
    pub fn errors(&self) -> &[ApiError] {
        match self {
            Error::Api { errors, .. } | Error::Authentication { errors, .. } => errors,
            _ => &[],
        }
    }

    /// Which call this is about. A client that cannot be set up has none.
    pub fn context(&self) -> Option<&Context> {
        match self {
            Error::Configuration { .. } | Error::InvalidToken { .. } => None,
            Error::InvalidRequest { context, .. }
            | Error::Authentication { context, .. }
            | Error::Api { context, .. }
            | Error::Connection { context }
            | Error::Timeout { context, .. }
            | Error::Aborted { context }
            | Error::Decode { context, .. } => Some(context),
        }
    }

    /// Why a token did not pass verification.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Error::InvalidToken { reason, .. } => Some(*reason),
            _ => None,
        }
    }

    /// How long the service asks to wait before another try, in seconds: `Retry-After` as seconds
    /// or as a date (RFC 9110, section 10.2.3), else `RateLimit-Reset`.
    pub fn retry_after(&self) -> Option<f64> {
        match self {
            Error::Api { answer, .. } => headers::retry_after(&answer.raw_headers()),
            Error::Authentication { answer, .. } => {
                headers::retry_after(&answer.as_ref()?.raw_headers())
            }
            _ => None,
        }
    }

    /// The scope that the operation needs, when the service refused for want of it (403).
    pub fn required_scope(&self) -> Option<&'static str> {
        match self {
            Error::Api {
                status: 403,
                context,
                ..
            } => context.operation?.scope(),
            _ => None,
        }
    }

    /// The scopes that the token has, when the service refused for want of one (403): what it
    /// claims in `scp` or `scope` (RFC 9068, section 2.2.3). None if it is no JWT that says so.
    pub fn token_scopes(&self) -> Option<&[String]> {
        self.context()?.token_scopes.as_deref()
    }

    /// Whether what was to be made is there already, or changed meanwhile: 409, and 400 where the
    /// service names one of its codes that end in `ALREADY_EXISTS`.
    pub fn is_conflict(&self) -> bool {
        let Error::Api { status, errors, .. } = self else {
            return false;
        };
        let exists = |error: &ApiError| error.code.ends_with("ALREADY_EXISTS");
        *status == 409 || (*status == 400 && errors.iter().any(exists))
    }

    /// The service's name for the request, if its answer has one, to give to Kinde's support:
    /// `x-request-id`, `x-amzn-requestid` or `cf-ray`.
    pub fn request_id(&self) -> Option<String> {
        let headers = self.answer()?.raw_headers();
        let named = |name: &&str| headers::value(&headers, name).filter(|id| !id.is_empty());
        REQUEST_IDS.iter().find_map(named)
    }

    /// Whether the same call may succeed later: no answer, 408, 429, 500, 502, 503 or 504. The call
    /// has been repeated already where that does no harm; whether to repeat a write is for the caller
    /// to know.
    pub fn is_retryable(&self) -> bool {
        match self {
            Error::Connection { .. } | Error::Timeout { .. } => true,
            _ => self.status().is_some_and(is_transient),
        }
    }

    /// What it is to the rule of retries.
    pub(crate) fn failure(&self) -> Failure {
        match (self, self.status()) {
            _ if self.is_steering() => Failure::Final,
            (Error::Connection { .. } | Error::Timeout { .. }, _) => Failure::Unanswered,
            (_, Some(status)) => Failure::Answered {
                status,
                asked: self.retry_after().map(|seconds| seconds * 1000.0),
            },
            _ => Failure::Final,
        }
    }

    /// Whether one of the caller's own functions threw something to steer its framework: it goes
    /// through as it is, nothing is tried again, and it is nobody else's.
    pub(crate) fn is_steering(&self) -> bool {
        let (Error::Connection { context } | Error::Authentication { context, .. }) = self else {
            return false;
        };
        !context.cause.is_undefined() && steers(&context.cause)
    }

    /// The name that JavaScript callers know the variant by.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Configuration { .. } => "configuration",
            Error::InvalidRequest { .. } => "invalid_request",
            Error::Authentication { .. } => "authentication",
            Error::Api { status, .. } => match status {
                401 => "authentication",
                403 => "permission_denied",
                404 => "not_found",
                429 => "rate_limited",
                500.. => "server",
                _ if self.is_conflict() => "conflict",
                _ => "api",
            },
            Error::Connection { .. } => "connection",
            Error::Timeout { .. } => "timeout",
            Error::Aborted { .. } => "aborted",
            Error::Decode { .. } => "decode",
            Error::InvalidToken { .. } => "invalid_token",
        }
    }

    /// One sentence for a log, on one line. It holds no secret, no token and no body, and of what
    /// others wrote 300 characters at most.
    pub fn message(&self) -> String {
        match self {
            Error::Configuration { message }
            | Error::InvalidRequest { message, .. }
            | Error::InvalidToken { message, .. } => message.clone(),
            Error::Authentication { message, .. } => self.sentence(message),
            Error::Api { status: 500.., .. } => self.sentence("the service failed"),
            Error::Api { .. } => self.sentence("the service refused"),
            #[cfg(feature = "js")]
            Error::Connection { context } if context.subject == crate::webhook::SEEN => {
                concat(&[context.subject, " failed"])
            }
            Error::Connection { context } => self.sentence(&no_answer(context)),
            Error::Aborted { .. } => self.sentence("aborted by the caller"),
            Error::Decode { message, .. } | Error::Timeout { message, .. } => {
                self.sentence(message)
            }
        }
    }

    /// `users.list (getUsers): the service refused (403): FORBIDDEN: no; needs scope read:users`
    fn sentence(&self, what: &str) -> String {
        let mut text = match self.context() {
            Some(Context {
                operation: None,
                subject,
                ..
            }) => (*subject).into(),
            context => label(context.and_then(|context| context.operation)),
        };
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(what);
        if let Some(status) = self.status() {
            text.push_str(" (");
            push_number(&mut text, status.into());
            text.push(')');
        }
        let mut said = String::new();
        for error in self.errors() {
            for part in [&error.code, &error.message] {
                if !part.is_empty() {
                    said.push_str(": ");
                    said.push_str(part);
                }
            }
        }
        push_foreign(&mut text, &said);
        if let Some(scope) = self.required_scope() {
            text.push_str("; needs scope ");
            text.push_str(scope);
            if let Some(scopes) = self.token_scopes() {
                let has = scopes.iter().any(|has| has == scope);
                text.push_str(", which the token ");
                text.push_str(if has { "has" } else { "lacks" });
            }
        }
        text
    }
}

/// `no answer came from acme.kinde.com: ENOTFOUND: there is no such host`
fn no_answer(context: &Context) -> String {
    let mut text = String::from("no answer came");
    if let Some(host) = &context.host {
        text.push_str(" from ");
        push_foreign(&mut text, host);
    }
    // Node and Deno have a reason below what fetch rejects with, Bun beside it.
    let code = |value: &JsValue| {
        let code = text_of(&get(value, "code").unwrap_or_default());
        code.filter(|code| (1..=48).contains(&code.len()) && code.bytes().all(is_of_a_code))
    };
    let inner = get(&context.cause, "cause").unwrap_or_default();
    let Some(code) = code(&inner).or_else(|| code(&context.cause)) else {
        let page = get(&js_sys::global(), "document").unwrap_or_default();
        if page.is_object() {
            text.push_str(
                ": there is no network, or the page may not call it (CORS): call from a server, \
                 or see the page's console",
            );
        }
        return text;
    };
    text.push_str(": ");
    text.push_str(&code);
    text.push_str(match code.as_str() {
        "ENOTFOUND" | "EAI_AGAIN" => ": no such host is known; is the domain right?",
        "ECONNREFUSED" | "ConnectionRefused" => ": nothing listens there",
        code if holds(code, "CERT") || holds(code, "VERIFY") => {
            ": its certificate is not trusted here"
        }
        _ => "",
    });
    text
}

/// What names of faults are made of; nothing that could be a secret gets by.
fn is_of_a_code(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// `users.get (getUserData)`
fn label(operation: Option<Operation>) -> String {
    match operation {
        Some(operation) => concat(&[operation.name(), " (", operation.id(), ")"]),
        None => String::new(),
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.message())
    }
}

/// The variant and the sentence. Bodies stay out: a created application's body holds its secret.
impl core::fmt::Debug for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.code())
            .field("message", &self.message())
            .finish_non_exhaustive()
    }
}

impl core::error::Error for Error {}
