//! Orders that one commit can't hold: one request, several commits, one answer.

use resit_domain::terms::Terms;
use resit_domain::{Command, CommandId, ID_BYTES_MAX, Issue, Pieces, Timestamp};
use resit_event_log::SLICES_MAX;
use resit_states::{AsOf, asked_of};

use crate::gather::Gatherer;
use crate::{CommandHandler, Failure, Outcome, Reply, Request};

/// The most vouchers of one order line.
pub const ORDER_UNITS_MAX: usize = 100_000;

/// The most streams that one commit writes.
const STREAMS_MAX: usize = SLICES_MAX;

impl CommandHandler {
    /// Takes an order of several pieces, in parts if one commit is not enough. The first part has the request's own id.
    ///
    /// What is on record under that id is split as it was then, whatever has been published since. The first part that is
    /// refused is the answer; those before it stay.
    pub(crate) async fn take_order(&self, request: &Request, at: Timestamp) -> Result<Reply, Failure> {
        let Command::Issue(order) = &request.command else { return self.take(request, at).await };
        let begun = self.log.find_command(&request.id).await?;
        let each = match begun.first() {
            None => self.pieces_of_a_commit(order).await?,
            Some(record) => match asked_of(record)?.command {
                Command::Issue(was) if is_part_of(&was, order) => was.pieces().last().unwrap_or(1),
                // That it is on record is for the append to say.
                was if was == request.command => return self.take(request, at).await,
                _ => return self.replay(request, record.position).await,
            },
        };
        if each >= order.quantity {
            return self.take(request, at).await;
        }
        let mut answer: Option<Reply> = None;
        for part in split(request, order, each)? {
            let reply = self.take(&part, at).await?;
            answer = Some(match answer {
                None => reply,
                Some(before) => joined(before, reply),
            });
            if answer.as_ref().is_some_and(|reply| matches!(reply.outcome, Outcome::Refused(_))) {
                break;
            }
        }
        Ok(answer.expect("an order that is split has parts"))
    }

    /// How many pieces of an order go into one commit; all that it asks for, if nobody can say.
    async fn pieces_of_a_commit(&self, order: &Issue) -> Result<u16, Failure> {
        let terms = Gatherer::new(&self.states, &self.key, AsOf::Head).terms_of_order(order).await?;
        let Some(terms) = terms else { return Ok(order.quantity) };
        not_too_large(order, &terms)?;
        let (asked, units) = (order.pieces().len(), usize::from(terms.units()));
        // A piece has a stream of its own and one for each code; one more is the agreement's.
        let each = (STREAMS_MAX - 1) / (1 + units);
        match order.pieces {
            _ if asked <= each => Ok(order.quantity),
            None => Ok(u16::try_from(each).unwrap_or(u16::MAX)),
            Some(_) => Err(Failure::TooLarge { units: asked * units, max: each * units }),
        }
    }
}

/// Answers [`Failure::TooLarge`] if the line has more vouchers than one can have.
pub(crate) fn not_too_large(order: &Issue, terms: &Terms) -> Result<(), Failure> {
    let units = usize::from(order.quantity.max(1)) * usize::from(terms.units());
    if units > ORDER_UNITS_MAX {
        return Err(Failure::TooLarge { units, max: ORDER_UNITS_MAX });
    }
    Ok(())
}

/// Whether a command is the first part of an order, and not the order itself.
fn is_part_of(was: &Issue, order: &Issue) -> bool {
    was.pieces.is_some_and(|pieces| pieces.first == 1) && Issue { pieces: None, ..was.clone() } == *order
}

/// The parts of an order, of `each` pieces.
fn split(request: &Request, order: &Issue, each: u16) -> Result<Vec<Request>, Failure> {
    let part = |first: u16| {
        let last = first.saturating_add(each - 1).min(order.quantity);
        let id =
            if first == 1 { request.id.clone() } else { id_of_part(&request.id, first, order.quantity)? };
        let command = Issue { pieces: Some(Pieces { first, last }), ..order.clone() }.into();
        Ok(Request { id, actor: request.actor.clone(), command, confirm: request.confirm })
    };
    (1..=order.quantity).step_by(usize::from(each)).map(part).collect()
}

fn id_of_part(id: &CommandId, first: u16, quantity: u16) -> Result<CommandId, Failure> {
    let room = format!(":{quantity}").len();
    format!("{id}:{first}")
        .parse()
        .map_err(|_| Failure::IdTooLong { id: id.clone(), max: ID_BYTES_MAX - room })
}

/// One answer out of two. The first part's warnings speak for all, and a refusal is the answer to the whole.
fn joined(mut whole: Reply, part: Reply) -> Reply {
    let Outcome::Accepted { events: more, .. } = part.outcome else {
        // What was issued before is issued all the same.
        let mut entitlements = whole.entitlements.into_vec();
        entitlements.extend(part.entitlements.into_vec());
        return Reply { entitlements: entitlements.into(), ..part };
    };
    if let Outcome::Accepted { events, .. } = &mut whole.outcome {
        events.extend(more);
    }
    let mut entitlements = whole.entitlements.into_vec();
    entitlements.extend(part.entitlements.into_vec());
    whole.entitlements = entitlements.into();
    whole.codes.extend(part.codes);
    whole.position = part.position;
    whole.recorded_at = part.recorded_at;
    whole.replayed &= part.replayed;
    whole
}
