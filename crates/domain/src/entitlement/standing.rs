//! Where a right stands: derived from all that happened to it, in the order in which it happened.

use super::anchors::LastDays;
use super::{Activation, Attempt, End, Report, Right, Suppose};
use crate::terms::{Correction, Forfeit, Waits};
use crate::{CancelledBy, ExamResult, RetakeVerdict, RevokeReason, Rule, Timestamp};

/// What became of a registration, by the terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is open.
    Open,
    /// The attempt was given back.
    GivenBack,
    /// The attempt is lost, and earns nothing.
    Lost,
    /// It counts as a fail.
    Failed,
    /// It was passed.
    Passed,
}

/// Where a right stands.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// What comes next.
    pub stage: Stage<'a>,
    /// How many attempts are used: registered or ended, and not given back.
    pub used: u16,
    /// Whether an attempt was passed.
    pub passed: bool,
    /// The last attempt that is used up, and what became of it.
    pub last: Option<(&'a Attempt, Fate)>,
    /// What the last attempt did not earn, and why; none if nothing was withheld.
    pub(crate) withheld: Option<Withheld>,
}

/// What comes next.
#[derive(Debug, Clone, Copy)]
pub enum Stage<'a> {
    /// The first attempt: nothing happened yet, or every attempt was given back.
    Unused,
    /// What comes of a registration.
    Registered(&'a Attempt),
    /// A retake, after this attempt.
    Retake(&'a Attempt),
    /// Nothing: its attempts are used up, or the exam was passed.
    Used,
    /// The end of a practice test, library or subscription in use.
    Active(&'a Activation),
    /// Nothing: it was taken back.
    Revoked(RevokeReason),
}

/// The times of a fail.
#[derive(Debug, Clone, Copy)]
struct Fail {
    /// When it was or was to be sat: deadlines count from there.
    sitting: Timestamp,
    /// When it was sat or given up: waits count from there, and a retake may be registered from then on.
    end: Timestamp,
    /// When its result was recorded, for deadlines that count from there.
    record: Timestamp,
}

/// Why a fail earns no retake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Withheld {
    /// The voucher carries no more.
    NoneLeft,
    /// What was unused was taken back.
    Revoked,
    /// The exam was not paid, and retakes are for paid ones only.
    NotPaid,
    /// This deadline leaves no time for one.
    NoTime(End),
}

impl Stage<'_> {
    /// Its name, in kebab case.
    pub fn name(&self) -> &'static str {
        match self {
            Stage::Unused => "unused",
            Stage::Registered(_) => "registered",
            Stage::Retake(_) => "retake",
            Stage::Used => "used",
            Stage::Active(_) => "active",
            Stage::Revoked(_) => "revoked",
        }
    }
}

impl Standing<'_> {
    /// The last attempt that the right gives or gave, from 1; 0 if it never gave one.
    pub(crate) fn reaches(&self) -> u16 {
        match self.stage {
            Stage::Unused | Stage::Retake(_) => self.used.saturating_add(1),
            _ => self.used,
        }
    }

    /// Whether the next thing is a registration.
    pub(crate) fn awaits_registration(&self) -> bool {
        matches!(self.stage, Stage::Unused | Stage::Retake(_))
    }

    /// The number of the next attempt.
    pub(crate) fn next_number(&self) -> u16 {
        self.used.saturating_add(1)
    }
}

impl<'a> Right<'a> {
    /// Where the right stands by all that is known.
    pub fn standing(&self) -> Standing<'a> {
        self.standing_with(self.last_days())
    }

    /// Where the right stands, by these last days.
    pub(super) fn standing_with(&self, days: LastDays) -> Standing<'a> {
        let unit = self.unit;
        if let Some(active) = &unit.activation {
            return Standing {
                stage: Stage::Active(active),
                used: 0,
                passed: false,
                last: None,
                withheld: None,
            };
        }
        let mut used: u16 = 0;
        let mut last: Option<(&Attempt, Fate)> = None;
        let mut passed = false;
        // Each attempt after the first uses a retake if the one before it was failed and paid for, where that is asked, and a
        // gift otherwise.
        let mut retakes = self.exam().map_or(0, |exam| exam.retake.count);
        let mut extra = unit.extra_attempts();
        for attempt in &unit.attempts {
            let fate = self.fate(attempt);
            if fate == Fate::GivenBack {
                continue;
            }
            match last {
                Some((failed, Fate::Failed)) if retakes > 0 && self.paid_for(&failed.candidate) => {
                    retakes -= 1;
                }
                Some(_) => extra = extra.saturating_sub(1),
                None => {}
            }
            used = used.saturating_add(1);
            passed |= fate == Fate::Passed;
            if fate != Fate::Open {
                last = Some((attempt, fate));
            }
        }
        let mut withheld = None;
        let stage = match (unit.open(), last) {
            (Some(open), _) => Stage::Registered(open),
            (None, None) => unit.taken_back.map_or(Stage::Unused, |taken| Stage::Revoked(taken.reason)),
            (None, Some(_)) if passed => Stage::Used,
            (None, Some((attempt, fate))) => {
                withheld =
                    (fate == Fate::Failed).then(|| self.withheld(attempt, used, retakes, days)).flatten();
                let earned = fate == Fate::Failed && withheld.is_none();
                let given = extra > 0 && unit.taken_back.is_none();
                if earned || given { Stage::Retake(attempt) } else { Stage::Used }
            }
        };
        Standing { stage, used, passed, last, withheld }
    }

    /// Whether the open registration may be there by the attempts before it.
    pub(crate) fn permits_open(&self) -> bool {
        let mut unit = self.unit.clone();
        unit.attempts.retain(|attempt| !attempt.is_open());
        Right { unit: &unit, ..*self }.standing().awaits_registration()
    }

    /// Until when one of this right's own attempts has to be sat.
    pub(crate) fn sit_by(&self, attempt: &Attempt) -> Option<End> {
        let own = self.unit.asked_by(&attempt.candidate);
        let place = self.unit.attempts.iter().position(|known| std::ptr::eq(known, attempt));
        let own_attempt = place.and_then(|place| own.attempts.get(place)).unwrap_or(attempt);
        Right { unit: &own, ..*self }.sit_by_of(own_attempt)
    }

    fn sit_by_of(&self, attempt: &Attempt) -> Option<End> {
        let failed = self.counted_before(attempt);
        let suppose = Suppose {
            sat_at: failed.map(|failed| failed.sit_at),
            result_at: failed.map(|failed| self.result_at(failed)),
            ..Suppose::default()
        };
        self.deadline(self.sit_rule(attempt), suppose)
    }

    /// Why a failed attempt, the last of so many, earns no retake.
    fn withheld(&self, failed: &Attempt, used: u16, retakes: u16, days: LastDays) -> Option<Withheld> {
        if retakes == 0 {
            return Some(Withheld::NoneLeft);
        }
        if self.unit.taken_back.is_some() {
            return Some(Withheld::Revoked);
        }
        if !self.paid_for(&failed.candidate) {
            return Some(Withheld::NotPaid);
        }
        let fail = Fail { sitting: failed.sit_at, end: failed.over_at(), record: self.result_at(failed) };
        self.too_late_with(used, fail, days).map(Withheld::NoTime)
    }

    /// What became of a registration, by these terms.
    pub fn fate(&self, attempt: &Attempt) -> Fate {
        let of_forfeit = |forfeit| match forfeit {
            Forfeit::Fail => Fate::Failed,
            Forfeit::Forfeit => Fate::Lost,
            Forfeit::Return => Fate::GivenBack,
        };
        if let Some(report) = self.counting(attempt) {
            return self.becomes(report.result).map_or(Fate::Passed, of_forfeit);
        }
        let Some(cancelled) = attempt.cancelled else { return Fate::Open };
        match cancelled.by {
            Some(CancelledBy::Candidate) if self.is_late(attempt, cancelled.at) => {
                of_forfeit(self.terms.rulings.late_cancel)
            }
            Some(_) => Fate::GivenBack,
            None if cancelled.given_back || self.unit.reinstates(&cancelled) => Fate::GivenBack,
            None => Fate::Lost,
        }
    }

    /// When the result that counts was first recorded; without a result, when the attempt is to be sat.
    pub(super) fn result_at(&self, attempt: &Attempt) -> Timestamp {
        let Some(counting) = self.counting(attempt) else { return attempt.sit_at };
        let counts_as = self.becomes(counting.result);
        let up_to =
            attempt.reports.iter().rev().skip_while(|report| counting.recorded_at < report.recorded_at);
        let same = up_to.take_while(|report| self.becomes(report.result) == counts_as);
        same.last().map_or(counting.recorded_at, |report| report.recorded_at)
    }

    /// The report of a registration that counts: the last one, where a correction changes more than the record.
    fn counting<'b>(&self, attempt: &'b Attempt) -> Option<&'b Report> {
        match self.terms.rulings.correction {
            Correction::Regrant => attempt.reports.last(),
            Correction::RecordOnly => attempt.reports.first(),
        }
    }

    /// Whether a result counts as a fail by these terms.
    pub fn counts_as_fail(&self, result: ExamResult) -> bool {
        self.becomes(result) == Some(Forfeit::Fail)
    }

    /// The last attempt that is used up: neither given back nor open.
    pub(super) fn last_used(&self) -> Option<&'a Attempt> {
        let unit = self.unit;
        unit.attempts.iter().rev().find(|attempt| !matches!(self.fate(attempt), Fate::GivenBack | Fate::Open))
    }

    /// What becomes of an attempt with this result by these terms; none for a pass, which uses it up.
    pub(crate) fn becomes(&self, result: ExamResult) -> Option<Forfeit> {
        let rulings = &self.terms.rulings;
        match result {
            ExamResult::Pass => None,
            ExamResult::Fail => Some(Forfeit::Fail),
            ExamResult::Missed => Some(rulings.no_show),
            ExamResult::TechnicalFault => Some(rulings.technical_fault),
            ExamResult::Invalidated => Some(rulings.invalidated),
        }
    }

    /// The deadline that leaves no time for the retake after attempt `number`, failed at `failed_at`, if one does.
    pub(crate) fn too_late(&self, number: u16, failed_at: Timestamp) -> Option<End> {
        let fail = Fail { sitting: failed_at, end: failed_at, record: failed_at };
        self.too_late_with(number, fail, self.last_days())
    }

    /// The deadline that leaves no time for the retake after attempt `number`, if one does.
    fn too_late_with(&self, number: u16, fail: Fail, days: LastDays) -> Option<End> {
        let (sat_at, result_at) = (Some(fail.sitting), Some(fail.record));
        let suppose = Suppose { sat_at, result_at, ..Suppose::default() };
        let wait = self.wait_until(number.saturating_add(1), fail.end);
        let sits = wait.map_or(fail.end, |(until, _)| until.max(fail.end));
        let registers = wait
            .filter(|(_, limits)| *limits == Waits::Register)
            .map_or(fail.end, |(until, _)| until.max(fail.end));
        [(Rule::RetakeRegisterBy, registers), (Rule::RetakeSitBy, sits)]
            .into_iter()
            .find_map(|(rule, from)| self.deadline_with(rule, suppose, days).filter(|end| end.at <= from))
    }

    /// What the standing says of the retake after the last attempt.
    pub(crate) fn verdict(&self, standing: &Standing<'_>) -> RetakeVerdict {
        match standing.withheld {
            _ if matches!(standing.stage, Stage::Retake(_)) => RetakeVerdict::Granted,
            None | Some(Withheld::NoneLeft) => RetakeVerdict::NoneLeft,
            Some(Withheld::Revoked) => RetakeVerdict::Revoked,
            Some(Withheld::NotPaid) => RetakeVerdict::NotPaid,
            Some(Withheld::NoTime(end)) => {
                RetakeVerdict::NoTime { ended_at: end.at, clause: self.clause_of(end) }
            }
        }
    }
}
