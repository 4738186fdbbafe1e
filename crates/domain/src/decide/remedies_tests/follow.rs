//! How a refused command is given again, as its remedy says.

mod rules;

use crate::decide::remedies_tests::draw::{DAY, HOUR};
use crate::decide::testing::{Ledger, id, order, voucher};
use crate::decide::testing_words::{issue_with, schedule_with};
use crate::{
    Cancel, CancelledBy, Command, ExamResult, RecordResult, Rule, Schedule, State, Stream, Timestamp,
    VoucherRef,
};

/// More remedies than these in a row lead nowhere.
const REMEDIES_MAX: usize = 8;

/// A refused command that is given again and again.
pub(super) struct Again {
    pub(super) ledger: Ledger,
    pub(super) command: Command,
    pub(super) at: Timestamp,
    /// Order lines bought so far.
    pub(super) lines: u32,
    /// Whether a new purchase is a way out; what has to be done first for this voucher can't be done for another.
    pub(super) may_buy: bool,
}

pub(super) enum Then {
    /// The command is given again.
    Again,
    /// The remedy says that nothing is left to do, and that is so.
    Over,
}

/// Follows remedies until the command is accepted, or is over.
pub(super) fn follow(mut again: Again) -> Result<Again, String> {
    let mut told: Vec<(Rule, String, usize)> = Vec::new();
    for _ in 0..REMEDIES_MAX {
        let Err(refusal) = again.ledger.decide(&again.command, again.at) else { return Ok(again) };
        // Of two registrations that are open, each has its result.
        let this = (refusal.rule, refusal.remedy.clone(), again.open());
        if told.contains(&this) {
            return Err(format!("led back to {this:?} after {told:?}: {:?}", refusal.facts));
        }
        told.push(this);
        let applied = again.apply(&refusal);
        match applied.map_err(|e| format!("{e}, as {told:?} recommends: {:?}", refusal.facts))? {
            Then::Again => {}
            Then::Over => return Ok(again),
        }
    }
    Err(format!("no end after {told:?}"))
}

impl Again {
    /// Does at the time of the command what a remedy recommends.
    fn done(&mut self, command: Command) -> Result<(), String> {
        match self.ledger.decide(&command, self.at) {
            Ok(_) => {
                self.ledger = self.ledger.with(&[(command, &self.at.to_string())]);
                Ok(())
            }
            Err(refusal) => {
                Err(format!("{} is refused by {}: {}", command.name(), refusal.rule, refusal.remedy))
            }
        }
    }

    /// Buys a new voucher and gives the command for that, if it makes sense for it.
    fn buy(&mut self) -> Result<Then, String> {
        if !self.may_buy {
            return Err("another voucher would not help".to_owned());
        }
        self.lines += 1;
        let (line, at) = (self.lines, self.at.to_string());
        self.done(issue_with(&at, |c| c.order = order(line)))?;
        let new = voucher(line, 1);
        match &mut self.command {
            Command::Schedule(c) => {
                c.voucher = new;
                c.booked_at = None;
                c.sit_at = c.sit_at.max(self.at.plus_millis(HOUR));
            }
            Command::Assign(c) => c.voucher = new,
            _ => return Ok(Then::Over),
        }
        Ok(Then::Again)
    }

    fn schedule(&mut self, change: impl FnOnce(&mut Schedule)) -> Result<Then, String> {
        let Command::Schedule(c) = &mut self.command else { return Err("it is no registration".to_owned()) };
        change(c);
        Ok(Then::Again)
    }

    /// What is asked is done now, if it is a registration that was reported late.
    fn register_now(&mut self) -> Then {
        let at = self.at;
        if let Command::Schedule(c) = &mut self.command {
            c.booked_at = None;
            c.sit_at = c.sit_at.max(at);
        }
        Then::Again
    }

    fn sit_at(&mut self, sit_at: Timestamp) -> Result<Then, String> {
        match &mut self.command {
            Command::Schedule(c) => c.sit_at = sit_at,
            Command::Reschedule(c) => c.sit_at = sit_at,
            _ => return Err("it has no sitting".to_owned()),
        }
        Ok(Then::Again)
    }

    fn voucher(&self) -> VoucherRef {
        self.command.voucher().unwrap().clone()
    }

    /// How many registrations of the voucher are open.
    fn open(&self) -> usize {
        if self.command.voucher().is_none() {
            return 0;
        }
        self.unit().attempts.iter().filter(|attempt| attempt.is_open()).count()
    }

    fn unit(&self) -> crate::Unit {
        let VoucherRef::Id { entitlement, unit } = self.voucher() else { unreachable!("lives use ids") };
        let State::Entitlement(e) = self.ledger.state(&Stream::Entitlement(entitlement)) else {
            unreachable!()
        };
        e.unit(unit).unwrap().clone()
    }

    fn exam_is(&mut self, exam: &str) -> Result<Then, String> {
        let exam = id(exam);
        self.schedule(|c| c.exam = exam)
    }

    /// A registration that somebody could make of the voucher now, or could have made while it was alive.
    fn register(&mut self, before: Option<Timestamp>) -> Result<Then, String> {
        let unit = self.unit();
        let VoucherRef::Id { entitlement, unit: no } = self.voucher() else { unreachable!() };
        let State::Entitlement(e) = self.ledger.state(&Stream::Entitlement(entitlement)) else {
            unreachable!()
        };
        let holder = e.holder_of(&unit).candidate().cloned().unwrap_or_else(|| id("ann"));
        let exam = unit.attempts.last().map_or_else(|| id("x"), |attempt| attempt.exam.clone());
        let mut tries = Vec::new();
        let mut times: Vec<_> = [0, 1, 30, 80].map(|days| self.at.plus_millis(-days * DAY)).to_vec();
        times.extend(before.map(|before| before.plus_millis(-1)));
        for booked_at in times {
            for ahead in [0, 1, 15, 40, 95] {
                let command = schedule_with(booked_at.plus_millis(ahead * DAY), |c| {
                    c.voucher = VoucherRef::Id { entitlement, unit: no };
                    (c.candidate, c.exam) = (holder.clone(), exam.clone());
                    c.booked_at = (booked_at < self.at).then_some(booked_at);
                    (c.delivery, c.provider) = (Some(id("online")), Some(id("here")));
                });
                tries.push(command);
            }
        }
        let of_x = tries.iter().map(|command| {
            let Command::Schedule(c) = command else { unreachable!() };
            Schedule { exam: id("x"), ..c.clone() }.into()
        });
        let tries: Vec<Command> = tries.iter().cloned().chain(of_x.collect::<Vec<_>>()).collect();
        let begin = |command: &Command| Again {
            ledger: self.ledger.clone(),
            command: command.clone(),
            at: self.at,
            lines: self.lines,
            may_buy: false,
        };
        let direct = tries.iter().find(|command| self.ledger.decide(command, self.at).is_ok());
        let done = if let Some(command) = direct {
            begin(command)
        } else {
            let by_then = before.map(|before| before.plus_millis(-1));
            let is_told =
                |command: &&Command| matches!(command, Command::Schedule(c) if c.booked_at == by_then);
            follow(begin(tries.iter().rev().find(is_told).unwrap_or(&tries[1])))?
        };
        self.ledger = done.ledger.with(&[(done.command, &done.at.to_string())]);
        self.at = self.at.max(done.at);
        Ok(Then::Again)
    }

    /// Records a result; where the offer takes no result that came late, that nobody came.
    fn record(
        &mut self,
        of: &VoucherRef,
        result: ExamResult,
        sat_at: Option<Timestamp>,
    ) -> Result<(), String> {
        let report = |result| RecordResult { voucher: of.clone(), result, sat_at }.into();
        self.done(report(result)).or_else(|_| self.done(report(ExamResult::Missed)))
    }

    /// Cancels every registration that is ahead, and records what came of those that are not.
    fn close_others(&mut self) -> Result<Then, String> {
        let mut closed = false;
        for line in 1..=self.lines {
            let entitlement = self.ledger.entitlement(line);
            for unit in &entitlement.units {
                let Some(open) = unit.open() else { continue };
                let of = voucher(line, unit.no);
                closed = true;
                if self.at < open.sit_at {
                    self.done(Cancel { voucher: of, by: CancelledBy::Provider, cancelled_at: None }.into())?;
                } else {
                    self.record(&of, ExamResult::TechnicalFault, None)?;
                }
            }
        }
        let at = self.at;
        let _ = self.schedule(|c| c.booked_at = c.booked_at.filter(|booked_at| *booked_at == at));
        if closed { Ok(Then::Again) } else { Err("nothing is open".to_owned()) }
    }
}
