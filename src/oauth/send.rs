//! Requests that carry no access token: to the token endpoint, and for metadata.

use crate::error::{Answer, Context, Error};
use crate::fetch::{self, Incoming, Outgoing};
use crate::limits::Limits;
use crate::options::Options;
use crate::request::FORM;
use crate::retry;
use crate::settings::Settings;

use wasm_bindgen::prelude::*;

/// A request of sign-in.
pub(crate) struct Request<'a> {
    pub method: &'static str,
    pub path: &'static str,
    /// A form; `undefined` for none.
    pub body: &'a JsValue,
    pub secrets: &'a [JsValue],
    /// What the call is called.
    pub subject: &'static str,
    pub judge: fn(Incoming, Context) -> Result<Answer, Box<Error>>,
}

/// Sends a request, and again as the client repeats its calls: a GET after what passes, a POST
/// only when the service did not look at it (429). Codes and refresh tokens can be used once.
pub(crate) async fn send(
    settings: &Settings,
    request: &Request<'_>,
    options: &Options,
    limits: &Limits,
) -> Result<Answer, Box<Error>> {
    let outgoing = Outgoing {
        method: request.method,
        url: request.path,
        authorization: &JsValue::UNDEFINED,
        content_type: (!request.body.is_undefined()).then_some(FORM),
        foreign: false,
        headers: [options.headers.as_ref(), None, None],
        body: request.body,
        stream: false,
        longest: fetch::SMALL,
        secrets: request.secrets,
    };
    let retries = options
        .max_retries
        .unwrap_or_else(|| settings.max_retries());
    let mut context = Context::about(request.subject);
    loop {
        context.attempts += 1;
        let error = match fetch::send(settings, &outgoing, limits, &context)
            .await
            .and_then(|incoming| (request.judge)(incoming, context.clone()))
        {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let wait = retry::wait(&error, context.attempts).filter(|wait| *wait < limits.left());
        match wait {
            Some(wait)
                if retry::is_repeatable(&error, request.method, false)
                    && f64::from(context.attempts) <= retries =>
            {
                limits.sleep(wait, &context).await?;
            }
            _ => return Err(error),
        }
    }
}
