//! Webhooks that are verified.

use crate::issuer::{Issuer, seconds};
use core::time::Duration;
use js_sys::Date;
use kinde_edge::{Reason, VerifyWebhook};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

/// The date so many seconds ago.
fn ago(time: f64) -> String {
    let date = Date::new(&(Date::now() - time * 1000.0).into());
    date.to_iso_string().into()
}

fn event(more: Value) -> Value {
    let mut event = json!({
        "type": "user.created",
        "event_id": "event_1",
        "timestamp": ago(0.0),
        "source": "admin",
        "data": { "user": { "id": "kp_1", "email": null } },
    });
    let all = event.as_object_mut().unwrap();
    all.extend(more.as_object().unwrap().clone());
    event
}

#[wasm_bindgen_test]
async fn a_genuine_webhook_gives_its_event() {
    let issuer = Issuer::new().await;
    let body = issuer.sign(event(json!({ "timestamp": ago(100.0) }))).await;
    let kinde = issuer.client();
    let event = kinde.webhooks().verify(&body, &Default::default()).await;
    let event = event.unwrap();
    assert_eq!(
        (event.kind.as_str(), event.id.as_str()),
        ("user.created", "event_1")
    );
    assert_eq!(event.source.as_deref(), Some("admin"));
    assert!((Date::now() - event.timestamp - 100_000.0).abs() < 5_000.0);
    assert!(event.expires_in <= Duration::from_secs(200));
    assert!(event.expires_in >= Duration::from_secs(195));
    let data: Value = event.data().unwrap();
    assert_eq!(data["user"]["id"], "kp_1");
    assert!(event.data::<Vec<String>>().is_err());
    assert_eq!(
        format!("{event:?}"),
        "WebhookEvent { kind: \"user.created\", id: \"event_1\", .. }"
    );
    assert_eq!(issuer.calls(), ["GET /.well-known/jwks.json"]);
}

#[wasm_bindgen_test]
async fn a_webhook_of_another_time_is_refused() {
    let issuer = Issuer::new().await;
    let minute = VerifyWebhook {
        tolerance: Some(Duration::from_secs(60)),
        ..Default::default()
    };
    for (more, expected, reason) in [
        (json!({ "timestamp": ago(290.0) }), Default::default(), None),
        (
            json!({ "timestamp": (seconds() - 50.0) }),
            minute.clone(),
            None,
        ),
        (
            json!({ "timestamp": Date::now() - 50_000.0 }),
            minute.clone(),
            None,
        ),
        (
            json!({ "timestamp": null, "event_timestamp": ago(0.0) }),
            minute.clone(),
            None,
        ),
        (
            json!({ "timestamp": ago(310.0) }),
            Default::default(),
            Some(Reason::Expired),
        ),
        (
            json!({ "timestamp": ago(70.0) }),
            minute.clone(),
            Some(Reason::Expired),
        ),
        (
            json!({ "timestamp": ago(-70.0) }),
            minute.clone(),
            Some(Reason::NotYetValid),
        ),
        (
            json!({ "timestamp": "soon" }),
            minute.clone(),
            Some(Reason::Malformed),
        ),
        (
            json!({ "type": null }),
            minute.clone(),
            Some(Reason::Malformed),
        ),
        (
            json!({ "event_id": "" }),
            minute.clone(),
            Some(Reason::Malformed),
        ),
        (json!({ "exp": 1 }), minute.clone(), Some(Reason::Expired)),
    ] {
        let body = issuer.sign(event(more)).await;
        let result = issuer.client().webhooks().verify(&body, &expected).await;
        assert_eq!(result.err().and_then(|error| error.reason()), reason);
    }
}

#[wasm_bindgen_test]
async fn a_forged_webhook_is_refused() {
    let issuer = Issuer::new().await;
    let body = issuer.sign(event(json!({}))).await;
    let kinde = issuer.client();
    let foreign = Issuer::new().await.sign(event(json!({}))).await;
    let token = issuer.sign(issuer.claims(json!({}))).await;
    for (body, reason) in [
        (foreign, Reason::BadSignature),
        (format!("{body}\n"), Reason::Malformed),
        (token, Reason::Malformed),
        ("x".repeat(2_000_000), Reason::Malformed),
        (String::new(), Reason::Malformed),
    ] {
        let error = kinde.webhooks().verify(&body, &Default::default()).await;
        assert_eq!(error.unwrap_err().reason(), Some(reason));
    }
}
