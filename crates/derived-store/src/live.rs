//! The database behind a store, which can fail and be opened again.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::{Fault, Opened, guarded};

/// An open database; none while it could not be opened again.
#[derive(Debug)]
pub(crate) struct Live {
    opened: RwLock<Option<Opened>>,
    failed: AtomicBool,
}

impl Live {
    pub(crate) fn of(opened: Opened) -> Self {
        Self { opened: RwLock::new(Some(opened)), failed: AtomicBool::new(false) }
    }

    /// Does something with the database, and notes if that fails.
    pub(crate) fn with<T>(
        &self,
        run: impl FnOnce(&sled::Db) -> Result<T, Box<dyn Error>>,
    ) -> Result<T, Fault> {
        // Whatever panics in here is caught, or is no reason to give up what can be opened again.
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        let opened = opened.as_ref().ok_or_else(closed)?;
        guarded(|| run(&opened.db)).inspect_err(|_| self.failed.store(true, Ordering::Relaxed))
    }

    /// Brings what sled has flushed to the disk.
    pub(crate) fn sync(&self) -> Result<(), Fault> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        Ok(opened.as_ref().ok_or_else(closed)?.file.sync_data()?)
    }

    /// Whether something has failed since it was opened.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Closes the database, and puts another in its place.
    pub(crate) fn again(&self, open: impl FnOnce() -> Result<Opened, Fault>) -> Result<(), Fault> {
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        // Its lock on the folder goes with it.
        drop(opened.take());
        *opened = Some(open()?);
        self.failed.store(false, Ordering::Relaxed);
        Ok(())
    }
}

fn closed() -> Fault {
    Fault::damaged("it failed, and could not be opened again")
}
