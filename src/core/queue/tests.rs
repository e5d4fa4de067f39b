//! A client's calls against a service with limits, on a clock of our own.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test")]

use super::*;
use std::collections::BinaryHeap;

/// How long a place is kept.
const LEASE: f64 = 30_000.0;

/// What a refusal asks for, given the milliseconds until the service takes more.
type Tells = fn(f64) -> Option<f64>;

/// A service that takes so many requests in a second and says when it takes more, or not.
struct Service {
    kind: Kind,
    rate: f64,
    /// How long a request takes.
    latency: f64,
    at_once: usize,
    tells: Tells,
    under_way: usize,
    most: usize,
    recent: Vec<f64>,
    tokens: f64,
    filled: f64,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// So many from each full second to the next.
    Fixed,
    /// So many in any second.
    Sliding,
    /// So many kept for a burst, refilled steadily.
    Bucket,
}

impl Service {
    fn new(kind: Kind, rate: f64, latency: f64, tells: Tells) -> Self {
        Service {
            kind,
            rate,
            latency,
            at_once: 10,
            tells,
            under_way: 0,
            most: 0,
            recent: Vec::new(),
            tokens: rate,
            filled: 0.0,
        }
    }

    /// Takes a request, or says in how many milliseconds to come back.
    fn take(&mut self, now: f64) -> Result<(), Option<f64>> {
        self.most = self.most.max(self.under_way);
        let start = match self.kind {
            Kind::Fixed => (now / 1000.0).floor() * 1000.0,
            _ => now - 1000.0,
        };
        self.recent.retain(|time| *time >= start);
        self.tokens = (self.tokens + (now - self.filled) * self.rate / 1000.0).min(self.rate);
        self.filled = now;
        let (full, wait) = match self.kind {
            Kind::Fixed => (self.recent.len() as f64 >= self.rate, start + 1000.0 - now),
            Kind::Sliding => {
                let first = self.recent.first().copied().unwrap_or(now);
                (self.recent.len() as f64 >= self.rate, first + 1000.0 - now)
            }
            Kind::Bucket => (self.tokens < 1.0, (1.0 - self.tokens) * 1000.0 / self.rate),
        };
        if full || self.under_way > self.at_once {
            return Err((self.tells)(wait));
        }
        self.recent.push(now);
        self.tokens -= 1.0;
        Ok(())
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Look,
    Arrive,
    Answer(Option<Option<u64>>),
}

struct Outcome {
    /// The order in which the calls were done.
    order: Vec<usize>,
    requests: usize,
    refusals: usize,
    /// The most times that one call was refused.
    worst: u32,
    most: usize,
    seconds: f64,
    looks: usize,
}

/// Makes so many calls at once, of a client with a limit.
fn run(calls: usize, limit: f64, service: Service) -> Outcome {
    let mut queue = Queue::new(limit);
    let tickets = (0..calls).map(|_| queue.ticket()).collect();
    all(Some(queue), tickets, service)
}

/// Makes so many calls at once, without a limit: the first refusal makes the queue.
fn run_unlimited(calls: usize, service: Service) -> Outcome {
    all(
        None,
        vec![0.0; calls],
        Service {
            at_once: usize::MAX,
            ..service
        },
    )
}

fn all(mut queue: Option<Queue>, mut tickets: Vec<f64>, mut service: Service) -> Outcome {
    let calls = tickets.len();
    let mut refused = vec![0; calls];
    let mut sent = vec![0.0; calls];
    // Microseconds, so that they can be ordered; the soonest first.
    let at = |time: f64| core::cmp::Reverse((time * 1000.0) as u64);
    let mut events: BinaryHeap<_> = (0..calls)
        .map(|call| (at(0.0), core::cmp::Reverse(call), What::Look))
        .collect();
    let mut outcome = Outcome {
        order: Vec::new(),
        requests: 0,
        refusals: 0,
        worst: 0,
        most: 0,
        seconds: 0.0,
        looks: 0,
    };
    while let Some((time, core::cmp::Reverse(call), what)) = events.pop() {
        let now = time.0 as f64 / 1000.0;
        let next = match what {
            What::Look => {
                outcome.looks += 1;
                let wait = queue.as_mut().and_then(|queue| {
                    if tickets[call] == 0.0 {
                        tickets[call] = queue.ticket();
                    }
                    queue.look(tickets[call], LEASE, now)
                });
                match wait {
                    // Timers ring a little late.
                    Some(wait) => (now + wait.ceil() + 0.3, What::Look),
                    None => {
                        sent[call] = now;
                        outcome.requests += 1;
                        service.under_way += 1;
                        (now + service.latency / 2.0, What::Arrive)
                    }
                }
            }
            What::Arrive => {
                let answer = service.take(now).err();
                let answer = answer.map(|wait| wait.map(|wait| wait.ceil() as u64));
                (now + service.latency / 2.0, What::Answer(answer))
            }
            What::Answer(refusal) => {
                service.under_way -= 1;
                match refusal {
                    None => {
                        if let Some(queue) = &mut queue
                            && tickets[call] > 0.0
                        {
                            queue.done(tickets[call], sent[call], now);
                        }
                        outcome.order.push(call);
                        outcome.seconds = now / 1000.0;
                        continue;
                    }
                    Some(wait) => {
                        outcome.refusals += 1;
                        refused[call] += 1;
                        let queue = queue.get_or_insert_with(|| Queue::new(f64::INFINITY));
                        let asked = wait.map(|wait| wait as f64);
                        queue.refused(tickets[call], sent[call], asked, 1.0, now);
                        (now, What::Look)
                    }
                }
            }
        };
        events.push((at(next.0), core::cmp::Reverse(call), next.1));
    }
    outcome.worst = refused.into_iter().max().unwrap();
    outcome.most = service.most;
    outcome
}

/// By how many later calls the unluckiest one was overtaken.
fn overtaken(order: &[usize]) -> usize {
    let late = |(done, call): (usize, &usize)| done.saturating_sub(*call);
    order.iter().enumerate().map(late).max().unwrap()
}

const TELLS: [(&str, Tells); 3] = [
    ("milliseconds", Some),
    ("whole seconds", |wait| {
        Some((wait / 1000.0).ceil() * 1000.0)
    }),
    ("nothing", |_| None),
];

/// What many calls at once come to: hardly a refusal, everyone in turn, in good time.
fn check(kind: Kind, rate: f64, latency: f64) {
    for (told, tells) in TELLS {
        let calls = (rate * 100.0).min(5_000.0) as usize;
        let outcome = run(calls, 10.0, Service::new(kind, rate, latency, tells));
        let share = outcome.refusals as f64 / outcome.requests as f64;
        let looks = outcome.looks / calls;
        let case = format!(
            "{kind:?}, {rate} a second, {latency} ms, told {told}: {:.1} % refused, worst {}, {:.0} s, \
             {looks} looks a call, overtaken by {}",
            share * 100.0,
            outcome.worst,
            outcome.seconds,
            overtaken(&outcome.order),
        );
        assert_eq!(outcome.order.len(), calls, "{case}");
        assert!(share < 0.02, "{case}");
        assert!(outcome.worst <= 2, "{case}");
        assert!(outcome.most <= 10, "{case}");
        assert!(looks < 100, "{case}");
        assert!(overtaken(&outcome.order) <= 50, "{case}");
        // As fast as the service, or as ten at once can be.
        let ideal = (calls as f64 / rate).max(calls as f64 * latency / 10_000.0);
        assert!(outcome.seconds < ideal * 1.7, "{case}");
    }
}

#[test]
fn many_calls_at_once_keep_to_any_limit() {
    for kind in [Kind::Fixed, Kind::Sliding, Kind::Bucket] {
        for (rate, latency) in [(10.0, 2.0), (10.0, 100.0), (50.0, 15.0), (200.0, 2.0)] {
            check(kind, rate, latency);
        }
    }
}

#[test]
fn a_queue_is_quiet_some_time_after_the_last_refusal_and_its_pause() {
    let mut queue = Queue::new(f64::INFINITY);
    let ticket = queue.ticket();
    assert_eq!(queue.look(ticket, LEASE, 0.0), None);
    assert_eq!(queue.refused(ticket, 0.0, Some(500.0), 1.0, 100.0), 600.0);
    assert!(!queue.is_quiet(60_000.0, 60_599.0) && queue.is_quiet(60_000.0, 60_600.0));
}

/// The share of the service's rate that the calls came to.
fn share(kind: Kind, rate: f64, latency: f64, tells: Tells, slow: &mut Vec<String>, least: f64) {
    let calls = rate as usize * 10;
    let outcome = run_unlimited(calls, Service::new(kind, rate, latency, tells));
    let share = calls as f64 / outcome.seconds / rate;
    let case = format!(
        "{kind:?}, {rate} a second, {latency} ms: {share:.2}, worst {}, {} refused",
        outcome.worst, outcome.refusals
    );
    assert_eq!(outcome.order.len(), calls, "{case}");
    // All but what the service takes at first, and a few.
    assert!(outcome.refusals < calls + calls / 5, "{case}");
    assert!(outcome.worst <= 3, "{case}");
    if share < least {
        slow.push(case);
    }
}

#[test]
fn calls_without_a_limit_go_on_at_the_pace_of_the_service() {
    let mut slow = Vec::new();
    for kind in [Kind::Fixed, Kind::Sliding, Kind::Bucket] {
        let [_, (_, told), (_, nothing)] = TELLS;
        share(kind, 50.0, 15.0, told, &mut slow, 0.88);
        share(kind, 50.0, 15.0, nothing, &mut slow, 0.70);
        share(kind, 50.0, 200.0, told, &mut slow, 0.65);
        share(kind, 50.0, 200.0, nothing, &mut slow, 0.70);
    }
    assert!(slow.is_empty(), "{slow:#?}");
}
