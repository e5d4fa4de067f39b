//! The issuer's keys (RFC 7517): fetched when a token needs them, then shared by all clients of the
//! same address.
//!
//! Those who need keys that somebody is fetching wait with a timer of their own, as in auth.rs, and
//! for the same reason. What is shared is data: the keys, and when they were fetched.

use super::algorithm::{Algorithm, CURVE};
use super::rules::Rules;
use super::{Reason, SUBJECT};
use crate::error::{Answer, Context, Error};
use crate::fetch::{self, Outgoing};
use crate::headers;
use crate::interop::{get, is_array, list, now, number, set, stringify, text};
use crate::judge::judge;
use crate::limits::Limits;
use crate::retry;
use crate::settings::Settings;
use core::cell::Cell;
use js_sys::{Array, JsString, Object, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = importKey, catch)]
    fn import_key(
        format: &str,
        key: &Object,
        algorithm: &Object,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;
}

const JWKS: &str = "/.well-known/jwks.json";
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// How long keys are used without another look: what the server says between these two, else the
/// third. In milliseconds, as all here.
const SHORTEST: f64 = 60_000.0;
const LONGEST: f64 = 86_400_000.0;
const USUAL: f64 = 600_000.0;
/// How long they are used beyond that while the server gives no others.
const GRACE: f64 = 86_400_000.0;
/// The time between two fetches because of a key that is not there, or after one that failed.
const COOLDOWN: f64 = 30_000.0;
/// How long a fetch may go on before another call makes its own: the one who makes it may have been
/// cancelled.
const LEASE: f64 = 5_000.0;
/// How often those who wait look again.
const LOOK: f64 = 10.0;

/// The most addresses whose keys are kept; the oldest goes first.
const KEPT: usize = 20;
/// The largest key set, in characters and in keys.
const LARGEST: u32 = 1 << 16;
const MOST: u32 = 50;
/// The shortest RSA key, in bits (RFC 7518, section 3.3).
const FEWEST_BITS: f64 = 2048.0;

/// A key of a set.
#[derive(Clone)]
struct Key {
    id: Option<String>,
    /// What `alg` says that it is for.
    algorithm: Option<String>,
    /// The public part and nothing else, for WebCrypto.
    public: Object,
    key_type: String,
    curve: String,
    /// What WebCrypto made of it, and for which algorithm.
    imported: Option<(Algorithm, JsValue)>,
}

/// The keys of an address.
struct Entry {
    address: String,
    keys: Vec<Key>,
    /// Until when they are used without another look.
    fresh: f64,
    /// Until when they are used while the server gives no others.
    usable: f64,
    /// Until when a key that is not among them is no reason to fetch.
    cool: f64,
    /// When somebody began to fetch.
    asked: f64,
    /// How often that failed, and how it failed last.
    failures: u32,
    failure: Option<Error>,
}

thread_local! {
    static ENTRIES: Cell<Vec<Entry>> = const { Cell::new(Vec::new()) };
}

enum Step {
    Use(Key),
    Fail(Error),
    Wait,
    Fetch,
}

/// The key of a token, ready to verify with.
pub(super) async fn key(
    settings: &Settings,
    rules: &Rules,
    id: Option<&str>,
    algorithm: Algorithm,
    limits: &Limits,
    context: &Context,
) -> Result<JsValue, Error> {
    let address = match &rules.jwks_uri {
        Some(address) => address.clone(),
        None => [&settings.origin(), JWKS].concat(),
    };
    let failures = with_entry(&address, |entry| entry.failures);
    loop {
        let now = now();
        let step = with_entry(&address, |entry| {
            let leased = now - entry.asked < LEASE;
            if now < entry.fresh || (leased && now < entry.usable) {
                match choose(&entry.keys, id, algorithm) {
                    // It may be newer than the set.
                    Err(Reason::UnknownKey) if now >= entry.cool => (),
                    Err(reason) => {
                        let failure = entry.failure.clone();
                        let failure = failure.filter(|_| reason == Reason::UnknownKey);
                        return Step::Fail(failure.unwrap_or_else(|| unsuitable(reason)));
                    }
                    Ok(key) => return Step::Use(key.clone()),
                }
            } else if entry.failures != failures
                && let Some(failure) = entry.failure.clone()
            {
                return Step::Fail(failure);
            }
            if leased {
                return Step::Wait;
            }
            entry.asked = now;
            Step::Fetch
        });
        match step {
            Step::Use(key) => return ready(&address, key, algorithm, limits, context).await,
            Step::Fail(failure) => return Err(failure),
            Step::Fetch => renew(settings, rules, &address, limits).await?,
            Step::Wait => limits.sleep(LOOK, context).await?,
        }
    }
}

fn unsuitable(reason: Reason) -> Error {
    Error::token(
        reason,
        match reason {
            Reason::Algorithm => "its algorithm does not fit its key",
            _ => "no key of the issuer fits it",
        },
    )
}

/// The one key with this id; without an id, the one key that fits.
fn choose<'a>(keys: &'a [Key], id: Option<&str>, algorithm: Algorithm) -> Result<&'a Key, Reason> {
    let named = |key: &&Key| id.is_none() || key.id.as_deref() == id;
    let mut fitting = keys.iter().filter(named).filter(|key| key.fits(algorithm));
    match (fitting.next(), fitting.next()) {
        (Some(key), None) => Ok(key),
        (None, _) if id.is_some() && keys.iter().any(|key| named(&key)) => Err(Reason::Algorithm),
        _ => Err(Reason::UnknownKey),
    }
}

impl Key {
    /// Reads a key of a set, unless it is for something else.
    fn read(jwk: &JsValue) -> Option<Key> {
        let field = |name: &str| get(jwk, name).unwrap_or_default();
        let word = |name: &str| text(&field(name));
        let operations = field("key_ops");
        let verifies = || list(&operations).is_ok_and(|all| all.includes(&"verify".into(), 0));
        if word("use").is_some_and(|usage| usage != "sig") || (is_array(&operations) && !verifies())
        {
            return None;
        }
        let public = Object::new();
        // `use`, `alg` and `key_ops` have been looked at; what is private must not come along.
        for name in ["kty", "n", "e", "crv", "x", "y"] {
            let value = field(name);
            if value.is_string() {
                set(&public, name, &value);
            }
        }
        Some(Key {
            id: word("kid"),
            algorithm: word("alg"),
            public,
            key_type: word("kty")?,
            curve: word("crv").unwrap_or_default(),
            imported: None,
        })
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        self.key_type == algorithm.key_type()
            && (algorithm != Algorithm::Es256 || self.curve == CURVE)
            && self
                .algorithm
                .as_deref()
                .is_none_or(|own| own == algorithm.name())
    }
}

/// Makes a key one of WebCrypto's, the first time.
async fn ready(
    address: &str,
    key: Key,
    algorithm: Algorithm,
    limits: &Limits,
    context: &Context,
) -> Result<JsValue, Error> {
    if let Some((of, imported)) = key.imported
        && of == algorithm
    {
        return Ok(imported);
    }
    let usages = Array::of1(&"verify".into());
    let importing = import_key("jwk", &key.public, &algorithm.parameters(), false, &usages)
        .map_err(|_| {
            Error::configuration("crypto.subtle is not there: a page needs HTTPS for it")
        })?;
    let imported = limits
        .attempt()
        .over(importing)
        .await
        .map_err(|end| Error::ended(end, context))?;
    let bits = |key: &JsValue| {
        get(&get(key, "algorithm").ok()?, "modulusLength")
            .ok()?
            .as_f64()
    };
    let is_strong = |key: &JsValue| bits(key).is_none_or(|bits| bits >= FEWEST_BITS);
    let Some(imported) = imported.ok().filter(is_strong) else {
        return Err(unsuitable(Reason::UnknownKey));
    };
    with_entry(address, |entry| {
        // The set may be another one by now.
        for one in &mut entry.keys {
            if Object::is(&one.public, &key.public) {
                one.imported = Some((algorithm, imported.clone()));
            }
        }
    });
    Ok(imported)
}

/// Fetches the keys and leaves them, or the failure, for those who wait. Fails if there are none to
/// use then.
async fn renew(
    settings: &Settings,
    rules: &Rules,
    address: &str,
    limits: &Limits,
) -> Result<(), Error> {
    let mut lease = Lease {
        address,
        held: true,
    };
    let result = request(settings, rules, address, limits).await;
    lease.held = false;
    with_entry(address, |entry| {
        let now = now();
        entry.asked = -LEASE;
        match result {
            Ok((keys, lifetime)) => {
                entry.keys = keys;
                entry.fresh = now + lifetime;
                entry.usable = entry.fresh + GRACE;
                entry.cool = now + COOLDOWN;
                entry.failure = None;
            }
            // One caller's impatience is not the others' failure.
            Err(error @ Error::Aborted { .. }) => return Err(error),
            Err(error) if now < entry.usable => {
                entry.fresh = entry.fresh.max(now + COOLDOWN);
                entry.cool = now + COOLDOWN;
                entry.failure = Some(error);
            }
            Err(error @ Error::Timeout { .. }) if limits.hurried => return Err(error),
            Err(error) => {
                entry.failures = entry.failures.wrapping_add(1);
                entry.failure = Some(error.clone());
                return Err(error);
            }
        }
        Ok(())
    })
}

/// The right to fetch the keys, given back at once when the call that has it is dropped.
struct Lease<'a> {
    address: &'a str,
    held: bool,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if self.held {
            with_entry(self.address, |entry| entry.asked = -LEASE);
        }
    }
}

/// The keys and how long they are fresh, in milliseconds.
async fn request(
    settings: &Settings,
    rules: &Rules,
    address: &str,
    limits: &Limits,
) -> Result<(Vec<Key>, f64), Error> {
    let retries = rules.max_retries.unwrap_or_else(|| settings.max_retries());
    let mut context = Context::about(SUBJECT);
    let mut ask = async |url: &str| {
        let mut failures = 0;
        loop {
            with_entry(address, |entry| entry.asked = now());
            context.attempts += 1;
            let error = match get_json(settings, url, limits, &context).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            failures += 1;
            let wait = retry::wait(&error, failures).filter(|wait| *wait < limits.left());
            match wait {
                Some(wait)
                    if retry::is_repeatable(&error, "GET", false)
                        && f64::from(failures) <= retries =>
                {
                    limits.sleep(wait, &context).await?;
                }
                _ => return Err(error),
            }
        }
    };
    let answer = match ask(address).await {
        // Not every issuer has them there; its own description says where.
        Err(Error::Api { status: 404, .. }) if rules.jwks_uri.is_none() => {
            let described = ask(&[&settings.origin(), DISCOVERY].concat()).await?;
            let found = jwks_uri(settings, &described)
                .ok_or_else(|| unusable(described, "the issuer's description is unusable"))?;
            ask(&found).await?
        }
        answer => answer?,
    };
    match keys(&answer.body) {
        Some(keys) => Ok((keys, lifetime(&answer))),
        None => Err(unusable(answer, "the answer is not a key set")),
    }
}

fn unusable(answer: Answer, message: &str) -> Error {
    Error::Decode {
        message: message.into(),
        body: answer.body.clone(),
        answer,
        context: Context::about(SUBJECT),
    }
}

/// Without a token, and with the client's headers only where they are meant for.
async fn get_json(
    settings: &Settings,
    url: &str,
    limits: &Limits,
    context: &Context,
) -> Result<Answer, Error> {
    let none = Array::new();
    let headers = match is_own(settings, url) {
        true => settings.headers(),
        false => none.clone(),
    };
    let outgoing = Outgoing {
        method: "GET",
        url,
        authorization: &JsValue::UNDEFINED,
        content_type: None,
        headers: [&headers, &none, &none],
        body: &JsValue::UNDEFINED,
        stream: false,
        secrets: &[],
    };
    judge(
        fetch::send(settings, &outgoing, limits, context).await?,
        context.clone(),
    )
}

/// Whether an address is one of the client's domain.
fn is_own(settings: &Settings, url: &str) -> bool {
    let rest = url.strip_prefix(settings.origin().as_str());
    rest.is_some_and(|rest| rest.starts_with('/'))
}

/// Whether keys from this address can be trusted.
pub(super) fn is_trustworthy(settings: &Settings, url: &str) -> bool {
    url.starts_with("https://") || is_own(settings, url)
}

/// Where the issuer's description says that the keys are (OpenID Connect Discovery, section 3).
fn jwks_uri(settings: &Settings, described: &Answer) -> Option<String> {
    let field = |name| get(&described.body, name).unwrap_or_default();
    let found = text(&field("jwks_uri")).filter(|url| is_trustworthy(settings, url));
    found.filter(|_| field("issuer") == *settings.origin().as_str())
}

/// The keys of a set that are for signatures. None if it is no set, or too large.
fn keys(body: &JsValue) -> Option<Vec<Key>> {
    let size = stringify(body).ok()?.dyn_ref::<JsString>()?.length();
    let all = get(body, "keys").ok().filter(is_array)?;
    let all = list(&all)
        .ok()
        .filter(|all| size <= LARGEST && all.length() <= MOST)?;
    let keys: Vec<Key> = all.iter().filter_map(|jwk| Key::read(&jwk)).collect();
    (!keys.is_empty()).then_some(keys)
}

/// `max-age` of `Cache-Control` (RFC 9111, section 5.2.2.1).
fn lifetime(answer: &Answer) -> f64 {
    let value = headers::value(&answer.raw_headers(), "cache-control").unwrap_or_default();
    let age = value.split(',').find_map(|directive| {
        let directive = directive.trim().to_ascii_lowercase();
        let seconds = number(directive.strip_prefix("max-age=")?);
        (!seconds.is_nan()).then_some(seconds * 1000.0)
    });
    age.unwrap_or(USUAL).clamp(SHORTEST, LONGEST)
}

/// Works on what is known of an address.
fn with_entry<R>(address: &str, work: impl FnOnce(&mut Entry) -> R) -> R {
    ENTRIES.with(|entries| {
        let mut all = entries.take();
        let found = all.iter().position(|entry| entry.address == address);
        let mut entry = match found {
            Some(index) => all.remove(index),
            None => Entry {
                address: address.into(),
                keys: Vec::new(),
                fresh: 0.0,
                usable: 0.0,
                cool: 0.0,
                asked: -LEASE,
                failures: 0,
                failure: None,
            },
        };
        let result = work(&mut entry);
        if all.len() >= KEPT {
            all.remove(0);
        }
        all.push(entry);
        entries.set(all);
        result
    })
}
