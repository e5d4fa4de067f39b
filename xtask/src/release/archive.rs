//! What is inside the tarball and the crate.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::all_hold;
use crate::{fingerprint, shell};

/// What is packed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Package,
    /// Local Kinde.
    Local,
    Crate,
}

/// Path inside the archive, and content.
pub type Entry = (String, Vec<u8>);

/// The files that either has to have.
const NEEDED: [&str; 4] = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// How a path of a developer's machine, or of CI's, begins.
const FOLDERS: [&str; 5] = ["/home/", "/root/", "/Users/", ":\\Users\\", "/tmp/"];

/// How secrets begin that have a known form, and how many letters, digits, `_` and `-` follow.
const SECRETS: [(&str, usize); 7] = [
    ("-----BEGIN PRIVATE KEY-----", 0),
    ("-----BEGIN RSA PRIVATE KEY-----", 0),
    ("-----BEGIN EC PRIVATE KEY-----", 0),
    ("npm_", 36),
    ("ghp_", 36),
    ("AKIA", 16),
    // A JSON Web Token.
    ("eyJhbGciOi", 20),
];

/// The name of the file.
pub fn name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Unpack it into a folder of its own beside it.
pub fn unpack(file: &Path) -> Result<PathBuf> {
    let folder = file.with_file_name(format!("{}.unpacked", name(file)));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut tar = shell::command("tar");
    tar.arg("-xzf").arg(file).arg("-C").arg(&folder);
    shell::run_quietly(&mut tar, "tar")?;
    Ok(folder)
}

/// The files of an unpacked archive, without the one folder that they are all in.
pub fn entries(folder: &Path) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for file in fingerprint::files(folder)? {
        let path = file
            .strip_prefix(folder)?
            .to_string_lossy()
            .replace('\\', "/");
        let Some((_, path)) = path.split_once('/') else {
            bail!("{path} is in no folder of the archive");
        };
        let content = fs::read(&file).with_context(|| format!("cannot read {path}"))?;
        entries.push((path.to_owned(), content));
    }
    Ok(entries)
}

/// That everything belongs there, nothing is missing and nothing is told about the machine. What
/// stands in the `document` of the API is known to everyone: the keys and tokens of its examples.
pub fn check(kind: Kind, entries: &[Entry], document: &[u8]) -> Result<()> {
    let mut problems = Vec::new();
    for name in NEEDED {
        if !entries.iter().any(|(path, _)| path == name) {
            problems.push(format!("{name} is missing: add it to what is packed"));
        }
    }
    for (path, content) in entries {
        if !belongs(kind, path) {
            problems.push(format!("{path} does not belong there: leave it out"));
        }
        problems.extend(folders(path, content));
        problems.extend(secrets(path, content, document));
        if path.ends_with(".map") {
            problems.extend(outside(path, content));
        }
    }
    all_hold(&problems)
}

fn belongs(kind: Kind, path: &str) -> bool {
    if NEEDED.contains(&path) {
        return true;
    }
    match kind {
        Kind::Crate => {
            let cargos = [
                ".cargo_vcs_info.json",
                "Cargo.lock",
                "Cargo.toml",
                "Cargo.toml.orig",
            ];
            // The crate brings its JavaScript along.
            let source =
                path.starts_with("src/") && [".rs", ".js"].iter().any(|e| path.ends_with(e));
            cargos.contains(&path) || source
        }
        Kind::Local => match path.strip_prefix("dist/") {
            Some(file) => [".js", ".cjs", ".d.ts", ".d.cts", "NOTICES.txt"]
                .iter()
                .any(|ending| file.ends_with(ending)),
            None => ["package.json", "TRUTH.md"].contains(&path),
        },
        Kind::Package => match path.strip_prefix("dist/") {
            Some(file) => [
                ".js", ".cjs", ".js.map", ".cjs.map", ".d.ts", ".d.cts", ".wasm",
            ]
            .iter()
            .any(|ending| file.ends_with(ending)),
            None => {
                let guide = path.strip_prefix("guides/").unwrap_or(path);
                let is_guide = guide.ends_with(".md") && !guide.contains('/');
                // `stores/package.json`: for those that know nothing of `exports`.
                let is_stub = path
                    .strip_suffix("/package.json")
                    .is_some_and(|subpath| !subpath.contains('/'));
                is_guide || is_stub || ["package.json", "operations.json"].contains(&path)
            }
        },
    }
}

/// The first folder of a machine that is named.
fn folders(path: &str, content: &[u8]) -> Option<String> {
    let own = shell::root().to_string_lossy();
    let mut folders = FOLDERS.into_iter().chain([&*own]);
    let at = folders.find_map(|folder| find(content, folder.as_bytes()).next())?;
    Some(format!(
        "{path} names a folder of a machine at byte {at}, {}: remove it, or map it in xtask/src/build.rs",
        around(content, at)
    ))
}

/// What looks like a secret, of which nothing is repeated.
fn secrets(path: &str, content: &[u8], document: &[u8]) -> Vec<String> {
    /// So much of it has to be in the document, too.
    const KNOWN: usize = 40;
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+/".contains(byte);
    let from = |at: usize| content.get(at..).unwrap_or_default();
    let mut problems = Vec::new();
    for (start, more) in SECRETS {
        let is_secret = |at: &usize| {
            let inside = content
                .get(..*at)
                .and_then(<[u8]>::last)
                .is_some_and(is_word);
            let word = from(at + start.len())
                .iter()
                .take_while(|byte| is_word(byte));
            let known = &from(*at)[..from(*at).len().min(KNOWN)];
            !inside && word.count() >= more && find(document, known).next().is_none()
        };
        if find(content, start.as_bytes()).any(|at| is_secret(&at)) {
            problems.push(format!(
                "{path} has what looks like a secret, {start}…: remove it"
            ));
        }
    }
    problems
}

/// The sources of a source map which are named as if they were a file somewhere.
fn outside(path: &str, content: &[u8]) -> Vec<String> {
    let Ok(map) = serde_json::from_slice::<Value>(content) else {
        return vec![format!("{path} is no JSON")];
    };
    let sources = map["sources"].as_array().cloned().unwrap_or_default();
    let contents = map["sourcesContent"].as_array().map_or(0, Vec::len);
    let mut problems = Vec::new();
    if sources.is_empty() || sources.len() != contents {
        problems.push(format!("{path} does not bring all of its sources along"));
    }
    for source in sources {
        let name = source.as_str().unwrap_or_default();
        if !name.starts_with("kinde-edge/") || name.split('/').any(|part| part == "..") {
            problems.push(format!(
                "{path} names {source}: see name_sources in xtask/src/build.rs"
            ));
        }
    }
    problems
}

/// That two archives are the same, and if not, which files differ.
pub fn same(first: &Path, second: &Path) -> Result<()> {
    let sums = (sha256(first)?, sha256(second)?);
    if sums.0 == sums.1 {
        return Ok(());
    }
    let names = differences(&entries(&unpack(first)?)?, &entries(&unpack(second)?)?);
    let what = if names.is_empty() {
        "in what the archive says of its files: order, times or rights".to_owned()
    } else {
        format!("in {}", names.join(", "))
    };
    bail!(
        "{} differs from its second build (sha256 {}, then {}) {what}: find what depends on the folder",
        name(first),
        sums.0,
        sums.1
    );
}

/// The files that only one of them has, or that differ.
pub fn differences(first: &[Entry], second: &[Entry]) -> Vec<String> {
    let unlike = |one: &Entry, others: &[Entry]| !others.contains(one);
    let mut names: Vec<String> = first
        .iter()
        .filter(|entry| unlike(entry, second))
        .chain(second.iter().filter(|entry| unlike(entry, first)))
        .map(|(path, _)| path.clone())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The checksum of a file, as sha256sum writes it.
pub fn sha256(file: &Path) -> Result<String> {
    const SCRIPT: &str = "const { readFileSync } = require('fs'); \
        console.log(require('crypto').createHash('sha256').update(readFileSync(process.argv[1])).digest('hex'))";
    let mut node = shell::command("node");
    let sum = shell::read(node.args(["-e", SCRIPT]).arg(file), "sha256")?;
    Ok(sum.trim().to_owned())
}

/// Where it is.
fn find<'a>(content: &'a [u8], what: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let first = what.first().copied();
    let starts = content.iter().enumerate();
    starts
        .filter(move |(_, byte)| Some(**byte) == first)
        .map(|(at, _)| at)
        .filter(move |at| {
            content
                .get(*at..)
                .is_some_and(|rest| rest.starts_with(what))
        })
}

/// The readable text that goes on from there.
fn around(content: &[u8], at: usize) -> String {
    let rest = content.get(at..).unwrap_or_default();
    let readable = rest
        .iter()
        .take(60)
        .take_while(|byte| byte.is_ascii_graphic());
    format!(
        "\"{}\"",
        readable.map(|byte| char::from(*byte)).collect::<String>()
    )
}
