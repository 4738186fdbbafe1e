//! An offer in plain words: each deadline, wait and ruling as a sentence.

use super::{
    Assumed, Benefit, BenefitKind, BranchLeaves, Choice, Correction, EarlyOrders, ExamBenefit, Forfeit,
    LateResult, Limit, OfferFile, PolicyInForce, RetakeWait, SameExam, Terms, Waits, join, word,
};
use crate::calendar_time::{Anchor, DeadlineExpr};
use crate::{Law, PassLock, Policy, Rule, Window};

/// One line of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// What it is about.
    pub subject: String,
    /// What holds.
    pub words: String,
    /// The clause it stands under.
    pub clause: String,
}

/// Explains an offer.
pub fn explain(file: &OfferFile) -> Vec<Explained> {
    let terms = &file.terms;
    let mut lines = Lines { law: terms.law(), lines: Vec::new() };
    lines.sale(terms);
    for benefit in &terms.benefits {
        lines.benefit(terms, benefit);
    }
    lines.rulings(terms);
    for clock in &terms.clocks {
        let words = format!("{} within {} of {}", clock.to, clock.within.plain(), clock.from);
        lines.cite(format!("clock {}", clock.name), words, clock.clause.clone());
    }
    let mut lines = lines.lines;
    lines.extend(file.policy.iter().flat_map(explain_policy));
    lines.extend(file.assumed.iter().map(assumption));
    lines
}

/// Explains a programme's policy.
pub fn explain_policy(policy: &Policy) -> Vec<Explained> {
    let mut lines = Lines { law: policy.law(), lines: Vec::new() };
    lines.policy(policy);
    lines.lines
}

/// What the file assumes, and why.
fn assumption(assumed: &Assumed) -> Explained {
    let what = if assumed.rumour { "a rumour" } else { "assumed" };
    Explained {
        subject: format!("{what}: {}", assumed.field),
        words: assumed.reason.clone(),
        clause: what.to_owned(),
    }
}

struct Lines<'a> {
    law: Law<'a>,
    lines: Vec<Explained>,
}

fn words(terms: &Terms, expr: &DeadlineExpr) -> String {
    expr.explain(terms.zone, terms.rulings.last_day)
}

fn begins(terms: &Terms, expr: &DeadlineExpr) -> String {
    match expr {
        DeadlineExpr::None => "at once".to_owned(),
        expr => format!("{}, from the start of that day ({})", expr.plain(), terms.zone),
    }
}

/// A ladder of waits, step by step; the last one goes on.
fn ladder_words(waits: &[Limit<RetakeWait>]) -> impl Iterator<Item = String> {
    (2..).zip(waits).map(|(attempt, step)| {
        let last = usize::from(attempt - 1u16) == waits.len();
        let more = if last { " and each later one" } else { "" };
        match step {
            Limit::None => format!("attempt {attempt}{more}: no wait"),
            Limit::Some(step) => {
                let verb = if step.limits == Waits::Register { "registered" } else { "sat" };
                format!("attempt {attempt}{more} is {verb} {} at the earliest", step.wait.plain())
            }
        }
    })
}

fn fate(forfeit: Forfeit) -> &'static str {
    match forfeit {
        Forfeit::Forfeit => "the attempt is lost and earns no retake",
        Forfeit::Fail => "the attempt counts as a fail",
        Forfeit::Return => "the attempt is given back",
    }
}

impl Lines<'_> {
    fn say(&mut self, subject: impl Into<String>, words: impl Into<String>, rule: Rule) {
        let clause = self.law.clause(rule);
        self.cite(subject, words, clause);
    }

    fn cite(&mut self, subject: impl Into<String>, words: impl Into<String>, clause: impl Into<String>) {
        self.lines.push(Explained { subject: subject.into(), words: words.into(), clause: clause.into() });
    }

    fn sale(&mut self, terms: &Terms) {
        let sale = &terms.sale;
        let from =
            terms.runs_from.value().map_or("without a first day".to_owned(), |day| format!("from {day}"));
        let to = terms.runs_to.value().map_or("without a last day".to_owned(), |day| {
            format!("to {day}, that day {}", if terms.includes_last_day() { "inside" } else { "outside" })
        });
        self.say("sale", format!("{from}, {to} ({})", terms.zone), Rule::OnSaleUntil);
        let quantity = match sale.quantity_max {
            Limit::None => "any number on an order line".to_owned(),
            Limit::Some(max) => format!("at most {max} on an order line"),
        };
        self.say("quantity", quantity, Rule::QuantityMax);
        self.say("payment", word(sale.payment), Rule::Payment);
        if let Limit::Some(kinds) = &sale.agreement {
            self.say("agreement", format!("sold through agreements: {kinds}"), Rule::UnderAgreement);
        }
        let holder = format!(
            "one individual for each {}, bound at {}; an assignment can be taken back: {}",
            word(terms.holder.per),
            word(terms.holder.bound_at),
            word(terms.holder.unassign)
        );
        self.say("holder", holder, Rule::HolderMatches);
        if !sale.buyer.is_empty() {
            self.say("buyer", format!("must be: {}", join(&sale.buyer)), Rule::BuyerQualifies);
        }
        if sale.channels != Choice::Any {
            self.say("sold through", sale.channels.to_string(), Rule::SaleChannel);
        }
        if sale.regions != Choice::Any {
            self.say("sold in", sale.regions.to_string(), Rule::SaleRegion);
        }
        if !sale.combinable {
            self.say("combined", "with no other offer or discount", Rule::NotCombined);
        }
        if let Limit::Some(term) = sale.proration {
            self.say(
                "prorated",
                format!("to the months that it lives, out of {}", term.plain()),
                Rule::AgreementRuns,
            );
        }
        if !sale.order_modes.is_empty() {
            let default = sale.order_mode_default.map_or("the order says which".to_owned(), |default| {
                format!("{} where the order does not say", word(default))
            });
            let modes = join(sale.order_modes.iter().map(word));
            self.say("ordered as", format!("{modes}; {default}"), Rule::OrderMode);
        }
        if sale.agreement != Limit::None && sale.early_orders == EarlyOrders::Taken {
            self.say("early orders", "taken before the agreement begins", Rule::AgreementRuns);
        }
        if !sale.buyer_at_use.is_empty() {
            let words = format!("the buyer must be: {}", join(&sale.buyer_at_use));
            self.say("to use a voucher", words, Rule::BuyerAtUse);
        }
        if terms.counts_from(Anchor::OrderDate) {
            self.say("date", "each order says the date of its vouchers", Rule::OrderDate);
        }
        if let Some(contact) = &terms.contact {
            self.cite("help", contact.to_string(), "offer");
        }
    }

    fn benefit(&mut self, terms: &Terms, benefit: &Benefit) {
        let name = match &benefit.kind {
            BenefitKind::Exam(_) => "exam",
            BenefitKind::PracticeTest { .. } => "practice test",
            BenefitKind::Library { .. } => "library",
            BenefitKind::Subscription { .. } => "subscription",
        };
        let of = |what: &str| format!("{} {name}: {what}", benefit.count);
        self.say(of("not before"), begins(terms, &benefit.not_before), Rule::NotBefore);
        match &benefit.kind {
            BenefitKind::Exam(exam) => self.exam(terms, exam, of),
            BenefitKind::PracticeTest { tests, providers, activate_by, lasts } => {
                self.say(of("activate by"), words(terms, activate_by), Rule::ActivateBy);
                self.say(of("lasts"), format!("{} from activation", lasts.plain()), Rule::UseWithin);
                self.say(of("reaches"), tests.to_string(), Rule::PracticeTestReached);
                if *providers != Choice::Any {
                    self.say(of("activated at"), providers.to_string(), Rule::PracticeTestProvider);
                }
            }
            BenefitKind::Library { activate_by, use_within } => {
                self.say(of("activate by"), words(terms, activate_by), Rule::ActivateBy);
                self.say(of("use within"), words(terms, use_within), Rule::UseWithin);
            }
            BenefitKind::Subscription { use_within } => {
                self.say(of("use within"), words(terms, use_within), Rule::UseWithin);
            }
        }
    }

    fn exam(&mut self, terms: &Terms, exam: &ExamBenefit, of: impl Fn(&str) -> String) {
        self.say(of("register by"), words(terms, &exam.register_by), Rule::RegisterBy);
        self.say(of("sit by"), words(terms, &exam.sit_by), Rule::SitBy);
        let attempts = match exam.retake.count {
            0 => "one attempt, and no retake".to_owned(),
            1 => "one attempt, and one retake after a fail".to_owned(),
            count => format!("one attempt, and {count} retakes, each after a fail"),
        };
        self.say(of("attempts"), attempts, Rule::RetakeNeedsFail);
        if exam.retake.count > 0 {
            self.say(
                of("retake register by"),
                words(terms, &exam.retake.register_by),
                Rule::RetakeRegisterBy,
            );
            self.say(of("retake sit by"), words(terms, &exam.retake.sit_by), Rule::RetakeSitBy);
            for wait in ladder_words(&exam.retake.waits) {
                self.say(of("wait"), wait, Rule::RetakeWait);
            }
        }
        let reach = &exam.eligible;
        let reaches = format!(
            "categories {}; not {}; codes beginning with {}; exams {}",
            reach.categories,
            join(&reach.not_categories),
            reach.prefixes,
            reach.exams
        );
        self.say(of("reaches"), reaches, Rule::ExamEligible);
        if let Choice::Only(mixes) = &exam.mix {
            let mixes: Vec<String> = mixes.iter().map(join).collect();
            self.say(
                of("mix"),
                format!("the whole pack inside one of: {}", mixes.join(" | ")),
                Rule::PackMix,
            );
        }
        self.say(of("sat"), format!("{}, given by {}", exam.deliveries, exam.providers), Rule::Delivery);
        if exam.channels != Choice::Any {
            self.say(of("registered through"), exam.channels.to_string(), Rule::RegisterChannel);
        }
        if exam.regions != Choice::Any {
            self.say(of("sat in"), exam.regions.to_string(), Rule::SitRegion);
        }
    }

    fn rulings(&mut self, terms: &Terms) {
        let rulings = &terms.rulings;
        let refund = match &rulings.refund {
            Limit::None => "never".to_owned(),
            Limit::Some(until) => format!("what is unused, until {}", words(terms, until)),
        };
        self.say("refund", refund, Rule::Refundable);
        if rulings.branch_leaves == BranchLeaves::Returns {
            let words = "when a branch leaves the agreement, its share belongs to the pool again";
            self.say("shares", words, Rule::SharedOut);
        }
        if terms.benefits.iter().any(|benefit| matches!(benefit.kind, BenefitKind::Exam(_))) {
            self.exam_rulings(terms);
        }
        if let Limit::Some(goodwill) = &rulings.goodwill {
            let words = format!(
                "reasons: {}; a second person: {}; brings back: {}",
                join(&goodwill.reasons),
                word(goodwill.approver),
                word(goodwill.revives)
            );
            let waits = goodwill.proposal_lasts.map(|lasts| format!("; a proposal waits {}", lasts.plain()));
            let words = words + &waits.unwrap_or_default();
            self.say("goodwill", words, Rule::GoodwillReason);
        }
        if let Limit::Some(calendar) = &rulings.business_days {
            self.cite("business days", format!("by the calendar {calendar}"), "R16");
        }
        for notice in &terms.notices {
            let words =
                format!("the holder is told {} before the end, if there is so much time", notice.plain());
            self.cite("notice", words, "offer");
        }
    }

    fn exam_rulings(&mut self, terms: &Terms) {
        let rulings = &terms.rulings;
        let late = match rulings.late_result {
            LateResult::AcceptIfSatInTime => "accepted, if the exam was sat in time",
            LateResult::Refuse => "refused",
        };
        self.cite("late result", late, "R3");
        self.cite("no-show", fate(rulings.no_show), "R5");
        self.cite("technical fault", fate(rulings.technical_fault), "R5");
        self.cite("invalidated result", fate(rulings.invalidated), "R5");
        let cancel = match rulings.cancel_cut_off {
            Limit::None => "until the sitting: the attempt is given back".to_owned(),
            Limit::Some(cut_off) => format!(
                "until {} before the sitting the attempt is given back; later {}",
                cut_off.plain(),
                fate(rulings.late_cancel)
            ),
        };
        self.cite("cancellation", cancel, "R6");
        if let Limit::Some(max) = rulings.open_max {
            let words = format!(
                "{max} open at a time, counted over a {}, each until its {}",
                word(rulings.open_over),
                word(rulings.open_until)
            );
            self.say("registrations", words, Rule::OpenRegistrations);
        }
        let retakes =
            |benefit: &Benefit| matches!(&benefit.kind, BenefitKind::Exam(exam) if exam.retake.count > 0);
        if terms.benefits.iter().any(retakes) {
            let same = match rulings.same_exam {
                SameExam::Exact => "the same code",
                SameExam::OrSuccessor => "the same code, or the successor that the catalogue declares",
                SameExam::AnyEligible => "any exam that the offer reaches",
            };
            self.say("retake of", same, Rule::SameExam);
        }
        let correction = match rulings.correction {
            Correction::Regrant => "grants or withdraws the retake, as if the right result had come first",
            Correction::RecordOnly => "is recorded, and changes nothing else",
        };
        self.cite("corrected result", correction, "R14");
        self.cite("terms in force", format!("at {}", word(rulings.terms_in_force)), "R13");
        if terms.programme != Limit::None {
            let when = match rulings.policy_in_force {
                PolicyInForce::Purchase => "the one in force at purchase",
                PolicyInForce::Deed => "the one in force at each registration",
            };
            self.cite("programme's policy", when, "R18");
        }
    }

    fn policy(&mut self, policy: &Policy) {
        for wait in ladder_words(&policy.waits) {
            self.say("policy: wait", wait, Rule::PolicyWait);
        }
        for cap in &policy.caps {
            let from = if cap.from == Some(Window::Rolling) { "rolling" } else { "from the first attempt" };
            let words = match cap.window {
                Limit::None => format!("{} attempts, and no more after them", cap.max),
                Limit::Some(window) => format!("{} attempts in {}, {from}", cap.max, window.plain()),
            };
            self.say("policy: cap", words, Rule::PolicyCap);
        }
        if !policy.waits.is_empty() || !policy.caps.is_empty() {
            self.say("policy: counts over", policy.counts_over.to_string(), Rule::PolicyCap);
        }
        if !policy.waits.is_empty() {
            self.say("policy: ladder restarts", policy.ladder_restarts.to_string(), Rule::PolicyWait);
        }
        let lock = match policy.lock_after_pass {
            PassLock::None => "a passed exam may be sat again".to_owned(),
            PassLock::ForEver => "a passed exam is not sat again".to_owned(),
            PassLock::For(period) => format!("a passed exam may be sat again after {}", period.plain()),
        };
        self.say("policy: pass", lock, Rule::PolicyPassLock);
        if policy.beta_once {
            self.say("policy: beta", "a beta exam is sat once", Rule::PolicyBetaOnce);
        }
    }
}
