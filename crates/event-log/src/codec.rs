//! The stored form of a commit: one versioned MessagePack map with named fields, the same on every log.
//!
//! ```text
//! { v: 1, command: str, actor: str, at: ms, body: bin,
//!   slices: [{ stream: str, expected: position, events: [{ type: str, v: int, at: ms, body: bin }] }] }
//! ```
//!
//! A reader passes over fields it doesn't know, so fields may be added inside version 1; a changed or removed
//! field needs version 2. Positions and recorded times are not here: only the log's writer knows them.

mod decode;
mod encode;

pub use decode::{DecodeError, Outline, decode, outline};
pub use encode::{encode, encode_into, stored_bytes_max};

#[cfg(test)]
mod tests;

/// The envelope version that is written; the newest that can be read.
pub const ENVELOPE_VERSION: u32 = 1;
