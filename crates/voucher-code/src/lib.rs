#![doc = include_str!("../README.md")]

mod code;
mod key;
mod masked;
mod symbols;

pub use code::{Code, InvalidCode};
pub use key::{CodeKey, InvalidKey, KEY_BYTES, KeyId};
pub use masked::masked;
pub use symbols::{CODE_SYMBOLS, GROUP_SYMBOLS};
