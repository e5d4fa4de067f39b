//! Whether a token is what it says (RFC 7515, 7519, 8725): its structure, its algorithm, its key,
//! its signature and then its claims, so that a word about a claim is a word about a token that the
//! issuer made. What is decided without a key set and WebCrypto is in `core/jwt`.

mod claims;
#[cfg(feature = "js")]
mod js;
mod jwks;
mod tokens;

pub use crate::core::jwt::{Algorithm, Reason};
pub use claims::{Claims, Role};
pub(crate) use jwks::check_address;
pub(crate) use tokens::limits;
pub use tokens::{MachineToken, Tokens, VerifyToken};

use crate::core::jwt::compact::{self, Compact};
use crate::core::jwt::{Fault, Rules, malformed};
use crate::error::{Context, Error};
use crate::interop::{concat, describe, now};
use crate::limits::Limits;
use crate::settings::Settings;
use js_sys::{Array, JsString, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/crypto.js")]
extern "C" {
    /// The object, or the number of what is wrong.
    fn object(bytes: &[u8]) -> JsValue;
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

/// By the numbers of crypto.js.
const FAULTS: [&str; 5] = [
    "it is not UTF-8",
    "it is not JSON",
    "it is nested too deeply",
    "it is not a JSON object",
    "it has a name twice",
];

/// The JSON of a token, as strictly as two readers need to agree on it (RFC 8725, section 2.4), or
/// what is wrong with it.
fn read(bytes: &[u8]) -> Result<Object, &'static str> {
    let object = object(bytes);
    match object.as_f64() {
        Some(fault) => Err(FAULTS.get(fault as usize).copied().unwrap_or_default()),
        None => Ok(object.unchecked_into()),
    }
}

/// What a token holds whose signature is good.
pub(crate) type Token = compact::Token<Object>;

/// The claims of a token, if all is well with it.
pub(crate) async fn verify(
    settings: &Settings,
    token: &JsValue,
    rules: &Rules,
    limits: &Limits,
) -> Result<Object, Box<Error>> {
    let token = genuine(settings, token, LONGEST, rules, limits).await?;
    rules.check(&token, &settings.origin(), now())?;
    Ok(token.claims)
}

/// A token of at most `longest` characters whose signature is good.
pub(crate) async fn genuine(
    settings: &Settings,
    token: &JsValue,
    longest: u32,
    rules: &Rules,
    limits: &Limits,
) -> Result<Token, Box<Error>> {
    let context = Context::about(SUBJECT);
    limits.check(&context)?;
    let Some(string) = token.dyn_ref::<JsString>() else {
        let what = concat(&["expected a string, got ", &describe(token)]);
        return Err(Error::token(Reason::Malformed, &what));
    };
    if string.length() > longest {
        return Err(malformed("it is too long").into());
    }
    let text = token.as_string().unwrap_or_default();
    let token = Compact::read(&text, read).map_err(malformed)?;
    let algorithm = token.algorithm(rules)?;
    let id = token.key_id.as_deref().into();
    let (keys, index) = jwks::key(settings, rules, &id, algorithm, limits, &context).await?;
    let signature = token.signature.as_slice().into();
    let signed = token.signed.as_bytes().into();
    let verifying = verify_signature(&keys, index, algorithm.name(), &signature, &signed);
    let verified = limits.settled(verifying, &context).await?;
    // A page without HTTPS has no WebCrypto.
    let verified =
        verified.map_err(|_| Error::configuration("crypto.subtle is not there: it needs HTTPS"))?;
    match verified.as_bool() {
        Some(true) => Ok(token.open(read).map_err(malformed)?),
        Some(false) => Err(Fault(Reason::BadSignature, "its signature is wrong").into()),
        None => Err(jwks::unsuitable(Reason::UnknownKey).into()),
    }
}

impl From<Fault> for Box<Error> {
    #[inline(never)]
    fn from(Fault(reason, what): Fault) -> Self {
        Error::token(reason, what)
    }
}
