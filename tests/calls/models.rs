//! What is made of each answer: the service leaves fields out, sends null for them, and knows
//! fields and values that the types do not.

use crate::double::{Service, reply, reply_with};
use kinde_edge::models::{self, ListOrganizationsSort};
use kinde_edge::params::*;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn nulls_are_none_wherever_they_stand() {
    let service = Service::of(json!({
        "code": null,
        "users": [
            null,
            { "id": "kp_1", "email": null, "total_sign_ins": null, "organizations": null },
            { "id": "kp_2", "organizations": [null, "org_1"], "identities": [null] },
        ],
        "next_token": null,
    }));
    let page = service
        .client()
        .users()
        .list(&ListUsers::default())
        .await
        .unwrap();
    assert_eq!((page.code, page.next_token), (None, None));
    let users = page.users;
    let ids: Vec<_> = users.iter().map(|user| user.id.as_str()).collect();
    assert_eq!(ids, ["kp_1", "kp_2"]);
    assert_eq!(users[0].email, None);
    assert_eq!(users[0].total_sign_ins, None);
    assert_eq!(
        users[1].organizations.as_deref(),
        Some(&["org_1".to_owned()][..])
    );
}

#[wasm_bindgen_test]
async fn unknown_fields_are_in_the_raw_answer() {
    let body = json!({
        "id": "kp_1",
        "a_new_field": [1, { "two": null }],
        "identities": [{ "type": "email", "verified": true }],
    });
    let service = Service::of(body.clone());
    let kinde = service.client();
    let params = GetUser::default();
    let response = kinde
        .users()
        .get("kp_1", &params)
        .with_response()
        .await
        .unwrap();
    assert_eq!(response.data.id, "kp_1");
    assert_eq!(response.answer.status, 200);
    let raw: Value = serde_wasm_bindgen::from_value(response.answer.body).unwrap();
    assert_eq!(raw, body);
    let raw = kinde.users().get("kp_1", &params).raw().await.unwrap();
    let raw: Value = serde_wasm_bindgen::from_value(raw.body).unwrap();
    assert_eq!(raw, body);
}

#[wasm_bindgen_test]
async fn headers_come_with_the_response() {
    let service = Service::new(|_| reply_with(201, &[("x-request-id", "r1")], "{}"));
    let kinde = service.client();
    let response = kinde.business().get().with_response().await.unwrap();
    assert_eq!(response.answer.status, 201);
    let id = response.answer.headers().get("X-Request-Id");
    assert_eq!(id.as_deref(), Some("r1"));
    assert_eq!(response.answer.headers().get("x-other"), None);
}

#[wasm_bindgen_test]
async fn a_new_value_of_an_enum_is_kept() {
    use models::FeatureFlagType as Type;
    let service = Service::of(json!({
        "feature_flags": { "one": { "type": "json" }, "two": { "type": "bool" }, "three": null },
    }));
    let answer = service
        .client()
        .environment()
        .feature_flags()
        .list()
        .await
        .unwrap();
    let flags = answer.feature_flags;
    assert_eq!(flags.len(), 2);
    let kind = |name: &str| flags[name].r#type.clone().unwrap();
    assert_eq!(kind("one"), Type::Other("json".into()));
    assert_eq!(kind("one").as_str(), "json");
    assert_eq!(kind("two"), Type::Bool);
    assert_eq!(kind("two").to_string(), "bool");
    assert_eq!(
        ListOrganizationsSort::from("name_asc"),
        ListOrganizationsSort::NameAsc
    );
}

#[wasm_bindgen_test]
async fn both_shapes_of_connections_are_read() {
    let service = Service::of(json!({
        "connections": [
            { "id": "conn_1", "name": "flat", "strategy": "oauth2:google" },
            { "code": "OK", "connection": { "id": "conn_2", "name": "wrapped" } },
        ],
    }));
    let params = ListConnections::default();
    let answer = service.client().connections().list(&params).await.unwrap();
    let connections = answer.connections;
    assert_eq!(connections[0].id.as_deref(), Some("conn_1"));
    assert_eq!(connections[0].strategy.as_deref(), Some("oauth2:google"));
    let inner = connections[1].connection.as_ref().unwrap();
    assert_eq!(inner.name.as_deref(), Some("wrapped"));
}

#[wasm_bindgen_test]
async fn whole_numbers_may_be_written_as_fractions() {
    let service = Service::new(|_| reply_with(200, &[], r#"{"id":"kp_1","total_sign_ins":3.0}"#));
    let params = GetUser::default();
    let user = service.client().users().get("kp_1", &params).await.unwrap();
    assert_eq!(user.total_sign_ins, Some(3));
}

#[wasm_bindgen_test]
async fn an_empty_success_is_an_empty_model() {
    let service = Service::new(|_| reply_with(200, &[], ""));
    let kinde = service.client();
    assert_eq!(
        kinde.business().get().await.unwrap(),
        models::GetBusinessResponse::default()
    );
    let added = kinde
        .organizations()
        .users()
        .add("org_1", &AddOrganizationUsers::default());
    assert_eq!(added.await.unwrap(), Default::default());
    let response = kinde.business().get().with_response().await.unwrap();
    assert!(response.answer.body.is_undefined());
}

#[wasm_bindgen_test]
async fn nothing_to_do_is_a_success() {
    let service = Service::new(|_| reply(200, &json!({ "code": "OK" })));
    let kinde = service.client();
    let delete = kinde.organizations().logos().delete("org_1", "dark".into());
    assert_eq!(delete.await.unwrap().unwrap().code.as_deref(), Some("OK"));

    let service = Service::new(|_| reply_with(204, &[], ""));
    let kinde = service.client();
    let delete = kinde.organizations().logos().delete("org_1", "dark".into());
    assert_eq!(delete.await.unwrap(), None);
    let delete = kinde.organizations().logos().delete("org_1", "dark".into());
    assert_eq!(delete.with_response().await.unwrap().answer.status, 204);
}

#[wasm_bindgen_test]
async fn what_answers_nothing_takes_anything() {
    for body in ["", "{}", r#"{"new":1}"#, "null"] {
        let service = Service::new(move |_| reply_with(200, &[], body));
        let params = RevokeToken {
            client_id: "id".into(),
            token: "t".into(),
            ..Default::default()
        };
        service.client().oauth().revoke(&params).await.unwrap();
        service.only();
    }
}

#[wasm_bindgen_test]
async fn an_answer_of_ones_own_type() {
    let service = Service::new(|_| reply_with(200, &[], ""));
    let kinde = service.client();
    let () = kinde.request("DELETE", "/x").await.unwrap();
    let none: Option<String> = kinde.request("GET", "/x").await.unwrap();
    assert_eq!(none, None);
    let null: Value = kinde.request("GET", "/x").await.unwrap();
    assert_eq!(null, Value::Null);
    let service = Service::of(json!([1, "two", { "three": 3 }, null]));
    let any: Value = service.client().request("GET", "/x").await.unwrap();
    assert_eq!(any, json!([1, "two", { "three": 3 }, null]));
}

#[wasm_bindgen_test]
async fn models_can_be_written_as_they_were_read() {
    let body = json!({ "id": "kp_1", "identities": [{ "type": "email", "identity": "a@b.c" }] });
    let user: models::User = serde_json::from_value(body.clone()).unwrap();
    assert_eq!(serde_json::to_value(&user).unwrap(), body);
}
