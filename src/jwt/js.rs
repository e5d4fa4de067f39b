//! The exports that verify: pkg/lib/tokens.js makes `kinde.tokens.verify(…)`, `kinde.guard(…)` and
//! `kinde.webhooks.verify(…)` of them.

use super::algorithm::Algorithm;
use super::genuine;
use super::rules::Rules;
use crate::check::Problem;
use crate::error::Error;
use crate::guard::{Demands, Refusal};
use crate::interop::{get, is_array, list, text};
use crate::js::{Sink, read_known, settle, to_js};
use crate::limits::Limits;
use crate::settings::{self, Settings};
use crate::webhook;
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// What a token is verified for.
const TOKEN: u32 = 0;
const GUARD: u32 = 1;
const WEBHOOK: u32 = 2;

/// Verifies what `input` is: for 0, a token, and gives its claims; for 1, an `Authorization` header,
/// and gives `[token, claims]` or `[status, error, description, challenge, retry-after, KindeError]`;
/// for 2, a webhook's body, and gives the event, its id, and how long it would still pass, in
/// seconds. `sink` is told.
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
        } = &*expected;
        let (mut token, mut longest) = (input, super::LONGEST);
        match purpose {
            GUARD => match demands.bearer(&settings, &token) {
                Ok(bearer) => token = bearer,
                Err(refusal) => return Ok(to_array(refusal)),
            },
            WEBHOOK => longest = webhook::LONGEST,
            _ => (),
        }
        let genuine = genuine(&settings, &token, longest, rules, limits).await;
        if purpose == WEBHOOK {
            let event = webhook::read(genuine?.claims, *tolerance)?;
            let seconds = event.expires_in.ceil();
            return Ok(Array::of3(&event.raw, &event.id.into(), &seconds.into()).into());
        }
        let verified = genuine.and_then(|token| Ok(rules.check(&settings, token)?));
        if purpose == TOKEN {
            return Ok(verified?.into());
        }
        match demands.admit(&settings, verified) {
            Ok(claims) => Ok(Array::of2(&token, claims.raw()).into()),
            Err(Refusal {
                status: 500,
                cause: Some(error),
                ..
            }) => Err(error.into()),
            Err(refusal) => Ok(to_array(refusal)),
        }
    });
}

/// Checks what a guard is to check.
#[wasm_bindgen]
pub fn check_guard(settings: Array, options: &JsValue) -> Result<(), JsValue> {
    match Expected::read(&Settings::from_js(settings), GUARD, options) {
        Ok(_) => Ok(()),
        Err(error) => Err(to_js(&error)),
    }
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
}

impl Expected {
    /// Fills it in place: what is built beside it has to be moved, and dropped at each `?`.
    fn read(
        settings: &Settings,
        purpose: u32,
        options: &JsValue,
    ) -> Result<Box<Expected>, Box<Error>> {
        const RULES: [&str; 6] = [
            "audience",
            "issuer",
            "clockTolerance",
            "algorithms",
            "type",
            "jwksUri",
        ];
        let names: [&[&str]; 2] = match purpose {
            TOKEN => [&RULES, &[]],
            GUARD => [&RULES, &["permissions", "roles", "scopes", "realm"]],
            _ => [&["tolerance", "seen", "jwksUri"], &[]],
        };
        let general = read_known(options, None, names)?;
        let mut expected = Box::new(Expected {
            limits: Limits::new(settings, &general),
            rules: Rules::default(),
            demands: Demands::default(),
            tolerance: webhook::TOLERANCE,
        });
        expected.rules.max_retries = general.max_retries;
        let problem = |problem| Error::invalid(None, "options", problem);
        expected.fill(options).map_err(problem)?;
        let is_known = |name: JsValue| Algorithm::named(&text(&name).unwrap_or_default()).is_some();
        if !expected.rules.algorithms.iter().all(is_known) {
            return Err(Error::configuration(
                "algorithms may be RS256, RS384, RS512, PS256, PS384, PS512 and ES256",
            ));
        }
        expected.rules.check_address(settings)?;
        expected.demands.check()?;
        Ok(expected)
    }

    fn fill(&mut self, options: &JsValue) -> Result<(), Problem> {
        // JavaScript calls it itself.
        let seen = get(options, "seen")?;
        if !seen.is_undefined() && !seen.is_function() {
            return Err(Problem::expected("a function", &seen).inside("seen"));
        }
        let Expected { rules, demands, .. } = self;
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
    let value = option(options, name)?;
    match text(&value) {
        None if value.is_undefined() => Ok(None),
        Some(text) if !text.is_empty() => Ok(Some(text)),
        _ => Err(Problem::expected("a string that is not empty", &value).inside(name)),
    }
}

/// Such a string, or several. An expectation that names nothing is a mistake: everything would meet
/// it.
fn words(options: &JsValue, name: &str) -> Result<Array, Problem> {
    let value = option(options, name)?;
    let all = match is_array(&value) {
        true => list(&value).map_err(|cause| Problem::threw(cause).inside(name))?,
        false if value.is_undefined() => return Ok(Array::new()),
        false => Array::of1(&value),
    };
    let is_word = |one: JsValue| text(&one).is_some_and(|text| !text.is_empty());
    if all.length() > 0 && all.iter().all(is_word) {
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

fn option(options: &JsValue, name: &str) -> Result<JsValue, Problem> {
    get(options, name).map_err(|cause| Problem::threw(cause).inside(name))
}
