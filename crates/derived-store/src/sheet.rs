//! A sheet: many rows that lie in one row of sled, in the order of their keys.
//!
//! What sled does for a row costs about the same however small it is. A sheet is named after the first key that may lie in
//! it, and ends where the next one begins. It holds rows of one table.

use crate::changes::Row;
use crate::{Fault, row};

/// What every sheet's own key begins with. No table has that number.
pub(crate) const SHEETS: u8 = 1;

/// A sheet with more rows is divided.
const ROWS_MAX: usize = 128;
/// So many rows are on a sheet that was divided, so that it takes some more.
const ROWS_DIVIDED: usize = 96;

/// A key and its row, on a sheet or on the way to one.
pub(crate) type Entry<'a> = (&'a [u8], &'a [u8]);

/// The key of the sheet that begins with a row's key.
pub(crate) fn name(first: &[u8]) -> Vec<u8> {
    [&[SHEETS], first].concat()
}

/// The key that a sheet begins with; none if it is no sheet's name.
pub(crate) fn first(name: &[u8]) -> Option<&[u8]> {
    name.strip_prefix(&[SHEETS])
}

/// The rows on a sheet, in their order.
pub(crate) fn rows<'a>(name: &[u8], stored: &'a [u8]) -> Result<Vec<Entry<'a>>, Fault> {
    let mut rest = row::checked(name, stored)?;
    let mut rows = Vec::with_capacity(ROWS_MAX);
    while !rest.is_empty() {
        let key = take(&mut rest).ok_or_else(|| row::damaged(name))?;
        rows.push((key, take(&mut rest).ok_or_else(|| row::damaged(name))?));
    }
    Ok(rows)
}

/// The rows on a sheet, up to the key that the next one begins with.
pub(crate) fn rows_before<'a>(
    end: Option<&[u8]>,
    name: &[u8],
    stored: &'a [u8],
) -> Result<Vec<Entry<'a>>, Fault> {
    let mut rows = rows(name, stored)?;
    if let Some(end) = end {
        rows.truncate(rows.partition_point(|(key, _)| *key < end));
    }
    Ok(rows)
}

/// Rows in their order as sheets, each with its name; the first one keeps the name that it had.
pub(crate) fn divided(had: Option<&[u8]>, rows: &[Entry<'_>]) -> Vec<Row> {
    let count = if rows.len() > ROWS_MAX { rows.len().div_ceil(ROWS_DIVIDED) } else { 1 };
    let sheets = rows.chunks(rows.len().div_ceil(count).max(1)).enumerate();
    let sheets = sheets.map(|(n, rows)| {
        let name = had.filter(|_| n == 0).map_or_else(|| name(rows[0].0), <[u8]>::to_vec);
        let mut bytes = Vec::with_capacity(rows.iter().map(|(key, value)| 8 + key.len() + value.len()).sum());
        for (key, value) in rows {
            put(key, &mut bytes);
            put(value, &mut bytes);
        }
        let stored = row::seal(&name, &bytes);
        (name, stored)
    });
    sheets.collect()
}

fn put(part: &[u8], to: &mut Vec<u8>) {
    let length = u32::try_from(part.len()).expect("no key and no row is as large as 4 GiB");
    to.extend_from_slice(&length.to_be_bytes());
    to.extend_from_slice(part);
}

fn take<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = from.split_first_chunk::<4>()?;
    let (part, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *from = rest;
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(count: u32) -> Vec<Row> {
        (0..count).map(|n| (n.to_be_bytes().to_vec(), vec![7; n as usize % 5])).collect()
    }

    fn borrowed(rows: &[Row]) -> Vec<Entry<'_>> {
        rows.iter().map(|(key, value)| (key.as_slice(), value.as_slice())).collect()
    }

    #[test]
    fn rows_come_back_from_sheets_that_each_have_room() {
        for count in [1, 2, 128, 129, 1_000] {
            let there = owned(count);
            let sheets = divided(None, &borrowed(&there));
            let mut back = Vec::new();
            for (name, stored) in &sheets {
                let found = rows(name, stored).unwrap();
                assert_eq!(first(name), Some(found[0].0));
                assert!(found.len() <= ROWS_MAX);
                back.extend(found);
            }
            assert_eq!(back, borrowed(&there));
        }
    }

    #[test]
    fn the_first_sheet_keeps_its_name() {
        let there = owned(200);
        let had = name(b"\0\0\0");
        let sheets = divided(Some(&had), &borrowed(&there));
        assert_eq!(sheets[0].0, had);
        assert_ne!(sheets[1].0, had);
    }

    #[test]
    fn a_sheet_that_was_cut_short_is_damaged() {
        let there = owned(9);
        let (name, stored) = divided(None, &borrowed(&there)).pop().unwrap();
        let cut = row::seal(&name, &stored[4..stored.len() - 1]);
        assert!(rows(&name, &cut).unwrap_err().reason().contains("damaged"));
    }
}
