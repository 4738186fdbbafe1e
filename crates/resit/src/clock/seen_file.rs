//! The file in a ledger's folder that says when the clock was last trusted. It is evidence for the next process, and nothing else
//! depends on it: without it the last record is all there is.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use resit_clock_guard::{ClockGuard, Reading};
use resit_domain::Timestamp;
use resit_event_log::Position;
use serde::{Deserialize, Serialize};

use super::machine;

/// Its name in the folder.
const FILE_NAME: &str = "clock.json";

/// The file, and this process's boot.
#[derive(Debug)]
pub(super) struct SeenFile {
    path: PathBuf,
    boot: Option<String>,
    /// The last correction of recorded times that this process shows; none if it does not read the log.
    corrected_at: Option<u64>,
}

/// A reading that was trusted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Seen {
    /// The wall clock.
    pub(super) wall: Timestamp,
    /// The machine's uptime then, in milliseconds.
    uptime_ms: i64,
    /// Which start of which machine that was.
    boot: Option<String>,
    /// The last correction of recorded times that was known then; 0 for none.
    #[serde(default, skip_serializing_if = "is_none")]
    corrected_at: u64,
}

impl SeenFile {
    pub(super) fn of(folder: &Path) -> Self {
        Self { path: folder.join(FILE_NAME), boot: machine::boot(), corrected_at: None }
    }

    /// The same, of a process that reads a log which shows corrections up to this position.
    pub(super) fn corrected_at(self, position: Position) -> Self {
        Self { corrected_at: Some(position.0), ..self }
    }

    /// What an earlier process left; none if it left nothing that can be read.
    pub(super) fn read(&self) -> Option<Seen> {
        serde_json::from_slice(&fs::read(&self.path).ok()?).ok()
    }

    /// Keeps a trusted reading. It takes the place of the file as a whole, so that nobody reads half of it.
    pub(super) fn write(&self, reading: Reading) -> io::Result<()> {
        let seen = Seen {
            wall: reading.wall,
            uptime_ms: reading.uptime_ms,
            boot: self.boot.clone(),
            corrected_at: self.corrected_at.unwrap_or_default(),
        };
        let beside = self.path.with_extension("json.new");
        let text = serde_json::to_string(&seen).map_err(io::Error::other)? + "\n";
        fs::write(&beside, text).and_then(|()| fs::rename(&beside, &self.path)).inspect_err(|_| {
            // Half a file is no evidence, and on a full disk it is in the way.
            drop(fs::remove_file(&beside));
        })
    }

    /// Hands the evidence to a guard. What an operator confirmed after it was left outweighs its uptime.
    pub(super) fn tell(&self, guard: &ClockGuard, confirmed_at: Option<Timestamp>) {
        let Some(seen) = self.read() else { return };
        if self.corrected_at.is_some_and(|position| position != seen.corrected_at) {
            // The clock that was trusted then may be the one that was wrong.
            return;
        }
        let skew = i64::try_from(guard.bounds().skew_max().as_millis()).unwrap_or(i64::MAX);
        let is_outdated = confirmed_at.is_some_and(|at| at > seen.wall.plus_millis(skew));
        if seen.boot.is_some() && seen.boot == self.boot && !is_outdated {
            guard.note_earlier(Reading { wall: seen.wall, uptime_ms: seen.uptime_ms });
        } else {
            guard.note_seen(seen.wall);
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_none(position: &u64) -> bool {
    *position == 0
}
