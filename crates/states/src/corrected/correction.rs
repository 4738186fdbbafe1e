//! One correction: how it shows a record.

use std::collections::HashMap;
use std::sync::Arc;

use resit_domain::Timestamp;
use resit_domain::correction::{DUE_KINDS, Replacement};
use resit_domain::event::TimeCorrected;
use resit_event_log::{EventData, Position, Record};
use serde::Deserialize;

use super::CORRECTS;
use crate::Asked;

/// A correction of recorded times, ready to show records by.
#[derive(Debug, Clone)]
pub struct Correction {
    /// Where it is recorded; none while it is only being tried.
    position: Option<Position>,
    says: Arc<TimeCorrected>,
    instead: HashMap<u64, Vec<EventData>>,
}

impl Correction {
    /// A correction that is recorded at a position.
    pub(super) fn recorded(position: Position, says: TimeCorrected) -> Self {
        Self { position: Some(position), ..Self::tried(says) }
    }

    /// A correction that is only being tried: it shows the span, and nothing of what comes after it.
    pub fn tried(mut says: TimeCorrected) -> Self {
        let instead = std::mem::take(&mut says.instead);
        let instead = instead.into_iter().map(|Replacement { position, facts }| {
            let facts = facts.into_iter().map(|fact| EventData {
                kind: fact.kind.into(),
                version: fact.version,
                happened_at: fact.happened_at,
                body: fact.body.into(),
            });
            (position, facts.collect())
        });
        Self { position: None, instead: instead.collect(), says: Arc::new(says) }
    }

    pub(super) fn position(&self) -> Position {
        self.position.unwrap_or_default()
    }

    /// From now on a record is shown with other facts.
    pub fn replace(&mut self, position: Position, facts: Vec<EventData>) {
        self.instead.insert(position.0, facts);
    }

    /// Shows a record that earlier corrections have shown already. `stored_at` is its time as it is stored.
    pub fn show(&self, record: &mut Record, stored_at: Timestamp) {
        // A correction is recorded by the right time already.
        let corrects = record.events.iter().any(|event| event.kind == CORRECTS);
        if self.says.covers(record.position.0) && !corrects {
            self.show_in_span(record);
        } else if self.position.is_some_and(|position| position <= record.position)
            && let Some(at) = self.recorded_after(stored_at, &record.command_body)
        {
            record.recorded_at = at;
        }
    }

    fn show_in_span(&self, record: &mut Record) {
        let recorded_at = self.says.right_time(record.recorded_at);
        record.recorded_at = recorded_at;
        if let Ok(asked) = rmp_serde::from_slice::<Asked>(&record.command_body) {
            let at = self.says.right_time(asked.at).min(recorded_at);
            record.command_body = Asked { at, ..asked }.to_bytes().into();
        }
        if let Some(facts) = self.instead.get(&record.position.0) {
            record.events.clone_from(facts);
        }
        // Facts that were recorded only because a moment came, which had not come.
        record.events.retain(|event| !is_void(event, recorded_at));
        for event in &mut record.events {
            event.happened_at = self.says.right_happened(event.happened_at, recorded_at);
        }
    }

    /// The time of a record after the correction whose stored time is only the log's: the instant that its command was judged by.
    /// None if the stored time counts.
    pub(super) fn recorded_after(&self, stored_at: Timestamp, command_body: &[u8]) -> Option<Timestamp> {
        #[derive(Deserialize)]
        struct JudgedBy {
            at: Timestamp,
        }
        if self.says.latest < stored_at {
            return None;
        }
        let JudgedBy { at } = rmp_serde::from_slice(command_body).ok()?;
        Some(self.says.not_before.map_or(at, |not_before| at.max(not_before)))
    }
}

/// Whether a fact reports a moment that had not come when it was recorded.
pub fn is_void(event: &EventData, recorded_at: Timestamp) -> bool {
    recorded_at < event.happened_at && DUE_KINDS.contains(&&*event.kind)
}
