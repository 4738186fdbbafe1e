//! Segment files held open for reading, the latest used of them.

use std::{path::Path, sync::Mutex};

use crate::segment::{FrameFault, SegmentFile};

/// Open files, at most so many. A reader keeps the one it has, whatever happens here.
#[derive(Debug)]
pub(crate) struct Files {
    max: usize,
    /// The latest used last.
    open: Mutex<Vec<(u64, SegmentFile)>>,
}

impl Files {
    pub(crate) fn new(max: usize) -> Self {
        Self { max, open: Mutex::default() }
    }

    /// The file of the segment that starts at `first`.
    pub(crate) fn open(&self, first: u64, path: &Path) -> Result<SegmentFile, FrameFault> {
        let mut open = self.open.lock().expect("no code panics while it holds the lock");
        let entry = match open.iter().rposition(|(key, _)| *key == first) {
            Some(at) => open.remove(at),
            None => (first, SegmentFile::open(path)?),
        };
        if open.len() >= self.max {
            open.remove(0);
        }
        let file = entry.1.clone();
        open.push(entry);
        Ok(file)
    }
}
