//! Going along the sheets of one table.

use std::ops::Bound;

use sled::IVec;

use crate::{DerivedStore, Fault, sheet};

/// More sheets than these are not read one after the other to come to one that lies behind them.
const PASSED_MAX: usize = 4;

/// A place among the sheets of one table.
pub(crate) struct Walk<'a> {
    store: &'a DerivedStore,
    table: Option<u8>,
    /// The current sheet, its name and its content; none before the first sheet.
    pub(crate) here: Option<(IVec, IVec)>,
    next: Option<(IVec, IVec)>,
    behind: Box<dyn Iterator<Item = Result<(IVec, IVec), Fault>>>,
}

impl<'a> Walk<'a> {
    /// The place of the sheet on which a row is if it is on any.
    pub(crate) fn at(store: &'a DerivedStore, key: &[u8]) -> Result<Self, Fault> {
        let here = store.sheet_with(key)?;
        let behind = Box::new(store.stored(Bound::Excluded(&sheet::name(key))));
        let mut walk = Self { store, table: key.first().copied(), here, next: None, behind };
        walk.next = walk.read_next()?;
        Ok(walk)
    }

    /// Goes on to that place, which is not before this one. Sheets that are written meanwhile in front of the next one are
    /// passed over.
    pub(crate) fn go_on(&mut self, key: &[u8]) -> Result<(), Fault> {
        for _ in 0..PASSED_MAX {
            if self.end().is_none_or(|first| first > key) {
                return Ok(());
            }
            self.here = self.next.take();
            self.next = self.read_next()?;
        }
        *self = Self::at(self.store, key)?;
        Ok(())
    }

    /// The key that the next sheet begins with, up to which rows belong to this one.
    pub(crate) fn end(&self) -> Option<&[u8]> {
        self.next.as_ref().and_then(|(name, _)| sheet::first(name))
    }

    fn read_next(&mut self) -> Result<Option<(IVec, IVec)>, Fault> {
        let next = self.behind.next().transpose()?;
        let is_of_table =
            |name: &[u8]| sheet::first(name).is_some_and(|first| first.first() == self.table.as_ref());
        Ok(next.filter(|(name, _)| is_of_table(name)))
    }
}
