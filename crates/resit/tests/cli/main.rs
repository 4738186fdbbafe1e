//! The binary, as people and programs call it.

mod alike;
mod damage;
mod life;
mod looking;
mod offers;
mod server;
mod serving;
mod settings;
mod shell;
mod story;
