//! What a token has to say about itself (RFC 7519, section 4.1), and which it may be.

use super::{Algorithm, Fault, Reason, Token, malformed};
use crate::core::record::Record;

/// What is expected of a token.
#[derive(Clone, Default)]
pub(crate) struct Rules {
    /// One of these has to be in `aud`. Empty: it may be for anybody.
    pub audience: Vec<String>,
    /// One of these is `iss`. Empty: the client's domain.
    pub issuer: Vec<String>,
    /// What `nonce` has to be. Default: it is not looked at.
    pub nonce: Option<String>,
    /// What `typ` in the header has to be.
    pub token_type: Option<String>,
    /// How far the clocks may differ, in seconds.
    pub clock_tolerance: f64,
    /// One of these is `alg`. Empty: RS256.
    pub algorithms: Vec<String>,
    /// Where the keys are. Default: where the client's domain has them.
    pub jwks_uri: Option<String>,
    /// How often a request for the keys is repeated. Default: as often as the client's others.
    pub max_retries: Option<f64>,
}

impl Rules {
    /// The algorithm that a header names, if tokens may be signed with it.
    pub fn algorithm(&self, name: &str) -> Result<Algorithm, Fault> {
        let is_allowed = match self.algorithms.as_slice() {
            [] => name == Algorithm::Rs256.name(),
            all => all.iter().any(|one| one == name),
        };
        Algorithm::named(name)
            .filter(|_| is_allowed)
            .ok_or(Fault(Reason::Algorithm, "its algorithm is not allowed"))
    }

    /// Checks a token whose signature is good: its claims and its `typ`. `origin` is that of the
    /// client's domain, `now` in milliseconds since 1970.
    pub fn check<R: Record>(&self, token: &Token<R>, origin: &str, now: f64) -> Result<(), Fault> {
        let claims = &token.claims;
        let dates = ["exp", "nbf", "iat"].map(|name| date(claims, name));
        let [Ok(expires), Ok(begins), Ok(_)] = dates else {
            return Err(malformed("a date in it is not a number"));
        };
        let expires = expires.ok_or(malformed("it has no exp"))?;
        let now = now / 1000.0;
        let issuer = claims.text("iss").unwrap_or_default();
        let foreign = match self.issuer.as_slice() {
            [] => issuer != origin,
            all => !all.contains(&issuer),
        };
        // A string or a list of them.
        let is_ours = |one: &String| !one.is_empty() && self.audience.contains(one);
        let other_type = |expected: &String| {
            let typ = token.header.text("typ").unwrap_or_default();
            media_type(&typ) != media_type(expected)
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
                !self.audience.is_empty() && !claims.texts("aud").iter().any(is_ours),
                Reason::WrongAudience,
                "it is for another audience",
            ),
            (
                self.nonce.is_some() && claims.text("nonce") != self.nonce,
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
            None => Ok(()),
        }
    }
}

/// A `NumericDate`, in seconds since 1970, if it is there. Fails if it is anything else.
pub(crate) fn date(claims: &impl Record, name: &str) -> Result<Option<f64>, ()> {
    match claims.number(name).filter(|date| date.is_finite()) {
        None if !claims.is_missing(name) => Err(()),
        date => Ok(date),
    }
}

/// `application/at+jwt` and `AT+JWT` are `at+jwt` (RFC 7515, section 4.1.9).
fn media_type(typ: &str) -> String {
    let typ = typ.to_ascii_lowercase();
    typ.strip_prefix("application/").unwrap_or(&typ).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::record::Json;

    const ORIGIN: &str = "https://acme.kinde.com";
    const NOW: f64 = 1_000_000.0;

    fn check(rules: &Rules, header: &str, claims: &str) -> Result<(), Reason> {
        let token = Token {
            header: Json(header),
            claims: Json(claims),
        };
        rules.check(&token, ORIGIN, NOW).map_err(|fault| fault.0)
    }

    /// The claims beside a good `exp` and `iss`.
    fn with(rules: &Rules, more: &str) -> Result<(), Reason> {
        let claims = format!(r#"{{"exp":1001,"iss":"{ORIGIN}"{more}}}"#);
        check(rules, "{}", &claims)
    }

    #[test]
    fn its_time_has_come_and_is_not_over() {
        let at = |claims: &str, tolerance| {
            let rules = Rules {
                clock_tolerance: tolerance,
                ..Rules::default()
            };
            check(&rules, "{}", &format!(r#"{{"iss":"{ORIGIN}",{claims}}}"#))
        };
        // A second after 1,000 s after 1970 begins.
        assert_eq!(at(r#""exp":1000.001"#, 0.0), Ok(()));
        assert_eq!(at(r#""exp":1000"#, 0.0), Err(Reason::Expired));
        assert_eq!(at(r#""exp":990"#, 10.0), Err(Reason::Expired));
        assert_eq!(at(r#""exp":991"#, 10.0), Ok(()));
        assert_eq!(at(r#""exp":1.1e3"#, 0.0), Ok(()));
        assert_eq!(at(r#""exp":2000,"nbf":1000"#, 0.0), Ok(()));
        assert_eq!(
            at(r#""exp":2000,"nbf":1001"#, 0.0),
            Err(Reason::NotYetValid)
        );
        assert_eq!(at(r#""exp":2000,"nbf":1001"#, 1.0), Ok(()));
        for claims in [
            r#""nbf":0"#,
            r#""exp":"2000""#,
            r#""exp":null"#,
            r#""exp":1e999"#,
            r#""exp":2000,"nbf":"0""#,
            r#""exp":2000,"iat":{}"#,
        ] {
            assert_eq!(at(claims, 0.0), Err(Reason::Malformed), "{claims}");
        }
    }

    #[test]
    fn its_issuer_is_the_one_that_is_expected() {
        let rules = Rules::default();
        assert_eq!(
            check(&rules, "{}", r#"{"exp":1001}"#),
            Err(Reason::WrongIssuer)
        );
        for issuer in [
            r#""https://acme.kinde.com/""#,
            r#""https://ACME.kinde.com""#,
            r#"["https://acme.kinde.com"]"#,
            "null",
        ] {
            let claims = format!(r#"{{"exp":1001,"iss":{issuer}}}"#);
            assert_eq!(
                check(&rules, "{}", &claims),
                Err(Reason::WrongIssuer),
                "{issuer}"
            );
        }
        let rules = Rules {
            issuer: vec!["a".into(), "b".into()],
            ..Rules::default()
        };
        assert_eq!(check(&rules, "{}", r#"{"exp":1001,"iss":"b"}"#), Ok(()));
        assert_eq!(with(&rules, ""), Err(Reason::WrongIssuer));
    }

    #[test]
    fn it_is_for_us() {
        assert_eq!(with(&Rules::default(), r#","aud":"anybody""#), Ok(()));
        let rules = Rules {
            audience: vec!["a".into(), "b".into()],
            ..Rules::default()
        };
        for (audience, is) in [
            (r#""a""#, true),
            (r#"["x","b"]"#, true),
            (r#"[5,null,"a",""]"#, true),
            (r#""x""#, false),
            (r#""""#, false),
            (r#""a b""#, false),
            (r#"[]"#, false),
            (r#"[["a"]]"#, false),
            (r#"{"0":"a"}"#, false),
            ("null", false),
        ] {
            let found = with(&rules, &format!(r#","aud":{audience}"#));
            let expected = if is {
                Ok(())
            } else {
                Err(Reason::WrongAudience)
            };
            assert_eq!(found, expected, "{audience}");
        }
        assert_eq!(with(&rules, ""), Err(Reason::WrongAudience));
    }

    #[test]
    fn its_nonce_is_that_of_the_sign_in() {
        let rules = Rules {
            nonce: Some("n\"é".into()),
            ..Rules::default()
        };
        assert_eq!(with(&rules, r#","nonce":"n\"é""#), Ok(()));
        for more in ["", r#","nonce":"n""#, r#","nonce":null"#] {
            assert_eq!(with(&rules, more), Err(Reason::WrongNonce), "{more}");
        }
    }

    #[test]
    fn its_type_is_the_one_that_is_expected() {
        let rules = Rules {
            token_type: Some("at+jwt".into()),
            ..Rules::default()
        };
        let claims = format!(r#"{{"exp":1001,"iss":"{ORIGIN}"}}"#);
        for typ in [
            "at+jwt",
            "AT+JWT",
            "application/at+jwt",
            "Application/AT+jwt",
        ] {
            assert_eq!(
                check(&rules, &format!(r#"{{"typ":"{typ}"}}"#), &claims),
                Ok(())
            );
        }
        for header in ["{}", r#"{"typ":"JWT"}"#, r#"{"typ":["at+jwt"]}"#] {
            assert_eq!(
                check(&rules, header, &claims),
                Err(Reason::WrongType),
                "{header}"
            );
        }
    }

    #[test]
    fn algorithms_are_those_that_are_named() {
        let rules = Rules {
            algorithms: vec!["ES256".into(), "none".into()],
            ..Rules::default()
        };
        assert_eq!(rules.algorithm("ES256"), Ok(Algorithm::Es256));
        for name in ["RS256", "none"] {
            assert_eq!(rules.algorithm(name).unwrap_err().0, Reason::Algorithm);
        }
    }
}
