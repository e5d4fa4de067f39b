//! The client, and the way of a call: plan, token, send, judge.

use crate::auth;
use crate::call::Call;
use crate::error::{Answer, Context, Error};
use crate::fetch::{self, Outgoing};
use crate::interop::set;
use crate::judge::judge;
use crate::limits::Limits;
use crate::request::Request;
use crate::retry;
use crate::settings::Settings;
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

    /// A call to any path of the service: for what the API document does not have yet.
    ///
    /// ```no_run
    /// # async fn example(kinde: kinde_edge::Kinde) -> Result<(), kinde_edge::Error> {
    /// let call = kinde.request("GET", "/api/v1/something_new");
    /// let answer: serde_json::Value = call.query(&[("page_size", "10")]).await?;
    /// # Ok(()) }
    /// ```
    pub fn request<T>(&self, method: &str, path: &str) -> Call<'_, T> {
        Call::custom(self, method, path)
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

    /// How long a call may take as a whole, with its waits and retries. Default: no limit.
    pub fn deadline(self, deadline: core::time::Duration) -> Self {
        self.option("deadline", &(deadline.as_secs_f64() * 1000.0).into())
    }

    /// How often a failed request is sent again. Default: 2.
    ///
    /// GET, PUT and DELETE are repeated when no answer came and on 408, 429, 500, 502, 503 and
    /// 504; POST and PATCH on 429 only. The wait is what the service asks for, up to 60 s, else
    /// backoff with full jitter between 0.5 and 8 s.
    pub fn max_retries(self, retries: u32) -> Self {
        self.option("maxRetries", &retries.into())
    }

    /// Repeats POST and PATCH like the others: for callers who know that doing it twice is no harm.
    pub fn retry_writes(self, retry: bool) -> Self {
        self.option("retryWrites", &retry.into())
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
#[derive(Clone, Default)]
pub(crate) struct Options {
    pub signal: Option<Signal>,
    pub timeout: Option<f64>,
    pub deadline: Option<f64>,
    pub max_retries: Option<f64>,
    pub retry_writes: Option<bool>,
    pub headers: Array,
}

/// Makes a call.
pub(crate) async fn run(
    settings: Settings,
    request: Request,
    options: Options,
) -> Result<Answer, Error> {
    let limits = Limits::new(&settings, &options);
    let retries = options
        .max_retries
        .unwrap_or_else(|| settings.max_retries());
    let writes = options
        .retry_writes
        .unwrap_or_else(|| settings.retry_writes());
    let mut context = Context::new(request.operation);
    let mut failures = 0;
    let mut renewed = false;
    loop {
        let sent = context.attempts;
        let authorization = auth::authorization(&settings, &limits, &context).await;
        let result = match &authorization {
            Ok(authorization) => {
                context.attempts += 1;
                attempt(
                    &settings,
                    &request,
                    &options,
                    &limits,
                    authorization,
                    &context,
                )
                .await
            }
            Err(error) => Err(error.clone()),
        };
        let error = match result {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        // The service may have revoked a token that looks valid: once, with a new one.
        if let (Error::Api { status: 401, .. }, Ok(used), false) = (&error, &authorization, renewed)
            && !request.once
            && auth::forget(&settings, used)
        {
            renewed = true;
            continue;
        }
        failures += 1;
        let unsent = context.attempts == sent;
        let repeatable = retry::is_repeatable(&error, &request.method, writes || unsent);
        let wait = retry::wait(&error, failures).filter(|wait| *wait < limits.left());
        match wait {
            Some(wait) if repeatable && !request.once && f64::from(failures) <= retries => {
                limits.sleep(wait, &context).await?;
            }
            _ => return Err(error),
        }
    }
}

/// Sends the request once.
async fn attempt(
    settings: &Settings,
    request: &Request,
    options: &Options,
    limits: &Limits,
    authorization: &JsValue,
    context: &Context,
) -> Result<Answer, Error> {
    let outgoing = Outgoing {
        method: &request.method,
        url: &[&settings.origin(), request.target.as_str()].concat(),
        authorization,
        content_type: request.content_type,
        headers: [&settings.headers(), &request.headers, &options.headers],
        body: &request.body,
        stream: request.once,
        secret: authorization,
    };
    let incoming = fetch::send(settings, &outgoing, limits, context).await?;
    judge(incoming, context.clone())
}
