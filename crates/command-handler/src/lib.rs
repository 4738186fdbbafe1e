#![doc = include_str!("../README.md")]

mod again;
mod basis;
mod commit;
mod completion;
mod counterfactual;
mod explain;
mod failure;
mod following;
mod freshness;
mod gather;
mod handler;
mod latest;
mod line;
mod order;
mod own;
mod presume;
mod replay;
mod reply;
mod senders_id;
mod time;
mod views;
mod why;

pub use completion::{Completion, ToCompletion};
pub use explain::{HistoryEntry, Seen};
pub use failure::Failure;
pub use following::Following;
pub use freshness::Stopwatch;
pub use handler::{CommandHandler, Settings};
pub use latest::TrustedNow;
pub use line::LinePage;
pub use order::ORDER_UNITS_MAX;
pub use reply::{Happened, Judged, Minted, Outcome, Reply, Request};
pub use resit_states::{AsOf, StateError, decode, stream_id, stream_of};
pub use views::Views;
pub use why::Explanation;
