//! What was found.

use std::collections::BTreeMap;

use crate::Position;

/// How many breaches are named; the others are counted.
pub const BREACHES_MAX: usize = 20;

/// A promise of the log's contract that a record does not keep.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// The record.
    pub position: Position,
    /// What is wrong with it.
    pub reason: String,
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the record at position {}: {}", self.position, self.reason)
    }
}

/// What a check of the contract found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditReport {
    /// The first breaches, [`BREACHES_MAX`] at most, by position.
    pub breaches: Vec<Breach>,
    /// How many there are.
    pub breaches_count: u64,
    /// Types and versions of events that this program does not know, with how many there are of each. That is no breach: a newer
    /// program wrote them.
    pub unknown: Vec<(String, u16, u64)>,
}

/// Breaches, the first ones by position.
#[derive(Debug, Default)]
pub(super) struct Breaches {
    first: Vec<Breach>,
    count: u64,
}

impl Breaches {
    pub(super) fn add(&mut self, position: Position, reason: String) {
        self.count += 1;
        let breach = Breach { position, reason };
        let at = self.first.partition_point(|other| *other <= breach);
        if at < BREACHES_MAX {
            self.first.insert(at, breach);
            self.first.truncate(BREACHES_MAX);
        }
    }

    pub(super) fn report(self, unknown: BTreeMap<(String, u16), u64>) -> AuditReport {
        let unknown = unknown.into_iter().map(|((kind, version), count)| (kind, version, count)).collect();
        AuditReport { breaches: self.first, breaches_count: self.count, unknown }
    }
}
