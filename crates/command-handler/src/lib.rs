#![doc = include_str!("../README.md")]

mod commit;
mod counterfactual;
mod explain;
mod failure;
mod fold;
mod gather;
mod handler;
mod reply;
mod states;

pub use explain::{Explanation, HistoryEntry, Seen};
pub use failure::Failure;
pub use fold::{decode, stream_id, stream_of};
pub use handler::{CommandHandler, Settings};
pub use reply::{Happened, Judged, Minted, Outcome, Reply, Request};
pub use states::AsOf;
