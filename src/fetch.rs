//! The one place that talks to `fetch`.
//!
//! Any function may stand in for it (a service binding, a double in a test), and any value may
//! come back from that, so nothing here trusts that a response is one.

use crate::error::{Answer, Context, Error};
use crate::limits::Limits;
use crate::settings::Settings;
use crate::watch::{Ended, Settled, Wait};
use js_sys::Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    #[allow(
        clippy::too_many_arguments,
        reason = "an object of them would cost a crossing for each field"
    )]
    fn exchange(
        fetch: &JsValue,
        url: &str,
        method: &str,
        authorization: &JsValue,
        content_type: &str,
        headers: &JsValue,
        more: &JsValue,
        of_hooks: &JsValue,
        of_call: &JsValue,
        body: &JsValue,
        stream: bool,
        longest: u32,
        secrets: &Array,
        milliseconds: f64,
        signal: &JsValue,
        settle: &JsValue,
        slot: u32,
    ) -> JsValue;

    /// What `exchange` makes of the answer.
    type Received;
    #[wasm_bindgen(method, getter)]
    fn response(this: &Received) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn status(this: &Received) -> f64;
    #[wasm_bindgen(method, getter)]
    fn body(this: &Received) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn readable(this: &Received) -> bool;
    #[wasm_bindgen(method, getter, js_name = tooLong)]
    fn too_long(this: &Received) -> Option<bool>;
}

/// The longest answer that is not the API's, in bytes: a key set, a description, tokens. They are
/// small by nature, and not all of them come from Kinde.
pub(crate) const SMALL: u32 = 1 << 18;

/// One HTTP request, ready to go.
pub(crate) struct Outgoing<'a> {
    pub method: &'a str,
    pub url: &'a str,
    /// `Bearer …`, or `undefined`.
    pub authorization: &'a JsValue,
    pub content_type: Option<&'a str>,
    /// Up to four lists of name, value, name, value …; the later ones win.
    pub headers: &'a [&'a Array],
    /// `undefined` for none.
    pub body: &'a JsValue,
    /// Whether the body is a stream.
    pub stream: bool,
    /// The longest answer that is read, in bytes; 0 for any.
    pub longest: u32,
    /// Secrets in the request, taken with the access token out of a refusal that echoes them.
    pub secrets: &'a [JsValue],
}

/// An answer whose body has arrived.
pub(crate) struct Incoming {
    pub answer: Answer,
    /// Whether the body is JSON, or empty.
    pub readable: bool,
}

/// Sends a request and reads the whole answer.
pub(crate) async fn send(
    settings: &Settings,
    request: &Outgoing<'_>,
    limits: &Limits,
    context: &Context,
) -> Result<Incoming, Box<Error>> {
    limits.check(context)?;
    let settled = begin(settings, request, limits).await;
    received(settled, context)
}

fn begin(settings: &Settings, request: &Outgoing<'_>, limits: &Limits) -> Wait {
    let secrets: Array = request.secrets.iter().collect();
    let none = JsValue::UNDEFINED;
    let headers = |index| {
        request
            .headers
            .get(index)
            .map_or(&none, |flat: &&Array| flat)
    };
    let watch = limits.attempt();
    watch.wait(&mut |milliseconds, signal, settle, slot| {
        exchange(
            &settings.fetch(),
            request.url,
            request.method,
            request.authorization,
            request.content_type.unwrap_or_default(),
            headers(0),
            headers(1),
            headers(2),
            headers(3),
            request.body,
            request.stream,
            request.longest,
            &secrets,
            milliseconds,
            signal,
            settle,
            slot,
        )
    })
}

fn received(settled: Result<Settled, Ended>, context: &Context) -> Result<Incoming, Box<Error>> {
    let received = settled
        .map_err(|end| Error::ended(end, context))?
        .map_err(|cause| {
            let context = context.clone().because(cause);
            Box::new(Error::Connection { context })
        })?;
    let received: Received = received.unchecked_into();
    let answer = Answer {
        status: received.status() as u16,
        body: received.body(),
        attempts: context.attempts,
        response: received.response(),
    };
    if received.too_long() == Some(true) {
        return Err(Box::new(Error::Decode {
            message: "the answer is longer than 256 KB".into(),
            body: JsValue::UNDEFINED,
            answer,
            context: context.clone(),
        }));
    }
    Ok(Incoming {
        answer,
        readable: received.readable(),
    })
}
