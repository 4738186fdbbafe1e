//! From the file to the terms: every missing point is named, all at once.

use super::file::{Kind, RawBenefit, RawFile, RawRetake, RawRulings, RawSale};
use super::open_points::Points;
use super::{
    Benefit, BenefitKind, Choice, Eligible, ExamBenefit, Limit, RetakeRule, Rulings, Sale, Scope, Terms,
};
use super::{Correction, EligibilityAt, Extension, Forfeit, LateResult, PracticeTestRuns, SameExam};
use crate::TermsHash;
use crate::calendar_time::DeadlineExpr;

/// Which parts of the vocabulary an offer uses; a ruling about a part it does not use need not be said.
#[derive(Debug, Clone, Copy)]
struct Uses {
    exams: bool,
    retakes: bool,
    practice_tests: bool,
    an_end: bool,
}

pub(super) fn complete(raw: &RawFile, hash: TermsHash, points: &mut Points) -> Option<Terms> {
    let uses = Uses {
        exams: raw.benefit.iter().any(|b| b.kind == Kind::Exam),
        retakes: raw.benefit.iter().any(|b| b.retake.as_ref().is_some_and(|r| r.count > 0)),
        practice_tests: raw.benefit.iter().any(|b| b.kind == Kind::PracticeTest),
        an_end: raw.offer.runs.as_ref().is_some_and(|r| r.to.value().is_some()),
    };
    let offer = &raw.offer;
    let zone = points.need(
        offer.time_zone,
        "R1",
        "offer.time_zone",
        "in which zone are days counted? name one, such as \"UTC\" or \"America/Chicago\"",
    );
    let programme = points.need(
        offer.programme.clone(),
        "vocabulary",
        "offer.programme",
        "which programme's retake policy holds beside these terms? name it, or say \"none\"",
    );
    let runs = points.need(offer.runs.as_ref(), "R12", "offer.runs", "when does the offer open and end? say runs = { from = 2007-09-15, to = 2008-01-31 }, or \"none\" for either");
    let sale = sale(raw.sale.as_ref(), points);
    let holder = points.need(
        raw.holder.as_ref().and_then(super::file::RawHolder::complete),
        "vocabulary",
        "holder",
        "whom do the vouchers serve? say bound_at = \"purchase\", \"assignment\" or \"scheduling\"; per = \"voucher\" or \"pack\"; unassign = \"until-bound\" or \"never\"",
    );
    points.unless(
        !raw.benefit.is_empty(),
        "vocabulary",
        "benefit",
        "what is bought? add at least one [[benefit]]",
    );
    let benefits: Vec<_> = raw
        .benefit
        .iter()
        .enumerate()
        .map(|(i, b)| benefit(b, &format!("benefit {}", i + 1), points))
        .collect();
    let rulings = rulings(&raw.rulings, uses, points);
    Some(Terms {
        hash,
        offer: offer.id.clone(),
        title: offer.title.clone(),
        programme: programme?,
        zone: zone?,
        runs_from: date(&runs?.from),
        runs_to: date(&runs?.to),
        conditions: offer.conditions.clone(),
        sale: sale?,
        holder: holder?,
        benefits: benefits.into_iter().collect::<Option<_>>()?,
        rulings: rulings?,
        clocks: raw.clock.clone(),
        notices: offer.notices.clone(),
        clauses: raw.clauses.clone(),
    })
}

fn date(raw: &Limit<super::file::DateText>) -> Limit<chrono::NaiveDate> {
    raw.value().map_or(Limit::None, |d| Limit::Some(d.0))
}

fn sale(raw: Option<&RawSale>, points: &mut Points) -> Option<Sale> {
    let raw = points.need(raw, "vocabulary", "sale", "who may buy, and how? add a [sale] table")?;
    let quantity_max = points.need(
        raw.quantity_max,
        "vocabulary",
        "sale.quantity_max",
        "how many units may one order line have? a number, or \"none\"",
    );
    let channels = points.need(
        raw.channels.clone(),
        "vocabulary",
        "sale.channels",
        "where is it sold? a list, or \"any\"",
    );
    let regions = points.need(
        raw.regions.clone(),
        "vocabulary",
        "sale.regions",
        "in which regions is it sold? a list, or \"any\"",
    );
    let agreement = points.need(
        raw.agreement.clone(),
        "vocabulary",
        "sale.agreement",
        "is it sold through agreements? a list of their programmes, \"any\", or \"none\" for a plain sale",
    );
    let combinable = points.need(
        raw.combinable,
        "vocabulary",
        "sale.combinable",
        "may an order combine it with other offers or discounts? true or false",
    );
    let payment = points.need(
        raw.payment,
        "vocabulary",
        "sale.payment",
        "is it paid? \"paid\", \"free\", or \"either\" where the order says which",
    );
    let proration = points.need(
        raw.proration,
        "vocabulary",
        "sale.proration",
        "is it prorated under a running agreement? the full term, such as \"P12M\", or \"none\"",
    );
    Some(Sale {
        quantity_max: quantity_max?,
        channels: channels?,
        regions: regions?,
        buyer: raw.buyer.clone(),
        agreement: agreement?,
        combinable: combinable?,
        payment: payment?,
        proration: proration?,
    })
}

fn benefit(raw: &RawBenefit, at: &str, points: &mut Points) -> Option<Benefit> {
    points.unless(raw.count > 0, "vocabulary", format!("{at}.count"), "how many? at least 1");
    super::contradictions::foreign_fields(raw, at, points);
    let not_before = raw.not_before.clone().unwrap_or(DeadlineExpr::None);
    let activate = "until when can it be activated? such as \"purchase + P1Y\", or \"none\"";
    let used = "until when can it be used? such as \"agreement-end\", or \"none\"";
    let kind = match raw.kind {
        Kind::Exam => BenefitKind::Exam(Box::new(exam(raw, at, points)?)),
        Kind::PracticeTest => {
            let tests = points.need(
                raw.tests.clone(),
                "R10",
                format!("{at}.tests"),
                "which practice tests does it reach? a list, or \"any\"",
            );
            let activate_by =
                points.need(raw.activate_by.clone(), "R10", format!("{at}.activate_by"), activate);
            let lasts = points.need(
                raw.lasts,
                "R10",
                format!("{at}.lasts"),
                "how long does it last from activation? such as \"P30D\"",
            );
            BenefitKind::PracticeTest { tests: tests?, activate_by: activate_by?, lasts: lasts? }
        }
        Kind::Library => {
            let activate_by =
                points.need(raw.activate_by.clone(), "R2", format!("{at}.activate_by"), activate);
            let use_within = points.need(raw.use_within.clone(), "R2", format!("{at}.use_within"), used);
            BenefitKind::Library { activate_by: activate_by?, use_within: use_within? }
        }
        Kind::Subscription => BenefitKind::Subscription {
            use_within: points.need(raw.use_within.clone(), "R2", format!("{at}.use_within"), used)?,
        },
    };
    Some(Benefit { count: raw.count, not_before, kind })
}

fn exam(raw: &RawBenefit, at: &str, points: &mut Points) -> Option<ExamBenefit> {
    let exams = points.need(raw.exams.as_ref(), "R9", format!("{at}.exams"), "which exams does it reach? say exams = { categories = \"any\", prefixes = \"any\", list = \"any\" }, or lists");
    let deliveries = points.need(
        raw.deliveries.clone(),
        "vocabulary",
        format!("{at}.deliveries"),
        "how may the exam be sat? a list such as [\"online\", \"test-centre\"], or \"any\"",
    );
    let providers = points.need(
        raw.providers.clone(),
        "vocabulary",
        format!("{at}.providers"),
        "who delivers it? a list, or \"any\"",
    );
    let register_by = points.need(
        raw.register_by.clone(),
        "R2",
        format!("{at}.register_by"),
        "until when is the first try registered? such as \"purchase + P12M\", or \"none\"",
    );
    let sit_by = points.need(
        raw.sit_by.clone(),
        "R2",
        format!("{at}.sit_by"),
        "until when is the first try sat? such as \"purchase + P12M\", or \"none\"",
    );
    let retake = points
        .need(
            raw.retake.as_ref(),
            "R2",
            format!("{at}.retake"),
            "what does a fail earn? say retake = { count = 0 }, or how many, with their wait and deadlines",
        )
        .and_then(|r| retake(r, at, points));
    Some(ExamBenefit {
        eligible: Eligible {
            categories: exams?.categories.clone().unwrap_or(Choice::Any),
            not_categories: exams?.not_categories.clone(),
            prefixes: exams?.prefixes.clone().unwrap_or(Choice::Any),
            exams: exams?.list.clone().unwrap_or(Choice::Any),
        },
        deliveries: deliveries?,
        providers: providers?,
        regions: raw.regions.clone().unwrap_or(Choice::Any),
        channels: raw.channels.clone().unwrap_or(Choice::Any),
        mix: raw.mix.clone().unwrap_or(Choice::Any),
        register_by: register_by?,
        sit_by: sit_by?,
        retake: retake?,
    })
}

fn retake(raw: &RawRetake, at: &str, points: &mut Points) -> Option<RetakeRule> {
    if raw.count == 0 {
        return Some(RetakeRule {
            count: 0,
            only_if_paid: false,
            waits: Vec::new(),
            register_by: DeadlineExpr::None,
            sit_by: DeadlineExpr::None,
        });
    }
    let only_if_paid = points.need(
        raw.only_if_paid,
        "vocabulary",
        format!("{at}.retake.only_if_paid"),
        "does only a paid exam earn it? true or false",
    );
    let wait = points.need(raw.wait.clone(), "R4", format!("{at}.retake.wait"), "how long is the wait after a fail? say [{ period = \"P1D\", counted = \"calendar-days\", limits = \"register\" }], or \"none\"");
    let register_by = points.need(
        raw.register_by.clone(),
        "R2",
        format!("{at}.retake.register_by"),
        "until when is a retake registered? a deadline of its own, or \"none\"",
    );
    let sit_by = points.need(
        raw.sit_by.clone(),
        "R2",
        format!("{at}.retake.sit_by"),
        "until when is a retake sat? a deadline of its own, or \"none\"",
    );
    Some(RetakeRule {
        count: raw.count,
        only_if_paid: only_if_paid?,
        waits: wait?.value().cloned().unwrap_or_default(),
        register_by: register_by?,
        sit_by: sit_by?,
    })
}

/// Asks for a ruling, unless the offer has no use for it.
fn ruling<T>(
    points: &mut Points,
    used: bool,
    value: Option<T>,
    idle: T,
    ruling: &'static str,
    field: &str,
    question: &str,
) -> Option<T> {
    if used {
        points.need(value, ruling, format!("rulings.{field}"), question)
    } else {
        Some(value.unwrap_or(idle))
    }
}

fn rulings(raw: &RawRulings, uses: Uses, points: &mut Points) -> Option<Rulings> {
    let forfeit = "say \"forfeit\", \"fail\" or \"return\"";
    let last_day = points.need(
        raw.last_day,
        "R1",
        "rulings.last_day",
        "is the last day of a period inside? say \"inclusive\" or \"exclusive\"",
    );
    let late_result = ruling(
        points,
        uses.exams,
        raw.late_result,
        LateResult::AcceptIfSatInTime,
        "R3",
        "late_result",
        "what becomes of a result that arrives after the deadline? say \"accept-if-sat-in-time\" or \"refuse\"",
    );
    let no_show = ruling(
        points,
        uses.exams,
        raw.no_show,
        Forfeit::Forfeit,
        "R5",
        "no_show",
        &format!("what becomes of the attempt when the candidate does not come? {forfeit}"),
    );
    let technical_fault = ruling(
        points,
        uses.exams,
        raw.technical_fault,
        Forfeit::Return,
        "R5",
        "technical_fault",
        &format!("what becomes of an attempt that a technical fault ended? {forfeit}"),
    );
    let invalidated = ruling(
        points,
        uses.exams,
        raw.invalidated,
        Forfeit::Forfeit,
        "R5",
        "invalidated",
        &format!("what becomes of an attempt whose result is invalidated? {forfeit}"),
    );
    let cancellation = raw.cancellation.as_ref();
    let cancel_cut_off = ruling(
        points,
        uses.exams,
        cancellation.and_then(|c| c.cut_off),
        Limit::None,
        "R6",
        "cancellation.cut_off",
        "how long before the sitting must a cancellation come? such as \"PT24H\", or \"none\"",
    );
    let late_cancel = ruling(
        points,
        uses.exams && !matches!(cancel_cut_off, Some(Limit::None)),
        cancellation.and_then(|c| c.late),
        Forfeit::Return,
        "R6",
        "cancellation.late",
        &format!("what becomes of an attempt that is cancelled later? {forfeit}"),
    );
    let open = raw.open_registrations.as_ref();
    let open_max = ruling(
        points,
        uses.exams,
        open.and_then(|o| o.max),
        Limit::None,
        "R7",
        "open_registrations.max",
        "how many registrations may be open at a time? a number, or \"none\"",
    );
    let open_over = ruling(
        points,
        uses.exams && !matches!(open_max, Some(Limit::None)),
        open.and_then(|o| o.over),
        Scope::Pack,
        "R7",
        "open_registrations.over",
        "over what are open registrations counted? say \"pack\", \"voucher\" or \"candidate\"",
    );
    let same_exam = ruling(
        points,
        uses.retakes,
        raw.same_exam,
        SameExam::Exact,
        "R8",
        "same_exam",
        "what is the same exam? say \"exact\", \"or-successor\" or \"any-eligible\"",
    );
    let eligibility_at = ruling(
        points,
        uses.exams,
        raw.eligibility_at,
        EligibilityAt::FirstSchedule,
        "R9",
        "eligibility_at",
        "when is eligibility judged? say \"first-schedule\" or \"every-schedule\"",
    );
    let practice_test_runs = ruling(
        points,
        uses.practice_tests,
        raw.practice_test_runs,
        PracticeTestRuns::PastExamDeadline,
        "R10",
        "practice_test_runs",
        "does an activated practice test run on behind the exam's deadline? say \"past-exam-deadline\" or \"until-exam-deadline\"",
    );
    let reissue = points.need(
        raw.reissue,
        "R11",
        "rulings.reissue",
        "is a lost code replaced? say \"same-rights\" or \"never\"",
    );
    let extension = ruling(
        points,
        uses.an_end,
        raw.extension,
        Extension::LeavesLive,
        "R12",
        "extension",
        "does an extension of the offer move live vouchers? say \"moves-live\" or \"leaves-live\"",
    );
    let terms_in_force = points.need(
        raw.terms_in_force,
        "R13",
        "rulings.terms_in_force",
        "which version of the terms governs? say \"purchase\" or \"scheduling\"",
    );
    let correction = ruling(
        points,
        uses.exams,
        raw.correction,
        Correction::RecordOnly,
        "R14",
        "correction",
        "what does a corrected result change? say \"regrant\" or \"record-only\"",
    );
    let refund = points.need(raw.refund_until.clone(), "R15", "rulings.refund_until", "until when can a purchase be refunded? a deadline such as \"purchase + P14D\", or \"none\" for never");
    let goodwill = points.need(raw.goodwill.clone(), "R17", "rulings.goodwill", "may the programme give out of goodwill? say { reasons = [\"…\"], approver = \"required\" or \"optional\", revives = \"ended\" or \"nothing\" }, or \"none\"");
    Some(Rulings {
        last_day: last_day?,
        late_result: late_result?,
        no_show: no_show?,
        cancel_cut_off: cancel_cut_off?,
        late_cancel: late_cancel?,
        technical_fault: technical_fault?,
        invalidated: invalidated?,
        open_max: open_max?,
        open_over: open_over?,
        same_exam: same_exam?,
        eligibility_at: eligibility_at?,
        practice_test_runs: practice_test_runs?,
        reissue: reissue?,
        extension: extension?,
        terms_in_force: terms_in_force?,
        correction: correction?,
        refund: refund?,
        business_days: raw.business_days.clone().unwrap_or(Limit::None),
        goodwill: goodwill?,
    })
}
