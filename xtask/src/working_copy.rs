//! A copy of the repository, for what must not be done in the repository itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::shell;

/// A clone whose files are those of the working tree, committed or not, without what git ignores.
pub struct WorkingCopy {
    pub root: PathBuf,
}

impl WorkingCopy {
    /// Make it, in place of an earlier one.
    pub fn make(root: PathBuf) -> Result<Self> {
        if root.exists() {
            fs::remove_dir_all(&root)?;
        }
        let git = |place: &Path, arguments: &[&str]| {
            let mut git = shell::command("git");
            git.current_dir(place).args(arguments);
            shell::read(&mut git, "git")
        };
        let mut clone = shell::command("git");
        clone
            .args(["clone", "--quiet", "--shared", "--no-checkout"])
            .args([shell::root(), &root]);
        shell::run_quietly(&mut clone, "git clone")?;
        git(&root, &["reset", "--quiet"])?;
        let list = [
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ];
        for name in git(shell::root(), &list)?.split_terminator('\0') {
            let from = shell::root().join(name);
            // Removed, and not committed.
            if !from.exists() {
                continue;
            }
            let to = root.join(name);
            fs::create_dir_all(to.parent().context("a file in no folder")?)?;
            fs::copy(&from, &to).with_context(|| format!("cannot copy {name}"))?;
        }
        Ok(Self { root })
    }

    /// This very program, at work on the copy.
    pub fn xtask(&self, task: &[&str]) -> Result<Command> {
        let mut xtask = shell::command(std::env::current_exe()?);
        xtask.args(task).env(shell::COPY, &self.root);
        Ok(xtask)
    }
}
