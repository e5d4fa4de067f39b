//! What a call leaves behind when it ends, and when nobody waits for its end.

use crate::double::{Service, begin, later, never, reply, reply_with, sleep, together};
use js_sys::{Function, Object, Reflect};
use kinde_edge::Error;
use serde_json::json;
use std::future::IntoFuture;
use std::time::Duration;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// Counts the timers that run, until it goes out of scope.
struct Timers(Object);

impl Timers {
    fn watch() -> Self {
        let watch = Function::new_no_args(
            "const { setTimeout, clearTimeout } = globalThis;
             const running = new Set();
             let last = 0;
             globalThis.setTimeout = (callback, delay) => {
               const timer = setTimeout(() => (running.delete(timer), callback()), delay);
               last = delay;
               running.add(timer);
               return timer;
             };
             globalThis.clearTimeout = (timer) => (running.delete(timer), clearTimeout(timer));
             return {
               running: () => running.size,
               last: () => last,
               restore: () => Object.assign(globalThis, { setTimeout, clearTimeout }),
             };",
        );
        Timers(watch.call0(&JsValue::UNDEFINED).unwrap().unchecked_into())
    }

    fn ask(&self, name: &str) -> JsValue {
        let function: Function = Reflect::get(&self.0, &name.into())
            .unwrap()
            .unchecked_into();
        function.call0(&JsValue::UNDEFINED).unwrap()
    }

    fn running(&self) -> f64 {
        self.ask("running").as_f64().unwrap()
    }

    /// The milliseconds of the one that began last.
    fn last(&self) -> f64 {
        self.ask("last").as_f64().unwrap()
    }
}

impl Drop for Timers {
    fn drop(&mut self) {
        self.ask("restore");
    }
}

/// An `AbortSignal` that counts who listens to it.
fn counted_signal() -> (web_sys::AbortSignal, impl Fn() -> f64) {
    let make = Function::new_no_args(
        "const signal = new AbortController().signal;
         let listeners = 0;
         const { addEventListener, removeEventListener } = signal;
         signal.addEventListener = (...args) => (listeners++, addEventListener.apply(signal, args));
         signal.removeEventListener = (...args) => (listeners--, removeEventListener.apply(signal, args));
         signal.listeners = () => listeners;
         return signal;",
    );
    let signal = make.call0(&JsValue::UNDEFINED).unwrap();
    let listeners: Function = Reflect::get(&signal, &"listeners".into())
        .unwrap()
        .unchecked_into();
    let count = move || {
        listeners
            .call0(&JsValue::UNDEFINED)
            .unwrap()
            .as_f64()
            .unwrap()
    };
    (signal.unchecked_into(), count)
}

#[wasm_bindgen_test]
async fn a_call_that_ended_leaves_no_timer_and_no_listener() {
    let (signal, listeners) = counted_signal();
    for answer in [
        || reply(200, &json!({})),
        || reply(404, &json!({})),
        || reply_with(200, &[], "<html>"),
        || crate::double::reject(&"no".into()),
        never,
    ] {
        let service = Service::new(move |_| answer());
        let kinde = service.client();
        let timers = Timers::watch();
        let call = kinde.business().get().max_retries(0).signal(&signal);
        let _ = call.timeout(Duration::from_millis(10)).await;
        assert_eq!(timers.last(), 10.0);
        assert_eq!(timers.running(), 0.0);
        assert_eq!(listeners(), 0.0);
    }
}

#[wasm_bindgen_test]
async fn a_call_that_is_never_awaited_does_nothing() {
    let service = Service::of(json!({}));
    let timers = Timers::watch();
    let kinde = service.client();
    drop(kinde.business().get());
    drop(kinde.business().get().into_future());
    sleep(5).await;
    assert_eq!(service.calls(), [""; 0]);
    assert_eq!(timers.running(), 0.0);
}

#[wasm_bindgen_test]
async fn a_dropped_call_leaves_no_timer_and_no_listener() {
    let (signal, listeners) = counted_signal();
    let service = Service::new(|_| never());
    let kinde = service.client();
    let timers = Timers::watch();
    let mut call = kinde.business().get().signal(&signal).into_future();
    begin(&mut call).await;
    service.only();
    assert_eq!((timers.running(), listeners()), (1.0, 1.0));
    drop(call);
    assert_eq!((timers.running(), listeners()), (0.0, 0.0));
    // Its request is ended, not what the caller may use for others.
    assert!(service.only().signal.aborted() && !signal.aborted());
}

#[wasm_bindgen_test]
async fn a_call_dropped_between_two_attempts_makes_no_other() {
    let service = Service::new(|_| reply_with(503, &[("retry-after", "0.5")], ""));
    let kinde = service.client();
    let timers = Timers::watch();
    let mut call = kinde.business().get().into_future();
    begin(&mut call).await;
    while timers.last() != 500.0 {
        sleep(0).await;
        begin(&mut call).await;
    }
    assert_eq!(timers.running(), 1.0);
    drop(call);
    assert_eq!(timers.running(), 0.0);
    sleep(600).await;
    service.only();
}

#[wasm_bindgen_test]
async fn a_dropped_call_is_not_the_others_end() {
    let service = Service::new(|_| later(20, || reply(200, &json!({ "code": "OK" }))));
    let controller = web_sys::AbortController::new().unwrap();
    let signal = controller.signal();
    let kinde = service.client();
    let mut dropped = kinde.business().get().signal(&signal).into_future();
    let mut kept = kinde.business().get().signal(&signal).into_future();
    begin(&mut dropped).await;
    begin(&mut kept).await;
    drop(dropped);
    assert_eq!(kept.await.unwrap().code.as_deref(), Some("OK"));
    assert_eq!(service.sent().len(), 2);
    assert!(!service.sent()[1].signal.aborted() && !signal.aborted());
}

#[wasm_bindgen_test]
async fn an_answer_that_comes_after_the_drop_does_no_harm() {
    for answer in [
        || reply(200, &json!({})),
        || crate::double::reject(&"late".into()),
    ] {
        let service = Service::new(move |_| later(10, answer));
        let kinde = service.client();
        let mut call = kinde.business().get().into_future();
        begin(&mut call).await;
        drop(call);
        drop(kinde);
        sleep(30).await;
    }
    let service = Service::of(json!({ "code": "OK" }));
    let answer = service.client().business().get().await.unwrap();
    assert_eq!(answer.code.as_deref(), Some("OK"));
}

#[wasm_bindgen_test]
async fn a_call_dropped_while_it_fetches_a_token_does_not_lock_out_the_others() {
    let service = Service::new(|sent| match (sent.number, sent.is_token_request()) {
        (0, _) => never(),
        (_, true) => reply(200, &json!({ "access_token": "second", "expires_in": 60 })),
        (_, false) => reply(200, &json!({})),
    });
    let builder = service.builder().client_credentials("dropped", "secret");
    let kinde = builder.build().unwrap();
    let mut call = kinde.business().get().into_future();
    begin(&mut call).await;
    drop(call);
    kinde
        .business()
        .get()
        .deadline(Duration::from_secs(1))
        .await
        .unwrap();
    assert_eq!(service.sent()[2].headers["authorization"], "Bearer second");
}

#[wasm_bindgen_test]
async fn a_call_that_is_aborted_while_it_waits_for_a_token_leaves_the_token_to_the_others() {
    let service = Service::new(|sent| match sent.is_token_request() {
        true => later(40, || {
            reply(200, &json!({ "access_token": "slow", "expires_in": 60 }))
        }),
        false => reply(200, &json!({})),
    });
    let builder = service.builder().client_credentials("aborted", "secret");
    let kinde = builder.build().unwrap();
    let controller = web_sys::AbortController::new().unwrap();
    let signal = controller.signal();
    let first = kinde.business().get().into_future();
    let second = kinde.business().get().signal(&signal).into_future();
    let mut calls = [first, second];
    for call in &mut calls {
        begin(call).await;
    }
    controller.abort();
    let results = together(calls).await;
    assert!(results[0].is_ok());
    assert!(matches!(results[1], Err(Error::Aborted { .. })));
    assert_eq!(
        service.calls(),
        ["POST /oauth2/token", "GET /api/v1/business"]
    );
}
