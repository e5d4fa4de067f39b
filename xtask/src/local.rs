//! `cargo xtask local`: a server that behaves like a small Kinde tenant.

use std::path::PathBuf;

use anyhow::Result;

use crate::{shell, tools};

/// Arguments of `cargo xtask local`.
#[derive(clap::Args)]
pub struct Args {
    /// The port it listens on, on this machine only
    #[arg(long, default_value_t = 4400)]
    port: u16,
    /// A file to keep the tenant in; without it, each start is from the beginning
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Answer as the document says, without the nulls and new fields of the real service
    #[arg(long)]
    as_documented: bool,
    /// Refuse (429) what goes beyond so many requests a second
    #[arg(long, value_name = "PER SECOND")]
    rate_limit: Option<u32>,
    /// The share of the requests, from 0 to 1, that fails or takes long
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = 0.0)]
    faults: f64,
    /// How long each answer takes, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u32,
    /// Do not print the requests
    #[arg(long)]
    quiet: bool,
}

/// Run it until Ctrl-C.
pub fn run(args: &Args) -> Result<()> {
    tools::node()?;
    let mut node = shell::command("node");
    node.arg("pkg/local/lib/cli.js")
        .args(["--port", &args.port.to_string()])
        .args(["--faults", &args.faults.to_string()])
        .args(["--latency", &args.latency.to_string()]);
    if let Some(data) = &args.data {
        // The path is meant from where the command was typed.
        node.arg("--data").arg(std::path::absolute(data)?);
    }
    if let Some(limit) = args.rate_limit {
        node.args(["--rate-limit", &limit.to_string()]);
    }
    for (flag, given) in [
        ("--as-documented", args.as_documented),
        ("--quiet", args.quiet),
    ] {
        if given {
            node.arg(flag);
        }
    }
    if !node.status()?.success() {
        // It has said what went wrong.
        std::process::exit(1);
    }
    Ok(())
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a number from 0 to 1".into()),
    }
}
