//! What a file says two ways, or what could never be, is named.

use super::{COMPLETE, OfferFile, points, vary, without};

#[test]
fn contradictions_are_named() {
    for (from, to, field) in [
        ("format = 1", "format = 2", "format"),
        ("to = 2008-01-31", "to = 2007-01-31", "offer.runs"),
        ("per = \"pack\"", "per = \"candidate\"", "holder.per"),
        ("quantity_max = 10", "quantity_max = 0", "sale.quantity_max"),
        ("max = 1\n", "max = 0\n", "rulings.open_registrations.max"),
        ("reasons = [\"illness\"]", "reasons = []", "rulings.goodwill.reasons"),
        (
            "approver = \"optional\"",
            "approver = \"required\", proposal_lasts = \"P5B\"",
            "rulings.goodwill.proposal_lasts",
        ),
        (
            "approver = \"optional\"",
            "approver = \"optional\", proposal_lasts = \"P5D\"",
            "rulings.goodwill.proposal_lasts",
        ),
        ("proration = \"P12M\"", "proration = \"P52W\"", "sale.proration"),
        ("payment = \"paid\"", "payment = \"free\"", "benefit 1.retake.only_if_paid"),
        ("count = 3", "count = 0", "benefit 1.count"),
        ("count = 3", "count = 998", "benefit"),
        ("count = 3", "count = 3\nlasts = \"P1D\"", "benefit 1.lasts"),
        ("tests = \"any\"", "tests = \"any\"\nsit_by = \"none\"", "benefit 2.sit_by"),
        ("lasts = \"P30D\"", "lasts = \"P30D\"\nuse_within = \"none\"", "benefit 2.use_within"),
        (
            "register_by = \"purchase + P12M\"",
            "register_by = \"first-schedule + P1D\"",
            "benefit 1.register_by",
        ),
        ("register_by = \"purchase + P12M\"", "register_by = \"exam-sat + P1D\"", "benefit 1.register_by"),
        ("not_before = \"purchase\"", "not_before = \"activation\"", "benefit 1.not_before"),
        ("refund_until = \"purchase + P14D\"", "refund_until = \"exam-sat\"", "rulings.refund_until"),
        ("to = 2008-01-31", "to = \"none\"", "benefit 1.retake.register_by"),
        (
            "{ categories = [\"pro\"] }",
            "{ categories = [\"pro\"], not_categories = [\"pro\"] }",
            "benefit 1.exams",
        ),
        ("deliveries = \"any\"", "deliveries = \"any\"\nmix = [[\"mos\"]]", "benefit 1.mix"),
        ("to = \"codes-sent\"", "to = \"billed\"", "clock 1"),
        ("counts = [\"sat\"]", "counts = []", "policy.counts"),
        ("max = 5", "max = 0", "policy.caps"),
        ("window = \"P12M\"", "window = \"P10B\"", "policy.caps"),
        ("lock_after_pass = \"none\"", "lock_after_pass = \"P10B\"", "policy.lock_after_pass"),
        ("programme = \"prog\"", "programme = \"none\"", "offer.programme"),
    ] {
        let found = points(&vary(from, to));
        assert!(found.iter().any(|(name, _)| name == field), "`{to}`: {found:?}");
    }
}

#[test]
fn what_could_never_be_used_is_named() {
    let wait = "period = \"P1D\"";
    for (from, to, field, ruling) in [
        (
            "register_by = \"purchase + P12M\"",
            "register_by = \"purchase - P1M\"",
            "benefit 1.register_by",
            "R2",
        ),
        (wait, "period = \"P40D\"", "benefit 1.retake.sit_by", "R4"),
    ] {
        assert_eq!(points(&vary(from, to)), [(field.to_owned(), ruling)], "{to}");
    }
    let begins = vary("not_before = \"purchase\"", "not_before = \"2019-06-01\"");
    let ended = begins.replacen("register_by = \"purchase + P12M\"", "register_by = \"2019-01-01\"", 1);
    assert_eq!(points(&ended), [("benefit 1.register_by".to_owned(), "R2")]);
}

#[test]
fn a_local_time_is_one_that_clocks_show_once() {
    let zone = without("time_zone", 0).replacen("[offer]", "[offer]\ntime_zone = \"America/Sao_Paulo\"", 1);
    let named = |local: &str| {
        points(&zone.replacen("register_by = \"purchase + P12M\"", &format!("register_by = \"{local}\""), 1))
    };
    assert_eq!(named("2018-11-04T00:30:00"), [("benefit 1.register_by".to_owned(), "R1")], "never");
    assert_eq!(named("2018-02-17T23:30:00"), [("benefit 1.register_by".to_owned(), "R1")], "twice");
    assert_eq!(named("2018-11-04T01:30:00"), [], "once");
}

#[test]
fn a_ladder_may_have_a_rung_without_a_wait_and_is_not_empty() {
    let wait = "[{ period = \"P1D\"";
    assert!(COMPLETE.contains(wait));
    let rung = OfferFile::parse(&vary(wait, "[\"none\", { period = \"P1D\"")).unwrap();
    let crate::terms::BenefitKind::Exam(exam) = &rung.terms.benefits[0].kind else { panic!("an exam") };
    assert_eq!((exam.retake.waits.len(), exam.retake.waits[0]), (2, crate::terms::Limit::None));
}

#[test]
fn what_hangs_on_an_agreement_needs_one() {
    let found = points(&vary("agreement = \"any\"", "agreement = \"none\""));
    let fields: Vec<_> = found.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        ["sale.proration", "benefit 1.sit_by", "benefit 3.activate_by", "benefit 3.use_within"]
    );
}

#[test]
fn business_days_need_a_calendar_wherever_they_are_counted() {
    let no_calendar = without("business_days", 0);
    for (from, to, field) in [
        ("notices = [\"P30D\"]", "notices = [\"P5B\"]", "offer.notices"),
        ("purchase + P14D", "purchase + P10B", "rulings.refund_until"),
        ("cut_off = \"PT24H\"", "cut_off = \"P2B\"", "rulings.cancellation.cut_off"),
        ("lasts = \"P30D\"", "lasts = \"P30B\"", "benefit 2.lasts"),
        ("period = \"P1D\"", "period = \"P1B\"", "benefit 1.retake.wait"),
    ] {
        assert!(no_calendar.contains(from), "{from}");
        let found = points(&no_calendar.replacen(from, to, 1));
        assert!(found.contains(&(field.to_owned(), "R16")), "{to}: {found:?}");
    }
}
