//! Looking back: what an entitlement is, and how it came to be so.

use std::sync::Arc;

use resit_domain::{
    Actor, Command, CommandId, Entitlement, EntitlementId, EntitlementView, Event, Fingerprint, Known,
    Stream, Timestamp, UnitNo, VoucherRef,
};
use resit_event_log::{Position, Record};

use crate::gather::Gatherer;
use crate::moved::EndMoved;
use crate::{CommandHandler, Failure, Happened, Minted, Request, Views};
use resit_states::{AsOf, asked_of, decode, stream_id, stream_of};

/// One fact of a history.
#[derive(Debug, Clone)]
pub struct HistoryEntry {
    /// Where it stands.
    pub position: Position,
    /// When it was put on record.
    pub recorded_at: Timestamp,
    /// When it happened.
    pub happened_at: Timestamp,
    /// The command that caused it.
    pub command: CommandId,
    /// Who gave that.
    pub actor: Actor,
    /// The unit that it is about; none for the whole entitlement.
    pub unit: Option<UnitNo>,
    /// What was asked, if a rule said no to it: the fact alone does not say that.
    pub asked: Option<Command>,
    /// The fact. Of a publication, the text of its file is left out.
    pub event: Event,
    /// For a publication: the end that it moved, of this unit or of every live one.
    pub end_moved: Option<EndMoved>,
}

/// How much of the record is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// Only what had happened by then.
    pub as_of: Option<Timestamp>,
    /// Only what was on record by then.
    pub known_at: Option<Timestamp>,
}

impl CommandHandler {
    /// Where a code leads, if anywhere.
    pub async fn resolve(&self, code: Fingerprint) -> Result<Option<(EntitlementId, UnitNo)>, Failure> {
        Gatherer::new(&self.states, &self.key, AsOf::Head).resolve(code).await
    }

    /// An entitlement as it stands, or stood; none if nothing was issued under this id.
    pub async fn view(&self, id: EntitlementId, seen: Seen) -> Result<Option<EntitlementView>, Failure> {
        let as_of = match (seen.as_of, seen.known_at) {
            (None, None) => AsOf::Head,
            (None, Some(recorded)) => AsOf::KnownAt(recorded),
            (Some(happened), recorded) => {
                AsOf::Happened { happened, recorded: recorded.unwrap_or(Timestamp::MAX) }
            }
        };
        Ok(self.known(id, as_of).await?.view())
    }

    /// When the next thing of an entitlement falls due.
    pub async fn next_due(&self, id: EntitlementId) -> Result<Option<Timestamp>, Failure> {
        Ok(self.known(id, AsOf::Head).await?.next_due())
    }

    async fn known(&self, id: EntitlementId, as_of: AsOf) -> Result<Known, Failure> {
        Ok(self.states.entitlement(id, as_of).await?)
    }

    /// The facts on an entitlement's stream, and the publications that moved its ends, oldest first.
    pub async fn history(&self, id: EntitlementId, seen: Seen) -> Result<Vec<HistoryEntry>, Failure> {
        let stream = Stream::Entitlement(id);
        let records = self.log.read_stream(&stream_id(&stream), Position::START).await?;
        let mut entries = self.facts(&records, seen).await?;
        entries.extend(Box::pin(self.moves_of(&stream, &records, seen)).await?);
        entries.sort_by_key(|entry| entry.position);
        Ok(entries)
    }

    /// The facts of an entitlement's records, oldest first.
    async fn facts(&self, records: &[Record], seen: Seen) -> Result<Vec<HistoryEntry>, Failure> {
        let mut entries = Vec::new();
        for record in records.iter().filter(|record| seen.known_at.is_none_or(|at| record.recorded_at <= at))
        {
            for data in record.events.iter().filter(|data| seen.as_of.is_none_or(|at| data.happened_at <= at))
            {
                let event = decode(data)?;
                let asked = match event {
                    Event::CommandRefused(_) => Some(asked_of(record)?.command),
                    _ => None,
                };
                let unit = match asked.as_ref().and_then(Command::voucher) {
                    Some(VoucherRef::Id { unit, .. }) => Some(*unit),
                    Some(VoucherRef::Code(code)) => self.resolve(*code).await?.map(|(_, unit)| unit),
                    None => event.unit(),
                };
                entries.push(HistoryEntry {
                    position: record.position,
                    recorded_at: record.recorded_at,
                    happened_at: data.happened_at,
                    command: record.command.clone(),
                    actor: record.actor.clone(),
                    unit,
                    asked,
                    event,
                    end_moved: None,
                });
            }
        }
        Ok(entries)
    }

    /// The newest command on an entitlement that a rule said no to. If a unit is named, one on that, or on all of them.
    pub async fn last_refused(
        &self,
        id: EntitlementId,
        unit: Option<UnitNo>,
    ) -> Result<Option<CommandId>, Failure> {
        let records = self.log.read_stream(&stream_id(&Stream::Entitlement(id)), Position::START).await?;
        let history = self.facts(&records, Seen::default()).await?;
        let concerns = |entry: &HistoryEntry| match (unit, entry.unit) {
            (Some(unit), Some(of)) => unit == of,
            _ => true,
        };
        let refused = |entry: &HistoryEntry| matches!(entry.event, Event::CommandRefused(_));
        let mut newest = history.into_iter().rev();
        Ok(newest.find(|entry| refused(entry) && concerns(entry)).map(|entry| entry.command))
    }

    pub(crate) fn happened(records: &[Record]) -> Result<Vec<Happened>, Failure> {
        let mut happened = Vec::new();
        for record in records {
            let stream = stream_of(&record.stream)?;
            for data in &record.events {
                happened.push(Happened {
                    stream: stream.clone(),
                    happened_at: data.happened_at,
                    event: decode(data)?,
                });
            }
        }
        Ok(happened)
    }

    /// The entitlements that a command is about as they stand now, and the codes that it makes.
    pub(crate) async fn shown_now(
        &self,
        request: &Request,
        known: Known,
    ) -> Result<(Views, Vec<Minted>), Failure> {
        let ids: Vec<EntitlementId> = match &request.command {
            Command::Issue(_) => known.pieces.clone(),
            _ => known.entitlement.iter().map(|entitlement| entitlement.id).collect(),
        };
        let mut now = Vec::with_capacity(ids.len());
        let mut around = Known { unit: known.unit, ..Known::default() };
        for id in ids {
            let known_now = self.known(id, AsOf::Head).await?;
            // A piece that was not issued hangs on nothing: no other can be shown by what is known of it.
            let Some(issued) = known_now.entitlement.clone().filter(|one| one.issued.is_some()) else {
                continue;
            };
            now.push(issued);
            around = Known { unit: known.unit, ..known_now };
        }
        Ok(self.shown(request, around, now))
    }

    /// The entitlements `now`, with all that they hang on in `known`, and the codes that a command makes.
    pub(crate) fn shown(
        &self,
        request: &Request,
        mut known: Known,
        now: Vec<Arc<Entitlement>>,
    ) -> (Views, Vec<Minted>) {
        let named = known.unit;
        let now = if now.is_empty() { known.entitlement.take().into_iter().collect() } else { now };
        let mut codes = Vec::new();
        for entitlement in &now {
            let mints = |no: UnitNo| match &request.command {
                Command::Issue(_) => true,
                Command::ReplaceCode(_) => named == Some(no),
                _ => false,
            };
            for unit in entitlement.units.iter().filter(|unit| mints(unit.no)) {
                let generation = u16::try_from(unit.replaced.len()).unwrap_or(u16::MAX);
                let code = self.key.derive(entitlement.id, unit.no, generation);
                // Under another key than the one it was issued with, a code can't be shown again; it still works.
                if code.fingerprint() == unit.code {
                    codes.push(Minted { entitlement: entitlement.id, unit: unit.no, code });
                }
            }
        }
        (Views::of(now, known), codes)
    }
}
