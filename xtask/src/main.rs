//! `cargo xtask`: everything that builds, generates, tests and shows kinde-edge.

mod codegen;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the generated code from spec/kinde-v1.yaml and spec/overlay.yaml
    Codegen(codegen::Args),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Codegen(args) => codegen::run(&args),
    }
}
