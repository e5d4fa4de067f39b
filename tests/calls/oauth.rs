//! Sign-in flows and sessions, from Rust.

use crate::double::{Clock, Service, reply, together};
use crate::issuer::{Issuer, seconds};
use core::cell::RefCell;
use core::time::Duration;
use kinde_edge::{
    AuthorizationUrl, Error, ExchangeCode, Kinde, LogoutUrl, Reason, RefreshTokens, Session,
    SessionOptions, SignIn,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen_test::wasm_bindgen_test;

const CALLBACK: &str = "https://app.example/callback";
const SECRET: &str = "a secret of at least thirty-two characters";

/// A stand-in for Kinde whose token endpoint answers with what is next.
struct SignInService {
    issuer: Issuer,
    next: Rc<RefCell<(u16, Value)>>,
}

impl SignInService {
    async fn new() -> Self {
        let next = Rc::new(RefCell::new((500, json!({}))));
        let answers = next.clone();
        let issuer = Issuer::serving(move |keys, sent| {
            let (status, body) = &*RefCell::borrow(&answers);
            match sent.is_token_request() {
                true => reply(*status, body),
                false => reply(200, keys),
            }
        })
        .await;
        SignInService { issuer, next }
    }

    fn client(&self) -> Kinde {
        let builder = self.issuer.builder();
        builder
            .client_credentials("app", "the secret")
            .build()
            .unwrap()
    }

    fn next(&self, status: u16, body: Value) {
        self.next.replace((status, body));
    }

    /// The next answer: tokens, with an id token of these claims.
    async fn next_tokens(&self, claims: Value, more: Value) {
        let mut all = json!({ "aud": "app", "sub": "kp_ada", "name": "Ada" });
        extend(&mut all, claims);
        let id_token = self.issuer.sign(self.issuer.claims(all)).await;
        let mut body = json!({
            "access_token": "an-access-token", "token_type": "bearer", "expires_in": 3600,
            "refresh_token": "one", "id_token": id_token,
        });
        extend(&mut body, more);
        self.next(200, body);
    }

    /// The forms that the token endpoint got.
    fn forms(&self) -> Vec<BTreeMap<String, String>> {
        let sent = self.issuer.service.sent();
        let requests = sent.iter().filter(|sent| sent.is_token_request());
        requests.map(|sent| sent.form()).collect()
    }
}

fn extend(object: &mut Value, more: Value) {
    let object = object.as_object_mut().unwrap();
    object.extend(more.as_object().unwrap().clone());
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
}

fn to(redirect_uri: &str) -> AuthorizationUrl {
    AuthorizationUrl {
        redirect_uri: redirect_uri.into(),
        ..Default::default()
    }
}

fn query(url: &str) -> BTreeMap<String, String> {
    let decode = |part: &str| String::from(js_sys::decode_uri_component(part).unwrap());
    let (_, query) = url.split_once('?').unwrap();
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
    pairs
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn exchange(sign_in: &SignIn) -> ExchangeCode {
    ExchangeCode {
        url: format!("{CALLBACK}?code=the-code&state={}", sign_in.state),
        redirect_uri: CALLBACK.into(),
        state: sign_in.state.clone(),
        nonce: sign_in.nonce.clone(),
        code_verifier: sign_in.code_verifier.clone(),
    }
}

#[wasm_bindgen_test]
async fn a_sign_in_begins_with_an_address() {
    let kinde = Kinde::builder("acme.kinde.com")
        .client_id("app")
        .build()
        .unwrap();
    let params = AuthorizationUrl {
        is_create_org: Some(true),
        org_name: Some("Ada & Co".into()),
        prompt: Some("create".into()),
        more: vec![("new_one".into(), "x".into())],
        ..to(CALLBACK)
    };
    let sign_in = kinde.oauth().authorization_url(&params).await.unwrap();
    assert!(
        sign_in
            .url
            .starts_with("https://acme.kinde.com/oauth2/auth?")
    );
    let mut query = query(&sign_in.url);
    assert_eq!(query.remove("code_challenge").unwrap().len(), 43);
    assert_eq!(sign_in.code_verifier.len(), 43);
    let expected = map(&[
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile email"),
        ("state", &sign_in.state),
        ("nonce", &sign_in.nonce),
        ("code_challenge_method", "S256"),
        ("is_create_org", "true"),
        ("org_name", "Ada & Co"),
        ("prompt", "create"),
        ("new_one", "x"),
    ]);
    assert_eq!(query, expected);
    assert_eq!(format!("{sign_in:?}"), "SignIn { .. }");
}

#[wasm_bindgen_test]
async fn what_cannot_be_a_sign_in_fails() {
    let kinde = Kinde::builder("acme.kinde.com")
        .client_id("app")
        .build()
        .unwrap();
    let error = kinde
        .oauth()
        .authorization_url(&to("/callback"))
        .await
        .unwrap_err();
    assert_eq!(
        error.message(),
        "oauth.authorizationUrl: parameter \"redirect_uri\": expected an absolute URL without a \
         fragment, got a string of 9 characters"
    );
    let params = AuthorizationUrl {
        more: vec![("client_id".into(), "other".into())],
        ..to(CALLBACK)
    };
    let error = kinde.oauth().authorization_url(&params).await.unwrap_err();
    assert!(matches!(error, Error::InvalidRequest { .. }), "{error}");
    let kinde = Kinde::builder("acme.kinde.com").build().unwrap();
    let error = kinde
        .oauth()
        .authorization_url(&to(CALLBACK))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Configuration { .. }), "{error}");
}

#[wasm_bindgen_test]
async fn a_code_is_exchanged_for_tokens() {
    let service = SignInService::new().await;
    let kinde = service.client();
    let sign_in = kinde
        .oauth()
        .authorization_url(&to(CALLBACK))
        .await
        .unwrap();
    let more = json!({ "scope": "openid", "new_field": 5 });
    service
        .next_tokens(json!({ "nonce": sign_in.nonce }), more)
        .await;
    let tokens = kinde
        .oauth()
        .exchange_code(&exchange(&sign_in))
        .await
        .unwrap();
    assert_eq!(tokens.access_token, "an-access-token");
    assert_eq!(tokens.refresh_token.as_deref(), Some("one"));
    assert_eq!(tokens.scope.as_deref(), Some("openid"));
    assert!(tokens.id_token.is_some());
    assert_eq!(tokens.expires_in, 3600.0);
    assert!((tokens.expires_at / 1000.0 - seconds() - 3600.0).abs() < 10.0);
    assert_eq!(tokens.claims.as_ref().unwrap().subject().unwrap(), "kp_ada");
    let raw: Value = serde_wasm_bindgen::from_value(tokens.raw.clone()).unwrap();
    assert_eq!(raw["new_field"], 5);
    assert!(!format!("{tokens:?}").contains("token\""), "{tokens:?}");
    let form = map(&[
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("client_secret", "the secret"),
        ("redirect_uri", CALLBACK),
        ("code", "the-code"),
        ("code_verifier", &sign_in.code_verifier),
    ]);
    assert_eq!(service.forms(), [form]);
}

#[wasm_bindgen_test]
async fn a_callback_of_another_sign_in_sends_nothing() {
    let service = SignInService::new().await;
    let kinde = service.client();
    let sign_in = kinde
        .oauth()
        .authorization_url(&to(CALLBACK))
        .await
        .unwrap();
    for (query, code) in [
        ("code=c&state=other".to_owned(), "state_mismatch"),
        (format!("state={}", sign_in.state), "missing_code"),
        (
            format!("error=access_denied&state={}", sign_in.state),
            "access_denied",
        ),
    ] {
        let params = ExchangeCode {
            url: format!("?{query}"),
            ..exchange(&sign_in)
        };
        let error = kinde.oauth().exchange_code(&params).await.unwrap_err();
        assert!(matches!(error, Error::Authentication { .. }), "{error}");
        assert_eq!(error.errors()[0].code, code);
        assert!(!error.is_retryable());
    }
    assert!(service.forms().is_empty());
}

#[wasm_bindgen_test]
async fn an_id_token_of_another_sign_in_is_refused() {
    let service = SignInService::new().await;
    let kinde = service.client();
    let sign_in = kinde
        .oauth()
        .authorization_url(&to(CALLBACK))
        .await
        .unwrap();
    for (claims, reason) in [
        (json!({ "nonce": "other" }), Reason::WrongNonce),
        (
            json!({ "nonce": sign_in.nonce, "azp": "other" }),
            Reason::WrongAudience,
        ),
        (
            json!({ "nonce": sign_in.nonce, "at_hash": "x" }),
            Reason::WrongHash,
        ),
    ] {
        service.next_tokens(claims, json!({})).await;
        let error = kinde
            .oauth()
            .exchange_code(&exchange(&sign_in))
            .await
            .unwrap_err();
        assert_eq!(error.reason(), Some(reason), "{error}");
    }
}

#[wasm_bindgen_test]
async fn refresh_tokens_are_exchanged() {
    let service = SignInService::new().await;
    let kinde = service.client();
    let params = RefreshTokens {
        refresh_token: "zero".into(),
        sub: Some("kp_ada".into()),
        ..Default::default()
    };
    service.next_tokens(json!({}), json!({})).await;
    let tokens = kinde.oauth().refresh(&params).await.unwrap();
    assert_eq!(tokens.refresh_token.as_deref(), Some("one"));
    service
        .next_tokens(json!({ "sub": "kp_eve" }), json!({}))
        .await;
    let error = kinde.oauth().refresh(&params).await.unwrap_err();
    assert_eq!(error.reason(), Some(Reason::WrongSubject));
    service.next(
        400,
        json!({ "error": "invalid_grant", "error_description": "zero is used" }),
    );
    let error = kinde.oauth().refresh(&params).await.unwrap_err();
    assert_eq!(
        error.message(),
        "oauth.refresh: the token endpoint refused (400): invalid_grant: [redacted] is used"
    );
    let form = map(&[
        ("grant_type", "refresh_token"),
        ("client_id", "app"),
        ("client_secret", "the secret"),
        ("refresh_token", "zero"),
    ]);
    assert_eq!(service.forms(), [form.clone(), form.clone(), form]);
    assert!(!format!("{params:?}").contains("zero"));
}

#[wasm_bindgen_test]
fn a_sign_out_has_an_address() {
    let kinde = Kinde::builder("acme.kinde.com").build().unwrap();
    let params = LogoutUrl {
        redirect: Some("https://app.example/".into()),
        more: vec![("state".into(), "s".into())],
    };
    assert_eq!(
        kinde.oauth().logout_url(&params).unwrap(),
        "https://acme.kinde.com/logout?redirect=https%3A%2F%2Fapp.example%2F&state=s"
    );
    let url = kinde.oauth().logout_url(&Default::default()).unwrap();
    assert_eq!(url, "https://acme.kinde.com/logout");
}

#[wasm_bindgen_test]
async fn discovery_takes_no_other_issuer() {
    for (issuer, is_ours) in [
        (crate::double::DOMAIN, true),
        ("https://evil.example", false),
    ] {
        let service = Service::of(json!({ "issuer": issuer }));
        let found = service.builder().build().unwrap().oauth().discovery().await;
        assert_eq!(found.is_ok(), is_ours);
        assert_eq!(service.calls(), ["GET /.well-known/openid-configuration"]);
    }
}

fn options() -> SessionOptions {
    SessionOptions {
        secret: vec![SECRET.into()],
        redirect_uri: CALLBACK.into(),
        ..Default::default()
    }
}

/// What a browser sends back after these `Set-Cookie` values.
fn kept(before: &str, lines: &[String]) -> String {
    let mut cookies: Vec<(&str, &str)> = before
        .split("; ")
        .filter_map(|pair| pair.split_once('='))
        .collect();
    for line in lines {
        let (pair, attributes) = line.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        cookies.retain(|(other, _)| *other != name);
        if !attributes.ends_with("Max-Age=0") {
            cookies.push((name, value));
        }
    }
    let pairs: Vec<_> = cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("; ")
}

/// Signs in; gives the cookies of the browser.
async fn signed_in(service: &SignInService, session: &Session, more: Value) -> String {
    let begun = session
        .sign_in("", "/a?b=c", &Default::default())
        .await
        .unwrap();
    let cookie = kept("", &begun.cookies);
    let query = query(&begun.location);
    service
        .next_tokens(json!({ "nonce": query["nonce"] }), more)
        .await;
    let url = format!("{CALLBACK}?code=the-code&state={}", query["state"]);
    let ended = session.callback(&cookie, &url).await.unwrap();
    assert_eq!(ended.location, "https://app.example/a?b=c");
    kept(&cookie, &ended.cookies)
}

#[wasm_bindgen_test]
async fn a_session_lasts_from_the_sign_in_to_the_sign_out() {
    let service = SignInService::new().await;
    let session = service.client().session(&options()).unwrap();
    assert!(session.get("").await.unwrap().is_none());
    let cookie = signed_in(&service, &session, json!({})).await;
    assert!(
        cookie.starts_with("__Host-kinde=") && !cookie.contains(';'),
        "{cookie}"
    );
    let user = session.get(&cookie).await.unwrap().unwrap();
    assert_eq!(user.claims.subject().unwrap(), "kp_ada");
    assert_eq!(
        (user.access_token.as_str(), user.cookies.len()),
        ("an-access-token", 0)
    );
    assert_eq!(
        format!("{session:?} {user:?}"),
        "Session { .. } SignedIn { .. }"
    );
    for changed in [
        &cookie[..cookie.len() - 1],
        &cookie.replace("kinde=", "kinde=x"),
    ] {
        assert!(session.get(changed).await.unwrap().is_none());
    }
    let out = session
        .sign_out(&cookie, &Default::default())
        .await
        .unwrap();
    assert!(
        out.location
            .ends_with("/logout?redirect=https%3A%2F%2Fapp.example%2F")
    );
    assert_eq!(kept(&cookie, &out.cookies), "");
}

#[wasm_bindgen_test]
async fn a_sign_in_leads_nowhere_else() {
    let service = SignInService::new().await;
    let session = service.client().session(&options()).unwrap();
    for path in ["//evil.example", "https://evil.example/", "/\\evil.example"] {
        let error = session
            .sign_in("", path, &Default::default())
            .await
            .unwrap_err();
        assert!(matches!(error, Error::InvalidRequest { .. }), "{error}");
    }
    let url = format!("{CALLBACK}?code=c&state=00000000");
    let error = session.callback("", &url).await.unwrap_err();
    assert_eq!(error.errors()[0].code, "sign_in_not_found");
}

#[wasm_bindgen_test]
async fn requests_that_come_together_renew_the_tokens_once() {
    let service = SignInService::new().await;
    let session = service.client().session(&options()).unwrap();
    let cookie = signed_in(&service, &session, json!({ "refresh_token": "of rust" })).await;
    let renewed = json!({ "access_token": "renewed" });
    service.next_tokens(json!({}), renewed).await;
    let _clock = Clock::ahead(3_700_000.0);
    let users = together((0..5).map(|_| session.get(&cookie))).await;
    // The id token that came is an hour too old by now.
    assert!(users.iter().all(|user| user.is_err()));
    service.next(
        200,
        json!({ "access_token": "renewed", "token_type": "bearer" }),
    );
    for user in together((0..5).map(|_| session.get(&cookie))).await {
        let user = user.unwrap().unwrap();
        assert_eq!(user.access_token, "renewed");
        let cookie = kept(&cookie, &user.cookies);
        let user = session.get(&cookie).await.unwrap().unwrap();
        assert_eq!(
            (user.access_token.as_str(), user.cookies.len()),
            ("renewed", 0)
        );
    }
    assert_eq!(service.forms().len(), 3);
}

#[wasm_bindgen_test]
async fn a_session_needs_good_options() {
    let kinde = SignInService::new().await.client();
    for wrong in [
        SessionOptions::default(),
        SessionOptions {
            secret: vec!["short".into()],
            ..options()
        },
        SessionOptions {
            max_age: Some(Duration::from_millis(5)),
            ..options()
        },
        SessionOptions {
            cookie: Some("a b".into()),
            ..options()
        },
    ] {
        let error = kinde.session(&wrong).unwrap_err();
        assert!(matches!(error, Error::Configuration { .. }), "{error}");
        assert!(!format!("{wrong:?}{error:?}").contains("short"));
    }
    let session = kinde.session(&SessionOptions {
        max_age: Some(Duration::from_secs(90)),
        ..options()
    });
    let begun = session
        .unwrap()
        .sign_in("", "", &Default::default())
        .await
        .unwrap();
    assert!(begun.cookies[0].ends_with("Max-Age=600"));
}
