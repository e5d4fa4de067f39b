//! What goes out, to the byte.

use crate::double::{Sent, Service, TOKEN, headers, reply, strings};
use js_sys::{Array, Function, Uint8Array};
use kinde_edge::models::{
    CreateUserProfile, ListOrganizationsSort, LogoType, NewOrganizationUser, NewUserIdentity,
    NewUserIdentityType, SetApplicationPropertyValue,
};
use kinde_edge::params::*;
use kinde_edge::{Error, File, Kinde};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// The one request that a call makes.
async fn sent(call: impl AsyncFnOnce(Kinde) -> Result<(), Error>) -> Rc<Sent> {
    // An answer to whatever is called here, lists among it.
    let lists =
        json!({ "users": [], "organization_users": [], "organizations": [], "results": [] });
    let mut answer = json!({ "id": "kp_1", "api": { "id": "api_1" } });
    if let (Value::Object(answer), Value::Object(lists)) = (&mut answer, lists) {
        answer.extend(lists);
    }
    let service = Service::of(answer);
    call(service.client()).await.unwrap();
    service.only()
}

/// What is said of a call that is not made.
async fn refused(call: impl AsyncFnOnce(Kinde) -> Result<(), Error>) -> String {
    let service = Service::of(json!({}));
    let error = call(service.client()).await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest { .. }), "{error}");
    assert_eq!(service.calls(), [""; 0]);
    assert_eq!(error.context().unwrap().attempts, 0);
    error.message()
}

macro_rules! sent {
    ($kinde:ident => $call:expr) => {
        sent(async |$kinde| $call.await.map(drop)).await
    };
}

macro_rules! refused {
    ($kinde:ident => $call:expr) => {
        refused(async |$kinde| $call.await.map(drop)).await
    };
}

#[wasm_bindgen_test]
async fn a_get_has_the_two_headers_and_no_body() {
    let sent = sent!(kinde => kinde.users().get("kp 1/ü?#&=+%", &GetUser {
        expand: Some(strings(&["organizations", "identities"])),
    }));
    assert_eq!(sent.method, "GET");
    assert_eq!(
        sent.url,
        "https://acme.kinde.com/api/v1/user?id=kp%201%2F%C3%BC%3F%23%26%3D%2B%25\
         &expand=organizations%2Cidentities"
    );
    let authorization = ["Bearer ", TOKEN].concat();
    let expected = [
        ("accept", "application/json"),
        ("authorization", &authorization),
    ];
    assert_eq!(sent.headers, headers(&expected));
    assert!(sent.body.is_undefined());
}

#[wasm_bindgen_test]
async fn what_is_not_given_is_not_sent() {
    let sent = sent!(kinde => kinde.users().list(&ListUsers::default()));
    assert_eq!(sent.call(), "GET /api/v1/users");
}

#[wasm_bindgen_test]
async fn a_list_has_numbers_booleans_and_comma_lists() {
    let sent = sent!(kinde => kinde.users().list(&ListUsers {
        page_size: Some(500),
        email: Some(strings(&["a@b.c", "d+e@f.g"])),
        has_organization: Some(false),
        ..Default::default()
    }));
    assert_eq!(
        sent.call(),
        "GET /api/v1/users?page_size=500&email=a%40b.c%2Cd%2Be%40f.g&has_organization=false"
    );
}

#[wasm_bindgen_test]
async fn an_enum_goes_by_its_name_on_the_wire() {
    let sent = sent!(kinde => kinde.organizations().list(&ListOrganizations {
        sort: Some(ListOrganizationsSort::NameDesc),
        ..Default::default()
    }));
    assert_eq!(sent.call(), "GET /api/v1/organizations?sort=name_desc");
}

#[wasm_bindgen_test]
async fn a_create_sends_json() {
    let sent = sent!(kinde => kinde.users().create(&CreateUser {
        profile: Some(CreateUserProfile {
            given_name: Some("Zoë".into()),
            ..Default::default()
        }),
        identities: Some(vec![NewUserIdentity {
            r#type: Some(NewUserIdentityType::Email),
            ..Default::default()
        }]),
        ..Default::default()
    }));
    assert_eq!(sent.call(), "POST /api/v1/user");
    assert_eq!(sent.headers["content-type"], "application/json");
    let expected = json!({
        "profile": { "given_name": "Zoë" },
        "identities": [{ "type": "email" }],
    });
    assert_eq!(sent.json(), expected);
}

#[wasm_bindgen_test]
async fn an_update_splits_query_and_body() {
    let sent = sent!(kinde => kinde.users().update("kp_1", &UpdateUser {
        given_name: Some("Ada".into()),
        is_suspended: Some(true),
        ..Default::default()
    }));
    assert_eq!(sent.call(), "PATCH /api/v1/user?id=kp_1");
    let expected = json!({ "given_name": "Ada", "is_suspended": true });
    assert_eq!(sent.json(), expected);
}

#[wasm_bindgen_test]
async fn some_none_is_null_and_none_is_nothing() {
    let sent = sent!(kinde => kinde.business().update(&UpdateBusiness {
        email: Some(None),
        phone: Some(Some("1".into())),
        ..Default::default()
    }));
    assert_eq!(sent.json(), json!({ "email": null, "phone": "1" }));
}

#[wasm_bindgen_test]
async fn an_optional_body_without_fields_is_left_out() {
    let sent = sent!(kinde => kinde.permissions().update("perm_1", &UpdatePermission::default()));
    assert_eq!(sent.call(), "PATCH /api/v1/permissions/perm_1");
    let parts = (sent.body.is_undefined(), sent.headers.get("content-type"));
    assert_eq!(parts, (true, None));
}

#[wasm_bindgen_test]
async fn nested_lists_are_sent_whole() {
    let users = AddOrganizationUsers {
        users: Some(vec![NewOrganizationUser {
            id: Some("kp_1".into()),
            roles: Some(strings(&["admin"])),
            ..Default::default()
        }]),
    };
    let sent = sent!(kinde => kinde.organizations().users().add("org_1", &users));
    assert_eq!(sent.call(), "POST /api/v1/organizations/org_1/users");
    let expected = json!({ "users": [{ "id": "kp_1", "roles": ["admin"] }] });
    assert_eq!(sent.json(), expected);
}

#[wasm_bindgen_test]
async fn a_value_of_one_of_two_types_keeps_its_type() {
    for (value, expected) in [
        (SetApplicationPropertyValue::from(true), json!(true)),
        (SetApplicationPropertyValue::from("true"), json!("true")),
    ] {
        let params = SetApplicationProperty { value };
        let sent = sent!(kinde => kinde.applications().properties().set("app", "key", &params));
        assert_eq!(sent.json(), json!({ "value": expected }));
    }
}

#[wasm_bindgen_test]
async fn a_post_may_have_its_data_in_the_query() {
    let sent = sent!(kinde => kinde.subscribers().create(&CreateSubscriber {
        first_name: "Zoë & Co".into(),
        last_name: "a=b".into(),
        email: "z@e.x".into(),
    }));
    let target = "/api/v1/subscribers?first_name=Zo%C3%AB%20%26%20Co&last_name=a%3Db&email=z%40e.x";
    assert_eq!(sent.call(), ["POST ", target].concat());
    assert!(sent.body.is_undefined());
}

#[wasm_bindgen_test]
async fn a_map_in_the_query_is_a_deep_object() {
    let properties = [
        ("kp_usr_city".to_owned(), strings(&["Paris", "São Paulo"])),
        ("plan".to_owned(), strings(&["pro"])),
    ];
    let sent = sent!(kinde => kinde.users().search(&SearchUsers {
        query: Some("*".into()),
        properties: Some(BTreeMap::from(properties)),
        ..Default::default()
    }));
    assert_eq!(
        sent.call(),
        "GET /api/v1/search/users?query=*&properties%5Bkp_usr_city%5D=Paris\
         &properties%5Bkp_usr_city%5D=S%C3%A3o%20Paulo&properties%5Bplan%5D=pro"
    );
}

#[wasm_bindgen_test]
async fn a_form_is_urlencoded() {
    let sent = sent!(kinde => kinde.oauth().introspect(&IntrospectToken {
        token: "a b&c=d+ü".into(),
        token_type_hint: Some("refresh_token".into()),
    }));
    assert_eq!(sent.call(), "POST /oauth2/introspect");
    let form = "application/x-www-form-urlencoded";
    assert_eq!(sent.headers["content-type"], form);
    let expected = "token=a%20b%26c%3Dd%2B%C3%BC&token_type_hint=refresh_token";
    assert_eq!(sent.text(), expected);
}

/// Name, type and bytes of the file in a multipart body.
async fn file_in(sent: &Sent) -> (String, String, Vec<u8>) {
    let read = "const headers = { 'content-type': type }; \
                const form = await new Response(body, { headers }).formData(); \
                const file = form.get('logo'); \
                return [[...form.keys()].join(), file.name, file.type, await file.arrayBuffer()]";
    let read = Function::new_with_args(
        "body, type",
        &format!("return (async () => {{ {read} }})()"),
    );
    let media_type = sent.headers["content-type"].as_str().into();
    let form = read.call2(&JsValue::UNDEFINED, &sent.body, &media_type);
    let form = JsFuture::from(js_sys::Promise::from(form.unwrap())).await;
    let parts: Array = form.unwrap().unchecked_into();
    let text = |index| parts.get(index).as_string().unwrap();
    assert_eq!(text(0), "logo");
    (text(1), text(2), Uint8Array::new(&parts.get(3)).to_vec())
}

#[wasm_bindgen_test]
async fn an_upload_is_multipart_with_name_and_type() {
    let logo = File::new(&[0, 255, 13, 10], "image/png", "lögo.png");
    let params = SetOrganizationLogo { logo };
    let sent = sent!(kinde => kinde.organizations().logos().set(
        "org_1",
        LogoType::Dark,
        &params,
    ));
    assert_eq!(sent.call(), "POST /api/v1/organizations/org_1/logos/dark");
    let expected = ("lögo.png".into(), "image/png".into(), vec![0, 255, 13, 10]);
    assert_eq!(file_in(&sent).await, expected);
}

#[wasm_bindgen_test]
async fn a_blob_is_uploaded_as_it_is() {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("image/svg+xml");
    let parts = Array::of1(&"<svg/>".into());
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options).unwrap();
    let params = SetEnvironmentLogo { logo: blob.into() };
    let sent = sent!(kinde => kinde.environment().logos().set("light".into(), &params));
    assert_eq!(sent.call(), "PUT /api/v1/environment/logos/light");
    let expected = ("file".into(), "image/svg+xml".into(), b"<svg/>".to_vec());
    assert_eq!(file_in(&sent).await, expected);
}

#[wasm_bindgen_test]
async fn a_path_value_stays_one_segment() {
    for (value, segment) in [
        ("a/b", "a%2Fb"),
        ("../x", "..%2Fx"),
        ("%2e%2e", "%252e%252e"),
        ("a?b#c", "a%3Fb%23c"),
        ("a b\u{fc}\\", "a%20b%C3%BC%5C"),
    ] {
        let sent = sent!(kinde => kinde.apis().get(value));
        assert_eq!(sent.call(), ["GET /api/v1/apis/", segment].concat());
    }
}

#[wasm_bindgen_test]
async fn a_wrong_path_value_is_not_sent() {
    for (value, why) in [
        ("", "expected a string that is not empty, got \"\""),
        (".", "expected an identifier, got \".\""),
        ("..", "expected an identifier, got \"..\""),
    ] {
        let message = refused!(kinde => kinde.apis().get(value));
        let place = "apis.get (getAPI): argument \"api_id\": ";
        assert_eq!(message, [place, why].concat());
    }
    let message = refused!(kinde => kinde.environment().logos().delete("blue".into()));
    assert!(
        message.ends_with(
            "argument \"type\": expected one of \"dark\" \"light\", got a string of 4 characters"
        ),
        "{message}"
    );
}

#[wasm_bindgen_test]
async fn a_wrong_value_is_not_sent() {
    let message = refused!(kinde => kinde.users().list(&ListUsers {
        email: Some(strings(&["a,b"])),
        ..Default::default()
    }));
    assert_eq!(
        message,
        "users.list (getUsers): query parameter \"email\": \
         expected a string, or an array of strings without commas, got an array"
    );
    let message = refused!(kinde => kinde.organizations().list(&ListOrganizations {
        sort: Some("name".into()),
        ..Default::default()
    }));
    assert!(
        message.contains("\"sort\": expected one of \"name_asc\" "),
        "{message}"
    );
    // An enum that must be there has no default that would pass.
    let message = refused!(kinde => kinde.applications().create(&CreateApplication::default()));
    assert!(
        message.contains("field \"type\": expected one of"),
        "{message}"
    );
}

#[wasm_bindgen_test]
async fn an_empty_identifier_is_not_sent() {
    let expected = "argument \"user_id\": expected a string that is not empty, got \"\"";
    let message = refused(async |kinde| {
        let user = kinde.users().delete("", &Default::default());
        user.await.map(drop)
    });
    assert!(message.await.ends_with(expected));
    let message = refused(async |kinde| {
        let urls = kinde.applications().redirect_urls();
        urls.remove("app", &Default::default()).await.map(drop)
    });
    assert!(
        message
            .await
            .contains("query parameter \"urls\": expected a string that is not empty")
    );
}

#[wasm_bindgen_test]
async fn a_number_that_javascript_does_not_have_is_not_sent() {
    for page_size in [i64::MAX, i64::MIN, 1 << 53] {
        let message = refused!(kinde => kinde.users().list(&ListUsers {
            page_size: Some(page_size),
            ..Default::default()
        }));
        assert!(message.starts_with("users.list (getUsers): "), "{message}");
    }
}

#[wasm_bindgen_test]
async fn a_request_of_ones_own() {
    let sent = sent!(kinde => kinde
        .request::<Value>("patch", "/api/v2/things/1")
        .query(&json!({ "a b": ["x", 1, true], "none": null }))
        .json(&json!({ "deep": { "list": [null] } })));
    assert_eq!(
        sent.call(),
        "PATCH /api/v2/things/1?a%20b=x&a%20b=1&a%20b=true"
    );
    assert_eq!(sent.headers["content-type"], "application/json");
    assert_eq!(sent.json(), json!({ "deep": { "list": [null] } }));
}

#[wasm_bindgen_test]
async fn a_request_takes_pairs_structures_and_types_of_ones_own() {
    #[derive(serde::Serialize)]
    struct Page {
        page_size: u32,
        next: Option<String>,
    }
    #[derive(serde::Deserialize, Debug, PartialEq)]
    struct Thing {
        name: String,
    }
    let service = Service::new(|_| reply(200, &json!({ "name": "one", "more": 1 })));
    let kinde = service.client();
    let page = Page {
        page_size: 10,
        next: None,
    };
    let thing: Thing = kinde.request("GET", "/x").query(&page).await.unwrap();
    assert_eq!(thing, Thing { name: "one".into() });
    let map = BTreeMap::from([("a", "1"), ("b", "2")]);
    let _: Thing = kinde.request("GET", "/x").query(&map).await.unwrap();
    let calls = ["GET /x?page_size=10", "GET /x?a=1&b=2"];
    assert_eq!(service.calls(), calls);
}

#[wasm_bindgen_test]
async fn a_wrong_request_is_not_sent() {
    for path in [
        "x",
        "//evil.example/x",
        "/a/../b",
        "/a?b=c",
        "/a#b",
        "/%2E%2e/x",
        "",
    ] {
        let message = refused!(kinde => kinde.request::<Value>("GET", path));
        assert!(
            message.starts_with("path: expected a path that starts"),
            "{message}"
        );
    }
    for method in ["", "GET /", "G\u{c4}T"] {
        let message = refused!(kinde => kinde.request::<Value>(method, "/x"));
        assert!(
            message.starts_with("method: expected a method"),
            "{message}"
        );
    }
    let message = refused!(kinde => kinde.request::<Value>("GET", "/x").json(&1));
    assert_eq!(message, "body: a GET or HEAD request cannot have one");
    let message = refused!(kinde => kinde.request::<Value>("GET", "/x").query(&json!([1])));
    assert_eq!(
        message,
        "query parameter: expected a pair of a name and a value, got 1"
    );
}

#[wasm_bindgen_test]
async fn the_types_can_be_added_to() {
    let sent = sent!(kinde => kinde
        .users()
        .list(&ListUsers { page_size: Some(1), ..Default::default() })
        .query(&json!({ "filter[new]": "x" })));
    assert_eq!(
        sent.call(),
        "GET /api/v1/users?page_size=1&filter%5Bnew%5D=x"
    );
    let sent = sent!(kinde => kinde
        .users()
        .update("kp_1", &UpdateUser::default())
        .json(&json!({ "a_new_field": 1 })));
    assert_eq!(sent.call(), "PATCH /api/v1/user?id=kp_1");
    assert_eq!(sent.json(), json!({ "a_new_field": 1 }));
}

#[wasm_bindgen_test]
async fn headers_of_client_and_call() {
    let service = Service::of(json!({}));
    let builder = service.builder().access_token(TOKEN);
    let builder = builder.header("X-Client", "1").header("x-both", "client");
    let kinde = builder.build().unwrap();
    let call = kinde.business().get();
    call.header("X-Both", "call")
        .header("x-call", "ü")
        .await
        .unwrap();
    kinde.business().get().await.unwrap();
    let sent = service.sent();
    let own = |sent: &Sent| {
        let mut headers = sent.headers.clone();
        headers.retain(|name, _| name.starts_with("x-"));
        headers
    };
    let expected = [("x-client", "1"), ("x-both", "call"), ("x-call", "ü")];
    assert_eq!(own(&sent[0]), headers(&expected));
    let expected = [("x-client", "1"), ("x-both", "client")];
    assert_eq!(own(&sent[1]), headers(&expected));
}

#[wasm_bindgen_test]
async fn a_wrong_header_is_not_sent_and_not_quoted() {
    for (name, value) in [
        ("x y", "the-value"),
        ("", "the-value"),
        ("x", "a\r\nb: c"),
        ("x", "\u{20ac}"),
    ] {
        let message = refused!(kinde => kinde.business().get().header(name, value));
        let start = "business.get (getBusiness): header";
        assert!(message.starts_with(start), "{message}");
        assert!(!message.contains(value), "{message}");
    }
}
