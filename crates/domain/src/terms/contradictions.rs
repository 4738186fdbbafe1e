//! What an offer says two ways, or says of things that it can't know.

use super::dead;
use super::file::{Kind, RawBenefit, RawFile};
use super::open_points::Points;
use super::{Approver, Benefit, BenefitKind, Choice, ExamBenefit, Limit, Payment, Scope, Terms};
use crate::calendar_time::{Anchor, DeadlineExpr, Period, Span};

/// The most units one entitlement can have: it is issued in one commit of at most 1,000 streams, which are its own, one
/// for each code, and its agreement's.
pub const UNITS_MAX: u32 = 998;

/// Which anchors a deadline can know at the time it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Known {
    /// When the voucher exists.
    Bought,
    /// When the first try is registered.
    Registered,
    /// When an exam was sat.
    Sat,
    /// When a benefit was activated.
    Activated,
}

fn known(anchor: Anchor, at: Known) -> bool {
    match anchor {
        Anchor::ExamRetirement | Anchor::FirstSchedule => matches!(at, Known::Registered | Known::Sat),
        Anchor::ExamSat | Anchor::ResultRecorded => at == Known::Sat,
        Anchor::Activation => at == Known::Activated,
        _ => true,
    }
}

/// Fields that a kind of benefit has no use for.
pub(super) fn foreign_fields(raw: &RawBenefit, at: &str, points: &mut Points) {
    let fields = [
        ("exams", raw.exams.is_some(), &[Kind::Exam][..]),
        ("deliveries", raw.deliveries.is_some(), &[Kind::Exam]),
        ("providers", raw.providers.is_some(), &[Kind::Exam, Kind::PracticeTest]),
        ("regions", raw.regions.is_some(), &[Kind::Exam]),
        ("channels", raw.channels.is_some(), &[Kind::Exam]),
        ("mix", raw.mix.is_some(), &[Kind::Exam]),
        ("register_by", raw.register_by.is_some(), &[Kind::Exam]),
        ("sit_by", raw.sit_by.is_some(), &[Kind::Exam]),
        ("retake", raw.retake.is_some(), &[Kind::Exam]),
        ("tests", raw.tests.is_some(), &[Kind::PracticeTest]),
        ("lasts", raw.lasts.is_some(), &[Kind::PracticeTest]),
        ("activate_by", raw.activate_by.is_some(), &[Kind::PracticeTest, Kind::Library]),
        ("use_within", raw.use_within.is_some(), &[Kind::Library, Kind::Subscription]),
    ];
    for (field, present, kinds) in fields {
        points.unless(
            !present || kinds.contains(&raw.kind),
            "vocabulary",
            format!("{at}.{field}"),
            "this kind of benefit has no such field; take it out",
        );
    }
}

/// Judges complete terms as a whole.
pub(super) fn contradictions(terms: &Terms, raw: &RawFile, points: &mut Points) {
    points.unless(raw.format == 1, "vocabulary", "format", "this reader knows format = 1 only");
    size(terms, points);
    whole(terms, points);
    proration(terms, points);
    super::order_modes::contradictions(terms, points);
    for (index, benefit) in terms.benefits.iter().enumerate() {
        benefit_of(terms, benefit, &format!("benefit {}", index + 1), points);
    }
    if let Limit::Some(refund) = &terms.rulings.refund {
        deadline(terms, points, "rulings.refund_until", refund, Known::Bought);
    }
    if let Limit::Some(cut_off) = terms.rulings.cancel_cut_off {
        business(terms, points, "rulings.cancellation.cut_off", cut_off.needs_calendar());
    }
    for notice in &terms.notices {
        business(terms, points, "offer.notices", notice.needs_calendar());
    }
    clocks(terms, points);
}

fn size(terms: &Terms, points: &mut Points) {
    let units: u32 = terms.benefits.iter().map(|b| u32::from(b.count)).sum();
    points.unless(
        units <= UNITS_MAX,
        "vocabulary",
        "benefit",
        format!("{units} units in one entitlement; {UNITS_MAX} at most: sell several"),
    );
    points.unless(terms.benefits.len() <= 32, "vocabulary", "benefit", "32 kinds of benefit at most");
}

fn whole(terms: &Terms, points: &mut Points) {
    if let (Limit::Some(from), Limit::Some(to)) = (terms.runs_from, terms.runs_to) {
        points.unless(
            from <= to,
            "vocabulary",
            "offer.runs",
            "the offer ends before it begins; which date is wrong?",
        );
    }
    points.unless(
        terms.holder.per != Scope::Candidate,
        "vocabulary",
        "holder.per",
        "a holder holds a \"voucher\" or a \"pack\"",
    );
    points.unless(
        terms.sale.quantity_max != Limit::Some(0),
        "vocabulary",
        "sale.quantity_max",
        "none could be bought; say at least 1",
    );
    points.unless(
        terms.rulings.open_max != Limit::Some(0),
        "R7",
        "rulings.open_registrations.max",
        "no exam could be registered; say at least 1",
    );
    if let Limit::Some(goodwill) = &terms.rulings.goodwill {
        points.unless(
            !goodwill.reasons.is_empty(),
            "R17",
            "rulings.goodwill.reasons",
            "which reasons may be given? name at least one, or say goodwill = \"none\"",
        );
        points.unless(
            !goodwill.proposal_lasts.is_some_and(Period::needs_calendar),
            "R17",
            "rulings.goodwill.proposal_lasts",
            "a proposal waits for calendar days or hours, such as \"P7D\" or \"PT48H\"",
        );
        points.unless(
            goodwill.proposal_lasts.is_none() || goodwill.approver == Approver::Required,
            "R17",
            "rulings.goodwill.proposal_lasts",
            "nothing waits where one person may give it; leave this out, or say approver = \"required\"",
        );
    }
}

fn proration(terms: &Terms, points: &mut Points) {
    let Limit::Some(term) = terms.sale.proration else { return };
    points.unless(
        matches!(term.span(), Span::Civil { weeks: 0, days: 0, .. }),
        "vocabulary",
        "sale.proration",
        "the full term must be whole months, such as \"P12M\"",
    );
    points.unless(
        terms.sale.agreement != Limit::None,
        "vocabulary",
        "sale.proration",
        "proration counts the months left of an agreement, and the offer is sold without one",
    );
}

fn benefit_of(terms: &Terms, benefit: &Benefit, at: &str, points: &mut Points) {
    let mut say = |field: &str, expr: &DeadlineExpr, when| {
        deadline(terms, points, &format!("{at}.{field}"), expr, when);
    };
    say("not_before", &benefit.not_before, Known::Bought);
    match &benefit.kind {
        BenefitKind::Exam(exam) => {
            say("register_by", &exam.register_by, Known::Registered);
            say("sit_by", &exam.sit_by, Known::Registered);
            say("retake.register_by", &exam.retake.register_by, Known::Sat);
            say("retake.sit_by", &exam.retake.sit_by, Known::Sat);
            exam_of(terms, exam, at, points);
            dead::exam(terms, benefit, exam, at, points);
        }
        BenefitKind::PracticeTest { activate_by, lasts, .. } => {
            say("activate_by", activate_by, Known::Bought);
            business(terms, points, &format!("{at}.lasts"), lasts.needs_calendar());
        }
        BenefitKind::Library { activate_by, use_within } => {
            say("activate_by", activate_by, Known::Bought);
            say("use_within", use_within, Known::Activated);
        }
        BenefitKind::Subscription { use_within } => say("use_within", use_within, Known::Bought),
    }
}

fn exam_of(terms: &Terms, exam: &ExamBenefit, at: &str, points: &mut Points) {
    points.unless(
        !exam.register_by.anchors().any(|a| a == Anchor::FirstSchedule),
        "R2",
        format!("{at}.register_by"),
        "the first registration can't be limited by itself; count from purchase, issue or assignment",
    );
    points.unless(
        !exam.retake.only_if_paid || terms.sale.payment != Payment::Free,
        "vocabulary",
        format!("{at}.retake.only_if_paid"),
        "only a paid exam earns a retake, and the offer is free; which one holds?",
    );
    for wait in exam.retake.waits.iter().filter_map(Limit::value) {
        business(terms, points, &format!("{at}.retake.wait"), wait.wait.period().needs_calendar());
    }
    eligibility(points, at, exam);
}

fn clocks(terms: &Terms, points: &mut Points) {
    for (index, clock) in terms.clocks.iter().enumerate() {
        let at = format!("clock {}", index + 1);
        business(terms, points, &format!("{at}.within"), clock.within.needs_calendar());
        points.unless(
            clock.from != clock.to,
            "vocabulary",
            at.clone(),
            "a clock can't start and stop at the same step",
        );
        points.unless(
            !terms.clocks[..index].iter().any(|earlier| earlier.name == clock.name),
            "vocabulary",
            at,
            format!("two clocks are named `{}`; which one is meant?", clock.name),
        );
    }
}

fn eligibility(points: &mut Points, at: &str, exam: &ExamBenefit) {
    let Choice::Only(reached) = &exam.eligible.categories else { return };
    for category in &exam.eligible.not_categories {
        points.unless(
            !reached.contains(category),
            "R9",
            format!("{at}.exams"),
            format!("category `{category}` is both reached and excluded; which one holds?"),
        );
    }
    if let Choice::Only(mixes) = &exam.mix {
        for category in mixes.iter().flatten() {
            points.unless(
                reached.contains(category),
                "R9",
                format!("{at}.mix"),
                format!("category `{category}` is in a mix but not among the exams reached"),
            );
        }
    }
}

fn business(terms: &Terms, points: &mut Points, at: &str, counts_them: bool) {
    points.unless(
        !counts_them || terms.rulings.business_days != Limit::None,
        "R16",
        at,
        "business days by which calendar? say rulings.business_days = \"…\"",
    );
}

fn deadline(terms: &Terms, points: &mut Points, field: &str, expr: &DeadlineExpr, at: Known) {
    for anchor in expr.anchors() {
        points.unless(
            known(anchor, at),
            "R2",
            field,
            format!(
                "`{anchor}` has not happened when this deadline is asked for; count from something earlier"
            ),
        );
        let agreement = matches!(
            anchor,
            Anchor::AgreementStart | Anchor::AgreementEnd | Anchor::FirstOrderEnd | Anchor::OrderEnd
        );
        points.unless(
            !agreement || terms.sale.agreement != Limit::None,
            "vocabulary",
            field,
            format!(
                "`{anchor}` hangs on an agreement, and the offer is sold without one; say sale.agreement"
            ),
        );
        points.unless(
            anchor != Anchor::OrderEnd || !terms.sale.order_modes.is_empty(),
            "vocabulary",
            field,
            "`order-end` is used, and orders do not say how they are counted; say sale.order_modes",
        );
        points.unless(
            anchor != Anchor::OfferEnd || terms.runs_to != Limit::None,
            "R12",
            field,
            "`offer-end` is used and offer.runs says to = \"none\"; when does it end?",
        );
        points.unless(
            anchor != Anchor::OfferStart || terms.runs_from != Limit::None,
            "R12",
            field,
            "`offer-start` is used and offer.runs says from = \"none\"; when does it begin?",
        );
    }
    business(terms, points, field, expr.needs_calendar());
    dead::deadline(terms, points, field, expr);
}
