//! Vouchers that are bought by the hundred in one order line.

use std::sync::Arc;

use resit_command_handler::{CommandHandler, Outcome, Request};
use resit_domain::{Command, PublishOffer, Timestamp};

use crate::life;

const OFFER: &str = include_str!("../../deploy/offers/exam-replay.toml");

/// As many vouchers as one commit holds.
pub const EACH: u16 = 499;

/// The offer of [`life`], whose newest version governs until a voucher is first registered.
pub fn offer() -> String {
    replaced(OFFER, "terms_in_force = \"purchase\"", "terms_in_force = \"scheduling\"")
}

/// A later version, by which every voucher ends six months later.
pub fn longer() -> String {
    replaced(&offer(), "purchase + P12M", "purchase + P18M")
}

/// An offer of packs of so many vouchers.
pub fn packs_of(count: u16) -> String {
    let plain = OFFER.split("[[example]]").next().expect("a text has a beginning");
    let named = replaced(plain, "id = \"exam-replay\"", "id = \"pack\"");
    replaced(
        &named,
        "count = 1                                   # S0-1: one exam",
        &format!("count = {count}"),
    )
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "the offer says {from}");
    text.replace(from, to)
}

/// An order of so many pieces of an offer.
pub fn order(number: u64, offer: &str, pieces: u16) -> Request {
    let mut request = life::command(number, 0);
    if let Command::Issue(issue) = &mut request.command {
        (issue.quantity, issue.offer) = (pieces, offer.parse().expect("it is written as ids are"));
        // Bought when it is judged, under the version of that day.
        issue.purchased_at = None;
    }
    request
}

/// The publication of an offer's text.
pub fn publication(id: &str, source: String) -> Request {
    let id = id.parse().expect("it is written as ids are");
    let actor = "load".parse().expect("it is written as ids are");
    Request { id, actor, command: PublishOffer { source }.into(), confirm: false }
}

/// Publishes [`longer`], a day after everything was bought.
pub async fn publish_longer(handler: &Arc<CommandHandler>) {
    const DAY_MS: i64 = 86_400_000;
    give_at(handler, publication("longer", longer()), life::judged_at().plus_millis(DAY_MS)).await;
}

/// Gives a command that the rules must not refuse, on the day on which everything is bought.
///
/// # Panics
///
/// If they do, or the ledger gives no answer.
pub async fn give(handler: &Arc<CommandHandler>, request: Request) {
    give_at(handler, request, life::judged_at()).await;
}

/// The same, at another time.
///
/// # Panics
///
/// If the rules refuse it, or the ledger gives no answer.
pub async fn give_at(handler: &Arc<CommandHandler>, request: Request, at: Timestamp) {
    let reply = handler.handle(request, at).await.expect("the ledger answers");
    if let Outcome::Refused(refusal) = reply.outcome {
        panic!("{refusal}");
    }
}
