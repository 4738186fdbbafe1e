//! How facts are collected into an entitlement. Total: it judges nothing and never fails.

use super::attempt::Moved;
use super::holding::{Change, Deed, Holding};
use super::share::{Back, Share};
use super::unit::Given;
use super::{Activation, Attempt, Cancelled, Entitlement, Holder, Issued, Report, TakenBack, Unit};
use crate::event::{ExamScheduled, Reinstated, ResultCorrected, Revoked, VoucherIssued};
use crate::{Event, ExamResult, PracticeTestId, ReinstateReason, RevokeReason, Timestamp, UnitNo};

/// The two times of a fact.
#[derive(Debug, Clone, Copy)]
struct When {
    happened_at: Timestamp,
    recorded_at: Timestamp,
}

impl Entitlement {
    /// Takes a fact in that happened and was recorded at these times.
    #[must_use]
    pub fn evolve(mut self, event: &Event, happened_at: Timestamp, recorded_at: Timestamp) -> Self {
        let when = When { happened_at, recorded_at };
        match event {
            Event::VoucherIssued(e) => self.issue(e, recorded_at),
            Event::VoucherAssigned(e) => {
                self.hold(e.unit, Deed::Assigned(e.candidate.clone(), happened_at), when);
            }
            Event::VoucherUnassigned(e) => self.hold(e.unit, Deed::Unassigned, when),
            Event::HolderBound(e) => self.hold(e.unit, Deed::Bound(e.candidate.clone(), happened_at), when),
            Event::StepTaken(e) => {
                self.steps.insert(e.step.clone(), happened_at);
            }
            Event::DeliveryOverdue(e) => self.overdue.push(e.clock.clone()),
            Event::VouchersSharedOut(e) => {
                for &no in &e.units {
                    let branch = e.branch.clone();
                    let share = Share { branch, since: happened_at, recorded_at, back: None };
                    self.with(no, |unit| unit.shares.push(share));
                }
            }
            Event::SharesTakenBack(e) => {
                for &no in &e.units {
                    self.with(no, |unit| {
                        if let Some(share) = unit.shares.last_mut() {
                            share.back = Some(Back { at: happened_at, recorded_at });
                        }
                    });
                }
            }
            Event::Revoked(e) => self.revoke(e, when),
            Event::Reinstated(e) => self.reinstate(e, when),
            Event::Expired(e) => self.with(e.unit, |unit| unit.expired_at = Some(e.ended_at)),
            Event::EndsSoon(e) => self.with(e.unit, |unit| unit.noticed.push((e.ends_at, e.notice_at))),
            event => self.evolve_unit(event, when),
        }
        self
    }

    fn evolve_unit(&mut self, event: &Event, when: When) {
        let Some(no) = event.unit() else { return };
        self.with(no, |unit| {
            match event {
                Event::ExamScheduled(e) => unit.schedule(e, when),
                Event::ExamRescheduled(e) => unit.reschedule(e.booked_at, e.sit_at, when),
                Event::ExamCancelled(e) => {
                    let When { happened_at: at, recorded_at } = when;
                    let cancelled = Cancelled { by: e.by, at, recorded_at, given_back: e.given_back };
                    unit.change(e.booked_at, |attempt| attempt.cancelled = Some(cancelled));
                }
                Event::ExamPassed(e) => unit.conclude(e.booked_at, ExamResult::Pass, e.sat_at, when),
                Event::ExamFailed(e) => unit.conclude(e.booked_at, ExamResult::Fail, e.sat_at, when),
                Event::ExamMissed(e) => unit.conclude(e.booked_at, ExamResult::Missed, e.sat_at, when),
                Event::ExamVoided(e) => unit.conclude(e.booked_at, e.result, e.sat_at, when),
                Event::ResultCorrected(e) => unit.correct(e, when),
                Event::PracticeTestActivated(e) => unit.activate(Some(&e.test), Some(e.ends_at), when),
                Event::LibraryUnlocked(_) | Event::SubscriptionStarted(_) => unit.activate(None, None, when),
                Event::CodeReplaced(e) => {
                    unit.replaced.push(unit.code);
                    unit.code = e.new;
                }
                Event::Extended(e) => {
                    let When { happened_at: at, recorded_at } = when;
                    unit.give(Given { at, recorded_at, gift: e.gift.clone(), until: e.until });
                    unit.approve(e, at, recorded_at);
                }
                Event::GoodwillProposed(e) => unit.propose(e, when.happened_at, when.recorded_at),
                Event::GoodwillDeclined(e) => unit.decline(e, when.happened_at, when.recorded_at),
                // Announcements: what they announce is derived.
                _ => return,
            }
            unit.changed_at = Some(when.recorded_at);
        });
    }

    /// Takes back what was unused.
    fn revoke(&mut self, e: &Revoked, when: When) {
        let When { happened_at: at, recorded_at } = when;
        for &no in e.units.iter().chain(&e.rest) {
            self.with(no, |unit| {
                unit.take_back(TakenBack { reason: e.reason, at, recorded_at });
                unit.changed_at = Some(recorded_at);
            });
        }
    }

    /// Reverses a chargeback.
    fn reinstate(&mut self, e: &Reinstated, when: When) {
        let When { happened_at: at, recorded_at } = when;
        let ReinstateReason::DisputeWon = e.reason;
        for &no in &e.units {
            self.with(no, |unit| {
                unit.reinstate(RevokeReason::Chargeback, at, recorded_at);
                unit.changed_at = Some(recorded_at);
            });
        }
    }

    fn with(&mut self, no: UnitNo, change: impl FnOnce(&mut Unit)) {
        if let Some(index) = self.index_of(no) {
            change(&mut self.units[index]);
        }
    }

    /// Takes in what was done to the holder. Whom the order names holds it since the purchase.
    fn hold(&mut self, unit: Option<UnitNo>, deed: Deed, when: When) {
        let When { happened_at, recorded_at } = when;
        let by_order = self.issued.as_ref().filter(|issued| issued.issued_at == recorded_at);
        let since = by_order.map_or(happened_at, |issued| issued.purchased_at.min(happened_at));
        let change = Change { since, recorded_at, deed };
        if let Some(no) = unit {
            self.with(no, |unit| {
                unit.holding.add(change);
                unit.holder = unit.holding.holder();
            });
        } else {
            self.holding.add(change);
            self.holder = self.holding.holder();
        }
    }

    fn issue(&mut self, e: &VoucherIssued, recorded_at: Timestamp) {
        let unit = |(no, issued): (UnitNo, &crate::event::IssuedUnit)| Unit {
            no,
            benefit: issued.benefit,
            code: issued.code,
            replaced: Vec::new(),
            holder: Holder::Nobody,
            shares: Vec::new(),
            attempts: Vec::new(),
            activation: None,
            taken_back: None,
            revocations: Vec::new(),
            proposals: Vec::new(),
            expired_at: None,
            noticed: Vec::new(),
            gifts: Vec::new(),
            waived: Vec::new(),
            changed_at: None,
            holding: Holding::default(),
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
            mode: e.mode,
            term_last_day: e.term_last_day,
            valid_until: e.valid_until,
            channel: e.channel.clone(),
            tier: e.tier.clone(),
            said: e.said.clone(),
        });
    }
}

impl Unit {
    /// Changes a registration: the one that was made then, or the one that a fact without that time means.
    fn change(&mut self, booked_at: Option<Timestamp>, change: impl FnOnce(&mut Attempt)) {
        let made_then = |booked_at| self.attempts.iter().rposition(|attempt| attempt.booked_at == booked_at);
        if let Some(attempt) =
            booked_at.map_or_else(|| self.current(), made_then).map(|at| &mut self.attempts[at])
        {
            change(attempt);
        }
    }

    /// The registration that a fact means which does not say when it was made: the last one that is open, or the last one.
    fn current(&self) -> Option<usize> {
        let open = self.attempts.iter().rposition(Attempt::is_open);
        open.or(self.attempts.len().checked_sub(1))
    }

    /// How a fact says which registration it is about, by when that was made: not at all, if it is the current one.
    pub(crate) fn mark_of(&self, attempt: &Attempt) -> Option<Timestamp> {
        let current = self.current().map(|at| self.attempts[at].booked_at);
        (current != Some(attempt.booked_at)).then_some(attempt.booked_at)
    }

    fn schedule(&mut self, e: &ExamScheduled, when: When) {
        let attempt = Attempt {
            number: e.attempt,
            candidate: e.candidate.clone(),
            exam: e.exam.clone(),
            categories: e.categories.clone(),
            retires_on: e.retires_on,
            paid: e.paid,
            terms: e.terms,
            booked_at: when.happened_at,
            recorded_at: when.recorded_at,
            sit_at: e.sit_at,
            planned_at: e.sit_at,
            first_sit_at: e.sit_at,
            moves: Vec::new(),
            cancelled: None,
            reports: Vec::new(),
        };
        let place = self.attempts.partition_point(|before| before.booked_at <= attempt.booked_at);
        self.attempts.insert(place, attempt);
    }

    fn reschedule(&mut self, booked_at: Option<Timestamp>, sit_at: Timestamp, when: When) {
        let When { happened_at: at, recorded_at } = when;
        self.change(booked_at, |attempt| {
            let place = attempt.moves.partition_point(|before| before.at <= at);
            attempt.moves.insert(place, Moved { at, recorded_at, to: sit_at });
            attempt.plan();
            // The ledger takes away sittings that lie ahead; this one was over by then.
            let is_void = |cancelled: Cancelled| cancelled.by.is_none() && attempt.planned_at <= cancelled.at;
            attempt.cancelled = attempt.cancelled.filter(|cancelled| !is_void(*cancelled));
        });
    }

    fn conclude(&mut self, booked_at: Option<Timestamp>, result: ExamResult, sat_at: Timestamp, when: When) {
        self.change(booked_at, |attempt| {
            attempt.report(Report { result, sat_at, recorded_at: when.recorded_at });
        });
    }

    /// Takes the right result in.
    fn correct(&mut self, e: &ResultCorrected, when: When) {
        let made_then = |booked_at| self.attempts.iter().rposition(|attempt| attempt.booked_at == booked_at);
        let meant = e.booked_at.map_or_else(|| self.attempt_to_correct(e.attempt, None), made_then);
        if let Some(at) = meant {
            let attempt = &mut self.attempts[at];
            let sat_at = e.sat_at.unwrap_or(attempt.sit_at);
            attempt.report(Report { result: e.now, sat_at, recorded_at: when.recorded_at });
        }
    }

    /// Which registration is meant by a correction of this number: the one whose sitting has this time; if none has, the last one
    /// that has a result; if none has one, the last one that was cancelled; if none was, the last one that the ledger took away.
    ///
    /// An attempt that was given back leaves its number to the next one; the time of its sitting tells them apart.
    pub fn attempt_to_correct(&self, number: u16, sat_at: Option<Timestamp>) -> Option<usize> {
        let last = |is: &dyn Fn(&Attempt) -> bool| {
            self.attempts.iter().rposition(|attempt| attempt.number == number && is(attempt))
        };
        let is_over = |attempt: &Attempt| !attempt.is_open();
        let of_sitting = sat_at.and_then(|sat_at| {
            let sat = last(&|attempt| is_over(attempt) && attempt.sit_at == sat_at);
            sat.or_else(|| last(&|attempt| is_over(attempt) && attempt.planned_at == sat_at))
        });
        let given_up = || last(&|attempt| attempt.cancelled.is_some_and(|cancelled| cancelled.by.is_some()));
        let taken_away = || last(&|attempt| attempt.cancelled.is_some());
        let with_result = || last(&|attempt| !attempt.reports.is_empty());
        of_sitting.or_else(with_result).or_else(given_up).or_else(taken_away)
    }

    fn activate(&mut self, test: Option<&PracticeTestId>, ends_at: Option<Timestamp>, when: When) {
        let When { happened_at: since, recorded_at } = when;
        self.activation = Some(Activation { since, recorded_at, ends_at, test: test.cloned() });
    }
}

impl Attempt {
    fn report(&mut self, report: Report) {
        self.sit_at = report.sat_at;
        self.reports.push(report);
    }
}
