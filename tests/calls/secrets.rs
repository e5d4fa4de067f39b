//! What a log may see: no secret and no token, of whatever it prints.

use crate::double::{DOMAIN, Service, reply, reply_with};
use kinde_edge::Kinde;
use kinde_edge::models::{self, CreateConnectionOptions, CreateConnectionOptionsSocial};
use kinde_edge::params::*;
use serde_json::json;
use std::fmt::Debug;
use wasm_bindgen_test::wasm_bindgen_test;

const SECRET: &str = "s3cr3t-value";

/// It prints, pretty or not, and the secret is not in it.
fn assert_hides(value: &(impl Debug + ?Sized)) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.is_empty() && !text.contains(SECRET), "{text}");
    }
}

/// Prints what is not secret and hides what is.
fn assert_shows_only(value: &impl Debug, shown: &str) {
    assert_hides(value);
    let text = format!("{value:?}");
    assert!(text.contains(shown), "{text}");
    assert!(text.contains("[redacted]"), "{text}");
}

#[wasm_bindgen_test]
fn clients_and_calls() {
    let builder = || Kinde::builder(DOMAIN).header("x-api-key", SECRET);
    for builder in [
        builder().client_credentials("id", SECRET),
        builder().access_token(SECRET),
    ] {
        assert_hides(&builder);
        let kinde = builder.build().unwrap();
        assert_hides(&kinde);
        assert_eq!(
            format!("{kinde:?}"),
            "Kinde { domain: \"https://acme.kinde.com\", .. }"
        );
        assert_hides(&kinde.users());
        let params = IntrospectToken {
            token: SECRET.into(),
            ..Default::default()
        };
        let call = kinde.oauth().introspect(&params).header("x-key", SECRET);
        assert_hides(&call);
        assert_eq!(format!("{call:?}"), "Call(Some(tokenIntrospection))");
    }
}

#[wasm_bindgen_test]
fn parameters() {
    assert_shows_only(
        &CreateEnvironmentVariable {
            key: "KEY".into(),
            value: SECRET.into(),
            is_secret: None,
        },
        "KEY",
    );
    let password = SetUserPassword {
        hashed_password: SECRET.into(),
        salt: Some(SECRET.into()),
        is_temporary_password: Some(true),
        ..Default::default()
    };
    assert_shows_only(&password, "is_temporary_password: Some(true)");
    let introspect = IntrospectToken {
        token: SECRET.into(),
        token_type_hint: None,
    };
    assert_shows_only(&introspect, "token_type_hint: None");
    let revoke = RevokeToken {
        client_id: "the-id".into(),
        client_secret: Some(SECRET.into()),
        token: SECRET.into(),
        token_type_hint: None,
    };
    assert_shows_only(&revoke, "the-id");
    let social = CreateConnectionOptionsSocial {
        client_id: Some("the-id".into()),
        client_secret: Some(SECRET.into()),
        ..Default::default()
    };
    let connection = CreateConnection {
        name: Some("Google".into()),
        options: Some(CreateConnectionOptions::Social(social)),
        ..Default::default()
    };
    assert_shows_only(&connection, "the-id");
}

#[wasm_bindgen_test]
async fn answers() {
    let service = Service::of(json!({
        "access_token": SECRET,
        "application": { "id": "app_1", "client_secret": SECRET },
        "environment_variables": [{ "id": "env_1", "key": "KEY", "value": SECRET }],
    }));
    let kinde = service.client();
    let token = kinde.connected_apps().get_token("session").await.unwrap();
    assert_eq!(token.access_token.as_deref(), Some(SECRET));
    assert_shows_only(&token, "access_token: ");
    let application = kinde.applications().get("app_1").await.unwrap();
    assert_shows_only(&application, "app_1");
    let variables = kinde.environment_variables().list().await.unwrap();
    assert_shows_only(&variables, "KEY");
    // A cursor has "token" in its name, but opens nothing.
    let page = models::ListUsersResponse {
        next_token: Some("cursor".into()),
        ..Default::default()
    };
    assert!(format!("{page:?}").contains("next_token: Some(\"cursor\")"));
}

#[wasm_bindgen_test]
async fn errors() {
    // A created application that cannot be read: its secret is in the body.
    let service = Service::of(json!({ "application": { "id": 1, "client_secret": SECRET } }));
    let kinde = service.client();
    let params = CreateApplication {
        name: "x".into(),
        r#type: "m2m".into(),
        org_code: None,
    };
    let error = kinde.applications().create(&params).await.unwrap_err();
    assert_eq!(error.code(), "decode");
    assert_hides(&error);
    assert!(!error.to_string().contains(SECRET), "{error}");

    // The same where the secret itself is not what the type expects.
    let service = Service::of(json!({ "access_token": { "value": SECRET } }));
    let kinde = service.client();
    let error = kinde.connected_apps().get_token("x").await.unwrap_err();
    assert_eq!(error.code(), "decode");
    assert!(!error.to_string().contains(SECRET), "{error}");
    assert_hides(&error);

    // A page that echoes the request, with no JSON in it.
    let service = Service::new(|_| reply_with(502, &[], &["<pre>", SECRET, "</pre>"].concat()));
    let kinde = service
        .builder()
        .access_token(SECRET)
        .max_retries(0)
        .build()
        .unwrap();
    let error = kinde.business().get().await.unwrap_err();
    assert_hides(&error);
    assert!(!error.to_string().contains(SECRET), "{error}");
}

#[wasm_bindgen_test]
async fn a_token_endpoint_that_echoes_the_secret() {
    let service = Service::new(|_| {
        let description = ["no client has the secret ", SECRET].concat();
        reply(
            401,
            &json!({ "error": "invalid_client", "error_description": description }),
        )
    });
    let kinde = service
        .builder()
        .client_credentials("echo", SECRET)
        .build()
        .unwrap();
    let error = kinde.business().get().await.unwrap_err();
    assert_hides(&error);
    assert!(
        error
            .to_string()
            .contains("no client has the secret [redacted]"),
        "{error}"
    );
    assert!(!error.errors()[0].message.contains(SECRET));
    let body = js_sys::JSON::stringify(&error.answer().unwrap().body).unwrap();
    assert!(!String::from(body).contains(SECRET));
}

#[wasm_bindgen_test]
async fn a_service_that_echoes_the_token() {
    let service = Service::new(|sent| {
        let message = ["cannot use ", &sent.headers["authorization"]].concat();
        reply(
            403,
            &json!({ "errors": [{ "code": "NO", "message": message }] }),
        )
    });
    let kinde = service.builder().access_token(SECRET).build().unwrap();
    let error = kinde.business().get().await.unwrap_err();
    assert_hides(&error);
    assert!(
        error
            .to_string()
            .contains("NO: cannot use Bearer [redacted]"),
        "{error}"
    );
    let body = js_sys::JSON::stringify(&error.answer().unwrap().body).unwrap();
    assert!(!String::from(body).contains(SECRET));
}

#[wasm_bindgen_test]
async fn a_secret_in_the_wrong_place() {
    let service = Service::of(json!({}));
    let kinde = service.client();
    let long = SECRET.repeat(4);
    let delete = kinde.environment().logos().delete(long.as_str().into());
    let error = delete.await.unwrap_err();
    assert!(!error.to_string().contains(SECRET), "{error}");
    let error = Kinde::builder(&["https://acme.kinde.com/", SECRET].concat())
        .build()
        .unwrap_err();
    assert!(!error.to_string().contains(SECRET), "{error}");
    let broken = [SECRET, "\n"].concat();
    let error = service
        .builder()
        .access_token(&broken)
        .build()
        .unwrap()
        .business()
        .get()
        .await;
    let error = error.unwrap_err();
    assert_eq!(error.code(), "authentication");
    assert!(!error.to_string().contains(SECRET), "{error}");
    let error = service
        .builder()
        .header("authorization", &broken)
        .build()
        .unwrap_err();
    assert!(!error.to_string().contains(SECRET), "{error}");
}
