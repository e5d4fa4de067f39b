//! What a client was told: checked once, then read by every call.
//!
//! It lives in a JavaScript array, so that a client made for one request is garbage when the
//! request ends, also in Workers without `FinalizationRegistry`; wasm memory would never get it
//! back.

use crate::check::{self, Problem};
use crate::core::retry::{RETRIES, RetryWrites};
use crate::error::Error;
use crate::event::{self, Event, LEVELS};
use crate::headers;
use crate::interop::{absent, address, concat, describe, get, holds, is_record, text};
use crate::store;
use js_sys::{Array, Float64Array, Promise, Reflect};
use std::sync::Arc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    /// `Kinde-SDK` and `User-Agent`, outside of pages: name, value, name, value …
    fn introduction(version: &str) -> Array;
}

/// The time one attempt may take if nobody says otherwise, in milliseconds.
pub(crate) const TIMEOUT: f64 = 30_000.0;

/// The least level that a logger gets if nobody says otherwise: `info`.
const LEVEL: f64 = 1.0;

/// A client's settings.
#[derive(Clone)]
pub(crate) struct Settings {
    slots: Array,
    numbers: Numbers,
    /// What a Rust caller gave beside them.
    own: Option<Arc<Own>>,
}

/// What of the settings is a number, read in one go: see the constants.
pub(crate) type Numbers = [f64; 7];
const TIMEOUT_MS: usize = 0;
const DEADLINE: usize = 1;
const MAX_RETRIES: usize = 2;
const RETRY_WRITES: usize = 3;
const MAX_CONCURRENCY: usize = 4;
const LOG_LEVEL: usize = 5;
const HAS: usize = 6;

/// Bits of [`HAS`].
const HAS_TOKEN: u32 = 1;
const HAS_AUTHORIZATION: u32 = 2;
const HAS_SECRET: u32 = 4;
const HAS_LISTENER: u32 = 8;

/// What is Rust's of a Rust caller. Functions for JavaScript would be kept for ever in Workers
/// without `FinalizationRegistry`, and with them all that they hold.
#[derive(Default)]
pub(crate) struct Own {
    pub observer: Option<Box<Observer>>,
    pub provider: Option<Box<Provider>>,
    pub store: Option<Box<Store>>,
}

/// A function for events.
pub(crate) type Observer = dyn Fn(&mut Event) + Send + Sync;

/// A function that gives access tokens.
pub(crate) type Provider = dyn Fn() -> Promise + Send + Sync;

/// Calls the function of a store with this name and these arguments.
pub(crate) type Store = dyn Fn(&'static str, &Array) -> Promise + Send + Sync;

/// The names of the options.
const KNOWN: [&str; 18] = [
    "domain",
    CLIENT_ID_NAME,
    CLIENT_SECRET_NAME,
    MANAGEMENT_NAME,
    "audience",
    "scope!",
    ACCESS_TOKEN_NAME,
    "fetch",
    "timeout",
    "deadline",
    "maxRetries",
    "retryWrites",
    "headers",
    "maxConcurrency",
    "logLevel",
    "hooks",
    "logger",
    "tokenStore",
];
const CLIENT_ID_NAME: &str = "clientId";
const CLIENT_SECRET_NAME: &str = "clientSecret";
const MANAGEMENT_NAME: &str = "management";
const ACCESS_TOKEN_NAME: &str = "accessToken";

const ORIGIN: u32 = 0;
const CLIENT_ID: u32 = 1;
const CLIENT_SECRET: u32 = 2;
const AUDIENCE: u32 = 3;
const SCOPE: u32 = 4;
const ACCESS_TOKEN: u32 = 5;
const FETCH: u32 = 6;
/// `Bearer …`, if the access token is a string that can be sent.
const AUTHORIZATION: u32 = 7;
const HEADERS: u32 = 8;
/// As a `Float64Array`.
const NUMBERS: u32 = 9;
const TOKEN_ID: u32 = 10;
const QUEUE_ID: u32 = 11;
const HOOKS: u32 = 12;
const LOGGER: u32 = 13;
const TOKEN_STORE: u32 = 14;
/// Whose tokens calls carry: of `management`, else those above.
const MACHINE_ID: u32 = 15;
const MACHINE_SECRET: u32 = 16;
/// What the clients with these credentials share: `auth.rs`.
const SHARED: u32 = 17;

#[cfg(feature = "js")]
#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    /// Copies the numbers of settings.
    #[wasm_bindgen(js_name = numbers)]
    fn host_numbers(slots: &Array, numbers: &mut [f64]);
}

impl Settings {
    /// Checks the options of `new Kinde(options)`.
    pub fn new(options: &JsValue) -> Result<Settings, Box<Error>> {
        if !is_record(options) {
            return Err(wrong_value(
                "options",
                "an object like { domain, clientId, clientSecret }",
                options,
            ));
        }
        let problem = |p: Problem| Error::configuration(&p.sentence());
        let options = &check::options(options, &[&KNOWN]).map_err(problem)?;
        // What was read is plain data.
        let read = |name: &str| get(options, name).unwrap_or_default();
        let string = |name: &str| -> Result<JsValue, Box<Error>> {
            let value = read(name);
            match absent(&value) {
                true => Ok(JsValue::UNDEFINED),
                false => filled(name, value),
            }
        };

        let settings = Array::new();
        let origin = origin(&read("domain"))?;
        let audience = string("audience")?;
        settings.set(ORIGIN, origin.as_str().into());
        settings.set(CLIENT_ID, string(CLIENT_ID_NAME)?);
        settings.set(CLIENT_SECRET, string(CLIENT_SECRET_NAME)?);
        let management = read(MANAGEMENT_NAME);
        let machine = match absent(&management) {
            true => [settings.get(CLIENT_ID), settings.get(CLIENT_SECRET)],
            false => machine(&management)?,
        };
        let [machine_id, machine_secret] = machine;
        settings.set(MACHINE_ID, machine_id);
        settings.set(MACHINE_SECRET, machine_secret);
        settings.set(
            AUDIENCE,
            match audience.is_undefined() {
                true => concat(&[&origin, "/api"]).into(),
                false => audience,
            },
        );
        settings.set(SCOPE, string("scope")?);

        let access_token = read(ACCESS_TOKEN_NAME);
        if !access_token.is_function() {
            string(ACCESS_TOKEN_NAME)?;
        }
        // One without a value counts: calls that are meant for a user must not be the machine's.
        if Reflect::has(options, &ACCESS_TOKEN_NAME.into()) == Ok(true)
            && !settings.get(MACHINE_SECRET).is_undefined()
        {
            return Err(both());
        }
        if settings.get(CLIENT_ID).is_undefined() && !settings.get(CLIENT_SECRET).is_undefined() {
            return Err(Error::configuration("clientSecret needs a clientId"));
        }
        let mut has = 0;
        if !absent(&access_token) {
            has |= HAS_TOKEN;
        }
        let sendable = text(&access_token).filter(|token| is_token(token));
        if let Some(token) = sendable {
            settings.set(AUTHORIZATION, concat(&["Bearer ", &token]).into());
            has |= HAS_AUTHORIZATION;
        }
        if settings.get(MACHINE_SECRET).is_string() {
            has |= HAS_SECRET;
        }
        settings.set(ACCESS_TOKEN, access_token);

        let fetch = read("fetch");
        if !absent(&fetch) && !fetch.is_function() {
            return Err(wrong_value("fetch", "a function", &fetch));
        }
        settings.set(FETCH, fetch);
        let timeout = self::read(options, "timeout", milliseconds).map_err(problem)?;
        let deadline = self::read(options, "deadline", milliseconds).map_err(problem)?;
        let retries = self::read(options, "maxRetries", count).map_err(problem)?;
        let writes = self::read(options, "retryWrites", writes).map_err(problem)?;
        let headers = headers::read(&read("headers"))
            .map_err(|p| Error::configuration(&concat(&["headers: ", &p.what])))?;
        // The caller's own win.
        let headers = introduction(env!("CARGO_PKG_VERSION")).concat(&headers);
        settings.set(HEADERS, headers.into());
        let concurrency = self::read(options, "maxConcurrency", above_zero).map_err(problem)?;
        let level = self::read(options, "logLevel", level).map_err(problem)?;

        // An object of the caller's whose functions are called later, as they are then.
        let object = |name: &str, needs: &[&str], may: &[&str]| -> Result<JsValue, Box<Error>> {
            let object = read(name);
            if absent(&object) {
                return Ok(JsValue::UNDEFINED);
            }
            let function = |method: &&str| get(&object, method).is_ok_and(|f| f.is_function());
            let fits =
                |method: &&str| get(&object, method).is_ok_and(|f| f.is_function() || absent(&f));
            if !object.is_object() || !needs.iter().all(function) || !may.iter().all(fits) {
                let mut expected = String::from("an object with functions");
                let mut mark = ": ";
                for method in needs.iter().chain(may) {
                    expected.push_str(mark);
                    expected.push_str(method);
                    mark = ", ";
                }
                return Err(wrong_value(name, &expected, &object));
            }
            Ok(object)
        };
        let hooks = object("hooks", &[], &event::HOOKS)?;
        let (_, levels) = LEVELS.split_last().unwrap_or((&"", &[]));
        let logger = object("logger", levels, &[])?;
        if hooks.is_object() || logger.is_object() {
            has |= HAS_LISTENER;
        }
        let level = match logger.is_object() {
            true => level.unwrap_or(LEVEL),
            false => f64::INFINITY,
        };
        settings.set(HOOKS, hooks);
        settings.set(LOGGER, logger);
        settings.set(TOKEN_STORE, object("tokenStore", &store::METHODS, &[])?);
        let numbers = [
            timeout.unwrap_or(TIMEOUT),
            deadline.unwrap_or(f64::INFINITY),
            retries.unwrap_or(RETRIES),
            f64::from(writes.unwrap_or_default() as u8),
            concurrency.unwrap_or(f64::INFINITY),
            level,
            has.into(),
        ];
        settings.set(NUMBERS, Float64Array::from(numbers.as_slice()).into());
        Ok(Settings {
            slots: settings,
            numbers,
            own: None,
        })
    }

    fn number(&self, index: usize) -> f64 {
        self.numbers.get(index).copied().unwrap_or_default()
    }

    fn has(&self, bit: u32) -> bool {
        self.number(HAS) as u32 & bit != 0
    }

    /// What a Rust caller gives beside the options.
    pub fn with(self, own: Own) -> Result<Self, Box<Error>> {
        let has_token = self.has_access_token() || self.has_machine();
        match own.provider.is_some() && has_token {
            true => Err(both()),
            false => Ok(Settings {
                own: Some(Arc::new(own)),
                ..self
            }),
        }
    }

    /// `https://acme.kinde.com`
    pub fn origin(&self) -> String {
        self.string(ORIGIN)
    }

    /// The application that users sign in to.
    pub fn client_id(&self) -> String {
        self.string(CLIENT_ID)
    }

    pub fn client_secret(&self) -> String {
        self.string(CLIENT_SECRET)
    }

    /// Whether there are credentials for tokens: one that is there is not empty. The secret stays in
    /// JavaScript's memory.
    pub fn has_machine(&self) -> bool {
        self.has(HAS_SECRET)
    }

    /// The application whose tokens calls carry.
    pub fn machine_id(&self) -> String {
        self.string(MACHINE_ID)
    }

    pub fn machine_secret(&self) -> String {
        self.string(MACHINE_SECRET)
    }

    /// The same, for a token of the machine's that is for something else: the scopes that calls have
    /// are not those of another audience.
    pub fn meant_for(&self, audience: Option<&str>, scope: Option<&str>) -> Settings {
        let slots = self.slots.slice(0, self.slots.length());
        if let Some(audience) = audience {
            slots.set(AUDIENCE, audience.into());
            slots.set(SCOPE, JsValue::UNDEFINED);
        }
        if let Some(scope) = scope {
            slots.set(SCOPE, scope.into());
        }
        slots.set(TOKEN_ID, JsValue::UNDEFINED);
        slots.set(SHARED, JsValue::UNDEFINED);
        Settings {
            slots,
            ..self.clone()
        }
    }

    pub fn audience(&self) -> String {
        self.string(AUDIENCE)
    }

    pub fn scope(&self) -> String {
        self.string(SCOPE)
    }

    /// A Rust caller's function for tokens.
    pub fn provider(&self) -> Option<&Provider> {
        self.own.as_ref()?.provider.as_deref()
    }

    pub fn has_access_token(&self) -> bool {
        self.has(HAS_TOKEN)
    }

    /// `Bearer …`, if the token is a string that can be sent.
    pub fn authorization(&self) -> Option<JsValue> {
        self.has(HAS_AUTHORIZATION)
            .then(|| self.slots.get(AUTHORIZATION))
    }

    /// A string, a function, or nothing.
    pub fn access_token(&self) -> JsValue {
        self.slots.get(ACCESS_TOKEN)
    }

    /// Whose calls these are, to tell them from others: the token or the function that gives one
    /// (`own` if the call has it), else the id of the client.
    pub fn who(&self, own: Option<&JsValue>) -> JsValue {
        if let Some(own) = own {
            return own.clone();
        }
        match &self.own {
            Some(own) if own.provider.is_some() => (Arc::as_ptr(own) as usize as f64).into(),
            _ if absent(&self.access_token()) => self.slots.get(MACHINE_ID),
            _ => self.access_token(),
        }
    }

    /// The client's own `fetch`, or nothing.
    pub fn fetch(&self) -> JsValue {
        self.slots.get(FETCH)
    }

    /// Milliseconds that an attempt may take.
    pub fn timeout(&self) -> f64 {
        self.number(TIMEOUT_MS)
    }

    /// Milliseconds that a call may take as a whole.
    pub fn deadline(&self) -> f64 {
        self.number(DEADLINE)
    }

    /// How often a failed request is sent again.
    pub fn max_retries(&self) -> f64 {
        self.number(MAX_RETRIES)
    }

    /// Which POSTs and PATCHes are repeated like the others.
    pub fn retry_writes(&self) -> RetryWrites {
        let number = self.number(RETRY_WRITES);
        let all = [RetryWrites::None, RetryWrites::All];
        let known = all.into_iter().find(|one| f64::from(*one as u8) == number);
        known.unwrap_or_default()
    }

    /// How many requests may be under way at once.
    pub fn max_concurrency(&self) -> f64 {
        self.number(MAX_CONCURRENCY)
    }

    /// Whether somebody wants to know what happens.
    pub fn is_observed(&self) -> bool {
        self.observer().is_some() || self.has(HAS_LISTENER)
    }

    pub fn observer(&self) -> Option<&Observer> {
        self.own.as_ref()?.observer.as_deref()
    }

    pub fn hooks(&self) -> JsValue {
        self.slots.get(HOOKS)
    }

    /// The logger, and the least level that it wants.
    pub fn logger(&self) -> (JsValue, usize) {
        (self.slots.get(LOGGER), self.number(LOG_LEVEL) as usize)
    }

    /// A Rust caller's token store.
    pub fn own_store(&self) -> Option<&Store> {
        self.own.as_ref()?.store.as_deref()
    }

    /// An object with the functions of a token store, or nothing.
    pub fn token_store(&self) -> JsValue {
        self.slots.get(TOKEN_STORE)
    }

    /// Where the shared token is kept, once it has been asked for.
    pub fn token_id(&self) -> Option<f64> {
        self.slots.get(TOKEN_ID).as_f64()
    }

    pub fn set_token(&self, id: f64, shared: &Array) {
        self.slots.set(TOKEN_ID, id.into());
        self.slots.set(SHARED, shared.into());
    }

    /// Which queue its calls stand in, once there is one.
    pub fn queue_id(&self) -> Option<f64> {
        self.slots.get(QUEUE_ID).as_f64()
    }

    pub fn set_queue_id(&self, id: f64) {
        self.slots.set(QUEUE_ID, id.into());
    }

    fn string(&self, slot: u32) -> String {
        self.slots.get(slot).as_string().unwrap_or_default()
    }

    #[cfg(feature = "js")]
    pub fn into_js(self) -> Array {
        self.slots
    }

    #[cfg(feature = "js")]
    pub fn from_js(slots: Array) -> Self {
        let mut numbers = Numbers::default();
        host_numbers(&slots, &mut numbers);
        Settings::read(slots, numbers)
    }

    /// The same, where its numbers came with others.
    #[cfg(feature = "js")]
    pub fn read(slots: Array, numbers: Numbers) -> Self {
        Settings {
            slots,
            numbers,
            own: None,
        }
    }

    /// What `host.js` takes the rest from.
    pub fn slots(&self) -> &Array {
        &self.slots
    }
}

/// The credentials of a machine beside those of the application that users sign in to.
fn machine(management: &JsValue) -> Result<[JsValue; 2], Box<Error>> {
    if !is_record(management) {
        let expected = "an object like { clientId, clientSecret }";
        return Err(wrong_value(MANAGEMENT_NAME, expected, management));
    }
    let names = [CLIENT_ID_NAME, CLIENT_SECRET_NAME];
    let inside = |problem: Problem| problem.inside(MANAGEMENT_NAME).sentence();
    let management = check::options(management, &[&names])
        .map_err(|problem| Error::configuration(&inside(problem)))?;
    let part = |name| {
        let value = get(&management, name).unwrap_or_default();
        filled(&concat(&[MANAGEMENT_NAME, ".", name]), value)
    };
    let [id, secret] = names;
    Ok([part(id)?, part(secret)?])
}

/// A string that is not empty.
fn filled(name: &str, value: JsValue) -> Result<JsValue, Box<Error>> {
    match text(&value).is_some_and(|text| !text.is_empty()) {
        true => Ok(value),
        false => Err(wrong_value(name, "a string that is not empty", &value)),
    }
}

/// RFC 6750, section 2.1. A token with other characters would make `fetch` quote it in an error.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn both() -> Box<Error> {
    Error::configuration("give accessToken, or clientId and clientSecret, not both")
}

fn wrong(name: &str, expected: &str) -> Box<Error> {
    Error::configuration(&concat(&[name, " must be ", expected]))
}

/// The same, with what came.
fn wrong_value(name: &str, expected: &str, value: &JsValue) -> Box<Error> {
    wrong(name, &concat(&[expected, ", got ", &describe(value)]))
}

/// Reads an option that may be left out.
pub(crate) fn read<T>(
    options: &JsValue,
    name: &str,
    parse: fn(&JsValue) -> Result<T, &'static str>,
) -> Result<Option<T>, Problem> {
    let value = get(options, name).map_err(|cause| Problem::threw(cause).inside(name))?;
    match absent(&value) {
        true => Ok(None),
        false => parse(&value)
            .map(Some)
            .map_err(|expected| Problem::expected(expected, &value).inside(name)),
    }
}

/// A time limit. `Infinity` is none.
pub(crate) fn milliseconds(value: &JsValue) -> Result<f64, &'static str> {
    let limit = value.as_f64().filter(|limit| *limit > 0.0);
    limit.ok_or("a number of milliseconds above 0")
}

/// A number of times. `Infinity` is no limit.
pub(crate) fn count(value: &JsValue) -> Result<f64, &'static str> {
    let count = value.as_f64().filter(|n| *n >= 0.0 && n.trunc() == *n);
    count.ok_or("a whole number from 0")
}

/// How many at once. `Infinity` is no limit.
fn above_zero(value: &JsValue) -> Result<f64, &'static str> {
    let count = count(value).ok().filter(|count| *count > 0.0);
    count.ok_or("a whole number above 0")
}

/// The number of a log level.
fn level(value: &JsValue) -> Result<f64, &'static str> {
    let name = text(value).unwrap_or_default();
    let level = LEVELS.iter().position(|level| *level == name);
    level
        .map(|level| level as f64)
        .ok_or("debug, info, warn, error or off")
}

/// Which writes are repeated.
pub(crate) fn writes(value: &JsValue) -> Result<RetryWrites, &'static str> {
    match text(value) {
        Some(name) if name == IDEMPOTENT => Ok(RetryWrites::Idempotent),
        _ => value
            .as_bool()
            .map(RetryWrites::from)
            .ok_or("true, false or \"idempotent\""),
    }
}

/// As callers call [`RetryWrites::Idempotent`].
pub(crate) const IDEMPOTENT: &str = "idempotent";

/// `acme.kinde.com`, `https://acme.kinde.com` and a trailing slash all name the same origin.
fn origin(given: &JsValue) -> Result<String, Box<Error>> {
    const EXPECTED: &str = "a host like https://acme.kinde.com, without a path";
    let refused = || wrong_value("domain", EXPECTED, given);
    let Some(text_of_domain) = text(given) else {
        return Err(refused());
    };
    let domain = text_of_domain.as_str();
    let is_bare = !holds(domain, "://");
    let absolute = match is_bare {
        true => concat(&["https://", domain]),
        false => domain.into(),
    };
    // Short, so that no secret in its place is shown.
    let is_label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if is_bare
        && domain != LOCAL
        && (1..=24).contains(&domain.len())
        && domain.bytes().all(is_label)
    {
        let meant = concat(&[EXPECTED, "; did you mean ", domain, ".kinde.com?"]);
        return Err(wrong("domain", &meant));
    }
    let url = address(&absolute.into(), &JsValue::UNDEFINED);
    let part = |name| get(&url, name).ok().as_ref().and_then(text);
    let is = |name, expected: &[&str]| {
        part(name).is_some_and(|value| expected.contains(&value.as_str()))
    };
    let plain = is("protocol", &["https:", "http:"])
        && is("pathname", &["/"])
        && ["search", "hash", "username", "password"]
            .iter()
            .all(|name| is(name, &[""]));
    // Whoever is on the way could read tokens, and give keys of their own.
    if is("protocol", &["http:"]) && !part("hostname").is_some_and(|host| is_local(&host)) {
        let expected = "one with https://: http:// is for localhost, 127.0.0.1 and [::1] only";
        return Err(wrong_value("domain", expected, given));
    }
    part("origin")
        .filter(|_| plain && !domain.is_empty())
        .ok_or_else(refused)
}

const LOCAL: &str = "localhost";

/// Whether a host is this machine (RFC 6761, section 6.3).
fn is_local(host: &str) -> bool {
    let rest = host.strip_suffix(LOCAL);
    matches!(host, "127.0.0.1" | "[::1]")
        || rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
