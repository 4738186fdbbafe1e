//! The impact of a publication: whose end it moves, and who loses a right by it.

mod compare;
mod published;
mod reach;

use serde::{Deserialize, Serialize};

pub use compare::Change;
pub use published::Published;
pub use reach::Reach;

use crate::{EntitlementId, Judge, Known, Law, Refusal, Rule, Timestamp, UnitNo};

/// How many examples of each kind are kept.
pub const EXAMPLES_MAX: usize = 3;

/// What a publication does to the rights that are live when it is made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Impact {
    /// How many live rights were compared: all that may depend on what is published.
    pub compared: u64,
    /// Rights that get a different end.
    pub moved: Affected,
    /// Rights that end at once.
    pub ended_at_once: Affected,
    /// Rights whose open registration is not permitted any more.
    pub bookings_broken: Affected,
}

/// Rights that are affected in one way: how many, and some of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Affected {
    /// How many.
    pub count: u64,
    /// The first three that were found.
    #[cfg_attr(feature = "schema", schemars(length(max = 3)))]
    pub examples: Vec<AffectedRight>,
}

/// One affected right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AffectedRight {
    /// The entitlement.
    pub entitlement: EntitlementId,
    /// The unit.
    pub unit: UnitNo,
    /// Its end before the publication; none if nothing ended it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Timestamp>,
    /// Its end after it; none if nothing ends it by itself, or if the end cannot be computed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Timestamp>,
    /// The sitting that is not permitted any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sit_at: Option<Timestamp>,
}

impl Affected {
    fn add(&mut self, right: impl FnOnce() -> AffectedRight) {
        self.count += 1;
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(right());
        }
    }
}

impl Impact {
    /// Adds one entitlement, as it is known before a publication at `at` and after it.
    pub fn add(&mut self, before: &Known, after: &Known, at: Timestamp) {
        let Some(entitlement) = before.entitlement.as_deref().map(|entitlement| entitlement.id) else {
            return;
        };
        for change in before.compared_with(after, at) {
            self.compared += 1;
            let Change { unit, before, after, broken, .. } = change;
            let right = |sit_at| move || AffectedRight { entitlement, unit, before, after, sit_at };
            if change.is_moved() {
                self.moved.add(right(None));
            }
            if change.ends_at_once {
                self.ended_at_once.add(right(None));
            }
            if broken.is_some() {
                self.bookings_broken.add(right(broken));
            }
        }
    }

    /// Whether somebody loses a right: it ends at once, or its open registration is not permitted any more.
    pub fn takes_rights(&self) -> bool {
        0 < self.ended_at_once.count + self.bookings_broken.count
    }
}

impl Known {
    /// Asks that no right is lost by what is published, unless that was confirmed. Where nobody counted the impact, as in the
    /// replay of an older log, nothing is asked.
    pub(crate) fn confirms_impact(&self, judge: &mut Judge) -> Result<(), Refusal> {
        let Some(impact) = self.impact.as_deref() else { return Ok(()) };
        let is_permitted = self.confirmed || !impact.takes_rights();
        judge.rule(&Law::LEDGER, Rule::ImpactConfirmed, is_permitted, |mut d| {
            d = d
                .fact("compared", impact.compared)
                .fact("ends-moved", impact.moved.count)
                .fact("ended-at-once", impact.ended_at_once.count)
                .fact("bookings-broken", impact.bookings_broken.count);
            for right in impact.ended_at_once.examples.iter().chain(&impact.bookings_broken.examples) {
                d = d.fact("loses", format!("{}.{}", right.entitlement, right.unit));
            }
            d.remedy(
                "look at the impact by a dry run, then give it again, under a new id and with confirmation",
            )
        })
    }
}
