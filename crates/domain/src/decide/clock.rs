//! The ledger's clock: confirming it, and correcting what it recorded.

use super::{Decision, Known};
use crate::correction::{REPLACED_MAX, SPAN_MAX, Span, earlier};
use crate::event::ClockConfirmed;
use crate::{ConfirmClock, CorrectTime, Judge, Law, LedgerClock, Refusal, Rule, Stream, Timestamp};

impl Known {
    /// No rule is asked: whether the clock shows what the operator says is checked where the clock is read.
    pub(super) fn confirm_clock(&self, c: &ConfirmClock, at: Timestamp) -> Decision {
        let mut decision = Decision::default();
        let confirmed = ClockConfirmed { reads: c.reads, recorded_until: self.recorded_until };
        decision.put(Stream::Clock(LedgerClock), at, confirmed);
        decision
    }

    /// Corrects a span. `at` is the right time, and not the latest on record: that may be what is corrected.
    pub(super) fn correct_time(
        &self,
        c: &CorrectTime,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let span = self.checked_span(c, at, judge)?;
        let until = span.fits_until;
        judge.rule(&Law::LEDGER, Rule::SpanFits, until.is_none(), |d| {
            let last = until.unwrap_or_default();
            d.fact("first", c.first)
                .fact("last", span.last)
                .fact("records-max", SPAN_MAX)
                .fact("replaced-max", REPLACED_MAX)
                .remedy(format!(
                    "correct the span in steps: first from {} to {last}, and then from {}",
                    c.first,
                    last + 1
                ))
        })?;
        let mut decision = Decision::default();
        decision.put(Stream::Clock(LedgerClock), at, span.corrected(c));
        Ok(decision)
    }

    /// Whether a span can be corrected by so much, whatever is in it.
    ///
    /// # Errors
    ///
    /// The first rule that fails.
    pub fn check_span(&self, c: &CorrectTime, at: Timestamp, judge: &mut Judge) -> Result<(), Refusal> {
        self.checked_span(c, at, judge).map(|_| ())
    }

    fn checked_span(&self, c: &CorrectTime, at: Timestamp, judge: &mut Judge) -> Result<&Span, Refusal> {
        let span = self.span.as_deref();
        let on_record = span.filter(|span| (1..=span.last).contains(&c.first) && span.last <= span.head);
        let found = on_record.and_then(|span| Some((span, span.first_at?, span.last_at?)));
        let (span, first_at, last_at) = judge.found(&Law::LEDGER, Rule::SpanOnRecord, found, |d| {
            d.fact("first", c.first)
                .fact_or("last", span.map(|span| span.last).filter(|last| *last > 0), "no record is ahead of now")
                .fact_or("head", span.map(|span| span.head), "nothing is on record")
                .remedy(
                    "name the positions of the first and the last record that the wrong clock made, with all records of their commands; \
                     `resit log dump` lists them",
                )
        })?;
        let Span { not_before, .. } = span;
        let (from, until) = (earlier(first_at, c.ahead_ms.get()), earlier(last_at, c.ahead_ms.get()));
        let in_order = not_before.is_none_or(|not_before| not_before <= from) && until <= at;
        judge.rule(&Law::LEDGER, Rule::TimesInOrder, in_order, |d| {
            let least = last_at.millis().saturating_sub(at.millis()).max(1);
            let least = format!("at least {least} ms ahead");
            let most = not_before.map(|not_before| first_at.millis() - not_before.millis());
            let remedy = match most {
                Some(most) => format!("the clock was {least}, and at most {most} ms, or the span is another"),
                None => format!("the clock was {least}, or the span is another"),
            };
            d.fact("recorded-from", first_at)
                .fact("recorded-until", last_at)
                .fact("corrected-from", from)
                .fact("corrected-until", until)
                .fact_or("not-before", *not_before, "the log begins with the span")
                .fact("now", at)
                .remedy(remedy)
        })?;
        Ok(span)
    }
}
