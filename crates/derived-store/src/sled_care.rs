//! sled 0.34, with care for what it is known to do.

use std::error::Error;
use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::Fault;

/// For how many rows of a batch a flush frees what they replaced: it frees 512 pages, and a row replaces a few.
const ROWS_FREED: usize = 64;

/// A sled database, and its file a second time: sled's own flush ends in `sync_file_range`, which reaches no disk.
#[derive(Debug)]
pub struct Opened {
    /// The database.
    pub db: sled::Db,
    /// Its file; `sync_data` on it after each flush is the real barrier.
    pub file: File,
}

/// Opens sled in a folder, or makes a database there. Nothing is flushed unless it is asked for.
///
/// # Errors
///
/// If the files can't be opened, a panic of sled's on damaged ones included: drop the folder and rebuild.
pub fn open_sled(folder: &Path, cache_bytes: u64) -> Result<Opened, Fault> {
    remove_unfinished_snapshots(folder)?;
    guarded(|| {
        let db = sled::Config::new().path(folder).cache_capacity(cache_bytes).flush_every_ms(None).open()?;
        let file = File::open(folder.join("db"))?;
        Ok(Opened { db, file })
    })
}

/// Runs code of sled's, which answers damage with a panic as often as with an error.
pub fn guarded<T>(run: impl FnOnce() -> Result<T, Box<dyn Error>>) -> Result<T, Fault> {
    Err(match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => fault_of(error),
        Err(panic) => Fault::damaged(match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
            (Some(text), _) => (*text).to_owned(),
            (_, Some(text)) => text.clone(),
            _ => "sled panicked".to_owned(),
        }),
    })
}

/// Removes rows, the first ones first, at most `limit`; returns whether there are no more.
pub(crate) fn remove_some(db: &sled::Db, limit: usize) -> Result<bool, Box<dyn Error>> {
    let mut count = 0;
    for key in db.iter().keys().take(limit) {
        db.remove(key?)?;
        count += 1;
    }
    Ok(count < limit)
}

/// Frees what sled replaced in a batch of so many rows.
///
/// sled leaves every page that it replaces to crossbeam's collector, which frees a few at every 128th pin. A batch is one pin,
/// however many pages it replaces, so that memory grows by every batch and comes back by none. A flush frees some more.
pub(crate) fn free(rows: usize) {
    for _ in 0..rows.div_ceil(ROWS_FREED) {
        crossbeam_epoch::pin().flush();
    }
}

/// What the system says is told from what sled finds in its files: its own errors come as errors of the system's kind too, but
/// have no number of the system's.
fn fault_of(error: Box<dyn Error>) -> Fault {
    let error = match error.downcast::<sled::Error>().map(|error| *error) {
        Ok(sled::Error::Io(error)) => error,
        Ok(other) => return Fault::damaged(other.to_string()),
        Err(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => return Fault::damaged(error.to_string()),
        },
    };
    error.into()
}

/// Removes a folder, or what stands in its place, with all that it holds.
pub fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => fs::remove_file(folder),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A process killed while sled wrote its snapshot leaves half of one, on which sled panics for ever after.
fn remove_unfinished_snapshots(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    let paths: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let unfinished = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "generating");
    paths?.into_iter().filter(unfinished).try_for_each(fs::remove_file)
}
