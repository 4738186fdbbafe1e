#![doc = include_str!("../README.md")]

mod digest;
mod error;
mod key;
mod lookup;
mod page;
mod pending;
mod projector;
mod rows;
mod writing;

pub use error::ProjectionError;
pub use key::describe;
pub use lookup::{CandidateRow, Inventory};
pub use page::List;
pub use projector::Projector;
