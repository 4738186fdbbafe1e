//! The roles as processes, on real NATS servers.

mod alike;
mod cluster;
mod processes;
mod restart;
mod scheduler;
mod stopping;
mod story;
mod twins;
