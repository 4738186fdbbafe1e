//! Opening sled 0.34, with care for what it is known to do.

use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::{DerivedStore, Fault};

impl DerivedStore {
    /// Opens the store in a folder, or makes one there. What can't be opened is dropped, for it can be rebuilt: its
    /// checkpoint is then 0, and the second value says why.
    pub fn open(folder: &Path) -> Result<(Self, Option<String>), Fault> {
        match Self::try_open(folder) {
            Ok(store) => Ok((store, None)),
            Err(fault) => {
                tracing::warn!(folder = %folder.display(), reason = %fault.reason, "a derived store is dropped and will be rebuilt");
                fs::remove_dir_all(folder)?;
                Ok((Self::try_open(folder)?, Some(fault.reason)))
            }
        }
    }

    /// A store that goes when it is closed.
    pub fn temporary() -> Result<Self, Fault> {
        let folder = tempfile::tempdir()?;
        Ok(Self { db: open_sled(folder.path())?, file: None, _folder: Some(folder) })
    }

    fn try_open(folder: &Path) -> Result<Self, Fault> {
        fs::create_dir_all(folder)?;
        let db = open_sled(folder)?;
        let file = Some(File::open(folder.join("db"))?);
        let store = Self { db, file, _folder: None };
        store.checkpoint()?;
        Ok(store)
    }
}

/// Opens sled in a folder. A panic on damaged files is an error like any other.
pub fn open_sled(folder: &Path) -> Result<sled::Db, Fault> {
    remove_unfinished_snapshots(folder)?;
    let config = sled::Config::new().path(folder).cache_capacity(64 << 20).flush_every_ms(None);
    match catch_unwind(AssertUnwindSafe(|| config.open())) {
        Ok(opened) => Ok(opened?),
        Err(_) => Err(Fault { reason: "sled stopped while opening its files".to_owned() }),
    }
}

/// A process killed while sled wrote its snapshot leaves half of it, on which sled would stop for ever after.
fn remove_unfinished_snapshots(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let unfinished = path.file_name().and_then(|name| name.to_str());
        if unfinished.is_some_and(|name| name.starts_with("snap.") && name.ends_with(".generating")) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
