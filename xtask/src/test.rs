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

use anyhow::{Context, Result, bail};

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
    /// Each test in Rust.
    Rust,
}

/// Test files of any folder that measure time, or need much of it: they are the suite `clocks`, so
/// that little else runs while they do.
const CLOCKS: [&str; 5] = ["crowds", "faults", "load", "queue", "waits"];

/// Folders of test files that need a server of the API document.
const PRISM: [&str; 2] = ["contract", "readme"];

/// How many test files of a suite may fail and run once more: more is no chance.
const SECOND_TRIES: usize = 2;

/// What a test runner said.
struct Outcome {
    passed: bool,
    output: String,
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
    suite: &'static str,
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
            suite: "",
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
        self.suite = suite.name;
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
            Kind::Files(folder) => {
                let mut node = self.node_command(cores())?;
                if PRISM.contains(&folder) {
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
        let (status, output) = shell::capture(command, self.verbose)?;
        let passed = status.success();
        self.count(&Outcome { passed, output }, count);
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

    /// The test files of Node's runner in `tests/<folder>`, those with clocks excepted.
    fn node_tests(&mut self, folder: &str) -> Result<()> {
        let files = test_files(&Path::new("tests").join(folder), |name| {
            !CLOCKS.contains(&name)
        })?;
        // One more than there are cores: there is always one that waits, for a timer or a browser.
        self.node(&files, cores() + 1)
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

    /// All test files of `tests/browser`, in another browser than Chromium.
    fn other_browser(&mut self) -> Result<()> {
        let files = test_files(Path::new("tests/browser"), |_| true)?;
        self.node(&files, cores())
    }

    /// Those with clocks, which wait most of the time.
    fn clocks(&mut self) -> Result<()> {
        let files = test_files(Path::new("tests"), |name| CLOCKS.contains(&name))?;
        self.node(&files, cores())
    }

    /// Node's runner, with all that its test files may need. These drive browsers, servers and
    /// clocks on a machine that does other things too: where few files fail, they run once more
    /// with nothing beside them. What passes then is counted as such, and shown.
    fn node(&mut self, files: &[PathBuf], at_once: usize) -> Result<()> {
        let first = self.node_once(files, at_once)?;
        let failed: Vec<_> = counts::failed_files(&first.output)
            .into_iter()
            .map(PathBuf::from)
            .collect();
        if failed.is_empty() || failed.len() > SECOND_TRIES {
            self.count(&first, counts::of_node);
            return Ok(());
        }
        let second = self.node_once(&failed, 1)?;
        if !second.passed {
            self.count(&first, counts::of_node);
            return Ok(());
        }
        for file in &failed {
            println!("  failed, then passed alone: {}", file.display());
        }
        println!("{}", counts::failures(&first.output));
        let mut counts = counts::of_node(&first.output);
        counts.flaky = counts.failed;
        counts.passed += counts.failed;
        counts.failed = 0;
        self.counts += counts;
        Ok(())
    }

    fn node_once(&mut self, files: &[PathBuf], at_once: usize) -> Result<Outcome> {
        let prism = self.prism()?;
        let chromium = self.browser()?.chromium.clone();
        let mut node = self.node_command(at_once)?;
        node.args(files)
            .env("KINDE_EDGE_PRISM", prism)
            .env("CHROME", chromium);
        let (status, output) = shell::capture(&mut node, self.verbose)?;
        Ok(Outcome {
            passed: status.success(),
            output,
        })
    }

    /// Node's runner, with the package.
    fn node_command(&mut self, at_once: usize) -> Result<Command> {
        let tarball = self.tarball()?.to_path_buf();
        let installed = self.installed()?.to_path_buf();
        let mut node = shell::command("node");
        node.args(["--import", "./xtask/js/failed.mjs"])
            .args(["--test", "--test-reporter=spec", "--test-timeout=600000"])
            .arg(format!("--test-concurrency={at_once}"))
            .env("KINDE_EDGE_TARBALL", tarball)
            .env("KINDE_EDGE_INSTALLED", installed);
        // The test files of the suite `browser` run in Chromium unless another one is named.
        match self.suite {
            "firefox" => {
                tools::firefox()?;
                node.env("KINDE_EDGE_BROWSER", "Firefox");
            }
            "webkit" => {
                tools::webkit()?;
                node.env("KINDE_EDGE_BROWSER", "WebKit");
            }
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

fn test_name(file: &Path) -> Option<&str> {
    file.file_name()?.to_str()?.strip_suffix(".test.mjs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_with_clocks_are_those_of_each_runtime() {
        let files = test_files(Path::new("tests"), |name| CLOCKS.contains(&name)).unwrap();
        // A page cannot play a browser with cookies: there are no crowds of sessions in it.
        assert_eq!(
            files.len(),
            CLOCKS.len() * ["browser", "node", "worker"].len() - 1
        );
        let others = test_files(Path::new("tests/node"), |name| !CLOCKS.contains(&name)).unwrap();
        let all = test_files(Path::new("tests/node"), |_| true).unwrap();
        assert_eq!(others.len() + CLOCKS.len(), all.len());
    }
}
