//! An issuer of tokens: a key pair, a key set and a signature, by the runtime's own WebCrypto.

use crate::double::{Sent, Service, reply};
use js_sys::{Date, Function, Promise, Reflect};
use kinde_edge::{Builder, Kinde};
use serde_json::{Value, json};
use std::cell::Cell;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

pub struct Issuer {
    /// Its own, since keys are shared by address.
    pub domain: String,
    sign: Function,
    pub service: Service,
}

thread_local! {
    static ISSUERS: Cell<u32> = const { Cell::new(0) };
}

async fn run(function: &Function, argument: &str) -> JsValue {
    let promise = function.call1(&JsValue::UNDEFINED, &argument.into());
    JsFuture::from(Promise::from(promise.unwrap()))
        .await
        .unwrap()
}

impl Issuer {
    pub async fn new() -> Self {
        Issuer::serving(|keys, _| reply(200, keys)).await
    }

    /// Answers requests for its keys with what a function makes of them.
    pub async fn serving(answer: impl Fn(&Value, &Sent) -> Promise + 'static) -> Self {
        let make = Function::new_with_args(
            "",
            r#"return (async () => {
              const algorithm = { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
              const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
              const encode = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
              const text = new TextEncoder();
              const sign = async (parts) => {
                const signed = JSON.parse(parts).map((part) => encode(text.encode(JSON.stringify(part)))).join(".");
                const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", privateKey, text.encode(signed));
                return `${signed}.${encode(new Uint8Array(signature))}`;
              };
              const { n, e } = await crypto.subtle.exportKey("jwk", publicKey);
              return { sign, n, e };
            })()"#,
        );
        let made = run(&make, "").await;
        let part = |name: &str| Reflect::get(&made, &name.into()).unwrap();
        let key = json!({
            "kty": "RSA", "kid": "key-1", "alg": "RS256", "use": "sig",
            "n": part("n").as_string().unwrap(), "e": part("e").as_string().unwrap(),
        });
        let keys = json!({ "keys": [key] });
        let number = ISSUERS.get();
        ISSUERS.set(number + 1);
        Issuer {
            domain: format!("https://issuer-{number}.kinde.com"),
            sign: part("sign").unchecked_into(),
            service: Service::new(move |sent| answer(&keys, sent)),
        }
    }

    pub fn builder(&self) -> Builder {
        Kinde::builder(&self.domain)
            .fetch(self.service.fetch())
            .max_retries(0)
    }

    pub fn client(&self) -> Kinde {
        self.builder().build().unwrap()
    }

    pub async fn sign_with(&self, header: Value, claims: Value) -> String {
        let parts = json!([header, claims]).to_string();
        run(&self.sign, &parts).await.as_string().unwrap()
    }

    pub async fn sign(&self, claims: Value) -> String {
        let header = json!({ "alg": "RS256", "kid": "key-1", "typ": "JWT" });
        self.sign_with(header, claims).await
    }

    /// Claims that pass, and these.
    pub fn claims(&self, more: Value) -> Value {
        let mut claims = json!({
            "iss": self.domain, "sub": "kp_1", "aud": "the-api",
            "iat": seconds(), "exp": seconds() + 60.0,
        });
        let all = claims.as_object_mut().unwrap();
        all.extend(more.as_object().unwrap().clone());
        claims
    }

    /// `GET /.well-known/jwks.json`
    pub fn calls(&self) -> Vec<String> {
        let calls = self.service.calls();
        calls
            .iter()
            .map(|call| call.replace(&self.domain, ""))
            .collect()
    }
}

pub fn seconds() -> f64 {
    (Date::now() / 1000.0).floor()
}
