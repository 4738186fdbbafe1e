//! The log on real servers.

mod contract;
mod damage;
mod damaged;
mod servers;
mod together;
