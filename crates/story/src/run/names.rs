//! The story's names for what the ledger knows by ids.

use std::collections::BTreeMap;

use resit_domain::{EntitlementId, Event, Stream, UnitNo};

use crate::story::Story;
use crate::voucher::{NOBODY, UnitRef};

/// Names for entitlements, and back.
pub(super) struct Names<'a> {
    story: &'a Story,
    known: BTreeMap<EntitlementId, (String, u16)>,
}

impl<'a> Names<'a> {
    pub(super) fn new(story: &'a Story) -> Self {
        let first = |(name, order)| (EntitlementId::of_order(order, 1), (String::clone(name), 1));
        Self { story, known: story.orders.iter().map(first).collect() }
    }

    /// Notes the pieces of an order of several.
    pub(super) fn note(&mut self, name: &str, quantity: u16) {
        if let Some(order) = self.story.orders.get(name) {
            for piece in 1..=quantity.min(1_000) {
                self.known.insert(EntitlementId::of_order(order, piece), (name.to_owned(), piece));
            }
        }
    }

    /// The entitlement behind a name. That of nobody is one that no order line has.
    pub(super) fn id(&self, unit: &UnitRef) -> EntitlementId {
        match self.story.orders.get(&unit.name) {
            Some(order) => EntitlementId::of_order(order, unit.piece),
            None => {
                debug_assert_eq!(unit.name, NOBODY);
                EntitlementId([0xff; 16])
            }
        }
    }

    /// The story's name for a unit, or its id if the story knows none.
    pub(super) fn unit(&self, id: EntitlementId, unit: UnitNo) -> String {
        match self.unit_ref(id, unit) {
            Some(unit) => unit.to_string(),
            None => format!("{id}.{unit}"),
        }
    }

    pub(super) fn unit_ref(&self, id: EntitlementId, unit: UnitNo) -> Option<UnitRef> {
        let (name, piece) = self.known.get(&id)?;
        Some(UnitRef { name: name.clone(), piece: *piece, unit })
    }

    /// What a fact is about.
    pub(super) fn about(&self, stream: &Stream, event: &Event) -> String {
        match stream {
            Stream::Entitlement(id) => self.unit(*id, event.unit().unwrap_or(1)),
            Stream::Code(_) => "a code".to_owned(),
            Stream::Candidate(id) => id.to_string(),
            Stream::Offer(id) => id.to_string(),
            Stream::Policy(id) => id.to_string(),
            Stream::Calendar(id) => id.to_string(),
            Stream::Exam(id) => id.to_string(),
            Stream::PracticeTest(id) => id.to_string(),
            Stream::Agreement(id) => id.to_string(),
            Stream::Refusal(id) => id.to_string(),
        }
    }
}
