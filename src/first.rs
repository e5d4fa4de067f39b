//! The fast path: a call of the npm package that has nothing to wait for is sent by one import, and
//! what most calls come to, an answer with the data, goes to its caller without crossing over again.
//! What an answer means that is none of these, and what is tried again, is decided where all others are
//! (`client.rs`).

use crate::auth;
use crate::client::Begun;
use crate::interop::text;
use crate::js::Sink;
use crate::request::Request;
use crate::settings::Settings;
use crate::turn;
use crate::watch::outcome;
use js_sys::Array;
use std::cell::OnceCell;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/first.js")]
extern "C" {
    #[allow(
        clippy::too_many_arguments,
        reason = "an object of them would cost a crossing for each field"
    )]
    fn first(
        settings: &Array,
        url: &str,
        method: &str,
        authorization: &JsValue,
        content_type: Option<&str>,
        headers: Option<&Array>,
        body: &JsValue,
        milliseconds: f64,
        sink: &Sink,
        operation: u32,
        resume: &JsValue,
    );
}

/// Goes on with a call: its settings, the number of its operation, its arguments, its sink, and its
/// first attempt.
type Resume = fn(Settings, u32, &str, Sink, Begun);

/// The same as `first.js` calls it.
type Callback = Closure<dyn Fn(Array, u32, JsValue, JsValue, JsValue, u32, JsValue)>;

thread_local! {
    static RESUME: OnceCell<Callback> = const { OnceCell::new() };
}

/// Sends the request of a call without options that is no list and no upload, if it has nothing to wait
/// for and nobody is to hear of it. False if it has to go the way of all others.
pub(crate) fn begin(
    settings: &Settings,
    request: &Request,
    number: u32,
    sink: &Sink,
    resume: Resume,
) -> bool {
    let Some(operation) = request.operation else {
        return false;
    };
    let needs_a_user = operation.is_as_user() && !settings.has_access_token();
    if needs_a_user
        || settings.is_observed()
        || settings.deadline().is_finite()
        || !turn::is_free(settings)
    {
        return false;
    }
    let Some(authorization) = auth::ready(settings) else {
        return false;
    };
    RESUME.with(|callback| {
        let callback = callback.get_or_init(|| {
            Closure::new(
                move |slots, number, values: JsValue, sink: JsValue, used, ended, value| {
                    let settings = Settings::from_js(slots);
                    let begun = Begun {
                        authorization: used,
                        settled: outcome(ended, value, settings.timeout()),
                    };
                    let values = text(&values).unwrap_or_default();
                    resume(settings, number, &values, sink.unchecked_into(), begun);
                },
            )
        });
        first(
            settings.slots(),
            &request.target,
            &request.method,
            &authorization,
            request.content_type,
            request.headers.as_ref(),
            &request.body,
            settings.timeout(),
            sink,
            number,
            callback.as_ref(),
        );
    });
    true
}
