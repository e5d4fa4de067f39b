//! Whether a token is what it says (RFC 7515, 7519, 8725), but for its signature: drivers have
//! somebody check that between [`Compact::read`] and [`Compact::open`].

mod algorithm;
pub(crate) mod compact;
pub(crate) mod id_token;
pub(crate) mod keys;
mod rules;

pub use algorithm::Algorithm;
use compact::Token;
pub(crate) use rules::{Rules, date};

/// Why a token does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// `exp` is past.
    Expired,
    /// `nbf` is to come.
    NotYetValid,
    /// The signature does not fit the key and the text.
    BadSignature,
    /// The key set has no key for it, or more than one.
    UnknownKey,
    /// `iss` is not the one that is expected.
    WrongIssuer,
    /// `aud` holds none that is expected.
    WrongAudience,
    /// `alg` is not one that is expected, or does not fit the key.
    Algorithm,
    /// It is no token: not three parts of canonical base64url, not JSON objects, a name twice, too
    /// long, too deep, an extension that has to be understood (`crit`), a claim that is missing or
    /// of the wrong type.
    Malformed,
    /// `nonce` is not the one that is expected.
    WrongNonce,
    /// `typ` is not the one that is expected.
    WrongType,
    /// A webhook whose event the program has seen already.
    Replayed,
    /// `sub` of an id token is not the user whose tokens were refreshed.
    WrongSubject,
    /// `at_hash` of an id token is not of the access token beside it.
    WrongHash,
}

impl Reason {
    /// The name that JavaScript callers know it by: `wrong_issuer`.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Expired => "expired",
            Reason::NotYetValid => "not_yet_valid",
            Reason::BadSignature => "bad_signature",
            Reason::UnknownKey => "unknown_key",
            Reason::WrongIssuer => "wrong_issuer",
            Reason::WrongAudience => "wrong_audience",
            Reason::Algorithm => "algorithm",
            Reason::Malformed => "malformed",
            Reason::WrongNonce => "wrong_nonce",
            Reason::WrongType => "wrong_type",
            Reason::Replayed => "replayed",
            Reason::WrongSubject => "wrong_subject",
            Reason::WrongHash => "wrong_hash",
        }
    }
}

/// What is wrong with a token. An error is ten times as large, and its way through all the checks
/// would be paid for in code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault(pub Reason, pub &'static str);

/// It is no token at all, or lacks what every token has.
pub(crate) fn malformed(what: &'static str) -> Fault {
    Fault(Reason::Malformed, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_name_of_its_own() {
        use Reason::*;
        let all = [
            Expired,
            NotYetValid,
            BadSignature,
            UnknownKey,
            WrongIssuer,
            WrongAudience,
            Algorithm,
            Malformed,
            WrongNonce,
            WrongType,
            Replayed,
            WrongSubject,
            WrongHash,
        ];
        // The name is the variant's, in lower case with underscores.
        for reason in all {
            let mut name = String::new();
            for letter in format!("{reason:?}").chars() {
                if letter.is_ascii_uppercase() && !name.is_empty() {
                    name.push('_');
                }
                name.push(letter.to_ascii_lowercase());
            }
            assert_eq!(reason.name(), name);
        }
    }
}
