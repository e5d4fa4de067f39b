//! Access tokens: the caller's own, or one by client credentials (RFC 6749, section 4.4).
//!
//! Every token request is charged to the customer, so a token is kept until shortly before it
//! expires, and whoever needs one while it is being fetched waits for that fetch. The wait is a
//! timer of the waiter's own, never the promise of another call: Workers cancel a request that
//! waits on what another request started. What is shared is a string and some numbers.

use crate::check::Problem;
use crate::error::{Context, Error};
use crate::event::Report;
use crate::fetch::{self, Outgoing};
use crate::interop::{encode, get, now, number, promise, push_number, text};
use crate::judge::granted;
use crate::limits::Limits;
use crate::request::FORM;
use crate::settings::Settings;
use crate::store::{Failed, Kept};
use core::cell::Cell;
use js_sys::Function;
use wasm_bindgen::prelude::*;

/// How long a token request may stay unanswered before another call makes its own: the one who
/// made it may have been cancelled.
const LEASE: f64 = 5_000.0;
/// How often those who wait look again.
const LOOK: f64 = 10.0;
/// The lifetime of a token whose answer does not give one, in seconds.
const LIFETIME: f64 = 300.0;
/// The most tokens kept; the oldest goes first.
const KEPT: usize = 100;

/// The share of a token's lifetime in which it is renewed ahead, and the longest such time in
/// seconds.
const MARGIN: f64 = 0.1;
const LONGEST_MARGIN: f64 = 60.0;

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

/// How long before it expires a token that lives for so many seconds is renewed, in milliseconds.
pub(crate) fn margin(lifetime: f64) -> f64 {
    (lifetime * MARGIN).min(LONGEST_MARGIN) * 1000.0
}

/// `expires_in` of an answer (RFC 6749, section 5.1), in seconds; some write it as a text.
pub(crate) fn lifetime(expires_in: &JsValue) -> f64 {
    expires_in
        .as_f64()
        .or_else(|| text(expires_in).map(|text| number(&text)))
        .filter(|seconds| *seconds > 0.0)
        .unwrap_or(LIFETIME)
}

/// What clients with the same credentials share.
struct Entry {
    id: f64,
    key: String,
    /// `Bearer …`
    authorization: JsValue,
    /// When one caller fetches a new one, while the others still use this one.
    renew: f64,
    /// When nobody uses this one any more.
    stale: f64,
    /// When somebody began to fetch a new one.
    asked: f64,
    /// How often that failed, and how it failed last.
    failures: u32,
    failure: Option<Box<Error>>,
    /// The last one that the service did not take.
    refused: JsValue,
}

impl Entry {
    /// Shares a token.
    fn take(&mut self, token: &Token) -> JsValue {
        self.asked = -LEASE;
        self.authorization = token.authorization.clone();
        self.renew = token.renew();
        self.stale = token.expires - margin(token.lifetime) / 4.0;
        token.authorization.clone()
    }

    /// Shares a failure, unless the old token still does.
    fn fail(&mut self, error: Box<Error>, limits: &Limits) -> Result<JsValue, Box<Error>> {
        // A failure ahead of time is tried again a lease later, not by the next caller.
        if now() < self.stale {
            return Ok(self.authorization.clone());
        }
        self.asked = -LEASE;
        match &*error {
            // One caller's impatience is not the others' failure.
            Error::Aborted { .. } => (),
            Error::Timeout { .. } if limits.hurried => (),
            _ => {
                self.failures = self.failures.wrapping_add(1);
                self.failure = Some(error.clone());
            }
        }
        Err(error)
    }
}

thread_local! {
    static ENTRIES: Cell<Vec<Entry>> = const { Cell::new(Vec::new()) };
    static LAST_ID: Cell<f64> = const { Cell::new(0.0) };
}

enum Step {
    Use(JsValue),
    Fail(Box<Error>),
    Wait,
    Fetch,
}

/// The `Authorization` of a call: `Bearer …`.
pub(crate) async fn authorization(
    settings: &Settings,
    limits: &Limits,
    context: &Context,
    report: &Report<'_>,
) -> Result<JsValue, Box<Error>> {
    let own = settings.access_token();
    if own.is_string() {
        return bearer(&own, context);
    }
    if let Some(function) = own.dyn_ref::<Function>() {
        return callers(function, limits, context).await;
    }
    if !settings.has_client_secret() {
        return Err(Error::configuration(
            "no credentials: give accessToken, or clientId and clientSecret",
        ));
    }
    shared(settings, limits, context, report).await
}

/// The token of the caller's own function.
async fn callers(
    function: &Function,
    limits: &Limits,
    context: &Context,
) -> Result<JsValue, Box<Error>> {
    let failed =
        |cause| Error::authentication("accessToken() failed", context.clone().because(cause));
    let token = function
        .call0(&JsValue::UNDEFINED)
        .and_then(|token| promise(&token))
        .map_err(failed)?;
    let token = limits
        .attempt()
        .over(token)
        .await
        .map_err(|end| Error::ended(end, context))?
        .map_err(failed)?;
    bearer(&token, context)
}

/// RFC 6750, section 2.1. A token with other characters would make `fetch` quote it in an error.
pub(crate) fn bearer(token: &JsValue, context: &Context) -> Result<JsValue, Box<Error>> {
    match text(token) {
        Some(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Ok(["Bearer ", &text].concat().into())
        }
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
    let mut failures = None;
    loop {
        let now = now();
        let step = with_entry(settings, |entry| {
            let failures = *failures.get_or_insert(entry.failures);
            let leased = now - entry.asked < LEASE;
            if now < entry.renew || (leased && now < entry.stale) {
                Step::Use(entry.authorization.clone())
            } else if entry.failures != failures
                && let Some(failure) = entry.failure.clone()
            {
                Step::Fail(failure)
            } else if leased {
                Step::Wait
            } else {
                entry.asked = now;
                Step::Fetch
            }
        });
        match step {
            Step::Use(authorization) => return Ok(authorization),
            Step::Fail(failure) => return Err(failure),
            Step::Fetch => return renew(settings, limits, context, report).await,
            Step::Wait => limits.sleep(LOOK, context).await?,
        }
    }
}

/// Gets a token and leaves it, or the failure, for those who wait.
async fn renew(
    settings: &Settings,
    limits: &Limits,
    context: &Context,
    report: &Report<'_>,
) -> Result<JsValue, Box<Error>> {
    let mut lease = Lease {
        settings,
        held: true,
    };
    let attempt = context.attempts + 1;
    let store = settings.token_store();
    let kept = store.is_object().then_some(Kept {
        settings,
        store,
        limits,
    });
    if let Some(kept) = &kept {
        let started = now();
        match kept.load().await {
            Ok(Some(token)) => {
                lease.held = false;
                report.token(attempt, None, true, started);
                return Ok(with_entry(settings, |entry| entry.take(&token)));
            }
            Ok(None) => (),
            Err(Failed) => report.store(attempt),
        }
    }
    let started = now();
    with_entry(settings, |entry| entry.asked = started);
    let result = request(settings, limits, context).await;
    report.token(
        attempt,
        result.as_ref().err().map(AsRef::as_ref),
        false,
        started,
    );
    lease.held = false;
    match result {
        Ok(token) => {
            let authorization = with_entry(settings, |entry| entry.take(&token));
            // Waited for: what a Worker has not done when it answers, it may never do.
            if let Some(kept) = &kept
                && kept.save(&token).await.is_err()
            {
                report.store(attempt);
            }
            Ok(authorization)
        }
        Err(error) => with_entry(settings, |entry| entry.fail(error, limits)),
    }
}

/// The right to fetch a token, given back at once when the call that has it is dropped.
struct Lease<'a> {
    settings: &'a Settings,
    held: bool,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if self.held {
            with_entry(self.settings, |entry| entry.asked = -LEASE);
        }
    }
}

/// Drops a token that the service no longer takes, unless another call has replaced it already.
/// False if there is nothing to replace it with.
pub(crate) fn forget(settings: &Settings, authorization: &JsValue) -> bool {
    let shared = settings.has_client_secret();
    if shared {
        with_entry(settings, |entry| {
            entry.refused = authorization.clone();
            if entry.authorization == *authorization {
                entry.renew = 0.0;
                entry.stale = 0.0;
            }
        });
    }
    shared
}

/// Whether the service has refused this token.
pub(crate) fn is_refused(settings: &Settings, authorization: &JsValue) -> bool {
    with_entry(settings, |entry| entry.refused == *authorization)
}

/// `POST /oauth2/token`.
async fn request(
    settings: &Settings,
    limits: &Limits,
    context: &Context,
) -> Result<Token, Box<Error>> {
    let secret = settings.client_secret();
    let mut form = String::from("grant_type=client_credentials");
    for (name, value) in [
        ("&client_id=", settings.client_id()),
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
        url: &[&settings.origin(), "/oauth2/token"].concat(),
        authorization: &JsValue::UNDEFINED,
        content_type: Some(FORM),
        headers: &[&settings.headers()],
        body: &form.into(),
        stream: false,
        secrets: &[secret.into()],
    };
    let incoming = fetch::send(settings, &outgoing, limits, context).await?;

    let answer = granted(incoming, context.clone())?;
    let field = |name| get(&answer.body, name).unwrap_or_default();
    let lifetime = lifetime(&field("expires_in"));
    match bearer(&field("access_token"), context) {
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

/// Works on what the clients with these credentials share.
fn with_entry<R>(settings: &Settings, work: impl FnOnce(&mut Entry) -> R) -> R {
    let mut entry = take_out(settings);
    let result = work(&mut entry);
    put_back(entry);
    result
}

fn take_out(settings: &Settings) -> Entry {
    ENTRIES.with(|entries| {
        let mut all = entries.take();
        let id = settings.token_id();
        let found = all.iter().position(|entry| Some(entry.id) == id);
        let entry = match found {
            Some(index) => all.remove(index),
            None => adopt(&mut all, settings),
        };
        entries.set(all);
        entry
    })
}

fn put_back(entry: Entry) {
    ENTRIES.with(|entries| {
        let mut all = entries.take();
        all.push(entry);
        entries.set(all);
    });
}

/// The entry of these credentials, for a client that does not know it yet.
fn adopt(all: &mut Vec<Entry>, settings: &Settings) -> Entry {
    let mut key = String::new();
    for part in [
        settings.origin(),
        settings.client_id(),
        settings.client_secret(),
        settings.audience(),
        settings.scope(),
    ] {
        // With its length, so that no two sets of parts make one key.
        push_number(&mut key, part.len() as u32);
        key.push(' ');
        key.push_str(&part);
    }
    if let Some(index) = all.iter().position(|entry| entry.key == key) {
        let entry = all.remove(index);
        settings.set_token_id(entry.id);
        return entry;
    }
    if all.len() >= KEPT {
        all.remove(0);
    }
    let id = LAST_ID.get() + 1.0;
    LAST_ID.set(id);
    settings.set_token_id(id);
    Entry {
        id,
        key,
        authorization: JsValue::UNDEFINED,
        renew: 0.0,
        stale: 0.0,
        asked: -LEASE,
        failures: 0,
        failure: None,
        refused: JsValue::UNDEFINED,
    }
}
