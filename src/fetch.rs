//! The one place that talks to `fetch`.
//!
//! Any function may stand in for it (a service binding, a double in a test), and any value may
//! come back from that, so nothing here trusts that a response is one.

use crate::error::{Answer, Context, Error};
use crate::headers;
use crate::interop::{encode, parse, promise, set, stringify};
use crate::judge;
use crate::limits::Limits;
use crate::settings::Settings;
use crate::watch::then;
use js_sys::{Array, JsString, Object, Promise};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, AbortSignal, RequestInit};

#[wasm_bindgen]
extern "C" {
    /// Looked up at each call: tests and instrumentation replace it.
    #[wasm_bindgen(js_name = fetch, catch)]
    fn global_fetch(url: &str, init: &RequestInit) -> Result<JsValue, JsValue>;

    type Received;
    #[wasm_bindgen(method, structural, getter, catch, js_name = type)]
    fn kind(this: &Received) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, structural, getter, catch)]
    fn status(this: &Received) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn text(this: &Received) -> Result<JsValue, JsValue>;

    type Text;
    #[wasm_bindgen(method, structural)]
    fn split(this: &Text, separator: &str) -> Array;

    #[wasm_bindgen(thread_local_v2, js_namespace = JSON, js_name = parse)]
    static PARSE: JsValue;

    type Init;
    #[wasm_bindgen(method, setter)]
    fn set_redirect(this: &Init, value: &str);

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
    pub headers: &'a [&'a Array],
    /// `undefined` for none.
    pub body: &'a JsValue,
    /// Whether the body is a stream.
    pub stream: bool,
    /// Secrets and tokens in the request, taken out of a refusal that echoes them.
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
    let connection = |cause: JsValue| {
        Box::new(Error::Connection {
            context: context.clone().because(cause),
        })
    };
    let controller = Request(Some(AbortController::new().map_err(connection)?));
    limits.check(context)?;
    let watch = limits.attempt();
    let settle = async |step: Result<Promise, JsValue>| match step {
        Ok(step) => watch
            .over(step)
            .await
            .map_err(|end| Error::ended(end, context)),
        Err(cause) => Ok(Err(cause)),
    };

    let init = init(request, controller.signal().as_ref());
    let response = match settings.fetch() {
        Some(fetch) => fetch.call2(&JsValue::UNDEFINED, &request.url.into(), &init),
        None => global_fetch(request.url, &init),
    };
    let response = response.and_then(|response| promise(&response));
    let response = settle(response).await?.map_err(connection)?;
    // A browser shows nothing else of it.
    let received = response.unchecked_ref::<Received>();
    if response.is_object() && received.kind().is_ok_and(|kind| kind == "opaqueredirect") {
        return Err(connection("a redirect, which is not followed".into()));
    }
    let status = received.status().map_err(connection)?;
    let text = received.text().and_then(|text| promise(&text));
    let mut text = settle(text).await?.map_err(connection)?;
    let status = status.as_f64().unwrap_or_default() as u16;
    let parsed = if text.is_falsy() {
        Ok(JsValue::UNDEFINED)
    } else if judge::is_success(status) && looks_like_json(&text) {
        parse(&text)
    } else {
        if !judge::is_success(status) {
            for secret in request.secrets {
                text = redact(text, secret);
            }
        }
        settle(parsing(&text)).await?
    };
    let readable = parsed.is_ok();
    controller.finish();
    Ok(Incoming {
        answer: Answer {
            status,
            body: parsed.unwrap_or(text),
            attempts: context.attempts,
            response,
        },
        readable,
    })
}

/// Whether a text begins like an object or an array, and not like a page of a proxy.
fn looks_like_json(text: &JsValue) -> bool {
    let text = text.dyn_ref::<JsString>();
    text.is_some_and(|text| matches!(text.char_code_at(0) as u8, b'{' | b'['))
}

/// A promise of the JSON of a text that may well be none: what an import throws costs wasm-bindgen a
/// slot for ever; a rejection does not.
pub(crate) fn parsing(text: &JsValue) -> Result<Promise, JsValue> {
    let text = promise(text)?;
    let parsing = PARSE.with(|parse| then(&text, parse, &JsValue::UNDEFINED))?;
    Ok(parsing.unchecked_into())
}

/// A request under way. Whoever stops waiting for it, by a limit or by dropping the call, ends it.
struct Request(Option<AbortController>);

impl Request {
    fn signal(&self) -> Option<AbortSignal> {
        self.0.as_ref().map(AbortController::signal)
    }

    /// The whole answer is here: there is nothing to end any more.
    fn finish(mut self) {
        self.0 = None;
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// Takes a secret out of a refusal that echoes it: as it is, in a form, or in a JSON string.
fn redact(mut text: JsValue, secret: &JsValue) -> JsValue {
    let secret = secret.as_string().unwrap_or_default();
    let secret = secret.strip_prefix("Bearer ").unwrap_or(&secret);
    if secret.len() < SHORTEST_SECRET || !text.is_string() {
        return text;
    }
    let value = JsValue::from(secret);
    let in_form = encode(&value).unwrap_or_default();
    let in_json = stringify(&value).ok().and_then(|json| json.as_string());
    let in_json = in_json.as_deref().map_or("", |json| json.trim_matches('"'));
    for spelling in [secret, &in_form, in_json] {
        if !spelling.is_empty() {
            let parts = text.unchecked_ref::<Text>().split(spelling);
            text = parts.join("[redacted]").into();
        }
    }
    text
}

/// Anything shorter is no secret, but would be found everywhere.
const SHORTEST_SECRET: usize = 4;

/// Method, headers, body, signal and redirect, and nothing else: some runtimes throw at other
/// fields.
fn init(request: &Outgoing<'_>, signal: Option<&AbortSignal>) -> RequestInit {
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
    init.set_signal(signal);
    // Workers take the token along to another origin, and every runtime a form with a secret.
    init.unchecked_ref::<Init>().set_redirect("manual");
    if !request.body.is_undefined() {
        init.set_body(request.body);
    }
    // One field more that `fetch` insists on.
    if request.stream {
        set(&init, "duplex", &"half".into());
    }
    init
}
