#![doc = include_str!("../README.md")]

mod app;
mod asked;
mod body;
mod caller;
mod catalogue;
mod clock;
mod command;
mod door;
mod gauges;
mod health;
mod in_flight;
mod lists;
mod metrics;
mod order;
mod parameters;
mod questions;
mod reading;
mod respond;
mod router;
mod serve;
mod unknown_codes;
mod upkeep;

pub use app::{App, Limits, Parts};
pub use caller::{Auth, Caller};
pub use clock::{Clock, ClockFixed};
pub use gauges::Gauges;
pub use router::router;
pub use serve::{STOP_S_MAX, serve};
pub use upkeep::{Upkeep, UpkeepFailure};
