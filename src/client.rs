//! The client, and the way of a call: plan, token, send, judge.

use crate::auth;
use crate::check::Problem;
use crate::error::{Context, Error};
use crate::fetch::{self, Outgoing};
use crate::headers;
use crate::interop::{get, is_record, keys, set};
use crate::judge::{Reply, judge};
use crate::operation::Operation;
use crate::request::Request;
use crate::settings::{Settings, absent, milliseconds};
use crate::watch::Signal;
use js_sys::{Array, Function, Object};
use wasm_bindgen::prelude::*;

/// A client for one Kinde business.
///
/// Cheap to clone and to create: clients with the same credentials share their token.
///
/// ```no_run
/// # async fn example() -> Result<(), kinde_edge::Error> {
/// let kinde = kinde_edge::Kinde::builder("https://acme.kinde.com")
///     .client_credentials("client id", "client secret")
///     .build()?;
/// let business = kinde.business().get().await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Kinde {
    pub(crate) settings: Settings,
}

impl Kinde {
    /// Starts to set up a client for a domain: `https://acme.kinde.com` or `acme.kinde.com`.
    ///
    /// With a custom domain, give the `*.kinde.com` one all the same: machine tokens and the
    /// Management API use it.
    pub fn builder(domain: &str) -> Builder {
        let builder = Builder {
            options: Object::new(),
            headers: Object::new(),
        };
        builder.option("domain", &domain.into())
    }
}

impl core::fmt::Debug for Kinde {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Kinde")
            .field("domain", &self.settings.origin())
            .finish_non_exhaustive()
    }
}

/// Sets up a [`Kinde`] client.
#[must_use]
pub struct Builder {
    options: Object,
    headers: Object,
}

impl Builder {
    fn option(self, name: &str, value: &JsValue) -> Self {
        set(&self.options, name, value);
        self
    }

    /// The id and secret of a machine-to-machine application (RFC 6749, section 4.4).
    pub fn client_credentials(self, id: &str, secret: &str) -> Self {
        self.option("clientId", &id.into())
            .option("clientSecret", &secret.into())
    }

    /// A token that the caller has already, in place of credentials.
    pub fn access_token(self, token: &str) -> Self {
        self.option("accessToken", &token.into())
    }

    /// A JavaScript function that gives the token, or a promise of it, for each call.
    pub fn access_token_from(self, function: &Function) -> Self {
        self.option("accessToken", function)
    }

    /// The audience of the token. Default: `{domain}/api`, the Management API.
    pub fn audience(self, audience: &str) -> Self {
        self.option("audience", &audience.into())
    }

    /// The scopes to ask for, separated by spaces. Default: all that the application has.
    pub fn scope(self, scope: &str) -> Self {
        self.option("scope", &scope.into())
    }

    /// A function to use in place of the global `fetch`: a service binding, a test double.
    pub fn fetch(self, fetch: &Function) -> Self {
        self.option("fetch", fetch)
    }

    /// How long one attempt may take, from the request to the end of the body. Default: 30 s.
    pub fn timeout(self, timeout: core::time::Duration) -> Self {
        self.option("timeout", &(timeout.as_secs_f64() * 1000.0).into())
    }

    /// A header for every request.
    pub fn header(self, name: &str, value: &str) -> Self {
        set(&self.headers, name, &value.into());
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] names the setting that is wrong.
    pub fn build(self) -> Result<Kinde, Error> {
        set(&self.options, "headers", &self.headers);
        Ok(Kinde {
            settings: Settings::new(&self.options)?,
        })
    }
}

impl core::fmt::Debug for Builder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

/// What a caller says about one call.
#[derive(Default)]
pub(crate) struct Options {
    pub signal: Option<Signal>,
    pub timeout: Option<f64>,
    pub headers: Array,
}

impl Options {
    /// Checks the options object of a call. A key that is none is most likely a parameter in the
    /// wrong place, and would be lost.
    pub fn read(
        options: &JsValue,
        operation: Option<Operation>,
        known: &[&str],
    ) -> Result<Options, Error> {
        let invalid = |problem| Error::invalid(operation, "option", problem);
        if absent(options) {
            return Ok(Options::default());
        }
        if !is_record(options) {
            let problem = Problem::expected("an object", options);
            return Err(Error::invalid(operation, "options", problem));
        }
        let read = || -> Result<Options, Problem> {
            for key in keys(options)? {
                if !KNOWN.contains(&key.as_str()) && !known.contains(&key.as_str()) {
                    return Err(Problem::new("there is no such option".into()).inside(&key));
                }
            }
            let signal = get(options, "signal")?;
            if !absent(&signal) && !get(&signal, "addEventListener")?.is_function() {
                return Err(Problem::expected("an AbortSignal", &signal).inside("signal"));
            }
            let timeout = get(options, "timeout")?;
            Ok(Options {
                signal: (!absent(&signal)).then(|| signal.unchecked_into()),
                timeout: milliseconds(&timeout)
                    .map_err(|expected| Problem::expected(expected, &timeout).inside("timeout"))?,
                headers: headers::read(&get(options, "headers")?)
                    .map_err(|problem| problem.inside("headers"))?,
            })
        };
        read().map_err(invalid)
    }

    /// Milliseconds that an attempt may take.
    pub fn timeout(&self, settings: &Settings) -> f64 {
        self.timeout.unwrap_or_else(|| settings.timeout())
    }
}

const KNOWN: [&str; 3] = ["signal", "timeout", "headers"];

/// Makes a call.
pub(crate) async fn run(
    settings: Settings,
    request: Request,
    options: Options,
) -> Result<Reply, Error> {
    let mut context = Context::new(request.operation);
    let authorization = auth::authorization(&settings, &options, &context).await?;
    let url = [&settings.origin(), request.target.as_str()].concat();
    let outgoing = Outgoing {
        method: &request.method,
        url: &url,
        authorization: &authorization,
        content_type: request.content_type,
        headers: [&settings.headers(), &request.headers, &options.headers],
        body: &request.body,
        secret: &JsValue::UNDEFINED,
    };
    context.attempts = 1;
    let incoming = fetch::send(
        &settings,
        &outgoing,
        options.timeout(&settings),
        options.signal.as_ref(),
        &context,
    )
    .await?;
    judge(incoming, context)
}
