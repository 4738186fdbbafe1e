//! Requests made up from an OpenAPI document, valid and broken, and the answers held against it.
//!
//! Nothing here knows the API that it tries. What a name may mean in it is told by [`Hints`].

mod answer;
mod body_faults;
mod broken;
mod document;
mod expected;
mod hints;
mod known;
mod made;
mod pattern;
mod request;
mod values;
mod wire;

pub use answer::{Found, check};
pub use broken::Fault;
pub use document::{Document, Operation, Parameter};
pub use expected::Expected;
pub use hints::Hints;
pub use known::Known;
pub use made::Maker;
pub use request::{Made, Request};
pub use wire::{Answer, Connection};
