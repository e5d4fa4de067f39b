//! So many requests at once, and no more.

use crate::double::{Service, TOKEN, begin, later, reply, reply_with, together};
use kinde_edge::{Error, Kinde};
use serde_json::{Value, json};
use std::cell::Cell;
use std::future::IntoFuture;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

/// A client whose calls take some time, and the most that were under way at once.
fn limited(requests: u32) -> (Service, Kinde, Rc<Cell<u32>>) {
    let now = Rc::new(Cell::new(0));
    let most = Rc::new(Cell::new(0));
    let service = Service::new({
        let most = most.clone();
        move |_| {
            now.set(now.get() + 1);
            most.set(most.get().max(now.get()));
            let now = now.clone();
            later(10, move || {
                now.set(now.get() - 1);
                reply(200, &json!({}))
            })
        }
    });
    let builder = service.builder().access_token(TOKEN);
    let kinde = builder.max_concurrency(requests).build().unwrap();
    (service, kinde, most)
}

#[wasm_bindgen_test]
async fn clones_share_the_limit_and_keep_the_order() {
    let (service, kinde, most) = limited(3);
    let calls = (0..20).map(|number| {
        let kinde = kinde.clone();
        async move {
            let call = kinde.request::<Value>("GET", "/x");
            call.query(&json!({ "n": number })).await
        }
    });
    for result in together(calls).await {
        result.unwrap();
    }
    assert_eq!(most.get(), 3);
    // As many as can go at once may change places.
    for (index, call) in service.calls().iter().enumerate() {
        let number: usize = call.strip_prefix("GET /x?n=").unwrap().parse().unwrap();
        assert!(number.abs_diff(index) <= 4, "{:?}", service.calls());
    }
}

#[wasm_bindgen_test]
async fn a_call_that_is_dropped_leaves() {
    let (service, kinde, _) = limited(1);
    let mut under_way = kinde.business().get().into_future();
    let mut waiting = kinde.industries().list().into_future();
    begin(&mut under_way).await;
    begin(&mut waiting).await;
    drop(under_way);
    drop(waiting);
    kinde.environment().get().await.unwrap();
    assert_eq!(
        service.calls(),
        ["GET /api/v1/business", "GET /api/v1/environment"]
    );
}

#[wasm_bindgen_test]
async fn a_refusal_stops_all() {
    let service = Service::new(|sent| match sent.number {
        0 => reply_with(429, &[("ratelimit-reset", "0.1")], ""),
        _ => reply(200, &json!({})),
    });
    let builder = service.builder().access_token(TOKEN);
    let kinde = builder.max_concurrency(1).build().unwrap();
    let started = js_sys::Date::now();
    let calls = (0..3).map(|_| kinde.business().get().into_future());
    for result in together(calls).await {
        result.unwrap();
    }
    assert!(js_sys::Date::now() - started >= 99.0);
    assert_eq!(service.sent().len(), 4);
}

#[wasm_bindgen_test]
async fn a_deadline_counts_the_wait() {
    let (service, kinde, _) = limited(1);
    let mut first = kinde.business().get().into_future();
    begin(&mut first).await;
    let late = kinde.business().get().deadline(Duration::from_millis(1));
    let error = late.await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    first.await.unwrap();
    assert_eq!(service.sent().len(), 1);
}

#[wasm_bindgen_test]
fn none_at_once_is_a_mistake() {
    let builder = Kinde::builder("acme.kinde.com").max_concurrency(0);
    assert_eq!(
        builder.build().unwrap_err().to_string(),
        "maxConcurrency: expected a whole number above 0, got 0"
    );
}
