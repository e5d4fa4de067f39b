//! What the options of a session may be.

use crate::core::cookies;
use crate::core::text::concat;

/// With a refresh token: the session is to outlive its access token.
pub(crate) const DEFAULT_SCOPE: &str = "openid profile email offline";
pub(crate) const DEFAULT_COOKIE: &str = "kinde";
/// Seven days, in seconds.
pub(crate) const DEFAULT_MAX_AGE: f64 = 604_800.0;
/// How many cookies a session may take: Node and others refuse a request whose headers are over
/// 16 KB, and with that all requests of a browser until it has lost the cookies.
pub(crate) const DEFAULT_MAX_COOKIES: f64 = 3.0;
/// The longest that a number of seconds may be; browsers stop at 400 days.
const LONGEST_MAX_AGE: f64 = 4_000_000_000.0;
/// The longest name, in characters: with it, a cookie is below what browsers take.
const LONGEST_NAME: usize = 64;
/// The longest address to come back to, in characters of JSON. It travels in a cookie.
const LONGEST_RETURN: u32 = 2_048;
/// The shortest secret, in characters: 256 bits if each of them holds eight.
const SHORTEST_SECRET: u32 = 32;

/// A number of seconds that a session lasts, or none.
pub(crate) fn max_age(seconds: f64) -> Option<f64> {
    let seconds = seconds.trunc();
    (1.0..=LONGEST_MAX_AGE)
        .contains(&seconds)
        .then_some(seconds)
}

/// A number of cookies that a session may take, or none.
pub(crate) fn max_cookies(count: f64) -> Option<f64> {
    let is_whole = count.trunc() == count;
    (is_whole && (1.0..=cookies::MOST as f64).contains(&count)).then_some(count)
}

/// The whole name of a cookie: browsers let no other site, and nothing but HTTPS, set one that is
/// called so (RFC 6265bis, section 4.1.3.2).
pub(crate) fn cookie(name: &str) -> Result<String, &'static str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !name.bytes().all(plain) {
        return Err("expected letters, digits, - and _");
    }
    match name.len() > LONGEST_NAME {
        true => Err("expected at most 64 letters"),
        false => Ok(concat(&["__Host-", name])),
    }
}

/// Whether a secret has so many characters as one needs.
pub(crate) fn is_secret(length: u32) -> bool {
    length >= SHORTEST_SECRET
}

/// Whether an address of so many characters of JSON can travel in a cookie.
pub(crate) fn is_short(length: u32) -> bool {
    length <= LONGEST_RETURN
}

/// Browsers keep a cookie that is `Secure` if it comes by HTTPS, or from the machine they run on.
pub(crate) fn keeps_cookies(protocol: &str, host: &str) -> bool {
    let is_local = host == "localhost"
        || host.ends_with(".localhost")
        || host.starts_with("127.")
        || host == "[::1]";
    protocol != "http:" || is_local
}

/// Whether a path is one of the application, once a URL parser has said what origin it leads to:
/// `//evil.example` and `/\evil.example` lead elsewhere. An origin that is opaque is nobody's.
pub(crate) fn is_inside(path: &str, leads_to: &str, origin: &str) -> bool {
    path.starts_with('/') && leads_to == origin && origin != "null"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_lasts_whole_seconds() {
        for (given, taken) in [
            (1.0, Some(1.0)),
            (60.9, Some(60.0)),
            (4e9, Some(4e9)),
            (0.9, None),
            (-1.0, None),
            (4e9 + 1.0, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ] {
            assert_eq!(max_age(given), taken, "{given}");
        }
        assert_eq!(max_age(DEFAULT_MAX_AGE), Some(DEFAULT_MAX_AGE));
    }

    #[test]
    fn a_session_takes_one_to_ten_cookies() {
        for (given, taken) in [
            (1.0, Some(1.0)),
            (10.0, Some(10.0)),
            (0.0, None),
            (1.5, None),
            (11.0, None),
            (f64::NAN, None),
        ] {
            assert_eq!(max_cookies(given), taken, "{given}");
        }
        assert!(max_cookies(DEFAULT_MAX_COOKIES).is_some());
    }

    #[test]
    fn a_cookie_has_a_name_that_browsers_take() {
        assert_eq!(cookie(DEFAULT_COOKIE).as_deref(), Ok("__Host-kinde"));
        assert!(cookie(&"x".repeat(64)).is_ok() && cookie(&"x".repeat(65)).is_err());
        for name in ["a b", "a;b", "a=b", "é", "a\n"] {
            assert!(cookie(name).is_err(), "{name}");
        }
    }

    #[test]
    fn secrets_are_long_and_addresses_are_short() {
        assert!(is_secret(32) && !is_secret(31));
        assert!(is_short(2_048) && !is_short(2_049));
    }

    #[test]
    fn cookies_need_https_or_the_own_machine() {
        for (protocol, host, keeps) in [
            ("https:", "app.example", true),
            ("http:", "app.example", false),
            ("http:", "localhost", true),
            ("http:", "app.localhost", true),
            ("http:", "127.0.0.1", true),
            ("http:", "[::1]", true),
            ("http:", "localhost.evil.example", false),
            ("http:", "notlocalhost", false),
            ("com.example.app:", "", true),
        ] {
            assert_eq!(keeps_cookies(protocol, host), keeps, "{protocol} {host}");
        }
    }

    #[test]
    fn a_path_leads_nowhere_else() {
        let app = "https://app.example";
        assert!(is_inside("/a", app, app));
        assert!(!is_inside("/a", "https://evil.example", app));
        assert!(!is_inside("https://app.example/a", app, app));
        assert!(!is_inside("", app, app));
        assert!(!is_inside("/a", "null", "null"));
    }
}
