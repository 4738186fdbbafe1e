//! What records changed, collected until it is written: a row is written once for all that changed it.

use std::collections::{BTreeSet, HashMap};

use resit_domain::{
    CandidateId, Command, EntitlementId, Event, Fingerprint, OrderLine, State, Stream, UnitNo,
};
use resit_event_log::{Position, Record};
use resit_states::{Folded, States, Touch, asked_of, decode};

use crate::{ProjectionError, RefusedOrder};

/// Which rows of an entitlement are to be written, beside its view.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Changed {
    /// It is new: every list that it is a member of for good.
    pub(crate) issued: bool,
    /// Somebody may be served by it who was not before.
    pub(crate) served: bool,
    /// Its offer has another version, which may count by another calendar.
    pub(crate) offered: bool,
}

/// An entitlement whose rows are to be written.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub(crate) changed: Changed,
    /// As it stands behind the records, if any of them is its own.
    pub(crate) state: Option<Folded>,
}

/// How many vouchers an entitlement has; at least one.
fn vouchers(state: &State) -> usize {
    match state {
        State::Entitlement(entitlement) => entitlement.units.len().max(1),
        _ => 1,
    }
}

/// What records changed.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) entitlements: HashMap<EntitlementId, Touched>,
    /// Things that many entitlements hang on.
    pub(crate) shared: BTreeSet<Touch>,
    pub(crate) codes: Vec<(Fingerprint, EntitlementId, UnitNo)>,
    /// Whoever a voucher was meant for; such an assignment may be gone again by the time it is written.
    pub(crate) assigned: BTreeSet<(CandidateId, EntitlementId)>,
    /// Orders that a rule said no to.
    pub(crate) refused: Vec<(OrderLine, Position, RefusedOrder)>,
    /// The last record that is in it.
    pub(crate) last: Option<Record>,
    /// How many vouchers the entitlements have.
    vouchers: usize,
}

impl Pending {
    /// How much there is of what grows with the log, in vouchers: what is kept of each takes about 2 KiB.
    pub(crate) fn len(&self) -> usize {
        (self.vouchers + self.refused.len()).max(self.codes.len()).max(self.assigned.len())
    }

    /// Takes records in that follow each other in the log.
    pub(crate) async fn take_in(
        &mut self,
        records: &[(Stream, &Record)],
        states: &States,
    ) -> Result<(), ProjectionError> {
        let (mut own, mut shared) = (Vec::new(), Vec::new());
        for (stream, record) in records {
            self.refused_order(record)?;
            match stream {
                Stream::Entitlement(id) => own.push((*id, *record)),
                Stream::Code(code) => self.code(*code, record)?,
                Stream::Offer(_) | Stream::Agreement(_) | Stream::Calendar(_) | Stream::Zones(_) => {
                    shared.push((stream.clone(), *record));
                }
                _ => {}
            }
        }
        states.take_in(&shared).await?;
        let touches = shared.iter().map(|(stream, record)| Touch::on(stream, record));
        self.shared.extend(touches.filter(|touch| *touch != Touch::Nothing));
        // What came of one entitlement is folded at once. The sort keeps the order of its records.
        own.sort_by_key(|(id, _)| *id);
        for of_one in own.chunk_by(|(one, _), (other, _)| one == other) {
            let records: Vec<_> = of_one.iter().map(|(_, record)| *record).collect();
            self.entitlement(of_one[0].0, &records, states).await?;
        }
        if let Some((_, last)) = records.last() {
            self.last = Some((*last).clone());
        }
        Ok(())
    }

    async fn entitlement(
        &mut self,
        id: EntitlementId,
        records: &[&Record],
        states: &States,
    ) -> Result<(), ProjectionError> {
        let stream = Stream::Entitlement(id);
        let at_hand = self.entitlements.get_mut(&id).and_then(|touched| touched.state.take());
        let looks_same = at_hand.is_none() && records.iter().all(|r| Touch::on(&stream, r) == Touch::Nothing);
        let state = states.behind(&stream, at_hand, records).await?;
        if looks_same {
            states.put_back(&stream, state);
            return Ok(());
        }
        let touched = self.entitlements.entry(id).or_insert_with(|| {
            self.vouchers += vouchers(&state.state);
            Touched::default()
        });
        touched.state = Some(state);
        for data in records.iter().flat_map(|record| &record.events) {
            let changed = &mut touched.changed;
            match &*data.kind {
                "VoucherIssued" => (changed.issued, changed.served) = (true, true),
                "HolderBound" | "ExamScheduled" => changed.served = true,
                "VoucherAssigned" => {
                    if let Event::VoucherAssigned(e) = decode(data)? {
                        self.assigned.insert((e.candidate, id));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A refusal stands on whatever the command is about; of which order it is, the command itself says.
    fn refused_order(&mut self, record: &Record) -> Result<(), ProjectionError> {
        for data in record.events.iter().filter(|data| data.kind == "CommandRefused") {
            if let (Command::Issue(asked), Event::CommandRefused(said)) =
                (asked_of(record)?.command, decode(data)?)
            {
                let refused = RefusedOrder {
                    command: record.command.clone(),
                    position: record.position.0,
                    recorded_at: record.recorded_at,
                    offer: asked.offer,
                    quantity: asked.quantity,
                    refusal: said.refusal,
                };
                self.refused.push((asked.order, record.position, refused));
            }
        }
        Ok(())
    }

    fn code(&mut self, code: Fingerprint, record: &Record) -> Result<(), ProjectionError> {
        for data in &record.events {
            if let Event::CodeMinted(minted) = decode(data)? {
                self.codes.push((code, minted.entitlement, minted.unit));
            }
        }
        Ok(())
    }
}
