//! Shared by the integration tests.

pub mod kill;
pub use resit_bench::life;
pub mod naive;
