//! Reading rows, wherever they lie.

use std::iter::from_fn;
use std::ops::Bound;
use std::sync::atomic::Ordering;

use sled::IVec;

use crate::changes::Row;
use crate::{DerivedStore, Fault, guarded, row, sheet};

impl DerivedStore {
    /// A row.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        if let Some(stored) = self.live.with(|db| Ok(db.get(key)?))? {
            return row::open(key, &stored).map(Some);
        }
        if !self.sheets.load(Ordering::Acquire) {
            return Ok(None);
        }
        let Some((name, stored)) = self.sheet_with(key)? else { return Ok(None) };
        let rows = sheet::rows(&name, &stored)?;
        Ok(rows.binary_search_by_key(&key, |(key, _)| *key).ok().map(|at| rows[at].1.to_vec()))
    }

    /// The rows whose keys begin with `prefix`, in order of their keys.
    pub fn scan(&self, prefix: &[u8]) -> impl Iterator<Item = Result<Row, Fault>> + use<> {
        self.rows_from(Bound::Included(prefix), prefix)
    }

    /// The rows whose keys begin with `prefix` and come behind `key`, in order of their keys.
    pub fn scan_behind(&self, prefix: &[u8], key: &[u8]) -> impl Iterator<Item = Result<Row, Fault>> + use<> {
        self.rows_from(Bound::Excluded(key), prefix)
    }

    /// Every row but the checkpoint, in order of their keys.
    pub fn rows(&self) -> impl Iterator<Item = Result<Row, Fault>> + use<> {
        self.scan(&[])
    }

    /// Rows by themselves and rows on sheets, in one order. A fault is handed on; it is no reason to end in silence.
    fn rows_from(
        &self,
        from: Bound<&[u8]>,
        prefix: &[u8],
    ) -> impl Iterator<Item = Result<Row, Fault>> + use<> {
        let begins = {
            let prefix = prefix.to_vec();
            move |row: &Result<Row, Fault>| row.as_ref().map_or(true, |(key, _)| key.starts_with(&prefix))
        };
        let mut single = self.single_rows(from).take_while(begins.clone()).peekable();
        let mut on_sheets = self.rows_on_sheets(from, prefix).take_while(begins).peekable();
        from_fn(move || {
            let Some(Ok((left, _))) = on_sheets.peek() else {
                return on_sheets.next().or_else(|| single.next());
            };
            let Some(Ok((right, _))) = single.peek() else {
                return single.next().or_else(|| on_sheets.next());
            };
            if left < right {
                return on_sheets.next();
            }
            if left == right {
                // It was brought to a sheet, and then written once more.
                on_sheets.next();
            }
            single.next()
        })
    }

    fn single_rows(&self, from: Bound<&[u8]>) -> impl Iterator<Item = Result<Row, Fault>> + use<> {
        // The checkpoint and the sheets stand before all tables.
        let first: Bound<&[u8]> = from.map(|from| if from.is_empty() { &[sheet::SHEETS + 1] } else { from });
        self.stored(first).map(|found| {
            let (key, stored) = found?;
            let value = row::open(&key, &stored)?;
            Ok((key.to_vec(), value))
        })
    }

    /// The rows on sheets, up to the last sheet that may hold one with this prefix.
    fn rows_on_sheets(
        &self,
        from: Bound<&[u8]>,
        prefix: &[u8],
    ) -> impl Iterator<Item = Result<Row, Fault>> + use<> {
        let (Bound::Included(begin) | Bound::Excluded(begin)) = from else {
            unreachable!("every scan begins somewhere")
        };
        let sheets = self.sheets.load(Ordering::Acquire).then(|| {
            // The one that a row at the beginning is on begins before it.
            let first = self.sheet_with(begin).transpose();
            first.into_iter().chain(self.stored(Bound::Excluded(&sheet::name(begin))))
        });
        let prefix = prefix.to_vec();
        let may_hold = move |found: &Result<(IVec, IVec), Fault>| {
            found.as_ref().map_or(true, |(name, _)| {
                sheet::first(name)
                    .is_some_and(|first| first < prefix.as_slice() || first.starts_with(&prefix))
            })
        };
        let mut sheets = sheets.into_iter().flatten().take_while(may_hold).peekable();
        let from = from.map(<[u8]>::to_vec);
        let next = move || {
            let found = sheets.next()?;
            // What stands there from where the next one begins was moved to that.
            let end = sheets.peek().and_then(|next| sheet::first(&next.as_ref().ok()?.0));
            Some(rows_from(&from, end, found))
        };
        from_fn(next).flat_map(|rows| match rows {
            Ok(rows) => rows.into_iter().map(Ok).collect(),
            Err(fault) => vec![Err(fault)],
        })
    }

    /// What sled holds.
    pub(crate) fn stored(
        &self,
        from: Bound<&[u8]>,
    ) -> impl Iterator<Item = Result<(IVec, IVec), Fault>> + use<> {
        let (mut rows, closed) = match self.live.with(|db| Ok(db.range::<&[u8], _>((from, Bound::Unbounded))))
        {
            Ok(rows) => (Some(rows), None),
            Err(fault) => (None, Some(Err(fault))),
        };
        let next = move || guarded(|| Ok(rows.as_mut().and_then(Iterator::next).transpose()?)).transpose();
        closed.into_iter().chain(from_fn(next))
    }
}

/// The rows on a sheet from one place on up to another.
fn rows_from(
    from: &Bound<Vec<u8>>,
    end: Option<&[u8]>,
    found: Result<(IVec, IVec), Fault>,
) -> Result<Vec<Row>, Fault> {
    let (name, stored) = found?;
    let mut rows = sheet::rows_before(end, &name, &stored)?;
    rows.drain(
        ..rows.partition_point(|(key, _)| match from {
            Bound::Included(place) => *key < place.as_slice(),
            Bound::Excluded(place) => *key <= place.as_slice(),
            Bound::Unbounded => false,
        }),
    );
    Ok(rows.into_iter().map(|(key, value)| (key.to_vec(), value.to_vec())).collect())
}
