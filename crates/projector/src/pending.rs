//! What records changed, collected until it is written: a row is written once for all that changed it.

use std::collections::{BTreeSet, HashMap};

use resit_domain::{CandidateId, Command, EntitlementId, Event, Fingerprint, OrderLine, Stream, UnitNo};
use resit_event_log::{Position, Record};
use resit_states::{Touch, asked_of, decode};

use crate::{ProjectionError, RefusedOrder};

/// Which rows of an entitlement are to be written, beside its view.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Changed {
    /// It is new: every list that it is a member of for good.
    pub(crate) issued: bool,
    /// Somebody may be served by it who was not before.
    pub(crate) served: bool,
}

/// What records changed.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) entitlements: HashMap<EntitlementId, Changed>,
    /// Things that many entitlements hang on.
    pub(crate) shared: BTreeSet<Touch>,
    pub(crate) codes: Vec<(Fingerprint, EntitlementId, UnitNo)>,
    /// Whoever a voucher was meant for; such an assignment may be gone again by the time it is written.
    pub(crate) assigned: BTreeSet<(CandidateId, EntitlementId)>,
    /// Orders that a rule said no to.
    pub(crate) refused: Vec<(OrderLine, Position, RefusedOrder)>,
    /// The last record that is in it.
    pub(crate) last: Option<Record>,
}

impl Pending {
    /// How much there is of what grows with the log.
    pub(crate) fn len(&self) -> usize {
        self.entitlements.len() + self.refused.len()
    }

    /// Takes records in, in their order.
    pub(crate) fn take_in(&mut self, records: &[(Stream, &Record)]) -> Result<(), ProjectionError> {
        for (stream, record) in records {
            self.refused_order(record)?;
            match Touch::on(stream, record) {
                Touch::Entitlement(id) => self.entitlement(id, record)?,
                Touch::Nothing => self.code(stream, record)?,
                shared => {
                    self.shared.insert(shared);
                }
            }
        }
        if let Some((_, last)) = records.last() {
            self.last = Some((*last).clone());
        }
        Ok(())
    }

    fn entitlement(&mut self, id: EntitlementId, record: &Record) -> Result<(), ProjectionError> {
        let changed = self.entitlements.entry(id).or_default();
        for data in &record.events {
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

    fn code(&mut self, stream: &Stream, record: &Record) -> Result<(), ProjectionError> {
        let Stream::Code(code) = stream else { return Ok(()) };
        for data in &record.events {
            if let Event::CodeMinted(minted) = decode(data)? {
                self.codes.push((*code, minted.entitlement, minted.unit));
            }
        }
        Ok(())
    }
}
