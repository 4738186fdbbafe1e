//! Events: what has happened. They are never changed; a new version of one gets a new number in [`crate::codec`].

mod agreement;
mod answer;
mod attempt;
mod benefit;
mod catalogue;
mod clock;
mod delivery;
mod end;
mod goodwill;
mod offer;
mod registration;
mod result;
mod voucher;
mod zones;

use serde::{Deserialize, Serialize};

pub use self::agreement::{AgreementAmended, AgreementOpened, OrderPlaced, OrderReinstated, OrderRevoked};
pub use self::answer::{CommandRefused, CommandRepeated};
pub use self::attempt::{
    AttemptBooked, AttemptCancelled, AttemptConcluded, AttemptCorrected, AttemptMoved, AttemptRefused,
};
pub use self::benefit::{LibraryUnlocked, PracticeTestActivated, SubscriptionStarted};
pub use self::catalogue::{ExamDefined, PracticeTestDefined};
pub use self::clock::{ClockConfirmed, TimeCorrected};
pub use self::delivery::{DeliveryOverdue, StepTaken};
pub use self::end::{EndsSoon, Expired, Extended, Revoked};
pub use self::goodwill::{GoodwillDeclined, GoodwillProposed, Reinstated};
pub use self::offer::{
    CalendarPublished, OfferExtended, OfferPublished, OfferWithdrawn, PolicyPublished, ProviderMigrated,
};
pub use self::registration::{ExamCancelled, ExamRescheduled, ExamScheduled};
pub use self::result::{
    AttemptFate, ExamFailed, ExamMissed, ExamPassed, ExamVoided, ResultCorrected, RetakeGranted,
    RetakeVerdict, RetakeWithdrawn,
};
pub use self::voucher::{
    CodeMinted, CodeReplaced, HolderBound, IssuedUnit, OrderSaid, SharesTakenBack, VoucherAssigned,
    VoucherIssued, VoucherUnassigned, VouchersSharedOut,
};
pub use self::zones::ZoneRulesPublished;
use crate::UnitNo;

/// The bodies of facts.
macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fattr:meta])* $field:ident: $ty:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name { $($(#[$fattr])* pub $field: $ty,)* }

        impl From<$name> for crate::Event {
            fn from(event: $name) -> Self {
                crate::Event::$name(event)
            }
        }
    )*};
}
use facts;

macro_rules! events {
    ($($name:ident,)*) => {
        /// A fact.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event {
            $(#[doc = concat!("See [`", stringify!($name), "`].")] $name($name),)*
        }

        impl Event {
            /// Every type of event, by name.
            pub const KINDS: &'static [&'static str] = &[$(stringify!($name)),*];

            /// The event's type.
            pub fn kind(&self) -> &'static str {
                match self { $(Event::$name(_) => stringify!($name)),* }
            }

            pub(crate) fn write(&self) -> Vec<u8> {
                match self { $(Event::$name(body) => crate::codec::to_bytes(body)),* }
            }

            pub(crate) fn read(kind: &str, body: &[u8]) -> Option<Result<Self, rmp_serde::decode::Error>> {
                match kind {
                    $(stringify!($name) => Some(rmp_serde::from_slice(body).map(Event::$name)),)*
                    _ => None,
                }
            }

            /// The body in any format, for people and other languages.
            pub fn serialize_body<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match self { $(Event::$name(body) => body.serialize(to)),* }
            }

            /// Reads a body that [`Event::serialize_body`] wrote; `None` for a type that this program does not know.
            pub fn deserialize_body<'de, D: serde::Deserializer<'de>>(
                kind: &str,
                from: D,
            ) -> Option<Result<Self, D::Error>> {
                match kind {
                    $(stringify!($name) => Some($name::deserialize(from).map(Event::$name)),)*
                    _ => None,
                }
            }
        }
    };
}

events! {
    OfferPublished,
    OfferExtended,
    OfferWithdrawn,
    ProviderMigrated,
    PolicyPublished,
    CalendarPublished,
    ExamDefined,
    PracticeTestDefined,
    AgreementOpened,
    AgreementAmended,
    OrderPlaced,
    OrderRevoked,
    OrderReinstated,
    VoucherIssued,
    CodeMinted,
    HolderBound,
    VoucherAssigned,
    VoucherUnassigned,
    VouchersSharedOut,
    SharesTakenBack,
    ExamScheduled,
    ExamRescheduled,
    ExamCancelled,
    ExamPassed,
    ExamFailed,
    ExamMissed,
    ExamVoided,
    RetakeGranted,
    RetakeWithdrawn,
    ResultCorrected,
    PracticeTestActivated,
    LibraryUnlocked,
    SubscriptionStarted,
    CodeReplaced,
    Revoked,
    Extended,
    GoodwillProposed,
    GoodwillDeclined,
    Reinstated,
    Expired,
    EndsSoon,
    StepTaken,
    DeliveryOverdue,
    CommandRefused,
    CommandRepeated,
    AttemptBooked,
    AttemptMoved,
    AttemptCancelled,
    AttemptConcluded,
    AttemptCorrected,
    AttemptRefused,
    ClockConfirmed,
    TimeCorrected,
    ZoneRulesPublished,
}

impl Event {
    /// The unit whose own life the fact is about.
    pub fn unit(&self) -> Option<UnitNo> {
        match self {
            Event::ExamScheduled(e) => Some(e.unit),
            Event::ExamRescheduled(e) => Some(e.unit),
            Event::ExamCancelled(e) => Some(e.unit),
            Event::ExamPassed(e) => Some(e.unit),
            Event::ExamFailed(e) => Some(e.unit),
            Event::ExamMissed(e) => Some(e.unit),
            Event::ExamVoided(e) => Some(e.unit),
            Event::RetakeGranted(e) => Some(e.unit),
            Event::RetakeWithdrawn(e) => Some(e.unit),
            Event::ResultCorrected(e) => Some(e.unit),
            Event::PracticeTestActivated(e) => Some(e.unit),
            Event::LibraryUnlocked(e) => Some(e.unit),
            Event::SubscriptionStarted(e) => Some(e.unit),
            Event::CodeReplaced(e) => Some(e.unit),
            Event::Extended(e) => Some(e.unit),
            Event::GoodwillProposed(e) => Some(e.unit),
            Event::GoodwillDeclined(e) => Some(e.unit),
            Event::Expired(e) => Some(e.unit),
            Event::EndsSoon(e) => Some(e.unit),
            Event::HolderBound(e) => e.unit,
            Event::VoucherAssigned(e) => e.unit,
            Event::VoucherUnassigned(e) => e.unit,
            _ => None,
        }
    }
}
