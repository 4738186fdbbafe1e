//! The log on real servers.

mod contract;
mod damage;
mod damaged;
mod far;
mod servers;
mod together;
