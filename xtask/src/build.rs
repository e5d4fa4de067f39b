//! `cargo xtask build`: crate -> WebAssembly -> pkg/dist -> the tarball that is published.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::Value;

use crate::fingerprint::{self, Fingerprint};
use crate::lock::Lock;
use crate::size::{self, Loaded};
use crate::wasm::{order, panics};
use crate::{glue, local, shell, tools};

/// The name of the wasm file, in the package and in what wasm-bindgen writes.
const WASM: &str = "kinde_edge_bg.wasm";

/// What every runtime the package supports understands, Node 20 being the oldest.
const WASM_FEATURES: [&str; 7] = [
    "bulk-memory",
    "bulk-memory-opt",
    "multivalue",
    "mutable-globals",
    "nontrapping-float-to-int",
    "reference-types",
    "sign-ext",
];

/// The crate of the package: that for Rust programs, with its exports.
const CRATE: &str = "pkg/wasm";

/// How wasm-opt makes a module small.
const WASM_SIZE: [&str; 8] = [
    "-Oz",
    // Once more, with the control flow made anew.
    "--flatten",
    "--rereloop",
    "-Oz",
    // Code that is inlined where it is called once is no longer like its kind: gzip knows better.
    "--one-caller-inline-max-function-size=20",
    // The first 1024 bytes are the end of the stack: no address is calculated from below them.
    "--low-memory-unused",
    "--strip-producers",
    "--strip-target-features",
];

/// The entry points: source in pkg/lib, result in pkg/dist, module format.
const ENTRIES: [(&str, &str, &str); 22] = [
    ("workerd.js", "workerd.js", "esm"),
    ("edge-light.js", "edge-light.js", "esm"),
    ("inline.js", "inline.js", "esm"),
    ("inline.js", "inline.cjs", "cjs"),
    ("slim.js", "slim.js", "esm"),
    ("slim.js", "slim.cjs", "cjs"),
    ("stores.js", "stores.js", "esm"),
    ("stores.js", "stores.cjs", "cjs"),
    ("claims.js", "claims.js", "esm"),
    ("claims.js", "claims.cjs", "cjs"),
    ("express.js", "express.js", "esm"),
    ("express.js", "express.cjs", "cjs"),
    ("hono.js", "hono.js", "esm"),
    ("hono.js", "hono.cjs", "cjs"),
    ("next.js", "next.js", "esm"),
    ("next.js", "next.cjs", "cjs"),
    ("react.js", "react.js", "esm"),
    ("react.js", "react.cjs", "cjs"),
    ("testing.js", "testing.js", "esm"),
    ("testing.js", "testing.cjs", "cjs"),
    ("bulk.js", "bulk.js", "esm"),
    ("bulk.js", "bulk.cjs", "cjs"),
];

/// The wasm as text, in modules of its own, as ES module and as CommonJS: entry and bundle name it
/// `kinde-edge-bytes`. Runtimes show the line that threw, which must not be this one.
const BYTES: [(&str, &str); 2] = [("esm", "wasm-base64.js"), ("cjs", "wasm-base64.cjs")];

/// How long its lines are: each costs 2 bytes of gzip.
const BYTES_LINE: usize = 400;

/// How long the lines of a bundle may be, where a token ends in time. A Worker's has one only: its
/// runtime shows none of it, and they would cost 200 bytes of gzip.
const LINE_LIMIT: usize = 120;

/// The declarations: source, name in pkg/dist. Each `.d.ts` of a module gets a `.d.cts` beside it.
const DECLARATIONS: &str = "pkg/types";

/// What `import.meta.url` is in CommonJS: known in Node, nowhere else.
const COMMONJS_URL: &str = "const __kinde_edge_url=typeof __filename===\"string\"?\
    globalThis.process?.getBuiltinModule?.(\"node:url\").pathToFileURL(__filename).href:void 0;";

/// What a Worker uploads and loads.
pub const WORKER: [&str; 2] = ["workerd.js", WASM];

/// Files that the package takes from outside pkg/dist.
const PACKED: [&str; 8] = [
    "pkg/package.json",
    "pkg/README.md",
    "pkg/operations.json",
    "pkg/api.md",
    "pkg/UPGRADING.md",
    "CHANGELOG.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
];

/// Build all of it, what has not changed excepted; the tarball is returned. Two builds at once would
/// write the same files: the second waits.
pub fn run() -> Result<PathBuf> {
    let _lock = Lock::take("build")?;
    tools::rust()?;
    tools::node()?;
    wasm()?;
    let version = checked_version()?;
    javascript(&version)?;
    let tarball = pack(&version)?;
    let local = local::pack(&version)?;
    report(&tarball)?;
    println!(
        "Local Kinde: {}",
        local.strip_prefix(shell::root())?.display()
    );
    Ok(tarball)
}

/// The crate as WebAssembly with its glue in target/wasm-pack, optimised in pkg/dist.
fn wasm() -> Result<()> {
    let glue = glue();
    let long = glue.with_file_name("kinde_edge.js");
    let declarations = glue.with_file_name("kinde_edge.d.ts");
    let raw = compiled();
    let optimised = dist().join(WASM);
    let compiler = shell::read(shell::command("rustc").arg("--version"), "rustc")?;
    let step = Fingerprint::new("wasm")
        .text(&compiler)
        .path("src")?
        .path(CRATE)?
        .path("Cargo.toml")?
        .path("Cargo.lock")?
        .path("package-lock.json")?
        .path("xtask/src/build.rs")?
        .path("xtask/src/glue.rs")?
        .path("xtask/src/wasm.rs")?
        .path("xtask/src/wasm")?;
    let outputs = [glue.clone(), declarations, raw.clone(), optimised.clone()];
    if step.is_current(&outputs) {
        return Ok(());
    }
    println!("Building the WebAssembly");
    // The crate's JavaScript is in a folder with a number, which an earlier build may have had too.
    let folder = glue.with_file_name("");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut wasm_pack = shell::command("wasm-pack");
    wasm_pack
        .args(["build", "--target", "web", "--release", "--no-opt"])
        // The declarations are for the suite `types`.
        .args(["--no-pack", "--out-name", "kinde_edge"])
        .arg("--out-dir")
        .arg(&folder)
        // wasm-bindgen is on PATH already; nothing is to be downloaded.
        .args(["--mode", "no-install", CRATE, "--", "--locked"])
        .env("CARGO_ENCODED_RUSTFLAGS", remapped()?);
    shell::run_quietly(&mut wasm_pack, "wasm-pack build")?;
    fs::create_dir_all(dist())?;
    let names = package(&raw, &optimised, &[])?;
    let long = fs::read_to_string(&long).with_context(|| long.display().to_string())?;
    fs::write(&glue, glue::shorten(&long, &names)?)?;
    step.keep()
}

/// The wasm of the package, from what wasm-bindgen wrote: as [`optimise`], and smaller still.
pub fn package(wasm: &Path, output: &Path, more: &[&str]) -> Result<String> {
    let module = fs::read(wasm).with_context(|| wasm.display().to_string())?;
    let quiet = wasm.with_file_name("quiet.wasm");
    fs::write(&quiet, panics::removed(&module)?)?;
    let names = optimise(&quiet, output, more)?;
    fs::write(output, order::by_likeness(&fs::read(output)?)?)?;
    Ok(names)
}

/// What wasm-opt makes of a wasm file, with more of its arguments; the new names of what the
/// module imports and exports are returned.
pub fn optimise(wasm: &Path, output: &Path, more: &[&str]) -> Result<String> {
    let mut wasm_opt = shell::command("wasm-opt");
    wasm_opt
        .args(WASM_SIZE)
        .arg("--minify-imports-and-exports-and-modules")
        .args(WASM_FEATURES.map(|feature| format!("--enable-{feature}")))
        .args(more)
        .arg(wasm)
        .arg("-o")
        .arg(output);
    shell::read(&mut wasm_opt, "wasm-opt")
}

/// The flags that leave this machine's folders out of the wasm: a panic says where in a dependency
/// it is, and the same sources are to give the same bytes everywhere. They take the place of
/// whatever `RUSTFLAGS` says.
fn remapped() -> Result<String> {
    let metadata = metadata(&["--filter-platform", tools::WASM_TARGET])?;
    let packages = metadata["packages"].as_array();
    let mut folders = Vec::new();
    for package in packages.context("cargo metadata lists no packages")? {
        let manifest = package["manifest_path"].as_str().map(Path::new);
        // What has no source is of this workspace, whose files are named relative to it.
        let folder = manifest
            .filter(|_| package["source"].is_string())
            .and_then(|manifest| manifest.parent()?.parent()?.to_str());
        folders.extend(folder.map(|folder| format!("--remap-path-prefix={folder}=")));
    }
    folders.sort();
    folders.dedup();
    Ok(folders.join("\u{1f}"))
}

/// The bundles and declarations in pkg/dist.
fn javascript(version: &str) -> Result<()> {
    let step = Fingerprint::new("javascript")
        .text(version)
        .path("pkg/lib")?
        .path(DECLARATIONS)?
        .path(glue())?
        .path(glue().with_file_name("snippets"))?
        .path(dist().join(WASM))?
        .path("package-lock.json")?
        .path("xtask/src/build.rs")?;
    let bundles = ENTRIES.map(|(_, output, _)| output);
    let bytes = BYTES.map(|(_, output)| output);
    let outputs = [&bundles[..], &bytes].concat();
    let outputs: Vec<_> = outputs.iter().map(|name| dist().join(name)).collect();
    if step.is_current(&outputs) {
        return Ok(());
    }
    println!("Bundling the JavaScript");
    clear_dist()?;
    bytes_modules()?;
    for (source, output, format) in ENTRIES {
        bundle(source, output, format, version)?;
        name_sources(&dist().join(format!("{output}.map")))?;
    }
    declarations()?;
    step.keep()
}

/// The wasm in base64, in lines: what decodes it skips white space.
fn bytes_modules() -> Result<()> {
    let base64 = BASE64_STANDARD.encode(fs::read(dist().join(WASM))?);
    let mut lines = String::with_capacity(base64.len() * 101 / 100);
    for line in base64.as_bytes().chunks(BYTES_LINE) {
        lines.push_str(std::str::from_utf8(line)?);
        lines.push('\n');
    }
    for (format, output) in BYTES {
        let export = match format {
            "cjs" => "exports.base64",
            _ => "export const base64",
        };
        // No string: bundlers leave the lines of a template as they are.
        fs::write(dist().join(output), format!("{export} = `\n{lines}`;\n"))?;
    }
    Ok(())
}

/// A file of `src/`, where wasm-bindgen put its copy.
fn snippet(name: &str) -> Result<PathBuf> {
    let text = fs::read_to_string(glue())?;
    let end = format!("/src/{name}.js';");
    let import = text.lines().find_map(|line| {
        let (_, path) = line.split_once(" from './")?;
        path.strip_suffix(&end)
    });
    let folder = import.with_context(|| format!("the glue does not import src/{name}.js"))?;
    Ok(glue().with_file_name(folder).join(format!("src/{name}.js")))
}

fn bundle(source: &str, output: &str, format: &str, version: &str) -> Result<()> {
    let error = shell::root().join("pkg/lib/error.js");
    let mut esbuild = shell::command("esbuild");
    esbuild
        .arg(format!("pkg/lib/{source}"))
        .arg(format!("--outfile=pkg/dist/{output}"))
        .arg(format!("--format={format}"))
        .arg(format!("--alias:kinde-edge-wasm={}", glue().display()))
        // The copy that the glue imports: its state is there once.
        .arg(format!(
            "--alias:kinde-edge-host={}",
            snippet("host")?.display()
        ))
        .arg(format!(
            "--alias:kinde-edge-first={}",
            snippet("first")?.display()
        ))
        // The glue makes errors by this name; they are hand-written.
        .arg(format!("--alias:kinde-edge-error={}", error.display()))
        .arg(format!("--define:__VERSION__=\"{version}\""))
        .args([
            "--bundle",
            "--minify",
            "--sourcemap",
            "--target=es2022",
            "--platform=neutral",
        ])
        // Of the program that it is for.
        .args(["--external:next", "--external:react"])
        .arg("--log-level=warning");
    if matches!(source, "workerd.js" | "edge-light.js") {
        // Compiled before the program runs: it stays a file of its own.
        esbuild.arg(format!("--external:./{WASM}*"));
    } else {
        esbuild
            .arg(format!("--line-limit={LINE_LIMIT}"))
            .arg("--inject:pkg/lib/text.js");
    }
    for (_, bytes) in BYTES.iter().filter(|(of, _)| *of == format) {
        esbuild
            .arg(format!("--alias:kinde-edge-bytes=./{bytes}"))
            .arg(format!("--external:./{bytes}"));
    }
    // A banner would stand before "use client", which has to come first.
    if format == "cjs" && source != "react.js" {
        esbuild
            .arg("--define:import.meta.url=__kinde_edge_url")
            .arg(format!("--banner:js={COMMONJS_URL}"));
    }
    shell::run(&mut esbuild, &format!("esbuild of pkg/lib/{source}"))?;
    if source == "slim.js" {
        keep_address_whole(&dist().join(output))?;
    }
    Ok(())
}

/// Where a line got too long, esbuild breaks it within a string. That of the address of the wasm has to be
/// whole: by it bundlers know that they have to carry the file along. The line then ends before the string, so
/// that the source map still fits.
fn keep_address_whole(bundle: &Path) -> Result<()> {
    let address = format!("./{WASM}");
    let whole = format!("\"{address}\"");
    let mut text = fs::read_to_string(bundle)?;
    for at in 0..=address.len() {
        let (before, after) = address.split_at(at);
        text = text.replace(&format!("\"{before}\\\n{after}\""), &format!("\n{whole}"));
    }
    ensure!(
        text.contains(&whole),
        "{} has no {address}",
        bundle.display()
    );
    Ok(fs::write(bundle, text)?)
}

/// Name what a source map brings along as the repository does. As esbuild writes it, `../lib/x.js`
/// would be a file beside the package, where a debugger may find something else.
fn name_sources(map: &Path) -> Result<()> {
    let mut text: Value = serde_json::from_str(&fs::read_to_string(map)?)?;
    let sources = text["sources"].as_array_mut();
    for source in sources.context("a source map without sources")? {
        let name = source.as_str().and_then(source_name);
        let name = name.with_context(|| format!("{} names {source}", map.display()))?;
        *source = name.into();
    }
    Ok(fs::write(map, serde_json::to_string(&text)?)?)
}

/// The name of a source, given its path from pkg/dist.
fn source_name(from_dist: &str) -> Option<String> {
    if let Some(file) = from_dist.strip_prefix("../lib/") {
        return Some(format!("kinde-edge/pkg/lib/{file}"));
    }
    // No file of the repository, but what wasm-bindgen made of src/.
    let glue = from_dist.strip_prefix("../../target/wasm-pack/")?;
    // A copy in a folder whose name wasm-bindgen makes up: snippets/kinde-edge-0123/src/host.js
    if let Some(copy) = glue.strip_prefix("snippets/") {
        return Some(format!("kinde-edge/{}", copy.split_once('/')?.1));
    }
    Some(format!("kinde-edge/wasm-bindgen/{glue}"))
}

/// Copy the declarations for ES modules, and for CommonJS with their references adapted.
fn declarations() -> Result<()> {
    let folder = shell::root().join(DECLARATIONS);
    for file in fingerprint::files(&folder)? {
        let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
            bail!("{} has no readable name", file.display());
        };
        let text = fs::read_to_string(&file)?;
        fs::write(dist().join(name), &text)?;
        // The declaration of the .wasm file is no module's and has no `.d.cts` beside it.
        if let Some(module) = name
            .strip_suffix(".d.ts")
            .filter(|name| !name.contains('.'))
        {
            fs::write(dist().join(format!("{module}.d.cts")), for_commonjs(&text))?;
        }
    }
    Ok(())
}

/// A declaration file with `./x.js` in its imports turned into `./x.cjs`.
fn for_commonjs(declaration: &str) -> String {
    let mut text = String::with_capacity(declaration.len());
    for line in declaration.split_inclusive('\n') {
        let imports = line.contains("from \"./") || line.contains("import(\"./");
        if imports {
            text.push_str(&line.replace(".js\"", ".cjs\""));
        } else {
            text.push_str(line);
        }
    }
    text
}

/// The guides, a folder of the package: their links to each other hold here, in an editor and on npm's pages.
pub const GUIDES: &str = "pkg/guides";

/// The tarball, made from a folder that holds exactly what is published.
fn pack(version: &str) -> Result<PathBuf> {
    let tarball = tarball(shell::root(), version);
    let mut step = Fingerprint::new("pack").path(dist())?.path(GUIDES)?;
    for file in PACKED {
        step = step.path(file)?;
    }
    if !step.is_current(std::slice::from_ref(&tarball)) {
        pack_to(&tarball)?;
        step.keep()?;
    }
    Ok(tarball)
}

/// A project with the tarball installed: what npm makes of it, for others to copy.
pub fn install(tarball: &Path) -> Result<PathBuf> {
    let _lock = Lock::take("build")?;
    let folder = shell::target().join("installed");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("package.json"), "{ \"private\": true }")?;
    let mut npm = shell::command("npm");
    // The package has no dependencies: nothing is downloaded.
    npm.args(["install", "--offline", "--ignore-scripts", "--no-audit"])
        .args(["--no-fund", "--loglevel=error"])
        .arg(tarball)
        .current_dir(&folder);
    shell::run_quietly(&mut npm, "npm install")?;
    Ok(folder)
}

/// Make the tarballs a second time, from the same files.
pub fn pack_again() -> Result<()> {
    let version = checked_version()?;
    pack_to(&tarball(shell::root(), &version))?;
    local::pack_to(&local::tarball(shell::root(), &version))
}

/// Where the tarball of a version is, in this repository or a copy of it.
pub fn tarball(root: &Path, version: &str) -> PathBuf {
    root.join(format!("target/npm/kinde-edge-{version}.tgz"))
}

fn pack_to(tarball: &Path) -> Result<()> {
    let packed = PACKED.map(|file| shell::root().join(file));
    let stubs = stubs(&tarball.with_file_name("stubs"))?;
    let mut folders = vec![
        ("dist", fingerprint::files(&dist())?),
        ("guides", fingerprint::files(&shell::root().join(GUIDES))?),
    ];
    folders.extend(
        stubs
            .iter()
            .map(|(name, file)| (&**name, vec![file.clone()])),
    );
    pack_files(tarball, &packed, &folders)
}

/// A folder for each subpath, with a package.json that leads into dist: for those that know nothing
/// of `exports` (the resolver of eslint-plugin-import, older bundlers).
fn stubs(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let manifest = fs::read_to_string(shell::root().join("pkg/package.json"))?;
    let manifest: Value = serde_json::from_str(&manifest).context("pkg/package.json")?;
    let exports = manifest["exports"].as_object();
    let mut stubs = Vec::new();
    for (subpath, entry) in exports.context("pkg/package.json has no exports")? {
        // A file with its own name at the root is found without.
        let Some(name) = subpath.strip_prefix("./").filter(|_| entry.is_object()) else {
            continue;
        };
        let required = entry.get("require").unwrap_or(entry);
        let mut stub = serde_json::Map::new();
        for (field, path) in [
            ("main", &required["default"]),
            ("module", &entry["import"]["default"]),
            ("types", &required["types"]),
        ] {
            if let Some(path) = path.as_str() {
                stub.insert(field.into(), path.replacen("./", "../", 1).into());
            }
        }
        let file = folder.join(name).join("package.json");
        fs::create_dir_all(file.with_file_name(""))?;
        fs::write(&file, serde_json::to_string_pretty(&stub)?)?;
        stubs.push((name.into(), file));
    }
    Ok(stubs)
}

/// A tarball of these files, and of folders with theirs.
pub fn pack_files(
    tarball: &Path,
    files: &[PathBuf],
    folders: &[(&str, Vec<PathBuf>)],
) -> Result<()> {
    let folder = tarball.with_file_name("");
    let stage = folder.join("package");
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    fs::create_dir_all(&stage)?;
    for file in files {
        copy_into(file, &stage)?;
    }
    for (name, files) in folders {
        let inside = stage.join(name);
        fs::create_dir_all(&inside)?;
        for file in files {
            copy_into(file, &inside)?;
        }
    }
    let mut npm = shell::command("npm");
    npm.args([
        "pack",
        "--ignore-scripts",
        "--loglevel=error",
        "--pack-destination",
    ])
    .arg(&folder)
    .current_dir(&stage);
    shell::run_quietly(&mut npm, "npm pack")?;
    ensure!(
        tarball.is_file(),
        "npm pack did not write {}",
        tarball.display()
    );
    Ok(())
}

/// The version of the crate, which the package has to have too.
pub fn checked_version() -> Result<String> {
    let metadata = metadata(&["--no-deps"])?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists no packages")?;
    let of_crate = packages
        .iter()
        .find(|package| package["name"] == "kinde-edge")
        .and_then(|package| package["version"].as_str())
        .context("the workspace has no crate kinde-edge")?;
    let manifest = fs::read_to_string(shell::root().join("pkg/package.json"))?;
    let manifest: Value = serde_json::from_str(&manifest).context("pkg/package.json")?;
    let of_package = manifest["version"].as_str().unwrap_or("none");
    ensure!(
        of_crate == of_package,
        "Cargo.toml has version {of_crate}, pkg/package.json {of_package}: give both the same"
    );
    Ok(of_crate.to_owned())
}

/// What `cargo metadata` says.
pub fn metadata(options: &[&str]) -> Result<Value> {
    let mut cargo = shell::command("cargo");
    cargo
        .args(["metadata", "--locked", "--format-version", "1"])
        .args(options);
    let metadata = shell::read(&mut cargo, "cargo metadata")?;
    serde_json::from_str(&metadata).context("cargo metadata")
}

/// Say what was built and what a Worker loads of it.
fn report(tarball: &Path) -> Result<()> {
    println!(
        "Package: {}",
        tarball.strip_prefix(shell::root())?.display()
    );
    println!("A Worker loads:");
    let mut total = (0, 0);
    for Loaded { name, raw, zipped } in size::loaded(&dist())? {
        println!("  {name:<20} {raw:>8} bytes, {zipped:>7} gzip -9");
        total = (total.0 + raw, total.1 + zipped);
    }
    println!(
        "  {:<20} {:>8} bytes, {:>7} gzip -9",
        "together", total.0, total.1
    );
    Ok(())
}

/// Remove what an earlier build left, the wasm excepted.
fn clear_dist() -> Result<()> {
    for file in fingerprint::files(&dist())? {
        if !file.ends_with(WASM) {
            fs::remove_file(file)?;
        }
    }
    Ok(())
}

fn copy_into(file: &Path, folder: &Path) -> Result<()> {
    let name = file.file_name().context("a file without a name")?;
    fs::copy(file, folder.join(name)).with_context(|| format!("cannot copy {}", file.display()))?;
    Ok(())
}

/// The wasm that wasm-bindgen wrote, before it is optimised.
pub fn compiled() -> PathBuf {
    glue().with_file_name(WASM)
}

/// The JavaScript that wasm-bindgen wrote.
fn glue() -> PathBuf {
    shell::target().join("wasm-pack/glue.js")
}

pub fn dist() -> PathBuf {
    shell::root().join("pkg/dist")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_named_as_the_repository_does() {
        let name = source_name("../lib/kinde.js");
        assert_eq!(name.as_deref(), Some("kinde-edge/pkg/lib/kinde.js"));
        let name = source_name("../../target/wasm-pack/glue.js");
        assert_eq!(name.as_deref(), Some("kinde-edge/wasm-bindgen/glue.js"));
        let name = source_name("../../target/wasm-pack/snippets/kinde-edge-0123/src/host.js");
        assert_eq!(name.as_deref(), Some("kinde-edge/src/host.js"));
        assert_eq!(source_name("../../node_modules/other/index.js"), None);
    }

    #[test]
    fn declarations_for_commonjs_refer_to_each_other() {
        let module = "import type { A } from \"./generated.js\";\n\
                      export type B = import(\"./generated.js\").B; // see x.js\n\
                      /** `require(\"./not-an-import.js\")` */\n";
        assert_eq!(
            for_commonjs(module),
            "import type { A } from \"./generated.cjs\";\n\
             export type B = import(\"./generated.cjs\").B; // see x.js\n\
             /** `require(\"./not-an-import.js\")` */\n"
        );
    }
}
