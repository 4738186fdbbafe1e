//! What a correction would have changed: past decisions judged again as if the right result had come first.

use resit_domain::{
    Command, CommandId, CorrectResult, Entitlement, Event, Judge, Known, RecordResult, State, Stream,
    Timestamp, UnitNo,
};
use resit_event_log::{Position, Record};

use crate::gather::Gatherer;
use crate::{CommandHandler, Failure, Request};
use resit_states::{AsOf, Asked, asked_of, decode, stream_id};

impl CommandHandler {
    /// The commands behind the corrected result that would have been answered the other way. Nothing is rewritten.
    pub(crate) async fn flips(
        &self,
        known: &Known,
        correction: &CorrectResult,
        as_of: AsOf,
    ) -> Result<Vec<CommandId>, Failure> {
        let (Some(entitlement), Some(unit)) = (known.entitlement.as_deref(), known.unit) else {
            return Ok(Vec::new());
        };
        let stream = Stream::Entitlement(entitlement.id);
        let mut records = self.log.read_stream(&stream_id(&stream), Position::START).await?;
        if let AsOf::Before(position) = as_of {
            // Asked later, it is answered as it was: what came behind the correction was not there to be flipped.
            records.retain(|record| record.position < position);
        }
        let Some((index, mut state)) = before_result(&stream, &records, unit, correction.attempt)? else {
            return Ok(Vec::new());
        };

        let result_came = &records[index];
        let Asked { at: came_at, command, .. } = asked_of(result_came)?;
        let sat_at = match command {
            Command::RecordResult(c) => c.sat_at,
            _ => None,
        };
        let right = RecordResult { voucher: correction.voucher.clone(), result: correction.result, sat_at };
        state = self.judged_with(state, result_came, came_at, right.into()).await?.0;

        let mut flips = Vec::new();
        for record in &records[index + 1..] {
            let Asked { at, command, .. } = asked_of(record)?;
            // The scheduler asks; nobody's right hangs on its answer. A correction of this attempt is the question itself.
            if matches!(&command, Command::Expire(_))
                || matches!(&command, Command::CorrectResult(c) if c.attempt == correction.attempt)
            {
                continue;
            }
            let was_accepted = !record.events.iter().any(|event| event.kind == "CommandRefused");
            let (next, would_be_accepted) = self.judged_with(state, record, at, command).await?;
            state = next;
            if was_accepted != would_be_accepted {
                flips.push(record.command.clone());
            }
        }
        Ok(flips)
    }

    /// Judges a command where `record` stands, with another state of its entitlement, and takes in what it would do.
    async fn judged_with(
        &self,
        state: State,
        record: &Record,
        at: Timestamp,
        command: Command,
    ) -> Result<(State, bool), Failure> {
        let request =
            Request { id: record.command.clone(), actor: record.actor.clone(), command, confirm: false };
        let as_of = AsOf::Before(record.position);
        let mut known = Gatherer::new(&self.states, &self.key, as_of).gather(&request).await?.known;
        if let State::Entitlement(entitlement) = &state {
            known.entitlement = Some(entitlement.clone());
        }
        match known.decide(&request.command, at, &mut Judge::brief()) {
            Ok(decision) => {
                let own =
                    decision.events.iter().filter(|placed| matches!(placed.stream, Stream::Entitlement(_)));
                Ok((
                    own.fold(state, |state, placed| {
                        state.evolve(&placed.event, placed.happened_at, record.recorded_at)
                    }),
                    true,
                ))
            }
            Err(_) => Ok((state, false)),
        }
    }
}

/// The record that brought an attempt's result, and the state just before it.
fn before_result(
    stream: &Stream,
    records: &[Record],
    unit: UnitNo,
    attempt: u16,
) -> Result<Option<(usize, State)>, Failure> {
    let mut state = State::new(stream);
    let mut found = None;
    for (index, record) in records.iter().enumerate() {
        let before = state.clone();
        for data in &record.events {
            let event = decode(data)?;
            let brings = matches!(
                event,
                Event::ExamPassed(_) | Event::ExamFailed(_) | Event::ExamMissed(_) | Event::ExamVoided(_)
            );
            state = state.evolve(&event, data.happened_at, record.recorded_at);
            if let (true, State::Entitlement(e)) = (brings && event.unit() == Some(unit), &state)
                && concluded(e, unit, attempt)
                && found.is_none()
            {
                found = Some((index, before.clone()));
            }
        }
    }
    Ok(found)
}

fn concluded(entitlement: &Entitlement, unit: UnitNo, attempt: u16) -> bool {
    let last = entitlement.unit(unit).and_then(|unit| unit.attempts.last());
    last.is_some_and(|a| a.number == attempt && !a.reports.is_empty())
}
