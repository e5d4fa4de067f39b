//! Who is signed in, kept in an encrypted cookie: for programs that answer requests and have no
//! store of their own.

mod config;
mod flow;
#[cfg(feature = "js")]
mod js;
mod payload;
mod recent;
mod refresh;
mod seal;

use crate::client::Kinde;
use crate::error::Error;
use crate::interop::{set, text};
use crate::jwt::Claims;
use crate::oauth::{AuthorizationUrl, LogoutUrl, to_js};
use crate::settings::Settings;
use config::Config;
use core::time::Duration;
use flow::{Begin, SignOut};
use payload::Payload;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// What [`Kinde::session`] takes.
#[derive(Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionOptions {
    /// What the cookies are encrypted with: at least 32 characters, random ones. The first
    /// encrypts, all of them decrypt, so that a secret can be replaced while the sessions under
    /// the old one go on.
    pub secret: Vec<String>,
    /// Where the browser comes back to after a sign-in: one of the application's callback URLs,
    /// with `https://` or on one's own machine (`localhost`): elsewhere browsers keep no cookies of
    /// a session.
    pub redirect_uri: String,
    /// What a sign-in asks for. Default: `openid profile email offline`, with a refresh token.
    pub scope: Option<String>,
    /// The APIs that the access token is to be for, beside Kinde's own. Default: none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<String>,
    /// The name of the cookie, behind `__Host-`: at most 64 letters. Default: `kinde`.
    pub cookie: Option<String>,
    /// How many cookies of 3.8 KB a session may take, 10 at most. Default: 3, for which the 16 KB
    /// of headers are enough that Node and others take. A session that is longer is an error, which
    /// says how many bytes the server has to take.
    pub max_cookies: Option<u32>,
    /// How long a session lasts, whole seconds. Default: 7 days.
    #[serde(skip)]
    pub max_age: Option<Duration>,
    /// The path that a sign-in leads to if it does not say. Default: `/`.
    pub return_to: Option<String>,
    /// Where the browser comes back to after a sign-out: one of the application's logout redirect
    /// URLs. Default: `/` at the origin of `redirect_uri`.
    pub post_logout_redirect_uri: Option<String>,
}

impl core::fmt::Debug for SessionOptions {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SessionOptions")
            .field("redirect_uri", &self.redirect_uri)
            .field("cookie", &self.cookie)
            .finish_non_exhaustive()
    }
}

/// An answer that sends the browser on: status 302, this `Location`, these `Set-Cookie`. It must
/// not be cached.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Redirect {
    /// Where to.
    pub location: String,
    /// The values of the `Set-Cookie` headers, one each.
    pub cookies: Vec<String>,
}

impl core::fmt::Debug for Redirect {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Redirect").finish_non_exhaustive()
    }
}

impl From<flow::Redirect> for Redirect {
    fn from(redirect: flow::Redirect) -> Self {
        Redirect {
            location: redirect.location,
            cookies: redirect.cookies,
        }
    }
}

/// Somebody who is signed in.
#[derive(Clone)]
#[non_exhaustive]
pub struct SignedIn {
    /// The claims of the id token, which was verified when it came.
    pub claims: Claims,
    /// The access token, for calls as this user:
    /// [`Builder::access_token`](crate::Builder::access_token).
    pub access_token: String,
    /// The values of the `Set-Cookie` headers that the answer has to carry. Not empty when the
    /// tokens were renewed: if they do not reach the browser, the user may be signed out.
    pub cookies: Vec<String>,
}

impl core::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SignedIn").finish_non_exhaustive()
    }
}

/// Signs users in and knows them again by an encrypted cookie: see [`Kinde::session`].
///
/// It works on the values of headers, so that it fits any server. Everywhere, `cookie` is the
/// `Cookie` header of the request, or an empty string.
#[derive(Clone)]
pub struct Session {
    settings: Settings,
    config: Config,
}

impl core::fmt::Debug for Session {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Kinde {
    /// Sessions in cookies, for a program that signs users in and has no store of its own.
    ///
    /// The cookies are encrypted and authenticated (AES-256-GCM under keys that HKDF-SHA-256
    /// derives from the secrets), bound to their name, the domain and the application, and kept
    /// from scripts and other sites (`__Host-`, `Secure`, `HttpOnly`, `SameSite=Lax`). A value that
    /// is too long for one cookie is cut into several.
    ///
    /// ```no_run
    /// use kinde_edge::{Kinde, SessionOptions};
    ///
    /// # async fn example(path: &str, url: &str, cookie: &str, secret: String)
    /// # -> Result<(), kinde_edge::Error> {
    /// let kinde = Kinde::builder("acme.kinde.com")
    ///     .client_credentials("client id", "client secret")
    ///     .build()?;
    /// let session = kinde.session(&SessionOptions {
    ///     secret: vec![secret],
    ///     redirect_uri: "https://app.example/callback".to_owned(),
    ///     ..Default::default()
    /// })?;
    /// let redirect = match path {
    ///     "/callback" => session.callback(cookie, url).await?,
    ///     "/sign-out" => session.sign_out(cookie, &Default::default()).await?,
    ///     _ => match session.get(cookie).await? {
    ///         Some(user) => return Ok(()), // Greet user.claims, and pass on user.cookies.
    ///         None => session.sign_in(cookie, path, &Default::default()).await?,
    ///     },
    /// };
    /// // Answer 302 with redirect.location and redirect.cookies.
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for an option that cannot be right, and for a client without an id.
    pub fn session(&self, options: &SessionOptions) -> Result<Session, Error> {
        let object = to_js(options)?;
        if let Some(max_age) = options.max_age {
            set(&object, "maxAge", &max_age.as_secs_f64().into());
        }
        Ok(Session {
            config: Config::read(&self.settings, &object)?,
            settings: self.settings.clone(),
        })
    }
}

impl Session {
    /// Begins a sign-in: sends the browser to the service, with a cookie that ends the sign-in. It
    /// has 10 minutes. `return_to` is the path to come back to, or empty; what leads to another
    /// origin is refused, so it may come from the request, and in place of one of more than 2,000
    /// letters it leads to that of the session. Of the parameters, the redirect URI, the state
    /// and the nonce are the session's own and stay empty.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] for a path or a parameter that cannot be right.
    pub async fn sign_in(
        &self,
        cookie: &str,
        return_to: &str,
        params: &AuthorizationUrl,
    ) -> Result<Redirect, Error> {
        let object = params.to_js()?;
        if params.redirect_uri.is_empty() {
            set(&object, "redirect_uri", &JsValue::NULL);
        }
        if !return_to.is_empty() {
            set(&object, "returnTo", &return_to.into());
        }
        let begin = Begin::read(&self.settings, &self.config, &object, cookie)?;
        let redirect = begin.run(&self.settings, &self.config, cookie).await?;
        Ok(redirect.into())
    }

    /// Ends a sign-in: exchanges the code, verifies the id token, and sends the browser to where it
    /// began, signed in. `url` is the address of the request.
    ///
    /// # Errors
    ///
    /// Those of [`Oauth::exchange_code`](crate::resources::Oauth::exchange_code), and an
    /// [`Error::Authentication`] with `sign_in_not_found` if the sign-in took too long or began in
    /// another browser: to begin anew is the remedy.
    pub async fn callback(&self, cookie: &str, url: &str) -> Result<Redirect, Error> {
        Ok(self.complete_sign_in(cookie, url).await?.0)
    }

    /// [`Session::callback`], and who signed in, for programs that keep users of their own. The cookies
    /// are those of the redirect.
    ///
    /// # Errors
    ///
    /// Those of [`Session::callback`].
    pub async fn complete_sign_in(
        &self,
        cookie: &str,
        url: &str,
    ) -> Result<(Redirect, SignedIn), Error> {
        let (redirect, payload) =
            flow::callback(&self.settings, &self.config, cookie, url.into()).await?;
        let cookies = redirect.cookies.clone();
        Ok((redirect.into(), signed_in(payload, cookies)))
    }

    /// Tells who is signed in. Nobody is without a cookie, or with one that is not of this session,
    /// was changed, or is too old.
    ///
    /// A tenth of the access token's lifetime before it expires, 60 s at most, the tokens are
    /// renewed, once for all requests that come at the same time. If the service refuses the
    /// refresh token (`invalid_grant`), the user is signed out. Without a refresh token the session
    /// ends with the access token.
    ///
    /// # Errors
    ///
    /// Those of [`Oauth::refresh`](crate::resources::Oauth::refresh), if the access token has
    /// expired and the service cannot renew it now.
    pub async fn get(&self, cookie: &str) -> Result<Option<SignedIn>, Error> {
        let user = flow::user(&self.settings, &self.config, cookie, false).await?;
        Ok(user.map(|user| signed_in(user.payload, user.cookies)))
    }

    /// [`Session::get`] with new tokens, whatever is left of the old ones: after roles, permissions, the
    /// organization or the plan of the user have changed. Requests that want it at the same time share
    /// one renewal.
    ///
    /// # Errors
    ///
    /// Those of [`Oauth::refresh`](crate::resources::Oauth::refresh), and [`Error::Configuration`] if the
    /// session has no refresh token: `offline` was not in its scope.
    pub async fn refresh(&self, cookie: &str) -> Result<Option<SignedIn>, Error> {
        let user = flow::user(&self.settings, &self.config, cookie, true).await?;
        Ok(user.map(|user| signed_in(user.payload, user.cookies)))
    }

    /// Signs out: removes the cookies, and sends the browser to end the session at the service as
    /// well. A renewal that is under way does not bring the session back: this instance of the
    /// program remembers for ten minutes who has signed out. Whether the user wants that is for the program to know: offer it by POST, or check
    /// where the request comes from.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`] for a parameter that cannot be right.
    pub async fn sign_out(&self, cookie: &str, params: &LogoutUrl) -> Result<Redirect, Error> {
        let sign_out = SignOut::read(&self.settings, &self.config, &params.to_js()?)?;
        let redirect = sign_out.run(&self.settings, &self.config, cookie).await;
        Ok(redirect.into())
    }
}

fn signed_in(payload: Payload, cookies: Vec<String>) -> SignedIn {
    SignedIn {
        claims: Claims::new(payload.claims()),
        access_token: text(&payload.access_token()).unwrap_or_default(),
        cookies,
    }
}
