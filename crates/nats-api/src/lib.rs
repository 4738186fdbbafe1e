#![doc = include_str!("../README.md")]

mod forward;
mod leaving;
mod media;
mod message;
mod presence;
mod ready;
mod served;
mod service;

pub use forward::Forwarder;
pub use service::{ApiService, NotServed, STOP_S_MAX};
