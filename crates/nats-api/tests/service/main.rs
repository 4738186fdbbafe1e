//! The API over a real NATS server.

mod alike;
mod restart;
mod shops;
mod world;
