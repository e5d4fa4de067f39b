//! New tokens for a session, once for all requests that come with the same cookie: a refresh token
//! may be good for one time only.
//!
//! As in `auth.rs`, who waits does so with a timer of its own, and what is shared is data.

use super::payload::Payload;
use crate::client::Options;
use crate::error::{Context, Error};
use crate::interop::{now, set};
use crate::limits::Limits;
use crate::oauth::Grant;
use crate::settings::Settings;
use core::cell::Cell;
use js_sys::Object;
use wasm_bindgen::prelude::*;

/// How long a refresh may stay unanswered before another request makes its own, in milliseconds
/// as all here: the one who made it may have been cancelled. Longer than for other tokens, since a
/// second one may be taken for theft (RFC 9700, section 4.14.2).
const LEASE: f64 = 10_000.0;
/// How often those who wait look again.
const LOOK: f64 = 10.0;
/// How long a result is kept, for requests that left the browser before it had the new cookie.
const KEEP: f64 = 60_000.0;
/// The most results kept; the oldest goes first.
const KEPT: usize = 200;

/// What came of a refresh token.
struct Entry {
    token: String,
    /// When this was last changed.
    since: f64,
    /// When somebody began to use it.
    asked: f64,
    outcome: Option<Outcome>,
    /// How often that failed, and how it failed last.
    failures: u32,
    failure: Option<Box<Error>>,
}

#[derive(Clone)]
enum Outcome {
    /// The new session, as JSON in JavaScript's memory.
    Renewed(JsValue),
    Refused,
}

thread_local! {
    static ENTRIES: Cell<Vec<Entry>> = const { Cell::new(Vec::new()) };
}

enum Step {
    End(Outcome),
    Fail(Box<Error>),
    Keep,
    Wait,
    Fetch,
}

/// What has become of a session whose access token ends soon.
pub(super) enum Renewal {
    Renewed(Payload),
    /// It has to do as it is.
    Same,
    /// The service does not know it any more.
    Over,
}

/// Renews the tokens of a session with its refresh token. One without it ends with its access
/// token.
pub(super) async fn renew(
    settings: &Settings,
    old: &Payload,
    limits: &Limits,
) -> Result<Renewal, Box<Error>> {
    let token = old.refresh_token();
    let Some(token) = token.as_deref() else {
        return Ok(match now() < old.expires_at() {
            true => Renewal::Same,
            false => Renewal::Over,
        });
    };
    let context = Context::about("session.get");
    let mut failures = None;
    loop {
        let now = now();
        let mut step = Step::Wait;
        with_entry(token, &mut |entry| {
            let failures = *failures.get_or_insert(entry.failures);
            let leased = now - entry.asked < LEASE;
            step = if let Some(outcome) = entry.outcome.clone() {
                Step::End(outcome)
            } else if leased && now < old.expires_at() {
                Step::Keep
            } else if entry.failures != failures
                && let Some(failure) = entry.failure.clone()
            {
                Step::Fail(failure)
            } else if leased {
                Step::Wait
            } else {
                entry.asked = now;
                entry.since = now;
                Step::Fetch
            }
        });
        match step {
            Step::End(Outcome::Refused) => return Ok(Renewal::Over),
            Step::End(Outcome::Renewed(json)) => {
                return Ok(Payload::parse(&json).map_or(Renewal::Over, Renewal::Renewed));
            }
            Step::Fail(failure) => return Err(failure),
            Step::Keep => return Ok(Renewal::Same),
            Step::Wait => limits.sleep(LOOK, &context).await?,
            Step::Fetch => return fetch(settings, old, token).await,
        }
    }
}

/// Uses the refresh token and leaves what comes of it for the others.
async fn fetch(settings: &Settings, old: &Payload, token: &str) -> Result<Renewal, Box<Error>> {
    let mut lease = Lease { token, held: true };
    let params = Object::new();
    set(&params, "refresh_token", &token.into());
    set(&params, "sub", &old.subject());
    let options = Options {
        // There is no need to wait for a busy service while the old token will do.
        max_retries: (now() < old.expires_at()).then_some(0.0),
        ..Options::default()
    };
    let result = match Grant::refresh(settings, &params) {
        Ok(grant) => grant.run(settings, &options).await,
        Err(error) => Err(error),
    };
    lease.held = false;
    let usable = now() < old.expires_at();
    let (renewal, mut outcome) = match result {
        Ok(tokens) => {
            let renewed = old.renewed(&tokens);
            let outcome = Outcome::Renewed(renewed.json());
            (Ok(Renewal::Renewed(renewed)), Some(outcome))
        }
        Err(error) if is_final(&error) => (Ok(Renewal::Over), Some(Outcome::Refused)),
        Err(_) if usable => (Ok(Renewal::Same), None),
        Err(error) => (Err(error), None),
    };
    with_entry(token, &mut |entry| {
        entry.since = now();
        entry.outcome = outcome.take();
        if let Err(error) = &renewal {
            entry.failures = entry.failures.wrapping_add(1);
            entry.failure = Some(error.clone());
        }
        // A failure ahead of time is tried again a lease later, not by the next request.
        if !usable {
            entry.asked = -LEASE;
        }
    });
    renewal
}

/// RFC 6749, section 5.2: the refresh token is invalid, expired, revoked, or was used before.
fn is_final(error: &Error) -> bool {
    matches!(error, Error::Authentication { .. })
        && error.errors().iter().any(|e| e.code == "invalid_grant")
}

/// The right to use a refresh token, given back at once when the request that has it is dropped.
struct Lease<'a> {
    token: &'a str,
    held: bool,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if self.held {
            with_entry(self.token, &mut |entry| entry.asked = -LEASE);
        }
    }
}

/// Works on what is known of a refresh token. Not generic, so that its code is there once.
fn with_entry(token: &str, work: &mut dyn FnMut(&mut Entry)) {
    let mut all = ENTRIES.take();
    let now = now();
    all.retain(|entry| now - entry.since < KEEP);
    let found = all.iter_mut().find(|entry| entry.token == token);
    match found {
        Some(entry) => work(entry),
        None => {
            let mut entry = Entry {
                token: token.into(),
                since: now,
                asked: -LEASE,
                outcome: None,
                failures: 0,
                failure: None,
            };
            work(&mut entry);
            all.push(entry);
        }
    }
    if all.len() > KEPT {
        all.remove(0);
    }
    ENTRIES.set(all);
}
