//! Words for tests of handlers: an offer, and orders of it.

use std::sync::Arc;

use resit_command_handler::{CommandHandler, Outcome, Reply, Request};
use resit_domain::{Command, Grandfather, Issue, OrderLine, PublishOffer, Timestamp, WithdrawOffer};

pub(crate) const OFFER: &str = include_str!("../../../../deploy/offers/exam-replay.toml");

pub(crate) fn now() -> Timestamp {
    "2026-11-21T12:00Z".parse().unwrap()
}

pub(crate) fn request(id: &str, command: impl Into<Command>) -> Request {
    Request {
        id: id.parse().unwrap(),
        actor: "desk".parse().unwrap(),
        command: command.into(),
        confirm: false,
    }
}

pub(crate) async fn handled(handler: &Arc<CommandHandler>, id: &str, command: impl Into<Command>) -> Reply {
    handler.handle(request(id, command), now()).await.unwrap()
}

pub(crate) async fn publish(handler: &Arc<CommandHandler>) {
    publish_with(handler, str::to_owned).await;
}

/// Publishes the offer with other terms than it has.
pub(crate) async fn publish_with(handler: &Arc<CommandHandler>, change: impl Fn(&str) -> String) {
    let reply = handled(handler, "publish", PublishOffer { source: change(OFFER) }).await;
    assert!(is_yes(&reply), "{:?}", reply.outcome);
}

pub(crate) async fn withdraw(handler: &Arc<CommandHandler>) -> Reply {
    let offer = "exam-replay".parse().unwrap();
    let reply = handled(handler, "withdraw", WithdrawOffer { offer, grandfather: Grandfather::Nobody }).await;
    assert!(is_yes(&reply), "{:?}", reply.outcome);
    reply
}

/// An order of a pack.
pub(crate) fn order(number: &str, exam: Option<&str>) -> Issue {
    let order = OrderLine { shop: "web".parse().unwrap(), number: number.parse().unwrap(), line: 1 };
    Issue {
        order,
        offer: "exam-replay".parse().unwrap(),
        quantity: 1,
        pieces: None,
        purchased_at: None,
        paid: true,
        channel: None,
        region: None,
        agreement: None,
        buyer: Vec::new(),
        combined_with: Vec::new(),
        holder: None,
        exam: exam.map(|exam| exam.parse().unwrap()),
        tier: None,
        contact: None,
        mode: None,
        valid_until: None,
    }
}

/// Whether an order is taken.
pub(crate) async fn sells(handler: &Arc<CommandHandler>, number: &str) -> bool {
    sells_for(handler, number, None).await
}

/// Whether an order is taken that names an exam.
pub(crate) async fn sells_for(handler: &Arc<CommandHandler>, number: &str, exam: Option<&str>) -> bool {
    is_yes(&handled(handler, &format!("issue-{number}"), order(number, exam)).await)
}

pub(crate) fn is_yes(reply: &Reply) -> bool {
    matches!(reply.outcome, Outcome::Accepted { .. })
}
