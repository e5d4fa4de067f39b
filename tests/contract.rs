//! Every operation of the API, twice, against a server that knows the API document: Prism. It
//! checks each request against the document and answers with the document's example.
//!
//! `cargo xtask test` starts the server and says where it is in `KINDE_EDGE_PRISM`.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test")]

#[path = "generated/contract.rs"]
#[rustfmt::skip]
mod contract;

use kinde_edge::{Answer, Call, File, Kinde};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeSet;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

const PRISM: &str = match option_env!("KINDE_EDGE_PRISM") {
    Some(address) => address,
    None => "http://127.0.0.1:4010",
};

/// The calls made so far.
pub struct Calls {
    kinde: Kinde,
    made: BTreeSet<&'static str>,
    wrong: Vec<String>,
}

impl Calls {
    fn new() -> Self {
        let builder = Kinde::builder(PRISM).access_token("token");
        Calls {
            kinde: builder.build().unwrap(),
            made: BTreeSet::new(),
            wrong: Vec::new(),
        }
    }

    fn kinde(&self) -> Kinde {
        self.kinde.clone()
    }

    /// Makes a call; the server must find nothing wrong with it, and the typed answer must hold
    /// all that the server sent.
    async fn check<T: DeserializeOwned + Serialize>(
        &mut self,
        id: &'static str,
        call: Call<'_, T>,
    ) {
        self.made.insert(id);
        let response = match call.with_response().await {
            Ok(response) => response,
            Err(error) => {
                let violations = error.answer().map(violations);
                return self.wrong.push(format!("{id}: {error}: {violations:?}"));
            }
        };
        let violations = violations(&response.answer);
        if !violations.is_empty() {
            self.wrong.push(format!("{id}: {violations:?}"));
        }
        let writer = serde_wasm_bindgen::Serializer::json_compatible();
        let typed = json(&response.data.serialize(&writer).unwrap());
        let sent = without_nulls(json(&response.answer.body));
        if typed != sent {
            self.wrong.push(format!("{id}: {sent} was read as {typed}"));
        }
    }

    /// Makes a call in which a value is of more than one kind, where the document wants exactly
    /// one: that is all that the server may find wrong.
    async fn check_one_of<T: DeserializeOwned>(
        &mut self,
        id: &'static str,
        place: &'static str,
        call: Call<'_, T>,
    ) {
        self.made.insert(id);
        let found = match call.with_response().await {
            Ok(response) => violations(&response.answer),
            Err(error) => match error.answer() {
                Some(answer) if answer.headers().has("sl-violations") => violations(answer),
                _ => return self.wrong.push(format!("{id}: {error}")),
            },
        };
        let forgiven = ["oneOf ", place].concat();
        if !found.iter().all(|found| found.starts_with(&forgiven)) {
            self.wrong.push(format!("{id}: {found:?}"));
        }
    }

    fn end(self) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        console_log!("{} operations", self.made.len());
    }
}

/// What the server finds wrong with a request: `type request.query.page_size`.
fn violations(answer: &Answer) -> Vec<String> {
    let text = answer.headers().get("sl-violations");
    let list: Vec<Value> = serde_json::from_str(text.as_deref().unwrap_or("[]")).unwrap();
    let violation = |one: Value| {
        let place = one["location"].as_array().unwrap().iter();
        let place: Vec<_> = place.map(|part| part.as_str().unwrap_or("?")).collect();
        format!("{} {}", one["code"].as_str().unwrap(), place.join("."))
    };
    list.into_iter().map(violation).collect()
}

/// A file for an upload.
pub fn file() -> File {
    File::new(b"\x89PNG\r\n\x1a\n", "image/png", "logo.png")
}

fn json(value: &JsValue) -> Value {
    let text = js_sys::JSON::stringify(value).unwrap().as_string();
    serde_json::from_str(text.as_deref().unwrap_or("null")).unwrap()
}

/// To a model, null and "not there" are one.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let object = object.into_iter().filter(|(_, value)| !value.is_null());
            object
                .map(|(key, value)| (key, without_nulls(value)))
                .collect()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        value => value,
    }
}

#[wasm_bindgen_test]
async fn with_what_is_required() {
    let mut calls = Calls::new();
    contract::required::all(&mut calls).await;
    assert_eq!(calls.made.len(), contract::OPERATIONS);
    calls.end();
}

#[wasm_bindgen_test]
async fn with_everything() {
    let mut calls = Calls::new();
    contract::everything::all(&mut calls).await;
    assert_eq!(calls.made.len(), contract::OPERATIONS);
    calls.end();
}

/// What [`with_everything`] leaves out because the document is of two minds about it.
#[wasm_bindgen_test]
async fn with_each_alternative() {
    let mut calls = Calls::new();
    contract::alternatives::all(&mut calls).await;
    calls.end();
}

/// The two above prove something only if the server does look.
#[wasm_bindgen_test]
async fn the_server_refuses_what_the_document_does_not_have() {
    let url = [PRISM, "/api/v1/users?page_size=many"].concat();
    let request = gloo_net::http::Request::get(&url).header("Authorization", "Bearer token");
    let answer = request.send().await.unwrap();
    assert!(!answer.ok());
    let violations = answer.headers().get("sl-violations").unwrap();
    assert!(violations.contains("page_size"), "{violations}");
}
