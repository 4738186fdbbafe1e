//! The program itself, as processes of their own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::BenchError;

/// A server as a process of its own. It is told to stop when this is dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: String,
}

impl Server {
    /// Starts `resit serve` on the ledger in `folder`, or a new one there, and waits until it listens.
    pub(crate) fn start(program: &Path, folder: &Path) -> Result<Self, BenchError> {
        done(program, folder, "init")?;
        let words = ["serve", "--listen", "127.0.0.1:0", "--auth", "open"];
        let mut process = resit(program, folder).args(words).stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().ok_or_else(|| broken("the server's output is not there"))?;
        for line in BufReader::new(output).lines() {
            if let Some((_, url)) = line?.split_once("http://") {
                let address = url.split([',', ' ']).next().unwrap_or_default().to_owned();
                return Ok(Self { process, address });
            }
        }
        Err(broken("the server ended before it listened"))
    }

    /// The memory that it has now.
    pub(crate) fn memory_bytes(&self) -> Result<u64, BenchError> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
        Ok(kib.ok_or_else(|| broken("the system does not tell the server's memory"))? << 10)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its ledger is thrown away with its folder.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Carries out a word of the command line on the ledger in `folder`.
pub(crate) fn done(program: &Path, folder: &Path, word: &str) -> Result<(), BenchError> {
    let ended = resit(program, folder).arg(word).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if ended.success() { Ok(()) } else { Err(broken(&format!("`resit {word}` ended with {ended}"))) }
}

fn resit(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("--ledger").arg(folder).env_clear().stdin(Stdio::null());
    command
}

pub(crate) fn broken(what: &str) -> BenchError {
    BenchError::Broken(what.to_owned())
}
