//! The same sources in another folder, built and packed there: whatever depends on the place shows.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Files;
use crate::{build, shell};

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
    let folder = shell::target().join("twin/the-same-sources-elsewhere");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    copy(shell::root(), &folder)?;
    let mut xtask = shell::command(std::env::current_exe()?);
    xtask
        .args(["release", "--dry-run", "--pack-only"])
        .env(shell::COPY, &folder)
        .env_remove("CARGO_TARGET_DIR");
    if start == Start::Dependencies {
        xtask.env("CARGO_TARGET_DIR", shell::target());
    }
    shell::run_quietly(&mut xtask, "building a second time")?;
    let version = build::checked_version()?;
    Ok(Files {
        tarball: folder.join(format!("target/npm/kinde-edge-{version}.tgz")),
        crate_: folder.join(format!("target/package/kinde-edge-{version}.crate")),
    })
}

/// A clone whose files are those of the working tree, committed or not, without what git ignores.
fn copy(root: &Path, folder: &Path) -> Result<()> {
    let git = |place: &Path, arguments: &[&str]| {
        let mut git = shell::command("git");
        git.current_dir(place).args(arguments);
        shell::read(&mut git, "git")
    };
    let mut clone = shell::command("git");
    clone
        .args(["clone", "--quiet", "--shared", "--no-checkout"])
        .args([root, folder]);
    shell::run_quietly(&mut clone, "git clone")?;
    git(folder, &["reset", "--quiet"])?;
    let list = [
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ];
    for name in git(root, &list)?.split_terminator('\0') {
        let from = root.join(name);
        // Removed, and not committed.
        if !from.exists() {
            continue;
        }
        let to = folder.join(name);
        fs::create_dir_all(to.parent().context("a file in no folder")?)?;
        fs::copy(&from, &to).with_context(|| format!("cannot copy {name}"))?;
    }
    Ok(())
}
