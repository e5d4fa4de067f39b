//! `cargo xtask bench`: this package beside its peers, in one run, on the same work.
//!
//! The programs in bench/ measure and print records; here they are started, and their records
//! become tables, verdicts on what was aimed at, and a plot.

mod growth;
mod plot;
mod record;
mod report;
mod rust;
mod targets;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::fingerprint::Fingerprint;
use crate::size::Breakdown;
use crate::{build, shell, tools};
use record::{Machine, OURS, Record};

/// Arguments of `cargo xtask bench`.
#[derive(clap::Args)]
pub struct Args {
    /// Measure these only, separated by commas: size, cold, call, throughput, memory, tokens, jwt,
    /// growth, rust. bench/RESULTS.md stays as it is
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Fewer rounds: some minutes instead of some twenty, and figures to match
    #[arg(long)]
    quick: bool,
}

/// What is measured, in this order.
struct Area {
    name: &'static str,
    measure: fn(&Area, quick: bool) -> Result<Vec<Record>>,
}

const AREAS: [Area; 9] = [
    Area::of_program("size"),
    Area::of_program("cold"),
    Area::of_program("call"),
    Area::of_program("throughput"),
    Area::of_program("memory"),
    Area::of_program("tokens"),
    Area::of_program("jwt"),
    Area {
        name: "growth",
        measure: |_, quick| growth::measure(quick),
    },
    Area {
        name: "rust",
        measure: |_, _| rust::measure(),
    },
];

impl Area {
    const fn of_program(name: &'static str) -> Self {
        Self {
            name,
            measure: |area, quick| program(&format!("bench/{}.mjs", area.name), quick, &[]),
        }
    }
}

/// Measure, print, and write down.
pub fn run(args: &Args) -> Result<()> {
    let areas = choose(&args.only)?;
    let tarball = build::run()?;
    tools::node()?;
    install(&tarball)?;
    let machine = Machine::here()?;
    let breakdown = Breakdown::of_package()?;
    let start = Instant::now();
    let mut records = Vec::new();
    let mut failed = Vec::new();
    for area in areas {
        println!("{}", area.name);
        // What was measured before and what comes after is worth having all the same.
        let measured = (area.measure)(area, args.quick).unwrap_or_else(|error| {
            failed.push(area.name);
            let why = format!("{error:#}");
            let why = why.lines().next().unwrap_or_default();
            vec![Record::failed(area.name, "all of it", OURS, why)]
        });
        print!("{}", report::plain(area.name, &measured));
        records.extend(measured);
    }
    println!("measured in {:.0} s\n", start.elapsed().as_secs_f64());
    print!("{}", targets::plain(&targets::compare(&records)));
    let results = report::results(&machine, &records, &breakdown, args.quick);
    // What is committed is of one run, with nothing left out.
    let is_whole = args.only.is_empty() && failed.is_empty();
    let folder = if is_whole {
        shell::root().join("bench")
    } else {
        shell::target().join("bench")
    };
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("RESULTS.md"), &results)?;
    fs::write(folder.join("plot.svg"), plot::svg(&records))?;
    println!(
        "{}",
        folder
            .join("RESULTS.md")
            .strip_prefix(shell::root())?
            .display()
    );
    if is_whole {
        let readme = shell::root().join("README.md");
        let text = fs::read_to_string(&readme)?;
        fs::write(&readme, report::with_summary(&text, &results)?)?;
        println!("README.md: size and speed");
    }
    ensure!(failed.is_empty(), "not measured: {}", failed.join(", "));
    Ok(())
}

fn choose(names: &[String]) -> Result<Vec<&'static Area>> {
    if names.is_empty() {
        return Ok(AREAS.iter().collect());
    }
    let find = |name: &String| {
        let area = AREAS.iter().find(|area| area.name == *name);
        area.with_context(|| {
            let known = AREAS.map(|area| area.name).join(", ");
            format!("nothing to measure is called {name}: there is {known}")
        })
    };
    names.iter().map(find).collect()
}

/// The peers of bench/package-lock.json, and the package beside them as npm would unpack it.
fn install(tarball: &std::path::Path) -> Result<()> {
    let modules = shell::root().join("bench/node_modules");
    let lock = Fingerprint::new("bench")
        .path("bench/package.json")?
        .path("bench/package-lock.json")?;
    if !lock.is_current(&[modules.join(".package-lock.json")]) {
        println!("Installing the peers of bench/package-lock.json");
        let mut npm = shell::command("npm");
        npm.args(["ci", "--prefix", "bench", "--ignore-scripts"]);
        npm.args(["--no-audit", "--no-fund", "--loglevel=error"]);
        shell::run(&mut npm, "npm ci")?;
        lock.keep()?;
    }
    let own = modules.join("kinde-edge");
    if own.exists() {
        fs::remove_dir_all(&own)?;
    }
    fs::create_dir_all(&own)?;
    let mut tar = shell::command("tar");
    tar.arg("-xzf").arg(tarball).arg("-C").arg(&own);
    shell::run(tar.arg("--strip-components=1"), "tar")
}

/// The records that a program of bench/ prints.
fn program(file: &str, quick: bool, more: &[(&str, &str)]) -> Result<Vec<Record>> {
    let mut node = shell::command("node");
    node.arg(file)
        .env("BENCH_QUICK", if quick { "1" } else { "0" })
        .envs(more.iter().copied())
        .stdout(Stdio::piped());
    let mut child = node.spawn().context("Node cannot be started")?;
    let output = child.stdout.take().context("Node prints nothing")?;
    let mut records = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line?;
        if line.starts_with('{') {
            records.push(serde_json::from_str(&line).with_context(|| line.clone())?);
        }
    }
    if !child.wait()?.success() {
        bail!("{file} failed");
    }
    ensure!(!records.is_empty(), "{file} measured nothing");
    Ok(records)
}
