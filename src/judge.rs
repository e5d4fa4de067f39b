//! What an answer means: the data, or the error in one of the service's several forms.

use crate::error::{Answer, ApiError, Context, Error};
use crate::fetch::Incoming;
use crate::interop::{get, is_array, is_record, list, text};
use wasm_bindgen::prelude::*;

/// Whether the service agreed (RFC 9110, section 15.3).
pub(crate) fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// Turns an answer into the call's result.
pub(crate) fn judge(incoming: Incoming, context: Context) -> Result<Answer, Box<Error>> {
    let Incoming { answer, readable } = incoming;
    if !is_success(answer.status) {
        return Err(Box::new(Error::Api {
            status: answer.status,
            errors: errors(&answer.body),
            answer,
            context,
        }));
    }
    let paging = context.operation.and_then(|operation| operation.paging());
    let message = match paging {
        _ if !readable => "the answer is not JSON".into(),
        Some(paging) if !paging.is_page(&answer) => paging.misfit(),
        _ => return Ok(answer),
    };
    Err(Box::new(Error::Decode {
        message,
        body: answer.body.clone(),
        answer,
        context,
    }))
}

/// Turns an answer of the token endpoint into its fields, or its refusal (RFC 6749, section 5.2).
pub(crate) fn granted(incoming: Incoming, context: Context) -> Result<Answer, Box<Error>> {
    let Incoming { answer, .. } = incoming;
    match is_success(answer.status) {
        true => Ok(answer),
        false => Err(Box::new(Error::Authentication {
            message: "the token endpoint refused".into(),
            errors: errors(&answer.body),
            answer: Some(answer),
            context,
        })),
    }
}

/// `errors` as an array or a single object, `{code, message}` itself, or OAuth's
/// `{error, error_description}` (RFC 6749, section 5.2).
pub(crate) fn errors(body: &JsValue) -> Vec<ApiError> {
    let field = |value: &JsValue, name| get(value, name).unwrap_or_default();
    let word = |value: &JsValue, name| text(&field(value, name)).unwrap_or_default();
    let plain = |value: &JsValue| ApiError {
        code: word(value, "code"),
        message: word(value, "message"),
    };
    let inner = field(body, "errors");
    let mut found = Vec::new();
    if is_array(&inner) {
        found.extend(
            list(&inner)
                .iter()
                .flat_map(|all| all.iter())
                .map(|e| plain(&e)),
        );
    } else if is_record(&inner) {
        found.push(plain(&inner));
    } else {
        found.push(plain(body));
        found.push(ApiError {
            code: word(body, "error"),
            message: word(body, "error_description"),
        });
    }
    found.retain(|error| !(error.code.is_empty() && error.message.is_empty()));
    found
}
