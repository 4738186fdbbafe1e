//! Measures the ledger's disk and log in the background: whoever asks gets the last measure at once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use resit_gateway::{Gauges, LogSize, Task};

use super::stop::Stop;
use crate::clock;
use crate::desk::free_disk_bytes;

/// How often it is measured.
const EVERY: Duration = Duration::from_secs(5);

/// What is measured.
pub(crate) struct Survey {
    /// The ledger's folder.
    pub(crate) folder: PathBuf,
    /// Its log's, if it has one.
    pub(crate) log: Option<PathBuf>,
    pub(crate) gauges: Arc<Gauges>,
}

impl Survey {
    /// Measures once.
    pub(crate) fn measure(&self) -> io::Result<()> {
        self.gauges.note_free_disk(free_disk_bytes(&self.folder)?);
        if let Some(log) = &self.log {
            self.gauges.note_log_size(log_size(log)?);
        }
        Ok(())
    }

    /// Measures again and again until it is time to stop.
    pub(crate) async fn run(&self, mut stop: Stop, task: Arc<Task>) {
        while !stop.is_now() {
            match self.measure() {
                Ok(()) => task.moves(clock::stopwatch()),
                Err(error) => {
                    let folder = self.folder.display();
                    tracing::warn!(%error, %folder, "the ledger's disk can't be measured");
                    task.fails(format!("{folder} can't be measured: {error}"), clock::stopwatch());
                }
            }
            drop(tokio::time::timeout(EVERY, stop.asked()).await);
        }
    }
}

/// How many segments a log has, and how long they are together.
pub(crate) fn log_size(log: &Path) -> io::Result<LogSize> {
    let mut size = LogSize { segments: 0, bytes: 0 };
    for entry in fs::read_dir(log)? {
        let entry = entry?;
        let file = entry.metadata()?;
        if file.is_file() && entry.path().extension().is_some_and(|ending| ending == "seg") {
            size.segments += 1;
            size.bytes += file.len();
        }
    }
    Ok(size)
}
