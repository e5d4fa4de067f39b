//! Each check finds what it is there for, in small made-up workspaces.

use std::fs;
use std::path::{Path, PathBuf};

use super::Outcome::{self, Holds, NotReady};
use super::archive::{self, Entry, Kind};
use super::{Steps, api, licences, versions};
use crate::shell;

/// A folder with files, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let id = std::process::id();
        let folder = std::env::temp_dir().join(format!("kinde-edge-release-{name}-{id}"));
        fs::create_dir_all(&folder).unwrap();
        let folder = Self(folder);
        folder.write(files);
        folder
    }

    fn write(&self, files: &[(&str, &str)]) {
        for (name, text) in files {
            let file = self.0.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = shell::command("git");
        git.current_dir(&self.0)
            .args(["-c", "user.name=A", "-c", "user.email=a@example.com"])
            .args(arguments);
        shell::read(&mut git, "git").unwrap();
    }

    /// Commit all of it, with a tag.
    fn release(&self, tag: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--no-verify", "--message", tag]);
        self.git(&["tag", tag]);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(outcome: Outcome) -> String {
    match outcome {
        Holds(text) => format!("holds: {text}"),
        NotReady(text) => format!("not ready: {text}"),
    }
}

fn message<T>(result: anyhow::Result<T>) -> String {
    match result {
        Ok(_) => "no error".to_owned(),
        Err(error) => format!("{error:#}"),
    }
}

const WORKSPACE: [(&str, &str); 12] = [
    (
        "Cargo.toml",
        "[workspace]\n[workspace.package]\nversion = \"9.9.9\"\n[package]\nname = \"kinde-edge\"\nversion = \"0.3.1\"\n",
    ),
    (
        "Cargo.lock",
        "[[package]]\nname = \"kinde-edge\"\nversion = \"0.3.1\"\n",
    ),
    ("pkg/package.json", "{ \"version\": \"0.3.1\" }"),
    ("pkg/local/package.json", "{ \"version\": \"0.3.1\" }"),
    (
        "package-lock.json",
        "{ \"packages\": { \"\": { \"name\": \"a\" } } }",
    ),
    ("README.md", "```toml\nkinde-edge = \"0.3\"\n```\n"),
    ("pkg/README.md", "npm install kinde-edge@0.3.1\n"),
    ("pkg/guides/start.md", "npm install kinde-edge@0.3.1\n"),
    (
        "CHANGELOG.md",
        "# Changelog\n\n## [Unreleased]\n\n## [0.3.1] - 2001-02-03\n\n## [0.3.0] - 2001-01-01\n",
    ),
    (
        "examples/node/package.json",
        "{ \"dependencies\": { \"kinde-edge\": \"^0.3.0\" } }",
    ),
    (
        "examples/rust/Cargo.toml",
        "[dependencies]\nkinde-edge = { version = \"0.3\", path = \"../..\" }\n",
    ),
    (
        "examples/rust/Cargo.lock",
        "[[package]]\nname = \"kinde-edge\"\nversion = \"0.3.1\"\n",
    ),
];

#[test]
fn versions_that_agree_hold() {
    let folder = Folder::new("agree", &WORKSPACE);
    let outcome = versions::check(&folder.0).unwrap();
    assert_eq!(text(outcome), "holds: 0.3.1 in 11 places");
}

#[test]
fn each_version_that_disagrees_is_found() {
    for (name, contents) in WORKSPACE {
        // The places that have none, or that all others are measured by.
        if ["Cargo.toml", "package-lock.json"].contains(&name) {
            continue;
        }
        let folder = Folder::new(&format!("disagree-{}", name.replace('/', "-")), &WORKSPACE);
        folder.write(&[(name, &contents.replace("0.3", "0.2"))]);
        let error = message(versions::check(&folder.0));
        assert!(
            error.starts_with(&format!("{name} has ")),
            "{name}: {error}"
        );
        assert!(
            error.ends_with(" in place of 0.3.1: correct it"),
            "{name}: {error}"
        );
    }
    let lock = "{ \"packages\": { \"node_modules/kinde-edge\": { \"version\": \"0.3.0\" } } }";
    let folder = Folder::new("disagree-lock", &WORKSPACE);
    folder.write(&[("package-lock.json", lock)]);
    let error = message(versions::check(&folder.0));
    assert_eq!(
        error,
        "package-lock.json has 0.3.0 in place of 0.3.1: correct it"
    );
}

#[test]
fn a_changelog_without_the_version_is_not_ready() {
    let folder = Folder::new("changelog", &WORKSPACE);
    folder.write(&[("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n")]);
    let outcome = text(versions::check(&folder.0).unwrap());
    assert!(outcome.starts_with("not ready: 0.3.1 in "), "{outcome}");
    assert!(
        outcome.contains("turn [Unreleased] into [0.3.1]"),
        "{outcome}"
    );
}

#[test]
fn requirements_are_judged_as_cargo_and_npm_do() {
    for requirement in ["0.3", "^0.3.0", "0.3.1", "~0.3.1"] {
        assert!(versions::accepts(requirement, "0.3.1"), "{requirement}");
    }
    for requirement in ["0.2", "0.3.2", "0.4", "1", "x"] {
        assert!(!versions::accepts(requirement, "0.3.1"), "{requirement}");
    }
    assert!(versions::accepts("1.2", "1.4.0"));
    assert!(!versions::accepts("1.2", "2.2.0"));
    assert_eq!(
        versions::requirements("npm i kinde-edge@0.3.\n`kinde-edge = \"0.2\"`"),
        ["0.2", "0.3"]
    );
    assert_eq!(
        versions::requirements("kinde-edge@latest, \"kinde-edge\": \"file:x\""),
        [""; 0]
    );
}

#[test]
fn manifests_say_where_they_come_from() {
    let folder = Folder::new("manifests", &WORKSPACE);
    let outcome = text(versions::manifests(&folder.0).unwrap());
    assert!(
        outcome.starts_with("not ready: add `repository` in pkg/package.json"),
        "{outcome}"
    );
    folder.write(&[
        (
            "Cargo.toml",
            "[package]\nrepository = \"https://example.com/a\"\n",
        ),
        (
            "pkg/package.json",
            "{ \"repository\": { \"url\": \"https://example.com/a\" } }",
        ),
    ]);
    let outcome = text(versions::manifests(&folder.0).unwrap());
    assert_eq!(outcome, "holds: say where they come from");
}

const DOCUMENT: &[u8] = b"example: -----BEGIN PRIVATE KEY----- MIIEvQIBADANBg";

fn entry(path: &str, content: &str) -> Entry {
    (path.to_owned(), content.as_bytes().to_vec())
}

/// A package in which there is nothing wrong, and these files.
fn package(more: &[(&str, &str)]) -> Vec<Entry> {
    let map = "{\"sources\":[\"kinde-edge/pkg/lib/a.js\"],\"sourcesContent\":[\"\"]}";
    let good = [
        ("CHANGELOG.md", "users are at /api/v1/users"),
        ("LICENSE-APACHE", ""),
        ("LICENSE-MIT", ""),
        ("README.md", "npm_config, eyJhbGciOi…"),
        ("guides/start.md", ""),
        ("package.json", "{}"),
        (
            "operations.json",
            "\"-----BEGIN PRIVATE KEY----- MIIEvQIBADANBg\"",
        ),
        ("dist/index.js", ""),
        ("dist/index.js.map", map),
        ("dist/index.d.cts", ""),
    ];
    good.iter()
        .chain(more)
        .map(|(path, content)| entry(path, content))
        .collect()
}

#[test]
fn a_package_with_nothing_wrong_passes() {
    archive::check(Kind::Package, &package(&[]), DOCUMENT).unwrap();
}

#[test]
fn a_licence_that_is_missing_is_found() {
    let mut entries = package(&[]);
    entries.retain(|(path, _)| path != "LICENSE-MIT");
    let error = message(archive::check(Kind::Package, &entries, DOCUMENT));
    assert_eq!(error, "LICENSE-MIT is missing: add it to what is packed");
}

#[test]
fn what_does_not_belong_is_found() {
    for name in [
        ".env",
        "dist/notes.txt",
        "lib/kinde.js",
        "src/lib.rs",
        ".npmrc",
        "guides/more/notes.md",
        "guides/notes.txt",
    ] {
        let error = message(archive::check(
            Kind::Package,
            &package(&[(name, "")]),
            DOCUMENT,
        ));
        assert_eq!(error, format!("{name} does not belong there: leave it out"));
    }
    let crate_ = [
        "CHANGELOG.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "Cargo.toml",
        "src/a/b.rs",
        "src/a/b.js",
    ];
    let mut entries = crate_.map(|name| entry(name, "")).to_vec();
    archive::check(Kind::Crate, &entries, DOCUMENT).unwrap();
    entries.push(entry("tests/secret.rs", ""));
    let error = message(archive::check(Kind::Crate, &entries, DOCUMENT));
    assert_eq!(error, "tests/secret.rs does not belong there: leave it out");
}

#[test]
fn folders_of_a_machine_are_found() {
    let own = shell::root().join("src/lib.rs");
    for path in [
        "/home/ada/x.rs",
        "/root/.cargo/x.rs",
        "C:\\Users\\ada",
        own.to_str().unwrap(),
    ] {
        let entries = package(&[("dist/a.wasm", &format!("\0\0{path}\0"))]);
        let error = message(archive::check(Kind::Package, &entries, DOCUMENT));
        assert!(
            error.starts_with("dist/a.wasm names a folder of a machine"),
            "{path}: {error}"
        );
    }
}

fn check_script(text: &str) -> anyhow::Result<()> {
    archive::check(Kind::Package, &package(&[("dist/a.js", text)]), DOCUMENT)
}

#[test]
fn secrets_are_found_and_not_repeated() {
    let token = format!("npm_{}", "a1".repeat(18));
    let jwt = format!("eyJhbGciOi{}", "JIUzI1NiJ9".repeat(3));
    for secret in [token.as_str(), jwt.as_str(), "-----BEGIN PRIVATE KEY-----"] {
        let error = message(check_script(&format!("const key = \"{secret}\";")));
        assert!(
            error.starts_with("dist/a.js has what looks like a secret"),
            "{error}"
        );
        assert!(secret.len() < 28 || !error.contains(secret), "{error}");
    }
}

#[test]
fn letters_inside_of_others_are_no_secret() {
    let base64 = format!("data = \"AGFzbQE{}AKIA{}\"", "a".repeat(50), "A".repeat(20));
    check_script(&base64).unwrap();
    let error = message(check_script(&format!("key = \"AKIA{}\"", "A".repeat(16))));
    assert!(
        error.starts_with("dist/a.js has what looks like a secret, AKIA…"),
        "{error}"
    );
}

#[test]
fn sources_outside_of_the_package_are_found() {
    for source in ["../lib/a.js", "kinde-edge/../a.js", "a.js"] {
        let map = format!("{{\"sources\":[\"{source}\"],\"sourcesContent\":[\"\"]}}");
        let entries = package(&[("dist/a.js.map", &map)]);
        let error = message(archive::check(Kind::Package, &entries, DOCUMENT));
        assert!(
            error.starts_with(&format!("dist/a.js.map names \"{source}\"")),
            "{error}"
        );
    }
    let map = "{\"sources\":[\"kinde-edge/a.js\"]}";
    let error = message(archive::check(
        Kind::Package,
        &package(&[("dist/a.js.map", map)]),
        DOCUMENT,
    ));
    assert_eq!(
        error,
        "dist/a.js.map does not bring all of its sources along"
    );
}

/// An archive of the files, packed by tar.
fn packed(folder: &Folder, name: &str, files: &[(&str, &str)]) -> PathBuf {
    let inside: Vec<_> = files
        .iter()
        .map(|(path, text)| (format!("{name}/package/{path}"), *text))
        .collect();
    folder.write(
        &inside
            .iter()
            .map(|(path, text)| (path.as_str(), *text))
            .collect::<Vec<_>>(),
    );
    let file = folder.0.join(format!("{name}.tgz"));
    let mut tar = shell::command("tar");
    tar.arg("-czf")
        .arg(&file)
        .arg("-C")
        .arg(folder.0.join(name))
        .arg("package");
    shell::read(&mut tar, "tar").unwrap();
    file
}

#[test]
fn files_that_differ_are_named() {
    let folder = Folder::new("bytes", &[]);
    let first = packed(&folder, "first", &[("a", "1"), ("b/c", "2"), ("d", "3")]);
    let second = packed(&folder, "second", &[("a", "1"), ("b/c", "4"), ("e", "5")]);
    archive::same(&first, &first).unwrap();
    let error = message(archive::same(&first, &second));
    assert!(
        error.starts_with("first.tgz differs from its second build (sha256 "),
        "{error}"
    );
    assert!(error.contains(") in b/c, d, e: find"), "{error}");
}

#[test]
fn archives_of_the_same_files_may_differ_too() {
    let folder = Folder::new("times", &[]);
    let first = packed(&folder, "first", &[("a", "1")]);
    let second = folder.0.join("second.tgz");
    let mut tar = shell::command("tar");
    tar.arg("-czf")
        .arg(&second)
        .args(["--mtime", "2001-02-03", "-C"])
        .arg(folder.0.join("first"));
    shell::read(tar.arg("package"), "tar").unwrap();
    let error = message(archive::same(&first, &second));
    assert!(
        error.contains("in what the archive says of its files"),
        "{error}"
    );
}

#[test]
fn checksums_are_those_of_sha256() {
    let folder = Folder::new("sum", &[("abc", "abc")]);
    assert_eq!(
        archive::sha256(&folder.0.join("abc")).unwrap(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

const API: [(&str, &str); 3] = [
    (
        "Cargo.toml",
        "[package]\nname = \"kinde-edge\"\nversion = \"0.3.0\"\n",
    ),
    (
        "pkg/types/index.d.ts",
        "export declare class Kinde {}\nexport type { A, B as C } from \"./a.js\";\nexport * from \"./a.js\";\n",
    ),
    (
        "pkg/operations.json",
        "[{ \"resource\": \"users\", \"name\": \"list\" }, { \"resource\": \"users\", \"name\": \"get\" }]",
    ),
];

#[test]
fn without_a_released_version_there_is_nothing_to_compare_with() {
    let folder = Folder::new("unreleased", &API);
    folder.git(&["init", "--quiet"]);
    // The tag of the version itself is not one before it.
    folder.release("v0.3.0");
    for outcome in [api::of_crate(&folder.0), api::of_package(&folder.0)] {
        let outcome = text(outcome.unwrap());
        assert!(
            outcome.starts_with("holds: no version has been released"),
            "{outcome}"
        );
    }
}

#[test]
fn names_that_are_gone_from_the_package_are_found() {
    let folder = Folder::new("names", &API);
    folder.git(&["init", "--quiet"]);
    folder.release("v0.3.0");
    folder.write(&[("Cargo.toml", &API[0].1.replace("0.3.0", "0.3.1"))]);
    folder.release("v0.3.1");
    assert_eq!(
        text(api::of_package(&folder.0).unwrap()),
        "holds: all 5 names of v0.3.0"
    );

    folder.write(&[
        ("Cargo.toml", &API[0].1.replace("0.3.0", "0.3.2")),
        (
            "pkg/types/index.d.ts",
            "export declare class Kinde {}\nexport type { A } from \"./a.js\";\n",
        ),
        (
            "pkg/operations.json",
            "[{ \"resource\": \"users\", \"name\": \"list\" }]",
        ),
    ]);
    folder.release("v0.3.2");
    let error = message(api::of_package(&folder.0));
    assert!(
        error.starts_with("these are gone since v0.3.1, and 0.3.2 does not say so"),
        "{error}"
    );
    assert!(error.ends_with(": C, kinde.users.get"), "{error}");

    folder.write(&[("Cargo.toml", &API[0].1.replace("0.3.0", "0.4.0"))]);
    folder.release("v0.4.0");
    // From v0.3.2, where they were gone already, nothing more is.
    assert_eq!(
        text(api::of_package(&folder.0).unwrap()),
        "holds: all 3 names of v0.3.2"
    );
    folder.git(&["tag", "--delete", "v0.3.2"]);
    let outcome = text(api::of_package(&folder.0).unwrap());
    assert_eq!(
        outcome,
        "holds: gone since v0.3.1, as 0.4.0 may: C, kinde.users.get"
    );
}

#[test]
fn exported_names_are_read_from_declarations() {
    let names = api::exported(
        "import type { X } from \"x\";\nexport declare abstract class A {}\nexport interface B extends X {}\n\
         export type C<T> = T;\nexport const D: string;\nexport function e(): void;\n\
         export {\n  F,\n  type G,\n  H as I,\n};\n/** export type None */\nexport * from \"./j.js\";\n",
    );
    assert_eq!(names, ["A", "B", "C", "D", "e", "F", "G", "I"]);
}

/// Only where cargo-semver-checks is installed: it takes minutes to build.
#[test]
fn a_break_in_the_api_of_a_crate_is_found() {
    if shell::which("cargo-semver-checks").is_none() {
        return;
    }
    let manifest = |version: &str| {
        format!(
            "[package]\nname = \"a\"\nversion = \"{version}\"\nedition = \"2024\"\ndescription = \"a\"\n[workspace]\n"
        )
    };
    let two = "pub fn one() {}\npub fn two() {}\n";
    let one = "pub fn one() {}\n";
    let before = Folder::new(
        "before",
        &[("Cargo.toml", &manifest("1.0.0")), ("src/lib.rs", two)],
    );
    let baseline = ["--baseline-root", before.0.to_str().unwrap()];
    let after = Folder::new(
        "after",
        &[("Cargo.toml", &manifest("1.0.1")), ("src/lib.rs", one)],
    );
    let error = message(api::compare(&after.0, &baseline));
    assert!(
        error.starts_with("give the new version the number that this needs"),
        "{error}"
    );
    assert!(
        error.contains("function two") || error.contains("::two"),
        "{error}"
    );
    after.write(&[("Cargo.toml", &manifest("2.0.0"))]);
    api::compare(&after.0, &baseline).unwrap();
    after.write(&[("Cargo.toml", &manifest("1.0.1")), ("src/lib.rs", two)]);
    api::compare(&after.0, &baseline).unwrap();
}

#[test]
fn advisories_count_against_what_writes_the_package() {
    let tested = "{\"vulnerabilities\":{\"prism\":{}}}";
    let outcome = text(licences::audit(tested).unwrap());
    assert_eq!(
        outcome,
        "holds: none against binaryen and esbuild; 1 against packages that only test"
    );
    let error = message(licences::audit("{\"vulnerabilities\":{\"esbuild\":{}}}"));
    assert_eq!(
        error,
        "update esbuild, which writes what is published: see npm audit"
    );
    for (report, reason) in [
        (
            "{\"message\":\"405 Method Not Allowed\\nmore\"}",
            "405 Method Not Allowed",
        ),
        ("", "npm audit gave no report"),
    ] {
        let outcome = text(licences::audit(report).unwrap());
        assert_eq!(
            outcome,
            format!("not ready: not checked, because of: {reason}")
        );
    }
}

#[test]
fn what_is_inside_the_wasm_is_listed_with_its_licence() {
    let list: serde_json::Value = serde_json::from_str(&licences::components().unwrap()).unwrap();
    let components = list["components"].as_array().unwrap();
    let names: Vec<_> = components
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert!(
        names.contains(&"wasm-bindgen") && names.contains(&"itoa"),
        "{names:?}"
    );
    // What tests and what builds is not inside.
    assert!(
        !names.contains(&"wasm-bindgen-test") && !names.contains(&"clap"),
        "{names:?}"
    );
    for component in components {
        assert!(
            component["licenses"][0]["expression"]
                .as_str()
                .is_some_and(|it| !it.is_empty()),
            "{component}"
        );
    }
}

#[test]
fn a_warning_passes_unless_it_is_strict() {
    let mut steps = Steps::default();
    steps.run("one", || Ok(Holds("it holds".into())));
    steps.run("two", || Ok(NotReady("it does not yet".into())));
    steps.finish(false).unwrap();
    assert!(message(steps.finish(true)).starts_with("1 of the checks gave a warning"));
    steps.run("three", || anyhow::bail!("it does not"));
    assert_eq!(message(steps.finish(false)), "1 of the checks failed");
}

#[test]
fn nothing_is_published_from_here() {
    let args = super::Args {
        dry_run: false,
        strict: true,
        pack_only: false,
    };
    assert!(message(super::run(&args)).starts_with("this publishes nothing"));
}

#[test]
fn the_list_of_files_is_without_the_folder_of_the_archive() {
    let folder = Folder::new("entries", &[]);
    let file = packed(&folder, "first", &[("b/c", "2"), ("a", "1")]);
    let entries = archive::entries(&archive::unpack(Path::new(&file)).unwrap()).unwrap();
    assert_eq!(entries, [entry("a", "1"), entry("b/c", "2")]);
}
