//! What one caller fetches and many use: the token of some credentials, the keys of an issuer, the
//! new tokens of a session. Who fetches, who waits and how long, what is kept and what goes.
//!
//! Whoever needs it while it is being fetched waits for that fetch. Nobody is woken: who waits looks
//! again when a timer of its own rings, since Workers cancel a request that waits on another one.
//! Times are milliseconds.

use core::cell::Cell;
use std::rc::Rc;

/// How soon those who wait look again: a share of the time that they have waited, between these two.
/// Ten thousand who look every ten milliseconds do nothing else.
const LOOK: f64 = 10.0;
const LATEST: f64 = 1_000.0;
const SHARE: f64 = 0.2;
const NEVER: f64 = f64::NEG_INFINITY;

/// How long an entry that a call holds counts as under way. A call that a Worker cancelled never
/// lets go.
const HELD: f64 = 60_000.0;
/// The time between two looks for entries that are over.
const SWEEP: f64 = 60_000.0;
/// How many ids there are for one hash. With 32 bits of it, they are whole numbers to JavaScript.
const IDS: f64 = 2_097_152.0;

/// What entries of a kind have in common.
#[derive(Debug)]
pub(crate) struct Rules {
    /// How long a fetch may stay unanswered before another call makes its own: the one who made it
    /// may have been cancelled.
    pub lease: f64,
    /// The most entries kept. More only if so many are under way, which the requests limit.
    pub kept: usize,
    /// How long an entry is kept after it was last changed.
    pub keep: f64,
}

/// The entries of a kind. Strangers can fill it, so that none of its steps looks at every key.
pub(crate) struct Table<V, E> {
    /// By their ids.
    entries: Vec<Rc<Entry<V, E>>>,
    /// When those that are over were last dropped.
    swept: f64,
    /// How often entries were used: uses of one millisecond have an order, too.
    uses: f64,
}

/// What is shared, and when somebody began to fetch it anew.
pub(crate) struct Entry<V, E> {
    rules: &'static Rules,
    /// The hash of the key, and a number.
    pub id: f64,
    key: String,
    /// What was fetched: up to the kind.
    pub values: V,
    /// Until when it is used without another fetch.
    pub fresh: Cell<f64>,
    /// Until when it is used while somebody fetches.
    pub usable: Cell<f64>,
    /// When this was last changed.
    since: Cell<f64>,
    /// The number of its last use.
    used: Cell<f64>,
    asked: Cell<f64>,
    /// How often a fetch failed that all waited for, and how one failed last.
    failures: Cell<u32>,
    failure: Cell<Option<E>>,
}

/// Somebody who needs what is in an entry, since when, and after how many failures.
pub(crate) struct Waiter {
    began: f64,
    failures: u32,
}

/// What is to be done with an entry that may be used.
pub(crate) enum Look<E> {
    Use,
    Fail(E),
    /// What is needed is not in it.
    Fetch,
}

/// What somebody does who needs what is in an entry.
#[derive(Debug, PartialEq)]
pub(crate) enum Next<E> {
    Use,
    Fail(E),
    /// To fetch is up to nobody else, since then.
    Fetch(f64),
    /// Look again after so many milliseconds.
    Wait(f64),
}

impl<V, E> Default for Table<V, E> {
    fn default() -> Self {
        Table::new()
    }
}

impl<V, E> Table<V, E> {
    pub const fn new() -> Self {
        Table {
            entries: Vec::new(),
            swept: 0.0,
            uses: 0.0,
        }
    }

    /// The entry with this id or, if that is not known any more, with this key.
    pub fn entry(
        &mut self,
        rules: &'static Rules,
        id: Option<f64>,
        key: &dyn Fn() -> String,
        now: f64,
    ) -> Rc<Entry<V, E>>
    where
        V: Default,
    {
        self.uses += 1.0;
        let known = id.and_then(|id| self.with_id(id));
        let entry = known.unwrap_or_else(|| {
            let key = key();
            let known = self.known(&key, now);
            known.unwrap_or_else(|| self.add(Entry::new(rules, key, self.uses, now), now))
        });
        entry.used.set(self.uses);
        entry
    }

    /// The entry with this key, if there is one.
    pub fn known(&self, key: &str, now: f64) -> Option<Rc<Entry<V, E>>> {
        let known = self.with_key(key).filter(|entry| !entry.is_over(now));
        known.cloned()
    }

    /// The place of an id among the others.
    fn place(&self, id: f64) -> usize {
        self.entries.partition_point(|entry| entry.id < id)
    }

    fn with_id(&self, id: f64) -> Option<Rc<Entry<V, E>>> {
        let entry = self.entries.get(self.place(id));
        entry.filter(|entry| entry.id == id).cloned()
    }

    fn with_key(&self, key: &str) -> Option<&Rc<Entry<V, E>>> {
        let first = first_id(key);
        let mut alike = self.entries.iter().skip(self.place(first));
        let found = alike.find(|entry| entry.key == key || entry.id >= first + IDS);
        found.filter(|entry| entry.key == key)
    }

    /// Adds an entry, in place of the one with its key. There is room for it, unless all others are
    /// under way.
    fn add(&mut self, entry: Entry<V, E>, now: f64) -> Rc<Entry<V, E>> {
        let kept = entry.rules.kept;
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

impl<V, E> Entry<V, E> {
    fn new(rules: &'static Rules, key: String, number: f64, now: f64) -> Self
    where
        V: Default,
    {
        Entry {
            rules,
            id: first_id(&key) + number % IDS,
            key,
            values: V::default(),
            fresh: Cell::new(0.0),
            usable: Cell::new(0.0),
            since: Cell::new(now),
            used: Cell::new(0.0),
            asked: Cell::new(NEVER),
            failures: Cell::new(0),
            failure: Cell::new(None),
        }
    }

    /// Keeps it from now on for its whole time.
    pub fn change(&self, now: f64) {
        self.since.set(now);
    }

    /// Whether somebody fetches it.
    pub fn is_leased(&self, now: f64) -> bool {
        now - self.asked.get() < self.rules.lease
    }

    /// Whether a call works on it or waits for it: such a call will want to leave there, or to find,
    /// what was fetched.
    fn is_held(self: &Rc<Self>, now: f64) -> bool {
        Rc::strong_count(self) > 1 && now - self.since.get() < HELD
    }

    fn is_over(self: &Rc<Self>, now: f64) -> bool {
        now - self.since.get() >= self.rules.keep && !self.is_held(now)
    }

    /// Somebody begins to need it.
    pub fn waiter(&self, now: f64) -> Waiter {
        Waiter {
            began: now,
            failures: self.failures.get(),
        }
    }

    /// What one who needs it does next. A fetch that failed since is a failure of all who waited.
    pub fn next(&self, waiter: &Waiter, look: &dyn Fn() -> Look<E>, now: f64) -> Next<E>
    where
        E: Clone,
    {
        let leased = self.is_leased(now);
        if now < self.fresh.get() || (leased && now < self.usable.get()) {
            match look() {
                Look::Use => return Next::Use,
                Look::Fail(failure) => return Next::Fail(failure),
                Look::Fetch => (),
            }
        } else if self.failures.get() != waiter.failures
            && let Some(failure) = self.failure()
        {
            return Next::Fail(failure);
        }
        if leased {
            return Next::Wait(((now - waiter.began) * SHARE).clamp(LOOK, LATEST));
        }
        Next::Fetch(self.take(now))
    }

    /// Takes the right to fetch, or has it from now on for its whole time. Gives since when that is.
    pub fn take(&self, now: f64) -> f64 {
        self.asked.set(now);
        self.change(now);
        now
    }

    /// Gives the right to fetch back that was taken then; or, if `runs_out`, lets it run out by itself:
    /// a failure ahead of time is tried again a lease later, not by the next caller. Whoever was so slow
    /// that another one has it by now leaves it to that one.
    pub fn give_back(&self, taken: f64, runs_out: bool, now: f64) {
        self.change(now);
        if !runs_out && self.asked.get() == taken {
            self.asked.set(NEVER);
        }
    }

    /// Whether what was fetched before does still, so that a failure to renew it ahead of time is
    /// nobody's. One that `is_own`, its caller's own, is that caller's all the same.
    pub fn will_do(&self, is_own: bool, now: f64) -> bool {
        now < self.usable.get() && !is_own
    }

    /// Leaves a failure for those who wait, unless it is one caller's own: impatience, or what steers
    /// its framework.
    pub fn fail(&self, failure: &E, is_own: bool)
    where
        E: Clone,
    {
        if !is_own {
            self.failures.set(self.failures.get().wrapping_add(1));
            self.set_failure(Some(failure.clone()));
        }
    }

    pub fn failure(&self) -> Option<E>
    where
        E: Clone,
    {
        let failure = self.failure.take();
        self.failure.set(failure.clone());
        failure
    }

    pub fn set_failure(&self, failure: Option<E>) {
        self.failure.set(failure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Shared = Table<Cell<u32>, &'static str>;

    static RULES: Rules = Rules {
        lease: 5_000.0,
        kept: 2,
        keep: f64::INFINITY,
    };
    static SHORT: Rules = Rules {
        keep: 100_000.0,
        ..RULES
    };

    fn entry(table: &mut Shared, key: &str, now: f64) -> Rc<Entry<Cell<u32>, &'static str>> {
        table.entry(&RULES, None, &|| key.into(), now)
    }

    fn next(
        entry: &Entry<Cell<u32>, &'static str>,
        waiter: &Waiter,
        now: f64,
    ) -> Next<&'static str> {
        entry.next(waiter, &|| Look::Use, now)
    }

    #[test]
    fn one_fetches_and_the_others_wait_for_it() {
        let entry = entry(&mut Table::new(), "a", 0.0);
        let (one, other) = (entry.waiter(0.0), entry.waiter(1.0));
        assert_eq!(next(&entry, &one, 0.0), Next::Fetch(0.0));
        assert_eq!(next(&entry, &other, 1.0), Next::Wait(10.0));
        // The longer somebody has waited, the longer until the next look.
        assert_eq!(next(&entry, &other, 1_001.0), Next::Wait(200.0));
        entry.take(5_000.0);
        assert_eq!(next(&entry, &other, 9_999.0), Next::Wait(1_000.0));
        entry.fresh.set(20_000.0);
        entry.usable.set(25_000.0);
        entry.give_back(5_000.0, false, 10_000.0);
        assert_eq!(next(&entry, &other, 10_000.0), Next::Use);
        // The first who comes late renews it; meanwhile the others use what is there.
        assert_eq!(next(&entry, &one, 20_000.0), Next::Fetch(20_000.0));
        assert_eq!(next(&entry, &other, 20_000.0), Next::Use);
        assert_eq!(next(&entry, &other, 24_999.0), Next::Use);
        entry.take(24_999.0);
        assert_eq!(
            next(&entry, &entry.waiter(25_000.0), 25_000.0),
            Next::Wait(10.0)
        );
    }

    #[test]
    fn a_lease_that_is_given_back_or_runs_out_is_taken_by_the_next() {
        let entry = entry(&mut Table::new(), "a", 0.0);
        let (one, other) = (entry.waiter(0.0), entry.waiter(0.0));
        assert_eq!(next(&entry, &one, 0.0), Next::Fetch(0.0));
        entry.give_back(0.0, false, 10.0);
        assert_eq!(next(&entry, &other, 10.0), Next::Fetch(10.0));
        // Nobody gives this one back: its caller was cancelled.
        assert!(matches!(next(&entry, &one, 5_009.0), Next::Wait(_)));
        assert_eq!(next(&entry, &one, 5_010.0), Next::Fetch(5_010.0));
        // The one before comes back after all, and leaves it to that one.
        entry.give_back(10.0, false, 5_015.0);
        assert!(entry.is_leased(5_015.0));
        entry.give_back(5_010.0, true, 5_020.0);
        assert!(entry.is_leased(10_009.0) && !entry.is_leased(10_010.0));
    }

    #[test]
    fn all_who_waited_fail_with_the_fetch() {
        let entry = entry(&mut Table::new(), "a", 0.0);
        let (one, other) = (entry.waiter(0.0), entry.waiter(0.0));
        assert_eq!(next(&entry, &one, 0.0), Next::Fetch(0.0));
        entry.fail(&"late", true);
        assert!(
            matches!(next(&entry, &other, 5.0), Next::Wait(_)),
            "its caller's own"
        );
        entry.fail(&"down", false);
        entry.give_back(0.0, false, 10.0);
        assert_eq!(next(&entry, &other, 10.0), Next::Fail("down"));
        // Whoever comes later tries anew.
        assert_eq!(next(&entry, &entry.waiter(10.0), 10.0), Next::Fetch(10.0));
    }

    #[test]
    fn what_is_needed_may_not_be_in_it() {
        let entry = entry(&mut Table::new(), "a", 0.0);
        entry.fresh.set(100.0);
        entry.usable.set(100.0);
        let waiter = entry.waiter(0.0);
        assert_eq!(
            entry.next(&waiter, &|| Look::Fail("no"), 0.0),
            Next::Fail("no")
        );
        assert_eq!(entry.next(&waiter, &|| Look::Fetch, 0.0), Next::Fetch(0.0));
        assert!(matches!(
            entry.next(&waiter, &|| Look::Fetch, 0.0),
            Next::Wait(_)
        ));
        assert!(entry.will_do(false, 99.0) && !entry.will_do(true, 99.0));
        assert!(!entry.will_do(false, 100.0));
    }

    #[test]
    fn entries_are_known_by_id_and_by_key() {
        let mut table = Shared::new();
        let one = entry(&mut table, "a", 0.0);
        one.values.set(7);
        assert_eq!(entry(&mut table, "a", 0.0).values.get(), 7);
        let never = || panic!("the key is not needed");
        assert_eq!(
            table.entry(&RULES, Some(one.id), &never, 0.0).values.get(),
            7
        );
        let other = entry(&mut table, "b", 0.0);
        assert!(other.id != one.id && other.values.get() == 0);
        assert!(table.known("b", 0.0).is_some() && table.known("c", 0.0).is_none());
        assert!(one.id.trunc() == one.id && one.id < 9_007_199_254_740_992.0);
    }

    #[test]
    fn the_one_goes_that_was_not_used_for_longest_and_that_nobody_holds() {
        let mut table = Shared::new();
        for key in ["a", "b", "a", "c"] {
            entry(&mut table, key, 0.0);
        }
        assert!(table.known("b", 0.0).is_none() && table.known("a", 0.0).is_some());
        let (a, c) = (entry(&mut table, "a", 0.0), entry(&mut table, "c", 0.0));
        entry(&mut table, "d", 0.0);
        // Both are held: there is one more than are kept.
        assert_eq!(table.entries.len(), 3);
        drop(c);
        entry(&mut table, "e", 0.0);
        assert!(table.known("a", 0.0).is_some() && table.known("c", 0.0).is_none());
        // Whoever holds one for so long was cancelled.
        entry(&mut table, "f", 60_000.0);
        assert!(table.known("a", 60_000.0).is_none());
        drop(a);
    }

    #[test]
    fn one_that_is_being_fetched_goes_last() {
        let mut table = Shared::new();
        entry(&mut table, "a", 0.0).take(0.0);
        entry(&mut table, "b", 0.0);
        entry(&mut table, "c", 0.0);
        assert!(table.known("a", 0.0).is_some() && table.known("b", 0.0).is_none());
    }

    #[test]
    fn entries_are_over_some_time_after_they_changed() {
        let mut table = Shared::new();
        let add =
            |table: &mut Shared, key: &str, now| table.entry(&SHORT, None, &|| key.into(), now);
        let held = add(&mut table, "a", 0.0);
        held.values.set(7);
        assert!(table.known("a", 99_999.0).is_some());
        held.change(50_000.0);
        assert!(table.known("a", 149_999.0).is_some());
        drop(held);
        add(&mut table, "b", 149_999.0);
        assert!(table.known("a", 150_000.0).is_none());
        // It is replaced, not used again, also where it has not been swept away yet.
        assert_eq!(table.entries.len(), 2);
        assert_eq!(add(&mut table, "a", 150_000.0).values.get(), 0);
        assert_eq!(table.entries.len(), 2);
        // All that are over go when another comes.
        add(&mut table, "c", 260_000.0);
        assert_eq!(table.entries.len(), 1);
    }
}
