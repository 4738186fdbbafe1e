#![doc = include_str!("../README.md")]

mod command;
mod entitlement;
mod event;
mod explanation;
mod field_error;
pub mod header;
mod list;
mod log;
mod offer;
mod openapi;
mod order;
mod problem;
mod reply;
mod route;
mod status;
mod upkeep;
mod voucher;

pub use command::*;
pub use entitlement::{Entitlement, Unit};
pub use event::{EventOnStream, HistoryEvent};
pub use explanation::Explanation;
pub use field_error::{FieldError, read_json};
pub use list::{CandidateVoucher, Found, Inventory, LookUp, PAGE_ITEMS, PAGE_ITEMS_MAX, Page};
pub use log::{LogEvent, LogPage, LogRecord};
pub use offer::{DayMove, ProviderMove, PublishedOffer, TermsText, Version, Withdrawn};
pub use openapi::openapi;
pub use order::{LINES_MAX, Line, LineReply, Order, OrderReply};
pub use problem::{Problem, ProblemKind, Refused};
pub use reply::{IssuedCode, Judged, Outcome, Reply};
pub use route::{Answer, Operation, Parameter, Place, Route, SchemaOf, Verb, routes};
pub use status::{AgendaStatus, Health, LogStatus, ReadModelStatus, RuleText, Status};
pub use upkeep::{Damage, Due, ExpireDue, Rebuilt, Verified};
pub use voucher::{InvalidVoucher, UnitId, VoucherText};
