//! What a Worker downloads, in bytes of gzip -9: the budget, and who takes how much of it.
//!
//! Each byte of a file costs as many bits as deflate spends on it ([`deflate`]), and belongs to
//! the module that it was made from ([`module`], [`script`]). So the shares add up to the file.

mod deflate;
mod module;
mod owners;
mod script;

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::{build, shell, wasm};

/// What all that a Worker loads may take: no more than the last version did. Lower it with each
/// gain, towards [`GOAL`].
pub const BUDGET: u64 = 104_200;

/// What it should take: as much as @kinde/management-api-js does for its part of the API alone.
pub const GOAL: u64 = 24_343;

/// Arguments of `cargo xtask size`.
#[derive(clap::Args)]
pub struct Args {
    /// How many of the largest functions to list
    #[arg(long, default_value_t = 40)]
    functions: usize,
}

/// Build and print the breakdown.
pub fn run(args: &Args) -> Result<()> {
    build::run()?;
    let breakdown = Breakdown::of_package()?;
    println!("gzip -9      raw");
    print!("{}", breakdown.table(args.functions));
    println!("{}", breakdown.verdict());
    Ok(())
}

/// Owners whose share is less than this many bytes are listed together.
const SMALL: f64 = 100.0;

/// A run of bytes in a file, and whose they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub start: usize,
    pub end: usize,
    pub owner: String,
    /// The function, for bytes of code that have a name.
    pub item: Option<String>,
}

/// What one owner, or one function, takes of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Share {
    pub name: String,
    pub raw: usize,
    /// Bytes of the compressed file; a byte is no whole number of them.
    pub zipped: f64,
}

/// One file of what a Worker loads.
pub struct File {
    pub name: &'static str,
    pub raw: usize,
    pub zipped: usize,
    /// Largest first.
    pub owners: Vec<Share>,
    /// The functions of the wasm, largest first.
    pub functions: Vec<Share>,
}

/// The files of a Worker, by owner.
pub struct Breakdown {
    pub files: Vec<File>,
}

impl Breakdown {
    /// Of the package as it is built. The build has to be current: [`build::run`].
    pub fn of_package() -> Result<Self> {
        let dist = build::dist();
        let script = fs::read(dist.join(build::WORKER[0]))?;
        let map = fs::read_to_string(dist.join(format!("{}.map", build::WORKER[0])))?;
        let module = fs::read(dist.join(build::WORKER[1]))?;
        let operations = fs::read_to_string(shell::root().join("src/generated/operations.rs"))?;
        let functions = wasm::names(&named(&module)?)?;
        Ok(Self {
            files: vec![
                file(
                    build::WORKER[1],
                    &module,
                    &module::pieces(&module, &functions, &operations)?,
                )?,
                file(build::WORKER[0], &script, &script::pieces(&script, &map)?)?,
            ],
        })
    }

    /// Bytes of gzip of all files.
    pub fn total(&self) -> u64 {
        self.files.iter().map(|file| file.zipped as u64).sum()
    }

    /// Whether it is within the budget, in a sentence.
    pub fn verdict(&self) -> String {
        let total = self.total();
        let verdict = match total.checked_sub(BUDGET) {
            None | Some(0) => "within".to_owned(),
            Some(over) => format!("{over} above"),
        };
        format!("{total} bytes gzip -9, {verdict} the budget of {BUDGET}; the goal is {GOAL}")
    }

    /// The table that people read; with so many of the largest functions below it.
    pub fn table(&self, functions: usize) -> String {
        let mut text = String::new();
        for file in &self.files {
            let whole = Share {
                name: file.name.to_owned(),
                raw: file.raw,
                zipped: file.zipped as f64,
            };
            line(&mut text, "", &whole);
            for share in combined(&file.owners) {
                line(&mut text, "  ", &share);
            }
            if functions > 0 && !file.functions.is_empty() {
                text.push_str("  the largest functions:\n");
            }
            for share in file.functions.iter().take(functions) {
                line(&mut text, "    ", share);
            }
        }
        text
    }
}

/// Owners with a small share as one.
pub fn combined(owners: &[Share]) -> Vec<Share> {
    let (mut large, small): (Vec<_>, Vec<_>) =
        owners.iter().cloned().partition(|one| one.zipped >= SMALL);
    if !small.is_empty() {
        large.push(Share {
            name: format!("{} more", small.len()),
            raw: small.iter().map(|one| one.raw).sum(),
            zipped: small.iter().map(|one| one.zipped).sum(),
        });
    }
    large
}

fn line(text: &mut String, indent: &str, share: &Share) {
    let name: String = share.name.chars().take(96).collect();
    let zipped = share.zipped.round();
    text.push_str(&format!("{zipped:>8} {:>8}  {indent}{name}\n", share.raw));
}

fn file(name: &'static str, bytes: &[u8], pieces: &[Piece]) -> Result<File> {
    let zipped = gzip(bytes)?;
    let costs = deflate::costs(&zipped).with_context(|| format!("the gzip of {name}"))?;
    ensure!(
        costs.len() == bytes.len(),
        "{name}: {} bytes were unpacked of {}",
        costs.len(),
        bytes.len()
    );
    let functions = pieces.iter().filter(|piece| piece.item.is_some());
    Ok(File {
        name,
        raw: bytes.len(),
        zipped: zipped.len(),
        owners: shares(pieces.iter(), &costs, |piece| &piece.owner),
        functions: shares(functions, &costs, |piece| {
            piece.item.as_deref().unwrap_or_default()
        }),
    })
}

/// What the pieces take by name, largest first.
fn shares<'a>(
    pieces: impl Iterator<Item = &'a Piece>,
    costs: &[f64],
    name: impl Fn(&'a Piece) -> &'a str,
) -> Vec<Share> {
    let mut all: HashMap<&str, Share> = HashMap::new();
    for piece in pieces {
        let share = all.entry(name(piece)).or_default();
        share.raw += piece.end - piece.start;
        share.zipped += costs[piece.start..piece.end].iter().sum::<f64>() / 8.0;
    }
    let mut all: Vec<_> = all
        .into_iter()
        .map(|(name, share)| Share {
            name: name.to_owned(),
            ..share
        })
        .collect();
    all.sort_by(|a, b| b.zipped.total_cmp(&a.zipped).then(a.name.cmp(&b.name)));
    all
}

/// What a Worker loads of a file.
pub struct Loaded {
    pub name: &'static str,
    pub raw: usize,
    pub zipped: usize,
}

/// The files that a Worker loads, from the folder that they were built in.
pub fn loaded(dist: &Path) -> Result<Vec<Loaded>> {
    let weigh = |name: &'static str| {
        let bytes = fs::read(dist.join(name))?;
        let zipped = gzip(&bytes)?.len();
        let raw = bytes.len();
        Ok(Loaded { name, raw, zipped })
    };
    build::WORKER.into_iter().map(weigh).collect()
}

/// The same wasm with the names of its functions: what is published has none.
fn named(published: &[u8]) -> Result<Vec<u8>> {
    let file = shell::target().join("size/named.wasm");
    fs::create_dir_all(file.parent().unwrap_or(Path::new("")))?;
    build::package(&build::compiled(), &file, &["-g"])?;
    let named = fs::read(&file)?;
    ensure!(
        wasm::section(&named, wasm::CODE)? == wasm::section(published, wasm::CODE)?,
        "with names, the wasm has other code than without: run cargo xtask build"
    );
    Ok(named)
}

/// What `gzip -9` makes of it: zlib's, by Node.
pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    const SCRIPT: &str = "process.stdout.write(require('zlib').gzipSync(require('fs')\
        .readFileSync(0), { level: 9 }))";
    let mut node = shell::command("node")
        .args(["-e", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("Node cannot be started")?;
    let mut input = node.stdin.take().context("Node takes no input")?;
    input.write_all(bytes)?;
    drop(input);
    let output = node.wait_with_output()?;
    ensure!(output.status.success(), "gzip failed");
    Ok(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(start: usize, end: usize, owner: &str) -> Piece {
        Piece {
            start,
            end,
            owner: owner.to_owned(),
            item: None,
        }
    }

    #[test]
    fn the_shares_of_the_owners_add_up_to_the_file() {
        let bytes = [b"abcdefgh".repeat(30), b"something else".to_vec()].concat();
        let pieces = [piece(0, 240, "src/a"), piece(240, bytes.len(), "src/b")];
        let file = file("x", &bytes, &pieces).unwrap();
        let sum: f64 = file.owners.iter().map(|share| share.zipped).sum();
        assert!((sum - file.zipped as f64).abs() < 1e-6, "{sum}");
        assert_eq!(
            file.owners.iter().map(|share| share.raw).sum::<usize>(),
            254
        );
        // Much of it is said once and referred to.
        let of_a = file
            .owners
            .iter()
            .find(|share| share.name == "src/a")
            .unwrap();
        assert!(of_a.zipped < 40.0, "{}", of_a.zipped);
    }

    #[test]
    fn small_owners_are_one_line() {
        let share = |name: &str, zipped| Share {
            name: name.to_owned(),
            raw: 1,
            zipped,
        };
        let all = [share("a", 500.0), share("b", 60.0), share("c", 50.0)];
        assert_eq!(
            combined(&all),
            [
                share("a", 500.0),
                Share {
                    raw: 2,
                    ..share("2 more", 110.0)
                }
            ]
        );
    }
}
