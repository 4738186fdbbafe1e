//! The right that a unit gives: when it begins, when it ends, and by which rule.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::anchors::LastDays;
use super::{Attempt, Entitlement, Fate, Issued, Stage, Suppose, Unit};
use crate::calendar_time::{
    Anchor, BusinessCalendar, CalendarVersions, DeadlineExpr, Direction, Moment, Origin, Period, Point,
    Resolution,
};
use crate::terms::{BenefitKind, ExamBenefit, Limit, Payment, Terms};
use crate::{Agreement, CalendarId, Law, Offer, Rule, Timestamp};

/// A unit seen together with all that its deadlines hang on.
#[derive(Debug, Clone, Copy)]
pub struct Right<'a> {
    /// The terms that govern it.
    pub terms: &'a Terms,
    /// Its offer, for moves of the end.
    pub offer: &'a Offer,
    /// Its agreement.
    pub agreement: Option<&'a Agreement>,
    /// The calendars of business days, each by the name under which terms ask for it.
    pub calendars: &'a BTreeMap<CalendarId, Arc<CalendarVersions>>,
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

impl<'a> Right<'a> {
    /// The calendar of business days that the terms name, if they name one and it is known: the version that was in force when the
    /// right was sold, or, under a version of the offer that came later, when that was published (ruling 16).
    pub(crate) fn calendar(&self) -> Option<&'a BusinessCalendar> {
        let versions = self.calendars.get(self.terms.rulings.business_days.value()?)?;
        versions.in_force_at(self.terms_since())
    }

    /// Since when these terms govern the right: since it was sold, or since a later version of its offer was published.
    fn terms_since(&self) -> Timestamp {
        let issued_at = self.issued.issued_at;
        if self.terms.hash == self.issued.terms {
            return issued_at;
        }
        self.published_at().map_or(issued_at, |published_at| issued_at.max(published_at))
    }

    /// When the version that governs the right was first published.
    fn published_at(&self) -> Option<Timestamp> {
        self.offer.published.iter().find(|(_, hash)| *hash == self.terms.hash).map(|(at, _)| *at)
    }

    /// Whether the terms name no calendar, or one that is known; without it no deadline can be told.
    pub(crate) fn has_its_calendar(&self) -> bool {
        self.terms.rulings.business_days == Limit::None || self.calendar().is_some()
    }

    /// The law of the offer, with what was waived for this unit.
    pub(crate) fn law(&self) -> Law<'a> {
        self.terms.law().waiving(self.unit.waived())
    }

    /// The benefit's terms, if it is an exam voucher.
    pub fn exam(&self) -> Option<&'a ExamBenefit> {
        match &self.terms.benefit(self.unit.benefit).kind {
            BenefitKind::Exam(exam) => Some(exam),
            _ => None,
        }
    }

    /// How many attempts the unit carries in all.
    pub fn attempts_max(&self) -> u16 {
        self.exam()
            .map_or(0, |exam| exam.retake.count.saturating_add(1).saturating_add(self.unit.extra_attempts()))
    }

    /// When the right begins.
    pub fn begins_at(&self) -> Resolution {
        let days = self.last_days();
        let anchors = |anchor| self.anchor(anchor, Suppose::default(), days);
        self.terms.benefit(self.unit.benefit).not_before.starts_at(&anchors, self.terms.zone, self.calendar())
    }

    /// When the right ends as it stands; `None` if nothing ends it by itself.
    pub fn end(&self) -> Option<End> {
        self.end_with(self.last_days())
    }

    /// The end that has come by `at`, whether or not it is on record.
    pub fn ended(&self, at: Timestamp) -> Option<End> {
        self.end().filter(|end| end.at <= at)
    }

    /// As [`Right::ended`]; of an exam voucher that is used, the end that one more attempt would have.
    pub(crate) fn ended_for_more(&self, at: Timestamp) -> Option<End> {
        self.end_of_more(self.last_days()).filter(|end| end.at <= at)
    }

    /// The last day that lies inside, of a right that ends then.
    pub(crate) fn last_day_inside(&self, ends_at: Timestamp) -> NaiveDate {
        self.terms.zone.civil_date(ends_at.plus_millis(-1))
    }

    /// The day from which an end comes to the same instant again, as a last day of these terms.
    pub(crate) fn day_of_end(&self, ends_at: Timestamp) -> NaiveDate {
        if self.terms.includes_last_day() {
            self.last_day_inside(ends_at)
        } else {
            self.terms.zone.civil_date(ends_at)
        }
    }

    /// What a deadline rule of this unit comes to.
    pub(crate) fn deadline(&self, rule: Rule, suppose: Suppose) -> Resolution {
        self.deadline_with(rule, suppose, self.last_days())
    }

    /// An end in plain words, with the moments it hangs on.
    pub fn end_words(&self, end: End) -> String {
        match self.unit.extended_until() {
            Some(until) if until == end.at => format!("goodwill gave it time until {until}"),
            _ => self.deadline_words(end.rule, Suppose::default()),
        }
    }

    /// That deadline in plain words, with what is known.
    pub(crate) fn deadline_words(&self, rule: Rule, suppose: Suppose) -> String {
        let days = self.last_days();
        let anchors = |anchor| self.anchor(anchor, suppose, days);
        self.expr(rule).map_or_else(String::new, |expr| {
            expr.explain_known(&anchors, self.terms.zone, self.terms.rulings.last_day, self.calendar())
        })
    }

    /// What a deadline of the purchase as a whole comes to.
    pub(crate) fn resolve(&self, expr: &DeadlineExpr) -> Resolution {
        let days = self.last_days();
        let anchors = |anchor| self.anchor(anchor, Suppose::default(), days);
        expr.ends_at(&anchors, self.terms.zone, self.terms.rulings.last_day, self.calendar())
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

    pub(super) fn deadline_with(&self, rule: Rule, suppose: Suppose, days: LastDays) -> Resolution {
        self.with_goodwill(rule, self.not_shortened(rule, suppose, days))
    }

    /// A deadline by the terms alone.
    fn by_terms(&self, rule: Rule, suppose: Suppose, days: LastDays) -> Resolution {
        let Some(expr) = self.expr(rule) else { return Resolution::Never };
        let anchors = |anchor| self.anchor(anchor, suppose, days);
        expr.ends_at(&anchors, self.terms.zone, self.terms.rulings.last_day, self.calendar())
    }

    /// A deadline by the terms, which under a later version is no earlier than the one that was sold: unless that version says
    /// so, and then not before its notice has run (ruling 18).
    fn not_shortened(&self, rule: Rule, suppose: Suppose, days: LastDays) -> Resolution {
        let by_terms = self.by_terms(rule, suppose, days);
        if self.terms.hash == self.issued.terms {
            return by_terms;
        }
        let Some(sold) = self.offer.versions.get(&self.issued.terms) else { return by_terms };
        let sold = Right { terms: sold, ..*self }.by_terms(rule, suppose, days);
        let notice = self.terms.rulings.shortening.value().map(|notice| self.after_notice(*notice));
        let kept = match (sold, notice) {
            (sold, None) => sold,
            (Resolution::At(sold), Some(noticed)) => Resolution::At(sold.min(noticed)),
            (_, Some(noticed)) => Resolution::At(noticed),
        };
        match (by_terms, kept) {
            (Resolution::At(by_terms), Resolution::At(kept)) => Resolution::At(by_terms.max(kept)),
            (Resolution::At(_), kept) => kept,
            (by_terms, _) => by_terms,
        }
    }

    /// The end of a notice that runs since these terms were published.
    fn after_notice(&self, notice: Period) -> Timestamp {
        let after = DeadlineExpr::Point(Point {
            origin: Origin::Anchor(Anchor::Issue),
            offset: Some((Direction::After, notice)),
        });
        let since = self.published_at().unwrap_or(self.issued.issued_at);
        let published_at = |_| Some(Moment::Instant(since));
        let ends_at =
            after.ends_at(&published_at, self.terms.zone, self.terms.rulings.last_day, self.calendar());
        ends_at.at().unwrap_or(since)
    }

    /// A deadline by the terms, moved by what goodwill gave.
    fn with_goodwill(&self, rule: Rule, by_terms: Resolution) -> Resolution {
        match (by_terms, self.unit.extended_until()) {
            _ if self.unit.waived().contains(&rule) => Resolution::Never,
            (Resolution::At(at), Some(until)) => Resolution::At(at.max(until)),
            (resolution, _) => resolution,
        }
    }

    fn first_of(&self, rules: &[Rule], suppose: Suppose, days: LastDays) -> Option<End> {
        let ends = rules
            .iter()
            .filter_map(|&rule| self.deadline_with(rule, suppose, days).at().map(|at| End { at, rule }));
        ends.min_by_key(|end| end.at)
    }

    pub(super) fn end_with(&self, days: LastDays) -> Option<End> {
        use Rule::{ActivateBy, RegisterBy, RetakeRegisterBy, RetakeSitBy, SitBy, UseWithin};
        let first_of = |rules: &[Rule]| self.first_of(rules, Suppose::default(), days);
        match (self.standing_with(days).stage, &self.terms.benefit(self.unit.benefit).kind) {
            (Stage::Used | Stage::Revoked(_), _) => None,
            (Stage::Unused, BenefitKind::Exam(_)) => first_of(&[RegisterBy, SitBy]),
            (Stage::Retake(_), BenefitKind::Exam(_)) => first_of(&[RetakeRegisterBy, RetakeSitBy]),
            (Stage::Registered(open), BenefitKind::Exam(_)) => self.end_of_registered(open, days),
            (Stage::Active(active), BenefitKind::PracticeTest { .. }) if active.ends_at.is_some() => {
                let at = self.with_goodwill(UseWithin, Resolution::At(active.ends_at?)).at()?;
                Some(End { at, rule: UseWithin })
            }
            (Stage::Active(_), _) => first_of(&[UseWithin]),
            (_, _) => first_of(&[ActivateBy, UseWithin]),
        }
    }

    pub(super) fn end_of_more(&self, days: LastDays) -> Option<End> {
        if matches!(self.standing_with(days).stage, Stage::Used) && self.exam().is_some() {
            return self.first_of(&[Rule::RetakeRegisterBy, Rule::RetakeSitBy], Suppose::default(), days);
        }
        self.end_with(days)
    }

    /// While a sitting awaits its result, the right lasts as long as a fail could still earn a retake.
    fn end_of_registered(&self, open: &Attempt, days: LastDays) -> Option<End> {
        let own = self.first_of(&[self.sit_rule(open)], Suppose::default(), days)?;
        if !self.fail_of_earns(open, days) {
            return Some(own);
        }
        let suppose = Suppose { sat_at: Some(open.sit_at), ..Suppose::default() };
        let retake = self.first_of(&[Rule::RetakeRegisterBy, Rule::RetakeSitBy], suppose, days)?;
        Some(if own.at < retake.at { retake } else { own })
    }

    /// Whether one more attempt may follow a fail of the open one, by what is left, was paid and taken back.
    fn fail_of_earns(&self, open: &Attempt, days: LastDays) -> bool {
        let used = self.standing_with(days).used;
        used < self.attempts_max() && self.unit.taken_back.is_none() && self.paid_for() && open.is_open()
    }

    /// The last attempt before one of this right's own that was not given back.
    pub(super) fn counted_before(&self, attempt: &Attempt) -> Option<&'a Attempt> {
        let unit = self.unit;
        let before = unit.attempts.iter().take_while(|before| !std::ptr::eq(*before, attempt));
        before.filter(|before| self.fate(before) != Fate::GivenBack).last()
    }

    /// The rule by which one of this right's own attempts has to be sat: that of the first try, or of a retake.
    pub(crate) fn sit_rule(&self, attempt: &Attempt) -> Rule {
        if self.counted_before(attempt).is_some() { Rule::RetakeSitBy } else { Rule::SitBy }
    }

    /// The instant from which a cancellation or move of a registration is late.
    pub(crate) fn cut_off(&self, attempt: &Attempt) -> Option<Timestamp> {
        let period: &Period = self.terms.rulings.cancel_cut_off.value()?;
        let sit_on = DeadlineExpr::Point(Point {
            origin: Origin::Anchor(Anchor::ExamSat),
            offset: Some((Direction::Before, *period)),
        });
        let sit_at = |_| Some(Moment::Instant(attempt.planned_at));
        sit_on.starts_at(&sit_at, self.terms.zone, self.calendar()).at()
    }

    /// Whether a registration that ends at `at` ends late.
    pub(crate) fn is_late(&self, attempt: &Attempt, at: Timestamp) -> bool {
        self.cut_off(attempt).is_some_and(|cut_off| cut_off <= at)
    }

    /// Whether the exam was paid: at the registration of its first try if the offer is paid so and that says, or else by the order.
    pub(crate) fn was_paid(&self) -> bool {
        let first = self.unit.attempts.iter().find(|attempt| self.fate(attempt) != Fate::GivenBack);
        let at_scheduling = first.filter(|_| self.terms.sale.payment == Payment::AtScheduling);
        at_scheduling.and_then(|attempt| attempt.paid).unwrap_or(self.issued.paid)
    }

    /// Whether the exam was paid, where the offer gives retakes for paid ones only.
    pub(crate) fn paid_for(&self) -> bool {
        self.was_paid()
            || self.exam().is_none_or(|exam| !exam.retake.only_if_paid)
            || self.unit.waived().contains(&Rule::RetakeOnlyIfPaid)
    }
}
