#![doc = include_str!("../README.md")]

mod bounds;
mod command;
mod command_macro;
mod entitlement;
mod event;
mod explanation;
mod failure;
mod field_error;
pub mod header;
mod list;
mod log;
mod offer;
mod openapi;
mod operation;
mod order;
mod parameter;
mod policy;
mod problem;
mod problem_kind;
mod publication;
mod reply;
mod route;
mod routes;
mod status;
mod upkeep;
mod voucher;

pub use bounds::said_of;
pub use command::*;
pub use entitlement::{Entitlement, Unit};
pub use event::{EventOnStream, HistoryEvent};
pub use explanation::Explanation;
pub use field_error::{FieldError, read_json};
pub use list::{
    CandidateVoucher, Found, Inventory, LookUp, OrderedLine, PAGE_ITEMS, PAGE_ITEMS_MAX, Page,
    PendingGoodwill, RefusedLine,
};
pub use log::{LogEvent, LogPage, LogRecord};
pub use offer::{DayMove, ListedOffer, ProviderMove, PublishedOffer, TermsText, Version, Withdrawn};
pub use openapi::openapi;
pub use operation::{Operation, Service};
pub use order::{LINES_MAX, Line, LineReply, Order, OrderReply};
pub use parameter::{Parameter, Place, SchemaOf};
pub use policy::{PolicyLine, PolicyVersion, PublishedPolicy};
pub use problem::{Problem, Refused};
pub use problem_kind::ProblemKind;
pub use publication::PUBLICATIONS;
pub use reply::{IssuedCode, Judged, Outcome, Reply};
pub use route::{Answer, Route, Verb};
pub use routes::routes;
pub use status::{
    AgendaStatus, Health, LogStatus, ReadModelStatus, RuleText, Status, WorkUnderWay, ZoneRulesStatus,
    ZoneVersion,
};
pub use upkeep::{Damage, Due, ExpireDue, Rebuilt, Verified};
pub use voucher::{InvalidVoucher, UnitId, VoucherText};
