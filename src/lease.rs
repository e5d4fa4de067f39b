//! What one caller fetches and many use: the token of some credentials, the keys of an issuer, the
//! new tokens of a session. Who fetches and who waits is decided in `core/lease.rs`; here are its
//! clock, its timers, and its tables.
//!
//! A wait is a timer of the waiter's own, never the promise of another call: Workers cancel a request
//! that waits on what another request started. What is shared is data.

use crate::core::lease::{self, Next, Rules};
use crate::error::{Context, Error};
use crate::interop::now;
use crate::limits::Limits;
use core::cell::Cell;
use js_sys::Array;
use std::rc::Rc;
use std::thread::LocalKey;

pub(crate) type Table = lease::Table<Array, Box<Error>>;
pub(crate) type Entry = lease::Entry<Array, Box<Error>>;
pub(crate) type Look = lease::Look<Box<Error>>;
pub(crate) type List = Cell<Table>;

/// Entries that are alike.
pub(crate) struct Kind {
    pub list: &'static LocalKey<List>,
    pub rules: Rules,
}

impl Kind {
    /// The entry with this id or, if that is not known any more, with this key.
    pub fn entry(&'static self, id: Option<f64>, key: &dyn Fn() -> String) -> Rc<Entry> {
        self.list.with(|list| {
            let mut table = list.take();
            let entry = table.entry(&self.rules, id, key, now());
            list.set(table);
            entry
        })
    }

    /// The entry with this key, if there is one.
    pub fn known(&'static self, key: &str) -> Option<Rc<Entry>> {
        self.list.with(|list| {
            let table = list.take();
            let known = table.known(key, now());
            list.set(table);
            known
        })
    }
}

impl Entry {
    /// Waits until the entry can be used, and gives nothing then; or a lease to the one who is to
    /// fetch. Fails with the fetch that was waited for.
    pub async fn wait(
        &self,
        look: &dyn Fn() -> Look,
        limits: &Limits,
        context: &Context,
    ) -> Result<Option<Lease<'_>>, Box<Error>> {
        let waiter = self.waiter(now());
        loop {
            match self.next(&waiter, look, now()) {
                Next::Use => return Ok(None),
                Next::Fail(failure) => return Err(failure),
                Next::Fetch(taken) => {
                    return Ok(Some(Lease {
                        entry: self,
                        taken: Cell::new(taken),
                        runs_out: false,
                    }));
                }
                Next::Wait(wait) => limits.sleep(wait, context).await?,
            }
        }
    }

    /// Leaves a failure for those who wait, unless it is one caller's own: impatience, or what steers
    /// its framework.
    pub fn failed(&self, error: Box<Error>, limits: &Limits) -> Box<Error> {
        let is_own = match *error {
            Error::Aborted { .. } => true,
            Error::Timeout { .. } => limits.hurried,
            _ => error.is_steering(),
        };
        self.fail(&error, is_own);
        error
    }
}

/// The right to fetch, given back at once when the call that has it is dropped.
pub(crate) struct Lease<'a> {
    pub entry: &'a Entry,
    taken: Cell<f64>,
    runs_out: bool,
}

impl Lease<'_> {
    /// From now on for its whole time.
    pub fn renew(&self) {
        self.taken.set(self.entry.take(now()));
    }

    /// Lets it run out by itself.
    pub fn run_out(mut self) {
        self.runs_out = true;
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let taken = self.taken.get();
        self.entry.give_back(taken, self.runs_out, now());
    }
}
