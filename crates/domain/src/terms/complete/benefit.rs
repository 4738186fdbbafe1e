//! What is bought: benefits of one kind each.

use super::super::contradictions::foreign_fields;
use super::super::file::{Kind, RawBenefit, RawRetake};
use super::super::open_points::{Points, Question};
use super::super::{Benefit, BenefitKind, Choice, Eligible, ExamBenefit, Limit, RetakeRule};
use crate::calendar_time::DeadlineExpr;

const TESTS: Question =
    Question::new("R10", "tests", "which practice tests does it reach? a list, or \"any\"");
const ACTIVATE_BY: Question = Question::new(
    "R10",
    "activate_by",
    "until when can it be activated? such as \"purchase + P1Y\", or \"none\"",
);
const LASTS: Question =
    Question::new("R10", "lasts", "how long does it last from activation? such as \"P30D\"");
const UNLOCK_BY: Question = Question::new(
    "R2",
    "activate_by",
    "until when can it be unlocked? such as \"purchase + P1Y\", or \"none\"",
);
const USE_WITHIN: Question =
    Question::new("R2", "use_within", "until when can it be used? such as \"agreement-end\", or \"none\"");

const EXAMS: Question = Question::new(
    "R9",
    "exams",
    "which exams does it reach? say exams = { categories = \"any\", prefixes = \"any\", list = \"any\" }, or lists",
);
const DELIVERIES: Question = Question::new(
    "vocabulary",
    "deliveries",
    "how may the exam be sat? a list such as [\"online\", \"test-centre\"], or \"any\"",
);
const PROVIDERS: Question = Question::new("vocabulary", "providers", "who delivers it? a list, or \"any\"");
const REGISTER_BY: Question = Question::new(
    "R2",
    "register_by",
    "until when is the first try registered? such as \"purchase + P12M\", or \"none\"",
);
const SIT_BY: Question = Question::new(
    "R2",
    "sit_by",
    "until when is the first try sat? such as \"purchase + P12M\", or \"none\"",
);
const RETAKE: Question = Question::new(
    "R2",
    "retake",
    "what does a fail earn? say retake = { count = 0 }, or how many, with their wait and deadlines",
);
const ONLY_IF_PAID: Question =
    Question::new("vocabulary", "retake.only_if_paid", "does only a paid exam earn it? true or false");
const WAIT: Question = Question::new(
    "R4",
    "retake.wait",
    "how long is the wait after a fail? say [{ period = \"P1D\", counted = \"calendar-days\", limits = \
     \"register\" }], or \"none\"",
);
const RETAKE_REGISTER_BY: Question = Question::new(
    "R2",
    "retake.register_by",
    "until when is a retake registered? a deadline of its own, or \"none\"",
);
const RETAKE_SIT_BY: Question =
    Question::new("R2", "retake.sit_by", "until when is a retake sat? a deadline of its own, or \"none\"");

pub(super) fn benefit(raw: &RawBenefit, at: &str, points: &mut Points) -> Option<Benefit> {
    points.unless(raw.count > 0, "vocabulary", format!("{at}.count"), "how many? at least 1");
    foreign_fields(raw, at, points);
    let kind = match raw.kind {
        Kind::Exam => BenefitKind::Exam(Box::new(exam(raw, at, points)?)),
        Kind::PracticeTest => {
            let tests = points.ask(at, raw.tests.clone(), TESTS);
            let activate_by = points.ask(at, raw.activate_by.clone(), ACTIVATE_BY);
            let lasts = points.ask(at, raw.lasts, LASTS);
            let providers = raw.providers.clone().unwrap_or(Choice::Any);
            BenefitKind::PracticeTest { tests: tests?, providers, activate_by: activate_by?, lasts: lasts? }
        }
        Kind::Library => {
            let activate_by = points.ask(at, raw.activate_by.clone(), UNLOCK_BY);
            let use_within = points.ask(at, raw.use_within.clone(), USE_WITHIN);
            BenefitKind::Library { activate_by: activate_by?, use_within: use_within? }
        }
        Kind::Subscription => {
            BenefitKind::Subscription { use_within: points.ask(at, raw.use_within.clone(), USE_WITHIN)? }
        }
    };
    let not_before = raw.not_before.clone().unwrap_or(DeadlineExpr::None);
    Some(Benefit { count: raw.count, not_before, kind })
}

fn exam(raw: &RawBenefit, at: &str, points: &mut Points) -> Option<ExamBenefit> {
    let exams = points.ask(at, raw.exams.as_ref(), EXAMS);
    let deliveries = points.ask(at, raw.deliveries.clone(), DELIVERIES);
    let providers = points.ask(at, raw.providers.clone(), PROVIDERS);
    let register_by = points.ask(at, raw.register_by.clone(), REGISTER_BY);
    let sit_by = points.ask(at, raw.sit_by.clone(), SIT_BY);
    let given = points.ask(at, raw.retake.as_ref(), RETAKE);
    let retake = given.filter(|raw| raw.count > 0).map(|raw| retake(raw, at, points));
    let (exams, register_by, sit_by) = (exams?, register_by?, sit_by?);
    let none = || RetakeRule {
        count: 0,
        only_if_paid: false,
        waits: Vec::new(),
        // An attempt given out of goodwill lives as long as the first try.
        register_by: register_by.clone(),
        sit_by: sit_by.clone(),
    };
    Some(ExamBenefit {
        eligible: Eligible {
            categories: exams.categories.clone().unwrap_or(Choice::Any),
            not_categories: exams.not_categories.clone(),
            prefixes: exams.prefixes.clone().unwrap_or(Choice::Any),
            exams: exams.list.clone().unwrap_or(Choice::Any),
        },
        deliveries: deliveries?,
        providers: providers?,
        regions: raw.regions.clone().unwrap_or(Choice::Any),
        channels: raw.channels.clone().unwrap_or(Choice::Any),
        mix: raw.mix.clone().unwrap_or(Choice::Any),
        retake: given.map(|_| retake.unwrap_or_else(|| Some(none())))??,
        register_by,
        sit_by,
    })
}

fn retake(raw: &RawRetake, at: &str, points: &mut Points) -> Option<RetakeRule> {
    let only_if_paid = points.ask(at, raw.only_if_paid, ONLY_IF_PAID);
    // An empty list says as little as none at all.
    let wait = raw.wait.clone().filter(|wait| wait.value().is_none_or(|list| !list.is_empty()));
    let wait = points.ask(at, wait, WAIT);
    let register_by = points.ask(at, raw.register_by.clone(), RETAKE_REGISTER_BY);
    let sit_by = points.ask(at, raw.sit_by.clone(), RETAKE_SIT_BY);
    Some(RetakeRule {
        count: raw.count,
        only_if_paid: only_if_paid?,
        waits: wait.as_ref().map(Limit::value)?.cloned().unwrap_or_default(),
        register_by: register_by?,
        sit_by: sit_by?,
    })
}
