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
        let order = self.story.orders.get(&unit.name);
        debug_assert!(order.is_some() || unit.name == NOBODY, "the parser lets no other name through");
        order.map_or(EntitlementId([0xff; 16]), |order| EntitlementId::of_order(order, unit.piece))
    }

    /// The story's name for a unit, or its id if the story knows none.
    pub(super) fn unit(&self, id: EntitlementId, unit: UnitNo) -> String {
        match self.unit_ref(id, unit) {
            Some(unit) => unit.to_string(),
            None => format!("{id}.{unit}"),
        }
    }

    /// A text with the story's names in place of ids.
    pub(super) fn named(&self, text: &str) -> String {
        let mut named = text.to_owned();
        for (id, (name, piece)) in &self.known {
            let id = format!("{id}.");
            while let Some(at) = named.find(&id) {
                let digits = &named[at + id.len()..];
                let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
                let Ok(unit) = digits[..end].parse() else { break };
                let unit = UnitRef { name: name.clone(), piece: *piece, unit };
                named.replace_range(at..at + id.len() + end, &unit.to_string());
            }
        }
        named
    }

    fn unit_ref(&self, id: EntitlementId, unit: UnitNo) -> Option<UnitRef> {
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
            Stream::Clock(_) => "the clock".to_owned(),
            Stream::Zones(_) => "time zones".to_owned(),
        }
    }
}
