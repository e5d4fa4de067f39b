//! The event in a webhook: a token that says neither whom it is for nor when it expires, so that what
//! keeps it from being sent again is its time.

use super::jwt::{Fault, Reason, date, malformed};
use super::record::Record;

/// How far the time of an event may be from now if nobody says otherwise, in seconds.
pub(crate) const TOLERANCE: f64 = 300.0;

/// A number below it is in seconds: as those it is in the year 5138, as milliseconds in 1973.
const SECONDS: f64 = 100_000_000_000.0;

/// An event whose signature and time are good.
#[derive(Debug, PartialEq)]
pub(crate) struct Event {
    pub kind: String,
    pub id: String,
    /// Milliseconds since 1970.
    pub timestamp: f64,
    /// How long the same body would still pass, in seconds.
    pub expires_in: f64,
}

/// Reads an event whose signature is good. The tolerance is in seconds, `now` in milliseconds since
/// 1970; `parse` reads a date so, and gives NaN for what is none.
pub(crate) fn read(
    claims: &impl Record,
    tolerance: f64,
    now: f64,
    parse: fn(&str) -> f64,
) -> Result<Event, Fault> {
    let word = |name| claims.text(name).filter(|text| !text.is_empty());
    let time = |name| time(claims, name, parse);
    let timestamp = time("timestamp").or_else(|| time("event_timestamp"));
    // Not of Kinde's, but a token that has it means it.
    let (Some(kind), Some(id), Some(timestamp), Ok(expires)) = (
        word("type"),
        word("event_id"),
        timestamp,
        date(claims, "exp"),
    ) else {
        return Err(malformed("it is no event"));
    };
    let age = (now - timestamp) / 1000.0;
    if age > tolerance || expires.is_some_and(|expires| now / 1000.0 >= expires) {
        return Err(Fault(Reason::Expired, "its event is too long ago"));
    }
    if -age > tolerance {
        return Err(Fault(Reason::NotYetValid, "its event is to come"));
    }
    Ok(Event {
        kind,
        id,
        timestamp,
        expires_in: tolerance - age,
    })
}

/// A date in milliseconds since 1970, from text, seconds or milliseconds.
fn time(claims: &impl Record, name: &str, parse: fn(&str) -> f64) -> Option<f64> {
    let time = match claims.number(name) {
        Some(seconds) if seconds < SECONDS => seconds * 1000.0,
        Some(milliseconds) => milliseconds,
        None => parse(&claims.text(name)?),
    };
    time.is_finite().then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::record::Json;

    /// Nine o'clock on a day in 2026.
    const NOW: f64 = 1_790_000_000_000.0;

    fn event(claims: &str) -> Result<Event, Fault> {
        let parse = |text: &str| match text {
            "now" => NOW,
            "a minute ago" => NOW - 60_000.0,
            _ => f64::NAN,
        };
        read(&Json(claims), TOLERANCE, NOW, parse)
    }

    fn at(timestamp: &str) -> Result<f64, Reason> {
        let claims = format!(r#"{{"type":"a","event_id":"b","timestamp":{timestamp}}}"#);
        let event = event(&claims).map_err(|fault| fault.0);
        event.map(|event| event.expires_in)
    }

    #[test]
    fn an_event_has_a_type_an_id_and_a_time() {
        let good = r#"{"type":"user.created","event_id":"e","timestamp":"a minute ago"}"#;
        let expected = Event {
            kind: "user.created".into(),
            id: "e".into(),
            timestamp: NOW - 60_000.0,
            expires_in: 240.0,
        };
        assert_eq!(event(good), Ok(expected));
        for claims in [
            "{}",
            r#"{"event_id":"e","timestamp":"now"}"#,
            r#"{"type":"","event_id":"e","timestamp":"now"}"#,
            r#"{"type":"a","event_id":5,"timestamp":"now"}"#,
            r#"{"type":"a","event_id":"e"}"#,
            r#"{"type":"a","event_id":"e","timestamp":"once"}"#,
            r#"{"type":"a","event_id":"e","timestamp":true}"#,
            r#"{"type":"a","event_id":"e","timestamp":"now","exp":"never"}"#,
        ] {
            assert_eq!(event(claims), Err(malformed("it is no event")), "{claims}");
        }
        assert!(event(r#"{"type":"a","event_id":"e","event_timestamp":"now"}"#).is_ok());
    }

    #[test]
    fn its_time_is_near() {
        assert_eq!(at("1790000000"), Ok(300.0));
        assert_eq!(at("1790000000000"), Ok(300.0));
        assert_eq!(at("1789999700"), Ok(0.0));
        assert_eq!(at("1789999699"), Err(Reason::Expired));
        assert_eq!(at("1790000300"), Ok(600.0));
        assert_eq!(at("1790000301"), Err(Reason::NotYetValid));
        assert_eq!(at("1e999"), Err(Reason::Malformed));
    }

    #[test]
    fn one_that_says_when_it_expires_means_it() {
        let until = |exp: &str| {
            let claims = r#"{"type":"a","event_id":"b","timestamp":"now","exp":"#;
            event(&format!("{claims}{exp}}}"))
        };
        assert!(until("1790000001").is_ok());
        assert_eq!(until("1790000000").unwrap_err().0, Reason::Expired);
    }
}
