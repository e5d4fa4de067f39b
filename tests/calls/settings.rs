//! What a client can be told, and what is refused when it is built.

use crate::double::{DOMAIN, Service, TOKEN, never, reply, reply_with};
use js_sys::Function;
use kinde_edge::{Builder, Error, Kinde};
use serde_json::json;
use std::convert::Infallible;
use std::future::IntoFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

fn refused(builder: Builder) -> String {
    let error = builder.build().unwrap_err();
    assert!(matches!(error, Error::Configuration { .. }), "{error}");
    assert_eq!(error.code(), "configuration");
    assert!(error.context().is_none() && error.status().is_none() && !error.is_retryable());
    error.message()
}

#[wasm_bindgen_test]
async fn a_domain_has_several_spellings() {
    for domain in [
        "acme.kinde.com",
        "https://acme.kinde.com",
        "https://acme.kinde.com/",
        "https://ACME.kinde.com:443",
    ] {
        let service = Service::of(json!({}));
        let builder = Kinde::builder(domain)
            .access_token(TOKEN)
            .fetch(service.fetch());
        let kinde = builder.build().unwrap();
        kinde.business().get().await.unwrap();
        assert_eq!(service.only().url, [DOMAIN, "/api/v1/business"].concat());
    }
}

#[wasm_bindgen_test]
fn a_wrong_setting_is_named() {
    for domain in [
        "",
        " ",
        "ftp://acme.kinde.com",
        "https://acme.kinde.com/api",
        "https://user:pass@acme.kinde.com",
        "acme.kinde.com?x",
        "https://",
    ] {
        let message = refused(Kinde::builder(domain).access_token(TOKEN));
        assert!(
            message.starts_with("domain must be "),
            "{domain}: {message}"
        );
    }
    let builder = || Kinde::builder(DOMAIN);
    let not_empty = "must be a string that is not empty, got \"\"";
    for (builder, message) in [
        (
            builder().access_token(""),
            ["accessToken ", not_empty].concat(),
        ),
        (
            builder().client_credentials("", "x"),
            ["clientId ", not_empty].concat(),
        ),
        (
            builder().client_credentials("x", ""),
            ["clientSecret ", not_empty].concat(),
        ),
        (builder().audience(""), ["audience ", not_empty].concat()),
        (builder().scope(""), ["scope ", not_empty].concat()),
        (
            builder()
                .access_token(TOKEN)
                .client_credentials("id", "secret"),
            "give accessToken, or clientId and clientSecret, not both".into(),
        ),
    ] {
        assert_eq!(refused(builder), message);
    }
    for (builder, name) in [
        (builder().timeout(Duration::ZERO), "timeout"),
        (builder().deadline(Duration::ZERO), "deadline"),
        (builder().header("a b", "x"), "headers"),
        (builder().header("a", "x\n"), "headers"),
    ] {
        let message = refused(builder);
        assert!(message.starts_with(name), "{message}");
    }
}

#[wasm_bindgen_test]
async fn a_client_without_credentials_fails_at_the_call() {
    let service = Service::of(json!({}));
    let kinde = service.builder().build().unwrap();
    let error = kinde.business().get().await.unwrap_err();
    assert!(matches!(error, Error::Configuration { .. }), "{error}");
    assert!(error.message().contains("no credentials"), "{error}");
    assert_eq!(service.calls(), [""; 0]);
}

#[wasm_bindgen_test]
async fn the_longest_limits_are_no_limits() {
    let service = Service::of(json!({}));
    let builder = service.builder().access_token(TOKEN);
    let builder = builder.timeout(Duration::MAX).deadline(Duration::MAX);
    builder.build().unwrap().business().get().await.unwrap();
}

/// Far above what a test takes on a busy machine, far below what it would without the limit.
const SOON: f64 = 10_000.0;

#[wasm_bindgen_test]
async fn the_timeout_of_the_client_and_of_the_call() {
    for (client, call, least) in [(30, None, 30.0), (60_000, Some(20), 20.0)] {
        let service = Service::new(|_| never());
        let builder = service.builder().access_token(TOKEN).max_retries(0);
        let builder = builder.timeout(Duration::from_millis(client));
        let kinde = builder.build().unwrap();
        let mut get = kinde.business().get();
        if let Some(call) = call {
            get = get.timeout(Duration::from_millis(call));
        }
        let start = js_sys::Date::now();
        let error = get.await.unwrap_err();
        let took = js_sys::Date::now() - start;
        assert!(matches!(error, Error::Timeout { .. }), "{error}");
        // Timers and clock may differ by a millisecond.
        assert!((least - 2.0..SOON).contains(&took), "{took} ms");
        // What nobody waits for any more is cancelled.
        assert!(service.only().signal.aborted());
    }
}

#[wasm_bindgen_test]
async fn a_deadline_ends_the_call_and_not_only_the_attempt() {
    let service = Service::new(|_| reply_with(503, &[("retry-after", "0.01")], ""));
    let builder = service.builder().access_token(TOKEN).max_retries(1_000_000);
    let kinde = builder
        .deadline(Duration::from_millis(100))
        .build()
        .unwrap();
    let start = js_sys::Date::now();
    let error = kinde.business().get().await.unwrap_err();
    // The last refusal, or the limit itself where that fell into an attempt.
    assert!(
        error.status() == Some(503) || matches!(error, Error::Timeout { .. }),
        "{error}"
    );
    let tries = service.sent().len();
    assert!(tries > 1);
    let call = kinde.business().get();
    call.deadline(Duration::from_millis(1)).await.unwrap_err();
    assert!(service.sent().len() <= tries + 1);
    assert!(js_sys::Date::now() - start < SOON);

    let service = Service::new(|_| never());
    let kinde = service.client();
    let call = kinde.business().get().deadline(Duration::from_millis(10));
    let error = call.await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    service.only();
}

#[wasm_bindgen_test]
async fn a_function_gives_a_token_for_each_call() {
    let service = Service::of(json!({}));
    let given = Arc::new(AtomicU32::new(0));
    let count = given.clone();
    let provider = async move || -> Result<String, Infallible> {
        Ok(format!("own-{}", count.fetch_add(1, Ordering::Relaxed)))
    };
    let builder = service.builder().access_token_from(provider);
    let kinde = builder.build().unwrap();
    kinde.business().get().await.unwrap();
    let asynchronous = || async {
        JsFuture::from(js_sys::Promise::resolve(&JsValue::from("own-promise")))
            .await
            .map(|token: JsValue| token.as_string().unwrap())
            .map_err(|_| "no session")
    };
    let builder = service.builder().access_token_from(asynchronous);
    builder.build().unwrap().business().get().await.unwrap();
    kinde.clone().business().get().await.unwrap();
    let sent = service.sent();
    let tokens: Vec<_> = sent
        .iter()
        .map(|sent| &sent.headers["authorization"])
        .collect();
    assert_eq!(
        tokens,
        ["Bearer own-0", "Bearer own-promise", "Bearer own-1"]
    );
    drop(kinde);
    assert_eq!(Arc::strong_count(&given), 1, "the client is gone");
}

#[wasm_bindgen_test]
async fn a_function_that_gives_no_token_fails_the_call() {
    let unusable = "the access token is empty or holds a character that no token has";
    for (given, message) in [
        (Err("no session"), "access_token_from failed"),
        (Ok(""), unusable),
        (Ok("a b"), unusable),
    ] {
        let service = Service::of(json!({}));
        let provider = async move || given.map(str::to_owned);
        let builder = service.builder().access_token_from(provider);
        let kinde = builder.build().unwrap();
        let error = kinde.business().get().await.unwrap_err();
        assert!(matches!(error, Error::Authentication { .. }), "{error}");
        let expected = ["business.get (getBusiness): ", message].concat();
        assert_eq!(error.message(), expected);
        assert_eq!(service.calls(), [""; 0]);
        let cause = error.context().unwrap().cause.dyn_ref::<js_sys::Error>();
        let text = cause.map(|error| String::from(error.message()));
        assert_eq!(text.as_deref(), given.err());
    }
}

#[wasm_bindgen_test]
async fn a_function_that_never_answers_is_not_waited_for() {
    let service = Service::of(json!({}));
    let provider = || std::future::pending::<Result<String, Infallible>>();
    let builder = service.builder().access_token_from(provider);
    let kinde = builder.build().unwrap();
    let call = kinde.business().get().max_retries(0);
    let error = call.timeout(Duration::from_millis(10)).await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    let controller = web_sys::AbortController::new().unwrap();
    let call = kinde.business().get().signal(&controller.signal());
    let (error, ()) = futures::join!(call.into_future(), async { controller.abort() });
    assert!(matches!(error.unwrap_err(), Error::Aborted { .. }));
    assert_eq!(service.calls(), [""; 0]);
}

#[wasm_bindgen_test]
fn a_function_beside_a_token_or_credentials_is_refused() {
    let provider = || async { Ok::<_, Infallible>(String::new()) };
    for builder in [
        Kinde::builder("acme.kinde.com").access_token("token"),
        Kinde::builder("acme.kinde.com").client_credentials("id", "secret"),
    ] {
        let error = builder.access_token_from(provider).build().unwrap_err();
        assert_eq!(
            error.message(),
            "give accessToken, or clientId and clientSecret, not both"
        );
    }
}

/// As the state of a framework and the errors of `anyhow` have to be.
#[wasm_bindgen_test]
fn clients_and_errors_can_go_anywhere() {
    fn anywhere<T: Send + Sync + 'static>() {}
    anywhere::<Kinde>();
    anywhere::<Error>();
    let service = Service::of(json!({}));
    let error: Box<dyn std::error::Error + Send + Sync> =
        service.builder().header("", "").build().unwrap_err().into();
    assert!(!error.to_string().is_empty());
}

#[wasm_bindgen_test]
async fn the_fetch_of_a_client_is_its_own() {
    let one = Service::new(|_| reply(200, &json!({ "code": "one" })));
    let two = Service::new(|_| reply(200, &json!({ "code": "two" })));
    for (service, code) in [(&one, "one"), (&two, "two")] {
        let answer = service.client().business().get().await.unwrap();
        assert_eq!(answer.code.as_deref(), Some(code));
        service.only();
    }
}

#[wasm_bindgen_test]
async fn a_fetch_may_throw_and_may_give_no_promise() {
    let answer =
        "return { status: 200, headers: new Headers(), text: async () => '{\"code\":\"OK\"}' }";
    let kinde = |body: &str| {
        let fetch = Function::new_no_args(body);
        let builder = Kinde::builder(DOMAIN).access_token(TOKEN).fetch(&fetch);
        builder.max_retries(0).build().unwrap()
    };
    let found = kinde(answer).business().get().await.unwrap();
    assert_eq!(found.code.as_deref(), Some("OK"));
    for body in ["throw 'no'", "return undefined", "return { status: 200 }"] {
        let error = kinde(body).business().get().await.unwrap_err();
        assert!(matches!(error, Error::Connection { .. }), "{body}: {error}");
    }
}

#[wasm_bindgen_test]
async fn a_clone_is_the_same_client() {
    let service = Service::of(json!({}));
    let kinde = service.client();
    kinde.clone().business().get().await.unwrap();
    assert_eq!(service.only().headers["authorization"], "Bearer the-token");
}
