//! The issuer's keys (RFC 7517): fetched when a token needs them, then shared by all clients of the
//! same address and the same `fetch` (`lease.rs`).

use super::algorithm::Algorithm;
use super::rules::Rules;
use super::{Fault, Reason, SUBJECT};
use crate::core::retry::Attempted;
use crate::error::{Answer, Context, Error};
use crate::fetch::{self, Incoming, Outgoing};
use crate::headers;
use crate::interop::{
    concat, get, is_array, list, now, number, parts, push_number, random, stringify, text,
};
use crate::judge::judge;
use crate::lease::{Entry, Kind, Lease, List, Look, Table};
use crate::limits::Limits;
use crate::settings::Settings;
use core::cell::Cell;
use js_sys::{Array, JsString, Object};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/crypto.js")]
extern "C" {
    /// The number of the key in a set that is meant, or one of those below.
    fn choose(set: &Array, id: &JsValue, algorithm: &str) -> i32;
    /// A number for a client's own `fetch`, 0 for that of the runtime.
    fn source(fetch: &JsValue) -> u32;
}

const UNKNOWN: i32 = -1;
const UNSUITABLE: i32 = -2;

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
/// The largest key set, in characters and in keys.
const LARGEST: u32 = 1 << 16;
const MOST: u32 = 50;

/// The keys of an address.
static KEYS: Kind = Kind {
    list: &LIST,
    lease: 5_000.0,
    kept: 1_000,
    keep: f64::INFINITY,
};

thread_local! {
    static LIST: List = const { List::new(Table::new()) };
}

/// In an entry: the last good set; what WebCrypto made of it, as crypto.js keeps it; until when a
/// key that is not in it is no reason to fetch. The first two are replaced together.
const SET: u32 = 0;
const IMPORTED: u32 = 1;
const COOL: u32 = 2;

/// The key of a token: the values of an entry, and which key of the set it is.
pub(super) async fn key(
    settings: &Settings,
    rules: &Rules,
    id: &JsValue,
    algorithm: Algorithm,
    limits: &Limits,
    context: &Context,
) -> Result<(Array, i32), Box<Error>> {
    let address = || match &rules.jwks_uri {
        Some(address) => address.clone(),
        None => concat(&[&settings.origin(), JWKS]),
    };
    // What came by a client's own `fetch`, a double of a test for instance, is for that one alone.
    let place = || {
        let mut place = String::new();
        push_number(&mut place, source(&settings.fetch()));
        concat(&[&place, " ", &address()])
    };
    let entry = KEYS.entry(None, &place);
    let index = Cell::new(0);
    let look = || match choose(&key_list(&entry), id, algorithm.name()) {
        UNSUITABLE => Look::Fail(unsuitable(Reason::Algorithm).into()),
        // It may be newer than the set.
        UNKNOWN if now() >= cool(&entry) => Look::Fetch,
        UNKNOWN => {
            let failure = entry.failure();
            Look::Fail(failure.unwrap_or_else(|| unsuitable(Reason::UnknownKey).into()))
        }
        found => {
            index.set(found);
            Look::Use
        }
    };
    while let Some(lease) = entry.wait(&look, limits, context).await? {
        let mut fetch = Fetch::new(lease, rules, address());
        let result = loop {
            let answer = fetch.get(settings, limits).await;
            match fetch.next(settings, rules, limits, answer) {
                Next::Ask(wait) if wait > 0.0 => limits.sleep(wait, context).await?,
                Next::Ask(_) => (),
                Next::Done(result) => break result,
            }
        };
        keep(&entry, result, limits)?;
    }
    Ok((entry.values.clone(), index.get()))
}

fn key_list(entry: &Entry) -> Array {
    entry.values.get(SET).unchecked_into()
}

fn cool(entry: &Entry) -> f64 {
    entry.values.get(COOL).as_f64().unwrap_or_default()
}

/// Leaves what a fetch came to for those who wait. Fails if there are no keys to use then.
fn keep(
    entry: &Entry,
    result: Result<(Array, f64), Box<Error>>,
    limits: &Limits,
) -> Result<(), Box<Error>> {
    let now = now();
    match result {
        Ok((set, lifetime)) => {
            entry.values.set(SET, set.into());
            entry.values.set(IMPORTED, Object::new().into());
            entry.fresh.set(now + lifetime);
            entry.usable.set(now + lifetime + GRACE);
            entry.set_failure(None);
        }
        Err(error) => {
            if now >= entry.usable.get()
                || matches!(*error, Error::Aborted { .. })
                || error.is_steering()
            {
                return Err(entry.fail(error, limits));
            }
            entry.set_failure(Some(error));
            entry.fresh.set(entry.fresh.get().max(now + COOLDOWN));
        }
    }
    entry.values.set(COOL, (now + COOLDOWN).into());
    Ok(())
}

/// A fetch of keys, with the right to it.
struct Fetch<'a> {
    lease: Lease<'a>,
    url: String,
    asks: Asks,
    context: Context,
    failures: u32,
}

/// What a request is for. Not every issuer has its keys where Kinde has them; its own description
/// says where.
#[derive(Clone, Copy)]
enum Asks {
    KeysOrDescription,
    Description,
    Keys,
}

/// How a fetch goes on.
enum Next {
    /// The next request, after so many milliseconds.
    Ask(f64),
    /// The keys, and how long they are fresh, in milliseconds.
    Done(Result<(Array, f64), Box<Error>>),
}

impl<'a> Fetch<'a> {
    fn new(lease: Lease<'a>, rules: &Rules, url: String) -> Self {
        Fetch {
            lease,
            url,
            asks: match rules.jwks_uri {
                Some(_) => Asks::Keys,
                None => Asks::KeysOrDescription,
            },
            context: Context::about(SUBJECT),
            failures: 0,
        }
    }

    /// Without a token, and with the client's headers only where they are meant for.
    async fn get(&mut self, settings: &Settings, limits: &Limits) -> Result<Incoming, Box<Error>> {
        self.lease.renew();
        self.context.attempts += 1;
        let outgoing = Outgoing {
            method: "GET",
            url: &self.url,
            authorization: &JsValue::UNDEFINED,
            content_type: None,
            foreign: !is_own(settings, &self.url),
            headers: [None; 3],
            body: &JsValue::UNDEFINED,
            stream: false,
            longest: fetch::SMALL,
            secrets: &[],
        };
        fetch::send(settings, &outgoing, limits, &self.context).await
    }

    fn next(
        &mut self,
        settings: &Settings,
        rules: &Rules,
        limits: &Limits,
        answer: Result<Incoming, Box<Error>>,
    ) -> Next {
        let answer = answer.and_then(|incoming| judge(incoming, self.context.clone()));
        let error = match (self.asks, answer) {
            (Asks::Description, Ok(answer)) => match jwks_uri(settings, &answer) {
                Some(found) => {
                    self.url = found;
                    self.asks = Asks::Keys;
                    return Next::Ask(0.0);
                }
                None => {
                    let what = "the issuer's description is not its own";
                    unusable(answer, what, &self.context)
                }
            },
            (_, Ok(answer)) => match key_set(&answer.body) {
                Some(set) => return Next::Done(Ok((set, lifetime(&answer)))),
                None => unusable(answer, "the answer is no key set", &self.context),
            },
            (Asks::KeysOrDescription, Err(error)) if error.status() == Some(404) => {
                self.url = concat(&[&settings.origin(), DISCOVERY]);
                self.asks = Asks::Description;
                return Next::Ask(0.0);
            }
            (_, Err(error)) => error,
        };
        self.failures += 1;
        let retries = rules.max_retries.unwrap_or_else(|| settings.max_retries());
        let attempted = Attempted {
            method: "GET",
            repeats_writes: false,
            once: false,
            failures: self.failures,
            retries,
            left: limits.left(),
        };
        let wait = attempted.wait(error.failure(), None, &mut random);
        wait.map_or(Next::Done(Err(error)), Next::Ask)
    }
}

pub(super) fn unsuitable(reason: Reason) -> Fault {
    let what = match reason {
        Reason::Algorithm => "its algorithm does not fit its key",
        _ => "no key of the issuer fits it",
    };
    Fault(reason, what)
}

fn unusable(answer: Answer, message: &str, context: &Context) -> Box<Error> {
    Box::new(Error::Decode {
        message: message.into(),
        body: answer.body.clone(),
        answer,
        context: context.clone(),
    })
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

/// The keys of a set. None if it is no set, or too large.
fn key_set(body: &JsValue) -> Option<Array> {
    let size = stringify(body).ok()?.dyn_ref::<JsString>()?.length();
    let keys = get(body, "keys").ok().filter(is_array)?;
    let keys = list(&keys).ok()?;
    (size <= LARGEST && (1..=MOST).contains(&keys.length())).then_some(keys)
}

/// `max-age` of `Cache-Control` (RFC 9111, section 5.2.2.1).
fn lifetime(answer: &Answer) -> f64 {
    let value = headers::value(&answer.raw_headers(), "cache-control").unwrap_or_default();
    let age = parts(&value, b',').find_map(|directive| {
        let directive = directive.trim_ascii().to_ascii_lowercase();
        let seconds = number(directive.strip_prefix("max-age=")?);
        (!seconds.is_nan()).then_some(seconds * 1000.0)
    });
    age.unwrap_or(USUAL).clamp(SHORTEST, LONGEST)
}
