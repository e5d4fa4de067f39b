//! Callers in two isolates, a service with faults, and a clock of our own. The callers do what the driver
//! does (`src/client.rs`, `turn.rs`, `auth.rs`), over the same machines: queue, pace, lease, retry, token.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;

use super::{Bug, Event, Phase, Table};
use crate::core::lease::{self, Look, Next, Rules, Waiter};
use crate::core::queue::Queue;
use crate::core::retry::{Attempted, Failure};
use crate::core::token::{margin, usable};

/// How long a place in the queue is kept without a beat, and how often those under way beat.
const PLACE: f64 = 5_000.0;
const BEAT: f64 = 1_000.0;
/// How long one attempt may take.
const TIMEOUT: f64 = 30_000.0;
/// How often a refusal is forgiven while the service takes others.
const PATIENCE: u32 = 10;
const RETRIES: f64 = 2.0;

/// Fewer entries than there are credentials: those that nobody holds are dropped for others.
static TOKENS: Rules = Rules {
    lease: 5_000.0,
    kept: 2,
    keep: f64::INFINITY,
};
const CREDENTIALS: [&str; 3] = ["a", "b", "c"];

/// A generator of numbers that is the same everywhere (splitmix64).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.share() * (high - low)
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.next().is_multiple_of(count)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }
}

type Entry = lease::Entry<Cell<u32>, Failure>;

struct Isolate {
    tokens: lease::Table<Cell<u32>, Failure>,
    queue: Queue,
    /// When the last thing is free that a caller held whom the runtime cancelled without a word.
    lost_until: f64,
    /// What is known of the token of each credentials.
    known: [Known; CREDENTIALS.len()],
}

/// What the service, and whoever looks on, knows of a token: not the machines.
#[derive(Default)]
struct Known {
    /// The request under way: whose, since when.
    asked: Option<(usize, u32, f64)>,
    /// Until when there is no need of a new one.
    fresh: f64,
    /// A renewal ahead of time has failed: there is no other one while the old token does and before its
    /// lease has run out.
    quiet_until: f64,
    runs_out: f64,
    requests: u32,
    /// How many tokens came, and how many requests brought none, or that too late.
    lifetimes: u32,
    excused: u32,
}

impl Known {
    /// Whether the request under way is of this call.
    fn was_asked_by(&self, caller: usize, number: u32) -> bool {
        self.asked
            .is_some_and(|(by, call, _)| (by, call) == (caller, number))
    }
}

struct Caller {
    isolate: usize,
    credentials: usize,
    /// The number of its call: what is meant for another one comes too late.
    number: u32,
    call: Option<Call>,
}

struct Call {
    phase: Phase,
    is_post: bool,
    ends: f64,
    ticket: f64,
    has_place: bool,
    entry: Option<Rc<Entry>>,
    waiter: Option<Waiter>,
    /// Since when it may fetch.
    lease: f64,
    token: u32,
    failures: u32,
    renewed: bool,
    forgiven: u32,
    taken: f64,
    sent: f64,
    sends: u32,
    /// What may have been done already: a request whose answer never came.
    is_unknown: bool,
    refused_for_token: u32,
}

/// What comes to a caller.
#[derive(Clone, Copy)]
enum Comes {
    Start,
    Ring,
    Beat,
    /// Of a request for a token.
    Token(Result<f64, Failure>),
    Answer(Result<(), Failure>),
    /// Its caller lets go of it: everything is given back.
    Drop,
    /// The runtime cancels it: nothing runs any more, and nothing is given back.
    Vanish,
}

struct Due {
    at: (u64, u64),
    caller: usize,
    number: u32,
    comes: Comes,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}
impl Eq for Due {}
impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

/// What a schedule came to.
#[derive(Default)]
pub struct Outcome {
    pub events: u32,
    pub faults: u32,
    pub cancellations: u32,
    pub calls: u32,
    pub tokens: u32,
    /// What must not be, in words.
    pub wrong: Option<String>,
}

pub struct World<'a> {
    random: Random,
    bug: Option<Bug>,
    now: f64,
    order: u64,
    due: BinaryHeap<Reverse<Due>>,
    isolates: [Isolate; 2],
    callers: Vec<Caller>,
    /// For each credentials: the tokens up to this number are not taken any more, and until when none is.
    revoked: [u32; CREDENTIALS.len()],
    locked: [f64; CREDENTIALS.len()],
    last_token: u32,
    /// When the service takes requests again.
    full_until: f64,
    outcome: Outcome,
    table: &'a mut Table,
}

/// The fewest events of a schedule: no call begins afterwards.
const EVENTS: u32 = 200;
/// More than any schedule has that ends.
const ENDLESS: u32 = 20_000;

impl<'a> World<'a> {
    pub fn new(seed: u64, bug: Option<Bug>, table: &'a mut Table) -> Self {
        let mut random = Random(seed);
        let limit = [f64::INFINITY, 2.0, 4.0][random.below(3)];
        let isolate = || Isolate {
            tokens: lease::Table::new(),
            queue: Queue::new(limit),
            lost_until: 0.0,
            known: Default::default(),
        };
        let callers = 8 + random.below(5);
        let mut world = World {
            random,
            bug,
            now: 1_000.0,
            order: 0,
            due: BinaryHeap::new(),
            isolates: [isolate(), isolate()],
            callers: Vec::new(),
            revoked: [0; CREDENTIALS.len()],
            locked: [0.0; CREDENTIALS.len()],
            last_token: 0,
            full_until: 0.0,
            outcome: Outcome::default(),
            table,
        };
        for index in 0..callers {
            world.callers.push(Caller {
                isolate: index % 2,
                credentials: world.random.below(CREDENTIALS.len()),
                number: 0,
                call: None,
            });
            let wait = world.random.between(0.0, 50.0);
            world.plan(index, wait, Comes::Start);
        }
        world
    }

    /// Until nothing is to come any more.
    pub fn run(mut self) -> Outcome {
        while let Some(Reverse(due)) = self.due.pop() {
            self.now = due.at.0 as f64 / 1_000.0;
            let caller = &self.callers[due.caller];
            let is_due = match due.comes {
                Comes::Start => caller.call.is_none(),
                _ => caller.call.is_some() && caller.number == due.number,
            };
            if is_due {
                self.outcome.events += 1;
                self.come(due.caller, due.comes);
            }
            if self.outcome.events > ENDLESS {
                self.wrong("the calls have no end");
            }
            if self.outcome.wrong.is_some() {
                return self.outcome;
            }
        }
        self.end();
        self.outcome
    }

    fn wrong(&mut self, what: &str) {
        if self.outcome.wrong.is_none() {
            self.outcome.wrong = Some(format!("at {:.3} ms: {what}", self.now));
        }
    }

    fn plan(&mut self, caller: usize, wait: f64, comes: Comes) {
        self.order += 1;
        let at = ((self.now + wait.max(0.0)) * 1_000.0).ceil() as u64;
        let number = self.callers[caller].number;
        let at = (at, self.order);
        self.due.push(Reverse(Due {
            at,
            caller,
            number,
            comes,
        }));
    }

    fn call(&mut self, caller: usize) -> &mut Call {
        self.callers[caller]
            .call
            .as_mut()
            .expect("a call under way")
    }

    fn isolate(&mut self, caller: usize) -> &mut Isolate {
        let isolate = self.callers[caller].isolate;
        &mut self.isolates[isolate]
    }

    fn known(&mut self, caller: usize) -> &mut Known {
        let credentials = self.callers[caller].credentials;
        &mut self.isolate(caller).known[credentials]
    }

    fn saw(&mut self, caller: usize, event: Event) {
        let phase = self.call(caller).phase;
        self.table.count(phase, event);
    }

    fn come(&mut self, caller: usize, comes: Comes) {
        match comes {
            Comes::Start => self.start(caller),
            Comes::Ring => self.ring(caller),
            Comes::Beat => self.beat(caller),
            Comes::Token(result) => self.token_came(caller, result),
            Comes::Answer(result) => self.answered(caller, result),
            Comes::Drop => {
                self.saw(caller, Event::Drop);
                self.outcome.cancellations += 1;
                self.let_go(caller);
                self.settle(caller);
            }
            Comes::Vanish => self.vanish(caller),
        }
    }

    // The way of a call.

    fn start(&mut self, caller: usize) {
        if self.outcome.events >= EVENTS {
            return;
        }
        self.outcome.calls += 1;
        let ticket = self.isolate(caller).queue.ticket();
        let ends = match self.random.one_in(4) {
            true => self.now + self.random.between(5.0, 8_000.0),
            false => f64::INFINITY,
        };
        self.callers[caller].number += 1;
        self.callers[caller].call = Some(Call {
            phase: Phase::Queue,
            is_post: self.random.one_in(2),
            ends,
            ticket,
            has_place: false,
            entry: None,
            waiter: None,
            lease: 0.0,
            token: 0,
            failures: 0,
            renewed: false,
            forgiven: 0,
            taken: -1.0,
            sent: 0.0,
            sends: 0,
            is_unknown: false,
            refused_for_token: 0,
        });
        if self.random.one_in(12) {
            // Soon or late, so that it meets every phase.
            let wait = 10_f64.powf(self.random.between(-0.5, 3.7));
            let comes = match self.random.one_in(2) {
                true => Comes::Drop,
                false => Comes::Vanish,
            };
            self.plan(caller, wait, comes);
        }
        self.queue(caller);
    }

    fn left(&mut self, caller: usize) -> f64 {
        self.call(caller).ends - self.now
    }

    /// Sleeps, for no longer than the call may.
    fn sleep(&mut self, caller: usize, wait: f64) {
        let wait = wait.min(self.left(caller));
        self.plan(caller, wait, Comes::Ring);
    }

    fn ring(&mut self, caller: usize) {
        if self.left(caller) <= 0.0 {
            self.saw(caller, Event::Late);
            return self.fail(caller);
        }
        self.saw(caller, Event::Ring);
        match self.call(caller).phase {
            Phase::Queue => self.queue(caller),
            Phase::Token => self.token(caller),
            Phase::Backoff => {
                self.call(caller).phase = Phase::Queue;
                self.queue(caller);
            }
            Phase::Fetch | Phase::Send => self.wrong("a timer of nobody's rang"),
        }
    }

    fn queue(&mut self, caller: usize) {
        let now = self.now;
        let ticket = self.call(caller).ticket;
        let queue = &mut self.isolate(caller).queue;
        let wait = queue.look(ticket, PLACE, now);
        let expected = queue.expected(ticket, now);
        match wait {
            Some(_) if expected >= self.left(caller) => {
                self.saw(caller, Event::Late);
                self.fail(caller);
            }
            Some(wait) => self.sleep(caller, wait),
            None => {
                self.call(caller).has_place = true;
                self.plan(caller, BEAT, Comes::Beat);
                self.call(caller).waiter = None;
                self.call(caller).phase = Phase::Token;
                self.token(caller);
            }
        }
    }

    fn beat(&mut self, caller: usize) {
        let now = self.now;
        let call = self.call(caller);
        let ticket = call.ticket;
        if call.has_place {
            self.saw(caller, Event::Beat);
            self.isolate(caller).queue.keep(ticket, now + PLACE);
            self.plan(caller, BEAT, Comes::Beat);
        }
    }

    /// The entry of the caller's credentials.
    fn entry(&mut self, caller: usize) -> Rc<Entry> {
        if let Some(entry) = &self.call(caller).entry {
            return entry.clone();
        }
        let now = self.now;
        let (index, credentials) = (
            self.callers[caller].isolate,
            self.callers[caller].credentials,
        );
        let key = || CREDENTIALS[credentials].to_owned();
        let isolate = &mut self.isolates[index];
        let is_there = isolate
            .tokens
            .known(CREDENTIALS[credentials], now)
            .is_some();
        let entry = isolate.tokens.entry(&TOKENS, None, &key, now);
        let known = &mut isolate.known[credentials];
        if !is_there && known.requests > 0 {
            let is_needed = self.callers.iter().any(|other| {
                let call = other.call.as_ref();
                let holds = call.is_some_and(|call| {
                    call.phase == Phase::Fetch
                        || call.phase == Phase::Token && call.waiter.is_some()
                });
                holds && other.isolate == index && other.credentials == credentials
            });
            if is_needed {
                self.wrong("an entry was dropped that a call holds");
            } else {
                // There was no room for it: its token is forgotten.
                known.fresh = 0.0;
                known.quiet_until = 0.0;
            }
        }
        entry
    }

    fn token(&mut self, caller: usize) {
        let now = self.now;
        let entry = self.entry(caller);
        let waiter = self.call(caller).waiter.take();
        let waiter = waiter.unwrap_or_else(|| entry.waiter(now));
        let next = entry.next(&waiter, &|| Look::Use, now);
        let keeps = self.bug != Some(Bug::EntryDropped);
        let call = self.call(caller);
        call.waiter = Some(waiter);
        call.entry = keeps.then(|| entry.clone());
        match next {
            Next::Use => {
                call.token = entry.values.get();
                self.send(caller);
            }
            Next::Fail(failure) => self.failed(caller, failure, true),
            Next::Fetch(taken) => {
                self.call(caller).lease = taken;
                self.fetch(caller);
            }
            Next::Wait(wait) => self.sleep(caller, wait),
        }
    }

    fn fetch(&mut self, caller: usize) {
        let now = self.now;
        self.call(caller).phase = Phase::Fetch;
        let number = self.callers[caller].number;
        self.outcome.tokens += 1;
        let known = self.known(caller);
        known.requests += 1;
        let before = known.asked.replace((caller, number, now));
        let (fresh, quiet_until) = (known.fresh, known.quiet_until);
        if let Some((other, its_number, since)) = before {
            // One that was cancelled, or is late: its lease has run out.
            self.known(caller).excused += 1;
            let is_alive =
                self.callers[other].number == its_number && self.callers[other].call.is_some();
            if now - since < TOKENS.lease {
                self.wrong(match is_alive {
                    true => "a token was asked for while another call asked for it",
                    false => "a token was asked for before the lease of one who vanished ran out",
                });
            }
        }
        if now < fresh {
            self.wrong("a token was asked for that there is");
        }
        if now < quiet_until {
            self.wrong("a renewal that had failed was tried again too soon");
        }
        let mut latency = self.random.between(5.0, 60.0);
        let result = if self.random.one_in(20) {
            self.outcome.faults += 1;
            let status = [401, 500, 503][self.random.below(3)];
            match self.random.one_in(3) {
                true => Err(Failure::Unanswered),
                false => Err(Failure::Answered {
                    status,
                    asked: None,
                }),
            }
        } else {
            Ok(self.random.between(2.0, 40.0))
        };
        if self.random.one_in(40) {
            // Later than the lease.
            self.outcome.faults += 1;
            latency = self.random.between(4_000.0, 9_000.0);
        }
        let limit = TIMEOUT.min(self.left(caller));
        match latency < limit {
            true => self.plan(caller, latency, Comes::Token(result)),
            false => self.plan(caller, limit, Comes::Token(Err(Failure::Unanswered))),
        }
    }

    fn token_came(&mut self, caller: usize, result: Result<f64, Failure>) {
        let now = self.now;
        let entry = self.entry(caller);
        let number = self.callers[caller].number;
        let lease = self.call(caller).lease;
        let known = self.known(caller);
        if known.was_asked_by(caller, number) {
            known.asked = None;
        } else {
            // Another one has asked since, for whom this one was excused.
            known.excused -= 1;
        }
        match result {
            Ok(lifetime) => {
                self.saw(caller, Event::Done);
                self.last_token += 1;
                let token = self.last_token;
                let expires = now + lifetime * 1_000.0;
                entry.values.set(token);
                entry.fresh.set(expires - margin(lifetime));
                entry.usable.set(usable(expires, lifetime));
                entry.give_back(lease, false, now);
                let known = self.known(caller);
                known.lifetimes += 1;
                known.fresh = expires - margin(lifetime);
                self.call(caller).token = token;
                self.send(caller);
            }
            Err(failure) => {
                let is_late = self.left(caller) <= 0.0;
                self.saw(
                    caller,
                    match failure {
                        _ if is_late => Event::Late,
                        Failure::Unanswered => Event::Lost,
                        _ => Event::Refused,
                    },
                );
                self.known(caller).excused += 1;
                if entry.will_do(is_late, now) {
                    entry.give_back(lease, true, now);
                    let runs_out = self.end_of_lease(&entry);
                    let known = self.known(caller);
                    known.runs_out = runs_out;
                    known.quiet_until = runs_out.min(entry.usable.get());
                    self.call(caller).token = entry.values.get();
                    return self.send(caller);
                }
                entry.fail(&failure, is_late);
                if self.bug != Some(Bug::LeaseKept) {
                    entry.give_back(lease, false, now);
                }
                self.failed(caller, failure, true);
            }
        }
    }

    /// When a lease ends that runs out by itself.
    fn end_of_lease(&self, entry: &Entry) -> f64 {
        let (mut low, mut high) = (self.now, self.now + TOKENS.lease);
        while high - low > 1.0 {
            let middle = (low + high) / 2.0;
            match entry.is_leased(middle) {
                true => low = middle,
                false => high = middle,
            }
        }
        high
    }

    fn send(&mut self, caller: usize) {
        let now = self.now;
        let credentials = self.callers[caller].credentials;
        let call = self.call(caller);
        call.phase = Phase::Send;
        call.entry = None;
        call.waiter = None;
        call.sent = now;
        call.sends += 1;
        let (token, is_repeated) = (call.token, call.is_post && call.is_unknown);
        let most = 2.0 + RETRIES + f64::from(call.forgiven);
        let is_too_often = f64::from(call.sends) > most;
        if is_repeated {
            self.wrong("a POST was repeated that may have been done");
        }
        if is_too_often {
            self.wrong("a request was sent more often than the rules say");
        }
        let latency = self.random.between(5.0, 120.0);
        if self.random.one_in(150) {
            self.outcome.faults += 1;
            match self.random.below(3) {
                0 => self.full_until = now + self.random.between(50.0, 1_500.0),
                1 => self.revoked[credentials] = self.last_token,
                // Also new tokens.
                _ => self.locked[credentials] = now + self.random.between(50.0, 3_000.0),
            }
        }
        let result = if token <= self.revoked[credentials] || now < self.locked[credentials] {
            Err(answered(401))
        } else if now < self.full_until {
            let asked = match self.random.below(3) {
                0 => None,
                1 => Some(self.full_until - now),
                _ => Some(((self.full_until - now) / 1_000.0).ceil() * 1_000.0),
            };
            Err(Failure::Answered { status: 429, asked })
        } else if self.random.one_in(60) {
            self.outcome.faults += 1;
            match self.random.below(2) {
                0 => Err(Failure::Unanswered),
                _ => Err(answered(503)),
            }
        } else {
            Ok(())
        };
        let limit = TIMEOUT.min(self.left(caller));
        match latency < limit {
            true => self.plan(caller, latency, Comes::Answer(result)),
            false => self.plan(caller, limit, Comes::Answer(Err(Failure::Unanswered))),
        }
    }

    fn answered(&mut self, caller: usize, result: Result<(), Failure>) {
        let now = self.now;
        let is_late = self.left(caller) <= 0.0;
        let call = self.call(caller);
        let (ticket, sent) = (call.ticket, call.sent);
        let failure = match result {
            Ok(()) => {
                self.saw(caller, Event::Done);
                self.isolate(caller).queue.done(ticket, sent, now);
                self.let_go(caller);
                return self.settle(caller);
            }
            Err(failure) => failure,
        };
        let (event, is_unknown) = match failure {
            _ if is_late => (Event::Late, true),
            Failure::Answered { status: 401, .. } => (Event::NoToken, false),
            Failure::Answered { status: 429, .. } => (Event::TooMany, false),
            Failure::Answered { .. } => (Event::Refused, true),
            _ => (Event::Lost, true),
        };
        self.saw(caller, event);
        self.call(caller).is_unknown |= is_unknown;
        self.failed(caller, failure, false);
    }

    /// An attempt has failed: `is_unsent` if for want of a token.
    fn failed(&mut self, caller: usize, failure: Failure, is_unsent: bool) {
        let now = self.now;
        let chance = self.random.share();
        let call = self.call(caller);
        call.entry = None;
        call.waiter = None;
        call.has_place = false;
        let (ticket, sent) = (call.ticket, call.sent);
        let mut pause = None;
        let mut is_forgiven = false;
        let queue = &mut self.isolate(caller).queue;
        if let Failure::Answered { status: 429, asked } = failure {
            pause = Some(queue.refused(ticket, sent, asked, chance, now) - now);
            let taken = queue.taken();
            let call = self.call(caller);
            let before = std::mem::replace(&mut call.taken, taken);
            is_forgiven = before >= 0.0 && taken > before && call.forgiven < PATIENCE;
            call.forgiven += u32::from(is_forgiven);
        } else {
            queue.done(ticket, sent, now);
        }
        let is_refused = matches!(failure, Failure::Answered { status: 401, .. }) && !is_unsent;
        let may_renew = !self.call(caller).renewed || self.bug == Some(Bug::RenewedTwice);
        if is_refused && may_renew {
            self.forget(caller);
            let call = self.call(caller);
            call.renewed = true;
            call.phase = Phase::Queue;
            call.refused_for_token += 1;
            if call.refused_for_token > 1 {
                self.wrong("a token that was refused was renewed twice for one call");
            }
            return self.queue(caller);
        }
        let left = self.left(caller);
        let repeats_writes =
            is_unsent || self.bug == Some(Bug::PostRepeated) && failure == Failure::Unanswered;
        let call = self.call(caller);
        call.failures += u32::from(!is_forgiven);
        let attempted = Attempted {
            method: if call.is_post { "POST" } else { "GET" },
            repeats_writes,
            once: false,
            failures: call.failures,
            retries: RETRIES,
            left,
        };
        let Some(wait) = attempted.wait(failure, pause, &mut || chance) else {
            return self.fail(caller);
        };
        if pause.is_some() {
            call.phase = Phase::Queue;
            return self.queue(caller);
        }
        call.phase = Phase::Backoff;
        self.sleep(caller, wait);
    }

    /// The service did not take this token: drops it, unless there is another one already.
    fn forget(&mut self, caller: usize) {
        let token = self.call(caller).token;
        let entry = self.entry(caller);
        if entry.values.get() == token {
            entry.fresh.set(0.0);
            entry.usable.set(0.0);
            let known = self.known(caller);
            known.fresh = 0.0;
            known.quiet_until = 0.0;
        }
    }

    fn fail(&mut self, caller: usize) {
        self.let_go(caller);
        self.settle(caller);
    }

    /// Gives everything back.
    fn let_go(&mut self, caller: usize) {
        let now = self.now;
        let number = self.callers[caller].number;
        if self.call(caller).phase == Phase::Fetch {
            let entry = self.entry(caller);
            let lease = self.call(caller).lease;
            let known = self.known(caller);
            if known.was_asked_by(caller, number) {
                known.asked = None;
                known.excused += 1;
            }
            if self.bug != Some(Bug::LeaseKept) {
                entry.give_back(lease, false, now);
            }
        }
        let ticket = self.call(caller).ticket;
        if self.bug != Some(Bug::PlaceKept) {
            self.isolate(caller).queue.leave(ticket);
        }
    }

    fn settle(&mut self, caller: usize) {
        self.callers[caller].call = None;
        let wait = match self.random.one_in(3) {
            true => self.random.between(0.0, 4_000.0),
            false => self.random.between(0.0, 20.0),
        };
        self.plan(caller, wait, Comes::Start);
    }

    fn vanish(&mut self, caller: usize) {
        self.saw(caller, Event::Vanish);
        self.outcome.cancellations += 1;
        let call = self.callers[caller].call.take();
        if let Some(call) = call {
            // Its memory is never freed.
            std::mem::forget(call.entry);
        }
        let until = self.now + PLACE.max(TOKENS.lease).max(4_000.0);
        let isolate = self.isolate(caller);
        isolate.lost_until = isolate.lost_until.max(until);
        self.settle(caller);
    }

    /// When nobody is there any more, nothing is held.
    fn end(&mut self) {
        let last = self.now;
        let mut wrong = None;
        if self.callers.iter().any(|caller| caller.call.is_some()) {
            wrong = Some("a call never settles");
        }
        for isolate in &self.isolates {
            // What was lost is free when its time is over; what was given back, at once.
            for now in [last, last + TOKENS.lease] {
                if now < isolate.lost_until {
                    continue;
                }
                if !isolate.queue.is_idle(now) {
                    wrong = Some("a place is kept by nobody");
                }
                for (credentials, known) in CREDENTIALS.iter().zip(&isolate.known) {
                    let entry = isolate.tokens.known(credentials, now);
                    let is_leased = entry.is_some_and(|entry| entry.is_leased(now));
                    if is_leased && now > known.runs_out {
                        wrong = Some("a lease is kept by nobody");
                    }
                }
            }
            for known in &isolate.known {
                let excused = known.excused + u32::from(known.asked.is_some());
                if known.requests > known.lifetimes + excused {
                    wrong = Some("more tokens were asked for than lived, failed or were dropped");
                }
            }
        }
        if let Some(wrong) = wrong {
            self.wrong(wrong);
        }
    }
}

fn answered(status: u16) -> Failure {
    Failure::Answered {
        status,
        asked: None,
    }
}
