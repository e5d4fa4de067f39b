//! Schedules of many callers over the machines of the core, each from a seed: what holds for all of
//! them, and that what would be wrong is seen.
//!
//! `KINDE_EDGE_SCHEDULES=1000` runs fewer of them, `KINDE_EDGE_SEED=42` the one that failed; with
//! `--nocapture`, the table of what came to calls where is printed.

mod world;

use std::collections::BTreeMap;

use world::{Outcome, World};

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It waits for its turn.
    Queue,
    /// It waits for a token that another one fetches.
    Token,
    /// It fetches a token.
    Fetch,
    Send,
    /// It waits to be sent again.
    Backoff,
}

/// What comes to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    Done,
    /// Its token is not taken (401).
    NoToken,
    /// There are too many (429).
    TooMany,
    /// 500, 503.
    Refused,
    /// No answer came.
    Lost,
    /// Its deadline has passed, or would.
    Late,
    Ring,
    /// It says that it is still under way.
    Beat,
    /// Its caller lets go of it.
    Drop,
    /// The runtime cancels it without a word.
    Vanish,
}

/// What the simulated driver may do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// A lease is not given back by one who fails or is dropped.
    LeaseKept,
    /// Who waits for an entry, or fetches, does not hold it.
    EntryDropped,
    /// A token is renewed at every refusal.
    RenewedTwice,
    /// Who is dropped keeps its place in the queue.
    PlaceKept,
    /// A POST is repeated after a lost connection.
    PostRepeated,
}

/// The pairs that can be, and no others.
const PAIRS: [(Phase, &[Event]); 5] = {
    use Event::*;
    [
        (Phase::Queue, &[Late, Ring, Drop, Vanish]),
        (Phase::Token, &[Late, Ring, Beat, Drop, Vanish]),
        (
            Phase::Fetch,
            &[Done, Refused, Lost, Late, Beat, Drop, Vanish],
        ),
        (
            Phase::Send,
            &[
                Done, NoToken, TooMany, Refused, Lost, Late, Beat, Drop, Vanish,
            ],
        ),
        (Phase::Backoff, &[Ring, Drop, Vanish]),
    ]
};

/// How often each pair came.
#[derive(Default)]
pub struct Table(BTreeMap<(Phase, Event), u64>);

impl Table {
    pub fn count(&mut self, phase: Phase, event: Event) {
        *self.0.entry((phase, event)).or_default() += 1;
    }

    fn print(&self) {
        for ((phase, event), count) in &self.0 {
            println!(
                "{:>9} {:<8} {count:>10}",
                format!("{phase:?}"),
                format!("{event:?}")
            );
        }
    }

    /// Fails if a pair is rarer than one in so many schedules, or is none that can be.
    fn check(&self, schedules: u64) {
        for (phase, events) in PAIRS {
            for event in events {
                let count = self.0.get(&(phase, *event)).copied().unwrap_or_default();
                let least = schedules / 400;
                assert!(count > least, "{phase:?} {event:?}: {count} in {schedules}");
            }
        }
        for (phase, event) in self.0.keys() {
            let is_known = PAIRS
                .iter()
                .any(|(p, events)| p == phase && events.contains(event));
            assert!(
                is_known,
                "{phase:?} {event:?} is not among the pairs that can be"
            );
        }
    }
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("a number"))
}

fn run(seed: u64, bug: Option<Bug>, table: &mut Table) -> Outcome {
    World::new(seed, bug, table).run()
}

#[test]
fn schedules() {
    let mut table = Table::default();
    if let Some(seed) = number("KINDE_EDGE_SEED") {
        let outcome = run(seed, None, &mut table);
        table.print();
        assert_eq!(outcome.wrong, None, "seed {seed}");
        return;
    }
    let schedules = number("KINDE_EDGE_SCHEDULES").unwrap_or(100_000);
    let (mut least, mut faults, mut cancellations) = (u32::MAX, 0_u64, 0_u64);
    let (mut events, mut calls, mut tokens) = (0_u64, 0_u64, 0_u64);
    for seed in 0..schedules {
        let all = run(seed, None, &mut table);
        if let Some(wrong) = all.wrong {
            panic!("{wrong}; again with KINDE_EDGE_SEED={seed}");
        }
        least = least.min(all.events);
        faults += u64::from(all.faults);
        cancellations += u64::from(all.cancellations);
        events += u64::from(all.events);
        calls += u64::from(all.calls);
        tokens += u64::from(all.tokens);
    }
    table.print();
    let mean = |sum: u64| sum as f64 / schedules as f64;
    println!(
        "{schedules} schedules, of each: {:.0} events, {:.1} calls, {:.1} tokens, {:.2} faults, {:.2} cancellations",
        mean(events),
        mean(calls),
        mean(tokens),
        mean(faults),
        mean(cancellations),
    );
    assert!(least >= 200, "a schedule of {least} events");
    assert!(mean(faults) >= 1.0 && mean(cancellations) >= 1.0);
    table.check(schedules);
}

/// In how many schedules a bug is seen, and as what.
fn found(bug: Bug, as_what: &[&str]) {
    let mut table = Table::default();
    let mut first = None;
    let mut count = 0;
    const SCHEDULES: u64 = 500;
    for seed in 0..SCHEDULES {
        if let Some(wrong) = run(seed, Some(bug), &mut table).wrong {
            let is_it = as_what.iter().any(|what| wrong.contains(what));
            assert!(is_it, "{bug:?}, seed {seed}: {wrong}");
            first = first.or(Some(seed));
            count += 1;
        }
    }
    println!("{bug:?}: in {count} of {SCHEDULES} schedules, first with seed {first:?}");
    assert!(count > SCHEDULES / 50, "{bug:?}: in {count} of {SCHEDULES}");
}

#[test]
fn a_lease_that_is_not_given_back_is_found() {
    found(Bug::LeaseKept, &["a lease is kept by nobody"]);
}

#[test]
fn an_entry_that_is_dropped_while_held_is_found() {
    found(
        Bug::EntryDropped,
        &[
            "an entry was dropped that a call holds",
            "a token was asked for before the lease of one who vanished ran out",
        ],
    );
}

#[test]
fn a_token_that_is_renewed_twice_is_found() {
    found(Bug::RenewedTwice, &["renewed twice for one call"]);
}

#[test]
fn a_place_that_is_kept_by_the_dropped_is_found() {
    found(Bug::PlaceKept, &["a place is kept by nobody"]);
}

#[test]
fn a_post_that_is_repeated_is_found() {
    found(Bug::PostRepeated, &["a POST was repeated"]);
}
