//! The tools that building and testing need: found, or installed by a package manager.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::fingerprint::Fingerprint;
use crate::shell;

/// What the crate is compiled to.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The wasm-pack that is installed where there is none of this series or newer.
const WASM_PACK: &str = "0.15.1";

/// The versions of what only a release needs.
const CARGO_DENY: &str = "0.20.2";
const CARGO_SEMVER_CHECKS: &str = "0.51.0";

/// The driver of Firefox that is installed where there is none.
const GECKODRIVER: &str = "0.37.1";

/// The oldest Node that the package and its tools run on.
const NODE: u64 = 20;

/// `cargo xtask tools`: all of them.
pub fn all() -> Result<()> {
    rust()?;
    node()?;
    let browser = browser()?;
    println!("wasm target   {WASM_TARGET}");
    println!("wasm-pack     {}", found("wasm-pack"));
    println!("wasm-bindgen  {}", found("wasm-bindgen"));
    println!("node          {}", found("node"));
    println!(
        "npm packages  {}",
        shell::root().join("node_modules").display()
    );
    println!("chromium      {}", browser.chromium.display());
    println!("chromedriver  {}", browser.driver.display());
    Ok(())
}

/// `cargo xtask doctor`: what is there and what is not, without installing anything.
pub fn doctor() -> Result<()> {
    let wasm_bindgen = locked_version("wasm-bindgen")?;
    let is_fit = |program, fits: &dyn Fn(&str) -> bool| version(program).filter(|v| fits(v));
    let node = is_fit("node", &|found| series(found).0 >= NODE);
    let browser = find_browser();
    let by_itself = "the first command that needs it installs it (cargo xtask tools)";
    let rows = [
        ("Rust", version("rustc"), "install it from rustup.rs"),
        (
            "wasm target",
            has_wasm_target()?.then(String::new),
            by_itself,
        ),
        (
            "wasm-pack",
            is_fit("wasm-pack", &|found| series(found) >= series(WASM_PACK)),
            by_itself,
        ),
        (
            "wasm-bindgen",
            is_fit("wasm-bindgen", &|found| found == wasm_bindgen),
            by_itself,
        ),
        ("Node", node.clone(), "install Node 20 or newer"),
        (
            "npm packages",
            npm_packages()?.is_current(&[npm_lock()]).then(String::new),
            by_itself,
        ),
        (
            "Chromium",
            browser.map(|browser| browser.chromium.display().to_string()),
            "install chromium and chromium-driver, or set CHROME and CHROMEDRIVER; only browser tests \
             need them",
        ),
    ];
    for (name, found, otherwise) in rows {
        match found {
            Some(found) => println!("ok       {name:<14}{found}"),
            None => println!("missing  {name:<14}{otherwise}"),
        }
    }
    if node.is_none() {
        bail!("Node {NODE} or newer is needed for everything but the Rust tests");
    }
    Ok(())
}

/// The wasm target, wasm-pack, and wasm-bindgen at the version the crate is built with.
pub fn rust() -> Result<()> {
    wasm_target()?;
    if version("wasm-pack").is_none_or(|found| series(&found) < series(WASM_PACK)) {
        cargo_install("wasm-pack", WASM_PACK, &[])?;
    }
    let wasm_bindgen = locked_version("wasm-bindgen")?;
    // wasm-pack takes the test runner from beside wasm-bindgen, so both have to be there.
    let fits = |program| version(program).is_some_and(|found| found == wasm_bindgen);
    if !(fits("wasm-bindgen") && fits("wasm-bindgen-test-runner")) {
        cargo_install("wasm-bindgen-cli", &wasm_bindgen, &[])?;
    }
    Ok(())
}

/// cargo-deny, which checks licences and advisories.
pub fn cargo_deny() -> Result<()> {
    exactly("cargo-deny", CARGO_DENY)
}

/// cargo-semver-checks, which compares what two versions of a crate offer.
pub fn cargo_semver_checks() -> Result<()> {
    exactly("cargo-semver-checks", CARGO_SEMVER_CHECKS)
}

/// What such a program finds changes from version to version.
fn exactly(program: &str, wanted: &str) -> Result<()> {
    if version(program).is_some_and(|found| found == wanted) {
        return Ok(());
    }
    cargo_install(program, wanted, &["--locked"])
}

/// Node, and the npm packages of package-lock.json in node_modules.
pub fn node() -> Result<()> {
    let Some(node) = version("node") else {
        bail!("Node is not installed: install Node {NODE} or newer");
    };
    if series(&node).0 < NODE {
        bail!("Node {node} is too old: install Node {NODE} or newer");
    }
    let lock = npm_packages()?;
    if shell::is_copy() || lock.is_current(&[npm_lock()]) {
        return Ok(());
    }
    println!("Installing the npm packages of package-lock.json");
    // Nothing here needs an install script: the binaries are packages of their own.
    let mut npm = shell::command("npm");
    npm.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]);
    shell::run(&mut npm, "npm ci")?;
    lock.keep()
}

/// What the installed npm packages are made from.
fn npm_packages() -> Result<Fingerprint> {
    Fingerprint::new("npm")
        .path("package.json")?
        .path("package-lock.json")
}

/// What npm writes last.
fn npm_lock() -> PathBuf {
    shell::root().join("node_modules/.package-lock.json")
}

/// A browser and its driver.
pub struct Browser {
    pub chromium: PathBuf,
    pub driver: PathBuf,
}

/// Chromium (or Chrome) and ChromeDriver: `CHROME` and `CHROMEDRIVER`, or from PATH, or Debian's.
pub fn browser() -> Result<Browser> {
    if let Some(browser) = find_browser() {
        return Ok(browser);
    }
    apt_install(&["chromium", "chromium-driver"])?;
    find_browser().context(
        "Chromium and ChromeDriver are not installed: install both (Debian: chromium and \
         chromium-driver), or set CHROME and CHROMEDRIVER to their files",
    )
}

/// Firefox; gives the file of its driver.
pub fn firefox() -> Result<PathBuf> {
    if shell::which("firefox").is_none() && shell::which("firefox-esr").is_none() {
        apt_install(&["firefox-esr"])?;
        shell::which("firefox-esr").context("Firefox is not installed: install it")?;
    }
    if let Some(driver) = std::env::var_os("GECKODRIVER") {
        return Ok(driver.into());
    }
    if version("geckodriver").is_none() {
        cargo_install("geckodriver", GECKODRIVER, &["--locked"])?;
    }
    shell::which("geckodriver").context("geckodriver is not where it was installed")
}

/// WebKit's small browser with its driver, and a display for it.
pub fn webkit() -> Result<()> {
    let is_there = || shell::which("WebKitWebDriver").and(shell::which("xvfb-run"));
    if is_there().is_none() {
        apt_install(&["webkit2gtk-driver", "xvfb", "xauth"])?;
    }
    is_there().map(drop).context(
        "WebKit and its driver are not installed: install both (Debian: webkit2gtk-driver, xvfb and \
         xauth)",
    )
}

/// Installs packages of Debian, where this may.
fn apt_install(packages: &[&str]) -> Result<()> {
    let is_root =
        shell::read(shell::command("id").arg("-u"), "id").is_ok_and(|user| user.trim() == "0");
    if !is_root || shell::which("apt-get").is_none() {
        return Ok(());
    }
    println!("Installing {} with apt-get", packages.join(", "));
    let apt = |arguments: &[&str]| {
        let mut apt = shell::command("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        shell::run_quietly(&mut apt, "apt-get")
    };
    apt(&["update", "-q"])?;
    apt(&[
        &["install", "-y", "-q", "--no-install-recommends"],
        packages,
    ]
    .concat())
}

fn find_browser() -> Option<Browser> {
    const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    const MACOS: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    let chromium = std::env::var_os("CHROME")
        .map(PathBuf::from)
        .or_else(|| CHROMIUM.iter().find_map(|name| shell::which(name)))
        .or_else(|| Some(PathBuf::from(MACOS)))
        .filter(|file| file.is_file())?;
    let driver = std::env::var_os("CHROMEDRIVER")
        .map(PathBuf::from)
        .or_else(|| shell::which("chromedriver"))
        .filter(|file| file.is_file())?;
    Some(Browser { chromium, driver })
}

/// Rust's standard library for WebAssembly.
pub fn wasm_target() -> Result<()> {
    if has_wasm_target()? {
        return Ok(());
    }
    if shell::which("rustup").is_none() {
        bail!("Rust has no {WASM_TARGET} target: install it as you installed Rust");
    }
    println!("Adding the Rust target {WASM_TARGET}");
    let mut rustup = shell::command("rustup");
    shell::run(
        rustup.args(["target", "add", WASM_TARGET]),
        "rustup target add",
    )
}

fn has_wasm_target() -> Result<bool> {
    let mut rustc = shell::command("rustc");
    rustc.args(["--print", "target-libdir", "--target", WASM_TARGET]);
    let library = shell::read(&mut rustc, "rustc")?;
    Ok(Path::new(library.trim()).is_dir())
}

fn cargo_install(package: &str, version: &str, options: &[&str]) -> Result<()> {
    println!("Installing {package} {version} into target/tools (some minutes, once)");
    let tools = shell::target().join("tools");
    let mut cargo = shell::command("cargo");
    cargo
        .args([
            "install",
            package,
            "--version",
            version,
            "--force",
            "--quiet",
        ])
        .args(options)
        .arg("--root")
        .arg(&tools)
        // One folder for all of them: what they share is compiled once.
        .arg("--target-dir")
        .arg(tools.join("build"))
        // They run for seconds and are compiled for minutes.
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    shell::run(&mut cargo, &format!("cargo install {package} {version}"))
}

/// The version of a package in Cargo.lock.
pub fn locked_version(package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(shell::root().join("Cargo.lock"))
        .context("Cargo.lock cannot be read")?;
    let entry = format!("[[package]]\nname = \"{package}\"\nversion = \"");
    lock.split_once(&entry)
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(version, _)| version.to_owned())
        .with_context(|| format!("Cargo.lock has no package {package}"))
}

/// What `program --version` says, if the program is there.
fn version(program: &str) -> Option<String> {
    let output = shell::command(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace()
        .map(|word| word.trim_start_matches('v'))
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
        .map(str::to_owned)
}

/// Major and minor version.
fn series(version: &str) -> (u64, u64) {
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

fn found(program: &str) -> String {
    shell::which(program).map_or_else(|| "missing".to_owned(), |file| file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(series("0.9.1") < series("0.15.1"));
        assert!(series("20.20.2") >= (NODE, 0));
    }

    #[test]
    fn the_lock_file_names_wasm_bindgen_itself() {
        let version = locked_version("wasm-bindgen").unwrap();
        assert!(series(&version) >= (0, 2), "{version}");
        assert!(locked_version("no-such-package").is_err());
    }

    #[test]
    fn a_program_that_is_not_there_has_no_version() {
        assert_eq!(version("no-such-program"), None);
        assert!(version("cargo").is_some());
    }
}
