//! How an entitlement is stored: whole in one row, or for a large pack one row for each voucher, so that a change of one voucher
//! writes one small row whatever the size of the pack.

use std::collections::BTreeMap;
use std::thread;

use resit_derived_store::{Changes, DerivedStore};
use resit_domain::{EntitlementId, EntitlementView, UnitView};
use serde::{Deserialize, Serialize};

use crate::rows::encode;
use crate::{ProjectionError, Projector, key};

/// A larger pack has a row for each voucher.
const WHOLE_MAX: usize = 8;

/// How often a pack is read again that was written meanwhile. One writing of it is one atomic step.
const READS_MAX: usize = 1_000;

/// The row of an entitlement.
#[derive(Serialize, Deserialize)]
enum Row {
    /// All of it.
    #[serde(rename = "whole")]
    Whole(EntitlementView),
    /// All but its vouchers, and the CRC32C of their rows: whoever reads them one after the other sees whether they belong
    /// together.
    #[serde(rename = "pack")]
    Pack(EntitlementView, u32),
}

/// Whether rows that are there are written all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rewrite {
    /// Always: they are known to be new.
    All,
    /// Only those whose bytes changed.
    Changed,
}

/// Puts the rows of an entitlement into `to`.
pub(crate) fn put(
    mut view: EntitlementView,
    rewrite: Rewrite,
    store: &DerivedStore,
    to: &mut Changes,
) -> Result<(), ProjectionError> {
    let own = key::entitlement(view.id);
    if view.units.len() <= WHOLE_MAX {
        let row = encode(&Row::Whole(view))?;
        if rewrite == Rewrite::All || store.get(&own)?.is_none_or(|there| there != row) {
            to.put(own, &row);
        }
        return Ok(());
    }
    let (id, units) = (view.id, std::mem::take(&mut view.units));
    let mut rows = BTreeMap::new();
    for unit in &units {
        rows.insert(key::unit(id, unit.unit), encode(unit)?);
    }
    let row = encode(&Row::Pack(view, digest(rows.values())))?;
    rows.insert(own.clone(), row);
    let mut gone = Vec::new();
    if rewrite == Rewrite::Changed {
        for row in store.scan(&own) {
            let (key, there) = row?;
            match rows.get(&key) {
                Some(row) if *row == there => drop(rows.remove(&key)),
                Some(_) => {}
                None => gone.push(key),
            }
        }
    }
    to.together(|to| {
        for key in gone {
            to.remove(key);
        }
        for (key, row) in rows {
            to.put(key, &row);
        }
    });
    Ok(())
}

fn digest<'a>(rows: impl IntoIterator<Item = &'a Vec<u8>>) -> u32 {
    rows.into_iter().fold(0, |digest, row| crc32c::crc32c_append(digest, row))
}

impl Projector {
    /// An entitlement.
    pub fn entitlement(&self, id: EntitlementId) -> Result<Option<EntitlementView>, ProjectionError> {
        let own = key::entitlement(id);
        for _ in 0..READS_MAX {
            let Some(row) = self.store.get(&own)? else { return Ok(None) };
            let (view, expected) = match rmp_serde::from_slice(&row)? {
                Row::Whole(view) => return Ok(Some(view)),
                Row::Pack(view, digest) => (view, digest),
            };
            let units = self.store.scan_behind(&own, &own).map(|row| row.map(|(_, row)| row));
            let units: Vec<Vec<u8>> = units.collect::<Result<_, _>>()?;
            if digest(&units) == expected {
                let units = units.iter().map(|row| rmp_serde::from_slice(row));
                let units = units.collect::<Result<Vec<UnitView>, _>>()?;
                return Ok(Some(EntitlementView { units, ..view }));
            }
            thread::yield_now();
        }
        Err(ProjectionError::Row(format!("the vouchers of entitlement {id} do not belong together")))
    }
}
