#![doc = include_str!("../README.md")]

mod agenda;
mod error;
mod following;
mod scheduler;
mod sending;

pub use agenda::Agenda;
pub use error::SchedulerError;
pub use scheduler::ExpiryScheduler;
