//! A token taken apart (RFC 7515, section 7.1). Nothing in it is to be believed yet, so that nothing
//! is read that its signature does not need: a forgery costs no more than the hash of it.

use super::{Algorithm, Fault, Rules, malformed};
use crate::core::base64url;
use crate::core::record::Record;
use crate::core::text::cut;

/// The longest header, and the longest signature, in characters: of 2,048 bytes is that of the largest
/// key that runtimes take.
const LONGEST: usize = 1 << 14;

/// The parts of a token that is to be verified.
#[derive(Debug)]
pub(crate) struct Compact<'a, R> {
    header: R,
    /// base64url, as it came.
    claims: &'a str,
    /// `kid`: which key it is signed with.
    pub key_id: Option<String>,
    pub signature: Vec<u8>,
    /// What the signature is of.
    pub signed: &'a str,
}

/// Reads the JSON object in a part of a token, or says what is wrong with it.
pub(crate) type Read<R> = fn(&[u8]) -> Result<R, &'static str>;

impl<'a, R: Record> Compact<'a, R> {
    /// Takes a token apart, or says what is wrong with it.
    pub fn read(token: &'a str, read: Read<R>) -> Result<Self, &'static str> {
        // A fourth part would be in the third, where no dot can be.
        let (header, rest) = cut(token, b'.').unwrap_or_default();
        let (claims, signature) = cut(rest, b'.').ok_or("it has not three parts")?;
        if header.len() > LONGEST || signature.len() > LONGEST {
            return Err("it is too long");
        }
        let signed = token.get(..header.len() + 1 + claims.len());
        let header = read(&bytes(header)?)?;
        let signature = bytes(signature)?;
        // Extensions that have to be understood (RFC 7515, section 4.1.11; RFC 7797), and are not.
        if !header.is_missing("crit") || !header.is_missing("b64") {
            return Err("it needs an extension");
        }
        let key_id = header.text("kid");
        if key_id.is_none() && !header.is_missing("kid") {
            return Err("its kid is not a string");
        }
        Ok(Compact {
            header,
            claims,
            key_id,
            signature,
            signed: signed.unwrap_or_default(),
        })
    }

    /// The algorithm that its header names, if tokens may be signed with it.
    pub fn algorithm(&self, rules: &Rules) -> Result<Algorithm, Fault> {
        let name = self.header.text("alg");
        rules.algorithm(&name.ok_or(malformed("it has no alg"))?)
    }

    /// What the token holds. Its signature is good.
    pub fn open(self, read: Read<R>) -> Result<Token<R>, &'static str> {
        Ok(Token {
            claims: read(&bytes(self.claims)?)?,
            header: self.header,
        })
    }
}

/// What a token holds whose signature is good.
#[derive(Debug)]
pub(crate) struct Token<R> {
    pub header: R,
    pub claims: R,
}

fn bytes(part: &str) -> Result<Vec<u8>, &'static str> {
    base64url::decode(part).ok_or("it is not base64url")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::jwt::Reason;
    use crate::core::record::Json;

    fn read(part: &[u8]) -> Result<Json<Vec<u8>>, &'static str> {
        match part {
            [b'{', .., b'}'] => Ok(Json(part.to_vec())),
            _ => Err("it is not a JSON object"),
        }
    }

    fn token(header: &str, claims: &str) -> String {
        let part = |json: &str| base64url::encode(json.as_bytes());
        format!("{}.{}.c2ln", part(header), part(claims))
    }

    fn fault(token: &str) -> &'static str {
        Compact::read(token, read).unwrap_err()
    }

    #[test]
    fn a_token_is_three_parts() {
        let text = token(r#"{"alg":"RS256","kid":"a"}"#, r#"{"sub":"b"}"#);
        let compact = Compact::read(&text, read).unwrap();
        assert_eq!(compact.algorithm(&Rules::default()), Ok(Algorithm::Rs256));
        assert_eq!(compact.key_id.as_deref(), Some("a"));
        assert_eq!(compact.signature, b"sig");
        assert_eq!(format!("{}.c2ln", compact.signed), text);
        let token = compact.open(read).unwrap();
        assert_eq!(token.claims.text("sub").as_deref(), Some("b"));
        assert_eq!(token.header.text("alg").as_deref(), Some("RS256"));
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["", ".", "a", "a.b"] {
            assert_eq!(fault(text), "it has not three parts", "{text}");
        }
        let good = token(r#"{"alg":"RS256"}"#, "{}");
        for text in [
            format!("{good}."),
            format!("{good}="),
            format!("={good}"),
            "é..".into(),
        ] {
            assert_eq!(fault(&text), "it is not base64url", "{text}");
        }
        assert_eq!(fault(".."), "it is not a JSON object");
        let long = "a".repeat(LONGEST + 1);
        assert_eq!(fault(&format!("{long}..")), "it is too long");
        assert_eq!(fault(&format!("..{long}")), "it is too long");
    }

    #[test]
    fn what_its_header_asks_for_has_to_be_understood() {
        for header in [
            r#"{"alg":"RS256","crit":["b64"]}"#,
            r#"{"alg":"RS256","crit":null}"#,
            r#"{"alg":"RS256","b64":false}"#,
        ] {
            assert_eq!(fault(&token(header, "{}")), "it needs an extension");
        }
        for kid in ["null", "5", r#"["a"]"#] {
            let header = format!(r#"{{"alg":"RS256","kid":{kid}}}"#);
            assert_eq!(fault(&token(&header, "{}")), "its kid is not a string");
        }
        let algorithm = |header: &str| {
            let text = token(header, "{}");
            let compact = Compact::read(&text, read).unwrap();
            compact
                .algorithm(&Rules::default())
                .map_err(|fault| fault.0)
        };
        for header in ["{}", r#"{"alg":5}"#, r#"{"ALG":"RS256"}"#] {
            assert_eq!(algorithm(header), Err(Reason::Malformed), "{header}");
        }
        for alg in ["none", "HS256", "RS384", "rs256", "RS256 ", ""] {
            let header = format!(r#"{{"alg":"{alg}"}}"#);
            assert_eq!(algorithm(&header), Err(Reason::Algorithm), "{header}");
        }
    }

    #[test]
    fn claims_are_read_when_the_signature_is_good() {
        let text = token(r#"{"alg":"RS256"}"#, "[]");
        let compact = Compact::read(&text, read).unwrap();
        assert_eq!(compact.open(read).unwrap_err(), "it is not a JSON object");
        let compact = Compact::read("e30.=.", read).unwrap();
        assert_eq!(compact.open(read).unwrap_err(), "it is not base64url");
    }
}
