//! Running other programs: from the repository's root, the project's own tools first on PATH.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::LazyLock;

use anyhow::{Context, Result, bail};

/// Names a copy of the repository to work in, with the tools of the one that this was built in.
pub const COPY: &str = "XTASK_ROOT";

static ROOT: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::var_os(COPY).map_or_else(|| home().to_path_buf(), PathBuf::from));

/// The repository's root, or that of the copy to work in.
pub fn root() -> &'static Path {
    &ROOT
}

/// The root of the repository that this was built in, where the tools are.
fn home() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

/// Whether the root is a copy's.
pub fn is_copy() -> bool {
    root() != home()
}

/// Where what is built goes, whatever `CARGO_TARGET_DIR` says about the rest.
pub fn target() -> PathBuf {
    root().join("target")
}

/// PATH as the programs run here see it.
fn search_path() -> OsString {
    let own = [
        home().join("target/tools/bin"),
        home().join("node_modules/.bin"),
    ];
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(own.into_iter().chain(std::env::split_paths(&inherited)))
        .unwrap_or(inherited)
}

/// A program to run from the root.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).env("PATH", search_path());
    command
}

/// The file of a program on PATH.
pub fn which(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&search_path())
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Run and let it print; a failure is an error that says `what` failed.
pub fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{what}: {} cannot be started", name(command)))?;
    if !status.success() {
        bail!("{what} failed ({status})");
    }
    Ok(())
}

/// Run without printing; a failure prints what the program said.
pub fn run_quietly(command: &mut Command, what: &str) -> Result<()> {
    let (status, output) = capture(command, false)?;
    if !status.success() {
        eprint!("{output}");
        bail!("{what} failed ({status})");
    }
    Ok(())
}

/// What a program prints on standard output; an error if it fails.
pub fn read(command: &mut Command, what: &str) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("{what}: {} cannot be started", name(command)))?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        bail!("{what} failed ({})", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{what}: the output is not UTF-8"))
}

/// What Node 20 prints of each test that was not chosen.
const NOT_CHOSEN: &str = "# test name does not match pattern";

/// Run and collect standard output and error as they come, interleaved; with `live`, print them too.
pub fn capture(command: &mut Command, live: bool) -> Result<(ExitStatus, String)> {
    let (reader, writer) = std::io::pipe().context("no pipe")?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let child = command.spawn();
    let program = name(command);
    // The command still holds the writing ends: closed, so that the reading ends with the child.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = child.with_context(|| format!("{program} cannot be started"))?;
    let mut output = String::new();
    let mut line = Vec::new();
    let mut reader = BufReader::new(reader);
    while reader.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        if live && !text.trim_end().ends_with(NOT_CHOSEN) {
            print!("{text}");
            std::io::stdout().flush()?;
        }
        output.push_str(&text);
        line.clear();
    }
    Ok((child.wait()?, output))
}

/// A port of this machine: the preferred one if nothing listens there, else any free one.
pub fn free_port(preferred: u16) -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, preferred))
        .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}
