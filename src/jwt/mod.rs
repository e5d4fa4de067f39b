//! Whether a token is what it says (RFC 7515, 7519, 8725): its structure, its algorithm, its key,
//! its signature and then its claims, so that a word about a claim is a word about a token that the
//! issuer made.

mod algorithm;
mod claims;
mod compact;
#[cfg(feature = "js")]
mod js;
mod json;
mod jwks;
mod rules;
mod tokens;

pub use algorithm::Algorithm;
pub use claims::{Claims, Role};
pub(crate) use rules::{Rules, date};
pub use tokens::{Tokens, VerifyToken};
pub(crate) use tokens::{limits, strings};

use crate::error::{Context, Error};
use crate::interop::get;
use crate::limits::Limits;
use crate::settings::Settings;
use compact::Compact;
use js_sys::{Array, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/crypto.js")]
extern "C" {
    #[wasm_bindgen(js_name = verify)]
    fn verify_signature(
        keys: &Array,
        index: i32,
        algorithm: &str,
        signature: &Uint8Array,
        data: &Uint8Array,
    ) -> Promise;
}

/// The longest token, in characters.
const LONGEST: u32 = 1 << 16;

/// What a failure that is not the token's is about.
const SUBJECT: &str = "token verification";

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

/// The claims of a token, if all is well with it.
pub(crate) async fn verify(
    settings: &Settings,
    token: &JsValue,
    rules: &Rules,
    limits: &Limits,
) -> Result<Object, Box<Error>> {
    let token = genuine(settings, token, LONGEST, rules, limits).await?;
    Ok(rules.check(settings, token)?)
}

/// A token whose signature is good.
pub(crate) struct Genuine {
    pub header: Object,
    pub claims: Object,
}

/// What a token holds, if its signature is good.
pub(crate) async fn genuine(
    settings: &Settings,
    token: &JsValue,
    longest: u32,
    rules: &Rules,
    limits: &Limits,
) -> Result<Genuine, Box<Error>> {
    let context = Context::about(SUBJECT);
    limits.check(&context)?;
    let token = Compact::read(token, longest).map_err(malformed)?;
    let parameter = |name: &str| get(&token.header, name).unwrap_or_default();
    let algorithm = rules.algorithm(&parameter("alg"))?;
    let id = parameter("kid");
    if !id.is_undefined() && !id.is_string() {
        return Err(malformed("its kid is not a string").into());
    }
    let (keys, index) = jwks::key(settings, rules, &id, algorithm, limits, &context).await?;
    let name = algorithm.name();
    let verifying = verify_signature(&keys, index, name, &token.signature, &token.signed);
    let verified = limits.settled(verifying, &context).await?;
    // A page without HTTPS has no WebCrypto.
    let verified =
        verified.map_err(|_| Error::configuration("crypto.subtle is not there: it needs HTTPS"))?;
    match verified.as_bool() {
        Some(true) => Ok(Genuine {
            claims: json::read(&token.claims).map_err(malformed)?,
            header: token.header,
        }),
        Some(false) => Err(Fault(Reason::BadSignature, "its signature is wrong").into()),
        None => Err(jwks::unsuitable(Reason::UnknownKey).into()),
    }
}

/// What is wrong with a token. An [`Error`] is ten times as large, and its way through all the
/// checks would be paid for in code.
pub(crate) struct Fault(pub Reason, pub &'static str);

impl From<Fault> for Box<Error> {
    #[inline(never)]
    fn from(Fault(reason, what): Fault) -> Self {
        Error::token(reason, what)
    }
}

pub(crate) fn malformed(what: &'static str) -> Fault {
    Fault(Reason::Malformed, what)
}
