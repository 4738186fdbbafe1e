//! Shared by the integration tests.

pub mod kill;
pub mod life;
pub mod naive;
