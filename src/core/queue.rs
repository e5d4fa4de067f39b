//! Who may send next: so many at once, first come, first served, at the pace that the service
//! takes.
//!
//! There is one for each client with a limit of its own, and one for each set of credentials that the
//! service has refused for the number of requests.
//!
//! Nobody is woken: a call looks again when a timer of its own rings, since Workers cancel a
//! request that waits on another one. The further back it stands, the later it looks.
//! Times are milliseconds.

use super::pace::Pace;

/// A call that is so late to look again has been cancelled. Should it look after all, it gets its
/// place back.
const OVERDUE: f64 = 2_000.0;
/// How many of the first in line look often, and how often: what they sleep is lost to all.
const NEAR: f64 = 32.0;
const OFTEN: f64 = 4.0;
/// How late the others look again at most.
const LATEST: f64 = 2_000.0;
/// The time between two calls while nobody knows better.
const SPACING: f64 = 4.0;
/// The share of the time until its turn after which a call looks again.
const SHARE: f64 = 0.25;

/// How many go at once where nobody set a limit, until the pace of the service is known: as many more
/// as it has taken since.
const BURST: f64 = 16.0;

/// What calls know of each other.
pub(crate) struct Queue {
    /// How many may be under way at once.
    limit: f64,
    /// Those who wait, by their tickets.
    waiting: Vec<Waiting>,
    /// Those under way.
    places: Vec<Place>,
    /// The ticket of the last comer.
    last: f64,
    /// When the last one was let go, and the time between two while others waited, on average.
    went: f64,
    spacing: f64,
    pace: Pace,
    taken: f64,
}

struct Waiting {
    ticket: f64,
    looks: f64,
}

struct Place {
    ticket: f64,
    /// When the place is free, whatever became of the call.
    until: f64,
}

impl Queue {
    pub fn new(limit: f64) -> Self {
        Queue {
            limit,
            waiting: Vec::new(),
            places: Vec::new(),
            last: 0.0,
            went: 0.0,
            spacing: SPACING,
            pace: Pace::default(),
            taken: 0.0,
        }
    }

    /// A ticket for a call, which keeps it when it is repeated.
    pub fn ticket(&mut self) -> f64 {
        self.last += 1.0;
        self.last
    }

    /// Takes the place of a call whose turn it is, for `lease` at most. Else, the time until it
    /// should look again.
    pub fn look(&mut self, ticket: f64, lease: f64, now: f64) -> Option<f64> {
        while self
            .waiting
            .first()
            .is_some_and(|first| first.ticket != ticket && first.looks + OVERDUE < now)
        {
            self.waiting.remove(0);
        }
        self.places.retain(|place| place.until > now);

        let position = self.waiting.partition_point(|w| w.ticket < ticket);
        let ahead = position as f64;
        let room = self.limit() - self.places.len() as f64;
        let waits = self
            .waiting
            .get(position)
            .is_some_and(|w| w.ticket == ticket);
        let earliest = self.pace.earliest(ahead);
        // There is room for those ahead as well, who only have not looked yet.
        if ahead < room && earliest <= now {
            if waits {
                self.waiting.remove(position);
                self.tidy();
                // Only then was there no room before.
                self.spacing += ((now - self.went).min(LATEST) - self.spacing) / 8.0;
            }
            self.went = now;
            self.pace.send(now);
            self.places.push(Place {
                ticket,
                until: now + lease,
            });
            return None;
        }
        let near = NEAR.min(self.limit() * 2.0);
        let by_pace = earliest - now;
        let wait = match ahead < near {
            // Not `clamp`: it brings 10 KB of formatting along.
            true => by_pace.min(self.pace.gap()).max(OFTEN),
            false => ((ahead - near) * self.spacing * SHARE)
                .max(by_pace)
                .clamp(OFTEN, LATEST),
        };
        let wait = wait.max(self.pace.paused(now));
        let looks = now + wait;
        match self.waiting.get_mut(position) {
            Some(waiting) if waits => waiting.looks = looks,
            _ => self.waiting.insert(position, Waiting { ticket, looks }),
        }
        Some(wait)
    }

    /// How many may be under way at once, as things are.
    fn limit(&self) -> f64 {
        match self.limit.is_finite() || self.pace.gap() > 0.0 {
            true => self.limit,
            false => BURST + self.pace.taken(),
        }
    }

    /// How long it will be at least until the turn of a call, at the pace of the service.
    pub fn expected(&self, ticket: f64, now: f64) -> f64 {
        let ahead = self.waiting.partition_point(|w| w.ticket < ticket);
        self.pace.earliest(ahead as f64) - now
    }

    /// How many requests the service has taken.
    pub fn taken(&self) -> f64 {
        self.taken
    }

    /// A call is still under way.
    pub fn keep(&mut self, ticket: f64, until: f64) {
        for place in &mut self.places {
            if place.ticket == ticket {
                place.until = until;
            }
        }
    }

    /// A call's request, which went at `sent`, was answered or came to nothing.
    pub fn done(&mut self, ticket: f64, sent: f64, now: f64) {
        self.leave(ticket);
        self.taken += 1.0;
        self.pace.accept(sent, now);
    }

    /// A call, whose request went at `sent`, was told to come back later. Gives the end of the pause,
    /// which is for all. `chance` is a number from 0 to 1.
    pub fn refused(
        &mut self,
        ticket: f64,
        sent: f64,
        asked: Option<f64>,
        chance: f64,
        now: f64,
    ) -> f64 {
        self.leave(ticket);
        // Where others wait there is one queue, and its first in line goes alone; one call by itself
        // has others like it elsewhere.
        let is_alone = self.waiting.is_empty() && self.places.is_empty();
        let jitter = if is_alone { chance } else { 1.0 };
        self.pace.refuse(sent, asked, jitter, now)
    }

    /// A call is over.
    pub fn leave(&mut self, ticket: f64) {
        self.waiting.retain(|waiting| waiting.ticket != ticket);
        self.tidy();
        self.places.retain(|place| place.ticket != ticket);
    }

    /// Memory that a crowd needed is given back when it has gone.
    fn tidy(&mut self) {
        if self.waiting.is_empty() {
            self.waiting = Vec::new();
        }
    }

    /// Whether the service has refused nothing for so long.
    pub fn is_quiet(&self, milliseconds: f64, now: f64) -> bool {
        self.pace.quiet(now) >= milliseconds
    }

    /// Whether nobody is under way or waits.
    pub fn is_idle(&self, now: f64) -> bool {
        self.places.iter().all(|place| place.until <= now)
            && self.waiting.iter().all(|w| w.looks + OVERDUE < now)
    }
}

#[cfg(test)]
mod tests;
