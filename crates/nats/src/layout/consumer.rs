//! The table of durable consumers.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};

use super::Durable;
use crate::{Names, User, UserKind, token};

/// How long somebody may work at a message before it is given out again.
const ACK_WAIT: Duration = Duration::from_secs(30);

/// How many messages may be at work.
const ACK_PENDING_MAX: i64 = 4096;

/// How many events may be at work or wait. What waits for an order must never keep that order from coming in.
const WAITING_MAX: i64 = 1_000_000;

pub(super) fn of(names: &Names, users: &[User]) -> Vec<Durable> {
    let intake = User::of_every_ledger().into_iter().filter(|user| user.kind() == UserKind::Intake);
    let mut users: Vec<User> = intake.chain(users.iter().cloned()).collect();
    users.sort();
    users.dedup();
    users.iter().flat_map(|user| durables(names, user)).collect()
}

fn durables(names: &Names, user: &User) -> Vec<Durable> {
    let (filter, about, pending_max) = match user.kind() {
        UserKind::Purchase | UserKind::Delivery => {
            let name = token(user.name().unwrap_or_default());
            (
                format!("{}.outcome.{name}.>", names.ledger()),
                format!("what came of the events of {user}"),
                ACK_PENDING_MAX,
            )
        }
        UserKind::Reporting => (String::new(), format!("facts for {user}"), ACK_PENDING_MAX),
        _ => (String::new(), "events to be taken in".to_owned(), WAITING_MAX),
    };
    let durable = |(stream, name): (String, String)| Durable {
        stream,
        name: name.clone(),
        config: pull::Config {
            durable_name: Some(name.clone()),
            name: Some(name),
            description: Some(about.clone()),
            deliver_policy: DeliverPolicy::All,
            ack_policy: AckPolicy::Explicit,
            ack_wait: ACK_WAIT,
            // For ever: whoever takes messages decides when it is enough.
            max_deliver: -1,
            max_ack_pending: pending_max,
            filter_subject: filter.clone(),
            ..pull::Config::default()
        },
    };
    user.consumers(names).into_iter().map(durable).collect()
}
