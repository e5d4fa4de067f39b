//! One version everywhere: in the crate, the package, their locks, the changelog and what guides
//! and examples tell others to depend on.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Outcome, all_hold};
use crate::build;

/// That the version of Cargo.toml is the one of all others.
pub fn check(root: &Path) -> Result<Outcome> {
    let read = |name: &str| {
        fs::read_to_string(root.join(name)).with_context(|| format!("{name} cannot be read"))
    };
    let version = of_manifest(&read("Cargo.toml")?)?;
    let mut places = 1;
    let mut problems = Vec::new();
    let mut place = |name: &str, found: Option<&str>, holds: bool| {
        places += 1;
        if !holds {
            let found = found.unwrap_or("none");
            problems.push(format!(
                "{name} has {found} in place of {version}: correct it"
            ));
        }
    };

    let package: Value = serde_json::from_str(&read("pkg/package.json")?)?;
    let found = package["version"].as_str();
    place("pkg/package.json", found, found == Some(&version));
    let package: Value = serde_json::from_str(&read("pkg/local/package.json")?)?;
    let found = package["version"].as_str();
    place("pkg/local/package.json", found, found == Some(&version));
    let lock: Value = serde_json::from_str(&read("package-lock.json")?)?;
    for (path, package) in lock["packages"].as_object().into_iter().flatten() {
        // It is there only if a tool or an example of the workspace depends on it.
        if package["name"] == "kinde-edge" || path.ends_with("node_modules/kinde-edge") {
            let found = package["version"].as_str();
            place("package-lock.json", found, found == Some(&version));
        }
    }

    let lock = read("Cargo.lock")?;
    let found = of_lock(&lock);
    place("Cargo.lock", found, found == Some(&version));
    for file in examples(root)? {
        let name = file.strip_prefix(root)?.to_string_lossy().into_owned();
        let text = read(&name)?;
        if name.ends_with("Cargo.lock") {
            let found = of_lock(&text);
            place(&name, found, found == Some(&version));
        } else {
            for found in requirements(&text) {
                place(&name, Some(found), accepts(found, &version));
            }
        }
    }
    for name in guides(root)? {
        for found in requirements(&read(&name)?) {
            place(&name, Some(found), accepts(found, &version));
        }
    }

    let changelog = read("CHANGELOG.md")?;
    let latest = headings(&changelog).find(|heading| *heading != "Unreleased");
    place(
        "CHANGELOG.md",
        latest,
        latest.is_none_or(|latest| latest == version),
    );
    all_hold(&problems)?;
    if latest.is_none() {
        return Ok(Outcome::NotReady(format!(
            "{version} in {places} places; CHANGELOG.md has no heading for it: turn [Unreleased] into \
             [{version}] and the day"
        )));
    }
    Ok(Outcome::Holds(format!("{version} in {places} places")))
}

/// That the manifests have what publishing needs.
pub fn manifests(root: &Path) -> Result<Outcome> {
    let package = fs::read_to_string(root.join("pkg/package.json"))?;
    let package: Value = serde_json::from_str(&package)?;
    let cargo = fs::read_to_string(root.join("Cargo.toml"))?;
    let mut missing = Vec::new();
    if package["repository"]["url"].as_str().is_none() {
        missing.push("`repository` in pkg/package.json, without which npm attests no provenance");
    }
    if !in_section(&cargo, "package").any(|line| line.starts_with("repository = \"")) {
        missing.push("`repository` in Cargo.toml");
    }
    if missing.is_empty() {
        return Ok(Outcome::Holds("say where they come from".into()));
    }
    Ok(Outcome::NotReady(format!("add {}", missing.join(", and "))))
}

/// The version in the section `[package]`.
pub fn of_manifest(manifest: &str) -> Result<String> {
    in_section(manifest, "package")
        .find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
        .map(str::to_owned)
        .context("Cargo.toml has no version")
}

fn in_section<'a>(manifest: &'a str, section: &str) -> impl Iterator<Item = &'a str> {
    let title = format!("[{section}]");
    let lines = manifest.lines().skip_while(move |line| *line != title);
    lines.skip(1).take_while(|line| !line.starts_with('['))
}

fn of_lock(lock: &str) -> Option<&str> {
    let (_, rest) = lock.split_once("name = \"kinde-edge\"\nversion = \"")?;
    Some(rest.split_once('"')?.0)
}

/// The manifests and locks of the examples.
fn examples(root: &Path) -> Result<Vec<PathBuf>> {
    const NAMES: [&str; 3] = ["Cargo.lock", "Cargo.toml", "package.json"];
    let mut found = Vec::new();
    for example in fs::read_dir(root.join("examples")).context("examples/ cannot be read")? {
        let folder = example?.path();
        found.extend(NAMES.map(|name| folder.join(name)));
    }
    found.retain(|file| file.is_file());
    found.sort();
    Ok(found)
}

/// The documents that tell what to depend on.
fn guides(root: &Path) -> Result<Vec<String>> {
    let mut found = vec!["README.md".to_owned(), "pkg/README.md".to_owned()];
    let folder = fs::read_dir(root.join(build::GUIDES)).context("the guides cannot be read")?;
    for guide in folder {
        let name = guide?.file_name();
        found.push(format!("{}/{}", build::GUIDES, name.to_string_lossy()));
    }
    found.sort();
    Ok(found)
}

/// What a text asks for: `kinde-edge = "…"`, `kinde-edge = { version = "…"`, `"kinde-edge": "…"`,
/// `kinde-edge@…`.
pub fn requirements(text: &str) -> Vec<&str> {
    const STARTS: [&str; 4] = [
        "kinde-edge = \"",
        "kinde-edge = { version = \"",
        "\"kinde-edge\": \"",
        "kinde-edge@",
    ];
    let mut found = Vec::new();
    for start in STARTS {
        for (_, rest) in text
            .match_indices(start)
            .map(|(at, _)| text.split_at(at + start.len()))
        {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !".-^~".contains(c));
            let requirement = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            if requirement.contains(|c: char| c.is_ascii_digit()) {
                found.push(requirement.trim_end_matches('.'));
            }
        }
    }
    found
}

/// Whether who asks for this gets this version: as Cargo and npm have it, before 1.0 the second
/// number is the one that breaks.
pub fn accepts(requirement: &str, version: &str) -> bool {
    let numbers = |text: &str| -> Vec<u64> {
        let core = text.split(['-', '+']).next().unwrap_or_default();
        core.split('.')
            .map(|part| part.parse().unwrap_or(u64::MAX))
            .collect()
    };
    let wanted = numbers(requirement.trim_start_matches(['^', '~']));
    let version = numbers(version);
    let breaks = version.iter().position(|number| *number > 0).unwrap_or(2) + 1;
    let same = wanted
        .iter()
        .zip(&version)
        .take(breaks)
        .all(|(a, b)| a == b);
    same && wanted <= version
}

/// The versions in the headings of the changelog, the latest first.
fn headings(changelog: &str) -> impl Iterator<Item = &str> {
    let lines = changelog.lines();
    lines.filter_map(|line| Some(line.strip_prefix("## [")?.split_once(']')?.0))
}
