//! How facts change an entitlement. Total: it judges nothing and never fails.

use super::{Attempt, AttemptEnd, Entitlement, Holder, Issued, Stage, Unit};
use crate::event::{AttemptFate, ExamScheduled, ResultCorrected, Revoked, VoucherIssued};
use crate::{CandidateId, Event, ExamResult, Timestamp, UnitNo};

impl Entitlement {
    /// Takes a fact in that happened and was recorded at these times.
    #[must_use]
    pub fn evolve(mut self, event: &Event, happened_at: Timestamp, recorded_at: Timestamp) -> Self {
        match event {
            Event::VoucherIssued(e) => self.issue(e, recorded_at),
            Event::VoucherAssigned(e) => {
                self.hold(e.unit, Holder::Assigned(e.candidate.clone(), happened_at));
            }
            Event::VoucherUnassigned(e) => self.hold(e.unit, Holder::Nobody),
            Event::HolderBound(e) => self.bind(e.unit, &e.candidate, happened_at),
            Event::StepTaken(e) => {
                self.steps.insert(e.step.clone(), happened_at);
            }
            Event::DeliveryOverdue(e) => self.overdue.push(e.clock.clone()),
            Event::VouchersSharedOut(e) => {
                for &no in &e.units {
                    self.with(no, |unit| unit.branch = Some(e.branch.clone()));
                }
            }
            Event::Revoked(e) => self.revoke(e, recorded_at),
            Event::Expired(e) => self.with(e.unit, |unit| unit.expired_at = Some(e.ended_at)),
            Event::EndsSoon(e) => self.with(e.unit, |unit| unit.noticed.push((e.ends_at, e.notice_at))),
            event => self.evolve_unit(event, happened_at, recorded_at),
        }
        self
    }

    fn evolve_unit(&mut self, event: &Event, happened_at: Timestamp, recorded_at: Timestamp) {
        let active = |test, ends_at| Stage::Active { since: recorded_at, ends_at, test };
        let Some(no) = event.unit() else { return };
        self.with(no, |unit| {
            match event {
                Event::ExamScheduled(e) => unit.schedule(e, happened_at),
                Event::ExamRescheduled(e) => unit.last(|attempt| attempt.sit_at = e.sit_at),
                Event::ExamCancelled(e) => unit.cancel(e.given_back),
                Event::ExamPassed(e) => unit.conclude(ExamResult::Pass, e.sat_at, recorded_at),
                Event::ExamFailed(e) => unit.conclude(ExamResult::Fail, e.sat_at, recorded_at),
                Event::ExamMissed(e) => unit.fate(ExamResult::Missed, &e.attempt, e.sat_at, recorded_at),
                Event::ExamVoided(e) => unit.fate(e.result, &e.attempt, e.sat_at, recorded_at),
                Event::RetakeGranted(_) => unit.grant(),
                Event::RetakeWithdrawn(_) => unit.stage = Stage::Used,
                Event::ResultCorrected(e) => unit.correct(e, recorded_at),
                Event::PracticeTestActivated(e) => unit.stage = active(Some(e.test.clone()), Some(e.ends_at)),
                Event::LibraryUnlocked(_) | Event::SubscriptionStarted(_) => unit.stage = active(None, None),
                Event::CodeReplaced(e) => {
                    unit.replaced.push(unit.code);
                    unit.code = e.new;
                }
                Event::Extended(e) => unit.give(e, recorded_at),
                _ => {}
            }
            unit.remember(recorded_at);
        });
    }

    /// Takes back what was unused: whole units, and the rest of those that were used in part.
    fn revoke(&mut self, e: &Revoked, recorded_at: Timestamp) {
        for &no in &e.units {
            self.with(no, |unit| {
                unit.stage = Stage::Revoked(e.reason);
                unit.remember(recorded_at);
            });
        }
        for &no in &e.rest {
            self.with(no, |unit| {
                unit.rest_revoked = Some(e.reason);
                unit.remember(recorded_at);
            });
        }
    }

    fn with(&mut self, no: UnitNo, change: impl FnOnce(&mut Unit)) {
        if let Some(unit) = usize::from(no).checked_sub(1).and_then(|index| self.units.get_mut(index)) {
            change(unit);
        }
    }

    fn hold(&mut self, unit: Option<UnitNo>, holder: Holder) {
        match unit {
            Some(no) => self.with(no, |unit| unit.holder = holder),
            None => self.holder = holder,
        }
    }

    fn bind(&mut self, unit: Option<UnitNo>, candidate: &CandidateId, bound_at: Timestamp) {
        let before = unit.and_then(|no| self.unit(no)).map_or(&self.holder, |unit| &unit.holder);
        let assigned_at = before.assigned_at().unwrap_or(bound_at);
        self.hold(unit, Holder::Bound(candidate.clone(), Some(assigned_at)));
    }

    fn issue(&mut self, e: &VoucherIssued, recorded_at: Timestamp) {
        let unit = |(no, issued): (UnitNo, &crate::event::IssuedUnit)| Unit {
            no,
            benefit: issued.benefit,
            code: issued.code,
            replaced: Vec::new(),
            holder: Holder::Nobody,
            branch: None,
            stage: Stage::Unused,
            attempts: Vec::new(),
            extra_attempts: 0,
            terms: None,
            first_scheduled_at: None,
            extended_until: None,
            waived: Vec::new(),
            expired_at: None,
            noticed: Vec::new(),
            rest_revoked: None,
            gifts: Vec::new(),
            trail: Vec::new(),
        };
        self.units = (1..).zip(&e.units).map(unit).collect();
        self.steps.insert("purchase".to_owned(), e.purchased_at);
        self.issued = Some(Issued {
            order: e.order.clone(),
            pieces: e.pieces,
            offer: e.offer.clone(),
            terms: e.terms,
            purchased_at: e.purchased_at,
            issued_at: recorded_at,
            paid: e.paid,
            agreement: e.agreement.clone(),
            first_order_last_day: e.first_order_last_day,
            prorated: e.prorated,
        });
    }
}

impl Unit {
    fn last(&mut self, change: impl FnOnce(&mut Attempt)) {
        if let Some(attempt) = self.attempts.last_mut() {
            change(attempt);
        }
    }

    fn schedule(&mut self, e: &ExamScheduled, booked_at: Timestamp) {
        self.attempts.push(Attempt {
            number: e.attempt,
            candidate: e.candidate.clone(),
            exam: e.exam.clone(),
            categories: e.categories.clone(),
            retires_on: e.retires_on,
            booked_at,
            sit_at: e.sit_at,
            end: AttemptEnd::Open,
            gave_back: None,
        });
        self.first_scheduled_at = self.first_scheduled_at.or(Some(booked_at));
        self.terms = self.terms.or(e.terms);
        self.stage = Stage::Registered;
    }

    fn conclude(&mut self, result: ExamResult, sat_at: Timestamp, recorded_at: Timestamp) {
        self.last(|attempt| {
            attempt.sit_at = sat_at;
            attempt.end = AttemptEnd::Result { result, at: recorded_at };
        });
        self.stage = Stage::Used;
    }

    fn fate(&mut self, result: ExamResult, fate: &AttemptFate, sat_at: Timestamp, recorded_at: Timestamp) {
        match fate {
            AttemptFate::GivenBack => {
                self.last(|attempt| {
                    attempt.sit_at = sat_at;
                    attempt.gave_back = Some(result);
                });
                self.give_back();
            }
            AttemptFate::Forfeited | AttemptFate::Failed(_) => self.conclude(result, sat_at, recorded_at),
        }
    }

    fn cancel(&mut self, given_back: bool) {
        if given_back {
            self.give_back();
        } else {
            self.last(|attempt| attempt.end = AttemptEnd::Lost);
            self.stage = Stage::Used;
        }
    }

    fn give_back(&mut self) {
        self.last(|attempt| attempt.end = AttemptEnd::GivenBack);
        self.reopen();
    }

    /// Stands behind an attempt that was given back, where the one before it left off.
    fn reopen(&mut self) {
        self.stage = Stage::Unused;
        self.grant();
        if let Some(reason) = self.rest_revoked {
            self.stage = if self.last_used().is_some() { Stage::Used } else { Stage::Revoked(reason) };
        }
    }

    /// Opens the next attempt behind the last one that was used, if there is one.
    fn grant(&mut self) {
        if let Some(attempt) = self.last_used() {
            let result_at = match attempt.end {
                AttemptEnd::Result { at, .. } => at,
                _ => attempt.sit_at,
            };
            self.stage = Stage::Retake { failed_at: attempt.sit_at, result_at, exam: attempt.exam.clone() };
        }
    }

    /// Takes the right result in. Where it changes what becomes of the attempt, the fact says so.
    fn correct(&mut self, e: &ResultCorrected, recorded_at: Timestamp) {
        let known = |a: &&mut Attempt| {
            a.number == e.attempt && (a.gave_back.is_some() || matches!(a.end, AttemptEnd::Result { .. }))
        };
        let Some(attempt) = self.attempts.iter_mut().rev().find(known) else { return };
        let was_given_back = attempt.gave_back.is_some();
        match e.becomes {
            Some(AttemptFate::GivenBack) => {
                attempt.end = AttemptEnd::GivenBack;
                attempt.gave_back = Some(e.now);
                self.reopen();
            }
            None if was_given_back => attempt.gave_back = Some(e.now),
            // It changes nothing else, and no deadline that counts from the recording.
            None => {
                if let AttemptEnd::Result { result, .. } = &mut attempt.end {
                    *result = e.now;
                }
            }
            Some(AttemptFate::Forfeited | AttemptFate::Failed(_)) => {
                attempt.end = AttemptEnd::Result { result: e.now, at: recorded_at };
                attempt.gave_back = None;
                // Taken back as unused, it was used after all: what stays taken back is the rest.
                if let Stage::Revoked(reason) = self.stage {
                    self.rest_revoked = Some(reason);
                }
                self.stage = Stage::Used;
            }
        }
    }
}
