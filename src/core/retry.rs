//! Which failures are worth another try, and when. This is the one place that decides it, for calls, for
//! sign-in and for keys.

/// The retries of a call if nobody says otherwise.
pub(crate) const RETRIES: f64 = 2.0;
/// The longest wait that a server may ask for, in milliseconds. A call fails rather than wait more.
const LONGEST: f64 = 60_000.0;
/// The first and the longest backoff, in milliseconds.
const FIRST: f64 = 500.0;
const LAST: f64 = 8_000.0;

/// Which POSTs and PATCHes are sent again when nobody knows whether the service has done them:
/// [`Builder::retry_writes`](crate::Builder::retry_writes).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RetryWrites {
    /// None.
    None,
    /// All: doing one twice is no harm to the caller.
    All,
    /// Those that set values to what they say, so that twice is as good as once: feature flags,
    /// properties and the like. Which these are stands with each operation.
    #[default]
    Idempotent,
}

impl RetryWrites {
    pub(crate) fn repeats(self, is_idempotent: bool) -> bool {
        match self {
            RetryWrites::None => false,
            RetryWrites::All => true,
            RetryWrites::Idempotent => is_idempotent,
        }
    }
}

impl From<bool> for RetryWrites {
    fn from(all: bool) -> Self {
        match all {
            true => RetryWrites::All,
            false => RetryWrites::None,
        }
    }
}

/// What an attempt came to that did not succeed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Failure {
    /// No whole answer came: the service may have done it, or not.
    Unanswered,
    /// The service answered so, and asks to wait for so many milliseconds, or says nothing of it.
    Answered { status: u16, asked: Option<f64> },
    /// What no other try can mend.
    Final,
}

impl Failure {
    /// Whether the same request may succeed later.
    pub fn is_transient(self) -> bool {
        match self {
            Failure::Unanswered => true,
            Failure::Answered { status, .. } => is_transient(status),
            Failure::Final => false,
        }
    }

    /// Whether it says that there are too many requests, and when there may be more: all who have the
    /// same credentials wait then. One that asks for too long is for its caller to know.
    pub fn makes_a_queue(self) -> bool {
        match self {
            Failure::Answered { status: 429, asked } => {
                asked.is_none_or(|asked| bearable(asked).is_some())
            }
            _ => false,
        }
    }
}

/// Statuses that tell of the moment and not of the request (RFC 9110, sections 15.5.9 and 15.6;
/// RFC 6585, section 4). 501 does not pass.
pub(crate) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// What is known of a call when an attempt has failed.
pub(crate) struct Attempted<'a> {
    pub method: &'a str,
    /// Whether doing it twice is no harm, or nothing was sent.
    pub repeats_writes: bool,
    /// Whether it can be sent once only: its body is a stream.
    pub once: bool,
    /// How many attempts failed, this one included, without those that are forgiven.
    pub failures: u32,
    /// How often it may be sent again.
    pub retries: f64,
    /// Milliseconds until its deadline.
    pub left: f64,
}

impl Attempted<'_> {
    /// Milliseconds until the next try; None if there is none. `pause` is how long all wait, if this was
    /// refused for the number of requests; else it is what the service asks for, or exponential backoff
    /// with full jitter, of which `random` gives the share.
    pub fn wait(
        &self,
        failure: Failure,
        pause: Option<f64>,
        random: &mut dyn FnMut() -> f64,
    ) -> Option<f64> {
        if self.once || f64::from(self.failures) > self.retries || !self.is_repeatable(failure) {
            return None;
        }
        let asked = match failure {
            Failure::Answered { asked, .. } => asked,
            _ => None,
        };
        let wait = pause.or(asked);
        bearable(wait.unwrap_or_else(|| backoff(self.failures) * random()))
            .filter(|wait| *wait < self.left)
    }

    /// Whether it may be sent again without doing something twice.
    fn is_repeatable(&self, failure: Failure) -> bool {
        // The service refused to look at it.
        if matches!(failure, Failure::Answered { status: 429, .. }) {
            return true;
        }
        failure.is_transient() && (self.repeats_writes || !matches!(self.method, "POST" | "PATCH"))
    }
}

/// A wait that is not too long.
fn bearable(wait: f64) -> Option<f64> {
    (wait <= LONGEST).then_some(wait)
}

/// The longest wait after so many failures, in milliseconds.
pub(crate) fn backoff(failures: u32) -> f64 {
    let doublings = failures.saturating_sub(1).min(10);
    (FIRST * f64::from(1_u32 << doublings)).min(LAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: Attempted<'static> = Attempted {
        method: "GET",
        repeats_writes: false,
        once: false,
        failures: 1,
        retries: 2.0,
        left: f64::INFINITY,
    };

    fn answered(status: u16) -> Failure {
        Failure::Answered {
            status,
            asked: None,
        }
    }

    fn asked(status: u16, asked: f64) -> Failure {
        let asked = Some(asked);
        Failure::Answered { status, asked }
    }

    fn is_repeated(call: &Attempted<'_>, failure: Failure) -> bool {
        call.wait(failure, None, &mut || 0.5).is_some()
    }

    #[test]
    fn backoff_doubles_up_to_eight_seconds() {
        let waits: Vec<f64> = (1..=7).map(backoff).collect();
        assert_eq!(
            waits,
            [500.0, 1000.0, 2000.0, 4000.0, 8000.0, 8000.0, 8000.0]
        );
        assert_eq!(backoff(u32::MAX), 8000.0);
    }

    #[test]
    fn six_statuses_are_transient_and_no_others() {
        let transient: Vec<u16> = (100..=999).filter(|status| is_transient(*status)).collect();
        assert_eq!(transient, [408, 429, 500, 502, 503, 504]);
        for status in 100..=999 {
            assert_eq!(is_repeated(&CALL, answered(status)), is_transient(status));
            assert_eq!(answered(status).is_transient(), is_transient(status));
        }
        assert!(is_repeated(&CALL, Failure::Unanswered));
        assert!(!is_repeated(&CALL, Failure::Final));
        assert!(!Failure::Final.is_transient());
    }

    #[test]
    fn a_write_is_repeated_only_if_it_was_not_looked_at() {
        for method in ["POST", "PATCH", "GET", "PUT", "DELETE", "HEAD"] {
            let call = Attempted { method, ..CALL };
            let is_safe = !matches!(method, "POST" | "PATCH");
            for failure in [answered(500), answered(503), Failure::Unanswered] {
                assert_eq!(is_repeated(&call, failure), is_safe, "{method}");
                let told = Attempted {
                    repeats_writes: true,
                    ..call
                };
                assert!(is_repeated(&told, failure), "{method}");
            }
            assert!(is_repeated(&call, answered(429)), "{method}");
            assert!(!is_repeated(&call, answered(400)), "{method}");
        }
    }

    #[test]
    fn of_the_writes_those_are_repeated_that_are_as_good_twice() {
        for (writes, of_idempotent, of_others) in [
            (RetryWrites::default(), true, false),
            (RetryWrites::from(true), true, true),
            (RetryWrites::from(false), false, false),
        ] {
            assert_eq!(writes.repeats(true), of_idempotent, "{writes:?}");
            assert_eq!(writes.repeats(false), of_others, "{writes:?}");
        }
    }

    #[test]
    fn a_call_fails_rather_than_wait_too_long_or_too_often() {
        let wait = |call: &Attempted<'_>, failure, pause| call.wait(failure, pause, &mut || 0.5);
        assert_eq!(wait(&CALL, answered(503), None), Some(250.0));
        assert_eq!(wait(&CALL, asked(503, 60_000.0), None), Some(60_000.0));
        assert_eq!(wait(&CALL, asked(503, 60_001.0), None), None);
        // Those who were refused wait as long as all others.
        assert_eq!(wait(&CALL, asked(429, 9_000.0), Some(700.0)), Some(700.0));
        assert_eq!(wait(&CALL, asked(429, 1.0), Some(60_001.0)), None);

        let late = Attempted {
            left: 250.0,
            ..CALL
        };
        assert_eq!(wait(&late, answered(503), None), None);
        let tired = Attempted {
            failures: 3,
            ..CALL
        };
        assert_eq!(wait(&tired, answered(503), None), None);
        let never = Attempted {
            retries: 0.0,
            ..CALL
        };
        assert_eq!(wait(&never, answered(429), None), None);
        let stream = Attempted { once: true, ..CALL };
        assert_eq!(wait(&stream, answered(429), None), None);
    }

    #[test]
    fn chance_is_asked_only_for_a_wait_that_it_decides() {
        let mut count = 0;
        let mut random = || {
            count += 1;
            0.5
        };
        assert_eq!(CALL.wait(asked(503, 5.0), None, &mut random), Some(5.0));
        assert_eq!(CALL.wait(answered(429), Some(5.0), &mut random), Some(5.0));
        assert_eq!(CALL.wait(answered(404), None, &mut random), None);
        assert_eq!(CALL.wait(answered(503), None, &mut random), Some(250.0));
        assert_eq!(count, 1);
    }

    #[test]
    fn only_too_many_requests_make_a_queue() {
        assert!(answered(429).makes_a_queue());
        assert!(asked(429, 60_000.0).makes_a_queue());
        assert!(!asked(429, 60_001.0).makes_a_queue());
        for failure in [answered(503), Failure::Unanswered, Failure::Final] {
            assert!(!failure.makes_a_queue());
        }
    }
}
