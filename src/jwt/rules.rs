//! What a token has to say about itself (RFC 7519, section 4.1), and which it may be.

use super::algorithm::Algorithm;
use super::{Reason, jwks, malformed};
use crate::check::Problem;
use crate::error::Error;
use crate::interop::{get, list, now};
use crate::settings::Settings;
use js_sys::Object;
use wasm_bindgen::prelude::*;

/// What is expected of a token.
#[derive(Clone, Default)]
pub(crate) struct Rules {
    /// One of these has to be in `aud`. Empty: it may be for anybody.
    pub audience: Vec<String>,
    /// One of these is `iss`. Empty: the client's domain.
    pub issuer: Vec<String>,
    /// What `nonce` has to be.
    pub nonce: Option<String>,
    /// What `typ` in the header has to be.
    pub token_type: Option<String>,
    /// How far the clocks may differ, in seconds.
    pub clock_tolerance: f64,
    /// One of these is `alg`. Empty: RS256.
    pub algorithms: Vec<Algorithm>,
    /// Where the keys are. Default: where the client's domain has them.
    pub jwks_uri: Option<String>,
    /// How often a request for the keys is repeated. Default: as often as the client's others.
    pub max_retries: Option<f64>,
}

impl Rules {
    /// Checks that the keys are where nobody can change them on the way.
    pub(crate) fn check_address(&self, settings: &Settings) -> Result<(), Error> {
        let address = self.jwks_uri.as_deref();
        if address.is_none_or(|address| jwks::is_trustworthy(settings, address)) {
            return Ok(());
        }
        let what = "expected an address with https://, or of the client's domain";
        let problem = Problem::new(what.into()).inside("jwksUri");
        Err(Error::invalid(None, "option", problem))
    }

    /// The algorithm of this name, if tokens may be signed with it.
    pub(super) fn algorithm(&self, name: &str) -> Result<Algorithm, Error> {
        let allowed = match self.algorithms.as_slice() {
            [] => &[Algorithm::Rs256],
            some => some,
        };
        Algorithm::named(name)
            .filter(|algorithm| allowed.contains(algorithm))
            .ok_or_else(|| Error::token(Reason::Algorithm, "its algorithm is not allowed"))
    }

    /// Checks the `typ` and the claims of a token whose signature is good.
    pub(super) fn check(
        &self,
        settings: &Settings,
        typ: Option<String>,
        claims: &Object,
    ) -> Result<(), Error> {
        let expired = || Error::token(Reason::Expired, "it has expired");
        let now = now() / 1000.0;
        let expires = date(claims, "exp")?.ok_or_else(|| malformed("it has no exp"))?;
        if now >= expires + self.clock_tolerance {
            return Err(expired());
        }
        if date(claims, "nbf")?.is_some_and(|from| now < from - self.clock_tolerance) {
            return Err(Error::token(Reason::NotYetValid, "it is not valid yet"));
        }
        date(claims, "iat")?;
        let claim = |name: &str| get(claims, name).unwrap_or_default();
        let issuer = claim("iss");
        let own = [settings.origin()];
        let issuers = match self.issuer.as_slice() {
            [] => &own,
            some => some,
        };
        if !issuers.iter().any(|expected| issuer == *expected.as_str()) {
            return Err(Error::token(Reason::WrongIssuer, "another issuer made it"));
        }
        if !self.audience.is_empty() && !self.is_for_us(&claim("aud")) {
            return Err(Error::token(
                Reason::WrongAudience,
                "it is for another audience",
            ));
        }
        if let Some(nonce) = &self.nonce
            && claim("nonce") != *nonce.as_str()
        {
            return Err(Error::token(Reason::WrongNonce, "it has another nonce"));
        }
        if let Some(expected) = &self.token_type
            && media_type(typ.as_deref().unwrap_or_default()) != media_type(expected)
        {
            return Err(Error::token(Reason::WrongType, "it is of another type"));
        }
        Ok(())
    }

    /// `aud` is a string or a list of them.
    fn is_for_us(&self, audience: &JsValue) -> bool {
        let is_ours = |one: &JsValue| self.audience.iter().any(|ours| *one == *ours.as_str());
        match audience.is_string() {
            true => is_ours(audience),
            false => {
                audience.is_object()
                    && list(audience).is_ok_and(|all| all.iter().any(|one| is_ours(&one)))
            }
        }
    }
}

/// A `NumericDate`, in seconds since 1970, if it is there.
pub(crate) fn date(claims: &Object, name: &str) -> Result<Option<f64>, Error> {
    let value = get(claims, name).unwrap_or_default();
    match value.as_f64().filter(|date| date.is_finite()) {
        None if !value.is_undefined() => Err(malformed("a date in it is not a number")),
        date => Ok(date),
    }
}

/// `application/at+jwt` and `AT+JWT` are `at+jwt` (RFC 7515, section 4.1.9).
fn media_type(typ: &str) -> String {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ).into()
}
