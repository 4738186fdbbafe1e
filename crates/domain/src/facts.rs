//! What commands and events say: facts about exams, results, reasons, gifts.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{CandidateId, Category, DeliveryMode, ExamCode, PracticeTestId, ProviderId, Rule};

/// Facts about an exam.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExamFacts {
    /// Its categories.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// How it is given; empty for every way.
    #[serde(default)]
    pub deliveries: Vec<DeliveryMode>,
    /// Who delivers it; empty for everybody.
    #[serde(default)]
    pub providers: Vec<ProviderId>,
    /// Practice tests for it.
    #[serde(default)]
    pub practice_tests: Vec<PracticeTestId>,
    /// The last day on which it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retires_on: Option<NaiveDate>,
    /// The exam that follows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<ExamCode>,
    /// Whether it is a beta.
    #[serde(default)]
    pub beta: bool,
}

impl ExamFacts {
    /// Whether the exam is in a category. One that is marked as a beta is in the category of that name.
    pub fn is_in(&self, category: &Category) -> bool {
        category.is_among(&self.categories) || (self.beta && category.is("beta"))
    }
}

impl Category {
    /// Whether this is the category of that name, in capitals or not: `MTA` is `mta`.
    pub fn is(&self, name: &str) -> bool {
        self.as_str().eq_ignore_ascii_case(name)
    }

    /// Whether it is one of these.
    pub fn is_among(&self, categories: &[Category]) -> bool {
        categories.iter().any(|category| self.is(category.as_str()))
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$vdoc])* $variant),* }
    )*};
}

words! {
    /// Who cancels a registration.
    CancelledBy {
        /// The candidate, or somebody for them.
        Candidate,
        /// The delivery provider.
        Provider,
    }
    /// What came of a sitting.
    ExamResult {
        /// Passed.
        Pass,
        /// Failed.
        Fail,
        /// The candidate did not come.
        Missed,
        /// A technical fault ended it.
        TechnicalFault,
        /// The result was declared invalid.
        Invalidated,
    }
    /// Why a right that was taken back is given again.
    ReinstateReason {
        /// The dispute over a chargeback was won.
        DisputeWon,
    }
    /// Why a right is taken back.
    RevokeReason {
        /// The purchase is refunded.
        Refund,
        /// The payment was charged back.
        Chargeback,
        /// The order was a fraud.
        Fraud,
        /// The programme took it back for another reason.
        Withdrawn,
    }
}

/// Whether open agreements may still order an offer that is no longer sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Grandfather {
    /// Nobody orders any more.
    #[default]
    Nobody,
    /// Agreements that were open before may still order.
    OpenAgreements,
}

/// What goodwill gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Gift {
    /// One more attempt.
    ExtraAttempt,
    /// All deadlines of the voucher move to this day, inside, where they are earlier.
    LongerTerm {
        /// The last day.
        last_day: NaiveDate,
    },
    /// A rule is not held against this voucher.
    Waiver {
        /// The rule.
        rule: Rule,
        /// Whom it is not held against; everybody whom the voucher serves, if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        candidate: Option<CandidateId>,
    },
}

impl ExamResult {
    /// The result's name, in kebab case.
    pub fn name(self) -> &'static str {
        match self {
            ExamResult::Pass => "pass",
            ExamResult::Fail => "fail",
            ExamResult::Missed => "missed",
            ExamResult::TechnicalFault => "technical-fault",
            ExamResult::Invalidated => "invalidated",
        }
    }
}
