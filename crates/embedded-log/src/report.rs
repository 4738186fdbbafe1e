//! What happened at open, and what a check of the whole log found.

use std::path::PathBuf;

use resit_event_log::{Position, audit::Breach};

use crate::{Damage, Digest};

/// What was found and done when the log was opened, for the caller to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReport {
    /// The last position.
    pub head: Position,
    /// How many segments the log has.
    pub segments: usize,
    /// The write that a crash had cut, if there was one. Nobody was told that it succeeded.
    pub torn: Option<SetAside>,
    /// Why some of the index was thrown away, if it was.
    pub index_lost: Option<String>,
    /// How many segments were indexed anew.
    pub segments_indexed: usize,
}

/// Bytes that were taken out of the log and kept beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The segment's file name.
    pub segment: String,
    /// Where in it they started.
    pub offset: u64,
    /// How many they are.
    pub bytes: u64,
    /// The last position before them.
    pub position_before: Position,
    /// Where they are kept.
    pub kept_in: PathBuf,
}

/// What a check of the whole log found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyReport {
    /// How many segments were read.
    pub segments: usize,
    /// How many sound frames were read.
    pub frames: u64,
    /// How many records they hold.
    pub records: u64,
    /// The last sound position before the first damage, or the last of all.
    pub sound_up_to: Position,
    /// The digest of all that is sound, to compare with a copy's.
    pub digest: Digest,
    /// Every damage, in order; at most one for each segment, for nothing behind it can be trusted.
    pub damages: Vec<Damage>,
    /// The first records that break the log's contract, by position: a command that was recorded twice, a stream whose chain is
    /// broken, an event that can't be read. Looked for only if nothing is damaged.
    pub breaches: Vec<Breach>,
    /// How many there are.
    pub breaches_count: u64,
    /// Types and versions of events that this program does not know, each with its number: a newer program wrote them.
    pub unknown_events: Vec<(String, u16, u64)>,
    /// The cut tail that the next open will set aside: its segment and its offset.
    pub torn: Option<(String, u64)>,
    /// The parts of the index that were damaged or not that of their segments, and what became of that: they were made anew if they could be.
    pub index_faults: Vec<String>,
    /// How many segments have no index yet, or one of an earlier release. The next open makes it; nothing is wrong.
    pub unindexed: usize,
}

impl VerifyReport {
    /// Whether every byte of the log is as it was written, and every promise of its contract was kept.
    pub fn is_sound(&self) -> bool {
        self.damages.is_empty() && self.breaches.is_empty()
    }
}

/// What a repair did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairReport {
    /// What was damaged; if nothing was, nothing was done.
    pub damages: Vec<Damage>,
    /// Copies of all that was taken out, in order.
    pub set_aside: Vec<SetAside>,
    /// Copies of what was only written anew, for the records prove what it was; none of them is lost.
    pub mended: Vec<SetAside>,
}
