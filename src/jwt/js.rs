//! The exports that verify: pkg/lib/tokens.js makes `kinde.tokens.verify(…)`, `kinde.guard(…)` and
//! `kinde.webhooks.verify(…)` of them.

use super::{Algorithm, Reason, genuine, jwks};
use crate::auth;
use crate::check::Problem;
use crate::core::jwt::Rules;
use crate::error::{Context, Error};
use crate::guard::{Demands, Refusal};
use crate::interop::{concat, describe, get, now, promise, text, texts};
use crate::js::{Sink, go, read_known, settle, to_js};
use crate::limits::Limits;
use crate::options::Options;
use crate::request::Request;
use crate::settings::{self, Settings};
use crate::webhook;
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

/// What a token is verified for.
const TOKEN: u32 = 0;
const GUARD: u32 = 1;
const WEBHOOK: u32 = 2;

#[wasm_bindgen(module = "/src/host.js")]
extern "C" {
    /// Begins to read a webhook's body, as `watch` waits.
    fn receive(
        input: &JsValue,
        longest: u32,
        milliseconds: f64,
        signal: &JsValue,
        settle: &JsValue,
        slot: u32,
    ) -> JsValue;
}

#[wasm_bindgen]
extern "C" {
    /// What a guard keeps of its rules.
    pub type Kept;
    #[wasm_bindgen(method, setter)]
    fn set_rules(this: &Kept, rules: &JsValue);
}

/// Verifies what `input` is: for 0, a token, and gives its claims; for 1, an `Authorization` header,
/// and gives `[token, claims]` or `[status, error, description, challenge, retry-after, KindeError]`;
/// for 2, where a webhook's body is, and gives the event. `sink` is told.
#[wasm_bindgen]
pub fn verify_token(settings: Array, purpose: u32, input: JsValue, options: &JsValue, sink: Sink) {
    let settings = Settings::from_js(settings);
    let expected = Expected::read(&settings, purpose, options);
    settle(sink, async move {
        let expected = expected?;
        let Expected {
            rules,
            limits,
            demands,
            tolerance,
            seen,
            ..
        } = &*expected;
        let (mut token, mut longest) = (input, super::LONGEST);
        match purpose {
            GUARD => match demands.bearer(&settings, &token) {
                Ok(bearer) => token = bearer,
                Err(refusal) => return Ok(to_array(refusal)),
            },
            WEBHOOK => {
                token = body(token, limits).await?;
                longest = webhook::LONGEST;
            }
            _ => (),
        }
        let genuine = genuine(&settings, &token, longest, rules, limits).await;
        if purpose == WEBHOOK {
            let token = genuine?;
            let event = webhook::read(&token.claims, *tolerance)?;
            if let Some(seen) = seen.dyn_ref() {
                check_new(seen, &event, limits).await?;
            }
            return Ok(token.claims.into());
        }
        let verified = genuine.and_then(|token| {
            rules.check(&token, &settings.origin(), now())?;
            Ok(token.claims)
        });
        if purpose == TOKEN {
            return Ok(verified?.into());
        }
        match demands.admit(&settings, verified) {
            Ok(claims) => Ok(Array::of2(&token, claims.raw()).into()),
            Err(Refusal {
                status,
                cause: Some(error),
                ..
            }) if status == 500 || error.is_steering() => Err(error.into()),
            Err(refusal) => Ok(to_array(refusal)),
        }
    });
}

/// Gives the machine's access token for an audience and a scope.
#[wasm_bindgen]
pub fn machine_token(settings: Array, options: &JsValue, sink: Sink) {
    let mut settings = Settings::from_js(settings);
    let mut read = || -> Result<(Request, Options), Box<Error>> {
        let names: [&[&str]; 2] = [&["audience!", "scope!"], &[]];
        let (general, found) = read_known(options, None, names)?;
        let part = |name| word(&found, name).map_err(|p| Error::invalid(None, "options", p));
        let (audience, scope) = (part("audience")?, part("scope")?);
        settings = settings.meant_for(audience.as_deref(), scope.as_deref());
        Ok((auth::machine(&settings)?, general))
    };
    let planned = read();
    go(settings, sink, planned, None);
}

/// The text of a webhook's body, or a little more of it than may be.
async fn body(input: JsValue, limits: &Limits) -> Result<JsValue, Box<Error>> {
    if input.is_string() {
        return Ok(input);
    }
    let context = Context::about("the body of the webhook");
    limits.check(&context)?;
    let attempt = limits.attempt();
    let read = attempt.wait(&mut |milliseconds, signal, settle, slot| {
        let longest = webhook::LONGEST;
        receive(&input, longest, milliseconds, signal, settle, slot)
    });
    let read = read.await.map_err(|end| Error::ended(end, &context))?;
    read.map_err(|cause| {
        Box::new(Error::InvalidRequest {
            message: concat(&[
                "the body of the webhook cannot be read: expected a request that nothing has read \
                 before, or its body as text or bytes, got ",
                &describe(&input),
            ]),
            context: context.because(cause),
        })
    })
}

/// Asks the caller's own function whether an event has been handled.
async fn check_new(
    seen: &Function,
    event: &webhook::Event,
    limits: &Limits,
) -> Result<(), Box<Error>> {
    let context = Context::about(webhook::SEEN);
    let failed = |cause| {
        let context = context.clone().because(cause);
        Box::new(Error::Connection { context })
    };
    let seconds = event.expires_in.ceil();
    let asked = seen
        .call2(
            &JsValue::UNDEFINED,
            &event.id.as_str().into(),
            &seconds.into(),
        )
        .and_then(|said| promise(&said))
        .map_err(failed)?;
    let said = limits.settled(asked, &context).await?.map_err(failed)?;
    match said.as_bool() {
        Some(false) => Ok(()),
        Some(true) => Err(Error::token(Reason::Replayed, "its event has been seen")),
        // An event is not new as long as nobody says so.
        None => Err(Error::configuration("seen() must give true or false")),
    }
}

/// Checks what a guard is to check, and leaves a copy of it in `kept.rules`: what the caller does
/// with its own object later opens no door.
#[wasm_bindgen]
pub fn check_guard(settings: Array, options: &JsValue, kept: &Kept) -> Result<(), JsValue> {
    match Expected::read(&Settings::from_js(settings), GUARD, options) {
        Ok(expected) => kept.set_rules(&expected.options),
        Err(error) => return Err(to_js(&error)),
    }
    Ok(())
}

fn to_array(refusal: Refusal) -> JsValue {
    let parts: [JsValue; 6] = [
        refusal.status.into(),
        refusal.error.into(),
        refusal.description.into(),
        refusal.www_authenticate.into(),
        refusal.retry_after.into(),
        refusal.cause.as_ref().map(to_js).into(),
    ];
    let parts: Array = parts.into_iter().collect();
    parts.into()
}

/// What the options of a verification say.
struct Expected {
    rules: Rules,
    limits: Limits,
    demands: Demands,
    /// Seconds.
    tolerance: f64,
    /// A function, or `undefined`.
    seen: JsValue,
    /// All of it, as it was read.
    options: JsValue,
}

impl Expected {
    /// Fills it in place: what is built beside it has to be moved, and dropped at each `?`.
    fn read(
        settings: &Settings,
        purpose: u32,
        options: &JsValue,
    ) -> Result<Box<Expected>, Box<Error>> {
        const RULES: [&str; 6] = [
            "audience!",
            "issuer!",
            "clockTolerance!",
            "algorithms!",
            "type!",
            "jwksUri!",
        ];
        let names: [&[&str]; 2] = match purpose {
            TOKEN => [&RULES, &[]],
            GUARD => [&RULES, &["permissions!", "roles!", "scopes!", "realm!"]],
            _ => [&["tolerance!", "seen!", "jwksUri!"], &[]],
        };
        let (general, options) = read_known(options, None, names)?;
        let mut expected = Box::new(Expected {
            limits: Limits::new(settings, &general),
            rules: Rules::default(),
            demands: Demands::default(),
            tolerance: webhook::TOLERANCE,
            seen: JsValue::UNDEFINED,
            options,
        });
        expected.rules.max_retries = general.max_retries;
        let problem = |problem| Error::invalid(None, "options", problem);
        expected.fill().map_err(problem)?;
        let is_known = |name: &String| Algorithm::named(name).is_some();
        if !expected.rules.algorithms.iter().all(is_known) {
            return Err(Error::configuration(
                "algorithms may be RS256, RS384, RS512, PS256, PS384, PS512 and ES256",
            ));
        }
        jwks::check_address(settings, &expected.rules)?;
        expected.demands.check()?;
        Ok(expected)
    }

    fn fill(&mut self) -> Result<(), Problem> {
        let Expected {
            rules,
            demands,
            options,
            seen,
            ..
        } = self;
        *seen = option(options, "seen");
        if !seen.is_undefined() && !seen.is_function() {
            return Err(Problem::expected("a function", seen).inside("seen"));
        }
        for (list, name) in [
            (&mut rules.audience, "audience"),
            (&mut rules.issuer, "issuer"),
            (&mut rules.algorithms, "algorithms"),
            (&mut demands.permissions, "permissions"),
            (&mut demands.roles, "roles"),
            (&mut demands.scopes, "scopes"),
        ] {
            *list = words(options, name)?;
        }
        for (text, name) in [
            (&mut rules.token_type, "type"),
            (&mut rules.jwks_uri, "jwksUri"),
            (&mut demands.realm, "realm"),
        ] {
            *text = word(options, name)?;
        }
        if let Some(seconds) = seconds(options, "clockTolerance")? {
            rules.clock_tolerance = seconds;
        }
        if let Some(seconds) = seconds(options, "tolerance")? {
            self.tolerance = seconds;
        }
        Ok(())
    }
}

/// A string that is not empty.
fn word(options: &JsValue, name: &str) -> Result<Option<String>, Problem> {
    let value = option(options, name);
    match text(&value) {
        None if value.is_undefined() => Ok(None),
        Some(text) if !text.is_empty() => Ok(Some(text)),
        _ => Err(Problem::expected("a string that is not empty", &value).inside(name)),
    }
}

/// Such a string, or several. An expectation that names nothing is a mistake: everything would meet
/// it.
fn words(options: &JsValue, name: &str) -> Result<Vec<String>, Problem> {
    let value = option(options, name);
    let all = texts(&value);
    if value.is_undefined() || !all.is_empty() && all.iter().all(|one| !one.is_empty()) {
        return Ok(all);
    }
    let expected = "a string that is not empty, or an array of such strings";
    Err(Problem::expected(expected, &value).inside(name))
}

fn seconds(options: &JsValue, name: &str) -> Result<Option<f64>, Problem> {
    settings::read(options, name, |value| {
        let seconds = value.as_f64().filter(|n| *n >= 0.0 && n.is_finite());
        seconds.ok_or("a number of seconds from 0")
    })
}

fn option(options: &JsValue, name: &str) -> JsValue {
    // What was read is plain data.
    get(options, name).unwrap_or_default()
}
