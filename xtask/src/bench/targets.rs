//! What was aimed at, and whether it was reached.

use super::record::{OURS, Record, median};
use super::report::{number, thousands};
use crate::size;

const LIMIT: &str = "hand-written fetch";
const MANAGEMENT: &str = "@kinde/management-api-js";

/// Those that, as ours does, try again, limit time and say what was wrong in errors of their own.
/// None of them looks at arguments.
const CAREFUL: [&str; 4] = ["openai", "cloudflare", "stripe", "@workos-inc/node"];

/// What Kinde's four packages took together when the target was set, in bytes of gzip.
const FOUR_TOGETHER: f64 = 123_700.0;

/// The most bytes of gzip for an operation more.
const PER_OPERATION: f64 = 60.0;

/// How much more a call may cost with twenty times as many operations: what measuring twice differs.
const CONSTANT: f64 = 1.1;

/// One thing that was aimed at.
pub struct Target {
    pub what: String,
    pub aim: String,
    pub measured: String,
    /// By how much it is missed, as a factor, if it is.
    pub missed: Option<String>,
}

impl Target {
    /// A figure that is to be at most another one.
    fn at_most(what: &str, value: f64, limit: f64) -> Self {
        let missed = (value > limit).then(|| {
            let over = number(value - limit);
            format!("{over} too much, {} times the aim", number(value / limit))
        });
        Self {
            what: what.to_owned(),
            aim: format!("at most {}", number(limit)),
            measured: number(value),
            missed,
        }
    }

    /// A figure that is to be this one.
    fn exactly(what: &str, value: f64, aim: f64) -> Self {
        Self {
            what: what.to_owned(),
            aim: thousands(aim),
            measured: thousands(value),
            missed: (value != aim).then(|| format!("{} instead of {}", number(value), number(aim))),
        }
    }

    /// A figure that is to be below all of the others.
    fn below_all(what: &str, ours: f64, whom: &str, others: &[(&str, f64)]) -> Option<Self> {
        let least = others.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
        let better: Vec<_> = others.iter().filter(|other| other.1 <= ours).collect();
        let missed = (!better.is_empty()).then(|| {
            let names: Vec<_> = better.iter().map(|(name, _)| *name).collect();
            format!(
                "{} times the least; less: {}",
                number(ours / least.1),
                names.join(", ")
            )
        });
        Some(Self {
            what: what.to_owned(),
            aim: format!("below {whom}"),
            measured: format!("{} of the least ({})", number(ours / least.1), least.0),
            missed,
        })
    }
}

/// The targets that the records say something about.
pub fn compare(records: &[Record]) -> Vec<Target> {
    let of =
        |area: &str, work: &str, peer: &str, unit: &str| median(records, area, work, peer, unit);
    let mut targets = Vec::new();
    if let Some(ours) = of("size", "all of it, gzip", OURS, "bytes") {
        let what = "what a Worker loads, bytes gzip";
        targets.push(Target::at_most(what, ours, size::GOAL as f64));
        let what = "share of Kinde's four packages together";
        targets.push(Target::at_most(what, ours / FOUR_TOGETHER, 0.2));
    }
    for work in works(records, "cold", "ms") {
        let what = format!("first request, {work}");
        let Some(ours) = of("cold", &work, OURS, "ms") else {
            continue;
        };
        targets.extend(Target::below_all(
            &what,
            ours,
            "every peer",
            &others(records, "cold", &work),
        ));
        if let Some(theirs) = of("cold", &work, MANAGEMENT, "ms") {
            let what = format!("{what}, share of {MANAGEMENT}");
            targets.push(Target::at_most(&what, ours / theirs, 0.5));
        }
    }
    for work in works(records, "call", "µs") {
        let Some(ours) = of("call", &work, OURS, "µs") else {
            continue;
        };
        let limit = match &*work {
            "small GET" => Some(1.25),
            "page of 100 users, 34 KB" => Some(1.05),
            _ => None,
        };
        if let Some((limit, theirs)) = limit.zip(of("call", &work, LIMIT, "µs")) {
            let what = format!("{work}, CPU, share of the {LIMIT}");
            targets.push(Target::at_most(&what, ours / theirs, limit));
        }
        let mut careful = others(records, "call", &work);
        careful.retain(|(peer, _)| CAREFUL.contains(peer));
        targets.extend(Target::below_all(
            &format!("{work}, CPU"),
            ours,
            "each that retries and limits time",
            &careful,
        ));
    }
    let pages = |calls| of("memory", calls, OURS, "KiB of WebAssembly");
    if let Some((early, late)) = pages("1,000 calls").zip(pages("100,000 calls")) {
        let what = "WebAssembly after 100,000 calls, share of after 1,000";
        targets.push(Target::at_most(what, late / early, 1.0));
    }
    for (work, aim) in [
        ("1 cold call", 1.0),
        ("10 cold calls at once", 1.0),
        ("1,000 cold calls at once", 1.0),
        ("10,000 calls in three lifetimes", 3.0),
    ] {
        if let Some(asked) = of("tokens", work, OURS, "token requests") {
            targets.push(Target::exactly(
                &format!("token requests, {work}"),
                asked,
                aim,
            ));
        }
    }
    targets.extend(of_growth(records));
    targets
}

fn of_growth(records: &[Record]) -> Vec<Target> {
    let of = |work: &str, peer: &str, unit: &str| median(records, "growth", work, peer, unit);
    let mut counts: Vec<(f64, &str)> = records
        .iter()
        .filter(|one| one.area == "growth" && one.work == "size, gzip")
        .filter_map(|one| {
            Some((
                one.peer.split(' ').next()?.replace(',', "").parse().ok()?,
                &*one.peer,
            ))
        })
        .collect();
    counts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (Some(first), Some(last)) = (counts.first(), counts.last()) else {
        return Vec::new();
    };
    let mut targets = Vec::new();
    let sizes = of("size, gzip", first.1, "bytes").zip(of("size, gzip", last.1, "bytes"));
    if let Some((small, large)) = sizes.filter(|_| last.0 > first.0) {
        let each = (large - small) / (last.0 - first.0);
        targets.push(Target::at_most(
            "bytes gzip for each operation more",
            each,
            PER_OPERATION,
        ));
    }
    let work = "small GET";
    if let Some((few, many)) = of(work, first.1, "µs").zip(of(work, last.1, "µs")) {
        let what = format!("a call with {} of {}", last.1, first.1);
        targets.push(Target::at_most(&what, many / few, CONSTANT));
    }
    targets
}

/// Peers that did the work; what was written by hand checks nothing and is no peer.
fn others<'a>(records: &'a [Record], area: &str, work: &str) -> Vec<(&'a str, f64)> {
    let same = records
        .iter()
        .filter(|one| one.area == area && one.work == work);
    same.filter(|one| one.unit != "bytes" && one.peer != OURS && one.peer != LIMIT)
        .filter_map(|one| Some((&*one.peer, one.median()?)))
        .collect()
}

/// The kinds of work of an area, each once.
pub fn works(records: &[Record], area: &str, unit: &str) -> Vec<String> {
    let mut works = Vec::new();
    for one in records
        .iter()
        .filter(|one| one.area == area && one.unit == unit)
    {
        if !works.contains(&one.work) {
            works.push(one.work.clone());
        }
    }
    works
}

/// A line for each, for a terminal.
pub fn plain(targets: &[Target]) -> String {
    let line = |target: &Target| {
        let verdict = target
            .missed
            .as_deref()
            .map_or("met".to_owned(), |by| format!("NOT MET: {by}"));
        format!(
            "{}: {} ({}): {verdict}\n",
            target.what, target.measured, target.aim
        )
    };
    targets.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cpu(peer: &str, value: f64) -> Record {
        Record::new("call", "small GET", peer, "µs", value)
    }

    fn verdicts(records: &[Record]) -> Vec<(String, Option<String>)> {
        let targets = compare(records).into_iter();
        targets.map(|target| (target.what, target.missed)).collect()
    }

    #[test]
    fn a_bar_that_is_missed_says_by_how_much() {
        let records = [
            cpu(OURS, 30.0),
            cpu(LIMIT, 20.0),
            cpu("stripe", 25.0),
            cpu("openai", 60.0),
        ];
        let seen = verdicts(&records);
        assert_eq!(
            seen,
            [
                (
                    "small GET, CPU, share of the hand-written fetch".to_owned(),
                    Some("0.25 too much, 1.2 times the aim".to_owned())
                ),
                (
                    "small GET, CPU".to_owned(),
                    Some("1.2 times the least; less: stripe".to_owned())
                ),
            ]
        );
    }

    #[test]
    fn a_bar_that_is_met_says_so() {
        let records = [cpu(OURS, 21.0), cpu(LIMIT, 20.0), cpu("stripe", 25.0)];
        assert!(
            verdicts(&records)
                .iter()
                .all(|(_, missed)| missed.is_none())
        );
        assert!(plain(&compare(&records)).contains("met\n"));
    }

    #[test]
    fn what_was_not_measured_is_not_judged() {
        assert!(compare(&[]).is_empty());
        assert!(compare(&[Record::failed("call", "small GET", OURS, "why")]).is_empty());
    }

    #[test]
    fn growth_is_judged_for_each_operation_more() {
        let size = |peer, bytes| Record::new("growth", "size, gzip", peer, "bytes", bytes);
        let records = [
            size("149 operations", 20_000.0),
            size("1,149 operations", 90_000.0),
        ];
        assert_eq!(compare(&records)[0].measured, "70");
        assert!(compare(&records)[0].missed.is_some());
    }
}
