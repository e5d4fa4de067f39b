//! What a signed-in user calls.

use crate::double::{Service, reply};
use futures::TryStreamExt;
use kinde_edge::params::ListAccountRoles;
use kinde_edge::{Error, Kinde};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

/// Answers everything with one page, of two.
fn service() -> Service {
    Service::with_tokens(|sent| {
        let more = !sent.url.contains("starting_after");
        let metadata = json!({ "has_more": more, "next_page_starting_after": "1" });
        reply(
            200,
            &json!({ "data": { "roles": [{ "id": "role_1", "key": "admin" }] }, "metadata": metadata }),
        )
    })
}

fn machine(service: &Service) -> Kinde {
    let builder = service.builder().client_credentials("account", "secret");
    builder.build().unwrap()
}

#[wasm_bindgen_test]
async fn a_machine_is_no_user() {
    let service = service();
    let kinde = machine(&service);
    let error = kinde.account().entitlements().get("key").await.unwrap_err();
    assert!(matches!(error, Error::Configuration { .. }), "{error}");
    assert!(error.to_string().contains("signed-in user"), "{error}");
    assert!(service.sent().is_empty());
}

#[wasm_bindgen_test]
async fn the_token_of_a_call_goes_with_each_of_its_pages() {
    let service = service();
    let kinde = machine(&service);
    let params = ListAccountRoles::default();
    let call = kinde
        .account()
        .roles()
        .list(&params)
        .access_token("the-users");
    let roles: Vec<_> = call.items().try_collect().await.unwrap();
    assert_eq!(roles.len(), 2);
    assert_eq!(
        service.calls(),
        [
            "GET /account_api/v1/roles?page_size=500",
            "GET /account_api/v1/roles?starting_after=1&page_size=500",
        ]
    );
    let sent = service.sent();
    assert!(
        sent.iter()
            .all(|sent| sent.headers["authorization"] == "Bearer the-users")
    );
}
