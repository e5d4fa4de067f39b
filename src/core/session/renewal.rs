//! New tokens for a session: when, and what a failure means for who is signed in.
//!
//! A refresh token may be good for one time only, and a second use may be taken for theft (RFC 9700,
//! section 4.14.2). So one request uses it for all, and what is known to be used up is not sent again.

use super::payload::Times;

/// How a session was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// By a sign-in in the same browser, whose cookie must not be replaced any more.
    Replaced,
    SignedOut,
}

/// Whether a request renews the tokens of its session.
pub(crate) fn wants_tokens(times: &Times, at_once: bool, left: Option<Left>, now: f64) -> bool {
    (at_once || times.is_due(now)) && left.is_none()
}

/// Who is signed in with a session at the end of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Here,
    /// For this request, whose answer must set no cookies.
    Leaving,
    Nobody,
}

/// A session may have been left while a request was under way: no answer to that brings it back.
pub(crate) fn standing(times: &Times, left: Option<Left>, now: f64) -> Standing {
    match left {
        None => Standing::Here,
        Some(Left::Replaced) if times.will_do(now) => Standing::Leaving,
        Some(_) => Standing::Nobody,
    }
}

/// What is left of a session that got no new tokens.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Without {
    /// Its tokens have to do.
    Same,
    /// The service does not know it any more.
    Over,
    /// Its caller has to know.
    Fails,
}

/// A session that has no refresh token ends with its access token. Whoever wants new ones `at_once`
/// has no use for the old ones.
pub(crate) fn without_token(times: &Times, at_once: bool, now: f64) -> Without {
    match (at_once, times.will_do(now)) {
        (true, _) => Without::Fails,
        (_, true) => Without::Same,
        (_, false) => Without::Over,
    }
}

/// How often a refresh is repeated; None for as often as any call. There is no need to wait for a busy
/// service while the old token will do.
pub(crate) fn retries(times: &Times, at_once: bool, now: f64) -> Option<f64> {
    (!at_once && times.will_do(now)).then_some(0.0)
}

/// After a refresh that failed. `is_own` says that the failure is its caller's own: what steers a
/// framework.
pub(crate) fn after_failure(
    times: &Times,
    at_once: bool,
    is_refused: bool,
    is_own: bool,
    now: f64,
) -> Without {
    match is_refused {
        true => Without::Over,
        false if !at_once && !is_own && times.will_do(now) => Without::Same,
        false => Without::Fails,
    }
}

/// Whether the service says that a refresh token is invalid, expired, revoked, or was used before (RFC
/// 6749, section 5.2).
pub(crate) fn is_refusal(code: &str) -> bool {
    code == "invalid_grant"
}

/// Whether a refresh token is of no use any more: there is a new one (RFC 6749, section 6), or none.
pub(crate) fn is_used_up(old: &str, new: Option<&str>) -> bool {
    new != Some(old)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Times = Times {
        began: 0.0,
        renew: 540.0,
        expires: 600.0,
    };
    const EARLY: f64 = 539.0;
    const DUE: f64 = 540.0;
    const LATE: f64 = 600.0;

    #[test]
    fn tokens_are_renewed_when_they_are_due_or_wanted_and_somebody_is_there() {
        for (now, at_once, left, wants) in [
            (EARLY, false, None, false),
            (EARLY, true, None, true),
            (DUE, false, None, true),
            (LATE, false, None, true),
            (DUE, false, Some(Left::Replaced), false),
            (LATE, true, Some(Left::SignedOut), false),
        ] {
            assert_eq!(wants_tokens(&TIMES, at_once, left, now), wants, "{now}");
        }
    }

    #[test]
    fn who_has_left_is_not_brought_back() {
        assert_eq!(standing(&TIMES, None, LATE), Standing::Here);
        let replaced = Some(Left::Replaced);
        assert_eq!(standing(&TIMES, replaced, DUE), Standing::Leaving);
        assert_eq!(standing(&TIMES, replaced, LATE), Standing::Nobody);
        let out = Some(Left::SignedOut);
        assert_eq!(standing(&TIMES, out, EARLY), Standing::Nobody);
    }

    #[test]
    fn without_a_refresh_token_a_session_ends_with_its_access_token() {
        assert_eq!(without_token(&TIMES, false, DUE), Without::Same);
        assert_eq!(without_token(&TIMES, false, LATE), Without::Over);
        for now in [EARLY, LATE] {
            assert_eq!(without_token(&TIMES, true, now), Without::Fails);
        }
    }

    #[test]
    fn nobody_waits_for_a_busy_service_while_the_old_token_does() {
        assert_eq!(retries(&TIMES, false, DUE), Some(0.0));
        assert_eq!(retries(&TIMES, false, LATE), None);
        assert_eq!(retries(&TIMES, true, DUE), None);
    }

    #[test]
    fn a_failure_matters_when_the_old_token_does_no_more() {
        for (now, at_once, is_refused, is_own, comes_to) in [
            (DUE, false, false, false, Without::Same),
            (LATE, false, false, false, Without::Fails),
            (DUE, true, false, false, Without::Fails),
            (DUE, false, false, true, Without::Fails),
            (DUE, false, true, false, Without::Over),
            (DUE, true, true, false, Without::Over),
        ] {
            let failed = after_failure(&TIMES, at_once, is_refused, is_own, now);
            assert_eq!(failed, comes_to, "{now} {at_once} {is_refused} {is_own}");
        }
        assert!(is_refusal("invalid_grant") && !is_refusal("invalid_client"));
    }

    #[test]
    fn a_refresh_token_is_used_up_when_another_came() {
        assert!(is_used_up("a", Some("b")) && is_used_up("a", None));
        assert!(!is_used_up("a", Some("a")));
    }
}
