//! The one place that talks to `fetch`.
//!
//! Any function may stand in for it (a service binding, a double in a test), and any value may
//! come back from that, so nothing here trusts that a response is one.

use crate::core::text::place;
use crate::error::{Answer, Context, Error};
use crate::interop::parts;
use crate::limits::Limits;
use crate::settings::Settings;
use crate::watch::{Ended, Settled, Wait};
use js_sys::Array;
use std::sync::Arc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    #[allow(
        clippy::too_many_arguments,
        reason = "an object of them would cost a crossing for each field"
    )]
    fn exchange(
        settings: &Array,
        foreign: bool,
        url: &str,
        method: &str,
        authorization: &JsValue,
        content_type: &str,
        headers: Option<&Array>,
        of_hooks: Option<&Array>,
        of_call: Option<&Array>,
        body: &JsValue,
        stream: bool,
        longest: u32,
        secrets: Option<Array>,
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
    fn body(this: &Received) -> JsValue;
    /// Its status, and the bits below.
    #[wasm_bindgen(method, getter)]
    fn facts(this: &Received) -> u32;
}

/// Bits of the facts, behind those of a status: `host.js`.
const READABLE: u32 = 65536;
const TOO_LONG: u32 = 131072;

/// The longest answer that is not the API's, in bytes: a key set, a description, tokens. They are
/// small by nature, and not all of them come from Kinde.
pub(crate) const SMALL: u32 = 1 << 18;

/// One HTTP request, ready to go.
pub(crate) struct Outgoing<'a> {
    pub method: &'a str,
    /// An address, or what is behind the origin of the client's domain.
    pub url: &'a str,
    /// Whether it goes where the client's own headers have no business.
    pub foreign: bool,
    /// `Bearer …`, or `undefined`.
    pub authorization: &'a JsValue,
    pub content_type: Option<&'a str>,
    /// Lists of name, value, name, value … beside the client's own; the later ones win.
    pub headers: [Option<&'a Array>; 3],
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
    arrived(settings, request.url, settled, context)
}

/// What came of a request that was sent to this address.
pub(crate) fn arrived(
    settings: &Settings,
    url: &str,
    settled: Result<Settled, Ended>,
    context: &Context,
) -> Result<Incoming, Box<Error>> {
    received(settled, context).map_err(|mut error| {
        if let Error::Connection { context } = &mut *error {
            context.host = Some(Arc::new(host(settings, url)));
        }
        error
    })
}

/// `acme.kinde.com`, of an address or of what is behind the origin of the client's domain.
fn host(settings: &Settings, url: &str) -> String {
    let origin = settings.origin();
    let whole = if url.starts_with('/') { &origin } else { url };
    let (origin, _) = place(whole);
    parts(&origin, b'/').nth(2).unwrap_or_default().into()
}

fn begin(settings: &Settings, request: &Outgoing<'_>, limits: &Limits) -> Wait {
    let secrets = request.secrets;
    let [first, second, third] = request.headers;
    let watch = limits.attempt();
    watch.wait(&mut |milliseconds, signal, settle, slot| {
        exchange(
            settings.slots(),
            request.foreign,
            request.url,
            request.method,
            request.authorization,
            request.content_type.unwrap_or_default(),
            first,
            second,
            third,
            request.body,
            request.stream,
            request.longest,
            (!secrets.is_empty()).then(|| secrets.iter().collect()),
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
    let facts = received.facts();
    let answer = Answer {
        status: facts as u16,
        body: received.body(),
        attempts: context.attempts,
        response: received.response(),
    };
    if facts & TOO_LONG != 0 {
        return Err(Box::new(Error::Decode {
            message: "the answer is longer than 256 KB".into(),
            body: JsValue::UNDEFINED,
            answer,
            context: context.clone(),
        }));
    }
    Ok(Incoming {
        answer,
        readable: facts & READABLE != 0,
    })
}
