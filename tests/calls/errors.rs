//! Each kind of failure: its variant, and what can be asked of it.

use crate::double::{Service, TOKEN, begin, never, reject, reply, reply_with};
use kinde_edge::params::GetUser;
use kinde_edge::{Error, models};
use serde_json::{Value, json};
use std::future::IntoFuture;
use std::time::Duration;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// How `users.get` fails with an answer.
async fn failure(status: u16, headers: &[(&'static str, &str)], body: &str) -> Error {
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, String::from(*value)))
        .collect();
    let body = body.to_owned();
    let service = Service::new(move |_| {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        reply_with(status, &headers, &body)
    });
    let kinde = service
        .builder()
        .access_token(TOKEN)
        .max_retries(0)
        .build()
        .unwrap();
    let error = get(&kinde).await.unwrap_err();
    assert_eq!(service.calls(), ["GET /api/v1/user?id=kp_1"]);
    error
}

async fn get(kinde: &kinde_edge::Kinde) -> Result<models::User, Error> {
    let params = GetUser::default();
    kinde.users().get("kp_1", &params).await
}

/// Codes and messages.
fn said(error: &Error) -> Vec<(&str, &str)> {
    let errors = error.errors().iter();
    errors
        .map(|error| (error.code.as_str(), error.message.as_str()))
        .collect()
}

#[wasm_bindgen_test]
async fn a_status_has_a_code_and_says_whether_to_try_again() {
    for (status, code, again) in [
        (400, "api", false),
        (401, "authentication", false),
        (403, "permission_denied", false),
        (404, "not_found", false),
        (408, "api", true),
        (409, "conflict", false),
        (429, "rate_limited", true),
        (500, "server", true),
        (502, "server", true),
        (503, "server", true),
    ] {
        let error = failure(status, &[], "").await;
        assert!(
            matches!(error, Error::Api { status: found, .. } if found == status),
            "{error}"
        );
        assert_eq!((error.code(), error.status()), (code, Some(status)));
        assert_eq!(error.is_retryable(), again, "{status}");
        let context = error.context().unwrap();
        assert_eq!(
            (context.operation.unwrap().id(), context.attempts),
            ("getUserData", 1)
        );
        assert!(context.cause.is_undefined());
    }
}

#[wasm_bindgen_test]
async fn what_the_service_says_is_found_in_each_of_its_forms() {
    for (body, expected) in [
        (
            r#"{"errors":[{"code":"A","message":"a"},{"code":"B","message":"b"}]}"#,
            vec![("A", "a"), ("B", "b")],
        ),
        (r#"{"errors":{"code":"A","message":"a"}}"#, vec![("A", "a")]),
        (
            r#"{"errors":[{"code":"A","message":null}, null, 7]}"#,
            vec![("A", "")],
        ),
        (r#"{"code":"A","message":"a"}"#, vec![("A", "a")]),
        (
            r#"{"error":"invalid_token","error_description":"a"}"#,
            vec![("invalid_token", "a")],
        ),
        (r#"{"message":"a"}"#, vec![("", "a")]),
        ("<h1>502</h1>", vec![]),
        (r#"{"errors":"#, vec![]),
        ("[]", vec![]),
        ("null", vec![]),
        ("", vec![]),
    ] {
        let error = failure(400, &[], body).await;
        assert_eq!(said(&error), expected, "{body}");
    }
}

#[wasm_bindgen_test]
async fn the_answer_is_there_as_it_came() {
    let error = failure(418, &[("x-request-id", "r1")], r#"{"new":[1,null]}"#).await;
    let answer = error.answer().unwrap();
    assert_eq!(answer.status, 418);
    assert_eq!(answer.headers().get("x-request-id").as_deref(), Some("r1"));
    let body: Value = serde_wasm_bindgen::from_value(answer.body.clone()).unwrap();
    assert_eq!(body, json!({ "new": [1, null] }));
    let error = failure(502, &[], "<h1>502</h1>").await;
    assert_eq!(error.answer().unwrap().body, "<h1>502</h1>");
    let error = failure(500, &[], "").await;
    assert!(error.answer().unwrap().body.is_undefined());
}

#[wasm_bindgen_test]
async fn the_scope_is_named_where_it_may_be_missing() {
    let error = failure(
        403,
        &[],
        r#"{"errors":[{"code":"FORBIDDEN","message":"No"}]}"#,
    )
    .await;
    assert_eq!(error.required_scope(), Some("read:users"));
    assert_eq!(
        error.message(),
        "users.get (getUserData): the service refused (403): FORBIDDEN: No; needs scope read:users"
    );
    assert_eq!(error.token_scopes(), None);
    assert_eq!(failure(404, &[], "").await.required_scope(), None);
    // {"scp":["read:roles"]}
    let service = Service::new(|_| reply(403, &json!({})));
    let token = service
        .builder()
        .access_token("e30.eyJzY3AiOlsicmVhZDpyb2xlcyJdfQ.x");
    let kinde = token.build().unwrap();
    let error = kinde.industries().list().await.unwrap_err();
    assert_eq!(error.token_scopes().unwrap(), ["read:roles"]);
    let says = "the service refused (403); needs scope read:industries, which the token lacks";
    assert!(error.message().ends_with(says), "{error}");
    // Nobody knows the scope of a path of one's own.
    let service = Service::new(|_| reply(403, &json!({})));
    let kinde = service.client();
    let error = kinde.request::<Value>("GET", "/x").await.unwrap_err();
    assert_eq!(error.required_scope(), None);
    assert_eq!(error.message(), "the service refused (403)");
}

#[wasm_bindgen_test]
async fn the_wait_is_what_the_service_asks_for() {
    let soon = js_sys::Date::new(&(js_sys::Date::now() + 90_000.0).into()).to_utc_string();
    let soon = String::from(soon);
    for (headers, at_least, at_most) in [
        (vec![("retry-after", "7")], 7.0, 7.0),
        (vec![("retry-after", "0")], 0.0, 0.0),
        (vec![("ratelimit-reset", "12")], 12.0, 12.0),
        (
            vec![("retry-after", "3"), ("ratelimit-reset", "12")],
            3.0,
            3.0,
        ),
        (
            vec![("retry-after", "soon"), ("ratelimit-reset", "12")],
            12.0,
            12.0,
        ),
        (vec![("retry-after", soon.as_str())], 80.0, 90.0),
        (
            vec![("retry-after", "Mon, 01 Jan 2001 00:00:00 GMT")],
            0.0,
            0.0,
        ),
    ] {
        let error = failure(429, &headers, "").await;
        let wait = error.retry_after().unwrap();
        assert!(at_least <= wait && wait <= at_most, "{headers:?}: {wait}");
    }
    for headers in [
        vec![],
        vec![("retry-after", "-1")],
        vec![("ratelimit-reset", "x")],
    ] {
        // A date of the past is one too, so "-1" may be read as either.
        let wait = failure(429, &headers, "").await.retry_after();
        assert!(wait.is_none_or(|wait| wait == 0.0), "{headers:?}: {wait:?}");
    }
}

#[wasm_bindgen_test]
async fn no_connection() {
    let cause = JsValue::from(js_sys::TypeError::new("fetch failed"));
    let service = Service::new({
        let cause = cause.clone();
        move |_| reject(&cause)
    });
    let kinde = service
        .builder()
        .access_token(TOKEN)
        .max_retries(0)
        .build()
        .unwrap();
    let error = get(&kinde).await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error}");
    assert_eq!((error.code(), error.status()), ("connection", None));
    let message = error.message();
    assert!(
        message.starts_with("users.get (getUserData): no answer came from "),
        "{message}"
    );
    assert_eq!(error.context().unwrap().cause, cause);
    assert!(error.is_retryable() && error.answer().is_none() && error.errors().is_empty());
}

#[wasm_bindgen_test]
async fn no_answer_in_time() {
    let service = Service::new(|_| never());
    let params = GetUser::default();
    let kinde = service.client();
    let call = kinde.users().get("kp_1", &params).max_retries(0);
    let error = call.timeout(Duration::from_millis(10)).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    assert_eq!((error.code(), error.status()), ("timeout", None));
    assert_eq!(
        error.message(),
        "users.get (getUserData): no answer came in 10 ms (timeout)"
    );
    assert_eq!(error.context().unwrap().attempts, 1);
    assert!(error.is_retryable());
}

#[wasm_bindgen_test]
async fn a_body_that_never_ends_is_not_waited_for() {
    let text = "return Promise.resolve({ status: 200, headers: new Headers(), text: () => new Promise(() => {}) })";
    let fetch = js_sys::Function::new_no_args(text);
    let builder = kinde_edge::Kinde::builder("acme.kinde.com").fetch(&fetch);
    let builder = builder.access_token(TOKEN).max_retries(0);
    let kinde = builder.timeout(Duration::from_millis(10)).build().unwrap();
    let error = get(&kinde).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
}

#[wasm_bindgen_test]
async fn aborted_by_the_caller() {
    let service = Service::new(|_| never());
    let controller = web_sys::AbortController::new().unwrap();
    let signal = controller.signal();
    let kinde = service.client();
    let call = kinde.business().get().signal(&signal);
    let mut call = call.into_future();
    begin(&mut call).await;
    controller.abort_with_reason(&"enough".into());
    let error = call.await.unwrap_err();
    assert!(matches!(error, Error::Aborted { .. }), "{error}");
    assert_eq!(
        error.message(),
        "business.get (getBusiness): aborted by the caller"
    );
    assert_eq!(error.context().unwrap().cause, "enough");
    assert!(!error.is_retryable());
    assert!(service.only().signal.aborted());
    // Nothing goes out for a caller who gave up before.
    let error = kinde.business().get().signal(&signal).await.unwrap_err();
    assert!(matches!(error, Error::Aborted { .. }), "{error}");
    assert_eq!(service.calls().len(), 1);
}

#[wasm_bindgen_test]
async fn an_answer_that_cannot_be_read() {
    let error = failure(200, &[], "<h1>Maintenance</h1>").await;
    let Error::Decode { body, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(*body, "<h1>Maintenance</h1>");
    assert_eq!((error.code(), error.status()), ("decode", Some(200)));
    assert_eq!(
        error.message(),
        "users.get (getUserData): the answer is not JSON (200)"
    );
    assert!(!error.is_retryable());
    assert_eq!(error.context().unwrap().attempts, 1);
}

#[wasm_bindgen_test]
async fn an_answer_that_does_not_fit_its_type() {
    let error = failure(
        200,
        &[("x-request-id", "r1")],
        r#"{"id":{"not":"a string"}}"#,
    )
    .await;
    let Error::Decode { body, .. } = &error else {
        panic!("{error}");
    };
    let body: Value = serde_wasm_bindgen::from_value(body.clone()).unwrap();
    assert_eq!(body, json!({ "id": { "not": "a string" } }));
    let answer = error.answer().unwrap();
    assert_eq!(answer.headers().get("x-request-id").as_deref(), Some("r1"));
    let start =
        "users.get (getUserData): the answer does not fit its type at id: expected a string";
    assert!(error.message().starts_with(start), "{error}");
    assert_eq!(error.context().unwrap().attempts, 1);
}

#[wasm_bindgen_test]
async fn an_error_is_one_of_rusts() {
    async fn run() -> Result<(), Box<dyn std::error::Error>> {
        let service = Service::new(|_| reply(404, &json!({})));
        get(&service.client()).await?;
        Ok(())
    }
    let error = run().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "users.get (getUserData): the service refused (404)"
    );
    let error: Box<Error> = error.downcast().unwrap();
    assert_eq!(error.clone().status(), Some(404));
    assert_eq!(
        format!("{error:?}"),
        "Error { code: \"not_found\", message: \"users.get (getUserData): the service refused \
         (404)\", .. }"
    );
}
