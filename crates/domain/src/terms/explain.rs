//! An offer in plain words: each deadline, wait and ruling as a sentence.

use super::{BenefitKind, Limit, OfferFile, Waits, join};
use crate::{PassLock, Rule};

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
    let mut lines = Vec::new();
    let law = crate::Law {
        layer: crate::Layer::Offer,
        name: terms.offer.as_str(),
        clauses: &terms.clauses,
        waived: &[],
    };
    let mut say = |subject: String, words: String, rule: Rule| {
        lines.push(Explained { subject, words, clause: law.clause(rule) })
    };
    let words = |expr: &crate::calendar_time::DeadlineExpr| expr.explain(terms.zone, terms.rulings.last_day);
    say(
        "sale".into(),
        format!("from {} to {} ({})", terms.runs_from, terms.runs_to, terms.zone),
        Rule::OnSaleUntil,
    );
    say(
        "quantity".into(),
        format!("at most {} on an order line", terms.sale.quantity_max),
        Rule::QuantityMax,
    );
    for benefit in &terms.benefits {
        let count = benefit.count;
        match &benefit.kind {
            BenefitKind::Exam(exam) => {
                let of = |what: &str| format!("{count} exam: {what}");
                say(of("not before"), benefit.not_before.plain(), Rule::NotBefore);
                say(of("register by"), words(&exam.register_by), Rule::RegisterBy);
                say(of("sit by"), words(&exam.sit_by), Rule::SitBy);
                say(
                    of("attempts"),
                    format!("1 and {} retake(s) after a fail", exam.retake.count),
                    Rule::RetakeNeedsFail,
                );
                if exam.retake.count > 0 {
                    say(of("retake register by"), words(&exam.retake.register_by), Rule::RetakeRegisterBy);
                    say(of("retake sit by"), words(&exam.retake.sit_by), Rule::RetakeSitBy);
                    for (attempt, step) in (2..).zip(&exam.retake.waits) {
                        let what = if step.limits == Waits::Register { "registered" } else { "sat" };
                        say(
                            of("wait"),
                            format!("attempt {attempt} is {what} {}", step.wait.plain()),
                            Rule::RetakeWait,
                        );
                    }
                }
                let reach = &exam.eligible;
                let words = format!(
                    "categories {}; not {}; codes beginning with {}; exams {}",
                    reach.categories,
                    join(&reach.not_categories),
                    reach.prefixes,
                    reach.exams
                );
                say(of("reaches"), words, Rule::ExamEligible);
            }
            BenefitKind::PracticeTest { tests, activate_by, lasts } => {
                let of = |what: &str| format!("{count} practice test: {what}");
                say(of("activate by"), words(activate_by), Rule::ActivateBy);
                say(of("lasts"), format!("{} from activation", lasts.plain()), Rule::UseWithin);
                say(of("reaches"), format!("{tests}"), Rule::PracticeTestReached);
            }
            BenefitKind::Library { activate_by, use_within } => {
                say(format!("{count} library: activate by"), words(activate_by), Rule::ActivateBy);
                say(format!("{count} library: use within"), words(use_within), Rule::UseWithin);
            }
            BenefitKind::Subscription { use_within } => {
                say(format!("{count} subscription: use within"), words(use_within), Rule::UseWithin)
            }
        }
    }
    let refund = terms.rulings.refund.value().map_or_else(|| "never".to_owned(), |expr| words(expr));
    say("refund".into(), refund, Rule::Refundable);
    let no_show = format!("{:?}", terms.rulings.no_show).to_lowercase();
    lines.push(Explained {
        subject: "no-show".into(),
        words: format!("the attempt: {no_show}"),
        clause: "R5".into(),
    });
    for clock in &terms.clocks {
        let words = format!("{} within {} of {}", clock.to, clock.within.plain(), clock.from);
        lines.push(Explained {
            subject: format!("clock {}", clock.name),
            words,
            clause: clock.clause.clone(),
        });
    }
    if let Some(policy) = &file.policy {
        let law = policy.law();
        let mut say = |subject: &str, words: String, rule| {
            lines.push(Explained { subject: format!("policy: {subject}"), words, clause: law.clause(rule) })
        };
        for (attempt, step) in (2..).zip(&policy.waits) {
            let more =
                if usize::from(attempt - 1u16) == policy.waits.len() { " and each later one" } else { "" };
            say("wait", format!("attempt {attempt}{more}: {}", step.wait.plain()), Rule::PolicyWait);
        }
        for cap in &policy.caps {
            let from = if cap.from == crate::Window::Rolling { "rolling" } else { "from the first attempt" };
            say("cap", format!("{} attempts in {}, {from}", cap.max, cap.window.plain()), Rule::PolicyCap);
        }
        let lock = match policy.lock_after_pass {
            PassLock::None => "a passed exam may be sat again".to_owned(),
            PassLock::ForEver => "a passed exam is not sat again".to_owned(),
            PassLock::For(period) => format!("a passed exam may be sat again after {}", period.plain()),
        };
        say("pass", lock, Rule::PolicyPassLock);
    }
    if let Limit::Some(goodwill) = &terms.rulings.goodwill {
        lines.push(Explained {
            subject: "goodwill".into(),
            words: format!("reasons: {}", join(&goodwill.reasons)),
            clause: law.clause(Rule::GoodwillReason),
        });
    }
    lines
}
