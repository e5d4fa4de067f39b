//! What others wrote that is inside what is published: its licences, and what is known against it.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::Outcome;
use crate::{build, shell, tools};

/// The npm packages that write what is published. The others only test it, and the package has no
/// dependencies.
const WRITERS: [&str; 2] = ["binaryen", "esbuild"];

/// Licences, duplicates and sources of the crates, by deny.toml.
pub fn of_crate() -> Result<Outcome> {
    tools::cargo_deny()?;
    let (status, output) =
        shell::capture(deny().args(["check", "licenses", "bans", "sources"]), false)?;
    ensure!(
        status.success(),
        "replace the crate, or allow it in deny.toml with a reason:\n{}",
        output.trim_end()
    );
    Ok(Outcome::Holds(
        "each crate inside has one that deny.toml allows".into(),
    ))
}

/// Security advisories against the crates.
pub fn rust_advisories() -> Result<Outcome> {
    tools::cargo_deny()?;
    let (fetched, output) = shell::capture(deny().args(["fetch", "db"]), false)?;
    if !fetched.success() {
        let reason = output.lines().rfind(|line| !line.trim().is_empty());
        return Ok(Outcome::NotReady(format!(
            "not checked, because the database cannot be fetched ({})",
            reason.unwrap_or("no reason given")
        )));
    }
    let (status, output) = shell::capture(
        deny().args(["check", "--disable-fetch", "advisories"]),
        false,
    )?;
    ensure!(
        status.success(),
        "update the crate (cargo update -p …), or replace it:\n{}",
        output.trim_end()
    );
    Ok(Outcome::Holds("none".into()))
}

fn deny() -> std::process::Command {
    let mut deny = shell::command("cargo-deny");
    deny.args(["--log-level", "error", "--color", "never"]);
    deny
}

/// Security advisories against the npm packages that build and test.
pub fn npm_advisories() -> Result<Outcome> {
    let mut npm = shell::command("npm");
    // It fails where there are some; what it found is what it prints.
    let output = npm
        .args(["audit", "--json", "--loglevel=silent"])
        .output()?;
    audit(&String::from_utf8_lossy(&output.stdout))
}

/// Judge what `npm audit --json` prints.
pub fn audit(report: &str) -> Result<Outcome> {
    let report: Value = serde_json::from_str(report).unwrap_or_default();
    let Some(found) = report["vulnerabilities"].as_object() else {
        let reason = report["message"]
            .as_str()
            .unwrap_or("npm audit gave no report");
        let reason = reason.lines().next().unwrap_or_default();
        return Ok(Outcome::NotReady(format!(
            "not checked, because of: {reason}"
        )));
    };
    let writers: Vec<&str> = WRITERS
        .into_iter()
        .filter(|name| found.contains_key(*name))
        .collect();
    if !writers.is_empty() {
        bail!(
            "update {}, which writes what is published: see npm audit",
            writers.join(" and ")
        );
    }
    Ok(Outcome::Holds(format!(
        "none against {}; {} against packages that only test",
        WRITERS.join(" and "),
        found.len()
    )))
}

/// The crates inside the wasm, as CycloneDX has it.
pub fn components() -> Result<String> {
    let metadata = build::metadata(&["--filter-platform", tools::WASM_TARGET, "--features", "js"])?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let nodes = metadata["resolve"]["nodes"]
        .as_array()
        .context("no dependencies")?;
    let root = packages
        .iter()
        .find(|package| package["name"] == "kinde-edge");
    let root = root.context("the workspace has no crate kinde-edge")?;

    let mut inside = BTreeSet::new();
    let mut open = vec![root["id"].as_str().unwrap_or_default()];
    while let Some(id) = open.pop() {
        let node = nodes.iter().find(|node| node["id"] == id);
        for dependency in node
            .and_then(|node| node["deps"].as_array())
            .into_iter()
            .flatten()
        {
            // Neither what tests nor what build scripts use is in the result.
            let kinds = dependency["dep_kinds"].as_array();
            let ships = kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()));
            if let Some(id) = dependency["pkg"].as_str().filter(|_| ships)
                && inside.insert(id)
            {
                open.push(id);
            }
        }
    }
    let component = |package: &Value| {
        let part = |name: &str| package[name].as_str().unwrap_or_default().to_owned();
        let (name, version) = (part("name"), part("version"));
        json!({
            "type": "library",
            "purl": format!("pkg:cargo/{name}@{version}"),
            "name": name,
            "version": version,
            "licenses": [{ "expression": part("license").replace('/', " OR ") }],
        })
    };
    let is_inside = |package: &&Value| package["id"].as_str().is_some_and(|id| inside.contains(id));
    let list = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": component(root) },
        "components": packages.iter().filter(is_inside).map(component).collect::<Vec<_>>(),
    });
    Ok(format!("{}\n", serde_json::to_string_pretty(&list)?))
}
