//! What more operations cost: the package, generated and built from larger documents.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_yaml_ng::{Mapping, Value};

use super::record::{OURS, Record};
use super::{install, program};
use crate::working_copy::WorkingCopy;
use crate::{build, shell, size};

const DOCUMENT: &str = "spec/kinde.json";
/// Where a grown one is written in the copy.
const GROWN: &str = "target/grown.yaml";

/// Words that tell the copies of an operation apart.
const WORDS: [&str; 24] = [
    "archive", "audit", "billing", "branch", "campus", "client", "division", "draft", "external",
    "field", "group", "internal", "legacy", "market", "member", "partner", "project", "region",
    "sandbox", "staff", "store", "team", "tenant", "vendor",
];

/// Names that many operations share in any API.
const COMMON: [&str; 8] = [
    "id",
    "name",
    "key",
    "description",
    "type",
    "value",
    "page_size",
    "next_token",
];

/// Each size of document: size, time to generate, time to build, cost of a call.
pub fn measure(quick: bool) -> Result<Vec<Record>> {
    let text = fs::read_to_string(shell::root().join(DOCUMENT))?;
    let document: Value = serde_yaml_ng::from_str(&text).context(DOCUMENT)?;
    let real = count(&document);
    let larger: &[usize] = if quick { &[300] } else { &[300, 1_000, 3_000] };
    let copy = WorkingCopy::make(shell::target().join("bench/growth"))?;
    if !quick {
        // The dependencies, which all of the builds share, are no part of their time.
        time(&copy, &["build"])?;
    }
    let mut records = Vec::new();
    let mut tarballs = Vec::new();
    for &operations in [real].iter().chain(larger) {
        let grown = grow(&document, operations)?;
        ensure!(
            count(&grown) == operations,
            "the document has {} operations",
            count(&grown)
        );
        fs::create_dir_all(copy.root.join("target"))?;
        fs::write(copy.root.join(GROWN), serde_yaml_ng::to_string(&grown)?)?;
        let peer = format!("{} operations", super::report::thousands(operations as f64));
        println!("  {peer}");
        let mut note = |work: &str, unit: &str, value| {
            records.push(Record::new("growth", work, &peer, unit, value));
        };
        touch(&copy)?;
        note("generate", "s", generate(&copy, operations)?);
        note("build", "s", time(&copy, &["build"])?);
        let loaded = size::loaded(&copy.root.join("pkg/dist"))?;
        let sum = |of: fn(&size::Loaded) -> usize| loaded.iter().map(of).sum::<usize>() as f64;
        note("size", "bytes", sum(|file| file.raw));
        note("size, gzip", "bytes", sum(|file| file.zipped));
        tarballs.push((peer, keep_tarball(&copy, operations)?));
    }
    records.extend(calls(&tarballs, if quick { 1 } else { 5 })?);
    Ok(records)
}

/// The cost of a call with each package, in turns.
fn calls(tarballs: &[(String, PathBuf)], rounds: usize) -> Result<Vec<Record>> {
    let mut all: HashMap<&str, Vec<f64>> = HashMap::new();
    for _ in 0..rounds {
        for (peer, tarball) in tarballs {
            install(tarball)?;
            let measured = program("bench/call.mjs", true, &[("BENCH_PEERS", OURS)])?;
            let small = measured
                .into_iter()
                .filter(|one| one.work == "small GET" && one.unit == "µs");
            for one in small {
                ensure!(one.failed.is_none(), "{peer}: {:?}", one.failed);
                all.entry(peer).or_default().extend(one.samples);
            }
        }
    }
    install(&build::run()?)?;
    let record = |(peer, _): &(String, PathBuf)| Record {
        samples: all.get(peer.as_str()).cloned().unwrap_or_default(),
        ..Record::new("growth", "small GET", peer, "µs", 0.0)
    };
    Ok(tarballs.iter().map(record).collect())
}

/// Run a task of xtask on the copy; how many seconds it took.
fn time(copy: &WorkingCopy, task: &[&str]) -> Result<f64> {
    let mut xtask = copy.xtask(task)?;
    xtask.env(
        "CARGO_TARGET_DIR",
        shell::target().join("bench/growth-target"),
    );
    let start = Instant::now();
    shell::run_quietly(
        &mut xtask,
        &format!("cargo xtask {} in the copy", task.join(" ")),
    )?;
    Ok(start.elapsed().as_secs_f64())
}

/// Generate from the copy's document, which has so many operations.
fn generate(copy: &WorkingCopy, operations: usize) -> Result<f64> {
    let root = copy.root.to_str().context("a path that is no text")?;
    let spec = format!("{root}/{GROWN}");
    let overlay = format!("{root}/spec/overlay.yaml");
    let files = ["--spec", &spec, "--overlay", &overlay, "--out", root];
    let time = time(copy, &[&["codegen"], &files[..]].concat())?;
    let written = fs::read_to_string(copy.root.join("pkg/operations.json"))?;
    let written: Vec<serde_json::Value> = serde_json::from_str(&written)?;
    ensure!(
        written.len() == operations,
        "{} operations were generated",
        written.len()
    );
    Ok(time)
}

/// So that the crate is compiled even if nothing has changed.
fn touch(copy: &WorkingCopy) -> Result<()> {
    let file = copy.root.join("src/lib.rs");
    let mut text = fs::read_to_string(&file)?;
    text.push('\n');
    Ok(fs::write(&file, text)?)
}

fn keep_tarball(copy: &WorkingCopy, operations: usize) -> Result<PathBuf> {
    let kept = copy.root.with_file_name(format!("of-{operations}.tgz"));
    let built = build::tarball(&copy.root, &build::checked_version()?);
    fs::copy(&built, &kept).with_context(|| format!("cannot copy {}", built.display()))?;
    Ok(kept)
}

/// The document with so many operations: its own, then copies of them under other paths and names.
fn grow(document: &Value, operations: usize) -> Result<Value> {
    let mut grown = document.clone();
    let paths = document["paths"]
        .as_mapping()
        .context("the document has no paths")?;
    let mut left = operations
        .checked_sub(count(document))
        .context("it has more already")?;
    let into = grown["paths"].as_mapping_mut().context("no paths")?;
    for word in WORDS {
        for (path, item) in paths {
            let Some(rest) = path.as_str().and_then(|path| path.strip_prefix("/api/v1/")) else {
                continue;
            };
            if left == 0 {
                return Ok(grown);
            }
            let item = renamed(
                item.as_mapping().context("a path is no object")?,
                word,
                &mut left,
            );
            into.insert(
                format!("/api/v1/{word}/{rest}").into(),
                Value::Mapping(item),
            );
        }
    }
    ensure!(
        left == 0,
        "there are too few words for {operations} operations"
    );
    Ok(grown)
}

/// A path's operations under other names, as many as are still wanted.
fn renamed(item: &Mapping, word: &str, left: &mut usize) -> Mapping {
    let mut copy = Mapping::new();
    for (key, value) in item {
        let mut value = value.clone();
        if is_method(key) {
            if *left == 0 {
                continue;
            }
            *left -= 1;
            rename_operation(&mut value, word);
        }
        copy.insert(key.clone(), value);
    }
    copy
}

fn rename_operation(operation: &mut Value, word: &str) {
    if let Some(id) = operation["operationId"].as_str() {
        let (first, rest) = word.split_at(1);
        operation["operationId"] = format!("{id}{}{rest}", first.to_uppercase()).into();
    }
    let scope = operation.get("x-kinde-scope").and_then(Value::as_str);
    if let Some((verb, of)) = scope.and_then(|scope| scope.split_once(':')) {
        operation["x-kinde-scope"] = format!("{verb}:{word}_{of}").into();
    }
    if let Some(body) = operation.get_mut("requestBody") {
        rename_fields(body, word);
    }
}

/// Fields have names of their own, but for those that many operations share.
fn rename_fields(value: &mut Value, word: &str) {
    let rename = |name: &Value| match name.as_str() {
        Some(name) if !COMMON.contains(&name) => Value::from(format!("{word}_{name}")),
        _ => name.clone(),
    };
    match value {
        Value::Mapping(mapping) => {
            if let Some(Value::Mapping(properties)) = mapping.get_mut("properties") {
                let renamed = properties
                    .iter()
                    .map(|(name, of)| (rename(name), of.clone()));
                *properties = renamed.collect();
            }
            if let Some(Value::Sequence(required)) = mapping.get_mut("required") {
                required.iter_mut().for_each(|name| *name = rename(name));
            }
            mapping
                .values_mut()
                .for_each(|inner| rename_fields(inner, word));
        }
        Value::Sequence(sequence) => sequence
            .iter_mut()
            .for_each(|inner| rename_fields(inner, word)),
        _ => {}
    }
}

fn is_method(key: &Value) -> bool {
    const METHODS: [&str; 8] = [
        "get", "put", "post", "delete", "options", "head", "patch", "trace",
    ];
    key.as_str().is_some_and(|key| METHODS.contains(&key))
}

fn count(document: &Value) -> usize {
    let items = document["paths"]
        .as_mapping()
        .into_iter()
        .flat_map(Mapping::values);
    let keys = items.filter_map(Value::as_mapping).flat_map(Mapping::keys);
    keys.filter(|key| is_method(key)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real() -> Value {
        let text = fs::read_to_string(shell::root().join(DOCUMENT)).unwrap();
        serde_yaml_ng::from_str(&text).unwrap()
    }

    #[test]
    fn a_document_grows_to_the_operations_that_are_asked_for() {
        let document = real();
        for operations in [194, 195, 300, 3_000] {
            assert_eq!(count(&grow(&document, operations).unwrap()), operations);
        }
        assert!(grow(&document, 100).is_err());
        assert!(grow(&document, 100_000).is_err());
    }

    #[test]
    fn copies_have_names_of_their_own() {
        let grown = grow(&real(), 1_000).unwrap();
        let mut ids = Vec::new();
        for item in grown["paths"].as_mapping().unwrap().values() {
            let operations = item
                .as_mapping()
                .unwrap()
                .iter()
                .filter(|(key, _)| is_method(key));
            ids.extend(operations.map(|(_, operation)| operation["operationId"].as_str().unwrap()));
        }
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
        let copy = &grown["paths"]["/api/v1/audit/apis"]["post"];
        assert_eq!(copy["operationId"], "addAPIsAudit");
        assert_eq!(copy["x-kinde-scope"], "create:audit_apis");
        let schema = &copy["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(schema["required"][0], "name");
        assert_eq!(schema["required"][1], "audit_audience");
        assert!(schema["properties"].get("audit_audience").is_some());
    }
}
