//! The sizes of programs in Rust that do the same with other crates: bench/rust.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use super::record::{OURS, Record};
use crate::{build, shell, size, tools};

/// The crate, who it stands for, and what is to be known about it.
const PROGRAMS: [(&str, &str, &str); 3] = [
    (
        "of-kinde-edge",
        OURS,
        "with tokens, retries, time limits and checks",
    ),
    (
        "of-progenitor",
        "progenitor",
        "the client that progenitor generates from the same document, over reqwest",
    ),
    (
        "of-serde",
        "reqwest and serde",
        "one call, with models by hand, as octocrab has them",
    ),
];

/// Compile each, and measure what is left of it.
pub fn measure() -> Result<Vec<Record>> {
    tools::rust()?;
    let mut records = Vec::new();
    for (program, peer, note) in PROGRAMS {
        match size_of(program) {
            Ok((said, raw, zipped)) => {
                let note = [note, &*said].join("; ");
                let note = note.trim_end_matches("; ");
                for (work, bytes) in [("size", raw), ("size, gzip", zipped)] {
                    records.push(Record {
                        note: Some(note.to_owned()),
                        ..Record::new("rust", work, peer, "bytes", bytes as f64)
                    });
                }
            }
            Err(error) => {
                let why = format!("{error:#}");
                let first = why.lines().next().unwrap_or_default();
                records.push(Record::failed("rust", "size, gzip", peer, first));
            }
        }
    }
    Ok(records)
}

/// What its build says of itself, and its size, raw and gzip -9.
fn size_of(program: &str) -> Result<(String, usize, usize)> {
    let target = shell::target().join("bench/rust");
    let mut cargo = shell::command("cargo");
    cargo
        .args([
            "build",
            "--locked",
            "--release",
            "--target",
            tools::WASM_TARGET,
        ])
        .args(["--package", program])
        .current_dir(shell::root().join("bench/rust"))
        .env("CARGO_TARGET_DIR", &target);
    let said = compile(&mut cargo)?;
    let file = program.replace('-', "_");
    let bound = target.join("bound");
    let mut wasm_bindgen = shell::command("wasm-bindgen");
    wasm_bindgen
        .arg(
            target
                .join(tools::WASM_TARGET)
                .join("release")
                .join(format!("{file}.wasm")),
        )
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .arg(&bound);
    shell::run_quietly(&mut wasm_bindgen, "wasm-bindgen")?;
    let (raw, optimised) = (
        bound.join(format!("{file}_bg.wasm")),
        bound.join("optimised.wasm"),
    );
    build::optimise(&raw, &optimised, &[])?;
    let bytes = fs::read(&optimised)?;
    Ok((said, bytes.len(), size::gzip(&bytes)?.len()))
}

/// Run the compiler: the warning that a build script gives, or the first error.
fn compile(cargo: &mut Command) -> Result<String> {
    let (status, output) = shell::capture(cargo, false)?;
    let mut lines = output.lines();
    if status.success() {
        let said = lines.find_map(|line| line.strip_prefix("warning: of-")?.split_once(": "));
        return Ok(said.map_or("", |(_, said)| said).to_owned());
    }
    let error = lines.find(|line| line.starts_with("error"));
    bail!("{}", error.unwrap_or("cargo build failed"))
}
