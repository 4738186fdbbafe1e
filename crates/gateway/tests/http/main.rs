//! The HTTP API over a real embedded log. Every answer is held against the OpenAPI document.

mod access;
mod ask;
mod codes;
mod commands;
mod documented;
mod goodwill;
mod hanging_up;
mod limits;
mod lists;
mod operators;
mod orders;
mod questions;
mod reference;
mod sockets;
mod world;
