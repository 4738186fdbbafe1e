#![doc = include_str!("../README.md")]

mod announcer;
mod asked;
mod bounded;
mod cloud_event;
mod commands;
pub mod contract;
mod counts;
mod data;
mod error;
mod event_type;
mod fact;
mod failing;
mod intake;
mod outcome;
pub mod parked;
mod poison;
mod sender;
mod sent;
mod settle;
mod take;
mod waiting;
mod withhold;

pub use announcer::{Announcer, Trouble};
pub use bounded::Truncated;
pub use cloud_event::{CloudEvent, Encoding};
pub use commands::{Commands, OwnHandler};
pub use counts::Counts;
pub use error::IntakeError;
pub use event_type::EventType;
pub use fact::Fact;
pub use failing::Failing;
pub use intake::{Intake, Now, Settings};
pub use outcome::{ACCEPTED, About, Answered, EventAnswered, EventParked, PARKED, REFUSED, TruncatedOrder};
pub use poison::{Poison, Reason};
pub use sender::Subject;
pub use waiting::waiting;

use resit_domain::Timestamp;

/// A server's time as an instant of this ledger's.
fn instant(time: async_nats::datetime::DateTime) -> Timestamp {
    let millis = i64::try_from(time.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX);
    Timestamp::from_millis(millis).unwrap_or(Timestamp::MAX)
}
