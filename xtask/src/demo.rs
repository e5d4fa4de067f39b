//! `cargo xtask demo`: a Worker in workerd that uses the package as it is published.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::{build, fingerprint, shell};

/// Arguments of `cargo xtask demo`.
#[derive(clap::Args)]
pub struct Args {
    /// Leave it running, with the page of www/, and print addresses to try
    #[arg(long)]
    serve: bool,
    /// The port of the Worker
    #[arg(long, default_value_t = 8787)]
    port: u16,
}

/// Credentials of a tenant, by the names under which the Worker has them.
const TENANT: [&str; 3] = ["KINDE_DOMAIN", "KINDE_CLIENT_ID", "KINDE_CLIENT_SECRET"];

/// Build the package, install it into the demo's project, run that.
pub fn run(args: &Args) -> Result<()> {
    let tenant = has_tenant()?;
    let tarball = build::run()?;
    let project = shell::target().join("demo");
    lay_out(&project)?;
    let mut node = shell::command("node");
    node.arg("xtask/demo/run.mjs")
        .args(["--project".as_ref(), project.as_os_str()])
        .args(["--tarball".as_ref(), tarball.as_os_str()])
        .args(["--port", &args.port.to_string()]);
    if args.serve {
        node.arg("--serve");
    }
    if tenant {
        node.arg("--tenant");
    }
    if !node.status()?.success() {
        // It has said what went wrong.
        std::process::exit(1);
    }
    Ok(())
}

/// Whether the environment names a tenant, completely.
fn has_tenant() -> Result<bool> {
    let (set, missing): (Vec<_>, Vec<_>) = TENANT
        .into_iter()
        .partition(|name| std::env::var(name).is_ok_and(|value| !value.is_empty()));
    if !set.is_empty() && !missing.is_empty() {
        bail!(
            "set {} too to use your tenant, or unset {} to use local Kinde",
            missing.join(" and "),
            set.join(" and ")
        );
    }
    Ok(missing.is_empty())
}

/// A fresh copy of the Worker's project.
fn lay_out(project: &Path) -> Result<()> {
    let source = shell::root().join("xtask/demo/worker");
    if project.exists() {
        fs::remove_dir_all(project)?;
    }
    for file in fingerprint::files(&source)? {
        let copy = project.join(file.strip_prefix(&source)?);
        if let Some(folder) = copy.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&file, &copy)?;
    }
    Ok(())
}
