//! The binary, as people and programs call it.

mod alike;
// The same small disks as the embedded log is tried on.
#[path = "../../../embedded-log/tests/proofs/apart.rs"]
mod apart;
mod clock;
mod damage;
mod deploy;
mod disasters;
mod dump;
mod foreign;
mod generated;
mod killed;
mod life;
mod looking;
mod nats;
mod offers;
mod server;
mod serving;
mod settings;
mod shell;
mod story;
mod swapped;
mod tour;
