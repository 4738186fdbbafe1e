#![doc = include_str!("../README.md")]

mod agenda;
mod comparing;
mod error;
mod following;
mod progress;
mod scheduler;
mod sending;
mod tick;

pub use agenda::Agenda;
pub use error::SchedulerError;
pub use progress::{Activity, Progress};
pub use scheduler::ExpiryScheduler;
