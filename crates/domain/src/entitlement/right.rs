//! The right that a unit gives: when it begins, when it ends, and by which rule.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::anchors::LastDays;
use super::decided_by::{Dated, DecidedBy};
use super::{Activation, Attempt, Entitlement, Fate, Issued, Stage, Suppose, Unit};
use crate::calendar_time::{
    Anchor, BusinessCalendar, CalendarVersions, DeadlineExpr, Decided, Direction, Moment, Origin, Period,
    Point, Resolution, Settles, ZoneClock, ZonesKnown,
};
use crate::terms::{BenefitKind, ExamBenefit, Limit, Payment, Terms};
use crate::{Agreement, CalendarId, CandidateId, Law, Offer, Rule, Timestamp};

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
    /// The rules of time zones.
    pub zones: ZonesKnown<'a>,
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
    /// What decided that it is then; see [`Right::clause_of`].
    pub ground: DecidedBy,
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
    pub fn begins_at(&self) -> Decided<'a> {
        let days = self.last_days();
        let anchors = |anchor| self.anchor(anchor, Suppose::default(), days);
        let not_before = &self.terms.benefit(self.unit.benefit).not_before;
        self.settle(|zone| not_before.decided_start(&anchors, zone, self.calendar()))
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
        self.zone().civil_date(ends_at.plus_millis(-1))
    }

    /// The day from which an end comes to the same instant again, as a last day of these terms.
    pub(crate) fn day_of_end(&self, ends_at: Timestamp) -> NaiveDate {
        if self.terms.includes_last_day() {
            self.last_day_inside(ends_at)
        } else {
            self.zone().civil_date(ends_at)
        }
    }

    /// What a deadline rule of this unit comes to.
    pub(crate) fn deadline(&self, rule: Rule, suppose: Suppose) -> Option<End> {
        self.deadline_with(rule, suppose, self.last_days())
    }

    /// An end in plain words, with the moments it hangs on.
    pub fn end_words(&self, end: End) -> String {
        match self.extended_until() {
            Some(until) if until == end.at => format!("goodwill gave it time until {until}"),
            _ => self.as_grounded(end).deadline_words(end.rule, Suppose::default()),
        }
    }

    /// That deadline in plain words, with what is known.
    pub(crate) fn deadline_words(&self, rule: Rule, suppose: Suppose) -> String {
        let days = self.last_days();
        let anchors = |anchor| self.anchor(anchor, suppose, days);
        self.expr(rule).map_or_else(String::new, |expr| {
            let ends_at = |zone| self.ends_at(expr, &anchors, zone);
            let (settled, zone) = self.zones.settle_by(self.terms.zone, self.terms_since(), ends_at);
            let words = expr.explain_known(&anchors, zone, self.terms.rulings.last_day, self.calendar());
            match settled {
                Resolution::At(at) if settled != ends_at(zone) => {
                    format!("{words}; the zone's rules that say so came at {at} and end nothing before that")
                }
                _ => words,
            }
        })
    }

    /// What a deadline of the purchase as a whole comes to.
    pub(crate) fn resolve(&self, expr: &'a DeadlineExpr) -> Decided<'a> {
        let days = self.last_days();
        let anchors = |anchor| self.anchor(anchor, Suppose::default(), days);
        self.settle(|zone| self.decided_end(expr, &anchors, zone))
    }

    /// The zone of the terms by its newest rules.
    pub(crate) fn zone(&self) -> ZoneClock<'a> {
        self.zones.clock(self.terms.zone)
    }

    /// A date of the terms: by the rules of the zone that were in force when they began to govern the right, and by each later
    /// set as long as the date was still ahead (ruling 18).
    pub(crate) fn settle<T: Settles>(&self, read: impl Fn(ZoneClock<'a>) -> T) -> T {
        self.zones.settle(self.terms.zone, self.terms_since(), read)
    }

    fn ends_at(
        &self,
        expr: &DeadlineExpr,
        anchors: &dyn Fn(Anchor) -> Option<Moment>,
        zone: ZoneClock<'_>,
    ) -> Resolution {
        self.decided_end(expr, anchors, zone).resolution
    }

    fn decided_end<'e>(
        &self,
        expr: &'e DeadlineExpr,
        anchors: &dyn Fn(Anchor) -> Option<Moment>,
        zone: ZoneClock<'_>,
    ) -> Decided<'e> {
        expr.decided_end(anchors, zone, self.terms.rulings.last_day, self.calendar())
    }

    /// The instant before which no deadline ends, by goodwill.
    fn extended_until(&self) -> Option<Timestamp> {
        let given = self.unit.extensions();
        given.map(|(recorded_at, until)| self.zones.moved(self.terms.zone, recorded_at, until)).max()
    }

    /// When the use of a practice test ends. Hours are hours in every zone; days are those of the terms' zone.
    fn use_ends_at(&self, active: &Activation) -> Option<Timestamp> {
        let ends_at = active.ends_at?;
        match &self.terms.benefit(self.unit.benefit).kind {
            BenefitKind::PracticeTest { lasts, .. } if lasts.exact_seconds().is_none() => {
                Some(self.zones.moved(self.terms.zone, active.recorded_at, ends_at))
            }
            _ => Some(ends_at),
        }
    }

    pub(super) fn expr(&self, rule: Rule) -> Option<&'a DeadlineExpr> {
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

    pub(super) fn deadline_with(&self, rule: Rule, suppose: Suppose, days: LastDays) -> Option<End> {
        self.with_goodwill(rule, self.not_shortened(rule, suppose, days)).end(rule)
    }

    /// A deadline by the terms alone.
    fn by_terms(&self, rule: Rule, suppose: Suppose, days: LastDays) -> Dated {
        let Some(expr) = self.expr(rule) else { return Resolution::Never.into() };
        let anchors = |anchor| self.anchor(anchor, suppose, days);
        let decided = self.settle(|zone| self.decided_end(expr, &anchors, zone));
        Dated { resolution: decided.resolution, ground: DecidedBy::of_part(expr, decided.clause) }
    }

    /// A deadline by the terms, which under a later version is no earlier than the one that was sold: unless that version says
    /// so, and then not before its notice has run (ruling 18).
    fn not_shortened(&self, rule: Rule, suppose: Suppose, days: LastDays) -> Dated {
        let by_terms = self.by_terms(rule, suppose, days);
        if self.terms.hash == self.issued.terms {
            return by_terms;
        }
        let Some(sold) = self.offer.versions.get(&self.issued.terms) else { return by_terms };
        let sold = Right { terms: sold, ..*self }.by_terms(rule, suppose, days).as_sold();
        let notice = self.terms.rulings.shortening.value().map(|notice| self.after_notice(*notice));
        let kept = match (sold.resolution, notice) {
            (Resolution::At(sold_end), Some(noticed)) if noticed < sold_end => Resolution::At(noticed).into(),
            (Resolution::Never | Resolution::Open, Some(noticed)) => Resolution::At(noticed).into(),
            _ => sold,
        };
        match (by_terms.resolution, kept.resolution) {
            (Resolution::At(by), Resolution::At(kept_end)) if kept_end <= by => by_terms,
            (Resolution::At(_), _) => kept,
            _ => by_terms,
        }
    }

    /// The end of a notice that runs since these terms were published.
    fn after_notice(&self, notice: Period) -> Timestamp {
        self.end_of(notice, self.published_at().unwrap_or(self.issued.issued_at))
    }

    /// The end of a period that runs since an instant, as these terms count.
    pub(crate) fn end_of(&self, period: Period, since: Timestamp) -> Timestamp {
        let after = DeadlineExpr::Point(Point {
            origin: Origin::Anchor(Anchor::Issue),
            offset: Some((Direction::After, period)),
        });
        let begins_at = |_| Some(Moment::Instant(since));
        let ends_at = self.settle(|zone| self.ends_at(&after, &begins_at, zone));
        ends_at.at().unwrap_or(since)
    }

    /// A deadline by the terms, moved by what goodwill gave.
    fn with_goodwill(&self, rule: Rule, by_terms: Dated) -> Dated {
        match (by_terms.resolution, self.extended_until()) {
            _ if self.unit.waived().contains(&rule) => Resolution::Never.into(),
            (Resolution::At(at), Some(until)) if at < until => {
                Dated { resolution: Resolution::At(until), ground: DecidedBy::Goodwill }
            }
            _ => by_terms,
        }
    }

    fn first_of(&self, rules: &[Rule], suppose: Suppose, days: LastDays) -> Option<End> {
        let ends = rules.iter().filter_map(|&rule| self.deadline_with(rule, suppose, days));
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
                self.with_goodwill(UseWithin, Resolution::At(self.use_ends_at(active)?).into()).end(UseWithin)
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
        used < self.attempts_max()
            && self.unit.taken_back.is_none()
            && self.paid_for(&open.candidate)
            && open.is_open()
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
        // It holds since the registration was made.
        let since = self.terms_since().max(attempt.booked_at);
        let read = |zone| sit_on.starts_at(&sit_at, zone, self.calendar());
        self.zones.settle(self.terms.zone, since, read).at()
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

    /// Whether the exam that this candidate sat was paid, where the offer gives retakes for paid ones only.
    pub(crate) fn paid_for(&self, candidate: &CandidateId) -> bool {
        self.was_paid()
            || self.exam().is_none_or(|exam| !exam.retake.only_if_paid)
            || self.unit.waives(Rule::RetakeOnlyIfPaid, Some(candidate))
    }
}
