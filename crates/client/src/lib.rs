#![doc = include_str!("../README.md")]

mod client;
mod connection;
mod error;

pub use client::{Caller, Client, LookUp, Seen};
pub use error::ClientError;
