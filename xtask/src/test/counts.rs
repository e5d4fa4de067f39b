//! How many tests passed and failed, read from what the test runners print.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::AddAssign;

/// Counts of one suite, or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
    /// Of those that passed, the ones that did so only when their file ran once more.
    pub flaky: u64,
}

impl Counts {
    pub fn is_empty(&self) -> bool {
        self.passed + self.failed == 0
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.flaky += other.flaky;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(formatter, ", {} skipped", self.skipped)?;
        }
        if self.flaky > 0 {
            write!(formatter, ", {} only at a second try", self.flaky)?;
        }
        Ok(())
    }
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; …`: cargo's harness and wasm-bindgen's,
/// once per binary.
pub fn of_rust(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines() {
        let Some((_, result)) = line.split_once("test result: ") else {
            continue;
        };
        for part in result.split(['.', ';']) {
            match part.trim().split_once(' ') {
                Some((number, "passed")) => counts.passed += parse(number),
                Some((number, "failed")) => counts.failed += parse(number),
                Some((number, "ignored")) => counts.skipped += parse(number),
                _ => {}
            }
        }
    }
    counts
}

/// `ℹ pass 3`, `ℹ fail 0`, …: the closing lines of Node's spec reporter.
pub fn of_node(output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines() {
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["ℹ", "pass", number] => counts.passed = parse(number),
            ["ℹ", "fail", number] => counts.failed += parse(number),
            ["ℹ", "cancelled", number] => counts.failed += parse(number),
            ["ℹ", "skipped" | "todo", number] => counts.skipped += parse(number),
            _ => {}
        }
    }
    counts
}

/// The test files in which something failed: `xtask/js/failed.mjs` says so of those that ended,
/// and Node's runner of those that it had to end.
pub fn failed_files(output: &str) -> BTreeSet<&str> {
    let ended = output
        .lines()
        .filter_map(|line| line.strip_prefix("failed file: "));
    let killed = output.lines().filter_map(|line| {
        let place = line.trim().strip_prefix("test at ")?;
        let file = place.strip_suffix(":1:1")?;
        file.ends_with(".mjs").then_some(file)
    });
    ended.chain(killed).collect()
}

/// What Node's spec reporter says of the failures, at the end.
pub fn failures(output: &str) -> &str {
    let start = output.find("✖ failing tests:").unwrap_or(output.len());
    output[start..].trim_end()
}

fn parse(number: &str) -> u64 {
    number.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binaries_of_a_cargo_run_add_up() {
        let output = "running 2 tests\n\
            test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n\
            \n\
            test result: ok. 3 passed; 0 failed; 2 ignored; 0 measured; finished in 0.05s\n";
        let expected = Counts {
            passed: 4,
            failed: 1,
            skipped: 2,
            flaky: 0,
        };
        assert_eq!(of_rust(output), expected);
    }

    #[test]
    fn cancelled_tests_of_node_are_failures() {
        let output = "✔ one (2ms)\nℹ tests 6\nℹ suites 0\nℹ pass 3\nℹ fail 1\n\
            ℹ cancelled 1\nℹ skipped 1\nℹ todo 0\nℹ duration_ms 60\n";
        let expected = Counts {
            passed: 3,
            failed: 2,
            skipped: 1,
            flaky: 0,
        };
        assert_eq!(of_node(output), expected);
    }

    #[test]
    fn files_that_failed_are_named_once_whether_they_ended_or_not() {
        let output = "failed file: tests/suites/a.mjs\nℹ pass 3\n✖ failing tests:\n\n\
            test at tests/lib/hosts.mjs:12:3\n✖ one (2ms)\n\n\
            test at tests/worker/b.test.mjs:1:1\n✖ tests/worker/b.test.mjs (600000ms)\n";
        let files: Vec<_> = failed_files(output).into_iter().collect();
        assert_eq!(files, ["tests/suites/a.mjs", "tests/worker/b.test.mjs"]);
        assert!(failures(output).starts_with("✖ failing tests:"));
        assert_eq!(failures("ℹ pass 3"), "");
    }

    #[test]
    fn output_of_something_else_counts_nothing() {
        assert!(of_rust("error: could not compile").is_empty());
        assert!(of_node("SyntaxError: pass 3").is_empty());
    }

    #[test]
    fn skipped_tests_are_named_only_where_there_are_some() {
        let counts = Counts {
            passed: 7,
            ..Counts::default()
        };
        assert_eq!(counts.to_string(), "7 passed, 0 failed");
        let counts = Counts {
            skipped: 2,
            ..counts
        };
        assert_eq!(counts.to_string(), "7 passed, 0 failed, 2 skipped");
    }
}
