//! New tokens for a session, once for all requests that come with the same cookie: a refresh token
//! may be good for one time only (`lease.rs`). What becomes of a session is decided in
//! `core/session/renewal.rs`.

use super::payload::Payload;
use super::recent::{is_known_used_up, use_up};
use crate::base64url;
use crate::core::lease::Rules;
use crate::core::session::renewal::{
    Without, after_failure, is_refusal, is_used_up, retries, without_token,
};
use crate::error::{Context, Error};
use crate::interop::{concat, now, set};
use crate::lease::{Kind, Lease, List, Look, Table};
use crate::limits::Limits;
use crate::oauth::Grant;
use crate::oauth::crypto::sha256;
use crate::options::Options;
use crate::settings::Settings;
use js_sys::Object;

/// What came of a refresh token.
static RENEWALS: Kind = Kind {
    list: &LIST,
    rules: Rules {
        // Longer than for other tokens, which can be asked for twice.
        lease: 10_000.0,
        kept: 10_000,
        // For requests that left the browser before it had the new cookie.
        keep: 60_000.0,
    },
};

thread_local! {
    static LIST: List = const { List::new(Table::new()) };
}

/// In an entry that is fresh: the new session, as JSON in JavaScript's memory; `undefined` if the
/// token was refused.
const OUTCOME: u32 = 0;

/// What has become of a session whose access token ends soon.
pub(super) enum Renewal {
    Renewed(Payload),
    /// It has to do as it is.
    Same,
    /// The service does not know it any more.
    Over,
}

/// Renews the tokens of a session with its refresh token. One without it ends with its access
/// token. Whoever wants new ones `at_once` has no use for the old ones, nor for those that were new
/// before.
pub(super) async fn renew(
    settings: &Settings,
    old: &Payload,
    at_once: bool,
    limits: &Limits,
) -> Result<Renewal, Box<Error>> {
    let newest = match at_once {
        true => newest(settings, old, limits).await?,
        false => None,
    };
    let old = newest.as_ref().unwrap_or(old);
    let token = old.refresh_token();
    let Some(token) = token.as_deref() else {
        return match without_token(&old.times(), at_once, now()) {
            Without::Same => Ok(Renewal::Same),
            Without::Over => Ok(Renewal::Over),
            Without::Fails => Err(Error::configuration(
                "session.refresh: the session has no refresh token: \"offline\" is not in its scope",
            )),
        };
    };
    let context = Context::about(match at_once {
        true => "session.refresh",
        false => "session.get",
    });
    let key = key(settings, token, limits).await?;
    let known = RENEWALS.known(&key);
    if known.is_none() && is_known_used_up(&key) {
        return Ok(Renewal::Over);
    }
    let entry = RENEWALS.entry(None, &|| key.clone());
    // While somebody fetches, the session is used as it is, but by who wants new tokens.
    entry.usable.set(old.times().expires);
    if newest.is_some() {
        // Its refresh token is the old one still: the service does not rotate them.
        entry.fresh.set(0.0);
    }
    let look = || match at_once && entry.fresh.get() == 0.0 {
        true => Look::Fetch,
        false => Look::Use,
    };
    if let Some(lease) = entry.wait(&look, limits, &context).await? {
        return fetch(settings, old, token, at_once, &key, lease, limits).await;
    }
    if entry.fresh.get() == 0.0 {
        return Ok(Renewal::Same);
    }
    let renewed = Payload::parse(&entry.values.get(OUTCOME));
    Ok(renewed.map_or(Renewal::Over, Renewal::Renewed))
}

/// What has become of a session whose cookie is old: a request may have renewed it already.
async fn newest(
    settings: &Settings,
    old: &Payload,
    limits: &Limits,
) -> Result<Option<Payload>, Box<Error>> {
    let mut newest = None;
    let mut token = old.refresh_token();
    while let Some(old) = token {
        let entry = RENEWALS.known(&key(settings, &old, limits).await?);
        let renewed = entry.and_then(|entry| match entry.fresh.get() > 0.0 {
            true => Payload::parse(&entry.values.get(OUTCOME)),
            false => None,
        });
        // A service that does not rotate them gives the same refresh token again.
        token = renewed
            .as_ref()
            .and_then(Payload::refresh_token)
            .filter(|token| *token != old);
        newest = renewed.or(newest);
    }
    Ok(newest)
}

/// What a refresh token is known by: two tenants may give the same. It is hashed, so that it can be
/// remembered when the token is forgotten.
async fn key(settings: &Settings, token: &str, limits: &Limits) -> Result<String, Box<Error>> {
    let parts = [&settings.origin(), "\n", &settings.client_id(), "\n", token];
    Ok(base64url::encode(&sha256(&concat(&parts), limits).await?))
}

/// Uses the refresh token and leaves what comes of it for the others.
async fn fetch(
    settings: &Settings,
    old: &Payload,
    token: &str,
    at_once: bool,
    key: &str,
    lease: Lease<'_>,
    limits: &Limits,
) -> Result<Renewal, Box<Error>> {
    let params = Object::new();
    set(&params, "refresh_token", &token.into());
    set(&params, "sub", &old.subject());
    let options = Options {
        max_retries: retries(&old.times(), at_once, now()),
        ..Options::default()
    };
    let result = match Grant::refresh(settings, &params) {
        Ok(grant) => grant.run(settings, &options).await,
        Err(error) => Err(error),
    };
    let entry = lease.entry;
    let error = match result {
        Ok(tokens) => {
            let renewed = old.renewed(&tokens);
            if is_used_up(token, renewed.refresh_token().as_deref()) {
                use_up(key);
            }
            entry.values.set(OUTCOME, renewed.json());
            entry.fresh.set(f64::INFINITY);
            return Ok(Renewal::Renewed(renewed));
        }
        Err(error) => error,
    };
    let is_own = error.is_steering();
    match after_failure(&old.times(), at_once, is_refused(&error), is_own, now()) {
        Without::Over => {
            use_up(key);
            entry.fresh.set(f64::INFINITY);
            Ok(Renewal::Over)
        }
        Without::Same => {
            lease.run_out();
            Ok(Renewal::Same)
        }
        Without::Fails => Err(entry.failed(error, limits)),
    }
}

fn is_refused(error: &Error) -> bool {
    matches!(error, Error::Authentication { .. })
        && error.errors().iter().any(|e| is_refusal(&e.code))
}
