//! Tokens that outlive the program, or are shared with others: a store of the caller's.
//!
//! It may fail, hang or give rubbish: a call goes on as if there were none.

use crate::auth::{self, Token};
use crate::base64url;
use crate::error::Context;
use crate::interop::{absent, concat, encode, get, is_record, now, parse, promise, set, stringify};
use crate::limits::Limits;
use crate::oauth::crypto::{bytes, settle};
use crate::settings::{Settings, Store};
use crate::watch::{ignore, steers};
use core::future::Future;
use core::pin::Pin;
use js_sys::{Array, Function, Object, Promise};
use std::sync::Arc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

#[wasm_bindgen(module = "/src/crypto.js")]
extern "C" {
    fn hmac(secret: &JsValue, text: &str) -> Promise;
}

/// How many letters of the secret's hash are in a key: 128 bits.
const HASH: usize = 22;

/// How long a store may take, in milliseconds.
const LIMIT: f64 = 2_000.0;

/// What a [`TokenStore`] gives back.
pub type StoreFuture<'a, T> =
    Pin<Box<dyn Future<Output = Result<T, Box<dyn core::error::Error>>> + 'a>>;

/// Keeps access tokens for [`Builder::token_store`](crate::Builder::token_store): Workers KV, a
/// cache, a database.
///
/// Keys name domain, client id, audience and scope, and hold a hash of the secret; values are texts that hold an access token, so
/// whoever can read the store can use it until it expires. An error, or an answer that takes
/// longer than 2 s, is as good as no store.
///
/// ```no_run
/// use kinde_edge::{Kinde, StoreFuture, TokenStore};
/// # struct Kv;
/// # impl Kv {
/// #     async fn get(&self, _: &str) -> Result<Option<String>, std::io::Error> { Ok(None) }
/// #     async fn put(&self, _: &str, _: &str, _: u32) -> Result<(), std::io::Error> { Ok(()) }
/// #     async fn delete(&self, _: &str) -> Result<(), std::io::Error> { Ok(()) }
/// # }
///
/// struct Tokens(Kv);
///
/// impl TokenStore for Tokens {
///     fn get<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<String>> {
///         Box::pin(async move { Ok(self.0.get(key).await?) })
///     }
///     fn set<'a>(&'a self, key: &'a str, value: &'a str, seconds: u32) -> StoreFuture<'a, ()> {
///         Box::pin(async move { Ok(self.0.put(key, value, seconds).await?) })
///     }
///     fn delete<'a>(&'a self, key: &'a str) -> StoreFuture<'a, ()> {
///         Box::pin(async move { Ok(self.0.delete(key).await?) })
///     }
/// }
///
/// # fn example(kv: Kv) -> Result<(), kinde_edge::Error> {
/// let kinde = Kinde::builder("acme.kinde.com")
///     .client_credentials("client id", "client secret")
///     .token_store(Tokens(kv))
///     .build()?;
/// # Ok(()) }
/// ```
pub trait TokenStore {
    /// The value of a key; `None` if there is none, or if it is older than it should be.
    fn get<'a>(&'a self, key: &'a str) -> StoreFuture<'a, Option<String>>;
    /// Keeps a value, for that many seconds at most.
    fn set<'a>(&'a self, key: &'a str, value: &'a str, seconds: u32) -> StoreFuture<'a, ()>;
    /// Drops a value: the service does not take its token any more.
    fn delete<'a>(&'a self, key: &'a str) -> StoreFuture<'a, ()>;
}

/// The functions of a store, as JavaScript callers give it.
pub(crate) const METHODS: [&str; 3] = ["get", "set", "delete"];

/// Calls the function of a Rust store with this name and these arguments, as JavaScript would give
/// them. The store stays Rust's, and goes with its client.
pub(crate) fn own(store: impl TokenStore + Send + Sync + 'static) -> Box<Store> {
    let store = Arc::new(store);
    Box::new(move |method, arguments| {
        let store = store.clone();
        let text = |index| arguments.get(index).as_string().unwrap_or_default();
        let (key, value) = (text(0), text(1));
        let seconds = arguments.get(2).as_f64().unwrap_or_default() as u32;
        let [get, set, _] = METHODS;
        answer(async move {
            if method == get {
                return Ok(store.get(&key).await?.into());
            }
            match method == set {
                true => store.set(&key, &value, seconds).await?,
                false => store.delete(&key).await?,
            }
            Ok(JsValue::UNDEFINED)
        })
    })
}

/// A promise of what a store answers. Why it failed is nobody's business: it may quote the token.
fn answer(
    answer: impl Future<Output = Result<JsValue, Box<dyn core::error::Error>>> + 'static,
) -> Promise {
    future_to_promise(async move { answer.await.map_err(|_| JsValue::UNDEFINED) })
}

/// The store failed, or took too long. What it threw may quote the token: nobody is told, unless it is
/// to steer the caller's framework.
pub(crate) struct Failed(pub Option<JsValue>);

impl From<JsValue> for Failed {
    fn from(cause: JsValue) -> Self {
        Failed(Some(cause).filter(steers))
    }
}

/// Where a client keeps its token.
pub(crate) struct Kept<'a> {
    settings: &'a Settings,
    store: JsValue,
    limits: &'a Limits,
    key: String,
}

impl<'a> Kept<'a> {
    /// The place of a client's token in its store. Fails where there is no WebCrypto.
    pub async fn new(
        settings: &'a Settings,
        store: JsValue,
        limits: &'a Limits,
    ) -> Result<Self, Failed> {
        Ok(Kept {
            key: key(settings, limits).await?,
            settings,
            store,
            limits,
        })
    }

    /// The token, if there is one that is of any use.
    pub async fn load(&self) -> Result<Option<Token>, Failed> {
        let found = self.ask("get", None).await?;
        if absent(&found) {
            return Ok(None);
        }
        let token = read(&found).ok_or(Failed(None))?;
        if auth::is_refused(self.settings, &token.authorization) {
            // Nobody waits for it: the next one takes its place.
            return match self.call("delete", None).map(|done| ignore(&done)) {
                Ok(_) => Ok(None),
                Err(cause) => Err(cause.into()),
            };
        }
        Ok(Some(token).filter(|token| now() < token.renew()))
    }

    /// Keeps a token for those who come later.
    pub async fn save(&self, token: &Token) -> Result<(), Failed> {
        self.ask("set", Some(token)).await.map(drop)
    }

    async fn ask(&self, method: &'static str, token: Option<&Token>) -> Result<JsValue, Failed> {
        let answer = self.call(method, token)?;
        let settled = self.limits.within(LIMIT).over(answer).await;
        Ok(settled.map_err(|_| Failed(None))??)
    }

    fn call(&self, method: &'static str, token: Option<&Token>) -> Result<Promise, JsValue> {
        let arguments = Array::of1(&self.key.as_str().into());
        if let Some(token) = token {
            arguments.push(&write(token)?);
            arguments.push(&token.lifetime.floor().into());
        }
        if let Some(store) = self.settings.own_store() {
            return Ok(store(method, &arguments));
        }
        let method: Function = get(&self.store, method)?.dyn_into()?;
        promise(&method.apply(&self.store, &arguments)?)
    }
}

/// The key of a client's token. There is no secret in it.
async fn key(settings: &Settings, limits: &Limits) -> Result<String, Failed> {
    let mut key = String::from("kinde-edge");
    for part in [
        settings.origin(),
        settings.machine_id(),
        settings.audience(),
        settings.scope(),
    ] {
        // Encoded, so that no two sets of parts make one key.
        key.push(':');
        key.push_str(&encode(&part.into()).unwrap_or_default());
    }
    // Who has another secret has another token: the service would refuse that client a new one. By
    // HMAC-SHA-256 under the secret, so that nobody can make the key without it. A fast hash will do:
    // secrets are long and random, made by the service, and cannot be guessed as passwords can.
    let hashing = hmac(&settings.machine_secret().into(), &key);
    let hash = settle(hashing, limits).await.map_err(|_| Failed(None))?;
    let mut hash = base64url::encode(&bytes(&hash));
    hash.truncate(HASH);
    Ok(concat(&[&key, ":", &hash]))
}

/// How a token is kept.
fn write(token: &Token) -> Result<JsValue, JsValue> {
    let authorization = token.authorization.as_string().unwrap_or_default();
    let plain = authorization.strip_prefix("Bearer ").unwrap_or_default();
    let record = Object::new();
    set(&record, "access_token", &plain.into());
    set(&record, "expires_in", &token.lifetime.into());
    set(&record, "expires_at", &token.expires.into());
    stringify(&record)
}

/// Nothing, if it is not what `write` made: a store may hold anything.
fn read(text: &JsValue) -> Option<Token> {
    if !text.is_string() {
        return None;
    }
    let record = parse(text).filter(is_record)?;
    let field = |name| get(&record, name).unwrap_or_default();
    let number = |name| field(name).as_f64().filter(|n| n.is_finite() && *n > 0.0);
    let lifetime = number("expires_in")?;
    Some(Token {
        authorization: auth::bearer(&field("access_token"), &Context::new(None)).ok()?,
        lifetime,
        // No token lives longer than it did when it was new, whatever another clock says.
        expires: number("expires_at")?.min(now() + lifetime * 1000.0),
    })
}
