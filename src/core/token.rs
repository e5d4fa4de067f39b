//! The times of an access token, and what the answer to a request for one has to hold (RFC 6749,
//! section 5.1).

use super::record::Record;

/// The lifetime of a token whose answer does not give one, in seconds.
const LIFETIME: f64 = 300.0;

/// The share of a token's lifetime in which it is renewed ahead, and the longest such time in
/// seconds.
const MARGIN: f64 = 0.1;
const LONGEST_MARGIN: f64 = 60.0;

/// How long before it expires a token that lives for so many seconds is renewed, in milliseconds.
pub(crate) fn margin(lifetime: f64) -> f64 {
    (lifetime * MARGIN).min(LONGEST_MARGIN) * 1000.0
}

/// Until when a token that expires then is used while somebody fetches another, in milliseconds.
pub(crate) fn usable(expires: f64, lifetime: f64) -> f64 {
    expires - margin(lifetime) / 4.0
}

/// The lifetime of a token by `expires_in` of its answer, in seconds; some write it as a text, of
/// which `number` gives the value.
pub(crate) fn lifetime(answer: &impl Record, number: fn(&str) -> f64) -> f64 {
    const NAME: &str = "expires_in";
    let written = || answer.text(NAME).map(|text| number(&text));
    let seconds = answer.number(NAME).or_else(written);
    seconds.filter(|seconds| *seconds > 0.0).unwrap_or(LIFETIME)
}

/// Whether a token is of a type that is understood: others must not be used (RFC 6749, section 7.1).
pub(crate) fn is_bearer(answer: &impl Record) -> bool {
    let token_type = answer.text("token_type").unwrap_or_default();
    token_type.eq_ignore_ascii_case("bearer")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::record::Json;

    #[test]
    fn tokens_are_renewed_before_they_expire() {
        for (lifetime, milliseconds) in [(100.0, 10_000.0), (600.0, 60_000.0), (86_400.0, 60_000.0)]
        {
            assert_eq!(margin(lifetime), milliseconds, "{lifetime}");
        }
        assert_eq!(usable(100_000.0, 100.0), 97_500.0);
    }

    #[test]
    fn a_lifetime_is_what_the_answer_says() {
        for (answer, seconds) in [
            (r#"{"expires_in":86400}"#, 86_400.0),
            (r#"{"expires_in":0.5}"#, 0.5),
            (r#"{"expires_in":"3600"}"#, 3_600.0),
            ("{}", 300.0),
            (r#"{"expires_in":null}"#, 300.0),
            (r#"{"expires_in":0}"#, 300.0),
            (r#"{"expires_in":-5}"#, 300.0),
            (r#"{"expires_in":""}"#, 300.0),
            (r#"{"expires_in":"soon"}"#, 300.0),
        ] {
            let number = |text: &str| text.parse().unwrap_or(f64::NAN);
            assert_eq!(lifetime(&Json(answer), number), seconds, "{answer}");
        }
    }

    #[test]
    fn bearer_tokens_are_understood() {
        for (answer, is) in [
            (r#"{"token_type":"bearer"}"#, true),
            (r#"{"token_type":"Bearer"}"#, true),
            (r#"{"token_type":"mac"}"#, false),
            (r#"{"token_type":5}"#, false),
            ("{}", false),
        ] {
            assert_eq!(is_bearer(&Json(answer)), is, "{answer}");
        }
    }
}
