//! The issuer's keys (RFC 7517): fetched when a token needs them, then shared by all clients of the
//! same address and the same `fetch` (`lease.rs`).

use super::SUBJECT;
use crate::check::Problem;
use crate::client::run;
use crate::core::jwt::keys::{self, Asks, described, is_own, is_trustworthy};
use crate::core::jwt::{Algorithm, Fault, Reason, Rules};
use crate::core::lease;
use crate::error::{Answer, Context, Error};
use crate::fetch::Incoming;
use crate::headers;
use crate::interop::{concat, get, is_array, list, now, number, push_number, stringify};
use crate::judge::judge;
use crate::lease::{Entry, Kind, Lease, List, Look, Table};
use crate::limits::Limits;
use crate::options::Options;
use crate::request::Request;
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

/// How long keys are used beyond their time while the server gives no others, in milliseconds.
const GRACE: f64 = 86_400_000.0;
/// The time between two fetches because of a key that is not there, or after one that failed, in
/// milliseconds.
const COOLDOWN: f64 = 30_000.0;
/// The largest key set, in characters.
const LARGEST: u32 = 1 << 16;

/// The keys of an address.
static KEYS: Kind = Kind {
    list: &LIST,
    rules: lease::Rules {
        lease: 5_000.0,
        kept: 1_000,
        keep: f64::INFINITY,
    },
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
        let result = fetch(settings, rules, limits, &lease, address()).await;
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
            let is_own = matches!(*error, Error::Aborted { .. }) || error.is_steering();
            if !entry.will_do(is_own, now) {
                return Err(entry.failed(error, limits));
            }
            entry.set_failure(Some(error));
            entry.fresh.set(entry.fresh.get().max(now + COOLDOWN));
        }
    }
    entry.values.set(COOL, (now + COOLDOWN).into());
    Ok(())
}

/// Fetches keys: the set, and how long it is fresh, in milliseconds.
async fn fetch(
    settings: &Settings,
    rules: &Rules,
    limits: &Limits,
    lease: &Lease<'_>,
    mut url: String,
) -> Result<(Array, f64), Box<Error>> {
    let origin = settings.origin();
    let options = Options {
        max_retries: rules.max_retries,
        ..Options::default()
    };
    let mut asks = Asks::first(rules.jwks_uri.is_some());
    loop {
        lease.renew();
        let is_foreign = !is_own(&origin, &url);
        let target = match is_foreign {
            true => &url,
            false => url.get(origin.len()..).unwrap_or_default(),
        };
        let judge = match asks {
            Asks::KeysOrDescription => judge_or_not_found,
            _ => judge,
        };
        let request = Request {
            is_foreign,
            ..Request::open(SUBJECT, target, None, judge)
        };
        let answer = run(settings, &request, &options, limits, None).await?;
        let next = asks.next(answer.status);
        url = match next {
            None => {
                return match key_set(&answer.body) {
                    Some(set) => Ok((set, lifetime(&answer))),
                    None => Err(unusable(answer, "the answer is no key set")),
                };
            }
            Some(Asks::Keys) => match described(&origin, answer.body.unchecked_ref::<Object>()) {
                Some(found) => found,
                None => return Err(unusable(answer, "the issuer's description is not its own")),
            },
            Some(_) => concat(&[&origin, DISCOVERY]),
        };
        asks = next.unwrap_or(Asks::Keys);
    }
}

/// No keys here is an answer, too: the description says where they are.
fn judge_or_not_found(incoming: Incoming, context: Context) -> Result<Answer, Box<Error>> {
    match incoming.answer.status {
        404 => Ok(incoming.answer),
        _ => judge(incoming, context),
    }
}

pub(super) fn unsuitable(reason: Reason) -> Fault {
    let what = match reason {
        Reason::Algorithm => "its algorithm does not fit its key",
        _ => "no key of the issuer fits it",
    };
    Fault(reason, what)
}

fn unusable(answer: Answer, message: &str) -> Box<Error> {
    Box::new(Error::Decode {
        message: message.into(),
        body: answer.body.clone(),
        context: Context {
            attempts: answer.attempts,
            ..Context::about(SUBJECT)
        },
        answer,
    })
}

/// Checks that the keys are where nobody can change them on the way.
pub(crate) fn check_address(settings: &Settings, rules: &Rules) -> Result<(), Box<Error>> {
    let address = rules.jwks_uri.as_deref();
    if address.is_none_or(|address| is_trustworthy(&settings.origin(), address)) {
        return Ok(());
    }
    let what = "expected an address with https://, or of the client's domain";
    let problem = Problem::new(what.into()).inside("jwksUri");
    Err(Error::invalid(None, "options", problem))
}

/// The keys of a set. None if it is no set, or too large.
fn key_set(body: &JsValue) -> Option<Array> {
    let size = stringify(body).ok()?.dyn_ref::<JsString>()?.length();
    let keys = get(body, "keys").ok().filter(is_array)?;
    let keys = list(&keys).ok()?;
    (size <= LARGEST && keys::is_set(keys.length())).then_some(keys)
}

/// How long the keys of an answer are fresh, in milliseconds.
fn lifetime(answer: &Answer) -> f64 {
    let value = headers::value(&answer.raw_headers(), "cache-control");
    keys::lifetime(&value.unwrap_or_default(), number)
}
