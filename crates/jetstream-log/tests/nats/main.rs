//! The log on real servers.

mod contract;
mod cut_off;
mod damage;
mod damaged;
mod far;
mod servers;
mod stopped;
mod together;
