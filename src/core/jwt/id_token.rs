//! What an id token has to say beside what every token has (OpenID Connect Core, sections 3.1.3.7 and
//! 12.2).

use super::{Fault, Reason, malformed};
use crate::core::base64url;
use crate::core::record::Record;
use crate::core::text::same;

/// Checks whom a token was issued to and whom it is about; `user` is who it has to be, if that is
/// known. Gives `at_hash`, if there is one: empty if it is no text.
pub(crate) fn check(
    claims: &impl Record,
    client_id: &str,
    user: Option<&str>,
) -> Result<Option<String>, Fault> {
    let several = claims.texts("aud").len() > 1;
    let party = claims.text("azp");
    if (several || !claims.is_missing("azp")) && party.as_deref() != Some(client_id) {
        let what = "it was issued to another application";
        return Err(Fault(Reason::WrongAudience, what));
    }
    let subject = claims.text("sub").unwrap_or_default();
    if subject.is_empty() {
        return Err(malformed("it has no sub"));
    }
    if user.is_some_and(|user| user != subject) {
        return Err(Fault(Reason::WrongSubject, "it is about another user"));
    }
    let hash = claims.text("at_hash").unwrap_or_default();
    Ok((!claims.is_missing("at_hash")).then_some(hash))
}

/// Checks `at_hash` against the SHA-256 of the access token that came beside it: it is the left half
/// (OpenID Connect Core, section 3.1.3.6).
pub(crate) fn check_hash(hash: &str, digest: &[u8]) -> Result<(), Fault> {
    let half = base64url::encode(digest.get(..16).unwrap_or_default());
    match same(hash, &half) {
        true => Ok(()),
        false => Err(Fault(
            Reason::WrongHash,
            "it belongs to another access token",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::record::Json;

    fn checked(claims: &str, user: Option<&str>) -> Result<Option<String>, Reason> {
        check(&Json(claims), "app", user).map_err(|fault| fault.0)
    }

    #[test]
    fn it_was_issued_to_this_application() {
        for claims in [
            r#"{"sub":"a","aud":"app"}"#,
            r#"{"sub":"a","aud":["app"]}"#,
            r#"{"sub":"a","aud":["app","b"],"azp":"app"}"#,
            r#"{"sub":"a","aud":"app","azp":"app"}"#,
        ] {
            assert_eq!(checked(claims, None), Ok(None), "{claims}");
        }
        for claims in [
            r#"{"sub":"a","aud":["app","b"]}"#,
            r#"{"sub":"a","aud":["app",5]}"#,
            r#"{"sub":"a","aud":["app","b"],"azp":"b"}"#,
            r#"{"sub":"a","aud":"app","azp":"b"}"#,
            r#"{"sub":"a","aud":"app","azp":null}"#,
        ] {
            assert_eq!(
                checked(claims, None),
                Err(Reason::WrongAudience),
                "{claims}"
            );
        }
    }

    #[test]
    fn it_is_about_somebody_and_the_same_one() {
        for claims in ["{}", r#"{"sub":""}"#, r#"{"sub":5}"#, r#"{"sub":null}"#] {
            assert_eq!(checked(claims, None), Err(Reason::Malformed), "{claims}");
        }
        assert_eq!(checked(r#"{"sub":"a"}"#, Some("a")), Ok(None));
        assert_eq!(
            checked(r#"{"sub":"a"}"#, Some("b")),
            Err(Reason::WrongSubject)
        );
    }

    /// The example of RFC 7636, appendix B, has this digest.
    #[test]
    fn it_belongs_to_the_access_token() {
        let digest = base64url::decode("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
        let hash = |claims: &str| checked(claims, None).unwrap().unwrap();
        let right = hash(r#"{"sub":"a","at_hash":"E9Melhoa2OwvFrEMTJguCA"}"#);
        assert_eq!(check_hash(&right, &digest), Ok(()));
        for wrong in ["\"E9Melhoa2OwvFrEMTJguCB\"", "\"\"", "5", "null"] {
            let wrong = hash(&format!(r#"{{"sub":"a","at_hash":{wrong}}}"#));
            assert_eq!(
                check_hash(&wrong, &digest).unwrap_err().0,
                Reason::WrongHash
            );
        }
    }
}
