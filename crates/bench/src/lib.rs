#![doc = include_str!("../README.md")]

mod clock;
mod drive;
mod error;
mod floor;
mod http;
mod in_process;
pub mod life;
mod log_alone;
mod nats;
mod run;
mod server;
mod upkeep;

pub use drive::Measured;
pub use error::BenchError;
pub use nats::{Followed, followed, over_nats};
pub use run::{InProcessRow, Plan, Row, Upkeep, commands, expiry, log, over_http, upkeep};
pub use upkeep::Pass;
