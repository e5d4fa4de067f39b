//! How fast a client may send, learnt from being refused (429): a pause first, then a steady pace
//! a little below what the service took, and slowly faster again. Times are milliseconds.

use super::retry::backoff;

/// The share of the measured rate to go on with.
const CAUTION: f64 = 0.9;
/// How the pace picks up: the share per second, for each second without a refusal. That is 5 %
/// after 10 s, 20 % after 20 s, and six times the rate after a minute.
const RECOVERY: f64 = 0.001;
/// The same per second, while the rate was measured over less than a window: of a burst, say.
const GROWTH: f64 = 0.24;
/// How slow the first refusal may make it; each further one at most doubles the time between two
/// requests. A single measurement may be far off.
const SLOW: f64 = 100.0;
/// The longest time between two requests.
const SLOWEST: f64 = 10_000.0;
/// Anything quicker is no limit.
const QUICKEST: f64 = 1.0;
/// The shortest time that a limit is taken to be about: a burst says nothing of the rate.
const WINDOW: f64 = 1_000.0;
/// A client that was silent for so long is measured anew.
const SILENCE: f64 = 1_000.0;

#[derive(Default)]
pub(crate) struct Pace {
    /// The time between two requests; 0 is no limit.
    gap: f64,
    /// Whether the gap is that of a burst, which says little.
    is_guess: bool,
    /// When the next one may go, as far as the gap is concerned.
    next: f64,
    /// When the pause ends.
    resumes: f64,
    /// When the last request went.
    sent: f64,
    /// Since when, and how many requests were taken.
    since: f64,
    taken: f64,
    /// When the last refusal came that said something new, and how many of them in a row.
    refused: f64,
    refusals: u32,
}

impl Pace {
    /// When the request after so many others may go.
    pub fn earliest(&self, others: f64) -> f64 {
        self.next.max(self.resumes) + others * self.gap
    }

    /// The time between two requests.
    pub fn gap(&self) -> f64 {
        self.gap
    }

    /// How many requests the service took since the last pause, or silence.
    pub fn taken(&self) -> f64 {
        self.taken
    }

    /// How long ago the last refusal or its pause was.
    pub fn quiet(&self, now: f64) -> f64 {
        now - self.refused.max(self.resumes)
    }

    /// How long nothing goes.
    pub fn paused(&self, now: f64) -> f64 {
        self.resumes - now
    }

    /// A request goes.
    pub fn send(&mut self, now: f64) {
        if now - self.sent > SILENCE.max(self.gap * 2.0) {
            self.since = now;
            self.taken = 0.0;
        }
        self.sent = now;
        // A timer that rang late is made up for, by one request at most.
        self.next = self.next.max(now - self.gap) + self.gap;
    }

    /// The service took a request that went at `sent`.
    pub fn accept(&mut self, sent: f64, now: f64) {
        if sent >= self.since {
            self.taken += 1.0;
        }
        if sent > self.refused {
            self.refusals = 0;
        }
        let quiet = self.quiet(now).max(0.0) / 1000.0;
        let growth = match self.is_guess {
            true => GROWTH,
            false => RECOVERY * quiet,
        };
        let share = (self.gap / 1000.0 * growth).min(0.5);
        self.gap -= self.gap * share;
        if self.gap < QUICKEST {
            self.gap = 0.0;
        }
    }

    /// The service refused a request that went at `sent`, and asks for a pause or not: then
    /// it is a share of the backoff. Gives the end of the pause.
    pub fn refuse(&mut self, sent: f64, asked: Option<f64>, share: f64, now: f64) -> f64 {
        // The others that were under way say the same once more.
        if sent <= self.refused {
            self.resumes = self.resumes.max(now + asked.unwrap_or_default());
            return self.resumes;
        }
        // Whoever asks for no pause at all has no limit in mind.
        if asked == Some(0.0) {
            return now;
        }
        self.refused = now;
        self.refusals = self.refusals.saturating_add(1);
        self.resumes = now + asked.unwrap_or_else(|| backoff(self.refusals) * share);
        // A short pause is often a guess, or rounded up.
        let span = match self.resumes - now <= WINDOW {
            true => now - self.since,
            false => self.resumes - self.since,
        };
        let is_first = self.gap == 0.0;
        let slowest = (self.gap * 2.0).clamp(SLOW, SLOWEST);
        let grew = core::mem::take(&mut self.is_guess);
        self.gap = if self.taken > 0.0 && grew {
            // It was let grow until it was too fast.
            self.gap / CAUTION / CAUTION
        } else if self.taken > 0.0 && (is_first || span >= WINDOW) {
            // A pause of a second is a window, and what was taken before it that of a window.
            self.is_guess = span < WINDOW && asked.is_none_or(|asked| asked < WINDOW);
            span.max(WINDOW) / self.taken / CAUTION
        } else if self.taken > 0.0 || self.refusals > 2 {
            // Too little has happened since for a measurement.
            self.gap / CAUTION
        } else {
            // It has not opened again yet; that says nothing of the rate.
            self.gap
        };
        self.gap = self.gap.min(slowest);
        self.since = self.resumes;
        self.taken = 0.0;
        self.next = self.resumes;
        self.resumes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_opens_late_is_not_taken_for_a_slow_one() {
        let mut pace = Pace::default();
        for request in 0..100 {
            let sent = f64::from(request) * 5.0;
            pace.send(sent);
            pace.accept(sent, sent + 10.0);
        }
        assert_eq!(pace.refuse(500.0, None, 1.0, 510.0), 1_010.0);
        let gap = pace.gap();
        // One answer is late, and the next request is refused as well.
        pace.accept(495.0, 1_011.0);
        pace.send(1_010.0);
        assert_eq!(pace.refuse(1_010.5, None, 1.0, 1_015.0), 2_015.0);
        assert!(pace.gap() <= gap * 2.0, "{gap}, then {}", pace.gap());
    }
}
