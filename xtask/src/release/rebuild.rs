//! The same sources in another folder, built and packed there: whatever depends on the place shows.

use anyhow::Result;

use super::Files;
use crate::working_copy::WorkingCopy;
use crate::{build, local, shell, tools};

/// What the build begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Nothing.
    Empty,
    /// The dependencies as they were compiled for the first build, which saves a minute.
    Dependencies,
}

/// Build and pack a copy of the working tree.
pub fn build(start: Start) -> Result<Files> {
    // Another length too: offsets in the files are to differ if the path is in them.
    let copy = WorkingCopy::make(shell::target().join("rebuild/the-same-sources-elsewhere"))?;
    let mut xtask = copy.xtask(&["release", "--dry-run", "--pack-only"])?;
    xtask.env_remove("CARGO_TARGET_DIR");
    if start == Start::Dependencies {
        xtask.env("CARGO_TARGET_DIR", shell::target());
        forget()?;
    }
    let built = shell::run_quietly(&mut xtask, "building a second time");
    if start == Start::Dependencies {
        forget()?;
    }
    built?;
    let version = build::checked_version()?;
    Ok(Files {
        tarball: build::tarball(&copy.root, &version),
        local: local::tarball(&copy.root, &version),
        crate_: copy
            .root
            .join(format!("target/package/kinde-edge-{version}.crate")),
    })
}

/// Take what was compiled of this repository's own crates away: to cargo the two folders are one
/// workspace, and it would take what was made in the other, older or newer, for its own.
fn forget() -> Result<()> {
    let mut cargo = shell::command("cargo");
    cargo
        .args(["clean", "--quiet", "--release"])
        .args(["--target", tools::WASM_TARGET])
        .args(["--package", "kinde-edge", "--package", "kinde-edge-npm"]);
    shell::run_quietly(&mut cargo, "cargo clean")
}
