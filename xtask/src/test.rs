//! `cargo xtask test`: the suites in order, each with its counts and time, all of them even
//! after a failure, and at the end where the time went and one line that sums up.

mod choice;
mod counts;
#[cfg(test)]
mod imports;
mod suites;
mod times;
mod watch;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};

use crate::prism::Prism;
use crate::tools::{self, Browser};
use crate::{build, shell};
use choice::{Choice, Part};
use counts::Counts;
use times::{Clock, Times};

/// Arguments of `cargo xtask test`.
#[derive(clap::Args)]
pub struct Args {
    /// The suites to run, all if none is named; behind one suite, a test file and a test's name:
    /// `node retries "503"`
    words: Vec<String>,
    /// All suites, those too that only a release needs
    #[arg(long, conflicts_with = "words")]
    all: bool,
    /// List the suites and the test files that would run, and run nothing
    #[arg(long)]
    list: bool,
    /// Show what the suites print, also where they pass
    #[arg(long, short)]
    verbose: bool,
    /// Run them again after each change of a file, until Ctrl-C
    #[arg(long, short)]
    watch: bool,
}

/// One suite: a name to call it by, what it shows, what of it can be chosen, and how all of it runs.
struct Suite {
    name: &'static str,
    about: &'static str,
    kind: Kind,
    run: fn(&mut Run) -> Result<()>,
}

/// What of a suite can run alone.
#[derive(Clone, Copy)]
enum Kind {
    /// Nothing.
    Whole,
    /// Each file of Node's runner in a folder of `tests/`, and each test of it.
    Files(&'static str),
    /// Each file of `tests/suites` in a runtime, those that only this runtime has, and each test of them.
    Runtime(Runtime),
    /// Each test in Rust.
    Rust,
}

/// Where the files of `tests/suites` run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Runtime {
    Node,
    Workerd,
    Chromium,
    Firefox,
    WebKit,
}

impl Runtime {
    /// The name that `tests/lib/runner.mjs` knows it by.
    fn name(self) -> &'static str {
        match self {
            Self::Node => "Node",
            Self::Workerd => "workerd",
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::WebKit => "WebKit",
        }
    }

    /// The folder of what only this runtime has.
    fn folder(self) -> Option<&'static str> {
        match self {
            Self::Node => Some("tests/node"),
            Self::Workerd => Some("tests/worker"),
            Self::Chromium | Self::Firefox | Self::WebKit => None,
        }
    }

    /// All that runs in it.
    fn files(self) -> Result<Vec<PathBuf>> {
        let mut files = crate::fingerprint::files(&shell::root().join("tests/suites"))?;
        files.retain(|file| match test_name(file) {
            Some(name) if OF_OTHERS.contains(&name) => false,
            Some(name) => self.folder().is_some() || !NOT_IN_A_PAGE.contains(&name),
            None => false,
        });
        if let Some(folder) = self.folder() {
            files.extend(test_files(Path::new(folder), |_| true)?);
        }
        Ok(files)
    }
}

/// Files of `tests/suites` that suites of their own run: `contract`, `made-up`.
const OF_OTHERS: [&str; 2] = ["contract", "required"];

/// Files of `tests/suites` that need cookies, which a page cannot set.
const NOT_IN_A_PAGE: [&str; 2] = ["crowds", "session"];

/// Test files of the runtimes that measure time, or need much of it: they are the suite `clocks`, so
/// that little else runs while they do.
const CLOCKS: [&str; 5] = ["crowds", "faults", "load", "queue", "waits"];

/// Folders of test files that need a server of the API document.
const PRISM: [&str; 2] = ["contract", "readme"];

/// How many test files of a suite may fail and run once more: more is no chance.
const SECOND_TRIES: usize = 2;

/// Test files that one of Node's runners runs, so many at once.
struct Batch {
    files: Vec<PathBuf>,
    at_once: usize,
    runtime: Option<Runtime>,
}

/// What a test runner said.
struct Outcome {
    passed: bool,
    output: String,
}

impl Outcome {
    fn of(command: &mut Command, verbose: bool) -> Result<Self> {
        let (status, output) = shell::capture(command, verbose)?;
        let passed = status.success();
        Ok(Self { passed, output })
    }
}

/// Run the suites that are asked for.
pub fn run(args: &Args) -> Result<()> {
    let choice = Choice::of(&args.words, args.all)?;
    if args.list {
        list(&choice);
        return Ok(());
    }
    if args.watch {
        return watch::run(&args.words);
    }
    // Whoever runs one thing wants to see it.
    let mut run = Run::new(args.verbose || choice.part.is_some());
    let mut total = Counts::default();
    let mut times = Times::default();
    for suite in choice.suites {
        let clock = Clock::start();
        total += run.suite(suite, choice.part.as_ref());
        times.add(suite.name, &clock);
    }
    print!("{times}");
    println!("{total}");
    if total.failed > 0 {
        // What failed has been said.
        drop(run);
        std::process::exit(1);
    }
    Ok(())
}

fn list(choice: &Choice) {
    for suite in &choice.suites {
        println!("{:<12}{}", suite.name, suite.about);
    }
    for file in choice.part.iter().flat_map(|part| &part.files) {
        println!("            {}", file.display());
    }
}

/// What the suites share: the counts of the one that runs, and what is started or built once.
struct Run {
    verbose: bool,
    counts: Counts,
    report: String,
    browser: Option<Browser>,
    prism: Option<Prism>,
    tarball: Option<PathBuf>,
    installed: Option<PathBuf>,
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
            installed: None,
        }
    }

    /// Run a suite and print its result; what failed is printed below it.
    fn suite(&mut self, suite: &Suite, part: Option<&Part>) -> Counts {
        println!("{}: {}", suite.name, suite.about);
        self.counts = Counts::default();
        self.report.clear();
        let clock = Clock::start();
        let result = match part {
            Some(part) => self.part(suite, part),
            None => (suite.run)(self),
        };
        if let Err(error) = result {
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
        let time = clock.elapsed();
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

    /// A part of a suite: with no more of what tests need than this one does.
    fn part(&mut self, suite: &Suite, part: &Part) -> Result<()> {
        match suite.kind {
            Kind::Whole => bail!("{} has no parts", suite.name),
            Kind::Rust => suites::rust_tests(self, suite.name, &part.name),
            Kind::Files(_) | Kind::Runtime(_) => {
                let runtime = match suite.kind {
                    Kind::Runtime(runtime) => Some(runtime),
                    _ => None,
                };
                let mut node = self.node_command(cores(), runtime)?;
                if matches!(suite.kind, Kind::Files(folder) if PRISM.contains(&folder)) {
                    node.env("KINDE_EDGE_PRISM", self.prism()?);
                }
                if let Ok(browser) = self.browser() {
                    node.env("CHROME", &browser.chromium);
                }
                if !part.name.is_empty() {
                    node.arg(format!("--test-name-pattern={}", part.name));
                }
                node.args(&part.files);
                self.tests(&mut node, counts::of_node)
            }
        }
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
        let outcome = Outcome::of(command, self.verbose)?;
        self.count(&outcome, count);
        Ok(())
    }

    fn count(&mut self, Outcome { passed, output }: &Outcome, count: fn(&str) -> Counts) {
        let mut counts = count(output);
        if !passed && counts.failed == 0 {
            // It failed before, or beside, its tests: a compile error, a crash.
            counts.failed = 1;
        }
        if counts.failed > 0 {
            self.report.push_str(output);
        }
        self.counts += counts;
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

    /// A project with the package in it, for the test files to copy.
    fn installed(&mut self) -> Result<&Path> {
        if self.installed.is_none() {
            let tarball = self.tarball()?.to_path_buf();
            self.installed = Some(build::install(&tarball)?);
        }
        self.installed.as_deref().context("no project")
    }

    /// The test files of Node's runner in `tests/<folder>`.
    fn node_tests(&mut self, folder: &str) -> Result<()> {
        let files = test_files(&Path::new("tests").join(folder), |_| true)?;
        // One more than there are cores: there is always one that waits, for a timer or a browser.
        self.node(&files, cores() + 1, None)
    }

    /// What runs in a runtime, but for what the suite `clocks` runs.
    fn in_runtime(&mut self, runtime: Runtime) -> Result<()> {
        let mut files = runtime.files()?;
        files.retain(|file| !has_clock(file));
        self.node(&files, cores() + 1, Some(runtime))
    }

    /// Those with clocks, which wait most of the time: in each runtime one after the other, the runtimes
    /// at once.
    fn clocks(&mut self) -> Result<()> {
        let mut batches = Vec::new();
        for runtime in [Runtime::Node, Runtime::Workerd, Runtime::Chromium] {
            let mut files = runtime.files()?;
            files.retain(|file| has_clock(file));
            batches.push(Batch {
                files,
                at_once: 1,
                runtime: Some(runtime),
            });
        }
        self.side_by_side(&batches)
    }

    /// The test files of `tests/made-up` with another package and another server than the others'.
    fn with_package(&mut self, tarball: PathBuf, prism: Prism) -> Result<()> {
        let kept = (self.tarball.replace(tarball), self.prism.replace(prism));
        // There is one place to install a package into.
        self.installed = None;
        let result = self.node_tests("made-up");
        self.installed = None;
        (self.tarball, self.prism) = kept;
        result
    }

    /// All that runs in a page, in another browser than Chromium.
    fn in_other_browser(&mut self, browser: Runtime) -> Result<()> {
        self.node(&browser.files()?, cores(), Some(browser))
    }

    /// Node's runner, with all that its test files may need.
    fn node(&mut self, files: &[PathBuf], at_once: usize, runtime: Option<Runtime>) -> Result<()> {
        self.side_by_side(&[Batch {
            files: files.to_vec(),
            at_once,
            runtime,
        }])
    }

    /// Several of Node's runners. Their test files drive browsers, servers and clocks on a machine that
    /// does other things too: where few of a runner's files fail, they run once more with nothing beside
    /// them. What passes then is counted as such, and shown.
    fn side_by_side(&mut self, batches: &[Batch]) -> Result<()> {
        let verbose = self.verbose;
        let mut commands = Vec::new();
        for batch in batches {
            commands.push(self.batch_command(batch)?);
        }
        let outcomes: Vec<_> = thread::scope(|scope| {
            let runners: Vec<_> = commands
                .iter_mut()
                .map(|command| scope.spawn(move || Outcome::of(command, verbose)))
                .collect();
            runners
                .into_iter()
                .map(thread::ScopedJoinHandle::join)
                .collect()
        });
        for (batch, outcome) in batches.iter().zip(outcomes) {
            let first = outcome.map_err(|_| anyhow!("a thread panicked"))??;
            self.count_or_try_again(batch, &first)?;
        }
        Ok(())
    }

    fn count_or_try_again(&mut self, batch: &Batch, first: &Outcome) -> Result<()> {
        let failed: Vec<_> = counts::failed_files(&first.output)
            .into_iter()
            .map(PathBuf::from)
            .collect();
        if failed.is_empty() || failed.len() > SECOND_TRIES {
            self.count(first, counts::of_node);
            return Ok(());
        }
        let again = Batch {
            files: failed,
            at_once: 1,
            runtime: batch.runtime,
        };
        let second = Outcome::of(&mut self.batch_command(&again)?, self.verbose)?;
        if !second.passed {
            self.count(first, counts::of_node);
            return Ok(());
        }
        let place = batch
            .runtime
            .map(|runtime| format!(" in {}", runtime.name()));
        for file in &again.files {
            let place = place.as_deref().unwrap_or_default();
            println!("  failed, then passed alone: {}{place}", file.display());
        }
        println!("{}", counts::failures(&first.output));
        let mut counts = counts::of_node(&first.output);
        counts.flaky = counts.failed;
        counts.passed += counts.failed;
        counts.failed = 0;
        self.counts += counts;
        Ok(())
    }

    fn batch_command(&mut self, batch: &Batch) -> Result<Command> {
        let prism = self.prism()?;
        let chromium = self.browser()?.chromium.clone();
        let mut node = self.node_command(batch.at_once, batch.runtime)?;
        node.args(&batch.files)
            .env("KINDE_EDGE_PRISM", prism)
            .env("CHROME", chromium);
        Ok(node)
    }

    /// Node's runner, with the package and what runs a suite in a runtime.
    fn node_command(&mut self, at_once: usize, runtime: Option<Runtime>) -> Result<Command> {
        let tarball = self.tarball()?.to_path_buf();
        let installed = self.installed()?.to_path_buf();
        let mut node = shell::command("node");
        node.args(["--import", "./xtask/js/failed.mjs"])
            .args(["--test", "--test-reporter=spec", "--test-timeout=600000"])
            .arg(format!("--test-concurrency={at_once}"))
            .env("KINDE_EDGE_TARBALL", tarball)
            .env("KINDE_EDGE_INSTALLED", installed);
        if let Some(runtime) = runtime {
            node.args(["--import", "./tests/lib/runner.mjs"])
                .env("KINDE_EDGE_RUNTIME", runtime.name());
        }
        match runtime {
            Some(Runtime::Firefox) => drop(tools::firefox()?),
            Some(Runtime::WebKit) => drop(tools::webkit()?),
            _ => {}
        }
        Ok(node)
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The files `name.test.mjs` in a folder whose name is wanted.
fn test_files(folder: &Path, is_wanted: fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let mut files = crate::fingerprint::files(&shell::root().join(folder))?;
    files.retain(|file| test_name(file).is_some_and(is_wanted));
    if files.is_empty() {
        bail!("{} has none of the *.test.mjs", folder.display());
    }
    Ok(files)
}

fn has_clock(file: &Path) -> bool {
    test_name(file).is_some_and(|name| CLOCKS.contains(&name))
}

/// What a test file, or a suite of `tests/suites`, is called by.
fn test_name(file: &Path) -> Option<&str> {
    let name = file.file_name()?.to_str()?.strip_suffix(".mjs")?;
    match name.strip_suffix(".test") {
        Some(name) => Some(name),
        None => file.parent()?.ends_with("tests/suites").then_some(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(runtime: Runtime) -> Vec<String> {
        let files = runtime.files().unwrap();
        let names = files.iter().filter_map(|file| test_name(file));
        names.map(str::to_owned).collect()
    }

    #[test]
    fn every_runtime_runs_every_suite_but_those_that_a_page_cannot() {
        let suites = test_files(Path::new("tests/suites"), |name| !OF_OTHERS.contains(&name));
        let suites: Vec<_> = suites.unwrap();
        for runtime in [Runtime::Node, Runtime::Workerd] {
            assert!(runtime.files().unwrap().starts_with(&suites));
        }
        for browser in [Runtime::Chromium, Runtime::Firefox, Runtime::WebKit] {
            assert_eq!(names(browser).len(), suites.len() - NOT_IN_A_PAGE.len());
        }
    }

    #[test]
    fn what_is_named_in_a_list_is_there() {
        let node = names(Runtime::Node);
        for name in CLOCKS.iter().chain(&NOT_IN_A_PAGE) {
            assert!(node.iter().any(|one| one == name), "{name}");
        }
        for name in OF_OTHERS {
            let file = format!("tests/suites/{name}.mjs");
            assert!(shell::root().join(&file).exists(), "{file}");
        }
    }
}
