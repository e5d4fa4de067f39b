//! What a token has to say about itself (RFC 7519, section 4.1), and which it may be.

use super::algorithm::Algorithm;
use super::{Fault, Genuine, Reason, jwks, malformed};
use crate::check::Problem;
use crate::error::Error;
use crate::interop::{get, is_array, now, text};
use crate::settings::Settings;
use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

/// What is expected of a token. The lists hold strings.
#[derive(Clone, Default)]
pub(crate) struct Rules {
    /// One of these has to be in `aud`. Empty: it may be for anybody.
    pub audience: Array,
    /// One of these is `iss`. Empty: the client's domain.
    pub issuer: Array,
    /// What `nonce` has to be; `undefined` for anything.
    pub nonce: JsValue,
    /// What `typ` in the header has to be.
    pub token_type: Option<String>,
    /// How far the clocks may differ, in seconds.
    pub clock_tolerance: f64,
    /// One of these is `alg`. Empty: RS256.
    pub algorithms: Array,
    /// Where the keys are. Default: where the client's domain has them.
    pub jwks_uri: Option<String>,
    /// How often a request for the keys is repeated. Default: as often as the client's others.
    pub max_retries: Option<f64>,
}

impl Rules {
    /// Checks that the keys are where nobody can change them on the way.
    pub fn check_address(&self, settings: &Settings) -> Result<(), Box<Error>> {
        let address = self.jwks_uri.as_deref();
        if address.is_none_or(|address| jwks::is_trustworthy(settings, address)) {
            return Ok(());
        }
        let what = "expected an address with https://, or of the client's domain";
        let problem = Problem::new(what.into()).inside("jwksUri");
        Err(Error::invalid(None, "options", problem))
    }

    /// The algorithm that a header names, if tokens may be signed with it.
    pub fn algorithm(&self, name: &JsValue) -> Result<Algorithm, Fault> {
        let name = text(name).ok_or_else(|| malformed("it has no alg"))?;
        let is_allowed = match self.algorithms.length() {
            0 => name == Algorithm::Rs256.name(),
            _ => self.algorithms.includes(&name.as_str().into(), 0),
        };
        Algorithm::named(&name)
            .filter(|_| is_allowed)
            .ok_or(Fault(Reason::Algorithm, "its algorithm is not allowed"))
    }

    /// The claims of a token whose signature is good, if they and its `typ` are as they should be.
    pub fn check(&self, settings: &Settings, token: Genuine) -> Result<Object, Fault> {
        let claim = |name: &str| get(&token.claims, name).unwrap_or_default();
        let dates = ["exp", "nbf", "iat"].map(|name| date(&token.claims, name));
        let [Ok(expires), Ok(begins), Ok(_)] = dates else {
            return Err(malformed("a date in it is not a number"));
        };
        let expires = expires.ok_or_else(|| malformed("it has no exp"))?;
        let now = now() / 1000.0;
        let issuer = claim("iss");
        let foreign = match self.issuer.length() {
            0 => issuer != *settings.origin().as_str(),
            _ => !self.issuer.includes(&issuer, 0),
        };
        let other_type = |expected: &String| {
            let typ = get(&token.header, "typ").ok().as_ref().and_then(text);
            media_type(typ.as_deref().unwrap_or_default()) != media_type(expected)
        };
        let faults = [
            (
                now >= expires + self.clock_tolerance,
                Reason::Expired,
                "it has expired",
            ),
            (
                begins.is_some_and(|begins| now < begins - self.clock_tolerance),
                Reason::NotYetValid,
                "it is not valid yet",
            ),
            (foreign, Reason::WrongIssuer, "another issuer made it"),
            (
                self.audience.length() > 0 && !self.is_for_us(claim("aud")),
                Reason::WrongAudience,
                "it is for another audience",
            ),
            (
                !self.nonce.is_undefined() && claim("nonce") != self.nonce,
                Reason::WrongNonce,
                "it has another nonce",
            ),
            (
                self.token_type.as_ref().is_some_and(other_type),
                Reason::WrongType,
                "it is of another type",
            ),
        ];
        match faults.into_iter().find(|(is_there, ..)| *is_there) {
            Some((_, reason, what)) => Err(Fault(reason, what)),
            None => Ok(token.claims),
        }
    }

    /// `aud` is a string or a list of them.
    fn is_for_us(&self, audience: JsValue) -> bool {
        let all = match is_array(&audience) {
            true => audience.unchecked_into(),
            false => Array::of1(&audience),
        };
        all.iter().any(|one| self.audience.includes(&one, 0))
    }
}

/// A `NumericDate`, in seconds since 1970, if it is there. Fails if it is anything else.
pub(crate) fn date(claims: &Object, name: &str) -> Result<Option<f64>, ()> {
    let value = get(claims, name).unwrap_or_default();
    match value.as_f64().filter(|date| date.is_finite()) {
        None if !value.is_undefined() => Err(()),
        date => Ok(date),
    }
}

/// `application/at+jwt` and `AT+JWT` are `at+jwt` (RFC 7515, section 4.1.9).
fn media_type(typ: &str) -> String {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ).into()
}
