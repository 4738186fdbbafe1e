//! Makes one run of two that follow each other.

use std::path::{Path, PathBuf};

use super::{IndexFault, Run, RunReader, RunWriter};

/// After so many entries it is asked whether to go on.
const ASK_EVERY: u64 = 1 << 16;

/// Merges two runs, the older one first, into a file at `path`; `None` if it was asked to stop on the way. What it takes of
/// memory is the filter, and some blocks of each.
pub(crate) fn merge(
    one: &Run,
    two: &Run,
    path: &Path,
    filter_bytes_max: u64,
    stop: &dyn Fn() -> bool,
) -> Result<Option<PathBuf>, IndexFault> {
    let covered = [one.covered(), two.covered()].concat();
    let names_max = one.header.names + two.header.names;
    let mut writer = RunWriter::new(path, one.first(), covered, names_max, filter_bytes_max)?;
    let (mut older, mut newer) = (RunReader::new(one)?, RunReader::new(two)?);
    let mut written = 0_u64;
    loop {
        let from = match (older.peek(), newer.peek()) {
            (Some(old), Some(new)) if new < old => &mut newer,
            (Some(_), _) => &mut older,
            (None, Some(_)) => &mut newer,
            (None, None) => return Ok(Some(writer.finish()?)),
        };
        if let Some(entry) = from.next()? {
            writer.push(entry)?;
        }
        written += 1;
        if written.is_multiple_of(ASK_EVERY) && stop() {
            return Ok(None);
        }
    }
}
