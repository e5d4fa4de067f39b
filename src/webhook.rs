//! Webhooks: a body that is a token (RFC 7519), signed with the issuer's keys.
//!
//! It says neither whom it is for nor when it expires, so that what keeps it from being sent again
//! is its time and, if the program remembers them, the ids of the events.

use crate::core::jwt::{Fault, Rules};
use crate::core::webhook;
pub(crate) use crate::core::webhook::{Event, TOLERANCE};
use crate::error::Error;
use crate::generated::resources::Webhooks;
use crate::headers::date;
use crate::interop::{get, now, text};
use crate::jwt::{check_address, genuine, limits};
use core::time::Duration;
use js_sys::Object;
use serde::de::DeserializeOwned;

/// The longest body, in characters.
pub(crate) const LONGEST: u32 = 1 << 20;

/// The caller's function that knows the events, as messages call it.
#[cfg(feature = "js")]
pub(crate) const SEEN: &str = "seen()";

/// What is expected of a webhook, for [`Webhooks::verify`].
#[derive(Clone, Debug, Default)]
pub struct VerifyWebhook {
    /// How far the `timestamp` of the event may be from now, before or after. Default: 5 minutes.
    pub tolerance: Option<Duration>,
    /// Where the issuer's keys are, see [`VerifyToken::jwks_uri`](crate::VerifyToken::jwks_uri).
    pub jwks_uri: Option<String>,
    /// How long an attempt to fetch the keys may take. Default: the client's.
    pub timeout: Option<Duration>,
    /// How long the verification may take as a whole. Default: the client's.
    pub deadline: Option<Duration>,
}

/// An event that has been verified.
#[derive(Clone)]
#[non_exhaustive]
pub struct WebhookEvent {
    /// `type`: `user.created`. The API lists them: `kinde.webhooks().event_types().list()`.
    pub kind: String,
    /// `event_id`
    pub id: String,
    /// `timestamp`, in milliseconds since 1970.
    pub timestamp: f64,
    /// `source`: `admin`, `api`, `user` and so on.
    pub source: Option<String>,
    /// How long the same body would still pass. A program that must not see an event twice
    /// remembers its id for that long.
    pub expires_in: Duration,
    /// The whole event as it was parsed.
    pub raw: Object,
}

/// Without its data: that is about people.
impl core::fmt::Debug for WebhookEvent {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("WebhookEvent")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl WebhookEvent {
    /// What has happened to what: `data` of the event.
    ///
    /// # Errors
    ///
    /// If the data is not of this type.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, serde_wasm_bindgen::Error> {
        serde_wasm_bindgen::from_value(get(&self.raw, "data")?)
    }
}

impl Webhooks<'_> {
    /// Verifies the body of a webhook that the business sent, and gives the event.
    ///
    /// No credentials are needed for that. The keys are those of
    /// [`Tokens::verify`](crate::Tokens::verify).
    ///
    /// ```no_run
    /// # async fn example(kinde: kinde_edge::Kinde, body: String) -> Result<(), kinde_edge::Error> {
    /// let event = kinde.webhooks().verify(&body, &Default::default()).await?;
    /// if event.kind == "user.deleted" {
    ///     let data: serde_json::Value = event.data().unwrap_or_default();
    ///     let user = &data["user"]["id"];
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidToken`], with [`Reason::Expired`](crate::Reason::Expired) or [`Reason::NotYetValid`](crate::Reason::NotYetValid) if its time is
    /// too far from now. The others of [`Tokens::verify`](crate::Tokens::verify).
    pub async fn verify(
        &self,
        body: &str,
        expected: &VerifyWebhook,
    ) -> Result<WebhookEvent, Error> {
        let settings = &self.client.settings;
        let rules = Rules {
            jwks_uri: expected.jwks_uri.clone(),
            ..Default::default()
        };
        check_address(settings, &rules)?;
        let limits = limits(settings, expected.timeout, expected.deadline)?;
        let tolerance = expected.tolerance;
        let tolerance = tolerance.map_or(TOLERANCE, |tolerance| tolerance.as_secs_f64());
        let token = genuine(settings, &body.into(), LONGEST, &rules, &limits).await?;
        let raw = token.claims;
        let event = read(&raw, tolerance).map_err(Box::<Error>::from)?;
        Ok(WebhookEvent {
            source: get(&raw, "source").ok().as_ref().and_then(text),
            kind: event.kind,
            id: event.id,
            timestamp: event.timestamp,
            expires_in: Duration::try_from_secs_f64(event.expires_in).unwrap_or_default(),
            raw,
        })
    }
}

/// Reads an event whose signature is good. The tolerance is in seconds.
pub(crate) fn read(claims: &Object, tolerance: f64) -> Result<Event, Fault> {
    webhook::read(claims, tolerance, now(), date)
}
