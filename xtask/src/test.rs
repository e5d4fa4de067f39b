//! `cargo xtask test`: the suites in order, each with its counts and time, all of them even
//! after a failure, and one line at the end that sums up.

mod counts;
mod suites;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::prism::Prism;
use crate::tools::{self, Browser};
use crate::{build, shell};
use counts::Counts;

/// Arguments of `cargo xtask test`.
#[derive(clap::Args)]
pub struct Args {
    /// The suites to run, all if none is named
    suites: Vec<String>,
    /// List the suites
    #[arg(long)]
    list: bool,
    /// Show what the suites print, also where they pass
    #[arg(long, short)]
    verbose: bool,
}

/// One suite: a name to call it by, what it shows, and how it runs.
struct Suite {
    name: &'static str,
    about: &'static str,
    run: fn(&mut Run) -> Result<()>,
}

/// Run the suites that are asked for.
pub fn run(args: &Args) -> Result<()> {
    if args.list {
        for suite in suites::ALL {
            println!("{:<12}{}", suite.name, suite.about);
        }
        return Ok(());
    }
    let chosen = choose(&args.suites)?;
    let mut run = Run::new(args.verbose);
    let mut total = Counts::default();
    let start = Instant::now();
    for suite in chosen {
        total += run.suite(suite);
    }
    println!("all in {:.0} s", start.elapsed().as_secs_f64());
    println!("{total}");
    if total.failed > 0 {
        // What failed has been said.
        drop(run);
        std::process::exit(1);
    }
    Ok(())
}

fn choose(names: &[String]) -> Result<Vec<&'static Suite>> {
    if names.is_empty() {
        return Ok(suites::ALL.iter().collect());
    }
    let find = |name: &String| {
        let suite = suites::ALL.iter().find(|suite| suite.name == *name);
        suite.with_context(|| format!("there is no suite {name}: see cargo xtask test --list"))
    };
    names.iter().map(find).collect()
}

/// What the suites share: the counts of the one that runs, and what is started or built once.
struct Run {
    verbose: bool,
    counts: Counts,
    report: String,
    browser: Option<Browser>,
    prism: Option<Prism>,
    tarball: Option<PathBuf>,
}

impl Run {
    fn new(verbose: bool) -> Self {
        Self {
            verbose,
            counts: Counts::default(),
            report: String::new(),
            browser: None,
            prism: None,
            tarball: None,
        }
    }

    /// Run a suite and print its result; what failed is printed below it.
    fn suite(&mut self, suite: &Suite) -> Counts {
        println!("{}: {}", suite.name, suite.about);
        self.counts = Counts::default();
        self.report.clear();
        let start = Instant::now();
        if let Err(error) = (suite.run)(self) {
            self.counts.failed += 1;
            self.report.push_str(&format!("{error:#}\n"));
        } else if self.counts.is_empty() {
            self.counts.failed += 1;
            self.report.push_str("the suite ran no test\n");
        }
        if let Err(error) = self.check_prism() {
            self.counts.failed += 1;
            self.report.push_str(&format!("{error:#}\n"));
        }
        let time = start.elapsed().as_secs_f64();
        let verdict = if self.counts.failed == 0 {
            "ok"
        } else {
            "FAILED"
        };
        println!("  {verdict}: {} ({time:.1} s)", self.counts);
        if self.counts.failed > 0 {
            println!("{}", self.report.trim_end());
        }
        self.counts
    }

    /// A program whose success is one passed check.
    fn check(&mut self, command: &mut Command) -> Result<()> {
        let (status, output) = shell::capture(command, self.verbose)?;
        if status.success() {
            self.counts.passed += 1;
        } else {
            self.counts.failed += 1;
            self.report.push_str(&output);
        }
        Ok(())
    }

    /// A test runner, which counts by itself.
    fn tests(&mut self, command: &mut Command, count: fn(&str) -> Counts) -> Result<()> {
        let (status, output) = shell::capture(command, self.verbose)?;
        let mut counts = count(&output);
        if !status.success() && counts.failed == 0 {
            // It failed before, or beside, its tests: a compile error, a crash.
            counts.failed = 1;
        }
        if counts.failed > 0 {
            self.report.push_str(&output);
        }
        self.counts += counts;
        Ok(())
    }

    /// Chromium and its driver.
    fn browser(&mut self) -> Result<&Browser> {
        if self.browser.is_none() {
            self.browser = Some(tools::browser()?);
        }
        self.browser.as_ref().context("no browser")
    }

    /// The address of a Prism that serves the document.
    fn prism(&mut self) -> Result<String> {
        tools::node()?;
        if self.prism.is_none() {
            self.prism = Some(Prism::start()?);
        }
        Ok(self.prism.as_ref().context("no prism")?.url())
    }

    /// That Prism still runs; if not, the next suite gets a new one.
    fn check_prism(&mut self) -> Result<()> {
        let ended = self.prism.as_mut().map(Prism::ended).transpose()?.flatten();
        if let Some(ended) = ended {
            self.prism = None;
            bail!(ended);
        }
        Ok(())
    }

    /// The packed package.
    fn tarball(&mut self) -> Result<&Path> {
        if self.tarball.is_none() {
            self.tarball = Some(build::run()?);
        }
        self.tarball.as_deref().context("no tarball")
    }

    /// The test files of Node's runner in `tests/<folder>`, with all they may need.
    fn node_tests(&mut self, folder: &str) -> Result<()> {
        let tarball = self.tarball()?.to_path_buf();
        let prism = self.prism()?;
        let chromium = self.browser()?.chromium.clone();
        let mut files = Vec::new();
        for file in crate::fingerprint::files(&shell::root().join("tests").join(folder))? {
            if file.to_string_lossy().ends_with(".test.mjs") {
                files.push(file);
            }
        }
        if files.is_empty() {
            bail!("tests/{folder} has no *.test.mjs");
        }
        let mut node = shell::command("node");
        node.args(["--test", "--test-reporter=spec", "--test-timeout=600000"])
            .args(files)
            .env("KINDE_EDGE_TARBALL", tarball)
            .env("KINDE_EDGE_PRISM", prism)
            .env("CHROME", chromium);
        self.tests(&mut node, counts::of_node)
    }
}
