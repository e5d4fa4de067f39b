//! Access tokens: the caller's own, or one by client credentials (RFC 6749, section 4.4).
//!
//! Every token request is charged to the customer, so a token is kept until shortly before it
//! expires, and whoever needs one while it is being fetched waits for that fetch (`lease.rs`).

use crate::check::Problem;
use crate::core::lease::Rules;
use crate::core::token::{lifetime, margin, usable};
use crate::error::{Answer, Context, Error};
use crate::event::Report;
use crate::fetch::{self, Outgoing};
use crate::interop::{concat, encode, get, now, number, promise, push_number, text};
use crate::judge::granted;
use crate::lease::{Entry, Kind, Lease, List, Look, Table};
use crate::limits::Limits;
use crate::request::{FORM, Request};
use crate::settings::{Settings, is_token};
use crate::store::Kept;
use js_sys::{Array, Function, JsString, Object, Promise};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// What clients with the same credentials share.
static TOKENS: Kind = Kind {
    list: &LIST,
    rules: Rules {
        lease: 5_000.0,
        kept: 1_000,
        keep: f64::INFINITY,
    },
};

thread_local! {
    static LIST: List = const { List::new(Table::new()) };
}

/// In an entry: `Bearer …`, the last one that the service did not take, and until when the former is
/// used, for `first.js`.
const CURRENT: u32 = 0;
const REFUSED: u32 = 1;
const FRESH: u32 = 2;

const BEARER: &str = "Bearer ";
const TOKEN_ENDPOINT: &str = "/oauth2/token";

/// An access token, new or kept.
pub(crate) struct Token {
    /// `Bearer …`
    pub authorization: JsValue,
    /// Its whole lifetime, in seconds.
    pub lifetime: f64,
    /// When it expires, in milliseconds since 1970.
    pub expires: f64,
}

impl Token {
    /// When one caller fetches a new one.
    pub fn renew(&self) -> f64 {
        self.expires - margin(self.lifetime)
    }
}

/// The `Authorization` of a call: `Bearer …`. `own` is the call's own token, if it has one: as the
/// client's, a string or a function.
pub(crate) async fn authorization(
    settings: &Settings,
    own: Option<&JsValue>,
    limits: &Limits,
    context: &Context,
    report: &Report<'_>,
) -> Result<JsValue, Box<Error>> {
    if own.is_none() {
        if let Some(provider) = settings.provider() {
            return given(provider(), "access_token_from failed", limits, context).await;
        }
        if let Some(ready) = settings.authorization() {
            return Ok(ready);
        }
    }
    let own = own.map_or_else(|| settings.access_token(), Clone::clone);
    if own.is_string() {
        return bearer(&own, context);
    }
    if let Some(function) = own.dyn_ref::<Function>() {
        return callers(function, limits, context).await;
    }
    if !settings.has_machine() {
        return Err(Error::configuration(
            match settings.client_id().is_empty() {
                true => "no credentials: give accessToken, or clientId and clientSecret",
                false => "no credentials: beside clientId, give clientSecret, or accessToken",
            },
        ));
    }
    shared(settings, limits, context, report).await
}

/// A call for nothing but the machine's access token, as calls get theirs.
pub(crate) fn machine(settings: &Settings) -> Result<Request, Box<Error>> {
    match settings.has_machine() {
        true => Ok(Request {
            is_authorized: true,
            is_token: true,
            ..Request::open(
                "tokens.machine",
                TOKEN_ENDPOINT,
                Some(String::new()),
                granted,
            )
        }),
        false => Err(Error::configuration(
            "no credentials: give clientId and clientSecret of a machine-to-machine application, \
             or management",
        )),
    }
}

/// What such a call comes to: the token, without `Bearer`.
pub(crate) fn bare(authorization: &JsValue) -> Answer {
    let text: &JsString = authorization.unchecked_ref();
    Answer {
        status: 200,
        body: text.slice(BEARER.len() as u32, text.length()).into(),
        response: JsValue::UNDEFINED,
        attempts: 0,
    }
}

/// The `Authorization` of a call without a token of its own, if it is there already.
#[cfg(feature = "js")]
pub(crate) fn ready(settings: &Settings) -> Option<JsValue> {
    if let Some(ready) = settings.authorization() {
        return Some(ready);
    }
    if settings.has_access_token() || !settings.has_machine() {
        return None;
    }
    let entry = entry(settings);
    (now() < entry.fresh.get()).then(|| entry.values.get(CURRENT))
}

/// The token of the caller's own function.
async fn callers(
    function: &Function,
    limits: &Limits,
    context: &Context,
) -> Result<JsValue, Box<Error>> {
    const FAILED: &str = "accessToken() failed";
    let token = function
        .apply(&JsValue::UNDEFINED, &Array::new())
        .and_then(|token| promise(&token))
        .map_err(|cause| Error::authentication(FAILED, context.clone().because(cause)))?;
    given(token, FAILED, limits, context).await
}

/// The token that a promise comes to.
async fn given(
    token: Promise,
    failed: &str,
    limits: &Limits,
    context: &Context,
) -> Result<JsValue, Box<Error>> {
    let token = limits.settled(token, context).await?;
    let token =
        token.map_err(|cause| Error::authentication(failed, context.clone().because(cause)))?;
    bearer(&token, context)
}

/// RFC 6750, section 2.1.
pub(crate) fn bearer(token: &JsValue, context: &Context) -> Result<JsValue, Box<Error>> {
    match text(token) {
        Some(text) if is_token(&text) => Ok(concat(&[BEARER, &text]).into()),
        Some(text) if text.starts_with(BEARER) => Err(Error::authentication(
            "the access token begins with \"Bearer \": leave that out",
            context.clone(),
        )),
        Some(_) => Err(Error::authentication(
            "the access token is empty or holds a character that no token has",
            context.clone(),
        )),
        None => Err(Error::authentication(
            &Problem::expected("an access token that is a string", token).what,
            context.clone(),
        )),
    }
}

/// The token that clients with the same credentials share.
async fn shared(
    settings: &Settings,
    limits: &Limits,
    context: &Context,
    report: &Report<'_>,
) -> Result<JsValue, Box<Error>> {
    let entry = entry(settings);
    match entry.wait(&|| Look::Use, limits, context).await? {
        Some(lease) => renew(settings, lease, limits, context, report).await,
        None => Ok(entry.values.get(CURRENT)),
    }
}

/// Gets a token and leaves it, or the failure, for those who wait.
async fn renew(
    settings: &Settings,
    lease: Lease<'_>,
    limits: &Limits,
    context: &Context,
    report: &Report<'_>,
) -> Result<JsValue, Box<Error>> {
    let attempt = context.attempts + 1;
    let store = settings.token_store();
    let kept = match store.is_object() || settings.own_store().is_some() {
        true => match Kept::new(settings, store, limits).await {
            Ok(kept) => Some(kept),
            Err(failed) => {
                report.store(attempt, failed, context)?;
                None
            }
        },
        false => None,
    };
    if let Some(kept) = &kept {
        let started = now();
        match kept.load().await {
            Ok(Some(token)) => {
                report.token(attempt, None, true, started);
                return Ok(share(lease, &token));
            }
            Ok(None) => (),
            Err(failed) => report.store(attempt, failed, context)?,
        }
    }
    lease.renew();
    let started = now();
    let result = request(settings, limits, context).await;
    report.token(
        attempt,
        result.as_ref().err().map(AsRef::as_ref),
        false,
        started,
    );
    match result {
        Ok(token) => {
            let authorization = share(lease, &token);
            // Waited for: what a Worker has not done when it answers, it may never do.
            if let Some(kept) = &kept
                && let Err(failed) = kept.save(&token).await
            {
                report.store(attempt, failed, context)?;
            }
            Ok(authorization)
        }
        // The old one still does.
        Err(error) if lease.entry.will_do(error.is_steering(), now()) => {
            let authorization = lease.entry.values.get(CURRENT);
            lease.run_out();
            Ok(authorization)
        }
        Err(error) => Err(lease.entry.failed(error, limits)),
    }
}

/// Gives a token to all who wait.
fn share(lease: Lease<'_>, token: &Token) -> JsValue {
    let Token {
        authorization,
        lifetime,
        expires,
    } = token;
    lease.entry.values.set(CURRENT, authorization.clone());
    lease.entry.values.set(FRESH, token.renew().into());
    lease.entry.fresh.set(token.renew());
    lease.entry.usable.set(usable(*expires, *lifetime));
    authorization.clone()
}

/// Drops a token that the service no longer takes, unless another call has replaced it already.
/// False if there is nothing to replace it with.
pub(crate) fn forget(settings: &Settings, authorization: &JsValue) -> bool {
    let shared = settings.has_machine();
    if shared {
        let entry = entry(settings);
        entry.values.set(REFUSED, authorization.clone());
        if entry.values.get(CURRENT) == *authorization {
            entry.values.set(FRESH, JsValue::UNDEFINED);
            entry.fresh.set(0.0);
            entry.usable.set(0.0);
        }
    }
    shared
}

/// Whether the service has refused this token.
pub(crate) fn is_refused(settings: &Settings, authorization: &JsValue) -> bool {
    entry(settings).values.get(REFUSED) == *authorization
}

/// `POST /oauth2/token`.
async fn request(
    settings: &Settings,
    limits: &Limits,
    context: &Context,
) -> Result<Token, Box<Error>> {
    let secret = settings.machine_secret();
    let mut form = String::from("grant_type=client_credentials");
    for (name, value) in [
        ("&client_id=", settings.machine_id()),
        ("&client_secret=", secret.clone()),
        ("&audience=", settings.audience()),
        ("&scope=", settings.scope()),
    ] {
        if !value.is_empty() {
            form.push_str(name);
            form.push_str(&encode(&value.into()).unwrap_or_default());
        }
    }
    let outgoing = Outgoing {
        method: "POST",
        url: TOKEN_ENDPOINT,
        authorization: &JsValue::UNDEFINED,
        content_type: Some(FORM),
        foreign: false,
        headers: [None; 3],
        body: &form.into(),
        stream: false,
        longest: fetch::SMALL,
        secrets: &[secret.into()],
    };
    let incoming = fetch::send(settings, &outgoing, limits, context).await?;

    let answer = granted(incoming, context.clone())?;
    let token = get(&answer.body, "access_token").unwrap_or_default();
    let lifetime = lifetime(answer.body.unchecked_ref::<Object>(), number);
    match bearer(&token, context) {
        Ok(authorization) => Ok(Token {
            authorization,
            lifetime,
            expires: now() + lifetime * 1000.0,
        }),
        Err(_) => Err(Error::authentication(
            "the token endpoint answered without a usable access_token",
            context.clone(),
        )),
    }
}

/// What the clients with these credentials share.
fn entry(settings: &Settings) -> Rc<Entry> {
    let key = || {
        let mut key = String::new();
        for part in [
            settings.origin(),
            settings.machine_id(),
            settings.machine_secret(),
            settings.audience(),
            settings.scope(),
        ] {
            // With its length, so that no two sets of parts make one key.
            push_number(&mut key, part.len() as u32);
            key.push(' ');
            key.push_str(&part);
        }
        key
    };
    let id = settings.token_id();
    let entry = TOKENS.entry(id, &key);
    if id != Some(entry.id) {
        settings.set_token(entry.id, &entry.values);
    }
    entry
}
