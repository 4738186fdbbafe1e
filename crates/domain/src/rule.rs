//! Every rule that a command can be judged by: its stable name, the clause it stands under if the law names none, and
//! what it asks.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A text that names no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no rule; `resit rules` lists them")]
pub struct UnknownRule(pub String);

macro_rules! rules {
    ($($rule:ident $name:literal $clause:literal $asks:literal;)*) => {
        /// A rule's stable name. It appears in refusals, in an offer's `[clauses]` and in explanations, and never
        /// changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $asks] $rule,)*
        }

        impl Rule {
            /// All rules, in order of precedence: of two that fail, the earlier one is the answer.
            pub const ALL: &'static [Rule] = &[$(Rule::$rule),*];

            /// The name, in kebab case.
            pub const fn name(self) -> &'static str {
                match self { $(Rule::$rule => $name),* }
            }

            /// The clause a refusal cites where the law gives the rule none: a ruling (`R1` to `R23`), `ledger`, or
            /// `own` for the law's name with the rule's.
            pub const fn default_clause(self) -> &'static str {
                match self { $(Rule::$rule => $clause),* }
            }

            /// What the rule asks, as a fragment of a sentence.
            pub const fn asks(self) -> &'static str {
                match self { $(Rule::$rule => $asks),* }
            }
        }

        impl FromStr for Rule {
            type Err = UnknownRule;
            fn from_str(name: &str) -> Result<Self, UnknownRule> {
                match name {
                    $($name => Ok(Rule::$rule),)*
                    _ => Err(UnknownRule(name.to_owned())),
                }
            }
        }
    };
}

rules! {
    KnownVoucher "known-voucher" "R11" "the voucher or code is known";
    KnownOffer "known-offer" "ledger" "the offer was published";
    KnownCalendar "known-calendar" "R16" "the calendar that the offer names was published";
    CodeCurrent "code-current" "R11" "the code was not replaced by a newer one";
    KnownExam "known-exam" "ledger" "the exam is in the catalogue";
    KnownPracticeTest "known-practice-test" "ledger" "the practice test is in the catalogue";
    PurchasePast "purchase-past" "ledger" "the day of purchase is not ahead";
    KnownAgreement "known-agreement" "ledger" "the agreement was opened";
    OfferComplete "offer-complete" "R13" "the offer file leaves no point open";
    NewVersion "new-version" "R13" "what is published differs from what is in force";
    SuccessorAhead "successor-ahead" "R8" "the successors of an exam end, and never come back to it";
    EndMovesLater "end-moves-later" "R12" "an extension moves the end of the offer to a later date";
    SpanOnRecord "span-on-record" "ledger" "the span begins and ends with whole commands on record, in order";
    TimesInOrder "times-in-order" "ledger" "the corrected times lie between the record before the span and now";
    SpanFits "span-fits" "ledger" "the span, and the facts that it replaces, fit into one correction";
    DatesInOrder "dates-in-order" "ledger" "the first day comes before the last";
    OrderUnchanged "order-unchanged" "ledger" "an order line sent again says the same as the first time";
    PiecesOfOrder "pieces-of-order" "ledger" "the pieces asked for are pieces of the order line, and the first was issued first";

    StillSold "still-sold" "own" "the offer is still sold, or the agreement is older than the end of its sale";
    OnSaleFrom "on-sale-from" "own" "the offer has opened";
    OnSaleUntil "on-sale-until" "own" "the offer has not ended";
    SaleChannel "sale-channel" "own" "the offer is sold through this channel";
    SaleRegion "sale-region" "own" "the offer is sold in this region";
    BuyerQualifies "buyer-qualifies" "own" "the buyer has every fact that the offer asks for";
    UnderAgreement "under-agreement" "own" "the order stands under an agreement of a kind the offer is sold through";
    AgreementRuns "agreement-runs" "own" "the agreement runs at the time of purchase";
    NotCombined "not-combined" "own" "the offer is not combined with another offer or discount";
    QuantityMax "quantity-max" "own" "the quantity is inside the offer's maximum";
    Payment "payment" "own" "the order is paid or free as the offer asks";
    OrderMode "order-mode" "own" "the order says how it is counted, in a way that the offer is sold in";
    OrderDate "order-date" "own" "the order has the date of its vouchers where the offer takes it from there, and that date has not passed";
    HolderNamed "holder-named" "own" "the holder is named where the offer binds one at purchase";

    RightKind "right-kind" "own" "the voucher carries this kind of benefit";
    NotRevoked "not-revoked" "R15" "the right was not revoked";
    ActivatedOnce "activated-once" "own" "the benefit was not activated for something else before";
    RegistrationOpen "registration-open" "ledger" "a registration is open";
    BeforeSitting "before-sitting" "R6" "the exam was not sat yet";
    ChangedInOrder "changed-in-order" "R20" "the change was made after the registration, and not ahead of now";
    NotRetroactive "not-retroactive" "own" "the code existed before the registration";
    NotBefore "not-before" "own" "the right has begun";
    SharedOut "shared-out" "own" "the voucher belongs to the branch that uses it";
    BuyerAtUse "buyer-at-use" "own" "the buyer has every fact that the offer asks for when a voucher is used";
    AssignedFirst "assigned-first" "own" "the voucher is assigned where the offer binds the holder at assignment";
    HolderMatches "holder-matches" "own" "the voucher serves the individual it is bound or assigned to";
    HolderFree "holder-free" "own" "the voucher may still be assigned or unassigned";
    RetakeNeedsFail "retake-needs-fail" "own" "a further attempt follows a recorded fail that earned it";
    OneOpenHere "one-open-here" "own" "the voucher has no registration open";
    AttemptsLeft "attempts-left" "own" "the voucher has an attempt left";
    RetakeOnlyIfPaid "retake-only-if-paid" "own" "the exam was paid where the retake is free for paid exams only";
    RegisterBy "register-by" "R2" "the exam is registered before the register-by deadline";
    SitBy "sit-by" "R2" "the exam is sat before the sit-by deadline";
    RetakeRegisterBy "retake-register-by" "R2" "the retake is registered before its register-by deadline";
    RetakeSitBy "retake-sit-by" "R2" "the retake is sat before its sit-by deadline";
    RetakeWait "retake-wait" "R4" "the wait after the failed exam is over";
    SittingAhead "sitting-ahead" "ledger" "the sitting is not before its registration";
    ExamEligible "exam-eligible" "R9" "the offer reaches this exam";
    SameExam "same-exam" "R8" "the retake is of the same exam, as the offer understands it";
    PackMix "pack-mix" "own" "the exams of the pack stay inside one permitted mix";
    ExamOffered "exam-offered" "own" "the exam is still given at the time of the sitting";
    Delivery "delivery" "own" "the exam may be sat in this way";
    Provider "provider" "own" "the exam is delivered by a provider of the offer";
    RegisterChannel "register-channel" "own" "the registration comes through a channel of the offer";
    SitRegion "sit-region" "own" "the exam is sat in a region of the offer";
    OpenRegistrations "open-registrations" "own" "no more registrations are open at a time than the offer allows";
    PolicyPassLock "policy-pass-lock" "own" "the candidate has not passed this exam, or may sit it again";
    PolicyBetaOnce "policy-beta-once" "own" "a beta exam is sat once";
    PolicyCap "policy-cap" "own" "the candidate has attempts left in the programme's window";
    PolicyWait "policy-wait" "own" "the programme's wait after the last attempt is over";

    ResultAwaited "result-awaited" "ledger" "a registration awaits its result";
    ResultKnown "result-known" "R14" "the attempt has a result that can be corrected";
    SatInThePast "sat-in-the-past" "R3" "the sitting lies in the past and behind its registration";
    SatInTime "sat-in-time" "R3" "the exam was sat before its deadline";
    ResultInTime "result-in-time" "R3" "the result arrives before the deadline where the offer asks for that";
    StepKnown "step-known" "own" "the step is one that a clock of the offer starts from or stops at";
    StepTaken "step-taken" "ledger" "the step was taken, and not ahead of now";
    PracticeTestProvider "practice-test-provider" "own" "the practice test is activated at a provider of the offer";
    ActivateBy "activate-by" "own" "the benefit is activated before its deadline";
    UseWithin "use-within" "own" "the benefit is used inside its term";
    PracticeTestReached "practice-test-reached" "own" "the practice test belongs to the promotion";
    ReissueAllowed "reissue-allowed" "R11" "the offer replaces lost codes, and the right is alive";
    Refundable "refundable" "R15" "the purchase may still be refunded";
    BranchKnown "branch-known" "own" "the branch belongs to the agreement, and the offer may be shared out";
    ShareAvailable "share-available" "own" "enough untouched vouchers are left to share out or to take back";
    Reinstatable "reinstatable" "R15" "what was taken back was charged back, and may be given again";
    ProposalWaits "proposal-waits" "R17" "the proposal is known, and waits to be approved or declined";
    GoodwillAllowed "goodwill-allowed" "R17" "the offer knows goodwill, and the right can carry it";
    WaiverNamesPerson "waiver-names-person" "R17" "a waiver of a rule about persons names the candidate it is for";
    GoodwillReason "goodwill-reason" "R17" "the reason is on the offer's list";
    DisputeKnown "dispute-known" "R17" "the decision in dispute is on record";
    GoodwillApproved "goodwill-approved" "R17" "a second person approved where the offer asks for that";
    Due "due" "R1" "something of the entitlement has passed its deadline";
    ImpactConfirmed "impact-confirmed" "R18" "no right is lost by what is published, or that was confirmed";
}

impl Rule {
    /// Whether goodwill can set the rule aside for one voucher: the terms of its use, not what the ledger is made of,
    /// nor the programme's policy, which holds across vouchers.
    pub fn may_be_waived(self) -> bool {
        use Rule as R;
        matches!(
            self,
            R::NotRetroactive
                | R::NotBefore
                | R::SharedOut
                | R::AssignedFirst
                | R::HolderMatches
                | R::RetakeOnlyIfPaid
                | R::RetakeWait
                | R::SameExam
                | R::OpenRegistrations
                | R::RegisterBy
                | R::SitBy
                | R::RetakeRegisterBy
                | R::RetakeSitBy
                | R::ExamEligible
                | R::PackMix
                | R::ExamOffered
                | R::Delivery
                | R::Provider
                | R::RegisterChannel
                | R::SitRegion
                | R::SatInTime
                | R::ResultInTime
                | R::ActivateBy
                | R::UseWithin
                | R::PracticeTestProvider
                | R::PracticeTestReached
        )
    }
}

impl Rule {
    /// Whether the rule is about who uses a voucher, so that its waiver has to say whom it is for.
    pub fn is_about_the_person(self) -> bool {
        matches!(self, Rule::AssignedFirst | Rule::HolderMatches | Rule::OpenRegistrations)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_its_own_and_comes_back() {
        for &rule in Rule::ALL {
            assert_eq!(rule.name().parse(), Ok(rule));
        }
    }
}
