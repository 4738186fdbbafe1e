//! Remedies are true (ruling 22): what a refusal recommends is permitted by the terms that refused.
//!
//! A life is drawn at random. Each command in it that is refused is given again as its remedy says, in a copy of the ledger, until it
//! is accepted or nothing is left to do. A remedy that is refused itself, or that leads back to where it came from, is untrue.

use super::testing::{Ledger, id, order, t, voucher};
use super::testing_words::{OFFER, exam, exam_with, give_to, issue_with, publish, schedule_with, vary};
use crate::{
    Activate, Assign, Cancel, CancelledBy, CandidateId, Command, CorrectResult, ExamCode, ExamResult, Gift,
    RecordResult, Refusal, ReplaceCode, Reschedule, Rule, Schedule, State, Stream, Timestamp, Unassign,
    UnitNo, VoucherRef,
};

const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;
/// More remedies than these in a row lead nowhere.
const REMEDIES_MAX: usize = 8;

struct Draw(u64);

impl Draw {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()].clone()
    }

    fn days(&mut self, n: u64) -> i64 {
        i64::try_from(self.below(n)).unwrap() * DAY
    }
}

const POLICY: &str = r#"
[policy]
time_zone = "UTC"
counts = ["sat"]
same_exam = "exact"
wait = [{ period = "P14D", counted = "calendar-days", limits = "sit" }]
caps = [{ max = 3, window = "P60D", from = "rolling" }]
lock_after_pass = "P90D"
beta_once = true
"#;
const PROGRAMME: (&str, &str) = ("programme = \"none\"", "programme = \"prog\"");
const RETAKE: &str = "retake = { count = 1, only_if_paid = false, wait = \"none\", register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }";
const OWN_WAIT: (&str, &str) = (
    RETAKE,
    "retake = { count = 2, only_if_paid = false, wait = [{ period = \"P20D\", counted = \"calendar-days\", limits = \"register\" }], \
     register_by = \"exam-sat + P60D\", sit_by = \"exam-sat + P90D\" }",
);
const LATE: (&str, &str) =
    ("cancellation = { cut_off = \"none\" }", "cancellation = { cut_off = \"PT24H\", late = \"forfeit\" }");
const ONE_OPEN: (&str, &str) =
    ("open_registrations = { max = \"none\" }", "open_registrations = { max = 1, over = \"candidate\" }");
const ONE_OPEN_TO_RESULT: (&str, &str) = (
    "open_registrations = { max = \"none\" }",
    "open_registrations = { max = 1, over = \"pack\", until = \"result\" }",
);
const NO_GOODWILL: (&str, &str) = (
    "goodwill = { reasons = [\"illness\"], approver = \"optional\", revives = \"ended\" }",
    "goodwill = \"none\"",
);
const BY_ASSIGNMENT: (&str, &str) = ("bound_at = \"scheduling\"", "bound_at = \"assignment\"");
const NEVER_UNASSIGNED: (&str, &str) = ("unassign = \"until-bound\"", "unassign = \"never\"");
const SHORT: (&str, &str) = (
    "\nregister_by = \"purchase + P12M\"\nsit_by = \"purchase + P12M\"",
    "\nregister_by = \"purchase + P90D\"\nsit_by = \"purchase + P100D\"",
);
const PAIR: (&str, &str) =
    ("count = 1\nexams = { categories = \"any\" }", "count = 2\nexams = { categories = [\"pro\"] }");
const EXACT: (&str, &str) = ("same_exam = \"or-successor\"", "same_exam = \"exact\"");
const NOT_BEFORE: (&str, &str) = ("count = 1\nexams", "count = 1\nnot_before = \"purchase + P10D\"\nexams");
const ONE_WAY: (&str, &str) = (
    "deliveries = \"any\"\nproviders = \"any\"",
    "deliveries = [\"online\"]\nproviders = [\"here\", \"there\"]",
);
const PROMPT: (&str, &str) = ("late_result = \"accept-if-sat-in-time\"", "late_result = \"refuse\"");
const REVIVES_NOTHING: (&str, &str) = ("revives = \"ended\"", "revives = \"nothing\"");
const PAID_ONLY: (&str, &str) = ("only_if_paid = false", "only_if_paid = true");

/// Offers, each with the policy of its programme or none.
const TERMS: &[(&[(&str, &str)], &str)] = &[
    (&[], ""),
    (&[OWN_WAIT, LATE], ""),
    (&[PROGRAMME, ONE_OPEN], POLICY),
    (&[PROGRAMME, SHORT, NO_GOODWILL], POLICY),
    (&[PAIR, ONE_OPEN_TO_RESULT, BY_ASSIGNMENT], ""),
    (&[NEVER_UNASSIGNED, SHORT, EXACT], ""),
    (&[NOT_BEFORE, ONE_WAY, PROMPT, SHORT], ""),
    (&[OWN_WAIT, REVIVES_NOTHING, SHORT, PAID_ONLY], ""),
    (&[PROGRAMME, PAIR, OWN_WAIT, NO_GOODWILL, PROMPT], POLICY),
];

const BOUGHT: &str = "2026-01-05T10:00Z";

fn sold(terms: &(&[(&str, &str)], &str), paid: bool) -> Ledger {
    let mut ledger = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (
            exam_with("r", |facts| {
                facts.categories = vec![id("pro")];
                facts.retires_on = Some("2026-03-15".parse().unwrap());
                facts.successor = Some(id("x"));
            }),
            "2001-01-01",
        ),
        (
            exam_with("gone", |facts| {
                facts.categories = vec![id("pro")];
                facts.retires_on = Some("2026-03-01".parse().unwrap());
            }),
            "2001-01-01",
        ),
        (
            exam_with("b", |facts| {
                facts.categories = vec![id("pro")];
                facts.beta = true;
            }),
            "2001-01-01",
        ),
        (exam("easy", "fundamentals"), "2001-01-01"),
        (publish(&(vary(OFFER, terms.0) + terms.1)), "2001-01-01"),
    ]);
    for line in [1, 2] {
        let bought = issue_with(BOUGHT, |c| {
            c.order = order(line);
            c.paid = paid;
        });
        ledger = ledger.with(&[(bought, BOUGHT)]);
    }
    ledger
}

/// What somebody tries, at a time.
fn tried(draw: &mut Draw, at: Timestamp, ledger: &Ledger, units: UnitNo) -> Command {
    let unit = UnitNo::try_from(draw.below(u64::from(units))).unwrap() + 1;
    let line = u32::try_from(draw.below(2)).unwrap() + 1;
    let voucher = voucher(line, unit);
    let candidate: CandidateId = id(draw.one(&["ann", "ann", "ann", "bob"]));
    let open = ledger.entitlement(line).unit(unit).unwrap().open().cloned();
    let results = [
        ExamResult::Pass,
        ExamResult::Fail,
        ExamResult::Fail,
        ExamResult::Missed,
        ExamResult::TechnicalFault,
        ExamResult::Invalidated,
    ];
    match draw.below(16) {
        0..=5 => {
            let exam: ExamCode = id(draw.one(&["x", "x", "x", "r", "gone", "b", "easy", "nowhere"]));
            let days = draw.days(40) - 2 * DAY;
            let booked_at = (draw.below(5) == 0).then(|| at.plus_millis(draw.days(12) - 8 * DAY));
            let way = draw.one(&[None, Some("online"), Some("online"), Some("paper")]);
            let provider = draw.one(&[None, Some("here"), Some("elsewhere")]);
            schedule_with(at.plus_millis(days), |c| {
                (c.voucher, c.candidate, c.exam, c.booked_at) = (voucher, candidate, exam, booked_at);
                (c.delivery, c.provider) = (way.map(id), provider.map(id));
            })
        }
        6 => Reschedule { voucher, sit_at: at.plus_millis(draw.days(60) - DAY), moved_at: None }.into(),
        7 => Cancel {
            voucher,
            by: draw.one(&[CancelledBy::Candidate, CancelledBy::Provider]),
            cancelled_at: None,
        }
        .into(),
        8..=11 => {
            let sat_at = (draw.below(4) == 0).then(|| at.plus_millis(-draw.days(9)));
            let sat_at =
                sat_at.or(open.map(|open| open.sit_at).filter(|sit_at| draw.below(3) > 0 && *sit_at <= at));
            RecordResult { voucher, result: draw.one(&results), sat_at }.into()
        }
        12 => {
            let attempt = u16::try_from(draw.below(3)).unwrap() + 1;
            CorrectResult { voucher, attempt, result: draw.one(&results), sat_at: None }.into()
        }
        13 => Assign { voucher, candidate, branch: None }.into(),
        14 => draw.one(&[
            Unassign { voucher: voucher.clone() }.into(),
            ReplaceCode { voucher: voucher.clone() }.into(),
            Activate { voucher, candidate, test: None, branch: None, activated_at: None, provider: None }
                .into(),
        ]),
        _ => {
            let last_day = civil(at.plus_millis(draw.days(200) - 30 * DAY));
            draw.one(&[
                give_to(voucher.clone(), Gift::ExtraAttempt),
                give_to(voucher, Gift::LongerTerm { last_day }),
            ])
        }
    }
}

fn civil(at: Timestamp) -> chrono::NaiveDate {
    at.to_string()[..10].parse().unwrap()
}

/// A refused command that is given again and again.
struct Again {
    ledger: Ledger,
    command: Command,
    at: Timestamp,
    /// Order lines bought so far.
    lines: u32,
    /// Whether a new purchase is a way out; what has to be done first for this voucher can't be done for another.
    may_buy: bool,
}

enum Then {
    /// The command is given again.
    Again,
    /// The remedy says that nothing is left to do, and that is so.
    Over,
}

/// Follows remedies until the command is accepted, or is over.
fn follow(mut again: Again) -> Result<Again, String> {
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

    fn apply(&mut self, refusal: &Refusal) -> Result<Then, String> {
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

#[test]
fn what_a_refusal_recommends_is_accepted() {
    let mut untrue = Vec::new();
    let mut followed = std::collections::BTreeMap::new();
    for seed in 0..400 {
        let mut draw = Draw(seed);
        let terms = &TERMS[usize::try_from(seed).unwrap() % TERMS.len()];
        let paid = draw.below(3) > 0;
        let mut ledger = sold(terms, paid);
        let units = u16::try_from(ledger.entitlement(1).units.len()).unwrap();
        let mut at = t(BOUGHT).plus_millis(HOUR);
        for _ in 0..40 {
            at = at.plus_millis(draw.days(12) + HOUR * i64::try_from(draw.below(9)).unwrap());
            let command = tried(&mut draw, at, &ledger, units);
            match ledger.decide(&command, at) {
                Ok(_) => ledger = ledger.with(&[(command, &at.to_string())]),
                Err(refusal) => {
                    *followed.entry(refusal.rule).or_insert(0) += 1;
                    let again = Again {
                        ledger: ledger.clone(),
                        command: command.clone(),
                        at,
                        lines: 2,
                        may_buy: true,
                    };
                    if let Err(why) = follow(again) {
                        untrue.push(format!(
                            "seed {seed}, {}, {terms:?}, at {at}\n  {command:?}\n  {why}",
                            refusal.rule
                        ));
                    }
                }
            }
        }
    }
    assert!(untrue.is_empty(), "{} untrue remedies of {followed:?}\n{}", untrue.len(), untrue.join("\n"));
    assert!(followed.len() > 20, "{followed:?}");
}
