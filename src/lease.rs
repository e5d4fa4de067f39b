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

/// How soon those who wait look again, in milliseconds as all here: a share of the time that they
/// have waited, between these two. Ten thousand who look every ten milliseconds do nothing else.
const LOOK: f64 = 10.0;
const LATEST: f64 = 1_000.0;
const SHARE: f64 = 0.2;
const NEVER: f64 = f64::NEG_INFINITY;

/// How long an entry that a call holds counts as under way. A call that a Worker cancelled never
/// lets go.
const HELD: f64 = 60_000.0;
/// The time between two looks for entries that are over.
const SWEEP: f64 = 60_000.0;

/// A list of entries that are alike.
pub(crate) struct Kind {
    pub list: &'static LocalKey<List>,
    /// How long a fetch may stay unanswered before another call makes its own: the one who made it
    /// may have been cancelled.
    pub lease: f64,
    /// The most entries kept. More only if so many are under way, which the requests limit.
    pub kept: usize,
    /// How long an entry is kept after it was last changed.
    pub keep: f64,
}

pub(crate) type List = Cell<Table>;

/// The entries of a kind. Strangers can fill it, so that none of its steps looks at every key.
#[derive(Default)]
pub(crate) struct Table {
    /// By their ids.
    entries: Vec<Rc<Entry>>,
    /// When those that are over were last dropped.
    swept: f64,
}

/// What is shared, and when somebody began to fetch it anew.
pub(crate) struct Entry {
    kind: &'static Kind,
    /// The hash of the key, and a number.
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
    /// The number of its last use: those of one millisecond have an order, too.
    used: Cell<f64>,
    asked: Cell<f64>,
    /// How often a fetch failed that all waited for, and how one failed last.
    failures: Cell<u32>,
    failure: Cell<Option<Box<Error>>>,
}

/// How many ids there are for one hash. With 32 bits of it, they are whole numbers to JavaScript.
const IDS: f64 = 2_097_152.0;

thread_local! {
    static USES: Cell<f64> = const { Cell::new(0.0) };
}

impl Kind {
    /// The entry with this id or, if that is not known any more, with this key.
    pub fn entry(&'static self, id: Option<f64>, key: &dyn Fn() -> String) -> Rc<Entry> {
        self.list.with(|list| {
            let mut table = list.take();
            let now = now();
            let known = id.and_then(|id| table.with_id(id));
            let entry = known.unwrap_or_else(|| {
                let key = key();
                let known = table.with_key(&key).filter(|entry| !entry.is_over(now));
                let known = known.cloned();
                known.unwrap_or_else(|| table.add(Entry::new(self, key, now), now))
            });
            entry.is_used();
            list.set(table);
            entry
        })
    }

    /// The entry with this key, if there is one.
    pub fn known(&'static self, key: &str) -> Option<Rc<Entry>> {
        self.list.with(|list| {
            let table = list.take();
            let known = table.with_key(key).filter(|entry| !entry.is_over(now()));
            let known = known.cloned();
            list.set(table);
            known
        })
    }
}

impl Table {
    pub const fn new() -> Self {
        Table {
            entries: Vec::new(),
            swept: 0.0,
        }
    }

    /// The place of an id among the others.
    fn place(&self, id: f64) -> usize {
        self.entries.partition_point(|entry| entry.id < id)
    }

    fn with_id(&self, id: f64) -> Option<Rc<Entry>> {
        let entry = self.entries.get(self.place(id));
        entry.filter(|entry| entry.id == id).cloned()
    }

    fn with_key(&self, key: &str) -> Option<&Rc<Entry>> {
        let first = first_id(key);
        let mut alike = self.entries.iter().skip(self.place(first));
        let found = alike.find(|entry| entry.key == key || entry.id >= first + IDS);
        found.filter(|entry| entry.key == key)
    }

    /// Adds an entry, in place of the one with its key. There is room for it, unless all others are
    /// under way.
    fn add(&mut self, entry: Entry, now: f64) -> Rc<Entry> {
        let kept = entry.kind.kept;
        if now - self.swept >= SWEEP {
            self.entries.retain(|entry| !entry.is_over(now));
            self.swept = now;
        }
        if let Some(old) = self.with_key(&entry.key) {
            self.entries.remove(self.place(old.id));
        }
        if self.entries.len() >= kept
            && let Some(last) = self.last(now)
        {
            self.entries.remove(last);
        }
        let entry = Rc::new(entry);
        self.entries.insert(self.place(entry.id), entry.clone());
        entry
    }

    /// The entry that may go: one that nobody holds, rather one that is finished, and of these the
    /// one that nobody has used for longest.
    fn last(&self, now: f64) -> Option<usize> {
        let mut last = None;
        let mut least = (true, f64::INFINITY);
        for (index, entry) in self.entries.iter().enumerate() {
            let rank = (entry.is_leased(now), entry.used.get());
            if rank < least && !entry.is_held(now) {
                (last, least) = (Some(index), rank);
            }
        }
        last
    }
}

/// The least of the ids that a key may have: its hash by FNV-1a, which is short, and good enough for
/// keys that no stranger makes.
fn first_id(key: &str) -> f64 {
    let mix = |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
    f64::from(key.bytes().fold(2_166_136_261, mix)) * IDS
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
        let number = USES.get() % IDS;
        Entry {
            kind,
            id: first_id(&key) + number,
            key,
            values: Array::new(),
            fresh: Cell::new(0.0),
            usable: Cell::new(0.0),
            since: Cell::new(now),
            used: Cell::new(0.0),
            asked: Cell::new(NEVER),
            failures: Cell::new(0),
            failure: Cell::new(None),
        }
    }

    fn is_used(&self) {
        let uses = USES.get() + 1.0;
        USES.set(uses);
        self.used.set(uses);
    }

    /// Keeps it from now on for its whole time.
    pub fn change(&self) {
        self.since.set(now());
    }

    /// Whether somebody fetches it.
    fn is_leased(&self, now: f64) -> bool {
        now - self.asked.get() < self.kind.lease
    }

    /// Whether a call works on it or waits for it: such a call will want to leave there, or to find,
    /// what was fetched.
    fn is_held(self: &Rc<Self>, now: f64) -> bool {
        Rc::strong_count(self) > 1 && now - self.since.get() < HELD
    }

    fn is_over(self: &Rc<Self>, now: f64) -> bool {
        now - self.since.get() >= self.kind.keep && !self.is_held(now)
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
        let began = now();
        loop {
            let now = now();
            let leased = self.is_leased(now);
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
            let wait = ((now - began) * SHARE).clamp(LOOK, LATEST);
            limits.sleep(wait, context).await?;
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

    /// Leaves a failure for those who wait, unless it is one caller's own: impatience, or what steers
    /// its framework.
    pub fn fail(&self, error: Box<Error>, limits: &Limits) -> Box<Error> {
        let impatient = match *error {
            Error::Aborted { .. } => true,
            Error::Timeout { .. } => limits.hurried,
            _ => error.is_steering(),
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
        self.entry.change();
    }

    /// Lets it run out by itself: a failure ahead of time is tried again a lease later, not by the
    /// next caller.
    pub fn run_out(mut self) {
        self.ends = false;
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        self.entry.change();
        if self.ends {
            self.entry.asked.set(NEVER);
        }
    }
}
