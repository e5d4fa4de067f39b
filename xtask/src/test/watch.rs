//! `cargo xtask test … --watch`: once more after each change of a file.

use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::Result;

use crate::{fingerprint, shell};

/// What tests depend on. Build output is elsewhere.
const WATCHED: [&str; 8] = [
    "Cargo.toml",
    "src",
    "pkg/lib",
    "pkg/types",
    "spec",
    "tests",
    "www",
    "xtask",
];

/// How often the files are looked at: a person waits that long at most after having saved one.
const EVERY: Duration = Duration::from_millis(300);

/// Run the words as `cargo xtask test` again and again, until Ctrl-C. Each run is a process of its
/// own, since xtask itself may have changed.
pub fn run(words: &[String]) -> Result<()> {
    loop {
        let before = state();
        // It says what failed.
        shell::command("cargo")
            .args(["xtask", "test", "--verbose"])
            .args(words)
            .status()?;
        println!("Waiting for a change (Ctrl-C ends)");
        while state() == before {
            std::thread::sleep(EVERY);
        }
    }
}

/// How many files there are, and when the latest change was.
fn state() -> (usize, Option<SystemTime>) {
    let files: Vec<_> = WATCHED
        .iter()
        .filter_map(|path| fingerprint::files(&shell::root().join(path)).ok())
        .flatten()
        .collect();
    let latest = files.iter().filter_map(|file| modified(file)).max();
    (files.len(), latest)
}

fn modified(file: &Path) -> Option<SystemTime> {
    file.metadata().ok()?.modified().ok()
}
