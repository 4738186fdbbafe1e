#![doc = include_str!("../README.md")]

mod app;
mod asked;
mod beyond;
mod body;
mod caller;
mod catalogue;
mod clock;
mod command;
mod door;
mod examples;
mod gauges;
mod hatch;
mod health;
mod in_flight;
mod lag;
mod lists;
mod metrics;
mod monitor;
mod order;
mod parameters;
mod questions;
mod reading;
mod respond;
mod router;
mod serve;
mod unknown_codes;
mod upkeep;

pub use app::{Answers, App, Follower, Front, Limits, Parts};
pub use beyond::{Beyond, Brought, Onward};
pub use caller::{Auth, Caller};
pub use clock::{Clock, ClockFixed};
pub use gauges::Gauges;
pub use hatch::{HandedIn, Hatch};
pub use router::router;
pub use serve::{STOP_S_MAX, serve, serve_monitor};
pub use upkeep::{NoUpkeep, Upkeep, UpkeepFailure};
