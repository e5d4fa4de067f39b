//! The suites, in the order in which they run: the quick and telling ones first.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Kind, Run, Runtime, Suite, cores, counts, test_files};
use crate::prism::Prism;
use crate::size::{self, Breakdown};
use crate::tools::{self, WASM_TARGET};
use crate::wasm::panics;
use crate::working_copy::WorkingCopy;
use crate::{docs, fingerprint, release, shell};

/// Those that run after every change.
pub const ALWAYS: &[Suite] = &[
    Suite {
        name: "fmt",
        about: "the Rust code and the JavaScript are formatted, and Biome has nothing against the latter",
        kind: Kind::Whole,
        run: fmt,
    },
    Suite {
        name: "clippy",
        about: "no lint of Clippy's: xtask, the crate with and without its JavaScript exports",
        kind: Kind::Whole,
        run: clippy,
    },
    Suite {
        name: "doc",
        about: "the documentation of the crate and of the package builds without a warning",
        kind: Kind::Whole,
        run: doc,
    },
    Suite {
        name: "codegen",
        about: "the committed generated code is what the generator writes",
        kind: Kind::Whole,
        run: codegen,
    },
    Suite {
        name: "native",
        about: "the generator, xtask and the pure parts of the crate",
        kind: Kind::Rust,
        run: native,
    },
    Suite {
        name: "build",
        about: "the npm package builds, and packs twice to the same bytes; its exports",
        kind: Kind::Files("build"),
        run: build,
    },
    Suite {
        name: "size",
        about: "what a Worker downloads stays within its budget",
        kind: Kind::Whole,
        run: size,
    },
    Suite {
        name: "types",
        about: "the type tests of tests/types compile, and what must not compile does not; the JavaScript of the package fits",
        kind: Kind::Files("types"),
        run: types,
    },
    Suite {
        name: "publint",
        about: "publint finds nothing in the packages",
        kind: Kind::Whole,
        run: publint,
    },
    Suite {
        name: "attw",
        about: "are-the-types-wrong finds nothing in the packages",
        kind: Kind::Whole,
        run: attw,
    },
    Suite {
        name: "release",
        about: "versions, contents of tarball and crate, and both built elsewhere to the same bytes",
        kind: Kind::Whole,
        run: |run| {
            let tarball = run.tarball()?.to_path_buf();
            run.counts.passed += release::test(&tarball)?;
            Ok(())
        },
    },
    Suite {
        name: "wasm-node",
        about: "the crate in Node, against Prism",
        kind: Kind::Rust,
        run: |run| wasm_in_node(run, ""),
    },
    Suite {
        name: "wasm-chrome",
        about: "the crate in headless Chromium, against Prism",
        kind: Kind::Rust,
        run: |run| wasm_in_chrome(run, ""),
    },
    Suite {
        name: "node",
        about: "the package in Node",
        kind: Kind::Runtime(Runtime::Node),
        run: |run| run.in_runtime(Runtime::Node),
    },
    Suite {
        name: "worker",
        about: "the package in workerd",
        kind: Kind::Runtime(Runtime::Workerd),
        run: |run| run.in_runtime(Runtime::Workerd),
    },
    Suite {
        name: "browser",
        about: "the package in Chromium",
        kind: Kind::Runtime(Runtime::Chromium),
        run: |run| run.in_runtime(Runtime::Chromium),
    },
    Suite {
        name: "clocks",
        about: "load, the queue and faults in Node, workerd and Chromium: what measures time",
        kind: Kind::Whole,
        run: Run::clocks,
    },
    Suite {
        name: "explorer",
        about: "the page in www/ in Chromium, with local Kinde and with its Worker; the code it gives",
        kind: Kind::Files("explorer"),
        run: explorer,
    },
    Suite {
        name: "signin",
        about: "a Worker that signs users in, and a browser that goes through the provider's pages",
        kind: Kind::Files("signin"),
        run: |run| run.node_tests("signin"),
    },
    Suite {
        name: "local",
        about: "the package against local Kinde, and local Kinde against the document",
        kind: Kind::Files("local"),
        run: |run| run.node_tests("local"),
    },
    Suite {
        name: "contract",
        about: "all operations from Node and workerd, against Prism",
        kind: Kind::Files("contract"),
        run: |run| run.node_tests("contract"),
    },
    Suite {
        name: "made-up",
        about: "a package made from another document, of OpenAPI 3.1: all operations from Node",
        kind: Kind::Whole,
        run: made_up,
    },
    Suite {
        name: "readme",
        about: "the examples of README.md and the package's guides, run as they stand",
        kind: Kind::Files("readme"),
        run: |run| run.node_tests("readme"),
    },
    Suite {
        name: "packaging",
        about: "the tarball installed into empty projects of each kind",
        kind: Kind::Files("packaging"),
        run: |run| run.node_tests("packaging"),
    },
    Suite {
        name: "examples",
        about: "each of examples/, run for real with the tarball or the crate",
        kind: Kind::Files("examples"),
        run: examples,
    },
];

/// Those that run before a release, after the others: what they find is seldom, what they need takes
/// long to install.
pub const RELEASE: &[Suite] = &[
    Suite {
        name: "firefox",
        about: "the package in Firefox: what the suite browser has, and the waits",
        kind: Kind::Runtime(Runtime::Firefox),
        run: |run| run.in_other_browser(Runtime::Firefox),
    },
    Suite {
        name: "webkit",
        about: "the package in WebKit, the same",
        kind: Kind::Runtime(Runtime::WebKit),
        run: |run| run.in_other_browser(Runtime::WebKit),
    },
    Suite {
        name: "wasm-firefox",
        about: "the crate in headless Firefox, against Prism",
        kind: Kind::Rust,
        run: |run| wasm_in_firefox(run, ""),
    },
];

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = shell::command("cargo");
    cargo.args(arguments);
    cargo
}

fn fmt(run: &mut Run) -> Result<()> {
    tools::node()?;
    run.check(&mut cargo(&["fmt", "--all", "--check"]))?;
    run.check(shell::command("biome").args(["check", "--error-on-warnings", "--colors=off"]))
}

fn clippy(run: &mut Run) -> Result<()> {
    tools::wasm_target()?;
    let deny = ["--", "-D", "warnings"];
    let crate_ = [
        "clippy",
        "--quiet",
        "-p",
        "kinde-edge",
        "--all-targets",
        "--target",
        WASM_TARGET,
    ];
    run.check(cargo(&["clippy", "--quiet", "-p", "xtask", "--all-targets"]).args(deny))?;
    run.check(
        cargo(&[
            "clippy",
            "--quiet",
            "-p",
            "kinde-edge-core",
            "--all-targets",
        ])
        .args(deny),
    )?;
    run.check(cargo(&crate_).args(deny))?;
    run.check(cargo(&crate_).args(["--features", "js"]).args(deny))
}

fn doc(run: &mut Run) -> Result<()> {
    tools::wasm_target()?;
    tools::node()?;
    for (_, mut command) in docs::commands() {
        run.check(&mut command)?;
    }
    Ok(())
}

fn codegen(run: &mut Run) -> Result<()> {
    // The program that runs, not a fresh build of it: nothing changes while it runs.
    let xtask = std::env::current_exe().context("the running program has no file")?;
    run.check(shell::command(xtask).args(["codegen", "--check"]))
}

fn native(run: &mut Run) -> Result<()> {
    native_tests(run, "")?;
    run.tests(
        &mut cargo(&["test", "-p", "kinde-edge", "--doc"]),
        counts::of_rust,
    )
}

/// Those whose path contains `name`.
fn native_tests(run: &mut Run, name: &str) -> Result<()> {
    for package in [
        ["xtask", "--bins"],
        ["kinde-edge", "--lib"],
        ["kinde-edge-core", "--lib"],
    ] {
        let mut test = cargo(&["test", "-p"]);
        test.args(package);
        if !name.is_empty() {
            test.args(["--", name]);
        }
        run.tests(&mut test, counts::of_rust)?;
    }
    Ok(())
}

/// The tests in Rust of a suite whose path contains `name`.
pub fn rust_tests(run: &mut Run, suite: &str, name: &str) -> Result<()> {
    match suite {
        "native" => native_tests(run, name),
        "wasm-node" => wasm_in_node(run, name),
        "wasm-chrome" => wasm_in_chrome(run, name),
        "wasm-firefox" => wasm_in_firefox(run, name),
        _ => bail!("{suite} has no tests in Rust"),
    }
}

fn build(run: &mut Run) -> Result<()> {
    let tarball = run.tarball()?.to_path_buf();
    run.counts.passed += 1;
    let first = std::fs::read(&tarball)?;
    crate::build::pack_again()?;
    if std::fs::read(&tarball)? != first {
        bail!("packing the same files twice gives different tarballs");
    }
    run.counts.passed += 1;
    let unused = panics::unused(&std::fs::read(crate::build::compiled())?)?;
    if !unused.is_empty() {
        bail!("no function of the wasm is named like {unused:?}: see xtask/src/wasm/panics.rs");
    }
    run.counts.passed += 1;
    run.node_tests("build")
}

fn size(run: &mut Run) -> Result<()> {
    run.tarball()?;
    let breakdown = Breakdown::of_package()?;
    if breakdown.total() > size::BUDGET {
        bail!("{}\n{}", breakdown.verdict(), breakdown.table(20));
    }
    run.counts.passed += 1;
    Ok(())
}

/// Folders whose JavaScript TypeScript checks.
const CHECKED: [&str; 5] = ["pkg/lib", "pkg/local", "tests/lib", "tests/support", "www"];

/// Each tsconfig*.json of tests/types is a setting to compile in.
fn types(run: &mut Run) -> Result<()> {
    tools::node()?;
    // The build gives the declarations of what the JavaScript calls.
    run.tarball()?;
    for folder in CHECKED {
        let settings = shell::root().join(folder).join("tsconfig.check.json");
        run.check(shell::command("tsc").arg("-p").arg(settings))?;
    }
    for file in fingerprint::files(&shell::root().join("tests/types"))? {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_setting = name.starts_with("tsconfig") && name.ends_with(".json");
        if is_setting && name != "tsconfig.base.json" {
            run.check(shell::command("tsc").arg("-p").arg(file))?;
        }
    }
    // The same once more, against what is packed.
    run.node_tests("types")
}

fn publint(run: &mut Run) -> Result<()> {
    let tarball = run.tarball()?.to_path_buf();
    run.check(&mut release::publint(&tarball))?;
    run.check(&mut release::publint(&release::local_tarball()?))
}

fn attw(run: &mut Run) -> Result<()> {
    let tarball = run.tarball()?.to_path_buf();
    run.check(&mut release::attw(&tarball))?;
    run.check(&mut release::attw(&release::local_tarball()?))
}

fn examples(run: &mut Run) -> Result<()> {
    // The Worker in Rust is built as its author builds it.
    tools::rust()?;
    run.node_tests("examples")
}

fn explorer(run: &mut Run) -> Result<()> {
    // The Rust that it gives is compiled, which takes minutes where nothing of it is there: with one
    // browser beside it, so that neither is late.
    tools::rust()?;
    let folder = Path::new("tests/explorer");
    run.node(&test_files(folder, is_first_of_explorer)?, 2, None)?;
    run.node(
        &test_files(folder, |name| !is_first_of_explorer(name))?,
        cores() + 1,
        None,
    )
}

fn is_first_of_explorer(name: &str) -> bool {
    matches!(name, "code" | "operations")
}

/// Generates from a document that is not Kinde's, in a copy, and calls all of what comes of it.
fn made_up(run: &mut Run) -> Result<()> {
    const DOCUMENT: &str = "tests/made-up/library.yaml";
    tools::rust()?;
    tools::node()?;
    let copy = WorkingCopy::make(shell::target().join("made-up"))?;
    let root = copy.root.to_string_lossy().into_owned();
    let spec = shell::root().join(DOCUMENT);
    let path = spec.to_string_lossy();
    for task in [
        &["codegen", "--spec", &path, "--out", &root][..],
        &["build"],
    ] {
        let mut xtask = copy.xtask(task)?;
        // A folder of its own: cargo would take this crate for the project's in the shared one.
        xtask.env("CARGO_TARGET_DIR", shell::target().join("made-up-target"));
        shell::run_quietly(&mut xtask, "cargo xtask in a copy")?;
    }
    let tarball = crate::build::tarball(&copy.root, &crate::build::checked_version()?);
    run.with_package(tarball, Prism::serve(&spec)?)
}

fn wasm_in_node(run: &mut Run, name: &str) -> Result<()> {
    wasm_pack_test(run, &["--node"], None, name)
}

fn wasm_in_chrome(run: &mut Run, name: &str) -> Result<()> {
    let driver = run.browser()?.driver.clone();
    let driver = Driver {
        option: "--chromedriver",
        variable: "CHROMEDRIVER",
        file: driver,
    };
    wasm_pack_test(run, &["--headless", "--chrome"], Some(&driver), name)
}

fn wasm_in_firefox(run: &mut Run, name: &str) -> Result<()> {
    let driver = Driver {
        option: "--geckodriver",
        variable: "GECKODRIVER",
        file: tools::firefox()?,
    };
    wasm_pack_test(run, &["--headless", "--firefox"], Some(&driver), name)
}

/// A browser's driver, and how wasm-pack and wasm-bindgen's test runner are told of it.
struct Driver {
    option: &'static str,
    variable: &'static str,
    file: PathBuf,
}

/// The tests of the crate in WebAssembly whose path contains `name`.
fn wasm_pack_test(
    run: &mut Run,
    place: &[&str],
    driver: Option<&Driver>,
    name: &str,
) -> Result<()> {
    tools::rust()?;
    let prism = run.prism()?;
    let mut test = match name {
        "" => {
            let mut wasm_pack = shell::command("wasm-pack");
            wasm_pack.args(["test", "--mode", "no-install"]).args(place);
            if let Some(Driver { option, file, .. }) = driver {
                wasm_pack.arg(option).arg(file);
            }
            wasm_pack
        }
        // wasm-pack hands a name on to `cargo build` too, which knows none.
        name => {
            let mut cargo = cargo(&["test", "--target", WASM_TARGET, "--", name]);
            cargo.env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                "wasm-bindgen-test-runner",
            );
            if let Some(Driver { variable, file, .. }) = driver {
                cargo.env(variable, file);
            }
            cargo
        }
    };
    test.env("KINDE_EDGE_PRISM", prism)
        // Seconds for one binary of tests; the contract alone makes some three hundred calls.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    if driver.is_some() {
        // Tests that name no place of their own run in the browser too.
        test.env("WASM_BINDGEN_USE_BROWSER", "1");
    }
    run.tests(&mut test, counts::of_rust)
}
