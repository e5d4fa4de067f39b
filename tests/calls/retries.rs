//! Which failures are tried again, and how often.

use crate::double::{Service, TOKEN, reject, reply, reply_with};
use kinde_edge::params::{CreateRole, SetOrganizationFeatureFlag, UpdateBusiness};
use kinde_edge::{Call, Error, Kinde, RetryWrites};
use serde_json::{Value, json};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

/// Always this status, and no wait.
fn failing(status: u16) -> Service {
    Service::new(move |_| reply_with(status, &[("retry-after", "0")], ""))
}

/// How often a call is sent that always fails with this status.
async fn tries(status: u16, call: impl for<'a> Fn(&'a Kinde) -> Call<'a, Value>) -> usize {
    let service = failing(status);
    let error = call(&service.client()).await.unwrap_err();
    let sent = service.sent();
    assert_eq!(error.status(), Some(status));
    assert_eq!(error.context().unwrap().attempts as usize, sent.len());
    assert!(sent.iter().all(|one| one.call() == sent[0].call()));
    sent.len()
}

#[wasm_bindgen_test]
async fn reads_are_repeated_and_writes_are_not() {
    for (method, status, expected) in [
        ("GET", 408, 3),
        ("GET", 429, 3),
        ("GET", 500, 3),
        ("GET", 502, 3),
        ("GET", 503, 3),
        ("GET", 504, 3),
        ("GET", 400, 1),
        ("GET", 404, 1),
        ("GET", 501, 1),
        ("PUT", 503, 3),
        ("DELETE", 503, 3),
        ("POST", 503, 1),
        ("PATCH", 503, 1),
        ("POST", 429, 3),
        ("PATCH", 429, 3),
    ] {
        let made = tries(status, |kinde| kinde.request(method, "/x")).await;
        assert_eq!(made, expected, "{method} {status}");
    }
}

#[wasm_bindgen_test]
async fn a_caller_may_repeat_writes() {
    let service = failing(503);
    let builder = service.builder().access_token(TOKEN).retry_writes(true);
    let kinde = builder.build().unwrap();
    kinde
        .roles()
        .create(&CreateRole::default())
        .await
        .unwrap_err();
    assert_eq!(service.sent().len(), 3);
    let call = kinde.business().update(&UpdateBusiness::default());
    call.retry_writes(false).await.unwrap_err();
    assert_eq!(service.sent().len(), 4);
    assert_eq!(
        tries(503, |kinde| kinde.request("POST", "/x").retry_writes(true)).await,
        3
    );
}

#[wasm_bindgen_test]
async fn a_write_that_is_as_good_twice_is_repeated() {
    let service = failing(503);
    let kinde = service.builder().access_token(TOKEN).build().unwrap();
    let value = &SetOrganizationFeatureFlag {
        value: "true".to_owned(),
    };
    let flags = kinde.organizations().feature_flags();
    flags.set("org", "flag", value).await.unwrap_err();
    assert_eq!(service.sent().len(), 3);
    let call = flags.set("org", "flag", value).retry_writes(false);
    call.await.unwrap_err();
    assert_eq!(service.sent().len(), 4);
    let call = kinde.business().update(&UpdateBusiness::default());
    call.retry_writes(RetryWrites::Idempotent)
        .await
        .unwrap_err();
    assert_eq!(service.sent().len(), 5);
}

#[wasm_bindgen_test]
async fn the_number_of_retries_is_the_clients_or_the_calls() {
    for (client, call, expected) in [
        (Some(0), None, 1),
        (Some(1), None, 2),
        (None, Some(0), 1),
        (Some(0), Some(4), 5),
    ] {
        let service = failing(503);
        let mut builder = service.builder().access_token(TOKEN);
        if let Some(retries) = client {
            builder = builder.max_retries(retries);
        }
        let kinde = builder.build().unwrap();
        let mut get = kinde.business().get();
        if let Some(retries) = call {
            get = get.max_retries(retries);
        }
        get.await.unwrap_err();
        assert_eq!(service.sent().len(), expected, "{client:?} {call:?}");
    }
}

#[wasm_bindgen_test]
async fn what_works_the_second_time_is_no_failure() {
    let service = Service::new(|sent| match sent.number {
        0 => reject(&"reset".into()),
        _ => reply(200, &json!({ "code": "OK" })),
    });
    let answer = service.client().business().get().await.unwrap();
    assert_eq!(answer.code.as_deref(), Some("OK"));
    assert_eq!(service.sent().len(), 2);
}

#[wasm_bindgen_test]
async fn no_connection_may_mean_that_a_write_was_done() {
    let service = Service::new(|_| reject(&"reset".into()));
    let kinde = service.client();
    let error = kinde
        .roles()
        .create(&CreateRole::default())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error}");
    service.only();
}

#[wasm_bindgen_test]
async fn a_wait_of_more_than_a_minute_is_left_to_the_caller() {
    let service = Service::new(|_| reply_with(429, &[("ratelimit-reset", "61")], ""));
    let error = service.client().business().get().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(61.0));
    service.only();
}

#[wasm_bindgen_test]
async fn a_wait_that_ends_behind_the_deadline_is_not_begun() {
    let service = Service::new(|_| reply_with(503, &[("retry-after", "30")], ""));
    let start = js_sys::Date::now();
    let kinde = service.client();
    let call = kinde.business().get().deadline(Duration::from_secs(5));
    let error = call.await.unwrap_err();
    assert_eq!(error.status(), Some(503));
    assert!(js_sys::Date::now() - start < 1000.0);
    service.only();
}

#[wasm_bindgen_test]
async fn the_wait_is_as_long_as_the_service_asks() {
    let service = Service::new(|sent| match sent.number {
        0 => reply_with(429, &[("retry-after", "0.2")], ""),
        _ => reply(200, &json!({})),
    });
    let start = js_sys::Date::now();
    service.client().business().get().await.unwrap();
    let took = js_sys::Date::now() - start;
    assert!((195.0..2000.0).contains(&took), "{took} ms");
}

#[wasm_bindgen_test]
async fn a_body_that_is_sent_again_is_the_same() {
    let service = failing(429);
    let kinde = service.client();
    let params = CreateRole {
        name: Some("Admin".into()),
        ..Default::default()
    };
    kinde.roles().create(&params).await.unwrap_err();
    let sent = service.sent();
    assert_eq!(sent.len(), 3);
    for one in sent.iter() {
        assert_eq!(one.call(), "POST /api/v1/roles");
        assert_eq!(one.headers["content-type"], "application/json");
        assert_eq!(one.json(), json!({ "name": "Admin" }));
    }
}
