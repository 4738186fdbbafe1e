#![doc = include_str!("../README.md")]

/// The number of the law that this program judges by. It is recorded with each command, so that a decision of long ago can be
/// explained by the law of its time. Raise it with every change by which a command may be answered otherwise.
///
/// 1: until 2026-11, recorded with no command. 2: what is true decides, not the order in which it was reported.
pub const LAW: u16 = 2;

mod actor;
mod agreement;
pub mod calendar_time;
mod candidate;
mod catalogue;
mod clock;
pub mod codec;
mod command;
mod contact;
pub mod correction;
mod decide;
mod entitlement;
pub mod event;
mod facts;
mod history;
mod ids;
pub mod impact;
mod judge;
mod ledger_zones;
mod offer;
mod order;
mod policy;
mod remark;
mod rule;
#[cfg(feature = "schema")]
mod schema;
pub mod sizing;
mod state;
mod stream;
mod subscription_order;
pub mod terms;
mod timestamp;
mod view;

pub use agreement::{Agreement, Open};
pub use candidate::{Candidate, OwnAttempt, OwnEnd};
pub use catalogue::{Exam, PracticeTest};
pub use clock::LedgerClock;
pub use command::*;
pub use contact::{CONTACT_CHARS_MAX, Contact, InvalidContact};
pub use decide::{
    BrokenRegistration, DECISIONS_JUDGED_MAX, Decision, Gathered, Known, Placed, VOUCHERS_LOOKED_AT_MAX,
    Warning,
};
pub use entitlement::*;
pub use event::{AttemptFate, Event, IssuedUnit, RetakeVerdict};
pub use facts::*;
pub use history::History;
pub use ids::*;
pub use impact::Impact;
pub use judge::{Detail, Fact, Judge, Judgement, Law, Layer, NO_CLAUSE, Outcome, Refusal};
pub use ledger_zones::LedgerZones;
pub use offer::{Migration, Moved, Offer};
pub use order::{OrderLine, OrderMode, Pieces};
pub use policy::{Cap, Counts, CountsOver, LadderRestarts, PassLock, Policy, PolicyVersions, Window};
pub use remark::{InvalidRemark, REMARK_CHARS_MAX, Remark};
pub use rule::{Rule, UnknownRule};
pub use state::State;
pub use stream::Stream;
pub use subscription_order::{SubscriptionOrder, SubscriptionOrders};
pub use timestamp::{InvalidInstant, Timestamp};
pub use view::{AttemptView, EntitlementView, ProposalView, UnitView};
