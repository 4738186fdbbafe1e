//! The binary, as people and programs call it.

mod alike;
mod contract;
// The same small disks as the embedded log is tried on.
#[path = "../../../embedded-log/tests/proofs/apart.rs"]
mod apart;
mod busy;
mod clock;
mod clock_corrected;
mod damage;
mod deploy;
mod disasters;
mod dump;
mod faults;
mod foreign;
mod generated;
mod killed;
mod life;
mod looking;
mod nats;
mod offers;
mod policies;
mod released;
mod server;
mod serving;
mod settings;
mod shell;
mod stopping;
mod story;
mod swapped;
mod tour;
mod zones;
