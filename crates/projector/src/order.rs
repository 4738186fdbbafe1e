//! An order with all its lines, and what came of each.

use std::collections::BTreeMap;

use resit_domain::{CommandId, EntitlementId, OfferId, OrderLine, OrderNumber, Refusal, ShopId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{ProjectionError, Projector, key};

/// What a line bought, as its first piece says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bought {
    pub(crate) offer: OfferId,
    pub(crate) quantity: u16,
}

/// An order line that a rule said no to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedOrder {
    /// The command.
    pub command: CommandId,
    /// Its position in the log.
    pub position: u64,
    /// When it was put on record.
    pub recorded_at: Timestamp,
    /// The offer that was asked for.
    pub offer: OfferId,
    /// How many units were asked for.
    pub quantity: u16,
    /// Why not.
    pub refusal: Refusal,
}

/// A line of an order, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderedLine {
    /// Its number.
    pub line: u32,
    /// The offer: what was bought, or else what was last asked for.
    pub offer: OfferId,
    /// How many units of it.
    pub quantity: u16,
    /// How many of them were issued.
    pub issued: u16,
    /// How often a rule said no to it.
    pub refusals: usize,
    /// What was said the last time.
    pub refused: Option<RefusedOrder>,
}

/// What is found of one line.
#[derive(Default)]
struct Found {
    bought: Option<Bought>,
    refusals: usize,
    refused: Option<RefusedOrder>,
}

impl Projector {
    /// At most `limit` lines of an order behind `after`, in the order of their numbers. A line is there once it was issued
    /// or refused.
    pub fn order(
        &self,
        shop: &ShopId,
        number: &OrderNumber,
        after: Option<u32>,
        limit: usize,
    ) -> Result<Vec<OrderedLine>, ProjectionError> {
        let mut found: BTreeMap<u32, Found> = BTreeMap::new();
        self.scan_lines(&key::bought_by(shop, number), after, limit, |line, row| {
            found.entry(line).or_default().bought = Some(rmp_serde::from_slice(row)?);
            Ok(())
        })?;
        self.scan_lines(&key::refused_of(shop, number), after, limit, |line, row| {
            let of_line = found.entry(line).or_default();
            of_line.refusals += 1;
            // They come in the order of the log: the last one stays.
            of_line.refused = Some(rmp_serde::from_slice(row)?);
            Ok(())
        })?;
        let mut lines = Vec::new();
        for (line, Found { bought, refusals, refused }) in found.into_iter().take(limit) {
            let named = OrderLine { shop: shop.clone(), number: number.clone(), line };
            let issued = bought.as_ref().map_or(Ok(0), |bought| self.issued(&named, bought.quantity))?;
            let asked = refused.as_ref().map(|asked| (asked.offer.clone(), asked.quantity));
            let Some((offer, quantity)) = bought.map(|bought| (bought.offer, bought.quantity)).or(asked)
            else {
                continue;
            };
            lines.push(OrderedLine { line, offer, quantity, issued, refusals, refused });
        }
        Ok(lines)
    }

    /// Hands on the rows of the first `limit` lines behind `after`.
    fn scan_lines(
        &self,
        order: &[u8],
        after: Option<u32>,
        limit: usize,
        mut each: impl FnMut(u32, &[u8]) -> Result<(), ProjectionError>,
    ) -> Result<(), ProjectionError> {
        // Longer than any key of that line, and so behind them all.
        let past = |line| [key::line(order.to_vec(), line).as_slice(), &[0xff; 9]].concat();
        let behind = after.map_or_else(|| order.to_vec(), past);
        let (mut lines, mut last) = (0, None);
        for row in self.store.scan_behind(order, &behind) {
            let (key, row) = row?;
            let line = key::line_of(order, &key).ok_or_else(|| ProjectionError::Row(key::describe(&key)))?;
            if last.replace(line) != Some(line) {
                lines += 1;
            }
            if lines > limit {
                break;
            }
            each(line, &row)?;
        }
        Ok(())
    }

    /// How many of a line's pieces were issued, the first of which was. One comes after the other: halving finds the last.
    fn issued(&self, line: &OrderLine, quantity: u16) -> Result<u16, ProjectionError> {
        let (mut there, mut last) = (1, quantity);
        while there < last {
            let middle = last - (last - there) / 2;
            match self.store.get(&key::entitlement(EntitlementId::of_order(line, middle)))? {
                Some(_) => there = middle,
                None => last = middle - 1,
            }
        }
        Ok(there)
    }
}
