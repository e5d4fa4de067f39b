//! `cargo xtask local`: a server that behaves like a small Kinde tenant; and the npm package that it is.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::fingerprint::Fingerprint;
use crate::{build, fingerprint, shell, tools};

/// The package's folder.
const PACKAGE: &str = "pkg/local";

/// What `dist/` is made from.
const SOURCES: [&str; 6] = [
    "pkg/local/lib",
    "pkg/local/types",
    "pkg/local/build.mjs",
    "pkg/local/package.json",
    "spec",
    "package-lock.json",
];

/// Files that the package takes from outside of `dist/`.
const PACKED: [&str; 6] = [
    "pkg/local/package.json",
    "pkg/local/README.md",
    "pkg/local/TRUTH.md",
    "CHANGELOG.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
];

/// Files of this repository that the server hands out beside its own: the API explorer and what it loads.
const SERVED: [&str; 3] = [
    "/www/=www",
    "/pkg/dist/=pkg/dist",
    "/pkg/operations.json=pkg/operations.json",
];

/// Arguments of `cargo xtask local`.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub struct Args {
    /// Those of kinde-edge-local: see --help
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Run it until Ctrl-C.
pub fn run(args: &Args) -> Result<()> {
    tools::node()?;
    dist()?;
    let root = shell::root();
    let mut node = Command::new("node");
    // Paths are meant from where the command was typed.
    node.arg(root.join(PACKAGE).join("dist/cli.js"));
    for served in SERVED {
        let (path, place) = served.split_once('=').context("a path and a place")?;
        let mut folder = OsString::from(format!("{path}="));
        folder.push(root.join(place));
        node.arg("--serve").arg(folder);
    }
    become_it(node.args(&args.arguments))
}

/// The server takes this program's place: whoever ends it ends all of it.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).context("node cannot be started")
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Result<()> {
    let status = command.status().context("node cannot be started")?;
    std::process::exit(status.code().unwrap_or(1));
}

/// The package's `dist/`, made again where something has changed.
pub fn dist() -> Result<()> {
    let mut step = Fingerprint::new("local");
    for source in SOURCES {
        step = step.path(source)?;
    }
    let folder = shell::root().join(PACKAGE);
    let made = ["core.js", "core.cjs", "cli.js", "index.d.ts", "index.d.cts"];
    if step.is_current(&made.map(|file| folder.join("dist").join(file))) {
        return Ok(());
    }
    println!("Building local Kinde");
    let mut node = shell::command("node");
    shell::run(node.arg(folder.join("build.mjs")), "pkg/local/build.mjs")?;
    let types = folder.join("types/index.d.ts");
    for name in ["index.d.ts", "index.d.cts"] {
        fs::copy(&types, folder.join("dist").join(name))?;
    }
    step.keep()
}

/// The tarball that is published.
pub fn pack(version: &str) -> Result<PathBuf> {
    dist()?;
    let tarball = tarball(shell::root(), version);
    let folder = shell::root().join(PACKAGE).join("dist");
    let mut step = Fingerprint::new("pack-local").path(&folder)?;
    for file in PACKED {
        step = step.path(file)?;
    }
    if !step.is_current(std::slice::from_ref(&tarball)) {
        pack_to(&tarball)?;
        step.keep()?;
    }
    Ok(tarball)
}

/// Make the tarball, from the files that are there.
pub fn pack_to(tarball: &std::path::Path) -> Result<()> {
    let packed = PACKED.map(|file| shell::root().join(file));
    let folder = shell::root().join(PACKAGE).join("dist");
    build::pack_files(tarball, &packed, &[("dist", fingerprint::files(&folder)?)])
}

/// Where the tarball of a version is, in this repository or a copy of it.
pub fn tarball(root: &std::path::Path, version: &str) -> PathBuf {
    root.join(format!("target/npm/kinde-edge-local-{version}.tgz"))
}
