//! What is to be written.

use std::collections::BTreeMap;
use std::mem;

use crate::row;

pub(crate) type Row = (Vec<u8>, Vec<u8>);

/// A key, and its sealed row; none to remove it.
pub(crate) type Change = (Vec<u8>, Option<Vec<u8>>);

/// Changes to be made. A key's first byte names its table, and is above 1.
#[derive(Debug, Default)]
pub struct Changes {
    pub(crate) rows: Vec<Change>,
    /// Rows that are never there without each other.
    pub(crate) groups: Vec<Vec<Change>>,
    pub(crate) lasting: Lasting,
}

/// Rows that are written once and never change: members of lists, for one. Any number of them can be brought to sheets
/// together, see [`crate::DerivedStore::bind`].
#[derive(Debug, Default)]
pub struct Lasting {
    pub(crate) tables: BTreeMap<u8, Vec<Row>>,
}

impl Changes {
    /// Writes a row.
    pub fn put(&mut self, key: impl Into<Vec<u8>>, value: &[u8]) {
        let key = key.into();
        let sealed = row::seal(&key, value);
        self.rows.push((key, Some(sealed)));
    }

    /// Writes a row that will never have another value, and never be removed.
    pub fn put_for_good(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        let (key, value) = (key.into(), value.into());
        let table = key.first().copied().unwrap_or_default();
        self.lasting.tables.entry(table).or_default().push((key, value));
    }

    /// Removes a row. One that was put for good stays.
    pub fn remove(&mut self, key: impl Into<Vec<u8>>) {
        self.rows.push((key.into(), None));
    }

    /// Makes the changes of `put` in one atomic step: killed anywhere, all of them are there or none.
    pub fn together(&mut self, put: impl FnOnce(&mut Self)) {
        let before = mem::take(&mut self.rows);
        put(self);
        let group = mem::replace(&mut self.rows, before);
        if group.len() > 1 {
            self.groups.push(group);
        } else {
            self.rows.extend(group);
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len() + self.groups.iter().map(Vec::len).sum::<usize>() + self.lasting.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Lasting {
    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.tables.values().map(Vec::len).sum()
    }

    /// Takes in what others gathered.
    pub fn append(&mut self, others: Self) {
        for (table, mut rows) in others.tables {
            self.tables.entry(table).or_default().append(&mut rows);
        }
    }
}
