//! Signing users in: the authorization code flow with PKCE (RFC 6749, RFC 7636, RFC 9700; OpenID
//! Connect Core), beside the operations of the API document.

mod authorize;
mod callback;
pub(crate) mod crypto;
mod discovery;
mod id_token;
#[cfg(feature = "js")]
mod js;
pub(crate) mod params;
mod token;

pub(crate) use authorize::{AUDIENCE, Authorize, client_id, logout_url, strings};
#[cfg(feature = "js")]
pub(crate) use callback::address;
pub(crate) use callback::{Callback, refused};
pub(crate) use token::Grant;

use crate::call::to_params;
use crate::check::Problem;
use crate::error::{Answer, Error};
use crate::interop::{get, set, text};
use crate::options::Options;
use crate::resources::Oauth;
use crate::wire::Redacted;
use js_sys::Object;
use params::word;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// What [`Oauth::authorization_url`] takes: the parameters of an authorization request, with the
/// names that they have on the wire.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AuthorizationUrl {
    /// Where the browser comes back to: one of the application's callback URLs, absolute and
    /// without a fragment.
    pub redirect_uri: String,
    /// What is asked for, separated by spaces (RFC 6749, section 3.3). Default:
    /// `openid profile email`. `openid` has to be in it; with `offline` there is a refresh token.
    pub scope: Option<String>,
    /// What the callback has to bring back. Default: 256 random bits.
    pub state: Option<String>,
    /// What the id token has to hold. Default: 256 random bits.
    pub nonce: Option<String>,
    /// `create` to register, `login` to sign in again, `none` to show nothing.
    pub prompt: Option<String>,
    /// The page to begin with: `login` or `registration`.
    pub start_page: Option<String>,
    /// The organization to sign in to.
    pub org_code: Option<String>,
    /// Whether to create an organization.
    pub is_create_org: Option<bool>,
    /// The name of the organization to create.
    pub org_name: Option<String>,
    /// The email address, phone number or user name to fill in.
    pub login_hint: Option<String>,
    /// The connection to sign in with, without asking.
    pub connection_id: Option<String>,
    /// The language of the pages: `en-GB`.
    pub lang: Option<String>,
    /// The APIs that the access token is for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<String>,
    /// The invitation that the user follows.
    pub invitation_code: Option<String>,
    /// The billing plan to begin with.
    pub plan_interest: Option<String>,
    /// The pricing table to show.
    pub pricing_table_key: Option<String>,
    /// The deployment of the workflow to run.
    pub workflow_deployment_id: Option<String>,
    /// Whether the application goes on after a login link that has expired.
    pub supports_reauth: Option<bool>,
    /// What a callback with the error `login_link_expired` brought.
    pub reauth_state: Option<String>,
    /// Parameters that are not among these.
    #[serde(skip)]
    pub more: Vec<(String, String)>,
}

impl AuthorizationUrl {
    pub(crate) fn to_js(&self) -> Result<JsValue, Box<Error>> {
        with_more(self, &self.more)
    }
}

fn with_more(params: &impl Serialize, more: &[(String, String)]) -> Result<JsValue, Box<Error>> {
    let params = to_js(params)?;
    for (name, value) in more {
        set(&params, name, &value.into());
    }
    Ok(params)
}

pub(crate) fn to_js(params: &impl Serialize) -> Result<JsValue, Box<Error>> {
    to_params(params).map_err(|cause| Error::invalid(None, "params", Problem::threw(cause.into())))
}

/// A sign-in that has begun: what [`Oauth::authorization_url`] gives.
///
/// All but the address has to be kept until the callback, where the user's browser and nobody else
/// can have it: in an encrypted cookie for instance, as [`Session`](crate::Session) does.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct SignIn {
    /// Where to send the browser.
    pub url: String,
    /// What the callback has to bring back.
    pub state: String,
    /// What the id token has to hold.
    pub nonce: String,
    /// What proves that the exchange and the request are of one sign-in (RFC 7636).
    pub code_verifier: String,
}

impl core::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SignIn").finish_non_exhaustive()
    }
}

impl SignIn {
    pub(crate) fn from_js(sign_in: &JsValue) -> Self {
        SignIn {
            url: word(sign_in, "url"),
            state: word(sign_in, "state"),
            nonce: word(sign_in, "nonce"),
            code_verifier: word(sign_in, "code_verifier"),
        }
    }
}

/// What [`Oauth::exchange_code`] takes.
#[derive(Clone, Default, PartialEq, Serialize)]
pub struct ExchangeCode {
    /// The address that the browser came back to, with its query; relative to `redirect_uri` will
    /// do.
    pub url: String,
    /// As it was in the authorization request.
    pub redirect_uri: String,
    /// [`SignIn::state`].
    pub state: String,
    /// [`SignIn::nonce`].
    pub nonce: String,
    /// [`SignIn::code_verifier`].
    pub code_verifier: String,
}

impl core::fmt::Debug for ExchangeCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ExchangeCode")
            .field("redirect_uri", &self.redirect_uri)
            .finish_non_exhaustive()
    }
}

/// What [`Oauth::refresh`] takes.
#[derive(Clone, Default, PartialEq, Serialize)]
pub struct RefreshTokens {
    /// The refresh token. It may be good for this one time.
    pub refresh_token: String,
    /// Fewer scopes than before, separated by spaces. Default: the same ones.
    pub scope: Option<String>,
    /// Whom a new id token has to be about: the `sub` of the old one.
    pub sub: Option<String>,
}

impl core::fmt::Debug for RefreshTokens {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RefreshTokens")
            .field("refresh_token", &Redacted)
            .field("scope", &self.scope)
            .field("sub", &self.sub)
            .finish()
    }
}

/// What [`Oauth::logout_url`] takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LogoutUrl {
    /// Where the browser comes back to: one of the application's logout redirect URLs, absolute
    /// and without a fragment.
    pub redirect: Option<String>,
    /// Parameters that are not among these: those of OpenID Connect RP-Initiated Logout.
    #[serde(skip)]
    pub more: Vec<(String, String)>,
}

impl LogoutUrl {
    pub(crate) fn to_js(&self) -> Result<JsValue, Box<Error>> {
        with_more(self, &self.more)
    }
}

/// The answer of the token endpoint (RFC 6749, section 5.1).
#[derive(Clone)]
#[non_exhaustive]
pub struct TokenSet {
    /// The access token.
    pub access_token: String,
    /// The refresh token to use next time: after a refresh without a new one, still the old one.
    pub refresh_token: Option<String>,
    /// The id token, which has been verified.
    pub id_token: Option<String>,
    /// The lifetime of the access token in seconds. If the service does not say: 300.
    pub expires_in: f64,
    /// When the access token expires, in milliseconds since 1970.
    pub expires_at: f64,
    /// The scopes of the access token, if the service says.
    pub scope: Option<String>,
    /// The claims of the id token. Always there after a sign-in; after a refresh if the service
    /// gave a new id token.
    pub claims: Option<crate::Claims>,
    /// The whole answer as it came, with what the fields do not know, and with `expires_at` and
    /// `claims` added.
    pub raw: JsValue,
}

impl core::fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TokenSet")
            .field("expires_at", &self.expires_at)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl TokenSet {
    fn from_js(tokens: Object) -> Self {
        let number = |name| get(&tokens, name).ok().and_then(|value| value.as_f64());
        TokenSet {
            access_token: word(&tokens, "access_token"),
            refresh_token: optional(&tokens, "refresh_token"),
            id_token: optional(&tokens, "id_token"),
            expires_in: number("expires_in").unwrap_or_default(),
            expires_at: number("expires_at").unwrap_or_default(),
            scope: optional(&tokens, "scope"),
            claims: get(&tokens, "claims")
                .ok()
                .filter(JsValue::is_object)
                .map(|claims| crate::Claims::new(claims.unchecked_into())),
            raw: tokens.into(),
        }
    }
}

fn optional(object: &JsValue, name: &str) -> Option<String> {
    text(&get(object, name).unwrap_or_default())
}

/// Signing in. The client needs the id of an application, and its secret if it is one that can
/// keep it: [`Builder::client_id`](crate::Builder::client_id) or
/// [`Builder::client_credentials`](crate::Builder::client_credentials).
impl Oauth<'_> {
    /// Begins a sign-in (RFC 6749, section 4.1.1; OpenID Connect Core, section 3.1.2.1) with PKCE
    /// (RFC 7636): the address to send the browser to, and what to keep until it comes back.
    ///
    /// ```no_run
    /// use kinde_edge::{AuthorizationUrl, ExchangeCode, Kinde};
    ///
    /// # async fn example(callback: String) -> Result<(), kinde_edge::Error> {
    /// let kinde = Kinde::builder("acme.kinde.com")
    ///     .client_credentials("client id", "client secret")
    ///     .build()?;
    /// let redirect_uri = "https://app.example/callback".to_owned();
    /// let params = AuthorizationUrl { redirect_uri: redirect_uri.clone(), ..Default::default() };
    /// let sign_in = kinde.oauth().authorization_url(&params).await?;
    ///
    /// // Redirect to sign_in.url, keep the rest; then, at the callback:
    /// let tokens = kinde
    ///     .oauth()
    ///     .exchange_code(&ExchangeCode {
    ///         url: callback,
    ///         redirect_uri,
    ///         state: sign_in.state,
    ///         nonce: sign_in.nonce,
    ///         code_verifier: sign_in.code_verifier,
    ///     })
    ///     .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] for a parameter that cannot be right, or is for the library to
    /// say: `response_type`, `client_id`, the PKCE ones. [`Error::Configuration`] for a client
    /// without an id, and where there is no WebCrypto.
    pub async fn authorization_url(&self, params: &AuthorizationUrl) -> Result<SignIn, Error> {
        let settings = &self.client.settings;
        let sign_in = Authorize::read(settings, &params.to_js()?)?
            .run(settings)
            .await?;
        Ok(SignIn::from_js(&sign_in))
    }

    /// Ends a sign-in: `POST /oauth2/token` with the code of the callback (RFC 6749, section
    /// 4.1.3), with the client's secret if it has one.
    ///
    /// Of the callback, the state is checked first, then the issuer if it is there (RFC 9207). Of
    /// the id token, everything is (OpenID Connect Core, section 3.1.3.7): signature, issuer,
    /// audience, `azp`, expiry, nonce, `at_hash`.
    ///
    /// It takes the time limits of the client, and repeats the request only when the service did
    /// not look at it (429): a code can be used once.
    ///
    /// # Errors
    ///
    /// [`Error::Authentication`] if the callback or the token endpoint brings an error, in
    /// [`Error::errors`], or if the callback is not the one of this sign-in: `state_mismatch`,
    /// `issuer_mismatch`, `missing_code`. [`Error::InvalidToken`] if the id token is not to be
    /// trusted. [`Error::InvalidRequest`] for a parameter that cannot be right. Those of a call.
    pub async fn exchange_code(&self, params: &ExchangeCode) -> Result<TokenSet, Error> {
        let params = to_js(params)?;
        let settings = &self.client.settings;
        let grant = Grant::exchange(settings, &params)?;
        let tokens = grant.run(settings, &Options::default()).await?;
        Ok(TokenSet::from_js(tokens))
    }

    /// New tokens for a refresh token: `POST /oauth2/token` (RFC 6749, section 6). There is one if
    /// the sign-in asked for the scope `offline`.
    ///
    /// The service may give a new refresh token, after which the old one is refused: keep
    /// [`TokenSet::refresh_token`]. For the same reason the request is repeated on 429 only.
    ///
    /// # Errors
    ///
    /// As [`Oauth::exchange_code`]. A refresh token that is good no more is an
    /// [`Error::Authentication`] with `invalid_grant`.
    pub async fn refresh(&self, params: &RefreshTokens) -> Result<TokenSet, Error> {
        let params = to_js(params)?;
        let settings = &self.client.settings;
        let grant = Grant::refresh(settings, &params)?;
        let tokens = grant.run(settings, &Options::default()).await?;
        Ok(TokenSet::from_js(tokens))
    }

    /// Where to send the browser to end the user's session at Kinde. Nothing is sent from here.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] for an address that is not absolute.
    pub fn logout_url(&self, params: &LogoutUrl) -> Result<String, Error> {
        Ok(logout_url(&self.client.settings, &params.to_js()?)?)
    }

    /// The service's metadata, as it came: `GET /.well-known/openid-configuration` (OpenID Connect
    /// Discovery, section 4; RFC 8414). It is asked for anew at each call.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if it names another issuer than the client's domain. Those of a call.
    pub async fn discovery(&self) -> Result<Answer, Error> {
        Ok(discovery::discover(&self.client.settings, &Options::default()).await?)
    }
}
