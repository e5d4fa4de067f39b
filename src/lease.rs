//! What one caller fetches and many use: the token of some credentials, the keys of an issuer, the
//! new tokens of a session.
//!
//! Whoever needs it while it is being fetched waits for that fetch. The wait is a timer of the
//! waiter's own, never the promise of another call: Workers cancel a request that waits on what
//! another request started. What is shared is data.

use crate::error::{Context, Error};
use crate::interop::now;
use crate::limits::Limits;
use core::cell::Cell;
use js_sys::Array;
use std::rc::Rc;
use std::thread::LocalKey;

/// How often those who wait look again, in milliseconds as all here.
const LOOK: f64 = 10.0;
const NEVER: f64 = f64::NEG_INFINITY;

/// A list of entries that are alike.
pub(crate) struct Kind {
    pub list: &'static LocalKey<List>,
    /// How long a fetch may stay unanswered before another call makes its own: the one who made it
    /// may have been cancelled.
    pub lease: f64,
    /// The most entries kept; the one that nobody has used for longest goes first.
    pub kept: usize,
    /// How long an entry is kept after it was last changed.
    pub keep: f64,
}

pub(crate) type List = Cell<Vec<Rc<Entry>>>;

/// What is shared, and when somebody began to fetch it anew.
pub(crate) struct Entry {
    kind: &'static Kind,
    pub id: f64,
    key: String,
    /// What was fetched: up to the kind.
    pub values: Array,
    /// Until when it is used without another fetch.
    pub fresh: Cell<f64>,
    /// Until when it is used while somebody fetches.
    pub usable: Cell<f64>,
    /// When this was last changed.
    since: Cell<f64>,
    asked: Cell<f64>,
    /// How often a fetch failed that all waited for, and how one failed last.
    failures: Cell<u32>,
    failure: Cell<Option<Box<Error>>>,
}

thread_local! {
    static LAST_ID: Cell<f64> = const { Cell::new(0.0) };
}

impl Kind {
    /// The entry with this id or, if that is not known any more, with this key. It is then the last
    /// to go.
    pub fn entry(&'static self, id: Option<f64>, key: &dyn Fn() -> String) -> Rc<Entry> {
        self.list.with(|list| {
            let mut all = list.take();
            let now = now();
            // Those who work on an entry will want to leave there what they got.
            let is_over = |entry: &Rc<Entry>| {
                now - entry.since.get() >= self.keep && Rc::strong_count(entry) == 1
            };
            while all.first().is_some_and(is_over) {
                all.remove(0);
            }
            let mut found = all.iter().position(|entry| Some(entry.id) == id);
            let mut new = String::new();
            if found.is_none() {
                new = key();
                let is_it = |entry: &Rc<Entry>| entry.key == new && !is_over(entry);
                found = all.iter().position(is_it);
            }
            let entry = match found {
                Some(index) => all.remove(index),
                None => Rc::new(Entry::new(self, new, now)),
            };
            if all.len() >= self.kept {
                all.remove(0);
            }
            all.push(entry.clone());
            list.set(all);
            entry
        })
    }
}

/// What is to be done with an entry that may be used.
pub(crate) enum Look {
    Use,
    Fail(Box<Error>),
    /// What is needed is not in it.
    Fetch,
}

impl Entry {
    fn new(kind: &'static Kind, key: String, now: f64) -> Entry {
        let id = LAST_ID.get() + 1.0;
        LAST_ID.set(id);
        Entry {
            kind,
            id,
            key,
            values: Array::new(),
            fresh: Cell::new(0.0),
            usable: Cell::new(0.0),
            since: Cell::new(now),
            asked: Cell::new(NEVER),
            failures: Cell::new(0),
            failure: Cell::new(None),
        }
    }

    /// Waits until the entry can be used, and gives nothing then; or a lease to the one who is to
    /// fetch. Fails with the fetch that was waited for.
    pub async fn wait(
        &self,
        look: &dyn Fn() -> Look,
        limits: &Limits,
        context: &Context,
    ) -> Result<Option<Lease<'_>>, Box<Error>> {
        let failures = self.failures.get();
        loop {
            let now = now();
            let leased = now - self.asked.get() < self.kind.lease;
            if now < self.fresh.get() || (leased && now < self.usable.get()) {
                match look() {
                    Look::Use => return Ok(None),
                    Look::Fail(failure) => return Err(failure),
                    Look::Fetch => (),
                }
            } else if self.failures.get() != failures
                && let Some(failure) = self.failure()
            {
                return Err(failure);
            }
            if !leased {
                let lease = Lease {
                    entry: self,
                    ends: true,
                };
                lease.renew();
                return Ok(Some(lease));
            }
            limits.sleep(LOOK, context).await?;
        }
    }

    pub fn failure(&self) -> Option<Box<Error>> {
        let failure = self.failure.take();
        self.failure.set(failure.clone());
        failure
    }

    pub fn set_failure(&self, failure: Option<Box<Error>>) {
        self.failure.set(failure);
    }

    /// Leaves a failure for those who wait, unless it is one caller's impatience.
    pub fn fail(&self, error: Box<Error>, limits: &Limits) -> Box<Error> {
        let impatient = match *error {
            Error::Aborted { .. } => true,
            Error::Timeout { .. } => limits.hurried,
            _ => false,
        };
        if !impatient {
            self.failures.set(self.failures.get().wrapping_add(1));
            self.failure.set(Some(error.clone()));
        }
        error
    }
}

/// The right to fetch, given back at once when the call that has it is dropped.
pub(crate) struct Lease<'a> {
    pub entry: &'a Entry,
    ends: bool,
}

impl Lease<'_> {
    /// From now on for its whole time.
    pub fn renew(&self) {
        self.entry.asked.set(now());
        self.entry.since.set(now());
    }

    /// Lets it run out by itself: a failure ahead of time is tried again a lease later, not by the
    /// next caller.
    pub fn run_out(mut self) {
        self.ends = false;
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        self.entry.since.set(now());
        if self.ends {
            self.entry.asked.set(NEVER);
        }
    }
}
