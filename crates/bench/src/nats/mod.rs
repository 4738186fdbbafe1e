//! The same life over a log on NATS JetStream, beside a bare publisher and a bare consumer.

mod among_others;
mod bed;
mod floor;
mod follow;
mod publisher;
mod shape;

use std::sync::Arc;

use resit_event_log::EventLog;
use resit_jetstream_log::JetStreamLog;
use resit_nats::Settings;

use crate::BenchError;
use crate::in_process::lives;
use crate::run::{Plan, Row, row};
use among_others::AmongOthers;
use bed::Bed;
use shape::Shape;

pub use follow::{Followed, followed};

/// Lives by so many clients on a new ledger on these servers, and a bare publisher of the same messages with the same
/// expectations, by turns. Ledgers are made for it, and removed.
pub async fn over_nats(plan: &Plan, settings: &Settings, clients: u64) -> Result<Row, BenchError> {
    let (mut ledgers, mut floors) = (Vec::new(), Vec::new());
    for round in 0..plan.rounds.max(1) {
        let bed = Bed::make(settings, &format!("{clients}-{round}")).await?;
        let log: Arc<dyn EventLog> = Arc::new(JetStreamLog::open(bed.link.clone()).await?);
        let of_many = AmongOthers::ready(&log).await?;
        ledgers.push(lives(&of_many.handler, clients, plan.round, COMMANDS_PER_SECOND).await?);
        drop(of_many);
        let shape = Shape::of(&bed.link, &*log).await?;
        bed.remove().await?;
        let bed = Bed::make(settings, &format!("{clients}-{round}-bare")).await?;
        floors.push(floor::publishes(&bed.link, &shape, clients, plan.round).await?);
        bed.remove().await?;
    }
    Ok(row(ledgers, floors))
}

/// More than any number of clients gets through here in a second.
const COMMANDS_PER_SECOND: u64 = 60_000;

/// What was measured did not work.
fn broken(error: &dyn std::error::Error) -> BenchError {
    BenchError::Broken(error.to_string())
}
