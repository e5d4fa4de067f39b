//! Verification, for Rust callers.

use super::claims::Claims;
use super::{Algorithm, jwks, verify};
use crate::auth;
use crate::check::Problem;
use crate::client::{Kinde, call};
use crate::core::jwt::Rules;
use crate::error::Error;
use crate::limits::Limits;
use crate::options::Options;
use crate::settings::Settings;
use core::time::Duration;

/// The tokens of the business: `kinde.tokens()`.
#[derive(Clone, Copy, Debug)]
pub struct Tokens<'a> {
    pub(crate) client: &'a Kinde,
}

/// What is expected of a token, for [`Tokens::verify`].
///
/// ```
/// use kinde_edge::VerifyToken;
///
/// let expected = VerifyToken {
///     audience: vec!["https://api.example.com".to_owned()],
///     ..Default::default()
/// };
/// ```
#[derive(Clone, Debug, Default)]
pub struct VerifyToken {
    /// Whom the token has to be for: one of these is in its `aud`. Empty: `aud` is not looked at,
    /// and a token that another service got passes, too (RFC 8725, section 3.9).
    pub audience: Vec<String>,
    /// Who has to have made it: its `iss` is exactly one of these. Empty: the client's domain,
    /// `https://acme.kinde.com`.
    pub issuer: Vec<String>,
    /// How far the issuer's clock and this one may differ, for `exp` and `nbf`. Default: zero.
    pub clock_tolerance: Duration,
    /// Which algorithms may have signed it. Empty: [`Algorithm::Rs256`].
    pub algorithms: Vec<Algorithm>,
    /// What `typ` in its header has to be, such as `at+jwt` (RFC 9068, section 2.1). Default: it is
    /// not looked at.
    pub token_type: Option<String>,
    /// Where the issuer's keys are, with `https://` or on the client's domain. Default:
    /// `/.well-known/jwks.json` of the client's domain; where that is 404, `jwks_uri` of its
    /// `/.well-known/openid-configuration`.
    pub jwks_uri: Option<String>,
    /// How long an attempt to fetch the keys may take. Default: the client's, see
    /// [`Builder::timeout`](crate::Builder::timeout).
    pub timeout: Option<Duration>,
    /// How long the verification may take as a whole. Default: the client's, see
    /// [`Builder::deadline`](crate::Builder::deadline).
    pub deadline: Option<Duration>,
}

/// What a token is to be for, for [`Tokens::machine`].
///
/// ```
/// use kinde_edge::MachineToken;
///
/// let wanted = MachineToken {
///     audience: Some("https://api.example.com".to_owned()),
///     ..Default::default()
/// };
/// ```
#[derive(Clone, Debug, Default)]
pub struct MachineToken {
    /// The API that it is for. Default: that of calls, see
    /// [`Builder::audience`](crate::Builder::audience).
    pub audience: Option<String>,
    /// The scopes that it is to have, separated by spaces. Default: all that the application has for
    /// the audience; for that of calls, the client's, see [`Builder::scope`](crate::Builder::scope).
    pub scope: Option<String>,
    /// How long an attempt may take. Default: the client's, see
    /// [`Builder::timeout`](crate::Builder::timeout).
    pub timeout: Option<Duration>,
    /// How long it may take as a whole. Default: the client's, see
    /// [`Builder::deadline`](crate::Builder::deadline).
    pub deadline: Option<Duration>,
}

impl Kinde {
    /// The tokens of the business: whether they are genuine, and what they say; and those of the
    /// client's machine.
    ///
    /// No credentials are needed to verify: the domain alone makes a client that does.
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens { client: self }
    }
}

impl Tokens<'_> {
    /// Verifies a token (RFC 7519, section 7.2; RFC 8725) and gives its claims.
    ///
    /// In this order: that it is three parts, the first of them a JSON object in base64url, that
    /// `alg` is allowed, that the issuer has a key for it, that the signature is good; only then
    /// that its claims are a JSON object, `exp`, which it has to have, `nbf`, `iss`, `aud` and
    /// `typ`.
    ///
    /// The keys are fetched when they are first needed and shared by all clients of the domain that
    /// have the same `fetch`; of an answer of more than 256 KB, no more is read.
    /// They are used for as long as the server says (`Cache-Control`), between a minute and a day,
    /// else 10 minutes; for a day more while it cannot be reached. A key that is not among them is
    /// looked for again, at most every 30 s.
    ///
    /// ```no_run
    /// use kinde_edge::{Error, Kinde, Reason, VerifyToken};
    ///
    /// # async fn example(token: &str) -> Result<(), Error> {
    /// let kinde = Kinde::builder("https://acme.kinde.com").build()?;
    /// let expected = VerifyToken {
    ///     audience: vec!["https://api.example.com".to_owned()],
    ///     ..Default::default()
    /// };
    /// match kinde.tokens().verify(token, &expected).await {
    ///     Ok(claims) => drop(claims.subject()),
    ///     Err(error) if error.reason() == Some(Reason::Expired) => (),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidToken`], whose [`Reason`](crate::Reason) says why. [`Error::Connection`],
    /// [`Error::Api`] and so on, if there are no keys to verify with. [`Error::InvalidRequest`] for
    /// expectations that cannot be.
    pub async fn verify(&self, token: &str, expected: &VerifyToken) -> Result<Claims, Error> {
        let settings = &self.client.settings;
        let (rules, limits) = expected.read(settings)?;
        let claims = verify(settings, &token.into(), &rules, &limits).await?;
        Ok(Claims::new(claims))
    }
}

impl Tokens<'_> {
    /// An access token of the machine-to-machine application, for an API of one's own: by client
    /// credentials (RFC 6749, section 4.4), kept and shared as that of calls, until a tenth of its
    /// lifetime, 60 s at most, is left. A request for one is repeated like a GET.
    ///
    /// ```no_run
    /// use kinde_edge::{Error, Kinde, MachineToken};
    ///
    /// # async fn example(kinde: Kinde) -> Result<(), Error> {
    /// let wanted = MachineToken {
    ///     audience: Some("https://api.example.com".to_owned()),
    ///     ..Default::default()
    /// };
    /// let token = kinde.tokens().machine(&wanted).await?;
    /// let header = format!("Bearer {token}");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] from a client without credentials. [`Error::Authentication`] if the
    /// token endpoint refuses: an audience that there is no API for, or that the application may not
    /// use. [`Error::InvalidRequest`] for an empty text. Those of a call.
    pub async fn machine(&self, wanted: &MachineToken) -> Result<String, Error> {
        let parts = [("audience", &wanted.audience), ("scope", &wanted.scope)];
        if let Some((name, _)) = parts.iter().find(|(_, part)| part.as_deref() == Some("")) {
            let problem = Problem::new("expected a string that is not empty".into());
            return Err(Error::invalid(None, "options", problem.inside(name)).into());
        }
        let settings = &self.client.settings;
        let settings = settings.meant_for(wanted.audience.as_deref(), wanted.scope.as_deref());
        let options = options(wanted.timeout, wanted.deadline)?;
        let request = auth::machine(&settings)?;
        let answer = call(settings, request, options, None).await?;
        Ok(answer.body.as_string().unwrap_or_default())
    }
}

impl VerifyToken {
    pub(crate) fn read(&self, settings: &Settings) -> Result<(Rules, Limits), Box<Error>> {
        let name = |one: &Algorithm| one.name().to_owned();
        let rules = Rules {
            audience: self.audience.clone(),
            issuer: self.issuer.clone(),
            token_type: self.token_type.clone(),
            clock_tolerance: self.clock_tolerance.as_secs_f64(),
            algorithms: self.algorithms.iter().map(name).collect(),
            jwks_uri: self.jwks_uri.clone(),
            ..Default::default()
        };
        jwks::check_address(settings, &rules)?;
        Ok((rules, limits(settings, self.timeout, self.deadline)?))
    }
}

/// The limits of a verification. No time at all is most likely a mistake, and refused as everywhere
/// else.
pub(crate) fn limits(
    settings: &Settings,
    timeout: Option<Duration>,
    deadline: Option<Duration>,
) -> Result<Limits, Box<Error>> {
    Ok(Limits::new(settings, &options(timeout, deadline)?))
}

fn options(timeout: Option<Duration>, deadline: Option<Duration>) -> Result<Options, Box<Error>> {
    let read = |name, limit: Option<Duration>| match limit {
        Some(Duration::ZERO) => {
            let problem = Problem::new("expected a time that is longer than 0".into());
            Err(Error::invalid(None, "options", problem.inside(name)))
        }
        limit => Ok(limit.map(|limit| limit.as_secs_f64() * 1000.0)),
    };
    Ok(Options {
        timeout: read("timeout", timeout)?,
        deadline: read("deadline", deadline)?,
        ..Default::default()
    })
}
