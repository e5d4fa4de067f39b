//! Lists, page after page.

use crate::double::{Service, reply, reply_with};
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
    users.map_ok(|user| user.id).try_collect().await
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
        .map_ok(|user| user.id)
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
    for end in [json!(null), json!("")] {
        let page = json!({ "users": [{ "id": "a" }], "next_token": end });
        assert_eq!(ids(&[page], &Default::default()).await.unwrap(), ["a"]);
    }
    let page = json!({ "users": [{ "id": "a" }] });
    assert_eq!(ids(&[page], &Default::default()).await.unwrap(), ["a"]);
    let none = json!({ "users": null });
    assert!(ids(&[none], &Default::default()).await.unwrap().is_empty());
}

#[wasm_bindgen_test]
async fn an_answer_without_its_list_is_no_page() {
    for answer in [json!(null), json!([]), json!({}), json!({ "users": {} })] {
        let (_, kinde) = service(std::slice::from_ref(&answer));
        let error = kinde.users().list(&Default::default()).await.unwrap_err();
        assert_eq!(error.code(), "decode", "{answer}");
        assert!(error.message().contains("no list \"users\""), "{error}");
        let error = ids(&[answer], &Default::default()).await.unwrap_err();
        assert_eq!(error.code(), "decode");
    }
    let service = Service::new(|_| reply_with(200, &[], ""));
    let error = service.client().users().list(&Default::default()).await;
    assert_eq!(error.unwrap_err().code(), "decode");
    let service = Service::new(|_| reply_with(204, &[], ""));
    let params = ListUsers::default();
    assert_eq!(service.client().users().list_all(&params).count().await, 0);
}

#[wasm_bindgen_test]
async fn null_in_place_of_a_list_is_an_empty_one() {
    let (_, kinde) = service(&[json!({ "users": null })]);
    let call = kinde.users().list(&Default::default()).with_response();
    let response = call.await.unwrap();
    assert!(response.data.users.is_empty());
    let body: Value = serde_wasm_bindgen::from_value(response.answer.body).unwrap();
    assert_eq!(body, json!({ "users": [] }));
}

#[wasm_bindgen_test]
async fn more_pages_without_a_way_on_are_an_error() {
    for page in [
        json!({ "properties": [], "has_more": true }),
        json!({ "properties": [{ "id": "" }], "has_more": true }),
    ] {
        let (_, kinde) = service(&[page.clone(), page]);
        let list = kinde.properties().list(&Default::default());
        assert!(list.await.is_ok());
        let params = ListProperties::default();
        let all = kinde.properties().list_all(&params).try_collect::<Vec<_>>();
        assert_eq!(all.await.unwrap_err().code(), "decode");
    }
}

#[wasm_bindgen_test]
async fn what_comes_before_an_item_is_listed_from_there_back() {
    let (service, kinde) = service(&[
        json!({ "properties": [{ "id": "b" }, { "id": "c" }], "has_more": true }),
        json!({ "properties": [{ "id": "a" }], "has_more": false }),
    ]);
    let params = ListProperties {
        ending_before: Some("d".into()),
        ..Default::default()
    };
    let properties = kinde.properties().list_all(&params);
    let ids: Vec<_> = properties
        .map_ok(|property| property.id)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids, ["c", "b", "a"]);
    assert_eq!(
        service.calls(),
        [
            "GET /api/v1/properties?ending_before=d&page_size=500",
            "GET /api/v1/properties?ending_before=b&page_size=500"
        ]
    );
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
            "GET /api/v1/properties?page_size=500",
            "GET /api/v1/properties?starting_after=b&page_size=500"
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
    assert_eq!(kinde.users().search_all(&params).count().await, 3);
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
    assert_eq!(
        service.calls(),
        [
            "GET /api/v1/users?page_size=3",
            "GET /api/v1/users?next_token=2&page_size=3"
        ]
    );
}

#[wasm_bindgen_test]
async fn a_list_goes_on_from_the_cursor_of_a_page() {
    let page = json!({ "users": [], "properties": [], "has_more": false });
    let (service, kinde) = service(&[page.clone(), page.clone(), page]);
    let call = kinde
        .users()
        .list(&Default::default())
        .query(&[("new", "1")]);
    assert_eq!(call.starting_at("c").items().count().await, 0);
    kinde
        .users()
        .list(&Default::default())
        .starting_at("d")
        .await
        .unwrap();
    let params = ListProperties {
        ending_before: Some("z".into()),
        ..Default::default()
    };
    kinde
        .properties()
        .list(&params)
        .starting_at("m")
        .await
        .unwrap();
    assert_eq!(
        service.calls(),
        [
            "GET /api/v1/users?next_token=c&new=1&page_size=500",
            "GET /api/v1/users?next_token=d",
            "GET /api/v1/properties?ending_before=m",
        ]
    );
    let error = kinde
        .apis()
        .list(&Default::default())
        .starting_at("e")
        .await;
    assert_eq!(error.unwrap_err().code(), "invalid_request");
    assert_eq!(service.sent().len(), 3);
}

#[wasm_bindgen_test]
async fn an_item_that_does_not_fit_costs_nobody_the_others() {
    let page = json!({ "users": [{ "id": 1 }, { "id": "b" }] });
    let (_, kinde) = service(&[page]);
    let params = ListUsers::default();
    let users: Vec<_> = kinde.users().list_all(&params).collect().await;
    let error = users[0].as_ref().unwrap_err();
    assert!(matches!(error, Error::Decode { .. }), "{error}");
    assert_eq!(users[1].as_ref().unwrap().id, "b");
}
