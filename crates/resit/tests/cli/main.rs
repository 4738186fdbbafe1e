//! The binary, as people and programs call it.

mod alike;
mod damage;
mod generated;
mod life;
mod looking;
mod offers;
mod server;
mod serving;
mod settings;
mod shell;
mod story;
mod tour;
