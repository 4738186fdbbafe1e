//! The right that a unit gives: when it begins, when it ends, and by which rule.

use chrono::NaiveDate;

use super::{AttemptEnd, Entitlement, Issued, Stage, Unit};
use crate::calendar_time::{Anchor, BusinessCalendar, DeadlineExpr, Moment, Resolution};
use crate::terms::{BenefitKind, ExamBenefit, Extension, Terms};
use crate::{Agreement, ExamResult, Offer, Rule, Timestamp};

/// A unit seen together with all that its deadlines hang on.
#[derive(Debug, Clone, Copy)]
pub struct Right<'a> {
    /// The terms that govern it.
    pub terms: &'a Terms,
    /// Its offer, for moves of the end.
    pub offer: &'a Offer,
    /// Its agreement.
    pub agreement: Option<&'a Agreement>,
    /// The calendar of business days that the terms name.
    pub calendar: Option<&'a BusinessCalendar>,
    /// Its entitlement.
    pub entitlement: &'a Entitlement,
    /// Its purchase.
    pub issued: &'a Issued,
    /// The unit.
    pub unit: &'a Unit,
}

/// Where a right ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The first instant at which it is gone.
    pub at: Timestamp,
    /// The rule whose deadline that is.
    pub rule: Rule,
}

/// The last days that deadlines may hang on.
#[derive(Debug, Clone, Copy)]
struct LastDays {
    offer: Option<NaiveDate>,
    agreement: Option<NaiveDate>,
}

/// What a question supposes beyond what is on record.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Suppose {
    /// The first registration is made now.
    pub(crate) first_scheduled_at: Option<Timestamp>,
    /// The exam is or was sat then.
    pub(crate) sat_at: Option<Timestamp>,
    /// Its result is put on record then.
    pub(crate) result_at: Option<Timestamp>,
    /// The exam's last day.
    pub(crate) retires_on: Option<NaiveDate>,
}

impl<'a> Right<'a> {
    /// The benefit's terms, if it is an exam voucher.
    pub fn exam(&self) -> Option<&'a ExamBenefit> {
        match &self.terms.benefit(self.unit.benefit).kind {
            BenefitKind::Exam(exam) => Some(exam),
            _ => None,
        }
    }

    /// How many attempts the unit carries in all.
    pub fn attempts_max(&self) -> u16 {
        self.exam().map_or(0, |exam| 1 + exam.retake.count + self.unit.extra_attempts)
    }

    /// The last days of the offer and of the agreement as they hold for this unit.
    ///
    /// A move counts if it came before the purchase, or while the unit was alive (and, for the offer's end, if the
    /// terms say that it moves live ones). It never revives what has ended, on record or not (ruling 12).
    fn last_days(&self) -> LastDays {
        let agreement = self.agreement.and_then(|a| a.open.as_ref());
        let of_offer = self.offer.moves_of(self.terms.hash).iter().map(|moved| (moved, true));
        let of_agreement = agreement.map_or(&[][..], |a| &a.moves).iter().map(|moved| (moved, false));
        let mut moves: Vec<_> = of_offer.chain(of_agreement).collect();
        moves.sort_by_key(|(moved, _)| moved.at);
        let mut days =
            LastDays { offer: self.terms.last_day(), agreement: agreement.map(|a| a.first_last_day) };
        for (moved, is_offer) in moves {
            let bought_later = moved.at <= self.issued.issued_at;
            let moves_live = !is_offer || self.terms.rulings.extension == Extension::MovesLive;
            let alive =
                || self.unit.moved_at > moved.at || self.end_with(days).is_none_or(|end| moved.at < end.at);
            if bought_later || (moves_live && alive()) {
                *(if is_offer { &mut days.offer } else { &mut days.agreement }) = Some(moved.last_day);
            }
        }
        days
    }

    /// When the right begins.
    pub fn begins_at(&self) -> Resolution {
        let days = self.last_days();
        let anchors = |anchor| self.anchor(anchor, Suppose::default(), days);
        self.terms.benefit(self.unit.benefit).not_before.starts_at(&anchors, self.terms.zone, self.calendar)
    }

    /// When the right ends as it stands; `None` if nothing ends it by itself.
    pub fn end(&self) -> Option<End> {
        self.end_with(self.last_days())
    }

    /// The end that has come by `at`, whether or not it is on record.
    pub fn ended(&self, at: Timestamp) -> Option<End> {
        self.end().filter(|end| end.at <= at)
    }

    /// What a deadline rule of this unit comes to.
    pub(crate) fn deadline(&self, rule: Rule, suppose: Suppose) -> Resolution {
        self.deadline_with(rule, suppose, self.last_days())
    }

    /// That deadline in plain words, with what is known.
    pub(crate) fn deadline_words(&self, rule: Rule, suppose: Suppose) -> String {
        let days = self.last_days();
        let anchors = |anchor| self.anchor(anchor, suppose, days);
        self.expr(rule).map_or_else(String::new, |expr| {
            expr.explain_known(&anchors, self.terms.zone, self.terms.rulings.last_day, self.calendar)
        })
    }

    fn expr(&self, rule: Rule) -> Option<&'a DeadlineExpr> {
        match (&self.terms.benefit(self.unit.benefit).kind, rule) {
            (BenefitKind::Exam(exam), Rule::RegisterBy) => Some(&exam.register_by),
            (BenefitKind::Exam(exam), Rule::SitBy) => Some(&exam.sit_by),
            (BenefitKind::Exam(exam), Rule::RetakeRegisterBy) => Some(&exam.retake.register_by),
            (BenefitKind::Exam(exam), Rule::RetakeSitBy) => Some(&exam.retake.sit_by),
            (
                BenefitKind::PracticeTest { activate_by, .. } | BenefitKind::Library { activate_by, .. },
                Rule::ActivateBy,
            ) => Some(activate_by),
            (
                BenefitKind::Library { use_within, .. } | BenefitKind::Subscription { use_within },
                Rule::UseWithin,
            ) => Some(use_within),
            _ => None,
        }
    }

    fn deadline_with(&self, rule: Rule, suppose: Suppose, days: LastDays) -> Resolution {
        if self.unit.waived.contains(&rule) {
            return Resolution::Never;
        }
        let Some(expr) = self.expr(rule) else { return Resolution::Never };
        let anchors = |anchor| self.anchor(anchor, suppose, days);
        match (
            expr.ends_at(&anchors, self.terms.zone, self.terms.rulings.last_day, self.calendar),
            self.unit.extended_until,
        ) {
            (Resolution::At(at), Some(until)) => Resolution::At(at.max(until)),
            (resolution, _) => resolution,
        }
    }

    fn anchor(&self, anchor: Anchor, suppose: Suppose, days: LastDays) -> Option<Moment> {
        let agreement = self.agreement.and_then(|a| a.open.as_ref());
        let last = self.unit.attempts.last();
        let concluded = self
            .unit
            .attempts
            .iter()
            .rev()
            .find(|a| matches!(a.end, AttemptEnd::Result { .. } | AttemptEnd::Lost));
        match anchor {
            Anchor::Purchase => Some(Moment::Instant(self.issued.purchased_at)),
            Anchor::Issue => Some(Moment::Instant(self.issued.issued_at)),
            Anchor::Assignment => self.entitlement.holder_of(self.unit).assigned_at().map(Moment::Instant),
            Anchor::Activation => match self.unit.stage {
                Stage::Active { since, .. } => Some(Moment::Instant(since)),
                _ => None,
            },
            Anchor::FirstSchedule => {
                suppose.first_scheduled_at.or(self.unit.first_scheduled_at).map(Moment::Instant)
            }
            Anchor::ExamSat => suppose.sat_at.or(concluded.map(|a| a.sit_at)).map(Moment::Instant),
            Anchor::ResultRecorded if suppose.sat_at.is_some() => suppose.result_at.map(Moment::Instant),
            Anchor::ResultRecorded => match concluded?.end {
                AttemptEnd::Result { at, .. } => Some(Moment::Instant(at)),
                _ => concluded.map(|a| Moment::Instant(a.sit_at)),
            },
            Anchor::OfferStart => self.terms.runs_from.value().copied().map(Moment::Day),
            Anchor::OfferEnd => days.offer.map(Moment::Day),
            Anchor::AgreementStart => agreement.map(|a| Moment::Day(a.first_day)),
            Anchor::AgreementEnd => days.agreement.map(Moment::Day),
            Anchor::FirstOrderEnd => self.issued.first_order_last_day.map(Moment::Day),
            Anchor::ExamRetirement => suppose.retires_on.or(last.and_then(|a| a.retires_on)).map(Moment::Day),
        }
    }

    fn first_of(&self, rules: &[Rule], suppose: Suppose, days: LastDays) -> (Option<End>, bool) {
        let mut first: Option<End> = None;
        let mut unknown = false;
        for &rule in rules {
            match self.deadline_with(rule, suppose, days) {
                Resolution::At(at) if first.is_none_or(|end| at < end.at) => first = Some(End { at, rule }),
                Resolution::Open => unknown = true,
                Resolution::At(_) | Resolution::Never => {}
            }
        }
        (first, unknown)
    }

    fn end_with(&self, days: LastDays) -> Option<End> {
        use Rule::{ActivateBy, RegisterBy, RetakeRegisterBy, RetakeSitBy, SitBy, UseWithin};
        let first_of = |rules: &[Rule]| self.first_of(rules, Suppose::default(), days).0;
        match (&self.unit.stage, &self.terms.benefit(self.unit.benefit).kind) {
            (Stage::Used | Stage::Revoked(_), _) => None,
            (Stage::Unused, BenefitKind::Exam(_)) => first_of(&[RegisterBy, SitBy]),
            (Stage::Retake { .. }, BenefitKind::Exam(_)) => first_of(&[RetakeRegisterBy, RetakeSitBy]),
            (Stage::Registered, BenefitKind::Exam(_)) => self.end_of_registered(days),
            (Stage::Active { ends_at, .. }, BenefitKind::PracticeTest { .. }) => {
                ends_at.map(|at| End { at, rule: UseWithin })
            }
            (Stage::Active { .. }, _) => first_of(&[UseWithin]),
            (_, _) => first_of(&[ActivateBy, UseWithin]),
        }
    }

    /// While a sitting awaits its result, the right lasts as long as a fail could still earn a retake.
    fn end_of_registered(&self, days: LastDays) -> Option<End> {
        let attempt = self.unit.open()?;
        let own = if attempt.number == 1 { Rule::SitBy } else { Rule::RetakeSitBy };
        let own = self.first_of(&[own], Suppose::default(), days).0?;
        if attempt.number >= self.attempts_max() {
            return Some(own);
        }
        let suppose = Suppose { sat_at: Some(attempt.sit_at), ..Suppose::default() };
        match self.first_of(&[Rule::RetakeRegisterBy, Rule::RetakeSitBy], suppose, days) {
            (Some(retake), _) => Some(if own.at < retake.at { retake } else { own }),
            (None, _) => None,
        }
    }

    /// Whether a result counts as a fail by these terms.
    pub fn counts_as_fail(&self, result: ExamResult) -> bool {
        use crate::terms::Forfeit::Fail;
        let rulings = &self.terms.rulings;
        match result {
            ExamResult::Pass => false,
            ExamResult::Fail => true,
            ExamResult::Missed => rulings.no_show == Fail,
            ExamResult::TechnicalFault => rulings.technical_fault == Fail,
            ExamResult::Invalidated => rulings.invalidated == Fail,
        }
    }
}
