//! The one place that talks to `fetch`.
//!
//! Any function may stand in for it (a service binding, a double in a test), and any value may
//! come back from that, so nothing here trusts that a response is one.

use crate::error::{Answer, Context, Error};
use crate::headers;
use crate::interop::{get, parse, promise, set};
use crate::limits::Limits;
use crate::settings::Settings;
use js_sys::{Array, Object, Promise};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, RequestInit};

#[wasm_bindgen]
extern "C" {
    /// Looked up at each call: tests and instrumentation replace it.
    #[wasm_bindgen(js_name = fetch, catch)]
    fn global_fetch(url: &str, init: &RequestInit) -> Result<JsValue, JsValue>;

    type Body;
    #[wasm_bindgen(method, structural, catch)]
    fn text(this: &Body) -> Result<JsValue, JsValue>;

    type Text;
    #[wasm_bindgen(method, structural)]
    fn split(this: &Text, separator: &JsValue) -> Array;

    type HeaderInit;
    #[wasm_bindgen(method, setter)]
    fn set_accept(this: &HeaderInit, value: &str);
    #[wasm_bindgen(method, setter)]
    fn set_authorization(this: &HeaderInit, value: &JsValue);
    #[wasm_bindgen(method, setter, js_name = "content-type")]
    fn set_content_type(this: &HeaderInit, value: &str);
}

/// One HTTP request, ready to go.
pub(crate) struct Outgoing<'a> {
    pub method: &'a str,
    pub url: &'a str,
    /// `Bearer …`, or `undefined`.
    pub authorization: &'a JsValue,
    pub content_type: Option<&'a str>,
    /// Name, value, name, value …; the later ones win.
    pub headers: [&'a Array; 3],
    /// `undefined` for none.
    pub body: &'a JsValue,
    /// Whether the body is a stream.
    pub stream: bool,
    /// A secret in the request, taken out of an answer that echoes it. `undefined` for none.
    pub secret: &'a JsValue,
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
) -> Result<Incoming, Error> {
    let connection = |cause: JsValue| Error::Connection {
        context: context.clone().because(cause),
    };
    let controller = AbortController::new().map_err(connection)?;
    limits.check(context)?;
    let watch = limits.attempt();
    let settle = async |step: Result<Promise, JsValue>| match step {
        Ok(step) => match watch.over(step).await {
            Ok(settled) => settled.map_err(connection),
            Err(end) => {
                controller.abort();
                Err(Error::ended(end, context))
            }
        },
        Err(cause) => Err(connection(cause)),
    };

    let init = init(request, &controller);
    let response = match settings.fetch() {
        Some(fetch) => fetch.call2(&JsValue::UNDEFINED, &request.url.into(), &init),
        None => global_fetch(request.url, &init),
    };
    let response = settle(response.and_then(|response| promise(&response))).await?;
    let status = get(&response, "status").map_err(connection)?;
    let text = response.unchecked_ref::<Body>().text();
    let mut text = settle(text.and_then(|text| promise(&text))).await?;
    if text.is_string() && request.secret.is_string() {
        let parts = text.unchecked_ref::<Text>().split(request.secret);
        text = parts.join("[redacted]").into();
    }

    let (body, readable) = match text.is_falsy() {
        true => (JsValue::UNDEFINED, true),
        false => match parse(&text) {
            Ok(body) => (body, true),
            Err(_) => (text, false),
        },
    };
    Ok(Incoming {
        answer: Answer {
            status: status.as_f64().unwrap_or_default() as u16,
            body,
            response,
        },
        readable,
    })
}

/// Method, headers, body and signal, and nothing else: some runtimes throw at other fields.
fn init(request: &Outgoing<'_>, controller: &AbortController) -> RequestInit {
    let headers = Object::new();
    let standard = headers.unchecked_ref::<HeaderInit>();
    standard.set_accept("application/json");
    if !request.authorization.is_undefined() {
        standard.set_authorization(request.authorization);
    }
    if let Some(content_type) = request.content_type {
        standard.set_content_type(content_type);
    }
    for flat in request.headers {
        headers::write(flat, &headers);
    }
    let init = RequestInit::new();
    init.set_method(request.method);
    init.set_headers(&headers);
    init.set_signal(Some(&controller.signal()));
    if !request.body.is_undefined() {
        init.set_body(request.body);
    }
    // The one field more that `fetch` insists on.
    if request.stream {
        set(&init, "duplex", &"half".into());
    }
    init
}
