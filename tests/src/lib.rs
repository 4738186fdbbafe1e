//! Shared by the integration tests.

pub mod cluster;
pub mod dice;
pub mod faketime;
pub mod kill;
mod ledger;
pub use resit_bench::life;
pub mod naive;
pub mod openapi;
pub mod process;
mod server;
pub mod tools;
pub mod wrong_clock;

pub use ledger::{Ledger, handler};
pub use server::Server;
