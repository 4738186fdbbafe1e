//! How the log is run.

use std::fmt;

use resit_event_log::{WAITING_BYTES_MAX, WAITING_MAX};

use crate::OpenError;

/// How the log is run. The defaults suit a machine of any size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// A segment is sealed before it grows beyond this many bytes, unless one commit alone is longer. 4 KiB to 1 GiB.
    pub segment_bytes: u64,
    /// How many commits may wait for the writer; further ones are answered [`resit_event_log::AppendError::Overloaded`] at once.
    /// 1 to 65,536.
    pub queue_max: usize,
    /// How many bytes they may hold together, as [`resit_event_log::Commit::content_bytes`] counts them. 64 KiB to 1 GiB.
    pub queue_bytes_max: usize,
    /// How many bytes of sealed segments may have their index in memory while it can't be stored; the index takes about a third of
    /// that. Older ones are let go of, and read again where they are asked for. The newest segment always counts as one of them.
    pub unstored_bytes_max: u64,
    /// How many sealed segments are held open for reading. 1 to 4,096.
    pub open_files_max: usize,
    /// What the salts of new segments are made from: 16 random bytes, drawn again for each open.
    pub seed: Seed,
}

/// 16 random bytes, drawn by the caller. Nobody who sends commands may know them: stored bytes would be his to choose.
///
/// The default is for tests, and no secret.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Seed([u8; 16]);

impl Seed {
    pub(crate) fn bytes(self) -> [u8; 16] {
        self.0
    }
}

impl From<[u8; 16]> for Seed {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// Shows no byte.
impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            segment_bytes: 256 << 20,
            queue_max: WAITING_MAX,
            queue_bytes_max: WAITING_BYTES_MAX,
            unstored_bytes_max: 512 << 20,
            open_files_max: 64,
            seed: Seed::default(),
        }
    }
}

impl Config {
    pub(crate) fn check(&self) -> Result<(), OpenError> {
        let within = |field, value: u64, range: std::ops::RangeInclusive<u64>| {
            if range.contains(&value) {
                return Ok(());
            }
            Err(OpenError::Config { field, value, min: *range.start(), max: *range.end() })
        };
        within("segment_bytes", self.segment_bytes, 4 << 10..=1 << 30)?;
        within("queue_max", self.queue_max as u64, 1..=65_536)?;
        within("queue_bytes_max", self.queue_bytes_max as u64, 64 << 10..=1 << 30)?;
        within("open_files_max", self.open_files_max as u64, 1..=4_096)
    }
}
