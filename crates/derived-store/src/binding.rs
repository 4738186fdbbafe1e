//! Bringing rows that last to sheets.

use std::num::NonZero;
use std::ops::Bound;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::changes::{Lasting, Row};
use crate::sheet::{self, Entry};
use crate::walk::Walk;
use crate::{DerivedStore, Fault, row};

/// Fewer rows of a table than these are written each by itself.
const OF_TABLE_MIN: usize = 1_024;
/// So are fewer rows than these that belong to one sheet: it would have to be written anew for them.
const OF_SHEET_MIN: usize = 4;

impl DerivedStore {
    /// Brings rows to sheets, ahead of a checkpoint that is still to come: killed in between, they are brought again. For
    /// many rows that is a small part of the work of writing each by itself; where it would be more, they are so written.
    ///
    /// Nobody else may do so at the same time. Whoever reads meanwhile misses nothing that was there before.
    pub fn bind(&self, rows: Lasting) -> Result<(), Fault> {
        let mut tables = rows.tables;
        if tables.is_empty() {
            return Ok(());
        }
        self.sheets.store(true, Ordering::Release);
        let threads = thread::available_parallelism().map_or(1, NonZero::get).min(tables.len());
        // A thread has a table for itself, so that no two of them write one sheet.
        let tables = Mutex::new(tables.values_mut());
        let next = || tables.lock().unwrap_or_else(PoisonError::into_inner).next();
        thread::scope(|scope| {
            let bind_some = || std::iter::from_fn(next).try_for_each(|table| self.bind_table(table));
            let binders: Vec<_> = (0..threads).map(|_| scope.spawn(bind_some)).collect();
            binders.into_iter().try_for_each(|binder| binder.join().expect("no code panics here"))
        })
    }

    /// Brings rows of one table to its sheets.
    fn bind_table(&self, rows: &mut [Row]) -> Result<(), Fault> {
        rows.sort_unstable();
        if rows.len() < OF_TABLE_MIN {
            return self.write_singly(rows);
        }
        let mut rows = &*rows;
        let mut walk = Walk::at(self, &rows[0].0)?;
        while let Some((key, _)) = rows.first() {
            walk.go_on(key)?;
            let end = walk.end();
            let here = rows.partition_point(|(key, _)| end.is_none_or(|end| key.as_slice() < end));
            let (new, later) = rows.split_at(here);
            rows = later;
            if new.len() < OF_SHEET_MIN {
                self.write_singly(new)?;
                continue;
            }
            let there = walk.here.as_ref();
            let old = there.map(|(name, stored)| sheet::rows_before(end, name, stored)).transpose()?;
            let all = merged(old.unwrap_or_default(), new);
            let sheets = sheet::divided(there.map(|(name, _)| &**name), &all);
            self.live.with(|db| {
                // The last one first: until the first is written anew, it still holds what goes to the others. Killed in
                // between, it does so for longer, and nobody looks for it there.
                for (name, stored) in sheets.into_iter().rev() {
                    db.insert(name, stored)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn write_singly(&self, rows: &[Row]) -> Result<(), Fault> {
        self.live.with(|db| {
            for (key, value) in rows {
                db.insert(key, row::seal(key, value))?;
            }
            Ok(())
        })
    }

    /// The sheet on which a row is if it is on any.
    pub(crate) fn sheet_with(&self, key: &[u8]) -> Result<Option<(sled::IVec, sled::IVec)>, Fault> {
        let up_to = sheet::name(key);
        let found = self.live.with(|db| {
            Ok(db
                .range::<&[u8], _>((Bound::Unbounded, Bound::Included(up_to.as_slice())))
                .next_back()
                .transpose()?)
        })?;
        Ok(found.filter(|(name, _)| is_of_table(name, key)))
    }
}

fn is_of_table(name: &[u8], key: &[u8]) -> bool {
    sheet::first(name).is_some_and(|first| first.first() == key.first())
}

/// Rows of a sheet and new ones, in order, each once.
fn merged<'a>(old: Vec<Entry<'a>>, new: &'a [Row]) -> Vec<Entry<'a>> {
    let new = new.iter().map(|(key, value)| (key.as_slice(), value.as_slice()));
    let mut all: Vec<_> = new.chain(old).collect();
    // Two runs that are in order each; a new row stands before an old one of its key, and stays.
    all.sort_by_key(|(key, _)| *key);
    all.dedup_by_key(|(key, _)| *key);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lasting(numbers: impl Iterator<Item = u32>) -> Lasting {
        let rows = numbers.map(|n| ([b"C", n.to_be_bytes().as_slice()].concat(), Vec::new())).collect();
        Lasting { tables: [(b'C', rows)].into() }
    }

    #[test]
    fn what_was_left_on_a_sheet_when_it_was_divided_is_not_found_twice() {
        let store = DerivedStore::temporary().unwrap();
        store.bind(lasting((0..2_000).map(|n| n * 2))).unwrap();
        let first = store.sheet_with(b"C\0\0\0\0").unwrap().unwrap();
        let found = |store: &DerivedStore| store.rows().map(|row| row.unwrap().0).collect::<Vec<_>>();
        let later = || lasting((0..2_000).map(|n| n * 2 + 1));
        store.bind(later()).unwrap();
        let all = found(&store);
        assert_eq!(all.len(), 4_000);
        // As if the first one had not been written anew before the kill.
        store.live.with(|db| Ok(db.insert(&first.0, &first.1)?)).unwrap();
        let left = found(&store);
        assert!(left.is_sorted_by(|one, other| one < other) && left.len() < 4_000);
        let missing = store.get(b"C\0\0\0\x01").unwrap();
        assert_eq!(missing, None, "it is what was to come to the first");
        store.bind(later()).unwrap();
        assert_eq!(found(&store), all);
    }
}
