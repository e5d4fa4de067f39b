//! `cargo xtask`: everything that builds, generates, tests and shows kinde-edge.

mod bench;
mod build;
mod codegen;
mod demo;
mod docs;
mod fingerprint;
mod glue;
mod local;
mod lock;
mod prism;
mod release;
mod shell;
mod size;
mod test;
mod tools;
mod wasm;
mod working_copy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the generated code from the documents of spec/
    Codegen(codegen::Args),
    /// Find or install the tools that building and testing need
    Tools,
    /// Say what of the tools is there and what is missing, and install nothing
    Doctor,
    /// Build the npm package: pkg/dist, and the tarball in target/npm
    Build,
    /// Run the test suites, all of them or those that are named
    Test(test::Args),
    /// Build the documentation of the crate and of the npm package
    Docs,
    /// Check and pack what a release consists of, into target/release-files
    Release(release::Args),
    /// Measure the package beside its peers, and write bench/RESULTS.md
    Bench(bench::Args),
    /// Build, and print who takes how much of what a Worker downloads
    Size(size::Args),
    /// Run a Worker that uses the built package, against local Kinde or your Kinde tenant
    Demo(demo::Args),
    /// Run a server that behaves like a small Kinde tenant, with data: no account needed
    Local(local::Args),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A sentence for the one who typed the command; a backtrace would bury it.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Codegen(args) => codegen::run(&args),
        Command::Tools => tools::all(),
        Command::Doctor => tools::doctor(),
        Command::Build => build::run().map(drop),
        Command::Test(args) => test::run(&args),
        Command::Docs => docs::run(),
        Command::Release(args) => release::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Size(args) => size::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Local(args) => local::run(&args),
    }
}
