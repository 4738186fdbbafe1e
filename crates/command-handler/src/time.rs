//! Correcting what a wrong clock recorded: which records the span has, and which decisions the right time turns.

mod compare;
mod judge;
mod pass;
mod trial;

use std::sync::Arc;

use resit_domain::correction::{Findings, Span};
use resit_domain::{CorrectTime, Judge, LedgerClock, Stream, Timestamp};
use resit_event_log::{EventLog, Position, Record, as_stored};
use resit_states::{AsOf, stream_id};

use self::pass::Pass;
use crate::again::Round;
use crate::gather::{Gathered, Gatherer};
use crate::{CommandHandler, Failure, Reply, Request};

/// How many records are read at a time.
const READ: usize = 1_024;

/// By how many milliseconds the stored times of several writers may cross.
const CROSSED_MAX_MS: i64 = 60_000;

impl CommandHandler {
    /// Corrects recorded times. One that is on record is answered before the span is read again.
    pub(crate) async fn correct_time(&self, request: &Request, at: Timestamp) -> Result<Reply, Failure> {
        if let Some(first) = self.log.find_command(&request.id).await?.first() {
            return self.replay(request, first.position).await;
        }
        self.take_once(request, at, Round::Again).await
    }

    /// What a correction is judged by: the span, and what the correction does to it, if it may be corrected at all.
    pub(crate) async fn gather_span(
        &self,
        request: &Request,
        correction: &CorrectTime,
        at: Timestamp,
        as_of: AsOf,
    ) -> Result<Gathered, Failure> {
        let mut gathered = Gatherer::new(&self.states, &self.key, as_of).gather(request).await?;
        let (log, head) = self.corrected_before(as_of).await?;
        let Some(mut span) = self.span(&log, head, correction, at).await? else { return Ok(gathered) };
        gathered.known.span = Some(Arc::new(span.clone()));
        if gathered.known.check_span(correction, at, &mut Judge::brief()).is_ok() {
            let pass = Pass::new(log, self.key.clone(), span.corrected(correction));
            let (findings, fits_until) = pass.run().await?;
            (span.findings, span.fits_until) = (findings, fits_until);
            gathered.known.span = Some(Arc::new(span));
        }
        Ok(gathered)
    }

    /// The log as it was shown, and its last position: now, or just before a record.
    async fn corrected_before(&self, as_of: AsOf) -> Result<(Arc<dyn EventLog>, Position), Failure> {
        let AsOf::Before(position) = as_of else { return Ok((self.log.clone(), self.log.head().await?)) };
        let clock = stream_id(&Stream::Clock(LedgerClock));
        let records = as_stored(&self.log).read_stream(&clock, Position::START).await?;
        let before = records.iter().rev().find(|record| corrects(record) && record.position < position);
        let before = before.map_or(Position::START, |record| record.position);
        let log = self.log.corrected_until(before).unwrap_or_else(|| self.log.clone());
        Ok((log, Position(position.0 - 1)))
    }

    /// The span that a correction names. None if nothing is on record.
    async fn span(
        &self,
        log: &Arc<dyn EventLog>,
        head: Position,
        c: &CorrectTime,
        at: Timestamp,
    ) -> Result<Option<Span>, Failure> {
        let Some(newest) = record_before(&*as_stored(log), head.plus(1)).await? else { return Ok(None) };
        let crossed_ms = if self.freshness.is_some() { CROSSED_MAX_MS } else { 0 };
        let last = match c.last {
            Some(last) => last,
            None => last_ahead(&**log, c.first, head, at).await?,
        };
        let in_span = |record: &Record| (c.first..=last).contains(&record.position.0);
        let first = log.read(Position(c.first.saturating_sub(1)), 1).await?;
        // A span begins and ends with whole commits: half a command can't be judged again.
        let begins = |record: &&Record| in_span(record) && record.slice == 0;
        let ends = |record: &Record| in_span(record) && record.slice + 1 == record.slices;
        let first_at = first.first().filter(begins).map(|record| record.recorded_at);
        let mut newest_in_span = record_before(&**log, Position(last.min(head.0)).plus(1)).await?;
        while let Some(record) = newest_in_span.as_ref().filter(|record| corrects(record)) {
            newest_in_span = record_before(&**log, record.position).await?;
        }
        let last_at = newest_in_span.filter(ends).map(|record| record.recorded_at);
        let before = record_before(&**log, Position(c.first)).await?;
        Ok(Some(Span {
            last,
            head: head.0,
            first_at,
            last_at,
            not_before: before.map(|record| record.recorded_at),
            latest: newest.recorded_at.plus_millis(crossed_ms),
            fits_until: None,
            findings: Findings::default(),
        }))
    }
}

/// The last position from `first` on that is recorded as later than `at`; 0 if there is none, for then nobody knows where the span
/// ends.
async fn last_ahead(log: &dyn EventLog, first: u64, head: Position, at: Timestamp) -> Result<u64, Failure> {
    let (mut after, mut last) = (Position(first.saturating_sub(1)), 0);
    while after < head {
        let records = log.read(after, READ).await?;
        let Some(newest) = records.last() else { break };
        after = newest.position;
        let ahead = |record: &&Record| record.recorded_at > at && record.position <= head;
        last = records.iter().rev().find(ahead).map_or(last, |record| record.position.0);
    }
    Ok(last)
}

/// Whether a record corrects recorded times. It is recorded by the right time itself.
fn corrects(record: &Record) -> bool {
    record.events.iter().any(|event| event.kind == "TimeCorrected")
}

/// The last record before a position. Positions may have gaps.
async fn record_before(log: &dyn EventLog, position: Position) -> Result<Option<Record>, Failure> {
    let mut reach = 1;
    loop {
        let after = position.0.saturating_sub(1 + reach);
        let mut records = log.read(Position(after), usize::try_from(reach).unwrap_or(usize::MAX)).await?;
        records.retain(|record| record.position < position);
        match records.pop() {
            None if after > 0 => reach *= 4,
            last => return Ok(last),
        }
    }
}
