//! Tokens that are verified, and routes that are guarded.

use crate::double::{Clock, never, reject, reply, reply_with, strings, together};
use crate::issuer::{Issuer, seconds};
use core::time::Duration;
use kinde_edge::{Algorithm, Error, Guard, Reason, VerifyToken};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

/// Why a token is refused.
async fn refusal(issuer: &Issuer, token: &str, expected: &VerifyToken) -> Reason {
    let error = issuer.client().tokens().verify(token, expected).await;
    let error = error.unwrap_err();
    let reason = error.reason().unwrap_or_else(|| panic!("{error}"));
    assert_eq!(error.code(), "invalid_token");
    let start = format!("the token is not valid ({}): ", reason.name());
    assert!(error.message().starts_with(&start), "{error}");
    assert!(!error.is_retryable());
    assert!(error.context().is_none());
    reason
}

#[wasm_bindgen_test]
async fn a_good_token_gives_its_claims() {
    let issuer = Issuer::new().await;
    let more = json!({
        "org_code": "org_1",
        "permissions": ["read:things", "write:things"],
        "roles": [{ "id": "r1", "key": "admin", "name": "Admin" }, "owner"],
        "scp": ["openid"],
        "feature_flags": {
            "dark": { "t": "b", "v": true },
            "limit": { "t": "i", "v": 5 },
            "theme": { "t": "s", "v": "red" },
            "odd": { "t": "b", "v": "true" },
        },
        "user_properties": { "city": { "v": "Perth" } },
        "organization_properties": { "size": { "v": 3 } },
        "application_properties": { "tier": { "v": "gold" } },
        "entitlements": [{ "feature_key": "seats", "entitlement_limit_max": 10 }],
    });
    let token = issuer.sign(issuer.claims(more)).await;
    let kinde = issuer.client();
    let claims = kinde.tokens().verify(&token, &Default::default()).await;
    let claims = claims.unwrap();
    assert_eq!(claims.subject().unwrap(), "kp_1");
    assert_eq!(claims.issuer().unwrap(), issuer.domain);
    assert_eq!(claims.audience(), ["the-api"]);
    assert!(claims.expires_at().unwrap() > claims.issued_at().unwrap());
    assert_eq!(claims.organization().unwrap(), "org_1");
    assert!(claims.organizations().is_empty());
    assert_eq!(claims.permissions(), ["read:things", "write:things"]);
    assert!(claims.has_permission("read:things") && !claims.has_permission("read"));
    let roles = claims.roles();
    assert_eq!(roles[0].key, "admin");
    assert_eq!(roles[0].id.as_deref(), Some("r1"));
    assert_eq!(roles[0].name.as_deref(), Some("Admin"));
    assert_eq!((roles[1].key.as_str(), &roles[1].id), ("owner", &None));
    assert!(claims.has_role("owner") && claims.has_role("admin") && !claims.has_role("r1"));
    assert_eq!(claims.scopes(), ["openid"]);
    assert!(claims.has_scope("openid") && !claims.has_scope("email"));
    assert!(claims.bool_flag("dark", false));
    assert_eq!(claims.integer_flag("limit", 1), 5);
    assert_eq!(claims.string_flag("theme", "light"), "red");
    assert_eq!(claims.user_property("city"), "Perth");
    assert_eq!(claims.organization_property("size"), 3.0);
    assert_eq!(claims.application_property("tier"), "gold");
    assert!(claims.entitlement("seats").is_object());
    assert!(claims.entitlement("desks").is_undefined());
    let raw: Value = serde_wasm_bindgen::from_value(claims.raw().clone().into()).unwrap();
    assert_eq!(raw["org_code"], "org_1");
    assert_eq!(format!("{claims:?}"), "Claims { .. }");
}

#[wasm_bindgen_test]
async fn a_claim_that_is_missing_or_of_another_type_says_nothing() {
    let issuer = Issuer::new().await;
    let odd = json!({
        "aud": null, "iat": 1, "org_code": 1, "permissions": "read:things", "roles": [1, null, {}],
        "scp": null, "scope": " openid  email ", "feature_flags": [], "user_properties": null,
        "organization_properties": { "size": 3 }, "entitlements": { "feature_key": "seats" },
    });
    let token = issuer.sign(issuer.claims(odd)).await;
    let kinde = issuer.client();
    let claims = kinde.tokens().verify(&token, &Default::default()).await;
    let claims = claims.unwrap();
    assert!(claims.audience().is_empty() && claims.organization().is_none());
    assert!(claims.permissions().is_empty() && !claims.has_permission("read:things"));
    assert!(claims.roles().is_empty());
    assert_eq!(claims.scopes(), ["openid", "email"]);
    assert!(claims.bool_flag("dark", true));
    assert_eq!(claims.integer_flag("dark", -1), -1);
    assert_eq!(claims.string_flag("constructor", "light"), "light");
    assert!(claims.user_property("city").is_undefined());
    assert!(claims.organization_property("size").is_undefined());
    assert!(claims.entitlement("seats").is_undefined());
}

#[wasm_bindgen_test]
async fn claims_are_found_under_the_names_for_hasura() {
    let issuer = Issuer::new().await;
    for hasura in [
        json!({ "x-hasura-permissions": ["a"], "x-hasura-org-code": "org_1", "x-hasura-roles": [{ "key": "r" }] }),
        json!({ "permissions": null, "https://hasura.io/jwt/claims": {
            "x-hasura-permissions": ["a"], "x-hasura-org-code": "org_1", "x-hasura-roles": ["r"] } }),
    ] {
        let token = issuer.sign(issuer.claims(hasura)).await;
        let kinde = issuer.client();
        let claims = kinde.tokens().verify(&token, &Default::default()).await;
        let claims = claims.unwrap();
        assert!(claims.has_permission("a") && claims.has_role("r"));
        assert_eq!(claims.organization().unwrap(), "org_1");
    }
}

#[wasm_bindgen_test]
async fn a_token_that_is_not_as_expected_is_refused_with_the_reason() {
    let issuer = Issuer::new().await;
    let expected = VerifyToken {
        audience: strings(&["other", "the-api"]),
        clock_tolerance: Duration::from_secs(10),
        ..Default::default()
    };
    for (more, reason) in [
        (json!({}), None),
        (json!({ "exp": seconds() - 5.0 }), None),
        (json!({ "aud": ["x", "other"] }), None),
        (json!({ "exp": seconds() - 20.0 }), Some(Reason::Expired)),
        (
            json!({ "nbf": seconds() + 20.0 }),
            Some(Reason::NotYetValid),
        ),
        (json!({ "iss": "https://evil" }), Some(Reason::WrongIssuer)),
        (json!({ "aud": ["x"] }), Some(Reason::WrongAudience)),
        (json!({ "exp": "soon" }), Some(Reason::Malformed)),
        (json!({ "iat": "now" }), Some(Reason::Malformed)),
    ] {
        let token = issuer.sign(issuer.claims(more)).await;
        match reason {
            Some(reason) => assert_eq!(refusal(&issuer, &token, &expected).await, reason),
            None => {
                let claims = issuer.client().tokens().verify(&token, &expected).await;
                assert_eq!(claims.unwrap().subject().unwrap(), "kp_1");
            }
        }
    }
    assert_eq!(issuer.calls(), ["GET /.well-known/jwks.json"]);
}

#[wasm_bindgen_test]
async fn a_token_that_is_not_the_issuers_is_refused_with_the_reason() {
    let issuer = Issuer::new().await;
    let claims = issuer.claims(json!({}));
    let token = issuer.sign(claims.clone()).await;
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = signed.split_once('.').unwrap();
    let other = issuer.sign(issuer.claims(json!({ "sub": "kp_2" }))).await;
    let other = other.split('.').nth(1).unwrap();
    let foreign = Issuer::new().await.sign(claims.clone()).await;
    let unknown = json!({ "alg": "RS256", "kid": "key-2" });
    let unknown = issuer.sign_with(unknown, claims.clone()).await;
    let hmac = json!({ "alg": "HS256", "kid": "key-1" });
    let hmac = issuer.sign_with(hmac, claims.clone()).await;
    let critical = json!({ "alg": "RS256", "kid": "key-1", "crit": ["b64"] });
    let critical = issuer.sign_with(critical, claims.clone()).await;
    for (token, reason) in [
        (
            format!("{header}.{other}.{signature}"),
            Reason::BadSignature,
        ),
        (format!("{signed}."), Reason::BadSignature),
        (foreign, Reason::BadSignature),
        (unknown, Reason::UnknownKey),
        (hmac, Reason::Algorithm),
        (critical, Reason::Malformed),
        (signed.to_owned(), Reason::Malformed),
        (format!("{token}="), Reason::Malformed),
        (String::new(), Reason::Malformed),
        ("x".repeat(100_000), Reason::Malformed),
    ] {
        assert_eq!(
            refusal(&issuer, &token, &Default::default()).await,
            reason,
            "{token}"
        );
    }
    let typed = VerifyToken {
        token_type: Some("at+jwt".into()),
        ..Default::default()
    };
    assert_eq!(refusal(&issuer, &token, &typed).await, Reason::WrongType);
    let stronger = VerifyToken {
        algorithms: vec![Algorithm::Rs512, Algorithm::Es256],
        ..Default::default()
    };
    assert_eq!(refusal(&issuer, &token, &stronger).await, Reason::Algorithm);
}

#[wasm_bindgen_test]
async fn expectations_that_cannot_be_are_no_fault_of_the_token() {
    let issuer = Issuer::new().await;
    let token = issuer.sign(issuer.claims(json!({}))).await;
    for (expected, message) in [
        (
            VerifyToken {
                jwks_uri: Some("http://keys.example.com".into()),
                ..Default::default()
            },
            "options \"jwksUri\": expected an address with https://, or of the client's domain",
        ),
        (
            VerifyToken {
                timeout: Some(Duration::ZERO),
                ..Default::default()
            },
            "options \"timeout\": expected a time that is longer than 0",
        ),
    ] {
        let error = issuer.client().tokens().verify(&token, &expected).await;
        let error = error.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest { .. }), "{error}");
        assert_eq!(error.message(), message);
    }
    assert!(issuer.calls().is_empty());
}

#[wasm_bindgen_test]
async fn keys_are_fetched_once_and_again_when_they_are_old() {
    let issuer = Issuer::new().await;
    let token = issuer.claims(json!({ "exp": seconds() + 10_000.0 }));
    let token = issuer.sign(token).await;
    let clients: Vec<_> = (0..10).map(|_| issuer.client()).collect();
    let checks = clients.iter().map(async |kinde| {
        let verified = kinde.tokens().verify(&token, &Default::default()).await;
        verified.unwrap();
    });
    together(checks).await;
    assert_eq!(issuer.calls().len(), 1);
    for (ahead, calls) in [(590_000.0, 1), (610_000.0, 2)] {
        let _clock = Clock::ahead(ahead);
        let kinde = issuer.client();
        kinde
            .tokens()
            .verify(&token, &Default::default())
            .await
            .unwrap();
        assert_eq!(issuer.calls().len(), calls);
    }
}

#[wasm_bindgen_test]
async fn a_key_that_is_not_there_is_looked_for_again_after_a_while() {
    let issuer = Issuer::new().await;
    let header = json!({ "alg": "RS256", "kid": "key-2" });
    let claims = issuer.claims(json!({ "exp": seconds() + 600.0 }));
    let token = issuer.sign_with(header, claims).await;
    for (ahead, calls) in [(0.0, 1), (10_000.0, 1), (31_000.0, 2), (40_000.0, 2)] {
        let _clock = Clock::ahead(ahead);
        let reason = refusal(&issuer, &token, &Default::default()).await;
        assert_eq!((reason, issuer.calls().len()), (Reason::UnknownKey, calls));
    }
}

#[wasm_bindgen_test]
async fn the_last_good_keys_are_used_while_the_server_is_down() {
    let issuer = Issuer::serving(|keys, sent| match sent.number {
        0 => reply(200, keys),
        _ => reply_with(503, &[], "down"),
    })
    .await;
    let token = issuer.claims(json!({ "exp": seconds() + 1e6 }));
    let token = issuer.sign(token).await;
    let kinde = issuer.client();
    kinde
        .tokens()
        .verify(&token, &Default::default())
        .await
        .unwrap();
    {
        let _clock = Clock::ahead(601_000.0);
        for _ in 0..3 {
            kinde
                .tokens()
                .verify(&token, &Default::default())
                .await
                .unwrap();
        }
        assert_eq!(issuer.calls().len(), 2);
    }
    let _clock = Clock::ahead(601_000.0 + 86_401_000.0);
    let error = kinde.tokens().verify(&token, &Default::default()).await;
    assert_eq!(error.unwrap_err().status(), Some(503));
}

#[wasm_bindgen_test]
async fn keys_that_cannot_be_had_are_no_fault_of_the_token() {
    let issuer = Issuer::serving(|_, sent| match sent.number {
        0 => reply_with(500, &[], ""),
        1 => reject(&"offline".into()),
        2 => reply_with(200, &[], "<html>"),
        3 => reply(200, &json!({ "keys": [] })),
        _ => never(),
    })
    .await;
    let token = issuer.sign(issuer.claims(json!({}))).await;
    let expected = VerifyToken {
        timeout: Some(Duration::from_millis(50)),
        ..Default::default()
    };
    for (code, message) in [
        ("server", "token verification: the service failed (500)"),
        ("connection", "token verification: no answer came from "),
        ("decode", "token verification: the answer is not JSON (200)"),
        (
            "decode",
            "token verification: the answer is no key set (200)",
        ),
        (
            "timeout",
            "token verification: no answer came in 50 ms (timeout)",
        ),
    ] {
        let error = issuer.client().tokens().verify(&token, &expected).await;
        let error = error.unwrap_err();
        assert_eq!(error.code(), code);
        let text = error.message();
        assert!(text.starts_with(message), "{text}");
        assert_eq!(error.reason(), None);
        assert_eq!(error.context().unwrap().attempts, 1);
    }
}

#[wasm_bindgen_test]
async fn keys_are_where_the_issuers_description_says() {
    let issuer = Issuer::serving(|keys, sent| {
        let (origin, path) = sent.url.split_at(sent.url.find(".com").unwrap() + 4);
        match path {
            "/.well-known/jwks.json" => reply_with(404, &[], ""),
            "/.well-known/openid-configuration" => reply(
                200,
                &json!({ "issuer": origin, "jwks_uri": "https://keys.example.com/all" }),
            ),
            _ => reply(200, keys),
        }
    })
    .await;
    let token = issuer.sign(issuer.claims(json!({}))).await;
    let kinde = issuer.builder().header("x-own", "1").build().unwrap();
    kinde
        .tokens()
        .verify(&token, &Default::default())
        .await
        .unwrap();
    assert_eq!(
        issuer.calls(),
        [
            "GET /.well-known/jwks.json",
            "GET /.well-known/openid-configuration",
            "GET https://keys.example.com/all",
        ]
    );
    let sent = issuer.service.sent();
    let own = |index: usize| sent[index].headers.contains_key("x-own");
    assert!(own(0) && own(1) && !own(2));
    assert!(
        sent.iter()
            .all(|sent| !sent.headers.contains_key("authorization"))
    );
}

fn guard() -> Guard {
    Guard {
        permissions: strings(&["read:things"]),
        roles: strings(&["admin"]),
        scopes: strings(&["a", "b"]),
        realm: Some("things".into()),
        token: VerifyToken {
            audience: strings(&["the-api"]),
            ..Default::default()
        },
    }
}

#[wasm_bindgen_test]
async fn a_guard_lets_in_who_has_all_that_is_needed() {
    let issuer = Issuer::new().await;
    let all = json!({ "permissions": ["read:things"], "roles": ["admin"], "scope": "b a" });
    let token = issuer.sign(issuer.claims(all)).await;
    let kinde = issuer.client();
    for scheme in ["Bearer", "bearer", "BEARER "] {
        let header = format!("{scheme} {token}");
        let claims = kinde.tokens().guard(Some(&header), &guard()).await;
        assert_eq!(claims.unwrap().subject().unwrap(), "kp_1");
    }
}

#[wasm_bindgen_test]
async fn a_guard_says_how_to_answer_the_others() {
    let issuer = Issuer::new().await;
    let sign = async |more: Value| {
        let token = issuer.sign(issuer.claims(more)).await;
        Some(format!("Bearer {token}"))
    };
    let permissions = json!(["read:things"]);
    let malformed = "the Authorization header is not one bearer token";
    for (header, status, error, description, challenge) in [
        (
            None,
            401,
            "unauthorized",
            "a bearer token is needed",
            "Bearer realm=\"things\"".to_owned(),
        ),
        (
            Some("Basic abc".to_owned()),
            401,
            "unauthorized",
            "a bearer token is needed",
            "Bearer realm=\"things\"".to_owned(),
        ),
        (
            Some("Bearer a, Bearer b".to_owned()),
            400,
            "invalid_request",
            malformed,
            format!(
                "Bearer realm=\"things\", error=\"invalid_request\", \
                 error_description=\"{malformed}\""
            ),
        ),
        (
            sign(json!({ "exp": 1 })).await,
            401,
            "invalid_token",
            "the token is not valid (expired): it has expired",
            "Bearer realm=\"things\", error=\"invalid_token\", error_description=\"the token is \
             not valid (expired): it has expired\""
                .to_owned(),
        ),
        (
            sign(json!({ "permissions": permissions, "roles": ["user"] })).await,
            403,
            "insufficient_scope",
            "role admin is needed",
            "Bearer realm=\"things\", error=\"insufficient_scope\", error_description=\"role \
             admin is needed\", scope=\"a b\""
                .to_owned(),
        ),
    ] {
        let kinde = issuer.client();
        let refusal = kinde.tokens().guard(header.as_deref(), &guard()).await;
        let refusal = refusal.unwrap_err();
        assert_eq!(
            (refusal.status, refusal.error, refusal.description.as_str()),
            (status, error, description)
        );
        assert_eq!(
            refusal.www_authenticate.as_deref(),
            Some(challenge.as_str())
        );
        assert_eq!(refusal.retry_after, None);
        let reason = refusal.cause.and_then(|cause| cause.reason());
        assert_eq!(reason.is_some(), error == "invalid_token");
    }
}

#[wasm_bindgen_test]
async fn a_guard_without_keys_says_when_to_come_again() {
    let issuer = Issuer::serving(|_, _| reply_with(503, &[("retry-after", "6.5")], "")).await;
    let token = issuer.sign(issuer.claims(json!({}))).await;
    let kinde = issuer.client();
    let header = format!("Bearer {token}");
    let refusal = kinde.tokens().guard(Some(&header), &guard()).await;
    let refusal = refusal.unwrap_err();
    assert_eq!(
        (refusal.status, refusal.error, refusal.retry_after),
        (503, "temporarily_unavailable", Some(7))
    );
    assert_eq!(refusal.www_authenticate, None);
    assert_eq!(refusal.cause.unwrap().status(), Some(503));
}

#[wasm_bindgen_test]
async fn a_guard_that_is_set_up_wrongly_lets_nobody_in() {
    let issuer = Issuer::new().await;
    let token = issuer.sign(issuer.claims(json!({}))).await;
    let header = format!("Bearer {token}");
    for wrong in [
        Guard {
            scopes: strings(&["a b"]),
            ..Default::default()
        },
        Guard {
            realm: Some("a\nb".into()),
            ..Default::default()
        },
    ] {
        let kinde = issuer.client();
        let refusal = kinde.tokens().guard(Some(&header), &wrong).await;
        let refusal = refusal.unwrap_err();
        assert_eq!((refusal.status, refusal.error), (500, "server_error"));
        let cause = refusal.cause.unwrap();
        assert!(matches!(cause, Error::InvalidRequest { .. }), "{cause}");
    }
}
