//! Where the time of a run goes, suite by suite.

use std::fmt;
use std::time::Instant;

/// A start, to measure from.
pub struct Clock {
    start: Instant,
    computed: Option<f64>,
}

impl Clock {
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
            computed: computed(),
        }
    }

    /// Seconds since the start.
    pub fn elapsed(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    /// Seconds of processors that programs took which were started, and ended, since the start.
    fn computed(&self) -> Option<f64> {
        Some(computed()? - self.computed?)
    }
}

/// The times of the suites that ran.
#[derive(Default)]
pub struct Times {
    suites: Vec<(&'static str, f64, Option<f64>)>,
}

impl Times {
    pub fn add(&mut self, suite: &'static str, clock: &Clock) {
        self.suites.push((suite, clock.elapsed(), clock.computed()));
    }
}

/// A line for each suite and one for all. Far more time than CPU, on a machine that does nothing
/// else, is time spent waiting.
impl fmt::Display for Times {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.suites.iter().fold(
            ("all", 0.0, Some(0.0)),
            |(name, time, cpu), (_, more, more_cpu)| {
                (name, time + more, cpu.zip(*more_cpu).map(|(a, b)| a + b))
            },
        );
        for (name, time, cpu) in self.suites.iter().chain([&all]) {
            write!(formatter, "{name:<12}{time:>6.0} s")?;
            if let Some(cpu) = cpu {
                write!(formatter, ", {cpu:>6.0} s CPU")?;
            }
            writeln!(formatter)?;
        }
        Ok(())
    }
}

/// User and system time of all children that ended, where the system tells: on Linux.
fn computed() -> Option<f64> {
    of_children(&std::fs::read_to_string("/proc/self/stat").ok()?)
}

fn of_children(stat: &str) -> Option<f64> {
    /// The unit of the file, in a second, on every platform.
    const TICKS: f64 = 100.0;
    // The second field is the program's name in brackets, which may hold anything. `cutime` and
    // `cstime` are the fields 16 and 17.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(13);
    let user: f64 = times.next()?.parse().ok()?;
    let system: f64 = times.next()?.parse().ok()?;
    Some((user + system) / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_of_children_are_found_behind_any_name() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194304 10 20 0 0 11 12 150 50 20 0 1 0 99";
        assert_eq!(of_children(stat), Some(2.0));
        assert_eq!(of_children("7 (a"), None);
    }

    #[test]
    fn the_last_line_adds_up() {
        let suites = vec![("one", 61.2, Some(90.0)), ("two", 10.0, Some(0.4))];
        let text = Times { suites }.to_string();
        let last = text.lines().last().map(str::split_whitespace).unwrap();
        assert_eq!(
            last.collect::<Vec<_>>(),
            ["all", "71", "s,", "90", "s", "CPU"]
        );
    }

    #[test]
    fn without_a_system_that_tells_there_are_no_times_of_processors() {
        let suites = vec![("one", 61.2, None), ("two", 10.0, Some(0.4))];
        let text = Times { suites }.to_string();
        assert_eq!(
            text.lines().last().map(str::trim_end),
            Some("all             71 s")
        );
    }
}
