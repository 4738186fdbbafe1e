#![doc = include_str!("../README.md")]

mod binary;
mod cluster;
mod config;
mod deployed;
mod proxy;
mod server;

pub use binary::{VERSION, binary};
pub use cluster::Cluster;
pub use config::{Ports, ServerConfig};
pub use deployed::Deployed;
pub use proxy::{Proxy, Way};
pub use server::NatsServer;
