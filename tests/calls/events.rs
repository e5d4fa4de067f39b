//! What a client tells of its calls.

use crate::double::{Service, TOKEN, never, reply, reply_with};
use kinde_edge::{Event, EventKind, Kinde, Level};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

type Events = Arc<Mutex<Vec<Event>>>;

/// A client with credentials, and what it told.
fn observed(service: &Service, id: &str) -> (Kinde, Events) {
    let events = Events::default();
    let notes = events.clone();
    let builder = service.builder().client_credentials(id, "a secret");
    let builder = builder.on_event(move |event| notes.lock().unwrap().push(event.clone()));
    (builder.build().unwrap(), events)
}

/// The lines, with every time as `#`.
fn lines(events: &Events) -> Vec<String> {
    let line = |event: &Event| {
        let text = event.to_string();
        let words = text.split(' ').map(|word| match word.parse::<u32>() {
            Ok(number) if number < 400 => "#",
            _ => word,
        });
        words.collect::<Vec<_>>().join(" ")
    };
    events.lock().unwrap().iter().map(line).collect()
}

#[wasm_bindgen_test]
async fn every_step_of_a_call_is_told() {
    let service = Service::with_tokens(|sent| match sent.number {
        1 => reply_with(503, &[("retry-after", "0.02")], ""),
        _ => reply_with(403, &[], ""),
    });
    let (kinde, events) = observed(&service, "told");
    kinde.users().list(&Default::default()).await.unwrap_err();
    assert_eq!(
        lines(&events),
        [
            "kinde-edge: users.list: GET /api/v1/users: new token after # ms (attempt 1)",
            "kinde-edge: users.list: GET /api/v1/users: sent (attempt 1)",
            "kinde-edge: users.list: GET /api/v1/users: server: 503 after # ms (attempt 1)",
            "kinde-edge: users.list: GET /api/v1/users: tried again: server: 503 in # ms (attempt 1)",
            "kinde-edge: users.list: GET /api/v1/users: sent (attempt 2)",
            "kinde-edge: users.list: GET /api/v1/users: permission_denied: 403 after # ms (attempt 2)",
            "kinde-edge: users.list: GET /api/v1/users: failed: permission_denied: 403 (attempt 2)",
        ]
    );
    let events = events.lock().unwrap();
    let call = events[0].call();
    assert!(call > 0 && events.iter().all(|event| event.call() == call));
    let levels: Vec<_> = events.iter().map(Event::level).collect();
    let (debug, info) = (Level::Debug, Level::Info);
    assert_eq!(
        levels,
        [info, debug, debug, info, debug, debug, Level::Error]
    );

    let answer = &events[2];
    assert_eq!(answer.kind(), EventKind::Response);
    assert_eq!(answer.operation().unwrap().id(), "getUsers");
    assert_eq!((answer.method(), answer.path()), ("GET", "/api/v1/users"));
    assert_eq!(answer.domain(), "https://acme.kinde.com");
    assert_eq!((answer.attempt(), answer.status()), (1, Some(503)));
    assert_eq!(answer.error(), Some("server"));
    assert!(answer.duration().unwrap() < Duration::from_secs(5));
    assert_eq!(answer.wait(), None);
    assert_eq!(events[3].wait(), Some(Duration::from_millis(20)));
    assert!(!events[0].stored());
}

#[wasm_bindgen_test]
async fn a_hook_may_add_headers() {
    let service = Service::of(json!({}));
    let builder = service.builder().access_token(TOKEN).on_event(|event| {
        event.set_header("traceparent", "00-1");
        event.set_header("not allowed", "a\nb");
    });
    builder.build().unwrap().business().get().await.unwrap();
    let headers = &service.only().headers;
    assert_eq!(headers["traceparent"], "00-1");
    assert_eq!(headers.len(), 3, "{headers:?}");
}

#[wasm_bindgen_test]
async fn no_answer_has_no_status() {
    let service = Service::new(|_| never());
    let told = Events::default();
    let notes = told.clone();
    let builder = service.builder().access_token(TOKEN).max_retries(0);
    let kinde = builder
        .on_event(move |event| notes.lock().unwrap().push(event.clone()))
        .build()
        .unwrap();
    let call = kinde.business().get().timeout(Duration::from_millis(20));
    call.await.unwrap_err();
    let told = told.lock().unwrap();
    let kinds: Vec<_> = told.iter().map(Event::kind).collect();
    let expected = [EventKind::Request, EventKind::Response, EventKind::Failure];
    assert_eq!(kinds, expected);
    assert_eq!((told[1].status(), told[1].error()), (None, Some("timeout")));
}

#[wasm_bindgen_test]
async fn nothing_private_is_told() {
    let service = Service::with_tokens(|_| reply(200, &json!({ "id": "in the answer" })));
    let (kinde, events) = observed(&service, "private");
    let params = kinde_edge::params::UpdateUser {
        given_name: Some("in the body".into()),
        ..Default::default()
    };
    kinde.users().update("in the query", &params).await.unwrap();
    let text = format!("{:?}", events.lock().unwrap());
    for secret in ["a secret", "token-1", "in the"] {
        assert!(!text.contains(secret), "{text}");
    }
}
