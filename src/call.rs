//! A call on its way, for Rust callers.

use crate::check::Problem;
use crate::client::{Kinde, call};
use crate::core::retry::RetryWrites;
use crate::error::{Answer, Context, Error};
use crate::interop::concat;
use crate::operation::Operation;
use crate::options::Options;
use crate::request::{Args, Request, plan};
use crate::settings;
use core::future::{Future, IntoFuture};
use core::marker::PhantomData;
use core::pin::Pin;
use js_sys::{Array, Object};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

/// A call that is ready to be made: `.await` it for the typed answer.
///
/// ```no_run
/// # async fn example(kinde: kinde_edge::Kinde) -> Result<(), kinde_edge::Error> {
/// use core::time::Duration;
///
/// let industries = kinde.industries().list().timeout(Duration::from_secs(5)).await?;
///
/// // With what came besides the data.
/// let response = kinde.business().get().with_response().await?;
/// let id = response.answer.headers().get("x-request-id");
/// # Ok(()) }
/// ```
///
/// A value that is wrong fails the call when it is awaited, with [`Error::InvalidRequest`], and
/// nothing is sent.
#[must_use = "a call is made when it is awaited"]
pub struct Call<'a, T> {
    pub(crate) client: &'a Kinde,
    pub(crate) args: Array,
    pub(crate) request: Result<Request, Box<Error>>,
    pub(crate) options: Options,
    /// What `query` added.
    pub(crate) added: Vec<JsValue>,
    answer: PhantomData<fn() -> T>,
}

/// An answer with everything that came with it: what [`Call::with_response`] gives.
///
/// ```no_run
/// # async fn example(kinde: kinde_edge::Kinde) -> Result<(), Box<dyn std::error::Error>> {
/// let response = kinde.business().get().with_response().await?;
/// // A field that is newer than the types.
/// let raw: serde_json::Value = serde_wasm_bindgen::from_value(response.answer.body)?;
/// let new = &raw["business"]["a_new_field"];
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Response<T> {
    /// The typed answer.
    pub data: T,
    /// Status, headers and the body as it came, with the fields that the types do not know.
    pub answer: Answer,
}

impl<'a, T> Call<'a, T> {
    pub(crate) fn new(
        client: &'a Kinde,
        operation: Operation,
        path: &[&str],
        params: Result<JsValue, serde_wasm_bindgen::Error>,
    ) -> Self {
        let args: Array = path.iter().map(|value| JsValue::from(*value)).collect();
        let request = match params {
            Ok(params) => {
                args.push(&params);
                plan(operation, &Args::Positional(&args))
            }
            Err(error) => Err(unwritable(Some(operation), error)),
        };
        Call {
            client,
            args,
            request,
            options: Options::default(),
            added: Vec::new(),
            answer: PhantomData,
        }
    }

    pub(crate) fn custom(client: &'a Kinde, method: &str, path: &str) -> Self {
        Call {
            client,
            args: Array::new(),
            request: Request::custom(&method.into(), &path.into()),
            options: Options::default(),
            added: Vec::new(),
            answer: PhantomData,
        }
    }

    /// Adds query parameters that the types do not know: a structure, a map or a list of pairs,
    /// whose values are strings, numbers, booleans, or lists of them (a pair each). What is `None`
    /// is left out; a map inside becomes `name[key]`.
    ///
    /// ```no_run
    /// # async fn example(kinde: kinde_edge::Kinde) -> Result<(), kinde_edge::Error> {
    /// use serde_json::json;
    ///
    /// let list = kinde.users().list(&Default::default());
    /// let users = list.query(&json!({ "a_new_filter": ["one", "two"] })).await?;
    /// # Ok(()) }
    /// ```
    pub fn query(mut self, query: &impl Serialize) -> Self {
        self.added.extend(to_params(query));
        self.with(query, Request::add_query)
    }

    /// Sends this as the JSON body, in place of the one that the parameters make.
    ///
    /// GET and HEAD have none: with them, the call fails with [`Error::InvalidRequest`].
    pub fn json(self, body: &impl Serialize) -> Self {
        self.with(body, Request::set_body)
    }

    fn with(
        mut self,
        value: &impl Serialize,
        apply: fn(&mut Request, &JsValue) -> Result<(), Box<Error>>,
    ) -> Self {
        self.request = self.request.and_then(|mut request| {
            let value = to_params(value).map_err(|e| unwritable(request.operation, e))?;
            apply(&mut request, &value)?;
            Ok(request)
        });
        self
    }

    /// How long an attempt may take, from the request to the end of the body. Default: the
    /// client's, see [`Builder::timeout`](crate::Builder::timeout).
    pub fn timeout(mut self, timeout: core::time::Duration) -> Self {
        self.options.timeout = self.milliseconds("timeout", timeout);
        self
    }

    /// How long the call may take as a whole, with its waits and retries, from when it is awaited.
    /// Default: the client's, see [`Builder::deadline`](crate::Builder::deadline).
    pub fn deadline(mut self, deadline: core::time::Duration) -> Self {
        self.options.deadline = self.milliseconds("deadline", deadline);
        self
    }

    /// No time at all is most likely a mistake, and refused as everywhere else.
    fn milliseconds(&mut self, name: &str, limit: core::time::Duration) -> Option<f64> {
        let result = settings::milliseconds(&(limit.as_secs_f64() * 1000.0).into());
        if let (Err(expected), Ok(request)) = (result, &self.request) {
            let what = concat(&["expected ", expected, ", got 0"]);
            let problem = Problem::new(what).inside(name);
            self.request = Err(Error::invalid(request.operation, "options", problem));
        }
        result.ok()
    }

    /// How often a failed request is sent again. Default: the client's, see
    /// [`Builder::max_retries`](crate::Builder::max_retries).
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.options.max_retries = Some(retries.into());
        self
    }

    /// Whether a POST or PATCH is repeated like the others: `true` for a call that may be made twice
    /// without harm. Default: the client's, see
    /// [`Builder::retry_writes`](crate::Builder::retry_writes).
    pub fn retry_writes(mut self, retry: impl Into<RetryWrites>) -> Self {
        self.options.retry_writes = Some(retry.into());
        self
    }

    /// The token that this call carries, in place of the client's: that of a signed-in user for the
    /// calls of `account`, which a machine's credentials cannot make.
    ///
    /// ```no_run
    /// # async fn example(kinde: kinde_edge::Kinde, token: &str) -> Result<(), kinde_edge::Error> {
    /// let answer = kinde.account().roles().list(&Default::default()).access_token(token).await?;
    /// # Ok(()) }
    /// ```
    pub fn access_token(mut self, token: &str) -> Self {
        self.options.access_token = Some(token.into());
        self
    }

    /// A header for this call only, in place of the client's of that name.
    ///
    /// A name or value that HTTP does not allow (RFC 9110, section 5) fails the call with
    /// [`Error::InvalidRequest`].
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let header = Object::new();
        crate::interop::set(&header, name, &value.into());
        match crate::headers::read(&header) {
            Ok(flat) => {
                let before = self.options.headers.take();
                self.options.headers = Some(before.map_or(flat.clone(), |all| all.concat(&flat)));
            }
            Err(problem) if self.request.is_ok() => {
                let operation = self.request.as_ref().ok().and_then(|r| r.operation);
                self.request = Err(Error::invalid(operation, "header", problem));
            }
            Err(_) => (),
        }
        self
    }

    /// Ends the call with [`Error::Aborted`] when this signal is aborted. If it is already, nothing
    /// is sent.
    pub fn signal(mut self, signal: &web_sys::AbortSignal) -> Self {
        self.options.signal = Some(JsValue::from(signal).unchecked_into());
        self
    }

    /// Makes the call and gives the answer as it came, untyped: its body is a JavaScript value,
    /// parsed from the JSON.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; [`Error::Configuration`] only from a client without credentials, and
    /// [`Error::Decode`] only for a body that is not JSON.
    pub async fn raw(self) -> Result<Answer, Error> {
        Ok(call(
            self.client.settings.clone(),
            self.request?,
            self.options,
            None,
        )
        .await?)
    }
}

impl<T: DeserializeOwned> Call<'_, T> {
    /// Makes the call and gives the typed answer with everything that came with it.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; [`Error::Decode`] also for a body that does not fit the type.
    pub async fn with_response(self) -> Result<Response<T>, Error> {
        let operation = self.request.as_ref().ok().and_then(|r| r.operation);
        let answer = self.raw().await?;
        match decode(&answer.body) {
            Ok(data) => Ok(Response { data, answer }),
            Err(error) => Err(Error::Decode {
                message: misfit("the answer", &error),
                body: answer.body.clone(),
                context: Context {
                    attempts: answer.attempts,
                    ..Context::new(operation).because(error.into_inner().into())
                },
                answer,
            }),
        }
    }
}

fn unwritable(operation: Option<Operation>, error: serde_wasm_bindgen::Error) -> Box<Error> {
    let problem = Problem::new("cannot be written as JSON".into()).because(error.into());
    Error::invalid(operation, "params", problem)
}

/// Where it does not fit, and what the type expected or misses there. What came instead stays out: it
/// may be a secret.
pub(crate) fn misfit(what: &str, error: &Misfit) -> String {
    let mut message = concat(&[what, " does not fit its type"]);
    let path = error.path().to_string();
    if path != "." {
        message.push_str(" at ");
        message.push_str(&path);
    }
    let reason = error.inner().to_string();
    if let Some((_, expected)) = reason.rsplit_once(", expected ") {
        message.push_str(": expected ");
        message.push_str(expected);
    } else if let Some((_, field)) = reason.split_once("missing field ") {
        message.push_str(": no ");
        message.push_str(field);
    }
    message
}

/// What keeps a value from a type, and where in it.
pub(crate) type Misfit = serde_path_to_error::Error<serde_wasm_bindgen::Error>;

/// Reads a value of JavaScript into a type.
pub(crate) fn read<T: DeserializeOwned>(value: &JsValue) -> Result<T, Misfit> {
    serde_path_to_error::deserialize(serde_wasm_bindgen::Deserializer::from(value.clone()))
}

/// An empty answer is an object without fields to a type that expects one, and nothing is read
/// into a type that holds nothing.
fn decode<T: DeserializeOwned>(data: &JsValue) -> Result<T, Misfit> {
    if size_of::<T>() == 0 {
        return read(&JsValue::UNDEFINED);
    }
    let result = read(data);
    if result.is_err() && data.is_undefined() {
        return read(&Object::new().into());
    }
    result
}

/// Turns a parameter struct into the params object of a call.
pub(crate) fn to_params<P: Serialize>(params: &P) -> Result<JsValue, serde_wasm_bindgen::Error> {
    params.serialize(&serde_wasm_bindgen::Serializer::json_compatible())
}

impl<'a, T: DeserializeOwned + 'a> IntoFuture for Call<'a, T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.with_response().await?.data) })
    }
}

impl<T> core::fmt::Debug for Call<'_, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let operation = self.request.as_ref().ok().and_then(|r| r.operation);
        f.debug_tuple("Call").field(&operation).finish()
    }
}
