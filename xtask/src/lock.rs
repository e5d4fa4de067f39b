//! One at a time: what writes the same files of a checkout waits for whoever does so already.

use std::fs::{self, File, TryLockError};

use anyhow::{Context, Result, bail};

use crate::shell;

/// Held until it is dropped, or until the program ends, however it does.
#[must_use]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Take the lock `name` of this checkout; whoever has to wait is told for what.
    pub fn take(name: &str) -> Result<Self> {
        let file = shell::target()
            .join("xtask")
            .join(name)
            .with_extension("lock");
        fs::create_dir_all(file.with_file_name(""))?;
        // Not cut: another program may hold it.
        let lock = File::options()
            .create(true)
            .write(true)
            .truncate(false)
            .open(&file)
            .with_context(|| format!("{} cannot be opened", file.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                eprintln!("Waiting for another cargo xtask {name} of this checkout to end");
                lock.lock()?;
            }
            Err(TryLockError::Error(error)) => {
                bail!("{} cannot be locked: {error}", file.display())
            }
        }
        Ok(Self { _file: lock })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_second_waits_until_the_first_is_done() {
        let first = Lock::take("test-of-lock").unwrap();
        let (sender, receiver) = mpsc::channel();
        let second = thread::spawn(move || {
            let lock = Lock::take("test-of-lock").unwrap();
            sender.send(()).unwrap();
            drop(lock);
        });
        let early = receiver.recv_timeout(Duration::from_millis(200));
        assert!(early.is_err(), "both have it");
        drop(first);
        receiver.recv_timeout(Duration::from_secs(60)).unwrap();
        second.join().unwrap();
    }
}
