//! A naive model of the rules, and lives to try it on: a second opinion on every answer of the ledger.
//!
//! The model is written from the law and from what the offer file says its words mean, never from the domain's code.
//! It is slow and plain on purpose: lists of facts, looked through anew for every question. It shares with the ledger
//! the names of the rules and their order of precedence, and nothing else: not the calendar, not the zones, not the
//! reading of the offer file.
//!
//! What is bought and registered here is told at once. Late reports are lived by the second reading (`tests/second_reading`), which
//! reads everything as it was when it was done.
//!
//! Start with [`facts::Model`], the books, and [`facts::Model::answer`], their door.

mod any_terms;
pub mod asks;
pub mod calendar;
mod checks;
mod correct;
pub mod deadline;
mod derive;
mod ends;
pub mod facts;
pub mod file;
mod goods;
mod goodwill;
mod holder;
mod issue;
pub mod ledger;
pub mod life;
mod model;
mod notices;
pub mod office;
mod over;
mod policy;
mod resolve;
mod revoke;
mod schedule;
mod sitting;
pub mod strategy;
pub mod terms;
mod translate;
pub mod trial;
mod turns;
pub mod words;
