//! What Rust programs get of answers that the document did not foresee, and what they send.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use js_sys::Function;
use kinde_edge::models::{Connection, CreateConnectionOptionsSocial};
use kinde_edge::params::{
    CreateConnection, ListConnections, ListUsers, SetApplicationProperty, UpdateBusiness,
};
use kinde_edge::{Error, Kinde, models};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

/// A client of a service that always gives this answer.
fn answering(answer: &Value) -> Kinde {
    let answer = serde_json::to_string(&answer.to_string()).unwrap();
    let fetch = format!("return Promise.resolve(new Response({answer}))");
    client(&Function::new_no_args(&fetch))
}

/// A client of a service that answers with the body it got, as `code`.
fn echoing() -> Kinde {
    let fetch = "return Promise.resolve(new Response(JSON.stringify({ code: init.body })))";
    client(&Function::new_with_args("url, init", fetch))
}

fn client(fetch: &Function) -> Kinde {
    let builder = Kinde::builder("acme.kinde.com").access_token("token");
    builder.fetch(fetch).build().unwrap()
}

#[wasm_bindgen_test]
async fn nulls_and_new_fields_fail_nothing() {
    let kinde = answering(&json!({
        "code": null,
        "new": {"field": [1]},
        "users": [
            null,
            {"id": "kp_1", "email": null, "total_sign_ins": null, "organizations": [null, "org_1"]},
            {"id": "kp_2", "identities": null, "total_sign_ins": 3, "is_new": true},
        ],
        "next_token": null,
    }));
    let page = kinde
        .users()
        .list(&ListUsers::default())
        .with_response()
        .await
        .unwrap();
    let users = page.data.users;
    let ids: Vec<_> = users.iter().map(|user| user.id.as_str()).collect();
    assert_eq!(ids, ["kp_1", "kp_2"]);
    assert_eq!(
        users[0].organizations.as_deref(),
        Some(&["org_1".to_owned()][..])
    );
    assert_eq!(users[1].total_sign_ins, Some(3));
    assert_eq!(page.data.next_token, None);
    // What the types do not know is in the answer as it came.
    let raw = js_sys::JSON::stringify(&page.answer.body)
        .unwrap()
        .as_string()
        .unwrap();
    assert!(raw.contains(r#""new":{"field":[1]}"#) && raw.contains(r#""is_new":true"#));
}

#[wasm_bindgen_test]
async fn connections_have_two_shapes() {
    let flat = json!({"id": "conn_1", "name": "a", "strategy": "oauth2:google"});
    let kinde = answering(&json!({"connections": [flat, {"connection": flat}]}));
    let page = kinde
        .connections()
        .list(&ListConnections::default())
        .await
        .unwrap();
    let connections = page.connections;
    assert_eq!(connections[0].id.as_deref(), Some("conn_1"));
    let wrapped = connections[1].connection.as_ref().unwrap();
    let expected = Connection {
        id: "conn_1".to_owned(),
        name: Some("a".to_owned()),
        strategy: Some("oauth2:google".to_owned()),
        ..Default::default()
    };
    assert_eq!(wrapped, &expected);
}

#[wasm_bindgen_test]
async fn an_enum_takes_values_newer_than_the_crate() {
    let kinde = answering(&json!({"application": {"id": "a", "type": "quantum"}}));
    let application = kinde.applications().get("a").await.unwrap().application;
    let ty = application.r#type.unwrap();
    assert_eq!(ty.as_str(), "quantum");
    assert_ne!(ty, models::ApplicationType::Reg);
}

#[wasm_bindgen_test]
async fn an_answer_of_another_type_is_a_decode_error_with_the_answer() {
    let kinde = answering(&json!({"users": "none"}));
    match kinde.users().list(&ListUsers::default()).await {
        Err(Error::Decode { body, .. }) => {
            let body = js_sys::JSON::stringify(&body).unwrap();
            assert_eq!(String::from(body), r#"{"users":"none"}"#);
        }
        other => panic!("{other:?}"),
    }
}

#[wasm_bindgen_test]
async fn what_does_not_fit_is_named_with_its_path() {
    for (body, expected) in [
        (
            json!({"users": [{"id": "kp_1"}, {"email": "hush"}]}),
            "the answer does not fit its type at users[1]: no `id`",
        ),
        (
            json!({"users": [{"id": "kp_1", "is_suspended": "hush"}]}),
            "the answer does not fit its type at users[0].is_suspended: expected a boolean",
        ),
        (
            json!({"users": [{"id": null}]}),
            "the answer does not fit its type at users[0].id: expected a string",
        ),
        (json!({"code": "hush"}), "the answer has no list \"users\""),
    ] {
        match answering(&body).users().list(&ListUsers::default()).await {
            Err(error @ Error::Decode { .. }) => {
                let text = error.to_string();
                assert!(text.contains(expected) && !text.contains("hush"), "{text}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[wasm_bindgen_test]
async fn null_in_place_of_a_list_is_an_empty_one() {
    let page = answering(&json!({"users": null}));
    let page = page.users().list(&ListUsers::default()).await.unwrap();
    assert!(page.users.is_empty());
    let flags = answering(&json!({"feature_flags": null}));
    let flags = flags.environment().feature_flags().list().await.unwrap();
    assert!(flags.feature_flags.is_empty());
}

#[wasm_bindgen_test]
async fn what_is_left_out_is_not_sent_and_null_is() {
    let update = UpdateBusiness {
        business_name: Some(Some("Acme".to_owned())),
        email: Some(None),
        ..Default::default()
    };
    let body = echoing()
        .business()
        .update(&update)
        .await
        .unwrap()
        .code
        .unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body, json!({"business_name": "Acme", "email": null}));
}

#[wasm_bindgen_test]
async fn a_union_is_sent_as_its_member() {
    for (value, sent) in [
        (models::SetApplicationPropertyValue::from("x"), json!("x")),
        (true.into(), json!(true)),
    ] {
        let params = SetApplicationProperty { value };
        let kinde = echoing();
        let call = kinde.applications().properties().set("app", "key", &params);
        let body = call.await.unwrap().code.unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&body).unwrap(),
            json!({ "value": sent })
        );
    }
}

#[wasm_bindgen_test]
fn no_secret_shows_in_debug() {
    let options = CreateConnectionOptionsSocial {
        client_id: Some("the id".to_owned()),
        client_secret: Some("hush".to_owned()),
        ..Default::default()
    };
    let params = CreateConnection {
        options: Some(options.into()),
        ..Default::default()
    };
    let text = format!("{params:?}");
    assert!(
        text.contains("the id") && text.contains("client_secret: Some([redacted])"),
        "{text}"
    );
    assert!(!text.contains("hush"), "{text}");
}
