//! The roles of a ledger on NATS, each a process: any number of each may run, and they meet in the log alone.

mod code_key;
mod command_handler;
mod correct_time;
mod durability;
mod expiry_scheduler;
mod gateway;
mod handler;
mod intake;
mod intake_watch;
mod lease;
mod patience;
mod process;
mod projector;
mod proven_log;
mod recorded;
mod rights;
mod server_time;
mod states;
mod verify;

pub(crate) use command_handler::run as command_handler;
pub(crate) use correct_time::run as correct_time;
pub(crate) use expiry_scheduler::run as expiry_scheduler;
pub(crate) use gateway::run as gateway;
pub(crate) use intake::run as intake;
pub(crate) use projector::run as projector;
