//! The roles as processes, on real NATS servers.

mod alike;
mod clock;
mod cluster;
mod damaged;
mod durability;
mod fresh;
mod metrics;
mod no_leader;
mod processes;
mod restart;
mod rights;
mod scheduler;
mod silent;
mod starting;
mod stopping;
mod story;
mod twins;
