//! Lists, page after page.

use crate::double::{Service, reply};
use futures::{StreamExt, TryStreamExt};
use kinde_edge::params::{ListProperties, ListUsers, SearchUsers};
use kinde_edge::{Error, Kinde};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

/// A service that answers with these pages, one after the other.
fn service(pages: &[Value]) -> (Service, Kinde) {
    let pages = pages.to_vec();
    let service = Service::new(move |sent| reply(200, &pages[sent.number]));
    let kinde = service.client();
    (service, kinde)
}

async fn ids(service: &[Value], params: &ListUsers) -> Result<Vec<String>, Error> {
    let (_, kinde) = self::service(service);
    let users = kinde.users().list_all(params);
    users.map_ok(|user| user.id.unwrap()).try_collect().await
}

#[wasm_bindgen_test]
async fn the_next_page_is_where_the_token_says() {
    let (service, kinde) = service(&[
        json!({ "users": [{ "id": "a" }, { "id": "b" }], "next_token": "2" }),
        json!({ "users": [{ "id": "c" }], "next_token": "" }),
    ]);
    let params = ListUsers {
        page_size: Some(2),
        email: Some(vec!["x@y.z".into()]),
        ..Default::default()
    };
    let call = kinde.users().list(&params).header("x-trace", "1");
    let users: Vec<_> = call
        .query(&[("new", "1")])
        .items()
        .map_ok(|user| user.id.unwrap())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(users, ["a", "b", "c"]);
    assert_eq!(
        service.calls(),
        [
            "GET /api/v1/users?page_size=2&email=x%40y.z&new=1",
            "GET /api/v1/users?page_size=2&next_token=2&email=x%40y.z&new=1",
        ]
    );
    assert!(
        service
            .sent()
            .iter()
            .all(|sent| sent.headers["x-trace"] == "1")
    );
}

#[wasm_bindgen_test]
async fn a_list_ends_without_a_token_in_any_of_its_forms() {
    for end in [json!(null), json!(""), json!({})] {
        let page = json!({ "users": [{ "id": "a" }], "next_token": end });
        assert_eq!(ids(&[page], &Default::default()).await.unwrap(), ["a"]);
    }
    let page = json!({ "users": [{ "id": "a" }] });
    assert_eq!(ids(&[page], &Default::default()).await.unwrap(), ["a"]);
    let none = json!({ "users": null });
    assert!(ids(&[none], &Default::default()).await.unwrap().is_empty());
}

#[wasm_bindgen_test]
async fn without_a_token_the_last_item_is_where_the_next_page_begins() {
    let (service, kinde) = service(&[
        json!({ "properties": [{ "id": "a" }, { "id": "b" }], "has_more": true }),
        json!({ "properties": [{ "id": "c" }], "has_more": false }),
    ]);
    let params = ListProperties::default();
    let properties = kinde.properties().list_all(&params);
    assert_eq!(properties.count().await, 3);
    assert_eq!(
        service.calls(),
        [
            "GET /api/v1/properties",
            "GET /api/v1/properties?starting_after=b"
        ]
    );
}

#[wasm_bindgen_test]
async fn a_page_that_is_not_full_is_the_last_where_nothing_says_so() {
    let (service, kinde) = service(&[
        json!({ "results": [{ "id": "a" }, { "id": "b" }] }),
        json!({ "results": [{ "id": "c" }] }),
    ]);
    let params = SearchUsers {
        page_size: Some(2),
        ..Default::default()
    };
    assert_eq!(kinde.search().users_all(&params).count().await, 3);
    assert_eq!(service.sent().len(), 2);
}

#[wasm_bindgen_test]
async fn a_cursor_that_comes_again_is_an_error_that_says_so() {
    let page = |token: &str| json!({ "users": [{ "id": "a" }], "next_token": token });
    let pages = [page("1"), page("2"), page("1")];
    let error = ids(&pages, &Default::default()).await.unwrap_err();
    assert_eq!(error.code(), "decode");
    assert!(error.message().contains("gave before"), "{error}");
    let params = ListUsers {
        next_token: Some("1".into()),
        ..Default::default()
    };
    assert!(ids(&[page("1")], &params).await.is_err());
}

#[wasm_bindgen_test]
async fn an_error_comes_where_it_happens_and_ends_the_list() {
    let service = Service::new(|sent| match sent.number {
        0 => reply(200, &json!({ "users": [{ "id": "a" }], "next_token": "2" })),
        _ => reply(403, &json!({})),
    });
    let kinde = service.client();
    let params = ListUsers::default();
    let mut users = kinde.users().list_all(&params);
    assert!(users.next().await.unwrap().is_ok());
    assert_eq!(users.next().await.unwrap().unwrap_err().status(), Some(403));
    assert!(users.next().await.is_none());
}

#[wasm_bindgen_test]
async fn a_list_is_read_as_far_as_it_is_asked_for() {
    let pages = [
        json!({ "users": [{ "id": "a" }, { "id": "b" }], "next_token": "2" }),
        json!({ "users": [{ "id": "c" }, { "id": "d" }], "next_token": "3" }),
    ];
    let (service, kinde) = service(&pages);
    let params = ListUsers::default();
    let mut users = kinde.users().list_all(&params).limit(3);
    assert!(service.sent().is_empty() && users.cursor().is_none());
    users.next().await.unwrap().unwrap();
    assert_eq!(users.cursor().as_deref(), Some("2"));
    users.next().await.unwrap().unwrap();
    assert_eq!(service.sent().len(), 1);
    users.next().await.unwrap().unwrap();
    assert!(users.next().await.is_none());
    assert_eq!(service.sent().len(), 2);
}

#[wasm_bindgen_test]
async fn an_item_that_does_not_fit_costs_nobody_the_others() {
    let page = json!({ "users": [{ "id": 1 }, { "id": "b" }] });
    let (_, kinde) = service(&[page]);
    let params = ListUsers::default();
    let users: Vec<_> = kinde.users().list_all(&params).collect().await;
    let error = users[0].as_ref().unwrap_err();
    assert!(matches!(error, Error::Decode { .. }), "{error}");
    assert_eq!(users[1].as_ref().unwrap().id.as_deref(), Some("b"));
}
