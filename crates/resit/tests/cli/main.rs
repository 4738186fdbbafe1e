//! The binary, as people and programs call it.

mod damage;
mod life;
mod looking;
mod shell;
mod story;
