//! Prism, a server of the API document that no one here wrote: it checks each request
//! against the document and answers with an example.

use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::shell;

/// The document that is served: all of spec/ as one.
pub const DOCUMENT: &str = "spec/kinde.json";

/// A running server; it ends when this goes out of scope.
pub struct Prism {
    server: Child,
    port: u16,
}

impl Prism {
    /// Start it on its usual port, or on another if that is taken, and wait until it listens.
    pub fn start() -> Result<Self> {
        Self::serve(Path::new(DOCUMENT))
    }

    /// The same with another document.
    pub fn serve(document: &Path) -> Result<Self> {
        const USUAL_PORT: u16 = 4010;
        const PATIENCE: Duration = Duration::from_secs(60);
        let port = shell::free_port(USUAL_PORT)?;
        let server = shell::command("prism")
            .args(["mock", "--errors", "--verboseLevel", "silent"])
            .arg(document)
            .args(["--port", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("prism cannot be started")?;
        let mut prism = Self { server, port };
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = prism.server.try_wait()? {
                bail!("prism ended before it listened ({status})");
            }
            if start.elapsed() > PATIENCE {
                bail!("prism does not listen after {} s", PATIENCE.as_secs());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(prism)
    }

    /// How it ended, if it did: tests that call a server which is gone only say that nothing answers.
    pub fn ended(&mut self) -> Result<Option<String>> {
        let status = self.server.try_wait()?;
        Ok(status.map(|status| format!("prism ended while the tests ran ({status})")))
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        // It may have ended by itself, with Ctrl-C for instance: then there is nothing to do.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
