//! Why a command was answered as it was.

use resit_domain::{
    Actor, Command, CommandId, EntitlementId, Event, Judge, Judgement, LAW, Stream, Timestamp, UnitNo,
};
use resit_event_log::{Position, Record};
use resit_states::{AsOf, Asked, asked_of, stream_of};

use crate::gather::{Gathered, Gatherer};
use crate::handler::accepted;
use crate::{CommandHandler, Failure, Happened, Outcome, Request};

/// How long before a command went on record what it only read may have changed, and not have been seen: an append asserts the
/// streams that it writes, and no others, and its handler may have been stopped right before it.
const UNSEEN_MAX_MS: i64 = 60_000;

/// How many moments before it are tried. Each is a judgement from the beginning of every stream that was read, and a busy
/// agreement changes without end; who lags does so by a few changes.
const MOMENTS_MAX: usize = 16;

/// Why a command was answered as it was: its judgement, made again by what was known then.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The command's position: its first record.
    pub position: Position,
    /// The instant it was judged by.
    pub judged_at: Timestamp,
    /// Who gave it.
    pub actor: Actor,
    /// What was asked.
    pub command: Command,
    /// The voucher that it names, if it was about that: what a dead code led to is not told.
    pub voucher: Option<(EntitlementId, UnitNo)>,
    /// Each rule, with its inputs and outcome.
    pub judgements: Vec<Judgement>,
    /// The number of the law that it was judged by.
    pub law: u16,
    /// What is on record as its outcome.
    pub events: Vec<Happened>,
    /// Whether the judgement made again agrees with the record: by what was on record right before it, or a moment earlier for
    /// the streams that it only read. These all move back together, to each of the last few moments: a command that saw one
    /// of them change, but not another that had changed before, is not found so.
    pub agrees: bool,
    /// If it agrees by an earlier moment: what was put on record from this position on, of what it only read, had not been seen
    /// when it was judged.
    pub unseen_from: Option<Position>,
}

impl CommandHandler {
    /// Why a command was answered as it was.
    ///
    /// # Errors
    ///
    /// [`Failure::UnknownCommand`] if no command with this id is on record.
    pub async fn why(&self, id: &CommandId) -> Result<Explanation, Failure> {
        let records = self.log.find_command(id).await?;
        let first = records.first().ok_or_else(|| Failure::UnknownCommand(id.clone()))?;
        let Asked { at, command, law, impact, confirmed } = asked_of(first)?;
        let request = Request { id: id.clone(), actor: first.actor.clone(), command, confirm: confirmed };
        let events = Self::happened(&records)?;
        let written =
            records.iter().map(|record| stream_of(&record.stream)).collect::<Result<Vec<_>, _>>()?;
        let before = AsOf::Before(first.position);
        let mut gathered = match &request.command {
            Command::CorrectTime(correction) => {
                Box::pin(self.gather_span(&request, correction, at, before)).await?
            }
            _ => self.gather(&request, before).await?,
        };
        gathered.known.law = Some(law);
        // What was counted then is on record beside the command; where nobody counted, nothing is asked.
        let as_counted = |gathered: &mut Gathered| {
            gathered.known.impact.clone_from(&impact);
            gathered.known.confirmed = confirmed;
        };
        as_counted(&mut gathered);
        let (mut judgements, mut agrees) = judged_again(&gathered, &request.command, at, law, &events);
        let by_the_record = judgements.clone();
        let mut unseen_from = None;
        for _ in 0..MOMENTS_MAX {
            if agrees {
                break;
            }
            let Some(moment) = self.unseen(&gathered, &written, first).await? else { break };
            let reading = Gatherer::new(&self.states, &self.key, AsOf::Before(moment));
            let reading = reading.but(&written, before);
            gathered = match self.gather_with(reading, &request, before).await {
                Ok(earlier) => earlier,
                // By what stood there earlier it would not even have been taken.
                Err(Failure::TooLarge { .. }) => break,
                Err(failure) => return Err(failure),
            };
            gathered.known.law = Some(law);
            as_counted(&mut gathered);
            (judgements, agrees) = judged_again(&gathered, &request.command, at, law, &events);
            unseen_from = Some(moment);
        }
        Ok(Explanation {
            position: first.position,
            judged_at: at,
            actor: request.actor,
            voucher: named(&gathered, &request.command, &written),
            command: request.command,
            law,
            judgements: if agrees { judgements } else { by_the_record },
            events,
            agrees,
            unseen_from: unseen_from.filter(|_| agrees),
        })
    }

    /// The last change of what a command read and did not write, if it came so late that it may not have been seen.
    async fn unseen(
        &self,
        gathered: &Gathered,
        written: &[Stream],
        command: &Record,
    ) -> Result<Option<Position>, Failure> {
        let read = gathered.read.iter().filter(|(stream, _)| !written.contains(stream));
        let Some(last) = read.map(|(_, folded)| folded.revision).max() else { return Ok(None) };
        let Some(before) = last.0.checked_sub(1) else { return Ok(None) };
        let change = self.log.read(Position(before), 1).await?;
        let was_late = |change: &Record| change.recorded_at.plus_millis(UNSEEN_MAX_MS) >= command.recorded_at;
        Ok(change.first().is_some_and(was_late).then_some(last))
    }
}

/// The voucher that a command names and that it wrote to.
fn named(gathered: &Gathered, command: &Command, written: &[Stream]) -> Option<(EntitlementId, UnitNo)> {
    command.voucher()?;
    let id = gathered.known.entitlement.as_deref()?.id;
    written.contains(&Stream::Entitlement(id)).then_some((id, gathered.known.unit?))
}

/// A judgement made again, and whether it agrees with what is on record: by the same law in every fact, by another one in its
/// answer.
fn judged_again(
    gathered: &Gathered,
    command: &Command,
    at: Timestamp,
    law: u16,
    events: &[Happened],
) -> (Vec<Judgement>, bool) {
    let mut judge = Judge::thorough();
    let judged = gathered.known.decide(command, at, &mut judge);
    let refused = events.iter().find_map(|happened| match &happened.event {
        Event::CommandRefused(e) => Some(&e.refusal),
        _ => None,
    });
    let agrees = match judged.map(accepted) {
        Ok(Outcome::Accepted { .. }) if law != LAW => refused.is_none(),
        Ok(Outcome::Accepted { events: again, .. }) => again == events,
        Ok(Outcome::Refused(refusal)) | Err(refusal) if law != LAW => {
            refused.is_some_and(|refused| refused.rule == refusal.rule)
        }
        Ok(Outcome::Refused(refusal)) | Err(refusal) => refused == Some(&refusal),
    };
    (judge.into_judgements(), agrees)
}
