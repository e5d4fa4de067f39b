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
use js_sys::{Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = verify, catch)]
    fn verify_signature(
        algorithm: &Object,
        key: &JsValue,
        signature: &Uint8Array,
        data: &Uint8Array,
    ) -> Result<Promise, JsValue>;
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

/// The parts of a token, if its signature is good.
pub(crate) async fn genuine(
    settings: &Settings,
    token: &JsValue,
    longest: u32,
    rules: &Rules,
    limits: &Limits,
) -> Result<Compact, Box<Error>> {
    let context = Context::about(SUBJECT);
    limits.check(&context)?;
    let token = Compact::read(token, longest).map_err(malformed)?;
    let parameter = |name: &str| get(&token.header, name).unwrap_or_default();
    let algorithm = rules.algorithm(&parameter("alg"))?;
    let id = parameter("kid");
    if !id.is_undefined() && !id.is_string() {
        return Err(malformed("its kid is not a string").into());
    }
    let key = jwks::key(settings, rules, &id, algorithm, limits, &context).await?;
    let verifying = verify_signature(
        &algorithm.parameters(),
        &key,
        &token.signature,
        &token.signed,
    );
    match settle(verifying, limits, &context).await? {
        Ok(verified) if verified.is_truthy() => Ok(token),
        _ => Err(Fault(Reason::BadSignature, "its signature is wrong").into()),
    }
}

/// What a promise comes to, in the time that there is.
async fn settle(
    promise: Result<Promise, JsValue>,
    limits: &Limits,
    context: &Context,
) -> Result<Result<JsValue, JsValue>, Box<Error>> {
    match promise {
        Ok(promise) => {
            let settled = limits.attempt().over(promise).await;
            settled.map_err(|end| Error::ended(end, context))
        }
        Err(cause) => Ok(Err(cause)),
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
