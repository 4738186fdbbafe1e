#![doc = include_str!("../README.md")]

mod binary;
mod cluster;
mod config;
mod server;

pub use binary::{VERSION, binary};
pub use cluster::Cluster;
pub use config::{Ports, ServerConfig};
pub use server::NatsServer;
