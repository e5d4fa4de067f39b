//! The sizes of programs in Rust that do the same with other crates: bench/rust.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

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
            Ok((raw, zipped)) => {
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

fn size_of(program: &str) -> Result<(usize, usize)> {
    let target = shell::target().join("bench/rust");
    let mut cargo = shell::command("cargo");
    cargo
        .args([
            "build",
            "--quiet",
            "--locked",
            "--release",
            "--target",
            tools::WASM_TARGET,
        ])
        .args(["--package", program])
        .current_dir(shell::root().join("bench/rust"))
        .env("CARGO_TARGET_DIR", &target);
    compile(&mut cargo)?;
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
    sizes(&optimised)
}

/// Run the compiler; if it fails, the error is the first that it has.
fn compile(cargo: &mut std::process::Command) -> Result<()> {
    let (status, output) = shell::capture(cargo, false)?;
    if status.success() {
        return Ok(());
    }
    let first = output.lines().find(|line| line.starts_with("error"));
    Err(anyhow::anyhow!(
        "{}",
        first.unwrap_or("cargo build failed").to_owned()
    ))
}

fn sizes(wasm: &Path) -> Result<(usize, usize)> {
    let bytes = fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    Ok((bytes.len(), size::gzip(&bytes)?.len()))
}
