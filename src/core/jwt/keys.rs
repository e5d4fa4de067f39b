//! The issuer's keys (RFC 7517): where they may come from, and how long they are used.

use crate::core::record::Record;
use crate::core::text::parts;

/// How long keys are used without another look: what the server says between these two, else the
/// third. In milliseconds.
const SHORTEST: f64 = 60_000.0;
const LONGEST: f64 = 86_400_000.0;
const USUAL: f64 = 600_000.0;

/// The most keys of a set.
const MOST: u32 = 50;

/// Whether a set is of a size that issuers have.
pub(crate) fn is_set(keys: u32) -> bool {
    (1..=MOST).contains(&keys)
}

/// How long keys are used, by `Cache-Control` (`max-age`: RFC 9111, section 5.2.2.1), in milliseconds.
/// `number` gives NaN for what is none.
pub(crate) fn lifetime(cache_control: &str, number: fn(&str) -> f64) -> f64 {
    let age = parts(cache_control, b',').find_map(|directive| {
        let directive = directive.trim_ascii().to_ascii_lowercase();
        let seconds = number(directive.strip_prefix("max-age=")?);
        (!seconds.is_nan()).then_some(seconds * 1000.0)
    });
    age.unwrap_or(USUAL).clamp(SHORTEST, LONGEST)
}

/// What a request for keys is for. Not every issuer has its keys where Kinde has them; its own
/// description says where (OpenID Connect Discovery, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    KeysOrDescription,
    Description,
    Keys,
}

impl Asks {
    /// The first request: to the address that the caller gave, or to where Kinde has them.
    pub fn first(has_address: bool) -> Asks {
        match has_address {
            true => Asks::Keys,
            false => Asks::KeysOrDescription,
        }
    }

    /// The request after an answer with this status; None if that is about keys.
    pub fn next(self, status: u16) -> Option<Asks> {
        match self {
            Asks::KeysOrDescription if status == 404 => Some(Asks::Description),
            Asks::Description => Some(Asks::Keys),
            Asks::KeysOrDescription | Asks::Keys => None,
        }
    }
}

/// Where the issuer's description says that the keys are. What another issuer says, or what somebody
/// could have changed on the way, is not to be used.
pub(crate) fn described(origin: &str, description: &impl Record) -> Option<String> {
    let issuer = description.text("issuer");
    let found = description.text("jwks_uri");
    found.filter(|url| issuer.as_deref() == Some(origin) && is_trustworthy(origin, url))
}

/// Whether an address is one of the client's domain.
pub(crate) fn is_own(origin: &str, url: &str) -> bool {
    let rest = url.strip_prefix(origin);
    rest.is_some_and(|rest| rest.starts_with('/'))
}

/// Whether keys from this address can be trusted: nobody can change them on the way.
pub(crate) fn is_trustworthy(origin: &str, url: &str) -> bool {
    url.starts_with("https://") || is_own(origin, url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::record::Json;

    #[test]
    fn keys_are_used_as_long_as_the_server_says() {
        for (header, seconds) in [
            ("", 600.0),
            ("no-cache", 600.0),
            ("max-age=", 600.0),
            ("max-age=soon", 600.0),
            ("public, Max-Age=3600, must-revalidate", 3_600.0),
            ("s-maxage=5,max-age=120", 120.0),
            ("max-age=0", 60.0),
            ("max-age=-5", 60.0),
            ("max-age=99999999999999999999", 86_400.0),
        ] {
            let number = |text: &str| text.parse().unwrap_or(f64::NAN);
            assert_eq!(lifetime(header, number), seconds * 1000.0, "{header}");
        }
    }

    #[test]
    fn keys_come_by_https_or_from_the_domain() {
        let origin = "http://localhost:3000";
        for (url, is) in [
            ("https://elsewhere.example/keys", true),
            ("http://localhost:3000/keys", true),
            ("http://localhost:30001/keys", false),
            ("http://localhost:3000.evil.example/keys", false),
            ("http://localhost:3000@evil.example/keys", false),
            ("http://localhost:3000", false),
            ("http://elsewhere.example/keys", false),
            ("/keys", false),
        ] {
            assert_eq!(is_trustworthy(origin, url), is, "{url}");
        }
        assert!(!is_own(origin, "https://elsewhere.example/keys"));
    }

    #[test]
    fn keys_are_where_kinde_has_them_or_where_the_issuer_says() {
        let first = Asks::first(false);
        assert_eq!(first, Asks::KeysOrDescription);
        assert_eq!(first.next(200), None);
        assert_eq!(first.next(503), None);
        let second = first.next(404).unwrap();
        assert_eq!(second, Asks::Description);
        let third = second.next(200).unwrap();
        assert_eq!((third, third.next(404)), (Asks::Keys, None));
        // Whoever says where they are means it.
        assert_eq!(Asks::first(true).next(404), None);
    }

    #[test]
    fn a_description_is_the_issuers_own() {
        let origin = "https://acme.kinde.com";
        let at = |json| described(origin, &Json(json));
        let keys = "https://keys.example/a";
        let right = r#"{"issuer":"https://acme.kinde.com","jwks_uri":"https://keys.example/a"}"#;
        assert_eq!(at(right).as_deref(), Some(keys));
        for json in [
            r#"{"issuer":"https://acme.kinde.com/","jwks_uri":"https://keys.example/a"}"#,
            r#"{"issuer":"https://acme.kinde.com","jwks_uri":"http://keys.example/a"}"#,
            r#"{"issuer":"https://acme.kinde.com"}"#,
            r#"{"jwks_uri":"https://keys.example/a"}"#,
            "null",
        ] {
            assert_eq!(at(json), None, "{json}");
        }
    }

    #[test]
    fn a_set_has_keys_and_not_too_many() {
        assert!(is_set(1) && is_set(50));
        assert!(!is_set(0) && !is_set(51));
    }
}
