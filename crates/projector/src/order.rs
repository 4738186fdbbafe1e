//! An order with all its lines, and what came of each.

use std::collections::BTreeMap;

use resit_domain::{CommandId, OfferId, OrderNumber, Refusal, ShopId, Timestamp};
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

/// Lines of an order, in the order of their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPage {
    /// The lines.
    pub lines: Vec<OrderedLine>,
    /// The line behind which the next page begins; none at the end.
    pub next: Option<u32>,
}

/// What is found of one line.
#[derive(Default)]
struct Found {
    bought: Option<Bought>,
    issued: u16,
    refusals: usize,
    refused: Option<RefusedOrder>,
}

/// A page ends with the line that brings it to so many rows of pieces, or of refusals, however few lines it has by then.
const ROWS_MAX: usize = 10_000;

impl Projector {
    /// At most `limit` lines of an order behind `after`, fewer where they have many pieces. A line is there once it was issued
    /// or refused.
    pub fn order(
        &self,
        shop: &ShopId,
        number: &OrderNumber,
        after: Option<u32>,
        limit: usize,
    ) -> Result<OrderPage, ProjectionError> {
        let mut found: BTreeMap<u32, Found> = BTreeMap::new();
        let more_bought =
            self.scan_lines(&key::bought_by(shop, number), after, limit, |line, key, row| {
                let of_line = found.entry(line).or_default();
                of_line.issued += 1;
                if key::is_of_line(key) {
                    of_line.bought = Some(rmp_serde::from_slice(row)?);
                }
                Ok(())
            })?;
        let more_refused =
            self.scan_lines(&key::refused_of(shop, number), after, limit, |line, _, row| {
                let of_line = found.entry(line).or_default();
                of_line.refusals += 1;
                // They come in the order of the log: the last one stays.
                of_line.refused = Some(rmp_serde::from_slice(row)?);
                Ok(())
            })?;
        // Of what lies behind the line where either ended, all is not known: it is for the next page.
        let end = more_bought.into_iter().chain(more_refused).min();
        found.retain(|line, _| end.is_none_or(|end| *line <= end));
        let is_cut = end.is_some() || found.len() > limit;
        let next = found.keys().take(limit).next_back().copied().filter(|_| is_cut);
        let lines = found.into_iter().take(limit).filter_map(|(line, found)| found.line(line)).collect();
        Ok(OrderPage { lines, next })
    }

    /// Hands on the rows of lines behind `after`, each line's whole, until there are `limit` lines or many rows. If there is
    /// more, tells the last line.
    fn scan_lines(
        &self,
        order: &[u8],
        after: Option<u32>,
        limit: usize,
        mut each: impl FnMut(u32, &[u8], &[u8]) -> Result<(), ProjectionError>,
    ) -> Result<Option<u32>, ProjectionError> {
        let behind = after.map_or_else(|| order.to_vec(), |line| key::past_line(order.to_vec(), line));
        let (mut lines, mut rows, mut last) = (0, 0, None);
        for row in self.store.scan_behind(order, &behind) {
            let (key, row) = row?;
            let line = key::line_of(order, &key).ok_or_else(|| ProjectionError::Row(key::describe(&key)))?;
            if last != Some(line) {
                if last.is_some() && (lines == limit || rows >= ROWS_MAX) {
                    return Ok(last);
                }
                (lines, last) = (lines + 1, Some(line));
            }
            rows += 1;
            each(line, &key[order.len()..], &row)?;
        }
        Ok(None)
    }
}

impl Found {
    /// The line; none if nothing yet says what it is about.
    fn line(self, line: u32) -> Option<OrderedLine> {
        let Self { bought, issued, refusals, refused } = self;
        let (offer, quantity, issued) = match (bought, &refused) {
            (Some(bought), _) => (bought.offer, bought.quantity, issued),
            (None, Some(asked)) => (asked.offer.clone(), asked.quantity, 0),
            (None, None) => return None,
        };
        Some(OrderedLine { line, offer, quantity, issued, refusals, refused })
    }
}
