//! Bearer tokens in headers (RFC 6750): one that a request brings, and the challenge to a request
//! that may not come in.

use super::text::cut;

/// Why an `Authorization` header gives no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// There is none, or it is of another scheme, which is as good as none (RFC 6750, section 3.1).
    Missing,
    /// It is not one bearer token.
    Malformed,
}

/// The token of an `Authorization` header (RFC 6750, section 2.1).
pub(crate) fn token(header: &str) -> Result<&str, Lack> {
    let (scheme, mut token) = cut(header, b' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Lack::Missing);
    }
    while let Some(rest) = token.strip_prefix(" ") {
        token = rest;
    }
    is_token68(token).then_some(token).ok_or(Lack::Malformed)
}

/// The value of `WWW-Authenticate` (RFC 6750, section 3): the realm, what is wrong with the token
/// and how, unless nothing is wrong with one that is not there, and the scopes that would do.
pub(crate) fn challenge(realm: &str, fault: Option<(&str, &str)>, scopes: &[String]) -> String {
    let mut challenge = String::from("Bearer realm=");
    push_quoted(&mut challenge, realm);
    if let Some((error, description)) = fault {
        challenge.push_str(", error=");
        push_quoted(&mut challenge, error);
        challenge.push_str(", error_description=");
        push_quoted(&mut challenge, description);
    }
    if !scopes.is_empty() {
        challenge.push_str(", scope=");
        let mut all = String::new();
        for scope in scopes {
            if !all.is_empty() {
                all.push(' ');
            }
            all.push_str(scope);
        }
        push_quoted(&mut challenge, &all);
    }
    challenge
}

/// Appends a `quoted-string` (RFC 9110, section 5.6.4). What no header can hold becomes `?`.
fn push_quoted(text: &mut String, value: &str) {
    text.push('"');
    for byte in value.bytes() {
        match byte {
            b'"' | b'\\' => text.push('\\'),
            // The first byte of a character stands for all of them.
            0x80..0xC0 => continue,
            _ => (),
        }
        text.push(match is_printable(byte) {
            true => char::from(byte),
            false => '?',
        });
    }
    text.push('"');
}

/// RFC 9110, section 11.2: what a bearer token is made of.
fn is_token68(token: &str) -> bool {
    let mut core = token;
    while let Some(rest) = core.strip_suffix("=") {
        core = rest;
    }
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !core.is_empty() && core.bytes().all(is_part)
}

/// Whether it is one scope (RFC 6749, section 3.3).
pub(crate) fn is_scope(scope: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    scope.bytes().all(is_part)
}

/// Whether it can stand in a quoted string of a header as it is.
pub(crate) fn is_realm(realm: &str) -> bool {
    realm.bytes().all(is_printable)
}

fn is_printable(byte: u8) -> bool {
    byte == b' ' || byte.is_ascii_graphic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bearer_token_is_taken() {
        for (header, found) in [
            ("Bearer a.b.c", Ok("a.b.c")),
            ("bEARER   YQ==", Ok("YQ==")),
            ("", Err(Lack::Missing)),
            ("Bearer", Err(Lack::Malformed)),
            ("Bearer ", Err(Lack::Malformed)),
            ("Bearer a, Bearer b", Err(Lack::Malformed)),
            ("Bearer a b", Err(Lack::Malformed)),
            ("Basic YTpi", Err(Lack::Missing)),
            ("Bearers a", Err(Lack::Missing)),
            (" Bearer a", Err(Lack::Missing)),
        ] {
            assert_eq!(token(header), found, "{header}");
        }
    }

    #[test]
    fn bearer_tokens() {
        for token in ["a", "a.b.c", "-._~+/", "YQ=="] {
            assert!(is_token68(token), "{token}");
        }
        for token in ["", "=", "a b", "a,b", "a=b", "é", "a\n"] {
            assert!(!is_token68(token), "{token}");
        }
    }

    #[test]
    fn a_challenge_says_what_is_wrong() {
        assert_eq!(challenge("a", None, &[]), r#"Bearer realm="a""#);
        let fault = Some(("insufficient_scope", "scope b is needed"));
        assert_eq!(
            challenge("a", fault, &["b".into(), "c".into()]),
            concat!(
                r#"Bearer realm="a", error="insufficient_scope", "#,
                r#"error_description="scope b is needed", scope="b c""#
            )
        );
    }

    #[test]
    fn quoted_strings_end_where_they_should() {
        let mut text = String::new();
        push_quoted(&mut text, "a \"b\" \\ c\r\né");
        assert_eq!(text, r#""a \"b\" \\ c???""#);
    }

    #[test]
    fn scopes_and_realms_fit_into_a_header() {
        assert!(is_scope("read:users") && is_scope("!#[]~"));
        for scope in ["a b", "a\"", "a\\", "é", "a\n"] {
            assert!(!is_scope(scope), "{scope}");
        }
        assert!(is_realm("Invoices of \"Acme\"") && is_realm(""));
        assert!(!is_realm("é") && !is_realm("a\r\nb"));
    }
}
