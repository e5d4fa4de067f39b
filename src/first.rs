//! The fast path: a call of the npm package that has nothing to wait for is sent by one import, and
//! what most calls come to, an answer with the data, goes to its caller without crossing over again.
//! What an answer means that is none of these, and what is tried again, is decided where all others are
//! (`client.rs`).

use crate::auth;
use crate::client::Begun;
use crate::interop::{push_number, text};
use crate::js::{self, Sink};
use crate::operation::Operation;
use crate::request::{Args, Request, plan};
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

    fn keep(operation: u32, method: &str, target: &str, resume: &JsValue);
}

/// What goes on with a call, as `first.js` calls it.
type Callback = Closure<dyn Fn(Array, u32, JsValue, JsValue, JsValue, u32, JsValue)>;

thread_local! {
    static RESUME: OnceCell<Callback> = const { OnceCell::new() };
}

/// Lets `first.js` make such calls of an operation by itself whose arguments are as many identifiers
/// alone: what this plans for others in their places is what it plans for them, too, as long as they
/// need no encoding.
pub(crate) fn remember(number: u32, operation: Operation, identifiers: u32) {
    let mut args = String::from("[");
    for index in 0..identifiers {
        args.push_str(if index > 0 { ",\"" } else { "\"" });
        args.push_str("kinde-edge-");
        push_number(&mut args, index);
        args.push_str("-stands-in\"");
    }
    args.push(']');
    let planned = plan(operation, &Args::Written(&args));
    // One that takes these words and no others has no template.
    if let Ok(request) = planned
        && request.body.is_undefined()
        && request.headers.is_none()
        && !operation.is_as_user()
    {
        with_resume(|resume| keep(number, &request.method, &request.target, resume));
    }
}

/// Sends the request of a call without options that is no list and no upload, if it has nothing to wait
/// for and nobody is to hear of it. False if it has to go the way of all others.
pub(crate) fn begin(settings: &Settings, request: &Request, number: u32, sink: &Sink) -> bool {
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
    with_resume(|resume| {
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
            resume,
        );
    });
    true
}

fn with_resume(work: impl FnOnce(&JsValue)) {
    RESUME.with(|callback| {
        let callback = callback.get_or_init(|| {
            Closure::new(
                |slots, number, values: JsValue, sink: JsValue, used, ended, value| {
                    let settings = Settings::from_js(slots);
                    let begun = Begun {
                        authorization: used,
                        settled: outcome(ended, value, settings.timeout()),
                    };
                    let values = text(&values).unwrap_or_default();
                    js::resume(settings, number, &values, sink.unchecked_into(), begun);
                },
            )
        });
        work(callback.as_ref());
    });
}
