//! What was decided after a result came, on the vouchers of its candidate.

use std::collections::HashMap;
use std::sync::Arc;

use resit_domain::event::{AttemptCorrected, ResultCorrected};
use resit_domain::{
    Attempt, Candidate, CandidateId, Command, CommandId, CorrectResult, DECISIONS_JUDGED_MAX, Entitlement,
    EntitlementId, Event, ExamResult, Known, State, Stream, Timestamp, UnitNo, VOUCHERS_LOOKED_AT_MAX,
    VoucherRef,
};
use resit_event_log::{Position, Record};
use resit_states::{AsOf, Asked, Folded, asked_of, decode, stream_id};

use crate::{CommandHandler, Failure};

/// The ledger of one candidate as if the right result had come first, and what was decided after it.
pub(super) struct Timeline {
    /// The record by which the attempt was over.
    pub(super) came: Record,
    /// What was decided, in the order of the log.
    pub(super) steps: Vec<Step>,
    /// The states right after the result, with the right one.
    pub(super) corrected: Corrected,
    /// Whether more was decided than is in the steps.
    pub(super) is_cut: bool,
    /// The candidate's record as it stands, and with the right result.
    pub(super) own: [Arc<Candidate>; 2],
}

/// States with the right result.
pub(super) struct Corrected {
    pub(super) candidate: CandidateId,
    pub(super) own: Arc<Candidate>,
    pub(super) entitlement: Arc<Entitlement>,
}

/// One command on one of the vouchers.
pub(super) struct Step {
    pub(super) command: CommandId,
    pub(super) at: Timestamp,
    pub(super) asked: Command,
    pub(super) entitlement: EntitlementId,
    /// What it put on the entitlement's stream.
    pub(super) record: Record,
    /// What it put on the candidate's.
    pub(super) own: Option<Record>,
}

/// The corrected result, by what names it in every stream.
struct Subject<'a> {
    entitlement: EntitlementId,
    unit: UnitNo,
    attempt: &'a Attempt,
    correction: &'a CorrectResult,
}

impl Timeline {
    /// Reads what was decided; none if there is no such result, or nothing is corrected.
    pub(super) async fn read(
        handler: &CommandHandler,
        known: &Known,
        correction: &CorrectResult,
        as_of: AsOf,
    ) -> Result<Option<Self>, Failure> {
        let Some(entitlement) = known.entitlement.as_deref() else { return Ok(None) };
        let Some(subject) = Subject::of(entitlement, known.unit, correction) else { return Ok(None) };
        let stream = Stream::Entitlement(entitlement.id);
        let records = handler.records(&stream, as_of).await?;
        let Some((index, state)) = subject.ended(&stream, &records)? else { return Ok(None) };
        let State::Entitlement(corrected) = subject.corrected(state, &records[index]) else {
            return Ok(None);
        };

        let candidate = subject.attempt.candidate.clone();
        let own_records = handler.records(&Stream::Candidate(candidate.clone()), as_of).await?;
        let came = &records[index];
        let by_then =
            own_records.partition_point(|r| r.position <= came.position || r.command == came.command);
        let (before, after) = own_records.split_at(by_then);
        let is_subject = |step: &Step| subject.is_corrected_by(step, entitlement);
        let own = subject.own_corrected(&candidate, before, came)?;
        let own_now = Folded::new(&Stream::Candidate(candidate.clone())).absorb(&own_records)?.state;
        let State::Candidate(own_now) = own_now else { return Ok(None) };
        let own_right = Arc::new(Candidate::clone(&own_now).evolve(&subject.on_record(), came.recorded_at));

        let mut vouchers = own_now.vouchers();
        vouchers.retain(|id| *id != entitlement.id);
        let has_more_vouchers = vouchers.len() > VOUCHERS_LOOKED_AT_MAX;
        vouchers.truncate(VOUCHERS_LOOKED_AT_MAX);
        let mut decided: Vec<(EntitlementId, Record)> =
            records[index + 1..].iter().map(|record| (entitlement.id, record.clone())).collect();
        decided.extend(handler.decided_after(came.position, vouchers, as_of).await?);
        decided.sort_by_key(|(_, record)| record.position);
        let mut steps = steps(decided, after, is_subject)?;
        let is_cut = has_more_vouchers || steps.len() > DECISIONS_JUDGED_MAX;
        steps.truncate(DECISIONS_JUDGED_MAX);
        let corrected = Corrected { candidate, own, entitlement: corrected };
        Ok(Some(Self { came: came.clone(), steps, corrected, is_cut, own: [own_now, own_right] }))
    }
}

/// What is judged again, one more than is judged at most: the scheduler asks for what no right depends on, and a correction of
/// the same attempt is the question itself.
fn steps(
    decided: Vec<(EntitlementId, Record)>,
    own: &[Record],
    is_subject: impl Fn(&Step) -> bool,
) -> Result<Vec<Step>, Failure> {
    let mut own: HashMap<&CommandId, &Record> = own.iter().map(|record| (&record.command, record)).collect();
    let mut steps = Vec::new();
    for (entitlement, record) in decided {
        let Asked { at, command: asked, .. } = asked_of(&record)?;
        let own = own.remove(&record.command).cloned();
        let step = Step { command: record.command.clone(), at, asked, entitlement, record, own };
        if matches!(step.asked, Command::Expire(_)) || is_subject(&step) {
            continue;
        }
        steps.push(step);
        if steps.len() > DECISIONS_JUDGED_MAX {
            break;
        }
    }
    Ok(steps)
}

impl<'a> Subject<'a> {
    fn of(entitlement: &'a Entitlement, unit: Option<UnitNo>, correction: &'a CorrectResult) -> Option<Self> {
        let unit = entitlement.unit(unit?)?;
        let attempt = &unit.attempts[unit.attempt_to_correct(correction.attempt, correction.sat_at)?];
        let sat_at = correction.sat_at.unwrap_or(attempt.sit_at);
        let repeats = attempt.result() == Some(correction.result) && sat_at == attempt.sit_at;
        (!repeats).then_some(Self { entitlement: entitlement.id, unit: unit.no, attempt, correction })
    }

    fn sat_at(&self) -> Timestamp {
        self.correction.sat_at.unwrap_or(self.attempt.sit_at)
    }

    /// The record by which the attempt was over, and the state after it.
    fn ended(&self, stream: &Stream, records: &[Record]) -> Result<Option<(usize, State)>, Failure> {
        let mut folded = Folded::new(stream);
        for (index, record) in records.iter().enumerate() {
            folded = folded.absorb([record])?;
            if let State::Entitlement(entitlement) = &folded.state
                && self.is_over(entitlement)
            {
                return Ok(Some((index, folded.state)));
            }
        }
        Ok(None)
    }

    fn is_over(&self, entitlement: &Entitlement) -> bool {
        let attempts = entitlement.unit(self.unit).map_or(&[][..], |unit| &unit.attempts);
        let is_it = |attempt: &&Attempt| {
            (attempt.booked_at, attempt.number) == (self.attempt.booked_at, self.attempt.number)
        };
        attempts.iter().find(is_it).is_some_and(|attempt| !attempt.is_open())
    }

    /// The voucher's state as if the right result had been on record.
    fn corrected(&self, state: State, came: &Record) -> State {
        let corrected = ResultCorrected {
            unit: self.unit,
            attempt: self.correction.attempt,
            was: self.attempt.result().unwrap_or(ExamResult::Missed),
            now: self.correction.result,
            sat_at: Some(self.sat_at()),
            becomes: None,
            flips: Vec::new(),
            booked_at: Some(self.attempt.booked_at),
        };
        state.evolve(&corrected.into(), came.recorded_at, came.recorded_at)
    }

    /// The right result, on the candidate's record.
    fn on_record(&self) -> Event {
        AttemptCorrected {
            entitlement: self.entitlement,
            unit: self.unit,
            sat_at: self.sat_at(),
            result: self.correction.result,
            booked_at: Some(self.attempt.booked_at),
        }
        .into()
    }

    /// The candidate's record as if the right result had been on it.
    fn own_corrected(
        &self,
        candidate: &CandidateId,
        before: &[Record],
        came: &Record,
    ) -> Result<Arc<Candidate>, Failure> {
        let folded = Folded::new(&Stream::Candidate(candidate.clone())).absorb(before)?;
        Ok(match folded.state.evolve(&self.on_record(), came.recorded_at, came.recorded_at) {
            State::Candidate(own) => own,
            _ => Arc::default(),
        })
    }

    /// Whether a command corrects the same attempt.
    fn is_corrected_by(&self, step: &Step, entitlement: &Entitlement) -> bool {
        let Command::CorrectResult(c) = &step.asked else { return false };
        let unit = match &c.voucher {
            VoucherRef::Id { unit, .. } => Some(*unit),
            VoucherRef::Code(code) => {
                let has = |unit: &&resit_domain::Unit| unit.code == *code || unit.replaced.contains(code);
                entitlement.units.iter().find(has).map(|unit| unit.no)
            }
        };
        step.entitlement == self.entitlement
            && unit == Some(self.unit)
            && c.attempt == self.correction.attempt
    }
}

impl CommandHandler {
    /// What was decided on other vouchers after a position.
    async fn decided_after(
        &self,
        position: Position,
        vouchers: Vec<EntitlementId>,
        as_of: AsOf,
    ) -> Result<Vec<(EntitlementId, Record)>, Failure> {
        let mut decided = Vec::new();
        for id in vouchers {
            let records = self.records(&Stream::Entitlement(id), as_of).await?;
            let later = records.into_iter().filter(|record| position < record.position);
            decided.extend(later.map(|record| (id, record)));
        }
        Ok(decided)
    }

    /// A stream's records as of a time: asked later, a question is answered as it was.
    async fn records(&self, stream: &Stream, as_of: AsOf) -> Result<Vec<Record>, Failure> {
        let mut records = self.log.read_stream(&stream_id(stream), Position::START).await?;
        if let AsOf::Before(position) = as_of {
            records.retain(|record| record.position < position);
        }
        Ok(records)
    }
}

impl Step {
    /// Whether it was refused.
    pub(super) fn was_refused(&self) -> bool {
        self.record.events.iter().any(|event| event.kind == "CommandRefused")
    }

    /// What it put on the candidate's record.
    pub(super) fn own_facts(&self) -> Result<Vec<(Event, Timestamp)>, Failure> {
        let facts = self.own.iter().flat_map(|record| &record.events);
        facts.map(|data| Ok((decode(data)?, data.happened_at))).collect()
    }
}
