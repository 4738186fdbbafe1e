//! The folder of the index: its runs, by the segments that they cover.

#[cfg(test)]
mod tests;

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Covered, Entry, IndexFault, Run,
    run::{RunWriter, file_name, merge},
};
use crate::segment::Footer;

/// How much memory the filters of all runs take at most: enough for 100 million names. What is beyond that is looked for in a
/// block instead. While two runs are merged, the filter that is made comes on top of it.
pub(crate) const FILTERS_BYTES_MAX: u64 = 128 << 20;

/// A run is merged with the next one unless it is so many times as large: few runs, each entry rewritten a few times.
const GROWTH: u64 = 2;

/// The folder of the index.
#[derive(Debug)]
pub(crate) struct IndexStore {
    folder: PathBuf,
}

/// The runs that were found in the folder.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Those that fit the segments, in their order.
    pub(crate) runs: Vec<Arc<Run>>,
    /// What was wrong with the others, which were removed.
    pub(crate) lost: Vec<String>,
}

impl IndexStore {
    /// The index in a folder, which is made when something is stored there.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The runs that are there and fit these segments. Removes all others.
    pub(crate) fn find(&self, segments: &[(u64, Footer)]) -> Found {
        let mut found = Found::default();
        let mut left = FILTERS_BYTES_MAX;
        let mut runs = Vec::new();
        for path in self.files() {
            let run = Run::open(&path, left).and_then(|run| fits(run, segments));
            match run {
                Ok(run) => {
                    left -= run.filter_bytes();
                    runs.push(run);
                }
                Err(IndexFault(reason)) => {
                    found.lost.push(reason);
                    drop(fs::remove_file(&path));
                }
            }
        }
        // A merge that ended before it removed what it had merged leaves both.
        runs.sort_by_key(|run| (run.first(), usize::MAX - run.end()));
        for run in runs {
            if found.runs.last().is_none_or(|last| last.end() <= run.first()) {
                found.runs.push(Arc::new(run));
            } else {
                drop(fs::remove_file(run.path()));
            }
        }
        found
    }

    /// The files that may be runs, the small ones first. Removes what is no run's: unfinished ones, and the files of earlier releases.
    fn files(&self) -> Vec<PathBuf> {
        if !self.folder.is_dir() {
            drop(fs::remove_file(&self.folder));
            // What can't be made now is made when something is to be stored there.
            drop(fs::create_dir_all(&self.folder));
            return Vec::new();
        }
        let entries = fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok);
        let (runs, others): (Vec<_>, Vec<_>) =
            entries.map(|entry| entry.path()).partition(|path| path.extension() == Some(OsStr::new("run")));
        others.iter().filter(|path| is_leftover(path)).for_each(|path| drop(remove(path)));
        let mut runs: Vec<_> =
            runs.into_iter().map(|path| (fs::metadata(&path).map_or(0, |m| m.len()), path)).collect();
        runs.sort();
        runs.into_iter().map(|(_, path)| path).collect()
    }

    fn path(&self, first: usize, segments: usize) -> PathBuf {
        self.folder.join(format!("{first:08}-{segments:08}.run"))
    }

    /// Stores a new run of segments from number `first` on; `beside` are the others. Returns when it is on disk.
    pub(crate) fn put(
        &self,
        first: usize,
        covered: &[Covered],
        entries: &mut [Entry],
        beside: &[Arc<Run>],
    ) -> Result<Arc<Run>, IndexFault> {
        fs::create_dir_all(&self.folder)?;
        entries.sort_unstable();
        let names = entries.chunk_by(|one, two| one.name == two.name).count();
        let path = self.path(first, covered.len());
        let mut writer = RunWriter::new(&path, first, covered.to_vec(), names as u64, FILTERS_BYTES_MAX)?;
        for entry in entries {
            writer.push(*entry)?;
        }
        open(&writer.finish()?, beside)
    }

    /// The newest run that is to be merged with the one behind it.
    pub(crate) fn due(runs: &[Arc<Run>]) -> Option<usize> {
        let is_due = |two: &[Arc<Run>]| {
            let [one, two] = two else { return false };
            one.end() == two.first()
                && one.entries() < GROWTH * two.entries()
                && !one.is_damaged()
                && !two.is_damaged()
        };
        runs.windows(2).rposition(is_due)
    }

    /// Merges the run at `at` with the one behind it, and returns the whole list; `None` if it was asked to stop.
    pub(crate) fn merged(
        &self,
        runs: &[Arc<Run>],
        at: usize,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<Arc<Run>>>, IndexFault> {
        let (one, two) = (&runs[at], &runs[at + 1]);
        let path = self.path(one.first(), two.end() - one.first());
        let Some(path) = merge(one, two, &path, FILTERS_BYTES_MAX, stop)? else { return Ok(None) };
        let (before, behind) = (&runs[..at], &runs[at + 2..]);
        let merged = open(&path, &[before, behind].concat())?;
        Ok(Some([before, &[merged], behind].concat()))
    }

    /// Removes the files of runs that others took the place of. One that stays does no harm: the next open removes it.
    pub(crate) fn remove_replaced(old: &[Arc<Run>], new: &[Arc<Run>]) {
        let is_kept = |run: &Run| new.iter().any(|kept| kept.path() == run.path());
        old.iter().filter(|run| !is_kept(run)).for_each(|run| drop(fs::remove_file(run.path())));
    }
}

/// Opens a run that was just made, with as much memory as those beside it leave.
fn open(path: &Path, beside: &[Arc<Run>]) -> Result<Arc<Run>, IndexFault> {
    let taken: u64 = beside.iter().map(|run| run.filter_bytes()).sum();
    Run::open(path, FILTERS_BYTES_MAX.saturating_sub(taken)).map(Arc::new)
}

fn fits(run: Run, segments: &[(u64, Footer)]) -> Result<Run, IndexFault> {
    let of_run = segments.get(run.first()..run.end());
    let fits = of_run.is_some_and(|segments| {
        segments.iter().zip(run.covered()).all(|((first, footer), covered)| covered.is(*first, footer))
    });
    if fits { Ok(run) } else { Err(IndexFault(format!("{} is of other segments", file_name(run.path())))) }
}

/// Whether a file in the folder is an unfinished run, or of an earlier release, which kept its index in a database.
fn is_leftover(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    path.extension() == Some(OsStr::new("tmp"))
        || ["db", "conf", "blobs"].contains(&name)
        || name.starts_with("snap.")
}

/// Removes a folder, or what stands in its place, with all that it holds.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => fs::remove_file(path),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
