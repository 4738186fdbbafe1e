//! The offer file as it is written: every field may be missing here, so that what is missing can be named.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    BoundAt, BranchLeaves, Choice, Clock, Correction, EarlyOrders, EligibilityAt, Extension, Forfeit,
    Goodwill, LateResult, Limit, ModeDefault, OpenUntil, Payment, PolicyInForce, PracticeTestRuns,
    RefundOfBooked, Reissue, RetakeWait, SameExam, Scope, TermsInForce, Unassign,
};
use crate::calendar_time::{DeadlineExpr, LastDay, Period, Zone};
use crate::policy::RawPolicy;
use crate::{
    BuyerFact, CalendarId, Category, Channel, Contact, DeliveryMode, ExamCode, OfferId, OrderMode,
    PracticeTestId, ProgrammeId, ProviderId, Region, Rule,
};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    pub(super) format: u32,
    pub(super) offer: RawOffer,
    pub(super) sale: Option<RawSale>,
    pub(super) holder: Option<RawHolder>,
    #[serde(default)]
    pub(super) benefit: Vec<RawBenefit>,
    #[serde(default)]
    pub(super) rulings: RawRulings,
    #[serde(default)]
    pub(super) clock: Vec<Clock>,
    #[serde(default)]
    pub(super) clauses: BTreeMap<Rule, String>,
    pub(super) policy: Option<RawPolicy>,
    pub(super) calendar: Option<toml::Table>,
    #[serde(default)]
    pub(super) assumed: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) rumours: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) example: Vec<super::Example>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOffer {
    pub(super) id: OfferId,
    pub(super) title: String,
    pub(super) programme: Option<Limit<ProgrammeId>>,
    pub(super) time_zone: Option<Zone>,
    pub(super) runs: Option<RawRuns>,
    #[serde(default)]
    pub(super) conditions: Vec<String>,
    #[serde(default)]
    pub(super) notices: Vec<Period>,
    pub(super) contact: Option<Contact>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRuns {
    pub(super) from: Option<Limit<DateText>>,
    pub(super) to: Option<Limit<DateText>>,
}

/// A date, with or without quotes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DateText(pub(crate) NaiveDate);

impl<'de> Deserialize<'de> for DateText {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let value = toml::Value::deserialize(from)?;
        let text = match &value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Datetime(date) => date.to_string(),
            other => {
                return Err(D::Error::custom(format!(
                    "a {} is no date; write it like 2008-01-31",
                    other.type_str()
                )));
            }
        };
        text.parse()
            .map(DateText)
            .map_err(|_| D::Error::custom(format!("`{text}` is no date; write it like 2008-01-31")))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSale {
    pub(super) quantity_max: Option<Limit<u16>>,
    pub(super) channels: Option<Choice<Channel>>,
    pub(super) regions: Option<Choice<Region>>,
    #[serde(default)]
    pub(super) buyer: Vec<BuyerFact>,
    pub(super) agreement: Option<Limit<Choice<ProgrammeId>>>,
    pub(super) combinable: Option<bool>,
    pub(super) payment: Option<Payment>,
    pub(super) proration: Option<Limit<Period>>,
    #[serde(default)]
    pub(super) order_modes: Vec<OrderMode>,
    pub(super) order_mode_default: Option<ModeDefault>,
    pub(super) early_orders: Option<EarlyOrders>,
    #[serde(default)]
    pub(super) buyer_at_use: Vec<BuyerFact>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHolder {
    pub(super) bound_at: Option<BoundAt>,
    pub(super) per: Option<Scope>,
    pub(super) unassign: Option<Unassign>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    Exam,
    PracticeTest,
    Library,
    Subscription,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBenefit {
    pub(super) kind: Kind,
    pub(super) count: u16,
    pub(super) not_before: Option<DeadlineExpr>,
    pub(super) exams: Option<RawExams>,
    pub(super) deliveries: Option<Choice<DeliveryMode>>,
    pub(super) providers: Option<Choice<ProviderId>>,
    pub(super) regions: Option<Choice<Region>>,
    pub(super) channels: Option<Choice<Channel>>,
    pub(super) mix: Option<Choice<Vec<Category>>>,
    pub(super) register_by: Option<DeadlineExpr>,
    pub(super) sit_by: Option<DeadlineExpr>,
    pub(super) retake: Option<RawRetake>,
    pub(super) tests: Option<Choice<PracticeTestId>>,
    pub(super) activate_by: Option<DeadlineExpr>,
    pub(super) lasts: Option<Period>,
    pub(super) use_within: Option<DeadlineExpr>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExams {
    pub(super) categories: Option<Choice<Category>>,
    #[serde(default)]
    pub(super) not_categories: Vec<Category>,
    pub(super) prefixes: Option<Choice<String>>,
    pub(super) list: Option<Choice<ExamCode>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRetake {
    pub(super) count: u16,
    pub(super) only_if_paid: Option<bool>,
    pub(super) wait: Option<Limit<Vec<Limit<RetakeWait>>>>,
    pub(super) register_by: Option<DeadlineExpr>,
    pub(super) sit_by: Option<DeadlineExpr>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRulings {
    pub(super) last_day: Option<LastDay>,
    pub(super) late_result: Option<LateResult>,
    pub(super) no_show: Option<Forfeit>,
    pub(super) cancellation: Option<RawCancellation>,
    pub(super) technical_fault: Option<Forfeit>,
    pub(super) invalidated: Option<Forfeit>,
    pub(super) open_registrations: Option<RawOpen>,
    pub(super) same_exam: Option<SameExam>,
    pub(super) eligibility_at: Option<EligibilityAt>,
    pub(super) practice_test_runs: Option<PracticeTestRuns>,
    pub(super) reissue: Option<Reissue>,
    pub(super) branch_leaves: Option<BranchLeaves>,
    pub(super) extension: Option<Extension>,
    pub(super) terms_in_force: Option<TermsInForce>,
    pub(super) policy_in_force: Option<PolicyInForce>,
    pub(super) shortening: Option<RawShortening>,
    pub(super) correction: Option<Correction>,
    pub(super) refund_until: Option<Limit<DeadlineExpr>>,
    pub(super) refund_of_booked: Option<RefundOfBooked>,
    pub(super) business_days: Option<Limit<CalendarId>>,
    pub(super) goodwill: Option<Limit<Goodwill>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCancellation {
    pub(super) cut_off: Option<Limit<Period>>,
    pub(super) late: Option<Forfeit>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawShortening {
    pub(super) notice: Period,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOpen {
    pub(super) max: Option<Limit<u16>>,
    pub(super) over: Option<Scope>,
    pub(super) until: Option<OpenUntil>,
}
