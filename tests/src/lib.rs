//! Shared by the integration tests.

pub mod bulk;
pub mod cluster;
// The same failing device as the embedded log is tried on.
#[path = "../../crates/embedded-log/tests/proofs/device.rs"]
mod device;
pub mod dice;
pub mod faketime;
pub mod impact;
pub mod kill;
mod ledger;
pub use resit_bench::life;
pub mod measured;
pub mod naive;
pub mod openapi;
pub mod partition;
pub mod process;
mod server;
pub mod tools;
pub mod wrong_clock;

pub use ledger::{Ledger, handler};
pub use server::{Server, ended_within};
