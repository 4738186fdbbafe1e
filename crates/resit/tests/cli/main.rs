//! The binary, as people and programs call it.

mod damage;
mod life;
mod looking;
mod offers;
mod shell;
mod story;
