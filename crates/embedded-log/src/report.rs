//! What happened at open, and what a check of the whole log found.

use std::path::PathBuf;

use resit_event_log::Position;

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
    /// Why the whole index was thrown away, if it was.
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
    /// The cut tail that the next open will set aside: its segment and its offset.
    pub torn: Option<(String, u64)>,
    /// The segments whose index was damaged or not theirs, and what became of that: it was made anew if it could be.
    pub index_faults: Vec<String>,
    /// How many segments have no index yet, or one of an earlier release. The next open makes it; nothing is wrong.
    pub unindexed: usize,
}

impl VerifyReport {
    /// Whether every byte of the log is as it was written.
    pub fn is_sound(&self) -> bool {
        self.damages.is_empty()
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
