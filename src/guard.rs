//! Who may come in: a request's bearer token against what a route needs (RFC 6750).

use crate::check::Problem;
use crate::core::bearer::{self, Lack};
use crate::error::Error;
use crate::interop::{concat, text};
use crate::jwt::{Claims, Tokens, VerifyToken, verify};
use crate::settings::Settings;
use js_sys::Object;
use wasm_bindgen::prelude::*;

/// What a route needs of a token, for [`Tokens::guard`]. All of it has to hold.
///
/// ```
/// use kinde_edge::{Guard, VerifyToken};
///
/// let guard = Guard {
///     permissions: vec!["read:invoices".to_owned()],
///     token: VerifyToken {
///         audience: vec!["https://api.example.com".to_owned()],
///         ..Default::default()
///     },
///     ..Default::default()
/// };
/// ```
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// The permissions that the token has to have, see [`Claims::permissions`].
    pub permissions: Vec<String>,
    /// The keys of the roles that it has to have, see [`Claims::roles`].
    pub roles: Vec<String>,
    /// The scopes that it has to have, see [`Claims::scopes`].
    pub scopes: Vec<String>,
    /// What the challenge calls the protected part of the service (RFC 9110, section 11.5).
    /// Default: the client's domain.
    pub realm: Option<String>,
    /// What else is expected of the token.
    pub token: VerifyToken,
}

/// What to answer a request that may not come in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Refusal {
    /// 401: there is no token, or not a good one. 403: it lacks something. 400: the header is not
    /// one. 503: the issuer's keys cannot be had. 500: the client or the guard is set up wrongly.
    pub status: u16,
    /// `error` of the answer: `invalid_token`, `insufficient_scope`, `invalid_request` (RFC 6750,
    /// section 3.1), `unauthorized` where there is no token, `temporarily_unavailable`,
    /// `server_error`.
    pub error: &'static str,
    /// `error_description` of the answer. It holds nothing of the token.
    pub description: String,
    /// The header `WWW-Authenticate`, with 400, 401 and 403.
    pub www_authenticate: Option<String>,
    /// The header `Retry-After`, in seconds, with 503.
    pub retry_after: Option<u32>,
    /// What is behind it, for a log. None if the token lacks something, or is not there.
    pub cause: Option<Error>,
}

/// When to come again, if the issuer does not say, in seconds.
const RETRY_AFTER: f64 = 30.0;

impl Tokens<'_> {
    /// Checks the `Authorization` header of a request, as it came.
    ///
    /// The header is the only place where a token is looked for (RFC 6750, section 2.1). What else
    /// is checked is said at [`Tokens::verify`].
    ///
    /// ```no_run
    /// # async fn example(kinde: kinde_edge::Kinde, header: Option<String>) {
    /// use kinde_edge::Guard;
    ///
    /// let guard = Guard { permissions: vec!["read:invoices".to_owned()], ..Default::default() };
    /// match kinde.tokens().guard(header.as_deref(), &guard).await {
    ///     Ok(claims) => drop(claims.subject()),
    ///     // An answer with this status and, if there is one, this header.
    ///     Err(refusal) => drop((refusal.status, refusal.www_authenticate)),
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// What to answer, if the request may not come in.
    pub async fn guard(
        &self,
        authorization: Option<&str>,
        guard: &Guard,
    ) -> Result<Claims, Refusal> {
        let settings = &self.client.settings;
        let demands = Demands {
            permissions: guard.permissions.clone(),
            roles: guard.roles.clone(),
            scopes: guard.scopes.clone(),
            realm: guard.realm.clone(),
        };
        let read = || {
            demands.check()?;
            guard.token.read(settings)
        };
        let (rules, limits) = read().map_err(|error| demands.failed(settings, &error))?;
        let token = demands.bearer(settings, &authorization.into())?;
        let claims = verify(settings, &token, &rules, &limits).await;
        demands.admit(settings, claims)
    }
}

/// What a route needs beside a good token.
#[derive(Default)]
pub(crate) struct Demands {
    pub permissions: Vec<String>,
    pub roles: Vec<String>,
    pub scopes: Vec<String>,
    pub realm: Option<String>,
}

impl Demands {
    /// The token of an `Authorization` header.
    pub fn bearer(&self, settings: &Settings, header: &JsValue) -> Result<JsValue, Refusal> {
        let header = text(header).unwrap_or_default();
        bearer::token(&header)
            .map(JsValue::from)
            .map_err(|lack| match lack {
                Lack::Missing => {
                    let what = "a bearer token is needed";
                    self.refuse(settings, 401, "unauthorized", what.into())
                }
                Lack::Malformed => {
                    let what = "the Authorization header is not one bearer token";
                    self.refuse(settings, 400, "invalid_request", what.into())
                }
            })
    }

    /// The claims that verification gave, if they are enough.
    pub fn admit(
        &self,
        settings: &Settings,
        verified: Result<Object, Box<Error>>,
    ) -> Result<Claims, Refusal> {
        let claims = verified.map_err(|error| self.failed(settings, &error))?;
        let claims = Claims::new(claims);
        match self.lacking(&claims) {
            Some(lacking) => Err(self.refuse(settings, 403, "insufficient_scope", lacking)),
            None => Ok(claims),
        }
    }

    /// Checks what goes into headers.
    pub fn check(&self) -> Result<(), Box<Error>> {
        let problem = if !self.scopes.iter().all(|scope| bearer::is_scope(scope)) {
            Problem::new("a scope is not one that OAuth allows".into()).inside("scopes")
        } else if !self.realm.as_deref().is_none_or(bearer::is_realm) {
            Problem::new("expected printable ASCII".into()).inside("realm")
        } else {
            return Ok(());
        };
        Err(Error::invalid(None, "options", problem))
    }

    /// `permission read:invoices is needed`
    fn lacking(&self, claims: &Claims) -> Option<String> {
        type Has = fn(&Claims, &str) -> bool;
        let needed = [
            (
                "permission ",
                &self.permissions,
                Claims::has_permission as Has,
            ),
            ("role ", &self.roles, Claims::has_role),
            ("scope ", &self.scopes, Claims::has_scope),
        ];
        needed.into_iter().find_map(|(kind, all, has)| {
            let lacking = all.iter().find(|one| !has(claims, one))?;
            Some(concat(&[kind, lacking, " is needed"]))
        })
    }

    /// What to answer when a token could not be verified.
    fn failed(&self, settings: &Settings, error: &Error) -> Refusal {
        let plain = |status, name, what: &str| Refusal {
            status,
            error: name,
            description: what.into(),
            www_authenticate: None,
            retry_after: None,
            cause: Some(error.clone()),
        };
        match error {
            Error::InvalidToken { message, .. } => Refusal {
                cause: Some(error.clone()),
                ..self.refuse(settings, 401, "invalid_token", message.clone())
            },
            Error::Configuration { .. } | Error::InvalidRequest { .. } => {
                plain(500, "server_error", "the service is set up wrongly")
            }
            _ => Refusal {
                retry_after: Some(error.retry_after().unwrap_or(RETRY_AFTER).ceil() as u32),
                ..plain(
                    503,
                    "temporarily_unavailable",
                    "tokens cannot be verified at the moment",
                )
            },
        }
    }

    /// A refusal with its challenge (RFC 6750, section 3).
    fn refuse(
        &self,
        settings: &Settings,
        status: u16,
        error: &'static str,
        description: String,
    ) -> Refusal {
        let realm = self.realm.clone().unwrap_or_else(|| settings.origin());
        // Nothing was wrong with a token that is not there.
        let fault = (error != "unauthorized").then_some((error, description.as_str()));
        let scopes: &[String] = if status == 403 { &self.scopes } else { &[] };
        let challenge = bearer::challenge(&realm, fault, scopes);
        Refusal {
            status,
            error,
            description,
            www_authenticate: Some(challenge),
            retry_after: None,
            cause: None,
        }
    }
}
