//! What each rule recommends, and how that is done.

use super::{Again, Then};
use crate::decide::remedies_tests::draw::{DAY, HOUR, civil};
use crate::decide::testing::{id, t};
use crate::decide::testing_words::{exam, give_to};
use crate::{
    Assign, Cancel, CancelledBy, Command, CorrectResult, ExamResult, Gift, Refusal, Rule, Timestamp, Unassign,
};

impl Again {
    pub(super) fn apply(&mut self, refusal: &Refusal) -> Result<Then, String> {
        let remedy = refusal.remedy.as_str();
        let instant = || remedy.split([' ', ',', ';']).find_map(|word| word.parse::<Timestamp>().ok());
        let says = |words: &str| remedy.contains(words);
        if says("nothing is registered, and") {
            return Ok(Then::Over);
        }
        if says("a new purchase")
            || says("another voucher")
            || says("assign another one")
            || says("needs one of their own")
            || says("a new one is needed")
        {
            return self.buy();
        }
        if says("only goodwill can give it more time") {
            let last_day = civil(self.at.plus_millis(800 * DAY));
            let voucher = self.voucher();
            self.done(give_to(voucher, Gift::LongerTerm { last_day }))?;
            // What was booked before the gift came too late all the same.
            let at = self.at;
            if let Command::Schedule(c) = &mut self.command {
                c.booked_at = None;
                c.sit_at = c.sit_at.max(at);
            }
            return Ok(Then::Again);
        }
        if says("choose a sitting before") {
            return self.sit_at(instant().unwrap().plus_millis(-1));
        }
        if says("sit it at or after") {
            return self.sit_at(instant().unwrap());
        }
        if says("register it at or after") {
            self.at = self.at.max(instant().unwrap());
            let at = self.at;
            return self.schedule(|c| {
                c.booked_at = None;
                c.sit_at = c.sit_at.max(at);
            });
        }
        self.follow_rule(refusal)
    }

    /// What a rule of the voucher recommends.
    fn follow_rule(&mut self, refusal: &Refusal) -> Result<Then, String> {
        let remedy = refusal.remedy.as_str();
        let fact =
            |name: &str| refusal.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str());
        let says = |words: &str| remedy.contains(words);
        let instant = || remedy.split([' ', ',', ';']).find_map(|word| word.parse::<Timestamp>().ok());
        match refusal.rule {
            Rule::KnownExam | Rule::ExamEligible => self.exam_is("x"),
            Rule::RightKind | Rule::ChangedInOrder => Ok(Then::Over),
            Rule::ResultAwaited if says("correct the result of attempt") => {
                let number = remedy.split_whitespace().last().unwrap().parse().unwrap();
                let result = match &self.command {
                    Command::RecordResult(c) => c.result,
                    _ => ExamResult::Missed,
                };
                let voucher = self.voucher();
                let lost = self.unit().attempts.last().cloned().unwrap();
                let sat_at = Some(lost.sit_at.min(self.at).max(lost.booked_at));
                self.done(CorrectResult { voucher, attempt: number, result, sat_at }.into())?;
                Ok(Then::Over)
            }
            Rule::RegistrationOpen | Rule::ResultAwaited if says("if the programme's policy permits it") => {
                Ok(Then::Over)
            }
            Rule::RegistrationOpen | Rule::ResultAwaited => self.register(instant()),
            Rule::BeforeSitting if says("record what came of it") => {
                let voucher = self.voucher();
                self.record(&voucher, ExamResult::Fail, None)?;
                Ok(Then::Over)
            }
            Rule::BeforeSitting => {
                let voucher = self.voucher();
                let open = self.unit().open().cloned().unwrap();
                self.at = open.sit_at.plus_millis(HOUR);
                self.record(&voucher, ExamResult::Fail, None)?;
                Ok(Then::Over)
            }
            Rule::NotRetroactive => self.schedule(|c| c.booked_at = None),
            Rule::NotBefore => {
                self.at = fact("begins-at").unwrap().parse().unwrap();
                let at = self.at;
                self.schedule(|c| {
                    c.booked_at = None;
                    c.sit_at = c.sit_at.max(at.plus_millis(DAY));
                })
            }
            Rule::AssignedFirst => {
                let (voucher, Command::Schedule(c)) = (self.voucher(), &self.command) else {
                    return Ok(Then::Over);
                };
                let candidate = c.candidate.clone();
                self.done(Assign { voucher, candidate, branch: None }.into())?;
                // It is bound now; what was booked before that is booked again.
                let at = self.at;
                self.schedule(|c| {
                    c.booked_at = None;
                    c.sit_at = c.sit_at.max(at);
                })
            }
            Rule::HolderMatches | Rule::HolderFree if says("take the assignment back first") => {
                let voucher = self.voucher();
                self.done(Unassign { voucher }.into())?;
                Ok(self.register_now())
            }
            Rule::RetakeNeedsFail => {
                let voucher = self.voucher();
                let sit_at = self.unit().open().map(|open| open.sit_at);
                let Some(sit_at) = sit_at else { return Err("no fail can be recorded".to_owned()) };
                self.at = self.at.max(sit_at.plus_millis(HOUR));
                self.record(&voucher, ExamResult::Fail, None)?;
                let at = self.at;
                self.schedule(|c| {
                    c.booked_at = None;
                    c.sit_at = c.sit_at.max(at);
                })
            }
            Rule::OneOpenHere => {
                let voucher = self.voucher();
                let cancel =
                    Cancel { voucher: voucher.clone(), by: CancelledBy::Candidate, cancelled_at: None };
                if self.done(cancel.into()).is_err() {
                    self.record(&voucher, ExamResult::TechnicalFault, None)?;
                }
                let at = self.at;
                self.schedule(|c| {
                    c.booked_at = None;
                    c.sit_at = c.sit_at.max(at);
                })
            }
            _ => self.follow_rule_of_sitting(refusal),
        }
    }

    /// What a rule of the sitting, of its exam or of its result recommends.
    fn follow_rule_of_sitting(&mut self, refusal: &Refusal) -> Result<Then, String> {
        let remedy = refusal.remedy.as_str();
        let fact =
            |name: &str| refusal.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str());
        let says = |words: &str| remedy.contains(words);
        let instant = || remedy.split([' ', ',', ';']).find_map(|word| word.parse::<Timestamp>().ok());
        match refusal.rule {
            Rule::OpenRegistrations | Rule::PolicyWait => self.close_others(),
            Rule::SittingAhead => {
                let at = self.at;
                match &mut self.command {
                    Command::Schedule(c) => {
                        c.booked_at = c.booked_at.filter(|booked_at| *booked_at <= at);
                        c.sit_at = c.sit_at.max(c.booked_at.unwrap_or(at));
                    }
                    Command::Reschedule(c) => c.sit_at = c.sit_at.max(at),
                    _ => {}
                }
                Ok(Then::Again)
            }
            Rule::SameExam => {
                let exam = remedy.split_whitespace().last().unwrap().to_owned();
                self.exam_is(&exam)
            }
            Rule::ExamOffered if says("sitting on or before") => {
                let day: chrono::NaiveDate = fact("retires-on").unwrap().parse().unwrap();
                let noon = t(&format!("{day}T23:59Z"));
                self.sit_at(noon)
            }
            Rule::ExamOffered if says("cancel the registration") => {
                let voucher = self.voucher();
                self.done(Cancel { voucher, by: CancelledBy::Candidate, cancelled_at: None }.into())?;
                Ok(Then::Over)
            }
            Rule::ExamOffered if says("choose the exam that follows") => {
                let exam = remedy.split_whitespace().last().unwrap().to_owned();
                self.exam_is(&exam)
            }
            Rule::ExamOffered | Rule::PolicyPassLock if says("choose another") => self.exam_is("x"),
            Rule::Delivery => self.schedule(|c| c.delivery = Some(id("online"))),
            Rule::Provider => self.schedule(|c| c.provider = Some(id("here"))),
            Rule::PolicyBetaOnce => {
                self.done(exam("b", "pro"))?;
                Ok(self.register_now())
            }
            Rule::ResultKnown if says("record what came of") => {
                let voucher = self.voucher();
                let open = self.unit().open().cloned().unwrap();
                self.at = self.at.max(open.sit_at);
                self.record(&voucher, ExamResult::Fail, None)?;
                Ok(Then::Over)
            }
            Rule::ResultKnown if says("no attempt has a result yet") => {
                self.register(instant()).map(|_| Then::Over)
            }
            Rule::ResultKnown => {
                let known = fact("attempts-with-result").unwrap();
                let number: u16 =
                    known.split(", ").last().unwrap().parse().map_err(|_| format!("`{known}` names none"))?;
                let Command::CorrectResult(c) = &mut self.command else { unreachable!() };
                c.attempt = number;
                Ok(Then::Again)
            }
            Rule::SatInThePast => {
                let booked_at: Timestamp = fact("booked-at").unwrap().parse().unwrap();
                let at = self.at;
                match &mut self.command {
                    Command::RecordResult(c) => {
                        c.sat_at = Some(booked_at.max(at.min(c.sat_at.unwrap_or(at))));
                    }
                    Command::CorrectResult(c) => {
                        c.sat_at = Some(booked_at.max(at.min(c.sat_at.unwrap_or(at))));
                    }
                    _ => {}
                }
                Ok(Then::Again)
            }
            Rule::ResultInTime | Rule::ReissueAllowed | Rule::GoodwillAllowed => Ok(Then::Over),
            rule => Err(format!("nobody knows how to follow {rule}: {remedy}")),
        }
    }
}
