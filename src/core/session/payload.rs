//! What the cookie of a session holds, when its tokens are renewed, and when it has ended.

use crate::core::cookies::{Cookies, LONGEST, Lines, MOST};
use crate::core::record::Record;
use crate::core::text::push_number;
use crate::core::token::margin;

/// The names are short: each letter travels with every request. The claims are those of the id token.
pub(crate) const ACCESS_TOKEN: &str = "a";
pub(crate) const REFRESH_TOKEN: &str = "r";
pub(crate) const CLAIMS: &str = "c";
pub(crate) const RENEW: &str = "n";
pub(crate) const EXPIRES: &str = "e";
pub(crate) const BEGAN: &str = "b";
pub(crate) const ID: &str = "i";

/// How many letters of chance tell one session from the others: 128 bits.
pub(crate) const LETTERS: usize = 22;

/// How far the clocks of two machines may differ.
const SKEW: f64 = 60_000.0;
/// What a server should take beside the cookies of a session, in bytes.
const OTHER_HEADERS: usize = 8_192;

/// When the tokens of a session, and it, end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Times {
    /// When its user signed in.
    pub began: f64,
    /// When one request fetches new tokens.
    pub renew: f64,
    /// When the access token expires.
    pub expires: f64,
}

impl Times {
    /// Those of a payload. One that is not there has passed: a cookie without it is older than this
    /// version, and its user signs in again.
    pub fn read(payload: &impl Record) -> Times {
        let time = |name| payload.number(name).unwrap_or_default();
        Times {
            began: time(BEGAN),
            renew: time(RENEW),
            expires: time(EXPIRES),
        }
    }

    /// Those of a session with these tokens, of an answer with `expires_in` and `expires_at`.
    pub fn of(tokens: &impl Record, began: f64) -> Times {
        let lifetime = tokens.number("expires_in").unwrap_or_default();
        let expires = tokens.number("expires_at").unwrap_or_default();
        Times {
            began,
            renew: expires - margin(lifetime),
            expires,
        }
    }

    /// Whole seconds that are left of a session that may last so many; 0 if it is over, or began when
    /// no clock of ours can have been.
    pub fn left(&self, max_age: f64, now: f64) -> f64 {
        let age = now - self.began;
        match age < -SKEW {
            true => 0.0,
            // `clamp` would print its bounds when they are wrong: 8 KB.
            false => (max_age - age / 1000.0).ceil().max(0.0).min(max_age),
        }
    }

    /// Whether the tokens are to be renewed.
    pub fn is_due(&self, now: f64) -> bool {
        now >= self.renew
    }

    /// Whether the access token still does.
    pub fn will_do(&self, now: f64) -> bool {
        now < self.expires
    }
}

/// What sets the cookies of a session and removes those that it does not need any more; what is wrong,
/// if they are more than `most`.
pub(crate) fn write(
    cookies: &Cookies<'_>,
    name: &str,
    sealed: &str,
    most: f64,
    max_age: f64,
) -> Result<Lines, String> {
    let count = sealed.len().div_ceil(LONGEST);
    match count as f64 > most {
        true => Err(too_long(sealed.len(), count, most)),
        false => Ok(cookies.write(name, sealed, max_age as u32)),
    }
}

/// Says what a session of so many bytes, in so many cookies, takes.
fn too_long(size: usize, count: usize, most: f64) -> String {
    let mut what =
        String::from("session: the tokens of the user are too long for cookies: they take ");
    push_number(&mut what, count as u32);
    what.push_str(" (");
    push_number(&mut what, size as u32);
    what.push_str(" bytes), and ");
    push_number(&mut what, most as u32);
    what.push_str(" may be. ");
    if count > MOST {
        what.push_str("Make them shorter: with fewer claims, permissions or roles");
    } else {
        what.push_str("Make them shorter, or set maxCookies to ");
        push_number(&mut what, count as u32);
        what.push_str(" where the server takes headers of ");
        push_number(&mut what, (size + OTHER_HEADERS) as u32);
        what.push_str(
            " bytes; Node takes 16,384 if it is not told otherwise (--max-http-header-size)",
        );
    }
    what
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::record::Json;

    const BEGAN_AT: f64 = 1_000_000.0;

    fn times() -> Times {
        let tokens = Json(r#"{"access_token":"x","expires_in":3600,"expires_at":4600000}"#);
        Times::of(&tokens, BEGAN_AT)
    }

    #[test]
    fn tokens_are_renewed_a_little_before_they_expire() {
        assert!(!times().is_due(4_539_999.0) && times().is_due(4_540_000.0));
        assert!(times().will_do(4_599_999.0) && !times().will_do(4_600_000.0));
        let short = Json(r#"{"expires_in":100,"expires_at":1100000}"#);
        assert_eq!(Times::of(&short, BEGAN_AT).renew, 1_090_000.0);
        // What says nothing of its lifetime is good for nothing.
        let nothing = Times::of(&Json("{}"), BEGAN_AT);
        assert!(nothing.is_due(1.0) && !nothing.will_do(1.0));
    }

    #[test]
    fn a_session_ends_when_it_has_lasted_long_enough() {
        for (passed, left) in [
            (0.0, 600.0),
            (1.0, 600.0),
            (1_000.0, 599.0),
            (599_999.0, 1.0),
            (600_000.0, 0.0),
            (900_000.0, 0.0),
            // The clock of the machine that began it was ahead, or is not to be believed.
            (-1_000.0, 600.0),
            (-60_000.0, 600.0),
            (-60_001.0, 0.0),
        ] {
            let now = BEGAN_AT + passed;
            assert_eq!(times().left(600.0, now), left, "{passed}");
        }
    }

    #[test]
    fn what_a_payload_says_is_read_again() {
        let written =
            r#"{"i":"abc","b":1000000,"c":{"sub":"kp_1"},"n":4540000,"e":4600000,"a":"x"}"#;
        assert_eq!(Times::read(&Json(written)), times());
        // Of another version, or of nobody: there is no time in it that has not passed.
        for other in ["{}", r#"{"b":"1000000","n":null,"e":{}}"#] {
            let times = Times::read(&Json(other));
            assert!(times.is_due(1.0) && !times.will_do(1.0), "{other}");
            assert_eq!(times.left(600.0, BEGAN_AT), 0.0, "{other}");
        }
    }

    #[test]
    fn a_session_that_is_too_long_says_what_would_help() {
        let before = Cookies::read("s.2=old");
        let sealed = |length| "x".repeat(length);
        let lines = |length, most| write(&before, "s", &sealed(length), most, 60.0);
        let names = |lines: Lines| -> Vec<String> {
            let name = |line: &String| line.split('=').next().unwrap_or_default().to_owned();
            lines.iter().map(name).collect()
        };
        assert_eq!(lines(3_800, 1.0).map(names).unwrap(), ["s", "s.2"]);
        assert_eq!(lines(3_801, 2.0).map(names).unwrap(), ["s.0", "s.1", "s.2"]);
        let what = lines(3_801, 1.0).unwrap_err();
        assert!(
            what.contains("they take 2 (3801 bytes), and 1 may be"),
            "{what}"
        );
        assert!(what.contains("set maxCookies to 2"), "{what}");
        assert!(what.contains("headers of 11993 bytes"), "{what}");
        let what = lines(38_001, 10.0).unwrap_err();
        assert!(
            what.contains("they take 11 (38001 bytes), and 10 may be"),
            "{what}"
        );
        assert!(
            what.ends_with("fewer claims, permissions or roles"),
            "{what}"
        );
    }
}
