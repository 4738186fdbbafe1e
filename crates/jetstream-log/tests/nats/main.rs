//! The log on real servers.

mod contract;
mod servers;
mod together;
