//! An offer's terms, as the rules read them. Every value comes out of the offer's file; none is a constant of the code.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Choice, Clocks, EarlyOrders, Limit, ModeDefault, Rulings};
use crate::calendar_time::{Anchor, Counted, DeadlineExpr, LastDay, Period, Wait, Zone};
use crate::{
    BuyerFact, Category, Channel, Contact, DeliveryMode, ExamCode, Law, Layer, OfferId, OrderMode,
    PracticeTestId, ProgrammeId, ProviderId, Region, Rule, TermsHash,
};

/// The terms of one version of an offer. [`OfferFile::parse`](super::OfferFile::parse) makes them; a value that exists is complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// SHA-256 of the file they were read from.
    pub hash: TermsHash,
    /// The offer.
    pub offer: OfferId,
    /// Its name for people.
    pub title: String,
    /// The programme whose retake policy holds beside these terms.
    pub programme: Limit<ProgrammeId>,
    /// The zone in which all civil dates are read.
    pub zone: Zone,
    /// The first day of the offer.
    pub runs_from: Limit<NaiveDate>,
    /// The last day of the offer; an extension moves it.
    pub runs_to: Limit<NaiveDate>,
    /// Conditions of use, shown to the holder.
    pub conditions: Vec<String>,
    /// Who may buy.
    pub sale: Sale,
    /// Whom the vouchers serve.
    pub holder: HolderRule,
    /// What is bought.
    pub benefits: Vec<Benefit>,
    /// How the points are ruled that sources leave open.
    pub rulings: Rulings,
    /// Promises of delivery.
    pub clocks: Clocks,
    /// How long before its end a holder is told.
    pub notices: Vec<Period>,
    /// Who helps; shown with each refusal by these terms.
    pub contact: Option<Contact>,
    /// The clause that each rule stands under.
    pub clauses: BTreeMap<Rule, String>,
}

/// Who may buy, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Sale {
    /// The most units on one order line.
    pub quantity_max: Limit<u16>,
    /// Where it is sold.
    pub channels: Choice<Channel>,
    /// Which regions it is sold in.
    pub regions: Choice<Region>,
    /// Facts the buyer must have.
    pub buyer: Vec<BuyerFact>,
    /// Kinds of agreement it is sold through.
    pub agreement: Limit<Choice<ProgrammeId>>,
    /// Whether an order may combine it with other offers or discounts.
    pub combinable: bool,
    /// Whether it is paid.
    pub payment: Payment,
    /// Whether benefits are prorated to the months left of a running agreement.
    pub proration: Limit<Period>,
    /// How an order under an agreement may be counted; empty where orders do not say.
    pub order_modes: Vec<OrderMode>,
    /// How an order that does not say is counted.
    pub order_mode_default: Option<ModeDefault>,
    /// What becomes of an order placed before the first day of its agreement.
    pub early_orders: EarlyOrders,
    /// Facts that the buyer must have when a voucher is used.
    pub buyer_at_use: Vec<BuyerFact>,
}

/// Whether money changes hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Payment {
    /// Always.
    Paid,
    /// Never.
    Free,
    /// The order says which.
    Either,
    /// Each registration says which; the order, for one that does not.
    AtScheduling,
}

/// Whom the vouchers serve, and from when on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HolderRule {
    /// When a holder becomes bound.
    pub bound_at: BoundAt,
    /// Whether one individual holds the whole pack.
    pub per: Scope,
    /// Whether an assignment can be taken back.
    pub unassign: Unassign,
}

/// When a holder becomes bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoundAt {
    /// The order names the holder.
    Purchase,
    /// An assignment binds.
    Assignment,
    /// The first registration binds.
    Scheduling,
}

/// What a limit is counted over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// One voucher.
    Voucher,
    /// All vouchers of one entitlement.
    Pack,
    /// All vouchers of one candidate.
    Candidate,
}

/// Whether an assignment can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unassign {
    /// Until the holder is bound.
    UntilBound,
    /// Never.
    Never,
}

/// One kind of thing in the bundle, `count` times.
#[derive(Debug, Clone, PartialEq)]
pub struct Benefit {
    /// How many units of it.
    pub count: u16,
    /// When the right to it begins.
    pub not_before: DeadlineExpr,
    /// What it is.
    pub kind: BenefitKind,
}

/// What a benefit is.
#[derive(Debug, Clone, PartialEq)]
pub enum BenefitKind {
    /// A voucher for an exam.
    Exam(Box<ExamBenefit>),
    /// A voucher for a practice test.
    PracticeTest {
        /// Which tests it reaches.
        tests: Choice<PracticeTestId>,
        /// Where they are activated.
        providers: Choice<ProviderId>,
        /// Until when it can be activated.
        activate_by: DeadlineExpr,
        /// How long it lasts from activation.
        lasts: Period,
    },
    /// Access to a library.
    Library {
        /// Until when it can be unlocked.
        activate_by: DeadlineExpr,
        /// Until when it can be used.
        use_within: DeadlineExpr,
    },
    /// A subscription.
    Subscription {
        /// Until when it can be used.
        use_within: DeadlineExpr,
    },
}

/// The terms of an exam voucher.
#[derive(Debug, Clone, PartialEq)]
pub struct ExamBenefit {
    /// Exams it reaches.
    pub eligible: Eligible,
    /// How the exam may be sat.
    pub deliveries: Choice<DeliveryMode>,
    /// Who delivers it.
    pub providers: Choice<ProviderId>,
    /// Where it may be sat.
    pub regions: Choice<Region>,
    /// Where registrations come in.
    pub channels: Choice<Channel>,
    /// Sets of categories; the exams of a pack must stay inside one.
    pub mix: Choice<Vec<Category>>,
    /// Until when the first try is registered.
    pub register_by: DeadlineExpr,
    /// Until when the first try is sat.
    pub sit_by: DeadlineExpr,
    /// What a fail earns.
    pub retake: RetakeRule,
}

/// Which exams an offer reaches: all of the conditions hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Eligible {
    /// One of the exam's categories is here.
    pub categories: Choice<Category>,
    /// None of the exam's categories is here.
    pub not_categories: Vec<Category>,
    /// The exam's code begins with one of these.
    pub prefixes: Choice<String>,
    /// The exam is one of these.
    pub exams: Choice<ExamCode>,
}

/// What a fail earns.
#[derive(Debug, Clone, PartialEq)]
pub struct RetakeRule {
    /// How many retakes each voucher carries.
    pub count: u16,
    /// Whether only a paid exam earns one.
    pub only_if_paid: bool,
    /// The wait before attempt 2, 3, …; the last one goes on.
    pub waits: Vec<Limit<RetakeWait>>,
    /// Until when a retake is registered.
    pub register_by: DeadlineExpr,
    /// Until when a retake is sat.
    pub sit_by: DeadlineExpr,
}

/// A wait after a sitting.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "RawWait")]
pub struct RetakeWait {
    /// How long, and from when it counts.
    pub wait: Wait,
    /// What must wait.
    pub limits: Waits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWait {
    period: Period,
    counted: Counted,
    limits: Waits,
}

impl TryFrom<RawWait> for RetakeWait {
    type Error = crate::calendar_time::InvalidWait;
    fn try_from(raw: RawWait) -> Result<Self, Self::Error> {
        Ok(Self { wait: Wait::new(raw.period, raw.counted)?, limits: raw.limits })
    }
}

/// What must wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Waits {
    /// The registration.
    Register,
    /// The sitting.
    Sit,
}

impl Terms {
    /// The law that refusals by these terms cite.
    pub fn law(&self) -> Law<'_> {
        let contact = self.contact.as_ref();
        let (name, clauses) = (self.offer.as_str(), &self.clauses);
        Law { layer: Layer::Offer, name, clauses, waived: &[], date_clause: None, contact }
    }

    /// Whether a deadline of use counts from this anchor.
    pub(crate) fn counts_from(&self, anchor: Anchor) -> bool {
        let of_benefit = |benefit: &Benefit| -> Vec<DeadlineExpr> {
            let own = match &benefit.kind {
                BenefitKind::Exam(exam) => {
                    let retake = &exam.retake;
                    vec![&exam.register_by, &exam.sit_by, &retake.register_by, &retake.sit_by]
                }
                BenefitKind::PracticeTest { activate_by, .. } => vec![activate_by],
                BenefitKind::Library { activate_by, use_within } => vec![activate_by, use_within],
                BenefitKind::Subscription { use_within } => vec![use_within],
            };
            own.into_iter().chain([&benefit.not_before]).cloned().collect()
        };
        let mut exprs = self.benefits.iter().flat_map(of_benefit);
        exprs.any(|expr| expr.anchors().any(|used| used == anchor))
    }

    /// Whether the bundle has the same kinds of benefits, as many of each, in the same order.
    pub(crate) fn has_shape_of(&self, other: &Terms) -> bool {
        let shape = |terms: &Terms| -> Vec<_> {
            terms.benefits.iter().map(|b| (b.count, std::mem::discriminant(&b.kind))).collect()
        };
        shape(self) == shape(other)
    }

    /// Whether the last day of the sale, and of a deadline, is inside.
    pub(crate) fn includes_last_day(&self) -> bool {
        self.rulings.last_day == LastDay::Inclusive
    }

    /// The benefit that a unit carries; units are numbered through the benefits in order.
    pub fn benefit(&self, index: u8) -> &Benefit {
        &self.benefits[usize::from(index)]
    }

    /// How many units one entitlement has.
    pub fn units(&self) -> u16 {
        self.benefits.iter().map(|b| b.count).sum()
    }

    /// The index of the benefit of each unit, in the order of their numbers.
    pub fn unit_benefits(&self) -> impl Iterator<Item = u8> + '_ {
        (0u8..).zip(&self.benefits).flat_map(|(index, b)| std::iter::repeat_n(index, usize::from(b.count)))
    }
}
