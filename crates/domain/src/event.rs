//! Events: what has happened. They are never changed; a new version of one gets a new number in [`crate::codec`].

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    Actor, AgreementId, BranchId, BuyerFact, CancelledBy, CandidateId, Channel, CommandId, DeliveryMode,
    EntitlementId, ExamCode, ExamFacts, ExamResult, Fingerprint, Grandfather, OfferId, OrderLine,
    PracticeTestId, ProgrammeId, ProviderId, Refusal, Region, RevokeReason, Rule, TermsHash, Timestamp,
    UnitNo,
};

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fattr:meta])* $field:ident: $ty:ty,)* })*) => {
        /// A fact.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event {
            $($(#[$doc])* $name($name),)*
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

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
            pub struct $name { $($(#[$fattr])* pub $field: $ty,)* }

            impl From<$name> for Event {
                fn from(event: $name) -> Self {
                    Event::$name(event)
                }
            }
        )*
    };
}

events! {
    /// An offer, or a new version of it, is on record with the whole text of its file.
    OfferPublished {
        /// The file; its SHA-256 is the hash of the terms.
        source: String,
        /// That hash.
        hash: TermsHash,
    }
    /// The offer ends later.
    OfferExtended {
        /// Its new last day.
        last_day: NaiveDate,
    }
    /// The offer is no longer sold.
    OfferWithdrawn {
        /// Who may still order.
        grandfather: Grandfather,
    }
    /// The offer's exams are delivered by another provider from now on.
    ProviderMigrated {
        /// The old provider.
        from: ProviderId,
        /// The new one.
        to: ProviderId,
    }
    /// A programme's retake policy is on record, with the text of the file that carries it.
    PolicyPublished {
        /// The file.
        source: String,
        /// Its SHA-256.
        hash: TermsHash,
    }
    /// A business-day calendar is on record.
    CalendarPublished {
        /// Its text.
        source: String,
    }
    /// What the catalogue knows of an exam from now on.
    ExamDefined {
        /// All facts.
        facts: ExamFacts,
    }
    /// What the catalogue knows of a practice test from now on.
    PracticeTestDefined {
        /// Offers whose promotion it belongs to; empty for every offer.
        offers: Vec<OfferId>,
    }
    /// An agreement began.
    AgreementOpened {
        /// Its licensing programme.
        programme: ProgrammeId,
        /// Its first day.
        first_day: NaiveDate,
        /// Its last day.
        last_day: NaiveDate,
        /// Facts about the buyer.
        buyer: Vec<BuyerFact>,
        /// Its branches.
        branches: Vec<BranchId>,
    }
    /// An agreement changed.
    AgreementAmended {
        /// Its last day from now on.
        last_day: NaiveDate,
        /// Facts about the buyer from now on.
        buyer: Vec<BuyerFact>,
        /// Its branches from now on.
        branches: Vec<BranchId>,
    }
    /// An order was placed under an agreement.
    OrderPlaced {
        /// The order line.
        order: OrderLine,
        /// The offer.
        offer: OfferId,
        /// What it issued.
        entitlements: Vec<EntitlementId>,
        /// The end of the subscription it began, to which later orders are tied.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subscription_last_day: Option<NaiveDate>,
    }
    /// An entitlement came to life: a voucher, a pack, a bundle.
    VoucherIssued {
        /// The order line.
        order: OrderLine,
        /// Which piece of the line, from 1.
        piece: u16,
        /// How many pieces the line has.
        pieces: u16,
        /// The offer.
        offer: OfferId,
        /// The terms in force at purchase.
        terms: TermsHash,
        /// When it was bought.
        purchased_at: Timestamp,
        /// Whether it was paid.
        paid: bool,
        /// The units; number `i` is at `i - 1`.
        units: Vec<IssuedUnit>,
        /// Where it was bought.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
        /// The agreement it was bought under.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agreement: Option<AgreementId>,
        /// The end of the agreement's first subscription order, to which this one is tied.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first_order_last_day: Option<NaiveDate>,
        /// Months left of the agreement, and of how many, where the offer is prorated.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prorated: Option<(u16, u16)>,
        /// The price tier.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tier: Option<String>,
    }
    /// A code leads to this voucher.
    CodeMinted {
        /// The entitlement.
        entitlement: EntitlementId,
        /// The unit.
        unit: UnitNo,
    }
    /// A voucher serves one individual from now on.
    HolderBound {
        /// The unit; none for the whole pack.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitNo>,
        /// The individual.
        candidate: CandidateId,
    }
    /// A voucher is meant for a candidate, who is not bound yet.
    VoucherAssigned {
        /// The unit; none for the whole pack.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitNo>,
        /// The candidate.
        candidate: CandidateId,
    }
    /// An assignment was taken back.
    VoucherUnassigned {
        /// The unit; none for the whole pack.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitNo>,
    }
    /// Vouchers of a pack belong to a branch from now on.
    VouchersSharedOut {
        /// The branch.
        branch: BranchId,
        /// The units.
        units: Vec<UnitNo>,
    }
    /// A candidate is registered for a sitting.
    ExamScheduled {
        /// The unit.
        unit: UnitNo,
        /// The attempt, from 1; a retake has 2 or more.
        attempt: u16,
        /// Who will sit it.
        candidate: CandidateId,
        /// The exam.
        exam: ExamCode,
        /// Its categories at the time of registration.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        categories: Vec<crate::Category>,
        /// When it will be sat.
        sit_at: Timestamp,
        /// The exam's last day, as the catalogue knew it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retires_on: Option<NaiveDate>,
        /// The terms that govern from now on, where the offer judges by those in force at scheduling.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terms: Option<TermsHash>,
        /// How it will be sat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delivery: Option<DeliveryMode>,
        /// Who delivers it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provider: Option<ProviderId>,
        /// Where it will be sat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<Region>,
    }
    /// The sitting moved.
    ExamRescheduled {
        /// The unit.
        unit: UnitNo,
        /// When it will be sat now.
        sit_at: Timestamp,
    }
    /// The registration was cancelled.
    ExamCancelled {
        /// The unit.
        unit: UnitNo,
        /// Who cancelled; none if a correction took the retake away.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<CancelledBy>,
        /// Whether the attempt is given back.
        given_back: bool,
    }
    /// The exam was passed.
    ExamPassed {
        /// The unit.
        unit: UnitNo,
        /// When it was sat.
        sat_at: Timestamp,
    }
    /// The exam was failed.
    ExamFailed {
        /// The unit.
        unit: UnitNo,
        /// When it was sat.
        sat_at: Timestamp,
        /// What the fail earns.
        retake: RetakeVerdict,
    }
    /// The candidate did not come.
    ExamMissed {
        /// The unit.
        unit: UnitNo,
        /// When it would have been sat.
        sat_at: Timestamp,
        /// What becomes of the attempt.
        attempt: AttemptFate,
    }
    /// The sitting brought no valid result.
    ExamVoided {
        /// The unit.
        unit: UnitNo,
        /// When it was sat.
        sat_at: Timestamp,
        /// Technical fault or invalidated.
        result: ExamResult,
        /// What becomes of the attempt.
        attempt: AttemptFate,
    }
    /// A retake was granted.
    RetakeGranted {
        /// The unit.
        unit: UnitNo,
        /// The attempt it allows, from 2.
        attempt: u16,
        /// The exam it is for.
        exam: ExamCode,
        /// When the wait is over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wait_until: Option<Timestamp>,
        /// When it ends, as far as that was known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ends_at: Option<Timestamp>,
    }
    /// An unused retake was withdrawn.
    RetakeWithdrawn {
        /// The unit.
        unit: UnitNo,
    }
    /// A result was recorded wrongly, and is this.
    ResultCorrected {
        /// The unit.
        unit: UnitNo,
        /// The attempt.
        attempt: u16,
        /// What was on record.
        was: ExamResult,
        /// What it is.
        now: ExamResult,
        /// What becomes of the attempt now, where the right result changes that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        becomes: Option<AttemptFate>,
        /// Past decisions that would have gone the other way.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        flips: Vec<CommandId>,
    }
    /// A practice test runs.
    PracticeTestActivated {
        /// The unit.
        unit: UnitNo,
        /// Who uses it.
        candidate: CandidateId,
        /// The test.
        test: PracticeTestId,
        /// When it ends.
        ends_at: Timestamp,
    }
    /// A library is open to its holder.
    LibraryUnlocked {
        /// The unit.
        unit: UnitNo,
        /// The holder.
        candidate: CandidateId,
        /// The conditions of use that were shown.
        conditions: Vec<String>,
    }
    /// A subscription is in use.
    SubscriptionStarted {
        /// The unit.
        unit: UnitNo,
        /// Who uses it.
        candidate: CandidateId,
    }
    /// A lost code was replaced; the old one is dead.
    CodeReplaced {
        /// The unit.
        unit: UnitNo,
        /// The old code's fingerprint.
        old: Fingerprint,
        /// The new one's.
        new: Fingerprint,
    }
    /// What nobody used was taken back.
    Revoked {
        /// The units.
        units: Vec<UnitNo>,
        /// Units that were used in part: what they might still have given was taken back.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        rest: Vec<UnitNo>,
        /// Why.
        reason: RevokeReason,
    }
    /// Goodwill gave a voucher more.
    Extended {
        /// The unit.
        unit: UnitNo,
        /// What was given.
        gift: crate::Gift,
        /// When a longer term ends: the first instant that is outside.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// The reason.
        reason: String,
        /// A second person who approved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approver: Option<Actor>,
        /// The decision in dispute.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dispute: Option<CommandId>,
    }
    /// A deadline has passed; the right had ended by itself.
    Expired {
        /// The unit.
        unit: UnitNo,
        /// The instant it ended.
        ended_at: Timestamp,
        /// The rule whose deadline passed.
        rule: Rule,
        /// The clause.
        clause: String,
    }
    /// A right ends before long, and its holder is to be told: the notice that the terms promise fell due.
    EndsSoon {
        /// The unit.
        unit: UnitNo,
        /// The first instant at which it is gone, as it stands.
        ends_at: Timestamp,
        /// When the notice fell due.
        notice_at: Timestamp,
        /// How long before the end that is, as the terms say it.
        before: crate::calendar_time::Period,
        /// The rule whose deadline the end is.
        rule: Rule,
        /// The clause.
        clause: String,
    }
    /// A step in the delivery of the order was taken.
    StepTaken {
        /// The step.
        step: String,
    }
    /// A promise of delivery ran out.
    DeliveryOverdue {
        /// The clock.
        clock: String,
        /// When it ran out.
        due_at: Timestamp,
        /// The clause that promised it.
        clause: String,
    }
    /// A command was refused.
    CommandRefused {
        /// Why, with the facts and the way out.
        refusal: Refusal,
    }
    /// A command asked for what an earlier one had done already; nothing changed.
    CommandRepeated {
        /// What it was.
        what: String,
    }
    /// A candidate is registered for a sitting, on their own record.
    AttemptBooked {
        /// The voucher.
        entitlement: EntitlementId,
        /// Its unit.
        unit: UnitNo,
        /// The exam.
        exam: ExamCode,
        /// When it will be sat.
        sit_at: Timestamp,
        /// Whether it is a beta.
        #[serde(default)]
        beta: bool,
    }
    /// That sitting moved.
    AttemptMoved {
        /// The voucher.
        entitlement: EntitlementId,
        /// Its unit.
        unit: UnitNo,
        /// When it will be sat now.
        sit_at: Timestamp,
    }
    /// That registration was cancelled.
    AttemptCancelled {
        /// The voucher.
        entitlement: EntitlementId,
        /// Its unit.
        unit: UnitNo,
        /// Whether it was late.
        late: bool,
    }
    /// That sitting has a result.
    AttemptConcluded {
        /// The voucher.
        entitlement: EntitlementId,
        /// Its unit.
        unit: UnitNo,
        /// When it was sat.
        sat_at: Timestamp,
        /// What came of it.
        result: ExamResult,
    }
    /// That result was wrong, and is this.
    AttemptCorrected {
        /// The voucher.
        entitlement: EntitlementId,
        /// Its unit.
        unit: UnitNo,
        /// When it was sat.
        sat_at: Timestamp,
        /// What came of it.
        result: ExamResult,
    }
}

/// One unit, as it was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IssuedUnit {
    /// Which benefit of the terms it carries, from 0.
    pub benefit: u8,
    /// The fingerprint of its code.
    pub code: Fingerprint,
}

/// What a fail earns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RetakeVerdict {
    /// A retake; [`RetakeGranted`] follows.
    Granted,
    /// The voucher carries no more.
    NoneLeft,
    /// No time is left for one.
    NoTime {
        /// When it would have had to be sat or registered.
        ended_at: Timestamp,
        /// The clause of that deadline.
        clause: String,
    },
    /// The exam was not paid, and the retake is free for paid ones only.
    NotPaid,
    /// The right was revoked in the meantime.
    Revoked,
}

/// What becomes of an attempt that brought no result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AttemptFate {
    /// It is lost.
    Forfeited,
    /// It is given back.
    GivenBack,
    /// It counts as a fail, and earns this.
    Failed(RetakeVerdict),
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
            Event::Expired(e) => Some(e.unit),
            Event::EndsSoon(e) => Some(e.unit),
            Event::HolderBound(e) => e.unit,
            Event::VoucherAssigned(e) => e.unit,
            Event::VoucherUnassigned(e) => e.unit,
            _ => None,
        }
    }
}
