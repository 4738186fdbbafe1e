#![doc = include_str!("../README.md")]

mod digest;
mod error;
mod goodwill;
mod key;
mod lookup;
mod members;
mod offer;
mod order;
mod pack;
mod page;
mod pending;
mod projector;
mod rows;
mod writing;

pub use error::ProjectionError;
pub use goodwill::{InvalidPlace, PendingGoodwill, PendingPlace};
pub use key::describe;
pub use lookup::{CandidateUnit, Inventory};
pub use offer::OfferRow;
pub use order::{OrderPage, OrderedLine, RefusedOrder};
pub use page::List;
pub use projector::Projector;
