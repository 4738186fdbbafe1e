#![doc = include_str!("../README.md")]

mod common;
mod corrected;
mod entitlement;
mod error;
mod fold;
mod kept;
mod states;
mod touch;

pub use common::{is_common, says_nothing};
pub use corrected::{CorrectedLog, Correction, is_void};
pub use error::StateError;
pub use fold::{Asked, Folded, asked_of, decode, stream_id, stream_of, with_streams};
pub use states::{AsOf, States};
pub use touch::Touch;
