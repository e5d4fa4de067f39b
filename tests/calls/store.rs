//! A token store of the caller's.

use crate::double::{Clock, Service, never, reply, reply_with};
use kinde_edge::{EventKind, Kinde, StoreFuture, TokenStore};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// A store in memory that notes what is asked of it.
#[derive(Clone, Default)]
struct Store {
    kept: Arc<Mutex<BTreeMap<String, String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Store {
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    fn only(&self) -> Value {
        let kept = self.kept.lock().unwrap();
        assert_eq!(kept.len(), 1);
        serde_json::from_str(kept.values().next().unwrap()).unwrap()
    }
}

impl TokenStore for Store {
    fn get<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<String>> {
        Box::pin(async move {
            self.asked.lock().unwrap().push("get".into());
            Ok(self.kept.lock().unwrap().get(common(key)).cloned())
        })
    }

    fn set<'a>(&'a self, key: &'a str, value: &'a str, seconds: u32) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.asked
                .lock()
                .unwrap()
                .push(format!("set for {seconds} s"));
            self.kept
                .lock()
                .unwrap()
                .insert(common(key).into(), value.into());
            Ok(())
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.asked.lock().unwrap().push("delete".into());
            self.kept.lock().unwrap().remove(common(key));
            Ok(())
        })
    }
}

/// A key without the hash of the secret: what the clients here share.
fn common(key: &str) -> &str {
    key.rsplit_once(':').unwrap().0
}

/// Clients with other secrets share nothing but the store.
fn client(service: &Service, store: &Store, id: &str, secret: &str) -> Kinde {
    let builder = service.builder().client_credentials(id, secret);
    builder.token_store(store.clone()).build().unwrap()
}

fn token_requests(service: &Service) -> usize {
    let sent = service.sent();
    sent.iter().filter(|sent| sent.is_token_request()).count()
}

#[wasm_bindgen_test]
async fn a_token_is_kept_and_found_again() {
    let service = Service::with_tokens(|_| reply(200, &json!({})));
    let store = Store::default();
    let one = client(&service, &store, "kept", "one");
    one.business().get().await.unwrap();
    one.business().get().await.unwrap();
    assert_eq!(store.asked(), ["get", "set for 3600 s"]);
    let kept = store.only();
    assert_eq!(kept["access_token"], "token-1");
    assert_eq!(kept["expires_in"], 3600.0);
    let left = kept["expires_at"].as_f64().unwrap() - js_sys::Date::now();
    assert!(left > 3_590_000.0 && left <= 3_600_000.0, "{left}");
    assert_eq!(
        store.kept.lock().unwrap().keys().next().unwrap(),
        "kinde-edge:https%3A%2F%2Facme.kinde.com:kept:https%3A%2F%2Facme.kinde.com%2Fapi:"
    );

    let other = client(&service, &store, "kept", "two");
    other.business().get().await.unwrap();
    assert_eq!(token_requests(&service), 1);
    assert_eq!(store.asked(), ["get"]);
    assert_eq!(service.sent()[3].headers["authorization"], "Bearer token-1");
}

#[wasm_bindgen_test]
async fn a_token_that_expires_soon_is_not_used() {
    let service = Service::with_tokens(|_| reply(200, &json!({})));
    let store = Store::default();
    let one = client(&service, &store, "soon", "one");
    one.business().get().await.unwrap();
    let _clock = Clock::ahead(3_541_000.0);
    let other = client(&service, &store, "soon", "two");
    other.business().get().await.unwrap();
    assert_eq!(token_requests(&service), 2);
    assert_eq!(store.only()["access_token"], "token-2");
}

#[wasm_bindgen_test]
async fn a_token_that_is_refused_is_replaced() {
    let service = Service::with_tokens(|sent| match sent.headers["authorization"].as_str() {
        "Bearer token-1" => reply_with(401, &[], ""),
        _ => reply(200, &json!({})),
    });
    let store = Store::default();
    let kinde = client(&service, &store, "refused", "one");
    kinde.business().get().await.unwrap();
    assert_eq!(
        store.asked(),
        ["get", "set for 3600 s", "get", "delete", "set for 3600 s"]
    );
    assert_eq!(store.only()["access_token"], "token-2");
}

/// A store that always fails, or never answers.
struct Broken(fn() -> StoreFuture<'static, ()>);

impl TokenStore for Broken {
    fn get<'a>(&'a self, _: &'a str) -> StoreFuture<'a, Option<String>> {
        Box::pin(async { (self.0)().await.map(|()| None) })
    }
    fn set<'a>(&'a self, _: &'a str, _: &'a str, _: u32) -> StoreFuture<'a, ()> {
        (self.0)()
    }
    fn delete<'a>(&'a self, _: &'a str) -> StoreFuture<'a, ()> {
        (self.0)()
    }
}

#[wasm_bindgen_test]
async fn a_store_that_fails_or_hangs_harms_no_call() {
    let fails: fn() -> StoreFuture<'static, ()> =
        || Box::pin(async { Err("it quotes token-1".into()) });
    let hangs: fn() -> StoreFuture<'static, ()> = || {
        Box::pin(async {
            JsFuture::from(never()).await.unwrap();
            Ok(())
        })
    };
    for (id, how) in [("fails", fails), ("hangs", hangs)] {
        let service = Service::with_tokens(|_| reply(200, &json!({})));
        let told = Arc::new(Mutex::new(Vec::new()));
        let notes = told.clone();
        let builder = service.builder().client_credentials(id, "secret");
        let kinde = builder
            .token_store(Broken(how))
            .on_event(move |event| {
                if event.kind() == EventKind::Store {
                    notes.lock().unwrap().push(event.to_string());
                }
            })
            .build()
            .unwrap();
        kinde.business().get().await.unwrap();
        assert_eq!(token_requests(&service), 1);
        let line =
            "kinde-edge: business.get: GET /api/v1/business: the token store failed (attempt 1)";
        assert_eq!(*told.lock().unwrap(), [line, line], "{id}");
    }
}

#[wasm_bindgen_test]
async fn rubbish_is_as_good_as_nothing() {
    let now = js_sys::Date::now();
    for rubbish in [
        json!(""),
        json!("token"),
        json!(5),
        json!([]),
        json!({}),
        json!({ "access_token": "old", "expires_in": 3600 }),
        json!({ "access_token": "old", "expires_in": "3600", "expires_at": now + 3_600_000.0 }),
        json!({ "access_token": "", "expires_in": 3600, "expires_at": now + 3_600_000.0 }),
        json!({ "access_token": "a\nb", "expires_in": 3600, "expires_at": now + 3_600_000.0 }),
        json!({ "access_token": 5, "expires_in": 3600, "expires_at": now + 3_600_000.0 }),
        json!({ "access_token": "old", "expires_in": 3600, "expires_at": now }),
        json!({ "access_token": "old", "expires_in": -1, "expires_at": now + 3_600_000.0 }),
    ] {
        let service = Service::with_tokens(|_| reply(200, &json!({})));
        let store = Store::default();
        let id = rubbish.to_string();
        let key = client(&service, &store, &id, "first");
        key.business().get().await.unwrap();
        for value in store.kept.lock().unwrap().values_mut() {
            *value = rubbish.to_string();
        }
        let other = client(&service, &store, &id, "second");
        other.business().get().await.unwrap();
        assert_eq!(token_requests(&service), 2, "{rubbish}");
        assert_eq!(store.only()["access_token"], "token-2", "{rubbish}");
    }
}
