//! Records as tables: for a terminal, for bench/RESULTS.md, for README.md.

use std::fmt::Write;

use anyhow::{Context, Result};

use super::record::{Machine, OURS, Record, median};
use super::targets::{self, Target};
use crate::size::{self, Breakdown};

/// Between these stands what README.md repeats of bench/RESULTS.md.
const BEGIN: &str = "<!-- bench: written by cargo xtask bench -->";
const END: &str = "<!-- /bench -->";

/// What each area measures, and how to read it.
const ABOUT: [(&str, &str, &str); 9] = [
    (
        "size",
        "Size",
        "What a Worker loads: all JavaScript, bundled and minified by esbuild for workerd, and the WebAssembly. \
         \"All of it\" is everything that a package exports, \"one call\" a program that makes one call, where \
         the rest is left out by packages that allow it. Each file is compressed by itself.",
    ),
    (
        "cold",
        "Cold start",
        "Until the first request is handed to `fetch`: in Node from the start of the process, and from before the \
         package is imported; in workerd from asking for a new isolate until its request arrives. 30 starts, the \
         peers in turns.",
    ),
    (
        "call",
        "Cost of a call",
        "CPU time of the whole process (its other threads collect and compile) for one call after another, over a \
         `fetch` in memory that answers with a `Response`. Bytes are those of the JavaScript heap that one call takes \
         until they are collected. The hand-written fetch has a token from the start, checks nothing and reads JSON.",
    ),
    (
        "throughput",
        "Throughput in workerd",
        "Calls a second of a Worker in workerd against a server on the same machine that answers with the page of \
         100 users; so many in flight at once.",
    ),
    (
        "memory",
        "Memory",
        "In Node after so many small calls, ten at once, when what can be collected has been.",
    ),
    (
        "tokens",
        "Token requests",
        "How often a client with credentials asks for a token. A lifetime is the time for which the client uses a \
         token: it renews it a little before it expires.",
    ),
    (
        "jwt",
        "Verifying tokens",
        "Verified tokens a second in Node: RS256, the keys cached, one after another.",
    ),
    (
        "growth",
        "Growth",
        "The same package generated from documents with more operations, which repeat those of the real one under \
         other names. Bytes are of what a Worker loads.",
    ),
    (
        "rust",
        "Rust",
        "WebAssembly of small Rust programs that list users and print one, as wasm-bindgen and wasm-opt -Oz leave it.",
    ),
];

/// bench/RESULTS.md.
pub fn results(
    machine: &Machine,
    records: &[Record],
    breakdown: &Breakdown,
    quick: bool,
) -> String {
    let mut text =
        "# Size and speed, measured\n\nWritten by `cargo xtask bench`; how it measures is in \
        [README.md](README.md).\n\n"
            .to_owned();
    if quick {
        text.push_str("**This was a quick run: few rounds, rough figures.**\n\n");
    }
    text.push_str(&of_machine(machine));
    let targets = targets::compare(records);
    let _ = write!(text, "\n{BEGIN}\n\n{}\n{END}\n", summary(records));
    text.push_str("\n![Size, cold start and cost of a call beside the peers](plot.svg)\n");
    let _ = write!(text, "\n## What was aimed at\n\n{}", of_targets(&targets));
    for (area, title, about) in ABOUT {
        let of_area: Vec<_> = records
            .iter()
            .filter(|one| one.area == area)
            .cloned()
            .collect();
        if of_area.is_empty() {
            continue;
        }
        let _ = write!(text, "\n## {title}\n\n{about}\n");
        text.push_str(&tables(&of_area));
        if area == "size" {
            text.push_str(&of_breakdown(breakdown));
        }
    }
    text.push_str("\n## Versions\n\n");
    for (name, version) in &machine.versions {
        let _ = writeln!(text, "- {name} {version}");
    }
    text
}

/// README.md, with the summary of these results.
pub fn with_summary(readme: &str, results: &str) -> Result<String> {
    let (before, _, after) = parts(readme).context("README.md has no place for the figures")?;
    let (_, summary, _) = parts(results).context("the results have no summary")?;
    Ok(format!("{before}{BEGIN}{summary}{END}{after}"))
}

/// What stands before, between and behind the markers.
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (between, after) = rest.split_once(END)?;
    Some((before, between, after))
}

fn of_machine(machine: &Machine) -> String {
    let Machine {
        processor,
        cores,
        memory,
        system,
        date,
        ..
    } = machine;
    format!("On {date}: {processor}, {cores} cores, {memory}, {system}.\n")
}

/// The figures that one wants to know first. Less is better in every row, so what is measured in things a
/// second stands here as the time that each takes.
fn summary(records: &[Record]) -> String {
    const PER_SECOND: f64 = 1e6;
    /// Title, area, work, unit; of how much the figure is a share, if that is what is said.
    const ROWS: [(&str, &str, &str, &str, Option<f64>); 7] = [
        (
            "bytes a Worker loads, gzip",
            "size",
            "all of it, gzip",
            "bytes",
            None,
        ),
        (
            "new process in Node to first request, ms",
            "cold",
            "new process in Node",
            "ms",
            None,
        ),
        (
            "new isolate in workerd to first request, ms",
            "cold",
            "new isolate in workerd",
            "ms",
            None,
        ),
        ("a small GET, CPU µs", "call", "small GET", "µs", None),
        (
            "a page of 100 users, CPU µs",
            "call",
            "page of 100 users, 34 KB",
            "µs",
            None,
        ),
        (
            "a call in workerd, 10 in flight, µs",
            "throughput",
            "10 in flight",
            "calls/s",
            Some(PER_SECOND),
        ),
        (
            "verifying a token, µs",
            "jwt",
            "RS256",
            "tokens/s",
            Some(PER_SECOND),
        ),
    ];
    const COLUMNS: [&str; 3] = [OURS, "@kinde/management-api-js", "hand-written fetch"];
    let mut text = format!(
        "| less is better | {} |\n| --- | ---: | ---: | ---: |\n",
        COLUMNS.join(" | ")
    );
    for (title, area, work, unit, whole) in ROWS {
        let of = |peer| {
            let measured = median(records, area, work, peer, unit);
            let said = measured.map(|value| whole.map_or(value, |whole| whole / value));
            said.map_or("–".to_owned(), number)
        };
        if median(records, area, work, OURS, unit).is_some() {
            let _ = writeln!(text, "| {title} | {} |", COLUMNS.map(of).join(" | "));
        }
    }
    text
}

fn of_targets(targets: &[Target]) -> String {
    let mut text = "| what | aim | measured | |\n| --- | --- | --- | --- |\n".to_owned();
    for Target {
        what,
        aim,
        measured,
        missed,
    } in targets
    {
        let verdict = missed
            .as_deref()
            .map_or("met".to_owned(), |by| format!("**not met**: {by}"));
        let _ = writeln!(text, "| {what} | {aim} | {measured} | {verdict} |");
    }
    text
}

fn of_breakdown(breakdown: &Breakdown) -> String {
    let mut text = "\n### Whose each byte is\n\nA byte costs the bits that deflate spends on it, so the shares add up \
        to the compressed file. `cargo xtask size` prints this with the functions.\n"
        .to_owned();
    for file in &breakdown.files {
        let _ = write!(
            text,
            "\n| {} | gzip | raw |\n| --- | ---: | ---: |\n",
            file.name
        );
        for share in size::combined(&file.owners) {
            let (zipped, raw) = (thousands(share.zipped), thousands(share.raw as f64));
            let _ = writeln!(text, "| {} | {zipped} | {raw} |", share.name);
        }
        let (zipped, raw) = (thousands(file.zipped as f64), thousands(file.raw as f64));
        let _ = writeln!(text, "| **all** | **{zipped}** | **{raw}** |");
    }
    text
}

/// A table for each unit, then what is to be known beside the figures.
fn tables(records: &[Record]) -> String {
    let mut units: Vec<&str> = Vec::new();
    for one in records.iter().filter(|one| one.failed.is_none()) {
        if !units.contains(&&*one.unit) {
            units.push(&one.unit);
        }
    }
    let mut text = String::new();
    for unit in units {
        text.push_str(&table(records, unit));
    }
    let mut notes: Vec<String> = Vec::new();
    for one in records {
        let said = one.failed.as_ref().or(one.note.as_ref());
        let Some(said) = said else { continue };
        let about = if one.failed.is_some() {
            format!("{}, {}: not measured: {said}", one.peer, one.work)
        } else {
            format!("{}: {said}", one.peer)
        };
        if !notes.contains(&about) {
            notes.push(about);
        }
    }
    if !notes.is_empty() {
        text.push('\n');
    }
    for note in notes {
        let _ = writeln!(text, "- {}", note.replace('|', "\\|"));
    }
    text
}

fn table(records: &[Record], unit: &str) -> String {
    let area = records.first().map_or("", |one| &*one.area);
    let works = targets::works(records, area, unit);
    let mut peers: Vec<&str> = Vec::new();
    for one in records {
        if !peers.contains(&&*one.peer) {
            peers.push(&one.peer);
        }
    }
    let mut text = format!(
        "\n| {unit} | {} |\n| ---{} |\n",
        works.join(" | "),
        " | ---:".repeat(works.len())
    );
    for peer in peers {
        let cells: Vec<_> = works
            .iter()
            .map(|work| cell(records, work, peer, unit))
            .collect();
        if cells.iter().any(|cell| cell != "–") {
            let _ = writeln!(text, "| {peer} | {} |", cells.join(" | "));
        }
    }
    text
}

/// Median, where the middle four fifths lie, and how many times ours it is.
fn cell(records: &[Record], work: &str, peer: &str, unit: &str) -> String {
    let find = |peer: &str| {
        let is_it = |one: &&Record| one.work == work && one.peer == peer && one.unit == unit;
        records.iter().find(is_it)
    };
    let Some((record, value)) = find(peer).and_then(|one| Some((one, one.median()?))) else {
        return "–".to_owned();
    };
    let mut text = number(value);
    if let Some((low, high)) = record.spread() {
        let _ = write!(text, " ({}–{})", number(low), number(high));
    }
    if let Some(ours) = find(OURS)
        .and_then(Record::median)
        .filter(|ours| peer != OURS && *ours > 0.0)
    {
        let _ = write!(text, ", {}×", number(value / ours));
    }
    text
}

/// The same for a terminal: a line for each figure.
pub fn plain(area: &str, records: &[Record]) -> String {
    let mut text = String::new();
    for one in records.iter().filter(|one| one.area == area) {
        let figure = match (&one.failed, one.median()) {
            (Some(why), _) => format!("not measured: {why}"),
            (None, Some(_)) => format!(
                "{} {}",
                cell(records, &one.work, &one.peer, &one.unit),
                one.unit
            ),
            (None, None) => "nothing".to_owned(),
        };
        let _ = writeln!(text, "  {:<36} {:<28} {figure}", one.peer, one.work);
    }
    text
}

/// Three digits that count, or all before the point.
pub fn number(value: f64) -> String {
    let digits = match value.abs() {
        100.0.. => return thousands(value),
        10.0.. => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `24,343`
pub fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = if value < 0.0 { "-" } else { "" }.to_owned();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::shell;

    #[test]
    fn numbers_as_people_read_them() {
        for (value, text) in [
            (0.0, "0"),
            (0.256, "0.26"),
            (1.2, "1.2"),
            (7.0, "7"),
            (45.67, "45.7"),
            (999.6, "1,000"),
            (24_343.0, "24,343"),
            (1_234_567.0, "1,234,567"),
            (-1_500.0, "-1,500"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn a_table_has_a_row_for_each_peer_and_says_who_failed() {
        let record = |peer: &str, samples: &[f64]| Record {
            samples: samples.to_vec(),
            ..Record::new("call", "small GET", peer, "µs", 0.0)
        };
        let records = [
            record(OURS, &[20.0]),
            record("stripe", &[30.0, 40.0, 50.0]),
            Record::failed("call", "small GET", "octokit", "it needs a|flag"),
        ];
        assert_eq!(
            tables(&records),
            "\n| µs | small GET |\n| --- | ---: |\n| kinde-edge | 20 |\n| stripe | 40 (32–48), 2× |\n\
             \n- octokit, small GET: not measured: it needs a\\|flag\n"
        );
    }

    #[test]
    fn less_is_better_in_the_summary() {
        let record =
            |area: &str, work: &str, unit: &str, value| Record::new(area, work, OURS, unit, value);
        let records = [
            record("call", "small GET", "µs", 41.3),
            record("throughput", "10 in flight", "calls/s", 4_000.0),
        ];
        assert_eq!(
            summary(&records),
            "| less is better | kinde-edge | @kinde/management-api-js | hand-written fetch |\n\
             | --- | ---: | ---: | ---: |\n\
             | a small GET, CPU µs | 41.3 | – | – |\n\
             | a call in workerd, 10 in flight, µs | 250 | – | – |\n"
        );
    }

    #[test]
    fn the_readme_gets_what_stands_between_the_markers() {
        let results = format!("# x\n{BEGIN}\nnew\n{END}\nmore");
        let readme = format!("a\n{BEGIN}\nold\n{END}\nb");
        let changed = with_summary(&readme, &results).unwrap();
        assert_eq!(changed, format!("a\n{BEGIN}\nnew\n{END}\nb"));
        assert!(with_summary("nothing", &results).is_err());
    }

    #[test]
    fn the_readme_says_what_the_results_say() {
        let read = |file| fs::read_to_string(shell::root().join(file)).unwrap();
        let (readme, results) = (read("README.md"), read("bench/RESULTS.md"));
        assert_eq!(with_summary(&readme, &results).unwrap(), readme);
    }
}
