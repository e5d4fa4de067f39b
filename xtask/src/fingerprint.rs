//! Whether something has to be made again: a fingerprint of what it is made from, kept in target/.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell;

/// What one step of the build is made from.
pub struct Fingerprint {
    step: &'static str,
    hasher: DefaultHasher,
}

impl Fingerprint {
    pub fn new(step: &'static str) -> Self {
        Self {
            step,
            hasher: DefaultHasher::new(),
        }
    }

    /// Take in a text: a version, say.
    pub fn text(mut self, text: &str) -> Self {
        text.hash(&mut self.hasher);
        self
    }

    /// Take in a file, or each file below a folder, with its name.
    pub fn path(mut self, path: impl AsRef<Path>) -> Result<Self> {
        let path = shell::root().join(path);
        for file in files(&path)? {
            file.strip_prefix(&path)?.hash(&mut self.hasher);
            read(&file)?.hash(&mut self.hasher);
        }
        Ok(self)
    }

    /// Whether `outputs` are there and were made from this.
    pub fn is_current(&self, outputs: &[PathBuf]) -> bool {
        outputs.iter().all(|file| file.exists())
            && fs::read_to_string(self.file()).is_ok_and(|last| last == self.value())
    }

    /// Note that the step has been done.
    pub fn keep(&self) -> Result<()> {
        let file = self.file();
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, self.value()).with_context(|| format!("cannot write {}", file.display()))
    }

    fn value(&self) -> String {
        format!("{:016x}", self.hasher.finish())
    }

    fn file(&self) -> PathBuf {
        shell::target().join("xtask").join(self.step)
    }
}

/// The file itself, or the files below a folder, in a stable order.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<_>, _>>()?;
        entries.sort();
        for entry in entries {
            found.extend(files(&entry)?);
        }
    } else {
        found.push(path.to_path_buf());
    }
    Ok(found)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}
