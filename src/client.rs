//! The client, and the way of a call: plan, token, send, judge.

use crate::auth;
use crate::call::Call;
use crate::core::retry::{Attempted, RetryWrites};
use crate::error::{Answer, Context, Error};
use crate::event::{Event, Report};
use crate::fetch::{self, Incoming, Outgoing};
use crate::interop::{now, random, set};
use crate::limits::Limits;
use crate::options::Options;
use crate::request::Request;
use crate::scopes;
use crate::settings::{IDEMPOTENT, Own, Settings};
use crate::store::{self, TokenStore};
use crate::turn::Turn;
use crate::watch::{Ended, Settled};
use js_sys::{Function, Object};
use std::sync::Arc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

/// A client for one Kinde business.
///
/// Cheap to clone and to create, one for each request of a Worker for instance: clients with the
/// same credentials share their token.
///
/// ```no_run
/// use kinde_edge::Kinde;
/// use kinde_edge::params::{GetUser, UpdateUser};
///
/// # async fn example() -> Result<(), kinde_edge::Error> {
/// let kinde = Kinde::builder("https://acme.kinde.com")
///     .client_credentials("client id", "client secret")
///     .build()?;
/// let id = "kp_c3143a4b50ad43c88e541d9077681782";
/// let user = kinde.users().get(id, &GetUser::default()).await?;
/// if user.is_suspended == Some(true) {
///     let params = UpdateUser { is_suspended: Some(false), ..Default::default() };
///     kinde.users().update(id, &params).await?;
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Kinde {
    pub(crate) settings: Settings,
}

impl Kinde {
    /// Starts to set up a client for a domain: `https://acme.kinde.com` or `acme.kinde.com`.
    /// `http://` is for this machine only: `localhost`, `127.0.0.1`, `[::1]`.
    ///
    /// With a custom domain, give the `*.kinde.com` one all the same: machine tokens and the
    /// Management API use it. A wrong domain is an error of [`Builder::build`].
    pub fn builder(domain: &str) -> Builder {
        let builder = Builder {
            options: Object::new(),
            headers: Object::new(),
            own: Own::default(),
        };
        builder.option("domain", &domain.into())
    }

    /// A call to any path of the service: for what the API document does not have yet.
    ///
    /// The path starts with one `/` and is sent as it is, so what is put into it has to be
    /// percent-encoded; it has no query and no `..`. It goes the way of the other calls: token,
    /// retries, time limits, errors.
    ///
    /// ```no_run
    /// # async fn example(kinde: kinde_edge::Kinde) -> Result<(), kinde_edge::Error> {
    /// use serde_json::{Value, json};
    ///
    /// let call = kinde.request("GET", "/api/v1/something_new");
    /// let answer: Value = call.query(&json!({ "page_size": 10 })).await?;
    ///
    /// let call = kinde.request("POST", "/api/v1/something_new");
    /// let () = call.json(&json!({ "name": "one" })).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRequest`], when the call is awaited, for a method or a path that is none.
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

/// Sets up a [`Kinde`] client. Nothing is checked before [`Builder::build`].
///
/// ```no_run
/// use core::time::Duration;
/// use kinde_edge::Kinde;
///
/// # fn example() -> Result<(), kinde_edge::Error> {
/// let kinde = Kinde::builder("acme.kinde.com")
///     .client_credentials("client id", "client secret")
///     .scope("read:users update:users")
///     .timeout(Duration::from_secs(10))
///     .deadline(Duration::from_secs(25))
///     .max_retries(1)
///     .header("x-app", "billing")
///     .build()?;
/// # Ok(()) }
/// ```
#[must_use]
pub struct Builder {
    options: Object,
    headers: Object,
    own: Own,
}

impl Builder {
    fn option(self, name: &str, value: &JsValue) -> Self {
        set(&self.options, name, value);
        self
    }

    /// The id and secret of a machine-to-machine application (RFC 6749, section 4.4).
    ///
    /// The first call asks `POST {domain}/oauth2/token` for a token. It serves all clients with
    /// the same domain, credentials, audience and scope, until a tenth of its lifetime, 60 s at
    /// most, is left. A token that the service refuses (401) is replaced once.
    ///
    /// The secret must never be in a program that runs in a browser.
    pub fn client_credentials(self, id: &str, secret: &str) -> Self {
        self.option("clientId", &id.into())
            .option("clientSecret", &secret.into())
    }

    /// The id and secret of a machine-to-machine application beside the one that users sign in to:
    /// calls and [`Tokens::machine`](crate::Tokens::machine) use these, signing in and sessions those
    /// of [`Builder::client_credentials`] or [`Builder::client_id`].
    ///
    /// ```no_run
    /// # fn example() -> Result<(), kinde_edge::Error> {
    /// let kinde = kinde_edge::Kinde::builder("acme.kinde.com")
    ///     .client_credentials("id of the application", "its secret")
    ///     .management("id of the machine", "its secret")
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn management(self, id: &str, secret: &str) -> Self {
        let machine = Object::new();
        set(&machine, "clientId", &id.into());
        set(&machine, "clientSecret", &secret.into());
        self.option("management", &machine)
    }

    /// The id of an application that cannot keep a secret: a page, a mobile app. It is enough to
    /// sign users in, see [`Oauth::authorization_url`](crate::resources::Oauth::authorization_url).
    pub fn client_id(self, id: &str) -> Self {
        self.option("clientId", &id.into())
    }

    /// A token that the caller has already, in place of credentials: sent as
    /// `Authorization: Bearer …` (RFC 6750, section 2.1).
    pub fn access_token(self, token: &str) -> Self {
        self.option("accessToken", &token.into())
    }

    /// An async function that gives the token, in place of credentials: of a session, of a service
    /// of your own.
    ///
    /// It is called before each attempt, and may take as long as one. What it gives is not kept. If
    /// it fails, the call fails with [`Error::Authentication`], whose
    /// [`cause`](crate::Context::cause) has the text of the error.
    ///
    /// ```no_run
    /// # async fn token_of_the_session() -> Result<String, std::io::Error> { Ok(String::new()) }
    /// # fn example() -> Result<(), kinde_edge::Error> {
    /// let kinde = kinde_edge::Kinde::builder("acme.kinde.com")
    ///     .access_token_from(async || token_of_the_session().await)
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn access_token_from<P, E>(mut self, provider: P) -> Self
    where
        P: AsyncFn() -> Result<String, E> + Send + Sync + 'static,
        E: Into<Box<dyn core::error::Error>> + 'static,
    {
        let provider = Arc::new(provider);
        self.own.provider = Some(Box::new(move || {
            let provider = provider.clone();
            future_to_promise(async move {
                let token = provider().await.map_err(Into::into);
                let failed =
                    |error: Box<dyn core::error::Error>| js_sys::Error::new(&error.to_string());
                Ok(token.map_err(failed)?.into())
            })
        }));
        self
    }

    /// The audience of the token that client credentials ask for. Default: `{domain}/api`, the
    /// Management API.
    pub fn audience(self, audience: &str) -> Self {
        self.option("audience", &audience.into())
    }

    /// The scopes that client credentials ask for, separated by spaces (RFC 6749, section 3.3).
    /// Default: all that the application has.
    pub fn scope(self, scope: &str) -> Self {
        self.option("scope", &scope.into())
    }

    /// A function to use in place of the global `fetch`: a service binding, a test double.
    ///
    /// It is called with an address and an object of method, headers, body and signal, and gives a
    /// `Response`, a promise of one, or an object with `status`, `headers` and `text()`. Default:
    /// the global `fetch` as it is at the time of each request.
    pub fn fetch(self, fetch: &Function) -> Self {
        self.option("fetch", fetch)
    }

    /// How long one attempt may take, from the request to the end of the body; a token request
    /// counts by itself. Default: 30 s. Zero is an error of [`Builder::build`]; more than 24 days
    /// is no limit.
    ///
    /// An attempt that takes longer fails with [`Error::Timeout`], or is followed by the next one.
    pub fn timeout(self, timeout: core::time::Duration) -> Self {
        self.option("timeout", &(timeout.as_secs_f64() * 1000.0).into())
    }

    /// How long a call may take as a whole: with its token request, its retries and the waits
    /// between them. Default: no limit. Zero is an error of [`Builder::build`].
    ///
    /// A wait that would end later is not begun: the call fails at once, as the attempt before did.
    pub fn deadline(self, deadline: core::time::Duration) -> Self {
        self.option("deadline", &(deadline.as_secs_f64() * 1000.0).into())
    }

    /// How often a failed request is sent again. Default: 2. 0 is never.
    ///
    /// GET, PUT and DELETE are repeated when no answer came and on 408, 429, 500, 502, 503 and
    /// 504, and so are POST and PATCH that set single values; the others on 429 only, unless
    /// [`Builder::retry_writes`] says otherwise. A token
    /// request is repeated like a GET, whatever the call. A body that is a stream is sent once.
    ///
    /// The wait is what the service asks for ([`Error::retry_after`]); if that is more than 60 s,
    /// the call fails instead. If it asks for nothing, the wait is anything up to 0.5 s, then 1 s,
    /// doubling up to 8 s (exponential backoff with full jitter).
    pub fn max_retries(self, retries: u32) -> Self {
        self.option("maxRetries", &retries.into())
    }

    /// Which POSTs and PATCHes are repeated like the others: `true` for all, by callers who know that
    /// doing one twice is no harm, `false` for none. Default: [`RetryWrites::Idempotent`], those that
    /// are as good twice as once, such as setting a feature flag.
    pub fn retry_writes(self, retry: impl Into<RetryWrites>) -> Self {
        let value = match retry.into() {
            RetryWrites::None => JsValue::FALSE,
            RetryWrites::All => JsValue::TRUE,
            RetryWrites::Idempotent => IDEMPOTENT.into(),
        };
        self.option("retryWrites", &value)
    }

    /// How many requests may be under way at once. Default: no limit. Zero is an error of
    /// [`Builder::build`].
    ///
    /// The others wait, first come first served; a time limit of an attempt does not count that
    /// wait, a deadline does. For one client and its clones.
    ///
    /// With or without a limit: when the service refuses one (429), all wait until it takes more,
    /// and go on at the pace that it took. Without a limit these are all calls of the program with
    /// the same domain, credentials and `fetch`. Such refusals do not count as retries while the
    /// service takes others. A call whose turn would come after its deadline fails at once, with
    /// status 429 and, if it was not sent, no attempts.
    pub fn max_concurrency(self, requests: u32) -> Self {
        self.option("maxConcurrency", &requests.into())
    }

    /// A place to keep tokens in that outlives this program, or is shared with others. Default:
    /// none; clients of one program share their tokens as it is.
    ///
    /// It is asked before the token endpoint, and told every new token. A store that fails, or
    /// takes longer than 2 s, never fails a call.
    pub fn token_store(mut self, store: impl TokenStore + Send + Sync + 'static) -> Self {
        self.own.store = Some(store::own(store));
        self
    }

    /// A function that is told what happens to every call: requests, answers, retries, tokens,
    /// failures. Default: none.
    ///
    /// ```no_run
    /// use kinde_edge::{Kinde, Level};
    ///
    /// # fn example() -> Result<(), kinde_edge::Error> {
    /// let kinde = Kinde::builder("acme.kinde.com")
    ///     .client_credentials("client id", "client secret")
    ///     .on_event(|event| {
    ///         if event.level() >= Level::Info {
    ///             // kinde-edge: users.list: GET /api/v1/users: tried again: server: 503 in 420 ms (attempt 1)
    ///             println!("{event}");
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn on_event(mut self, observer: impl Fn(&mut Event) + Send + Sync + 'static) -> Self {
        self.own.observer = Some(Box::new(observer));
        self
    }

    /// A header for every request, token requests included. A second value for a name replaces
    /// the first, and so does [`Call::header`].
    pub fn header(self, name: &str, value: &str) -> Self {
        set(&self.headers, name, &value.into());
        self
    }

    /// Checks the settings. Nothing is sent; credentials may be missing until a call is made.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] names the setting that is wrong: a domain that is none or has a
    /// path, an empty string, both a token and credentials, a time limit of zero, a header that
    /// HTTP does not allow.
    pub fn build(self) -> Result<Kinde, Error> {
        set(&self.options, "headers", &self.headers);
        Ok(Kinde {
            settings: Settings::new(&self.options)?.with(self.own)?,
        })
    }
}

impl core::fmt::Debug for Builder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

/// A first attempt that was made already: what it carried, and what came of it.
pub(crate) struct Begun {
    pub authorization: JsValue,
    pub settled: Result<Settled, Ended>,
}

/// Makes a call, of which nothing else is to be known.
pub(crate) async fn call(
    settings: Settings,
    request: Request,
    options: Options,
    begun: Option<Begun>,
) -> Result<Answer, Box<Error>> {
    let limits = Limits::new(&settings, &options);
    run(&settings, &request, &options, &limits, begun).await
}

/// Makes a call, or goes on with it. All that is sent goes this way, but for a machine's token, which
/// is part of a call.
pub(crate) async fn run(
    settings: &Settings,
    request: &Request,
    options: &Options,
    limits: &Limits,
    begun: Option<Begun>,
) -> Result<Answer, Box<Error>> {
    let report = Report::new(settings, request);
    let mut context = Context {
        subject: request.subject,
        ..Context::new(request.operation)
    };
    let attempts = Attempts {
        settings,
        request,
        options,
        limits,
        report: &report,
    };
    let result = attempts.repeat(begun, &mut context).await;
    if let Err(error) = &result
        && !matches!(**error, Error::Aborted { .. })
        && !error.is_steering()
    {
        report.failure(context.attempts, error);
    }
    result
}

/// When a request went that nobody looked at the clock for, in milliseconds since 1970.
const BEFORE: f64 = 1.0;

/// The attempts of a call under way.
struct Attempts<'a> {
    settings: &'a Settings,
    request: &'a Request,
    options: &'a Options,
    limits: &'a Limits,
    report: &'a Report<'a>,
}

impl Attempts<'_> {
    /// Sends the request until it is answered, or there is no point in trying again.
    async fn repeat(
        &self,
        mut begun: Option<Begun>,
        context: &mut Context,
    ) -> Result<Answer, Box<Error>> {
        let Attempts {
            settings,
            request,
            options,
            limits,
            report,
        } = *self;
        let own = options.access_token.as_ref();
        if request.operation.is_some_and(|o| o.is_as_user())
            && own.is_none()
            && !settings.has_access_token()
        {
            return Err(Error::configuration(
                "a signed-in user calls this: give the user's accessToken, to the client or to the call",
            ));
        }
        // One that has begun needed no turn.
        let mut turn = match begun {
            Some(_) => None,
            None => Turn::new(settings, request.is_authorized, own),
        };
        let mut failures = 0;
        let mut refusal: Option<Box<Error>> = None;
        let mut renewed = false;
        loop {
            if let Some(turn) = &turn {
                turn.wait(limits, context)
                    .await
                    // The service's own word, where there is one.
                    .map_err(|late| match late.status() {
                        Some(_) => refusal.take().unwrap_or(late),
                        None => late,
                    })?;
            }
            let sent = context.attempts;
            let (authorization, settled) = match begun.take() {
                Some(begun) => (Ok(begun.authorization), Some(begun.settled)),
                None if request.is_authorized => {
                    let token = auth::authorization(settings, own, limits, context, report).await;
                    (token, None)
                }
                None => (Ok(JsValue::UNDEFINED), None),
            };
            report.check(context)?;
            // Without a queue nobody needs the clock: it was before the first refusal.
            let started = turn.as_ref().map_or(BEFORE, |_| now());
            let result = match &authorization {
                Ok(authorization) if request.is_token => return Ok(auth::bare(authorization)),
                Ok(authorization) => {
                    context.attempts += 1;
                    match settled {
                        Some(settled) => {
                            let url = &request.target;
                            let incoming = fetch::arrived(settings, url, settled, context);
                            self.judge(incoming, authorization, context)
                        }
                        None => self.attempt(authorization, context).await,
                    }
                }
                Err(error) => Err(error.clone()),
            };
            let error = match result {
                Ok(answer) => {
                    if let Some(turn) = &turn {
                        turn.done(started);
                    }
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let failure = error.failure();
            // The token endpoint counts by itself.
            if turn.is_none() && request.is_authorized && failure.makes_a_queue() {
                turn = Some(Turn::after_refusal(settings, own));
            }
            let refused = turn.as_ref().and_then(|turn| turn.failed(failure, started));
            // The service may have revoked a token that looks valid: once, with a new one.
            if let (Error::Api { status: 401, .. }, Ok(used), false) =
                (&*error, &authorization, renewed)
                && !request.once
                && request.is_authorized
                && own.is_none()
                && auth::forget(settings, used)
            {
                renewed = true;
                report.retry(context.attempts, &error, 0.0);
                report.check(context)?;
                continue;
            }
            let is_forgiven = refused.as_ref().is_some_and(|refused| refused.is_forgiven);
            failures += u32::from(!is_forgiven);
            let is_unsent = context.attempts == sent;
            let attempted = Attempted {
                method: &request.method,
                // Codes and refresh tokens can be used once.
                repeats_writes: is_unsent || request.is_authorized && self.repeats_writes(),
                once: request.once,
                failures,
                retries: options
                    .max_retries
                    .unwrap_or_else(|| settings.max_retries()),
                left: limits.left(),
            };
            let pause = refused.as_ref().map(|refused| refused.pause);
            let Some(wait) = attempted.wait(failure, pause, &mut random) else {
                return Err(error);
            };
            report.retry(context.attempts, &error, wait);
            report.check(context)?;
            // Whoever stands in the queue waits there, in front of the others.
            match refused {
                Some(_) => refusal = Some(error),
                None => limits.sleep(wait, context).await?,
            }
        }
    }

    fn repeats_writes(&self) -> bool {
        let writes = self.options.retry_writes;
        let is_idempotent = self.request.operation.is_some_and(|o| o.is_idempotent());
        writes
            .unwrap_or_else(|| self.settings.retry_writes())
            .repeats(is_idempotent)
    }

    /// Sends the request once.
    async fn attempt(
        &self,
        authorization: &JsValue,
        context: &Context,
    ) -> Result<Answer, Box<Error>> {
        let Attempts {
            request, report, ..
        } = self;
        let added = report.request(context.attempts);
        report.check(context)?;
        let started = report.started();
        let outgoing = Outgoing {
            method: &request.method,
            url: &request.target,
            authorization,
            content_type: request.content_type,
            foreign: request.is_foreign,
            headers: [
                request.headers.as_ref(),
                added.as_ref().filter(|_| !request.is_foreign),
                self.options.headers.as_ref(),
            ],
            body: &request.body,
            stream: request.once,
            longest: if request.is_authorized {
                0
            } else {
                fetch::SMALL
            },
            secrets: &request.secrets,
        };
        let incoming = fetch::send(self.settings, &outgoing, self.limits, context).await;
        let result = self.judge(incoming, authorization, context);
        report.response(context.attempts, &result, started);
        report.check(context)?;
        result
    }

    /// What an answer means to this call.
    fn judge(
        &self,
        incoming: Result<Incoming, Box<Error>>,
        authorization: &JsValue,
        context: &Context,
    ) -> Result<Answer, Box<Error>> {
        let incoming = incoming?;
        let mut context = context.clone();
        if incoming.answer.status == 403 {
            context.token_scopes = scopes::of(authorization).map(Arc::from);
        }
        (self.request.judge)(incoming, context)
    }
}
