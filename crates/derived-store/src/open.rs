//! Opening a store; what can't be opened is dropped, for it can be rebuilt.

use std::path::Path;

use crate::{DerivedStore, Fault, Opened, open_sled, remove};

const CACHE_BYTES: u64 = 64 << 20;

impl DerivedStore {
    /// Opens the store in a folder, or makes one there. One that can't be used is dropped: its checkpoint is then 0, and
    /// the second value says why.
    pub fn open(folder: &Path) -> Result<(Self, Option<String>), Fault> {
        match Self::try_open(folder) {
            Ok(store) => Ok((store, None)),
            Err(fault) => {
                tracing::warn!(folder = %folder.display(), reason = %fault.reason, "a derived store is dropped and will be rebuilt");
                remove(folder)?;
                Ok((Self::try_open(folder)?, Some(fault.reason)))
            }
        }
    }

    /// A store that goes when it is closed.
    pub fn temporary() -> Result<Self, Fault> {
        let folder = tempfile::tempdir()?;
        let Opened { db, .. } = open_sled(folder.path(), CACHE_BYTES)?;
        Ok(Self { db, file: None, _folder: Some(folder) })
    }

    fn try_open(folder: &Path) -> Result<Self, Fault> {
        let Opened { db, file } = open_sled(folder, CACHE_BYTES)?;
        let store = Self { db, file: Some(file), _folder: None };
        store.checkpoint()?;
        Ok(store)
    }
}
