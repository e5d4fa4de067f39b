//! Client credentials: which token request goes out, and how seldom.

use crate::double::{Clock, Service, later, reject, reply, reply_with, together};
use kinde_edge::{AuthorizationUrl, Builder, Error, MachineToken};
use serde_json::{Value, json};
use std::future::IntoFuture;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

/// Tokens are shared by all clients with the same credentials, so each test has its own.
fn with(service: &Service, id: &str) -> Builder {
    service.builder().client_credentials(id, "the secret&=")
}

fn token_requests(service: &Service) -> usize {
    let sent = service.sent();
    sent.iter().filter(|sent| sent.is_token_request()).count()
}

fn authorizations(service: &Service) -> Vec<String> {
    let sent = service.sent();
    let calls = sent.iter().filter(|sent| !sent.is_token_request());
    calls
        .map(|sent| sent.headers["authorization"].clone())
        .collect()
}

#[wasm_bindgen_test]
async fn the_token_request_is_a_form() {
    let service = Service::with_tokens(|_| reply(200, &json!({})));
    let builder = with(&service, "form").header("x-trace", "1");
    builder.build().unwrap().business().get().await.unwrap();
    let sent = service.sent();
    assert_eq!(
        service.calls(),
        ["POST /oauth2/token", "GET /api/v1/business"]
    );
    let expected = crate::double::headers(&[
        ("accept", "application/json"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-trace", "1"),
    ]);
    assert_eq!(sent[0].headers, expected);
    assert_eq!(
        sent[0].text(),
        "grant_type=client_credentials&client_id=form&client_secret=the%20secret%26%3D\
         &audience=https%3A%2F%2Facme.kinde.com%2Fapi"
    );
    assert_eq!(sent[1].headers["authorization"], "Bearer token-1");
}

#[wasm_bindgen_test]
async fn a_machine_beside_the_application_that_users_sign_in_to() {
    let service = Service::with_tokens(|_| reply(200, &json!({})));
    let builder = service.builder().client_credentials("app", "its secret");
    let kinde = builder.management("machine", "m-secret").build().unwrap();
    kinde.business().get().await.unwrap();
    let form = service.sent()[0].form();
    assert_eq!(form["client_id"], "machine");
    assert_eq!(form["client_secret"], "m-secret");
    let params = AuthorizationUrl {
        redirect_uri: "https://app.example/callback".to_owned(),
        ..Default::default()
    };
    let sign_in = kinde.oauth().authorization_url(&params).await.unwrap();
    assert!(sign_in.url.contains("&client_id=app&"), "{}", sign_in.url);

    let half = service.builder().management("machine", "").build();
    assert_eq!(
        half.unwrap_err().message(),
        "management.clientSecret must be a string that is not empty, got \"\""
    );
}

#[wasm_bindgen_test]
async fn the_machines_token_is_given_for_an_audience_of_ones_own() {
    let service = Service::with_tokens(|_| reply(200, &json!({})));
    let kinde = with(&service, "machine-token").build().unwrap();
    let wanted = MachineToken {
        audience: Some("https://api.example.com".to_owned()),
        ..Default::default()
    };
    let tokens = kinde.tokens();
    assert_eq!(tokens.machine(&wanted).await.unwrap(), "token-1");
    assert_eq!(tokens.machine(&wanted).await.unwrap(), "token-1");
    kinde.business().get().await.unwrap();
    assert_eq!(authorizations(&service), ["Bearer token-2"]);
    assert_eq!(
        service.sent()[0].form()["audience"],
        "https://api.example.com"
    );
    assert_eq!(token_requests(&service), 2);

    let nothing = MachineToken {
        scope: Some(String::new()),
        ..Default::default()
    };
    let error = tokens.machine(&nothing).await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest { .. }), "{error}");
    let bare = service.builder().access_token("t").build().unwrap();
    let error = bare.tokens().machine(&wanted).await.unwrap_err();
    assert!(matches!(error, Error::Configuration { .. }), "{error}");
}

#[wasm_bindgen_test]
async fn audience_and_scope_are_asked_for() {
    let service = Service::with_tokens(|_| reply(200, &json!({})));
    let builder = with(&service, "scoped").audience("https://other/api");
    let kinde = builder.scope("read:users read:roles").build().unwrap();
    kinde.business().get().await.unwrap();
    let form = service.sent()[0].form();
    assert_eq!(form["audience"], "https://other/api");
    assert_eq!(form["scope"], "read:users read:roles");
    assert_eq!(form["client_secret"], "the secret&=");
}

#[wasm_bindgen_test]
async fn concurrent_calls_share_one_token() {
    let service = Service::with_tokens(|_| later(20, || reply(200, &json!({}))));
    let kinde = with(&service, "concurrent").build().unwrap();
    let calls = (0..10).map(|_| kinde.business().get().into_future());
    for result in together(calls).await {
        result.unwrap();
    }
    assert_eq!(token_requests(&service), 1);
    assert_eq!(authorizations(&service), ["Bearer token-1"; 10]);
}

#[wasm_bindgen_test]
async fn clients_with_the_same_credentials_share_their_token_and_others_do_not() {
    let service = Service::with_tokens(|_| reply(200, &json!({})));
    for builder in [
        with(&service, "shared"),
        with(&service, "shared"),
        with(&service, "shared").scope("read:users"),
        with(&service, "shared").audience("https://other/api"),
        with(&service, "shared-too"),
        with(&service, "shared"),
    ] {
        builder.build().unwrap().business().get().await.unwrap();
    }
    let tokens = [1, 1, 2, 3, 4, 1].map(|number| format!("Bearer token-{number}"));
    assert_eq!(authorizations(&service), tokens);
}

#[wasm_bindgen_test]
async fn a_401_gets_one_new_token_and_one_more_try() {
    let service = Service::with_tokens(|sent| match sent.headers["authorization"].as_str() {
        "Bearer token-1" => reply(401, &json!({})),
        _ => reply(200, &json!({ "code": "OK" })),
    });
    let kinde = with(&service, "revoked").build().unwrap();
    // Also where writes are not repeated: the service has not done anything.
    let params = kinde_edge::params::CreateRole::default();
    kinde.roles().create(&params).await.unwrap();
    kinde.business().get().await.unwrap();
    let tokens = ["Bearer token-1", "Bearer token-2", "Bearer token-2"];
    assert_eq!(authorizations(&service), tokens);
}

#[wasm_bindgen_test]
async fn a_401_that_stays_is_the_result() {
    let service = Service::with_tokens(|_| reply(401, &json!({})));
    let kinde = with(&service, "refused").build().unwrap();
    let error = kinde.business().get().await.unwrap_err();
    assert!(matches!(error, Error::Api { status: 401, .. }), "{error}");
    assert_eq!(error.code(), "authentication");
    assert_eq!(error.context().unwrap().attempts, 2);
    assert_eq!(
        authorizations(&service),
        ["Bearer token-1", "Bearer token-2"]
    );
}

#[wasm_bindgen_test]
async fn concurrent_401s_get_one_new_token() {
    let service = Service::with_tokens(|sent| match sent.headers["authorization"].as_str() {
        "Bearer token-1" => later(5, || reply(401, &json!({}))),
        _ => reply(200, &json!({})),
    });
    let kinde = with(&service, "revoked-for-many").build().unwrap();
    let calls = (0..5).map(|_| kinde.business().get().into_future());
    for result in together(calls).await {
        result.unwrap();
    }
    assert_eq!(token_requests(&service), 2);
}

#[wasm_bindgen_test]
async fn a_401_for_a_token_of_ones_own_is_the_result() {
    let service = Service::new(|_| reply(401, &json!({})));
    let error = service.client().business().get().await.unwrap_err();
    assert!(matches!(error, Error::Api { status: 401, .. }), "{error}");
    service.only();
}

/// Tokens that live for so long, with the number of their request.
fn lasting(expires_in: Value) -> Service {
    Service::new(move |sent| match sent.is_token_request() {
        true => {
            let token = format!("token-{}", sent.number);
            let body = json!({ "access_token": token, "expires_in": expires_in });
            later(1, move || reply(200, &body))
        }
        false => reply(200, &json!({})),
    })
}

#[wasm_bindgen_test]
async fn a_token_is_renewed_before_it_expires() {
    for (id, expires_in, kept, renewed) in [
        ("lasts a day", json!(86_400), 86_300.0, 86_345.0),
        ("lasts a while", json!("100"), 80.0, 91.0),
        ("says nothing", json!(null), 200.0, 271.0),
    ] {
        let service = lasting(expires_in);
        let kinde = with(&service, id).build().unwrap();
        kinde.business().get().await.unwrap();
        for seconds in [kept, renewed] {
            let _clock = Clock::ahead(seconds * 1000.0);
            kinde.business().get().await.unwrap();
        }
        let tokens = ["Bearer token-0", "Bearer token-0", "Bearer token-3"];
        assert_eq!(authorizations(&service), tokens, "{id}");
    }
}

#[wasm_bindgen_test]
async fn one_call_renews_while_the_others_use_what_is_still_good() {
    let service = lasting(json!(1000));
    let kinde = with(&service, "renewed").build().unwrap();
    kinde.business().get().await.unwrap();
    let _clock = Clock::ahead(945_000.0);
    let calls = (0..4).map(|_| kinde.business().get().into_future());
    for result in together(calls).await {
        result.unwrap();
    }
    assert_eq!(token_requests(&service), 2);
    let mut used = authorizations(&service);
    used.sort();
    let (old, new) = ("Bearer token-0", "Bearer token-2");
    assert_eq!(used, [old, old, old, old, new]);
}

#[wasm_bindgen_test]
async fn a_refusal_says_what_the_token_endpoint_says() {
    let service = Service::new(|_| {
        let body = json!({ "error": "invalid_client", "error_description": "Unknown client" });
        reply(401, &body)
    });
    let kinde = with(&service, "unknown").build().unwrap();
    let error = kinde.users().list(&Default::default()).await.unwrap_err();
    assert!(matches!(error, Error::Authentication { .. }), "{error}");
    assert_eq!(
        error.message(),
        "users.list (getUsers): the token endpoint refused (401): invalid_client: Unknown client"
    );
    assert_eq!(
        (error.code(), error.status()),
        ("authentication", Some(401))
    );
    assert_eq!(error.errors().len(), 1);
    assert_eq!(error.errors()[0].code, "invalid_client");
    assert_eq!(error.errors()[0].message, "Unknown client");
    assert_eq!(error.required_scope(), None);
    assert!(!error.is_retryable());
    assert_eq!(error.context().unwrap().attempts, 0);
    assert_eq!(service.calls(), ["POST /oauth2/token"]);
}

#[wasm_bindgen_test]
async fn a_token_endpoint_that_recovers_is_no_failure_even_for_a_write() {
    let service = Service::new(|sent| match (sent.number, sent.is_token_request()) {
        (0, _) => reply_with(503, &[("retry-after", "0")], "<h1>busy</h1>"),
        (_, true) => reply(200, &json!({ "access_token": "late", "expires_in": 60 })),
        (_, false) => reply(200, &json!({})),
    });
    let kinde = with(&service, "recovers").build().unwrap();
    let params = kinde_edge::params::CreateRole::default();
    kinde.roles().create(&params).await.unwrap();
    let calls = [
        "POST /oauth2/token",
        "POST /oauth2/token",
        "POST /api/v1/roles",
    ];
    assert_eq!(service.calls(), calls);
}

#[wasm_bindgen_test]
async fn a_token_endpoint_that_cannot_be_reached_fails_the_call() {
    let service = Service::new(|_| reject(&"offline".into()));
    let kinde = with(&service, "offline").max_retries(0).build().unwrap();
    let error = kinde.business().get().await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error}");
    assert_eq!(error.context().unwrap().cause, "offline");
    // It is not remembered.
    let kinde = with(&service, "offline").max_retries(0).build().unwrap();
    kinde.business().get().await.unwrap_err();
    assert_eq!(token_requests(&service), 2);
}

#[wasm_bindgen_test]
async fn a_token_answer_without_a_token_fails_the_call() {
    for body in [
        "{}",
        "<html>",
        "",
        r#"{"access_token":1}"#,
        r#"{"access_token":"a b"}"#,
    ] {
        let service = Service::new(move |_| reply_with(200, &[], body));
        let kinde = with(&service, &["answers ", body].concat())
            .build()
            .unwrap();
        let error = kinde.business().get().await.unwrap_err();
        assert!(matches!(error, Error::Authentication { .. }), "{error}");
        let message = "business.get (getBusiness): the token endpoint answered without a usable \
                       access_token";
        assert_eq!(error.message(), message);
        assert_eq!(service.calls(), ["POST /oauth2/token"]);
    }
}

#[wasm_bindgen_test]
async fn one_callers_haste_is_not_the_others_failure() {
    let service = Service::new(|sent| match sent.is_token_request() {
        true => later(60, || {
            reply(200, &json!({ "access_token": "slow", "expires_in": 60 }))
        }),
        false => reply(200, &json!({})),
    });
    let kinde = with(&service, "haste").build().unwrap();
    let hasty = kinde.business().get().timeout(Duration::from_millis(10));
    let hasty = hasty.max_retries(0).into_future();
    let patient = kinde.business().get().into_future();
    let results = together([hasty, patient]).await;
    assert!(matches!(results[0], Err(Error::Timeout { .. })));
    assert!(results[1].is_ok());
}
