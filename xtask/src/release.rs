//! `cargo xtask release --dry-run`: everything that has to hold before a version is published, and
//! the files to publish in target/release-files. Publishing itself is left to CI or to a human.

mod api;
mod archive;
mod licences;
mod programs;
mod rebuild;
#[cfg(test)]
mod tests;
mod versions;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::{build, local, prism, shell, tools};
pub use programs::{attw, publint};

/// Arguments of `cargo xtask release`.
#[derive(clap::Args)]
pub struct Args {
    /// Check and pack, publish nothing: there is no other way to run this
    #[arg(long)]
    dry_run: bool,
    /// Fail on what could not be checked and on what is not ready, as before publishing
    #[arg(long)]
    strict: bool,
    /// Pack and check nothing: the second build
    #[arg(long, hide = true)]
    pack_only: bool,
}

/// What came of a check that did not fail.
enum Outcome {
    /// It holds.
    Holds(String),
    /// It could not be checked, or is not ready yet: nothing may be published like this.
    NotReady(String),
}

use Outcome::{Holds, NotReady};

/// The files that are published.
pub struct Files {
    pub tarball: PathBuf,
    /// Local Kinde's.
    pub local: PathBuf,
    pub crate_: PathBuf,
}

/// Run all the checks, also after one has failed.
pub fn run(args: &Args) -> Result<()> {
    ensure!(
        args.dry_run,
        "this publishes nothing, since it has no credentials and wants none. Run cargo xtask \
         release --dry-run --strict, and then, in CI, what it prints at its end"
    );
    if args.pack_only {
        build::run()?;
        return package(&["--no-verify"]).map(drop);
    }
    let mut steps = Steps::default();
    steps.run("working tree", tree);
    steps.run("versions", || versions::check(shell::root()));
    steps.run("manifests", || versions::manifests(shell::root()));
    steps.run("generated code", generated);
    steps.run("API of the crate", || api::of_crate(shell::root()));
    steps.run("API of the package", || api::of_package(shell::root()));
    steps.run("licences of the crate", licences::of_crate);
    steps.run("advisories, Rust", licences::rust_advisories);
    steps.run("advisories, npm", licences::npm_advisories);
    let mut files = None;
    steps.run("build", || {
        let tarball = build::run()?;
        let built = Files {
            tarball,
            local: local_tarball()?,
            crate_: package(&[])?,
        };
        let names = [&built.tarball, &built.local, &built.crate_].map(|file| archive::name(file));
        files = Some(built);
        Ok(Holds(names.join(", ")))
    });
    if let Some(files) = &files {
        steps.run("publint", || programs::succeeds(publint(&files.tarball)));
        steps.run("types", || programs::succeeds(attw(&files.tarball)));
        steps.run("publint, local Kinde", || {
            programs::succeeds(publint(&files.local))
        });
        steps.run("types, local Kinde", || {
            programs::succeeds(attw(&files.local))
        });
        steps.run("contents of the package", || contents(&files.tarball, true));
        steps.run("contents of local Kinde", || contents(&files.local, true));
        steps.run("contents of the crate", || contents(&files.crate_, true));
        steps.run("same bytes again", || {
            same_bytes(files, rebuild::Start::Empty)
        });
        steps.run("release files", || keep(files));
    }
    steps.finish(args.strict)?;
    publishing()
}

/// The checks of `cargo xtask test`: those that need no program of their own and no released version.
pub fn test(tarball: &Path) -> Result<u64> {
    let files = Files {
        tarball: tarball.to_path_buf(),
        local: local_tarball()?,
        crate_: package(&[])?,
    };
    let outcomes = [
        versions::check(shell::root())?,
        contents(&files.tarball, false)?,
        contents(&files.local, false)?,
        contents(&files.crate_, false)?,
        same_bytes(&files, rebuild::Start::Dependencies)?,
    ];
    Ok(outcomes.len() as u64)
}

/// What the build has packed of local Kinde.
pub fn local_tarball() -> Result<PathBuf> {
    let version = build::checked_version()?;
    Ok(local::tarball(shell::root(), &version))
}

/// The checks so far.
#[derive(Default)]
struct Steps {
    failed: usize,
    not_ready: usize,
}

impl Steps {
    fn run(&mut self, name: &str, check: impl FnOnce() -> Result<Outcome>) {
        let (verdict, text) = match check() {
            Ok(Holds(text)) => ("ok", text),
            Ok(NotReady(text)) => {
                self.not_ready += 1;
                ("WARNING", text)
            }
            Err(error) => {
                self.failed += 1;
                ("FAILED", format!("{error:#}"))
            }
        };
        println!("{verdict:<9}{name}: {text}");
    }

    fn finish(&self, strict: bool) -> Result<()> {
        let Self { failed, not_ready } = self;
        ensure!(*failed == 0, "{failed} of the checks failed");
        ensure!(
            !strict || *not_ready == 0,
            "{not_ready} of the checks gave a warning, which --strict does not let pass"
        );
        Ok(())
    }
}

/// Nothing is published that is not committed.
fn tree() -> Result<Outcome> {
    let mut git = shell::command("git");
    let status = shell::read(git.args(["status", "--porcelain"]), "git status")?;
    ensure!(
        status.is_empty(),
        "commit, ignore or remove these files first:\n{}",
        status.trim_end()
    );
    let mut git = shell::command("git");
    let commit = shell::read(git.args(["rev-parse", "--short", "HEAD"]), "git rev-parse")?;
    Ok(Holds(format!("clean, at {}", commit.trim())))
}

fn generated() -> Result<Outcome> {
    let xtask = std::env::current_exe().context("the running program has no file")?;
    let mut codegen = shell::command(xtask);
    let (status, output) = shell::capture(codegen.args(["codegen", "--check"]), false)?;
    ensure!(
        status.success(),
        "run cargo xtask codegen and commit what it writes:\n{}",
        output.trim_end()
    );
    Ok(Holds("is what the generator writes".into()))
}

/// The crate, which is compiled as it was packed.
fn package(options: &[&str]) -> Result<PathBuf> {
    tools::wasm_target()?;
    let mut cargo = shell::command("cargo");
    cargo
        .args(["package", "--quiet", "--locked", "-p", "kinde-edge"])
        // Whether something is not committed is a check of its own.
        .args(["--allow-dirty", "--target", tools::WASM_TARGET])
        .arg("--target-dir")
        .arg(shell::target())
        .args(options);
    shell::run_quietly(&mut cargo, "cargo package")?;
    let version = build::checked_version()?;
    let file = shell::target().join(format!("package/kinde-edge-{version}.crate"));
    ensure!(
        file.is_file(),
        "cargo package did not write {}",
        file.display()
    );
    Ok(file)
}

/// What is inside is what should be, and nothing else; with `list`, print it.
fn contents(file: &Path, list: bool) -> Result<Outcome> {
    let unpacked = archive::unpack(file)?;
    let entries = archive::entries(&unpacked)?;
    let kind = if archive::name(file).ends_with(".crate") {
        archive::Kind::Crate
    } else if archive::name(file).starts_with("kinde-edge-local-") {
        archive::Kind::Local
    } else {
        archive::Kind::Package
    };
    let document = fs::read(shell::root().join(prism::DOCUMENT))?;
    archive::check(kind, &entries, &document)?;
    let bytes: usize = entries.iter().map(|(_, content)| content.len()).sum();
    let mut text = format!("{} files, {bytes} bytes", entries.len());
    if list {
        for (name, content) in &entries {
            text.push_str(&format!("\n  {:>8}  {name}", content.len()));
        }
    }
    Ok(Holds(text))
}

/// A build of the same sources in another folder gives the same files.
fn same_bytes(files: &Files, start: rebuild::Start) -> Result<Outcome> {
    let again = rebuild::build(start)?;
    archive::same(&files.tarball, &again.tarball)?;
    archive::same(&files.local, &again.local)?;
    archive::same(&files.crate_, &again.crate_)?;
    Ok(Holds(
        "built and packed in two folders, byte for byte".into(),
    ))
}

/// Put what is published into one folder, with its checksums and what is inside.
fn keep(files: &Files) -> Result<Outcome> {
    let folder = shell::target().join("release-files");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let components = folder.join("components.cdx.json");
    fs::write(&components, licences::components()?)?;
    let mut sums = String::new();
    for file in [&files.crate_, &files.tarball, &files.local, &components] {
        let name = archive::name(file);
        if *file != components {
            fs::copy(file, folder.join(&name))?;
        }
        sums.push_str(&format!("{}  {name}\n", archive::sha256(file)?));
    }
    fs::write(folder.join("SHA256SUMS"), &sums)?;
    let place = folder.strip_prefix(shell::root())?.display();
    Ok(Holds(format!("in {place}\n{}", sums.trim_end())))
}

/// How to publish what was checked.
fn publishing() -> Result<()> {
    let version = build::checked_version()?;
    println!(
        "\nTo publish, after a run with --strict, in CI, with its identity in place of a token (trusted publishing), at the commit \
         that was checked:\n  \
         git tag v{version} && git push origin v{version}\n  \
         npm publish target/release-files/kinde-edge-{version}.tgz --provenance --access public\n  \
         npm publish target/release-files/kinde-edge-local-{version}.tgz --provenance --access public\n  \
         cargo publish --locked -p kinde-edge --target {}",
        tools::WASM_TARGET
    );
    Ok(())
}

/// Problems as an error, one sentence a line.
fn all_hold(problems: &[String]) -> Result<()> {
    if !problems.is_empty() {
        bail!(problems.join("\n"));
    }
    Ok(())
}
