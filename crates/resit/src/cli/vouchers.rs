//! Words about vouchers.

use chrono::NaiveDate;
use clap::{ArgGroup, Args, ValueEnum};
use resit_api::VoucherText;
use resit_domain::{
    Actor, AgreementId, BranchId, BuyerFact, CandidateId, Channel, CommandId, Contact, DeliveryMode,
    ExamCode, OfferId, OrderLine, PracticeTestId, ProviderId, Region, Remark, Rule, Timestamp,
};

use super::order_line;

#[derive(Debug, Args)]
pub(crate) struct OneVoucher {
    /// The voucher: its code or id.
    pub(crate) voucher: VoucherText,
}

#[derive(Debug, Args)]
pub(crate) struct IssueWords {
    /// The offer.
    pub(crate) offer: OfferId,
    /// The order line: SHOP/NUMBER/LINE, or NUMBER for line 1 of the shop `shop`. Sent again, it is the same entitlement.
    #[arg(long, value_name = "SHOP/NUMBER/LINE", value_parser = order_line)]
    pub(crate) order: OrderLine,
    /// How many units of the offer.
    #[arg(long, default_value_t = 1)]
    pub(crate) quantity: u16,
    /// When it was bought; now if absent.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) purchased: Option<Timestamp>,
    /// It was not paid.
    #[arg(long)]
    pub(crate) free: bool,
    /// Where it was bought.
    #[arg(long)]
    pub(crate) channel: Option<Channel>,
    /// The region it was bought in.
    #[arg(long)]
    pub(crate) region: Option<Region>,
    /// The agreement it was bought under.
    #[arg(long)]
    pub(crate) agreement: Option<AgreementId>,
    /// Facts about the buyer.
    #[arg(long, value_delimiter = ',')]
    pub(crate) buyer: Vec<BuyerFact>,
    /// Other offers or discounts on the same order.
    #[arg(long, value_delimiter = ',')]
    pub(crate) combined_with: Vec<OfferId>,
    /// The holder, where the order names one.
    #[arg(long)]
    pub(crate) holder: Option<CandidateId>,
    /// The exam that the buyer has in mind; for warnings alone.
    #[arg(long)]
    pub(crate) exam: Option<ExamCode>,
    /// The price tier, for reports.
    #[arg(long)]
    pub(crate) tier: Option<String>,
    /// Whether it has a full term of its own, or the months that remain of the agreement.
    #[arg(long, value_enum)]
    pub(crate) mode: Option<Mode>,
    /// The last day that is printed on the vouchers, where the offer takes it from the order.
    #[arg(long, value_name = "DATE")]
    pub(crate) valid_until: Option<NaiveDate>,
    /// Who gets the list of codes, beside the contact of the agreement.
    #[arg(long)]
    pub(crate) contact: Option<Contact>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    Subscription,
    Prorated,
}

#[derive(Debug, Args)]
pub(crate) struct AssignWords {
    /// The voucher: its code or id.
    pub(crate) voucher: VoucherText,
    /// The candidate.
    #[arg(long)]
    pub(crate) to: CandidateId,
    /// The branch that assigns it.
    #[arg(long)]
    pub(crate) branch: Option<BranchId>,
}

#[derive(Debug, Args)]
pub(crate) struct ShareOutWords {
    /// Any voucher of the pack: its code or id.
    pub(crate) voucher: VoucherText,
    /// The branch.
    #[arg(long)]
    pub(crate) to: BranchId,
    /// How many vouchers.
    #[arg(long)]
    pub(crate) count: u16,
}

#[derive(Debug, Args)]
pub(crate) struct TakeBackShareWords {
    /// Any voucher of the pack: its code or id.
    pub(crate) voucher: VoucherText,
    /// The branch.
    #[arg(long)]
    pub(crate) from: BranchId,
    /// How many vouchers.
    #[arg(long)]
    pub(crate) count: u16,
}

#[derive(Debug, Args)]
pub(crate) struct ScheduleWords {
    /// The voucher: its code or id.
    pub(crate) voucher: VoucherText,
    /// Who will sit it.
    #[arg(long)]
    pub(crate) by: CandidateId,
    /// The exam.
    #[arg(long)]
    pub(crate) exam: ExamCode,
    /// When it will be sat.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) sit: Timestamp,
    /// When the registration was made, if a provider reports it later.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) booked: Option<Timestamp>,
    /// How it will be sat.
    #[arg(long)]
    pub(crate) delivery: Option<DeliveryMode>,
    /// Who delivers it.
    #[arg(long)]
    pub(crate) provider: Option<ProviderId>,
    /// Where the registration came in.
    #[arg(long)]
    pub(crate) channel: Option<Channel>,
    /// Where it will be sat.
    #[arg(long)]
    pub(crate) region: Option<Region>,
    /// The branch whose share the voucher comes from.
    #[arg(long)]
    pub(crate) branch: Option<BranchId>,
    /// Whether the exam was paid at this registration, where the offer is paid so.
    #[arg(long, value_name = "true|false", value_parser = clap::value_parser!(bool))]
    pub(crate) paid: Option<bool>,
}

#[derive(Debug, Args)]
pub(crate) struct RescheduleWords {
    /// The voucher: its code or id.
    pub(crate) voucher: VoucherText,
    /// When it will be sat now.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) sit: Timestamp,
    /// When it was moved, if that is reported later.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) moved: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct CancelWords {
    /// The voucher: its code or id.
    pub(crate) voucher: VoucherText,
    /// Who cancels.
    #[arg(long, value_enum, default_value_t = Canceller::Candidate)]
    pub(crate) by: Canceller,
    /// When it was cancelled, if that is reported later.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) cancelled: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Canceller {
    Candidate,
    Provider,
}

#[derive(Debug, Args)]
pub(crate) struct ResultWords {
    /// The voucher: its code or id.
    pub(crate) voucher: VoucherText,
    /// What came of it.
    #[arg(value_enum)]
    pub(crate) result: Came,
    /// When it was sat; the registered time if absent.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) sat: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Came {
    Pass,
    Fail,
    Missed,
    TechnicalFault,
    Invalidated,
}

#[derive(Debug, Args)]
pub(crate) struct CorrectWords {
    /// The voucher: its code or id.
    pub(crate) voucher: VoucherText,
    /// What really came of it.
    #[arg(value_enum)]
    pub(crate) result: Came,
    /// The attempt, from 1.
    #[arg(long)]
    pub(crate) attempt: u16,
    /// When it was sat; as on record if absent.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) sat: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct ActivateWords {
    /// The voucher: its code or id.
    pub(crate) voucher: VoucherText,
    /// Who uses it.
    #[arg(long)]
    pub(crate) by: CandidateId,
    /// Which practice test.
    #[arg(long)]
    pub(crate) test: Option<PracticeTestId>,
    /// The branch whose share the voucher comes from.
    #[arg(long)]
    pub(crate) branch: Option<BranchId>,
    /// Where it is activated.
    #[arg(long)]
    pub(crate) provider: Option<ProviderId>,
    /// When it was activated, if that is reported later.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) activated: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeWords {
    /// Any voucher of the entitlement: its code or id.
    pub(crate) voucher: VoucherText,
    /// Why.
    #[arg(long, value_enum)]
    pub(crate) reason: Reason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Reason {
    Refund,
    Chargeback,
    Fraud,
    Withdrawn,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("gift").required(true).args(["extra_attempt", "longer_term", "waiver"])))]
pub(crate) struct ExtendWords {
    /// The voucher: its code or id.
    pub(crate) voucher: VoucherText,
    /// Give one more attempt.
    #[arg(long)]
    pub(crate) extra_attempt: bool,
    /// Move all deadlines to this day, inside, where they are earlier.
    #[arg(long, value_name = "DATE")]
    pub(crate) longer_term: Option<NaiveDate>,
    /// Do not hold this rule against the voucher.
    #[arg(long, value_name = "RULE")]
    pub(crate) waiver: Option<Rule>,
    /// Whom the rule is not held against; a rule about persons asks for it.
    #[arg(long = "for", value_name = "CANDIDATE", requires = "waiver")]
    pub(crate) candidate: Option<CandidateId>,
    /// The reason, out of the offer's list.
    #[arg(long)]
    pub(crate) reason: String,
    /// A second person's name: refused today; that person approves with `approve-goodwill`.
    #[arg(long, hide = true)]
    pub(crate) approver: Option<Actor>,
    /// The decision in dispute.
    #[arg(long, value_name = "COMMAND")]
    pub(crate) dispute: Option<CommandId>,
}

#[derive(Debug, Args)]
pub(crate) struct ApproveWords {
    /// The voucher: its code or id.
    pub(crate) voucher: VoucherText,
    /// The proposal's number, as `pending-goodwill` and `show` tell it.
    pub(crate) proposal: u16,
}

#[derive(Debug, Args)]
pub(crate) struct DeclineWords {
    /// The voucher: its code or id.
    pub(crate) voucher: VoucherText,
    /// The proposal's number, as `pending-goodwill` and `show` tell it.
    pub(crate) proposal: u16,
    /// Why, in one line.
    #[arg(long)]
    pub(crate) reason: Option<Remark>,
}

#[derive(Debug, Args)]
pub(crate) struct ReinstateWords {
    /// Any voucher of the entitlement: its code or id.
    pub(crate) voucher: VoucherText,
    /// Why.
    #[arg(long, value_enum)]
    pub(crate) reason: Again,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Again {
    DisputeWon,
}

#[derive(Debug, Args)]
pub(crate) struct StepWords {
    /// Any voucher of the entitlement: its code or id.
    pub(crate) voucher: VoucherText,
    /// The step, as the offer's clocks name it.
    pub(crate) step: String,
    /// When it was taken; now if absent.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) taken: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct ExpireWords {
    /// One voucher's entitlement; everything that is due if absent.
    pub(crate) voucher: Option<VoucherText>,
}
