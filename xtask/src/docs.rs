//! `cargo xtask docs`: the documentation of the crate and of the npm package. A warning fails it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::shell;
use crate::tools::{self, WASM_TARGET};

/// Where TypeDoc and the TypeScript it runs on are.
const TYPEDOC: &str = "xtask/typedoc";

/// Build all of it, and say where it is.
pub fn run() -> Result<()> {
    tools::wasm_target()?;
    tools::node()?;
    for (what, mut command) in commands() {
        println!("Documenting {what}");
        shell::run_quietly(&mut command, what)?;
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(shell::target, PathBuf::from);
    let crate_ = target.join(WASM_TARGET).join("doc/kinde_edge");
    println!("crate    {}", crate_.join("index.html").display());
    let package = shell::target().join("docs/typescript/index.html");
    println!("package  {}", package.display());
    Ok(())
}

/// What is documented, and by which program.
pub fn commands() -> Vec<(&'static str, Command)> {
    vec![
        (
            "the crate's JavaScript exports",
            of_crate(&["--features", "js"]),
        ),
        // The last of the two stays: it is what docs.rs builds.
        ("the crate", of_crate(&[])),
        ("xtask", of_xtask()),
        ("the npm package", of_package()),
    ]
}

fn of_crate(arguments: &[&str]) -> Command {
    let mut cargo = rustdoc("kinde-edge");
    cargo.args(["--target", WASM_TARGET]).args(arguments);
    cargo
}

fn of_xtask() -> Command {
    let mut cargo = rustdoc("xtask");
    cargo.arg("--document-private-items");
    cargo
}

fn rustdoc(package: &str) -> Command {
    let mut cargo = shell::command("cargo");
    cargo
        .args(["doc", "--quiet", "--no-deps", "-p", package])
        .env("RUSTDOCFLAGS", "-D warnings");
    cargo
}

/// The declarations that the package exports, by xtask/typedoc/typedoc.json.
fn of_package() -> Command {
    let folder = shell::root().join(TYPEDOC);
    let mut typedoc = shell::command(folder.join("node_modules/.bin/typedoc"));
    typedoc.current_dir(folder);
    typedoc
}
