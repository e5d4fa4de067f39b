//! The programs that check the packed package, in the suites and before a release.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use super::Outcome;
use crate::shell;

/// publint, for which a warning is a failure.
pub fn publint(tarball: &Path) -> Command {
    let mut publint = shell::command("publint");
    publint.arg("--strict").arg(tarball);
    publint
}

/// are-the-types-wrong.
pub fn attw(tarball: &Path) -> Command {
    let mut attw = shell::command("attw");
    attw.arg(tarball)
        // Every resolution, that without `exports` too: there `typesVersions` leads to the types.
        .args(["--profile", "strict", "--format", "ascii", "--no-emoji"])
        .args(["--exclude-entrypoints", "./kinde_edge_bg.wasm"]);
    attw
}

/// That it finds nothing; if it does, what it prints says what to do.
pub fn succeeds(mut command: Command) -> Result<Outcome> {
    let (status, output) = shell::capture(&mut command, false)?;
    if !status.success() {
        bail!("{}", output.trim_end());
    }
    let program = command.get_program().to_string_lossy().into_owned();
    Ok(Outcome::Holds(format!("{program} finds nothing")))
}
