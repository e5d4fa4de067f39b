//! What programs rely on is still there: compared with the version that was released last.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Outcome, versions};
use crate::{shell, tools};

const NEVER_RELEASED: &str =
    "no version has been released (no tag v… leads here): there is nothing to compare with";

/// The crate, by cargo-semver-checks, which also judges whether the new version's number allows it.
pub fn of_crate(root: &Path) -> Result<Outcome> {
    let Some(tag) = last_release(root)? else {
        return Ok(Outcome::Holds(NEVER_RELEASED.into()));
    };
    tools::cargo_semver_checks()?;
    compare(root, &["-p", "kinde-edge", "--baseline-rev", &tag])?;
    Ok(Outcome::Holds(format!("since {tag}, as the version says")))
}

/// Run cargo-semver-checks in a folder.
pub fn compare(root: &Path, baseline: &[&str]) -> Result<()> {
    let mut check = shell::command("cargo");
    check
        // For this machine's target: Cargo asks rustc about wasm32 in a way that fails with the
        // flags of cargo-semver-checks, and what the crate offers is the same for both.
        .args(["semver-checks", "check-release", "--color", "never"])
        .args(baseline)
        .current_dir(root);
    let (status, output) = shell::capture(&mut check, false)?;
    if !status.success() {
        bail!(
            "give the new version the number that this needs, or take the change back:\n{}",
            output.trim_end()
        );
    }
    Ok(())
}

/// The declarations of the package, and the names of its calls.
pub fn of_package(root: &Path) -> Result<Outcome> {
    let Some(tag) = last_release(root)? else {
        return Ok(Outcome::Holds(NEVER_RELEASED.into()));
    };
    let before = names(root, &tag)?;
    let now = names(root, "HEAD")?;
    let gone: Vec<&str> = before.difference(&now).map(String::as_str).collect();
    let version = versions::of_manifest(&show(root, "HEAD", "Cargo.toml")?)?;
    let breaks = !versions::accepts(tag.trim_start_matches('v'), &version);
    match (gone.is_empty(), breaks) {
        (true, _) => Ok(Outcome::Holds(format!(
            "all {} names of {tag}",
            before.len()
        ))),
        (false, true) => Ok(Outcome::Holds(format!(
            "gone since {tag}, as {version} may: {}",
            gone.join(", ")
        ))),
        (false, false) => bail!(
            "these are gone since {tag}, and {version} does not say so: bring them back, or take the \
             next number that breaks: {}",
            gone.join(", ")
        ),
    }
}

/// The latest tag `v…` before this version.
fn last_release(root: &Path) -> Result<Option<String>> {
    let version = versions::of_manifest(&show(root, "HEAD", "Cargo.toml")?)?;
    let tags = git(
        root,
        &[
            "tag",
            "--list",
            "v[0-9]*",
            "--merged",
            "HEAD",
            "--sort=-version:refname",
        ],
    )?;
    // The tag of this version is there already if it is published from it.
    let mut tags = tags
        .lines()
        .filter(|tag| tag.trim_start_matches('v') != version);
    Ok(tags.next().map(str::to_owned))
}

/// The names that TypeScript programs may use, at a commit: what is exported, and each call.
fn names(root: &Path, commit: &str) -> Result<BTreeSet<String>> {
    let listed = git(root, &["ls-tree", "--name-only", commit, "pkg/types/"])?;
    let mut names = BTreeSet::new();
    for file in listed.lines().filter(|file| file.ends_with(".d.ts")) {
        names.extend(exported(&show(root, commit, file)?));
    }
    let operations: Value = serde_json::from_str(&show(root, commit, "pkg/operations.json")?)?;
    for operation in operations
        .as_array()
        .context("operations.json is no array")?
    {
        let part = |name: &str| operation[name].as_str().unwrap_or_default();
        names.insert(format!("kinde.{}.{}", part("resource"), part("name")));
    }
    Ok(names)
}

/// What a declaration file exports by name.
pub fn exported(declarations: &str) -> Vec<String> {
    const BEFORE: [&str; 10] = [
        "declare",
        "abstract",
        "async",
        "class",
        "interface",
        "type",
        "const",
        "function",
        "namespace",
        "enum",
    ];
    let mut names = Vec::new();
    for (_, rest) in declarations
        .match_indices("export ")
        .filter(|(at, _)| *at == 0 || declarations.as_bytes().get(at - 1) == Some(&b'\n'))
        .map(|(at, word)| declarations.split_at(at + word.len()))
    {
        let list = rest.trim_start_matches("type ");
        if let Some((list, _)) = list.strip_prefix('{').and_then(|list| list.split_once('}')) {
            let last = |item: &str| item.split_whitespace().last().map(str::to_owned);
            names.extend(list.split(',').filter_map(last));
            continue;
        }
        let is_name = |word: &&str| !word.is_empty() && !BEFORE.contains(word);
        let mut words = rest.split(|c: char| !(c.is_alphanumeric() || "_$*".contains(c)));
        names.extend(
            words
                .find(is_name)
                .filter(|name| *name != "*")
                .map(str::to_owned),
        );
    }
    names
}

fn show(root: &Path, commit: &str, file: &str) -> Result<String> {
    git(root, &["show", &format!("{commit}:{file}")])
}

fn git(root: &Path, arguments: &[&str]) -> Result<String> {
    let mut git = shell::command("git");
    shell::read(git.current_dir(root).args(arguments), "git")
}
