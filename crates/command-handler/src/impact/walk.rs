//! The walk over the log. Its first pass notes which entitlements changed after they were issued; its second folds each that
//! did not from the one record that it has, and reads the streams of the others, page by page.

use std::future::pending;
use std::panic::resume_unwind;
use std::sync::Arc;

use resit_domain::event::VoucherIssued;
use resit_domain::impact::{Published, Reach};
use resit_domain::{EntitlementId, Event, Impact, Offer, State, Stream, Timestamp};
use resit_event_log::{EventData, EventLog, Position, Record};
use resit_states::{AsOf, Folded, States, decode, stream_id, stream_of};
use tokio::task::{spawn_blocking, yield_now};

use super::bits::Bits;
use crate::Failure;

/// How many records are read at a time.
const PAGE: usize = 1_024;

/// What a walk is about.
struct Walk<'a> {
    log: &'a Arc<dyn EventLog>,
    states: &'a States,
    reaches: Vec<Reach>,
    published: Arc<Published>,
    at: Timestamp,
    /// Before the first record that may have issued what is looked for.
    begin: Position,
    /// The last record that is looked at: what is sold meanwhile is not counted.
    end: Position,
    /// Entitlements that changed after they were issued.
    changed: Bits,
    /// Entitlements that were registered for an exam that is looked for.
    registered: Bits,
}

/// Counts what a publication does to the live rights of these reaches.
pub(super) async fn impact(
    log: &Arc<dyn EventLog>,
    states: &States,
    reaches: Vec<Reach>,
    published: Published,
    at: Timestamp,
) -> Result<Impact, Failure> {
    let begin = begin(log, &reaches).await?;
    let end = log.head().await?;
    let (changed, registered) = (Bits::new(), Bits::new());
    let published = Arc::new(published);
    let mut walk = Walk { log, states, reaches, published, at, begin, end, changed, registered };
    walk.note_changes().await?;
    walk.compare().await
}

/// Before the first record that may have issued a right of these reaches: none is older than its offer, its agreement or its exam.
async fn begin(log: &Arc<dyn EventLog>, reaches: &[Reach]) -> Result<Position, Failure> {
    let mut begin: Option<Position> = None;
    for reach in reaches {
        let stream = match reach {
            Reach::Offer(id) => Stream::Offer(id.clone()),
            Reach::Agreement(id) => Stream::Agreement(id.clone()),
            // Older rights may come to count by it, and may have been registered for it later.
            Reach::Calendar(_) | Reach::Exam(_) | Reach::Zones(_) => return Ok(Position::START),
        };
        let records = log.read_stream(&stream_id(&stream), Position::START).await?;
        let first = records.first().map_or(0, |record| record.position.0.saturating_sub(1));
        begin = Some(begin.map_or(Position(first), |known| known.min(Position(first))));
    }
    Ok(begin.unwrap_or_default())
}

impl Walk<'_> {
    async fn page(&self, after: Position) -> Result<Vec<Record>, Failure> {
        if self.end <= after {
            return Ok(Vec::new());
        }
        let mut records = self.log.read(after, PAGE).await?;
        records.retain(|record| record.position <= self.end);
        // A log in memory or on this disk never makes its reader wait. Others must get their turn.
        yield_now().await;
        Ok(records)
    }

    async fn note_changes(&mut self) -> Result<(), Failure> {
        let mut after = self.begin;
        loop {
            let records = self.page(after).await?;
            let Some(last) = records.last() else { return Ok(()) };
            after = last.position;
            for record in records.iter().filter(|record| record.stream.kind() == KIND) {
                self.note(record)?;
            }
        }
    }

    fn note(&mut self, record: &Record) -> Result<(), Failure> {
        let Stream::Entitlement(id) = stream_of(&record.stream)? else { return Ok(()) };
        if record.previous != Position::START {
            self.changed.put(id);
        }
        let exams = self.reaches.iter().any(|reach| matches!(reach, Reach::Exam(_)));
        for event in record.events.iter().filter(|event| exams && event.kind == "ExamScheduled") {
            if let Event::ExamScheduled(scheduled) = decode(event)?
                && self.reaches.contains(&Reach::Exam(scheduled.exam))
            {
                self.registered.put(id);
            }
        }
        Ok(())
    }

    async fn compare(&self) -> Result<Impact, Failure> {
        let (mut impact, mut after) = (Impact::default(), self.begin);
        loop {
            let records = self.page(after).await?;
            let Some(last) = records.last() else { return Ok(impact) };
            after = last.position;
            let (mut known, mut changed) = (Vec::new(), Vec::new());
            for record in records.iter().filter(|record| record.stream.kind() == KIND) {
                let Some(id) = self.issued(record).await? else { continue };
                let stream = Stream::Entitlement(id);
                if self.changed.may_have(id) {
                    changed.push(stream);
                } else {
                    let state = Folded::new(&stream).absorb([record])?.state;
                    known.push(self.states.with_all_it_hangs_on(state, AsOf::Cached).await?);
                }
            }
            for (_, folded) in self.states.at_head(changed).await? {
                known.push(self.states.with_all_it_hangs_on(folded.state, AsOf::Cached).await?);
            }
            let (published, at) = (self.published.clone(), self.at);
            // The law is not asked on a thread that answers requests.
            let compared = spawn_blocking(move || {
                for known in known {
                    let (before, after) = published.before_and_after(known);
                    impact.add(&before, &after, at);
                }
                impact
            });
            impact = match compared.await {
                Ok(impact) => impact,
                Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
                // The process ends, and this with it.
                Err(_) => pending().await,
            };
        }
    }

    /// The entitlement that a record issues, if the publication may touch it.
    async fn issued(&self, record: &Record) -> Result<Option<EntitlementId>, Failure> {
        let is_issue = |event: &&EventData| event.kind == "VoucherIssued";
        let Some(issue) = record.events.iter().find(is_issue) else { return Ok(None) };
        let Stream::Entitlement(id) = stream_of(&record.stream)? else { return Ok(None) };
        let Event::VoucherIssued(issued) = decode(issue)? else { return Ok(None) };
        for reach in &self.reaches {
            if self.touches(reach, id, &issued).await? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    async fn touches(
        &self,
        reach: &Reach,
        id: EntitlementId,
        issued: &VoucherIssued,
    ) -> Result<bool, Failure> {
        Ok(match reach {
            Reach::Offer(offer) => issued.offer == *offer,
            Reach::Agreement(agreement) => issued.agreement.as_ref() == Some(agreement),
            Reach::Exam(_) => self.registered.may_have(id),
            Reach::Calendar(calendar) => {
                let Some(offer) = self.offer_of(issued).await? else { return Ok(false) };
                offer.calendars_of(issued.terms, issued.purchased_at).contains(&calendar)
            }
            Reach::Zones(zones) => {
                let Some(offer) = self.offer_of(issued).await? else { return Ok(false) };
                offer.versions.values().any(|terms| zones.contains(&terms.zone))
            }
        })
    }

    async fn offer_of(&self, issued: &VoucherIssued) -> Result<Option<Arc<Offer>>, Failure> {
        let stream = Stream::Offer(issued.offer.clone());
        match self.states.load(&stream, AsOf::Cached).await?.state {
            State::Offer(offer) => Ok(Some(offer)),
            _ => Ok(None),
        }
    }
}

/// The kind of the streams of entitlements.
const KIND: &str = "entitlement";
