//! Which failures are worth another try, and when.

use crate::error::Error;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Math, js_name = random)]
    pub(crate) fn random() -> f64;
}

/// The retries of a call if nobody says otherwise.
pub(crate) const RETRIES: f64 = 2.0;
/// The longest wait that a server may ask for, in milliseconds. A call fails rather than wait more.
const LONGEST: f64 = 60_000.0;
/// The first and the longest backoff, in milliseconds.
const FIRST: f64 = 500.0;
const LAST: f64 = 8_000.0;

/// Whether a failed request may be sent again without doing something twice.
pub(crate) fn is_repeatable(error: &Error, method: &str, writes: bool) -> bool {
    // The service refused to look at it.
    if error.status() == Some(429) {
        return true;
    }
    let harmless = !matches!(method, "POST" | "PATCH");
    let passing = match error {
        Error::Connection { .. } if error.is_steering() => false,
        Error::Connection { .. } | Error::Timeout { .. } => true,
        _ => matches!(error.status(), Some(408 | 500 | 502 | 503 | 504)),
    };
    passing && (harmless || writes)
}

/// Milliseconds to wait after failure number `attempt`, unless that is too long to wait: what the
/// service asks for, else exponential backoff with full jitter.
pub(crate) fn wait(error: &Error, attempt: u32) -> Option<f64> {
    let wait = match error.retry_after() {
        Some(seconds) => seconds * 1000.0,
        None => backoff(attempt) * random(),
    };
    bearable(wait)
}

/// A wait that is not too long.
pub(crate) fn bearable(wait: f64) -> Option<f64> {
    (wait <= LONGEST).then_some(wait)
}

/// Whether a failure says that there are too many requests, and when there may be more: all who have
/// the same credentials wait then. One that asks for too long is for its caller to know.
pub(crate) fn makes_a_queue(error: &Error) -> bool {
    error.status() == Some(429)
        && error
            .retry_after()
            .is_none_or(|seconds| bearable(seconds * 1000.0).is_some())
}

pub(crate) fn backoff(attempt: u32) -> f64 {
    let doublings = attempt.saturating_sub(1).min(10);
    (FIRST * f64::from(1_u32 << doublings)).min(LAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_eight_seconds() {
        let waits: Vec<f64> = (1..=7).map(backoff).collect();
        assert_eq!(
            waits,
            [500.0, 1000.0, 2000.0, 4000.0, 8000.0, 8000.0, 8000.0]
        );
        assert_eq!(backoff(u32::MAX), 8000.0);
    }
}
