//! How long a call may take, and who may end it: the client's options and the call's, resolved
//! once.

use crate::error::{Context, Error};
use crate::interop::now;
use crate::options::Options;
use crate::settings::Settings;
use crate::watch::{Ended, Settled, Signal, Watch};
use js_sys::Promise;

/// The limits of one call.
pub(crate) struct Limits {
    signal: Option<Signal>,
    /// Milliseconds for an attempt.
    timeout: f64,
    /// When the call as a whole must be over, in milliseconds since 1970; `INFINITY` for never.
    ends: f64,
    /// The same as milliseconds that it may take.
    deadline: f64,
    /// Whether this call has less time than the client's others.
    pub hurried: bool,
}

impl Limits {
    /// Starts the clock.
    pub fn new(settings: &Settings, options: &Options) -> Limits {
        let deadline = options.deadline.unwrap_or_else(|| settings.deadline());
        Limits {
            signal: options.signal.clone(),
            timeout: options.timeout.unwrap_or_else(|| settings.timeout()),
            ends: after(deadline),
            deadline,
            hurried: options.timeout.is_some() || options.deadline.is_some(),
        }
    }

    /// Milliseconds until the deadline.
    pub fn left(&self) -> f64 {
        match self.ends.is_finite() {
            true => self.ends - now(),
            false => f64::INFINITY,
        }
    }

    /// Watches over one attempt.
    pub fn attempt(&self) -> Watch<'_> {
        self.within(self.timeout)
    }

    fn limit(&self, milliseconds: f64, left: f64) -> f64 {
        match left < milliseconds {
            true => -self.deadline,
            false => milliseconds,
        }
    }

    /// Watches over something that may take no longer than that, in milliseconds.
    pub fn within(&self, milliseconds: f64) -> Watch<'_> {
        let left = self.left();
        Watch {
            milliseconds: milliseconds.min(left),
            limit: self.limit(milliseconds, left),
            signal: self.signal.as_ref(),
        }
    }

    /// Fails if the caller has given up already: nothing must reach the network then.
    pub fn check(&self, context: &Context) -> Result<(), Box<Error>> {
        match self.signal.as_ref().and_then(Signal::aborted) {
            Some(reason) => Err(Error::ended(Ended::Aborted(reason), context)),
            None if self.left() <= 0.0 => {
                let limit = self.limit(f64::INFINITY, 0.0);
                Err(Error::ended(Ended::Late(limit), context))
            }
            None => Ok(()),
        }
    }

    /// What a promise comes to, in the time of an attempt.
    pub async fn settled(
        &self,
        promise: Promise,
        context: &Context,
    ) -> Result<Settled, Box<Error>> {
        let settled = self.attempt().over(promise).await;
        settled.map_err(|end| Error::ended(end, context))
    }

    /// Waits, for no longer than the call may.
    pub async fn sleep(&self, milliseconds: f64, context: &Context) -> Result<(), Box<Error>> {
        let _ = self.within(milliseconds).bell().await;
        self.check(context)
    }
}

/// When so many milliseconds have passed. Most calls have no deadline, and no need of a clock.
fn after(milliseconds: f64) -> f64 {
    match milliseconds.is_finite() {
        true => now() + milliseconds,
        false => f64::INFINITY,
    }
}
