//! Commands: what somebody asks of the ledger. Each is judged by the rules as they stand when it is judged.

mod form;
mod publication;
mod subject;
mod voucher_ref;

use std::num::NonZeroU64;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use self::form::commands;
pub use self::subject::Subject;
pub use self::voucher_ref::VoucherRef;
use crate::{
    Actor, AgreementId, BranchId, BuyerFact, CancelledBy, CandidateId, Channel, CommandId, Contact,
    DeliveryMode, EntitlementId, ExamCode, ExamFacts, ExamResult, Gift, Grandfather, OfferId, OrderLine,
    OrderMode, Pieces, PracticeTestId, ProgrammeId, ProviderId, Region, ReinstateReason, Remark,
    RevokeReason, Timestamp,
};

commands! {
    /// Publishes an offer, or a new version of it, from its file.
    PublishOffer {
        /// The whole text of the offer file.
        source: String,
    }
    /// Moves the end of an offer to a later day.
    ExtendOffer {
        /// The offer.
        offer: OfferId,
        /// Its new last day.
        last_day: NaiveDate,
    }
    /// Ends the sale of an offer; what was sold goes on.
    WithdrawOffer {
        /// The offer.
        offer: OfferId,
        /// Whether agreements that are open now may still order.
        #[serde(default)]
        grandfather: Grandfather,
    }
    /// Moves an offer's exams from one delivery provider to another while vouchers are live.
    MigrateProvider {
        /// The offer.
        offer: OfferId,
        /// The old provider.
        from: ProviderId,
        /// The new one.
        to: ProviderId,
    }
    /// Says what the catalogue knows of an exam from now on.
    DefineExam {
        /// The exam.
        exam: ExamCode,
        /// All facts about it.
        #[serde(default)]
        facts: ExamFacts,
    }
    /// Says what the catalogue knows of a practice test from now on.
    DefinePracticeTest {
        /// The practice test.
        test: PracticeTestId,
        /// Offers whose promotion it belongs to; empty for every offer.
        #[serde(default)]
        offers: Vec<OfferId>,
    }
    /// Publishes a business-day calendar, or a new version of it, from its text.
    PublishCalendar {
        /// The whole text of the calendar file.
        source: String,
    }
    /// Publishes a programme's retake policy, or a new version of it, from its text.
    PublishPolicy {
        /// The whole text of the policy file.
        source: String,
    }
    /// Publishes rules of time zones, or a newer version of them.
    PublishZoneRules {
        /// The whole text of the set.
        source: String,
    }
    /// Opens a licensing agreement.
    OpenAgreement {
        /// The agreement.
        agreement: AgreementId,
        /// The licensing programme it belongs to.
        programme: ProgrammeId,
        /// Its first day.
        first_day: NaiveDate,
        /// Its last day.
        last_day: NaiveDate,
        /// Facts about the buyer.
        #[serde(default)]
        buyer: Vec<BuyerFact>,
        /// Branches that vouchers may be shared out to.
        #[serde(default)]
        branches: Vec<BranchId>,
        /// Who gets the codes that are ordered under it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        administrator: Option<Contact>,
        /// Who gets the lists of codes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<Contact>,
    }
    /// Changes an agreement: its last day, its branches, the facts about its buyer. What is left out stays.
    AmendAgreement {
        /// The agreement.
        agreement: AgreementId,
        /// Its last day from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_day: Option<NaiveDate>,
        /// All facts about the buyer from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        buyer: Option<Vec<BuyerFact>>,
        /// All branches from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branches: Option<Vec<BranchId>>,
        /// Who gets the codes that are ordered under it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        administrator: Option<Contact>,
        /// Who gets the lists of codes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<Contact>,
    }
    /// Issues what an order line bought.
    Issue {
        /// The order line; sent again, it is the same entitlement.
        order: OrderLine,
        /// The offer.
        offer: OfferId,
        /// How many units of the offer; each is an entitlement of its own.
        #[serde(default = "one")]
        #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
        quantity: u16,
        /// Which of them are issued by this command; all if absent. Those that are issued already stay as they are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pieces: Option<Pieces>,
        /// When it was bought; now if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        purchased_at: Option<Timestamp>,
        /// Whether it was paid.
        #[serde(default = "yes")]
        paid: bool,
        /// Where it was bought.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
        /// The region it was bought in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<Region>,
        /// The agreement it was bought under.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agreement: Option<AgreementId>,
        /// Facts about the buyer, beside those of the agreement.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        buyer: Vec<BuyerFact>,
        /// Other offers or discounts on the same order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        combined_with: Vec<OfferId>,
        /// The holder, where the order names one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holder: Option<CandidateId>,
        /// The exam that the buyer has in mind; used for warnings alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exam: Option<ExamCode>,
        /// The price tier, a fact for reports.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tier: Option<String>,
        /// Who gets the list of its codes, beside the contact of its agreement.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<Contact>,
        /// Whether it is ordered as a subscription with the full term, or prorated to what remains of the agreement.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<OrderMode>,
        /// The last day that is printed on the vouchers, where the offer takes it from the order.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        valid_until: Option<NaiveDate>,
    }
    /// Assigns a voucher to a candidate.
    Assign {
        /// The voucher.
        voucher: VoucherRef,
        /// The candidate.
        candidate: CandidateId,
        /// The branch that assigns it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch: Option<BranchId>,
    }
    /// Takes an assignment back.
    Unassign {
        /// The voucher.
        voucher: VoucherRef,
    }
    /// Shares untouched vouchers of a pack out to a branch.
    ShareOut {
        /// The pack.
        entitlement: EntitlementId,
        /// The branch.
        branch: BranchId,
        /// How many vouchers.
        count: u16,
    }
    /// Takes untouched vouchers of a pack back from a branch, into the pool.
    TakeBackShare {
        /// The pack.
        entitlement: EntitlementId,
        /// The branch.
        branch: BranchId,
        /// How many vouchers.
        count: u16,
    }
    /// Registers a candidate for a sitting of an exam.
    Schedule {
        /// The voucher.
        voucher: VoucherRef,
        /// Who will sit it.
        candidate: CandidateId,
        /// The exam.
        exam: ExamCode,
        /// When it will be sat.
        sit_at: Timestamp,
        /// When the registration was made, if a provider reports it later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        booked_at: Option<Timestamp>,
        /// How it will be sat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delivery: Option<DeliveryMode>,
        /// Who delivers it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provider: Option<ProviderId>,
        /// Where the registration came in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
        /// Where it will be sat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<Region>,
        /// The branch whose share the voucher comes from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch: Option<BranchId>,
        /// Whether the exam was paid at this registration, where the offer is paid so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        paid: Option<bool>,
    }
    /// Moves an open registration to another time.
    Reschedule {
        /// The voucher.
        voucher: VoucherRef,
        /// When it will be sat now.
        sit_at: Timestamp,
        /// When it was moved, if that is reported later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        moved_at: Option<Timestamp>,
    }
    /// Cancels an open registration.
    Cancel {
        /// The voucher.
        voucher: VoucherRef,
        /// Who cancels.
        by: CancelledBy,
        /// When it was cancelled, if that is reported later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cancelled_at: Option<Timestamp>,
    }
    /// Records what came of a sitting.
    RecordResult {
        /// The voucher.
        voucher: VoucherRef,
        /// What came of it.
        result: ExamResult,
        /// When it was sat; the registered time if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sat_at: Option<Timestamp>,
    }
    /// Corrects a result that was recorded wrongly.
    CorrectResult {
        /// The voucher.
        voucher: VoucherRef,
        /// The attempt, from 1.
        attempt: u16,
        /// What really came of it.
        result: ExamResult,
        /// When it was sat; as on record if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sat_at: Option<Timestamp>,
    }
    /// Activates a practice test, unlocks a library, or starts using a subscription.
    Activate {
        /// The voucher.
        voucher: VoucherRef,
        /// Who uses it.
        candidate: CandidateId,
        /// Which practice test; absent for what is not one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        test: Option<PracticeTestId>,
        /// The branch whose share the voucher comes from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch: Option<BranchId>,
        /// Where it is activated.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provider: Option<ProviderId>,
        /// When it was activated, if that is reported later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        activated_at: Option<Timestamp>,
    }
    /// Replaces a lost code by a new one.
    ReplaceCode {
        /// The voucher.
        voucher: VoucherRef,
    }
    /// Takes back what an order bought and nobody used.
    Revoke {
        /// The entitlement.
        entitlement: EntitlementId,
        /// Why.
        reason: RevokeReason,
    }
    /// Gives a right more than its terms do, out of goodwill.
    Extend {
        /// The voucher.
        voucher: VoucherRef,
        /// What is given.
        gift: Gift,
        /// The reason, out of the offer's list.
        reason: String,
        /// A second person's name, as the first law took it. It is refused today: that person approves by a command of their own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approver: Option<Actor>,
        /// The decision in dispute.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dispute: Option<CommandId>,
    }
    /// Approves goodwill that another person proposed, and gives it.
    ApproveGoodwill {
        /// The voucher.
        voucher: VoucherRef,
        /// The proposal's number on the voucher, from 1.
        proposal: u16,
    }
    /// Declines goodwill that somebody proposed.
    DeclineGoodwill {
        /// The voucher.
        voucher: VoucherRef,
        /// The proposal's number on the voucher, from 1.
        proposal: u16,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Remark>,
    }
    /// Reverses a chargeback, because the dispute over it was won.
    Reinstate {
        /// The entitlement.
        entitlement: EntitlementId,
        /// Why.
        reason: ReinstateReason,
    }
    /// Records a step in the delivery of an order: processed, confirmed, billed, codes sent.
    RecordStep {
        /// The entitlement.
        entitlement: EntitlementId,
        /// The step.
        step: String,
        /// When it was taken; now if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        taken_at: Option<Timestamp>,
    }
    /// Records that what is due has ended. It changes no answer: a right ends when its deadline passes.
    Expire {
        /// The entitlement.
        entitlement: EntitlementId,
    }
    /// Confirms that the clock is right although it does not fit the time on record.
    ConfirmClock {
        /// What the clock reads now, within an hour.
        reads: Timestamp,
    }
    /// Records that the clock was ahead for a span of the log. Given while no process judges.
    CorrectTime {
        /// The first position of the span.
        first: u64,
        /// The last position of the span; if absent, the last one that is recorded as later than now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last: Option<u64>,
        /// How many milliseconds the clock was ahead.
        ahead_ms: NonZeroU64,
        /// The reason, for whoever reads the record.
        reason: String,
    }
}

fn one() -> u16 {
    1
}

fn yes() -> bool {
    true
}
