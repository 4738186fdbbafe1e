//! Offer files: what has to be said, what must not be said two ways, and how a mistake reads.

mod explained;

use super::{OfferError, OfferFile};

/// An offer that uses every part of the vocabulary, one field on a line.
const COMPLETE: &str = r#"
format = 1

[offer]
id = "o"
title = "An offer"
programme = "prog"
time_zone = "UTC"
notices = ["P30D"]
[offer.runs]
from = 2007-09-15
to = 2008-01-31

[sale]
quantity_max = 10
channels = "any"
regions = "any"
agreement = "any"
combinable = false
payment = "paid"
proration = "P12M"

[holder]
bound_at = "scheduling"
per = "pack"
unassign = "until-bound"

[[benefit]]
kind = "exam"
count = 3
not_before = "purchase"
exams = { categories = ["pro"] }
deliveries = "any"
providers = ["provider"]
register_by = "purchase + P12M"
sit_by = "earliest(purchase + P12M, agreement-end)"
[benefit.retake]
count = 1
only_if_paid = true
wait = [{ period = "P1D", counted = "calendar-days", limits = "register" }]
register_by = "offer-end"
sit_by = "exam-sat + P30D"

[[benefit]]
kind = "practice-test"
count = 1
tests = "any"
activate_by = "purchase + P1Y"
lasts = "P30D"

[[benefit]]
kind = "library"
count = 1
activate_by = "agreement-end"
use_within = "agreement-end"

[[benefit]]
kind = "subscription"
count = 1
use_within = "purchase + P1Y"

[rulings]
last_day = "inclusive"
late_result = "accept-if-sat-in-time"
no_show = "forfeit"
technical_fault = "return"
invalidated = "forfeit"
same_exam = "or-successor"
eligibility_at = "first-schedule"
practice_test_runs = "past-exam-deadline"
reissue = "same-rights"
extension = "moves-live"
terms_in_force = "purchase"
correction = "regrant"
refund_until = "purchase + P14D"
business_days = "office"
goodwill = { reasons = ["illness"], approver = "optional", revives = "ended" }
[rulings.cancellation]
cut_off = "PT24H"
late = "forfeit"
[rulings.open_registrations]
max = 1
over = "pack"

[[clock]]
name = "codes"
from = "billed"
to = "codes-sent"
within = "P10B"
clause = "S3-18"

[policy]
time_zone = "UTC"
counts = ["sat"]
same_exam = "exact"
wait = [{ period = "PT24H", counted = "exact", limits = "sit" }]
caps = [{ max = 5, window = "P12M", from = "first-attempt" }]
lock_after_pass = "none"
beta_once = true

[calendar]
id = "office"
version = 1
weekend = ["saturday", "sunday"]
holidays = []
"#;

/// The file without the `nth` line (from 0) that begins so.
fn without(line: &str, nth: usize) -> String {
    let mut seen = 0;
    let kept = COMPLETE.lines().filter(|text| {
        let hit = text.starts_with(line);
        seen += usize::from(hit);
        !(hit && seen == nth + 1)
    });
    let source = kept.collect::<Vec<_>>().join("\n");
    assert!(seen > nth, "the file has no `{line}`");
    source
}

fn vary(from: &str, to: &str) -> String {
    assert!(COMPLETE.contains(from), "the file has no `{from}`");
    COMPLETE.replacen(from, to, 1)
}

#[track_caller]
fn points(source: &str) -> Vec<(String, &'static str)> {
    match OfferFile::parse(source) {
        Err(OfferError::Open(points)) => points.into_iter().map(|p| (p.field, p.ruling)).collect(),
        Err(OfferError::Unreadable(message)) => panic!("unreadable: {message}"),
        Ok(_) => Vec::new(),
    }
}

/// Without the field, exactly this point is open.
#[track_caller]
fn open(line: &str, nth: usize, field: &str, ruling: &str) {
    let found = points(&without(line, nth));
    let found: Vec<_> = found.iter().map(|(field, ruling)| (field.as_str(), *ruling)).collect();
    assert_eq!(found, [(field, ruling)], "without `{line}`");
}

#[test]
fn a_complete_offer_loads() {
    let file = OfferFile::parse(COMPLETE).unwrap();
    assert_eq!((file.terms.units(), file.policy.is_some(), file.calendar.is_some()), (6, true, true));
}

#[test]
fn each_open_point_of_offer_sale_and_holder_is_named() {
    open("programme", 0, "offer.programme", "vocabulary");
    open("time_zone", 0, "offer.time_zone", "R1");
    open("from = 2007", 0, "offer.runs.from", "R12");
    open("to = 2008", 0, "offer.runs.to", "R12");
    open("quantity_max", 0, "sale.quantity_max", "vocabulary");
    open("channels", 0, "sale.channels", "vocabulary");
    open("regions", 0, "sale.regions", "vocabulary");
    open("agreement", 0, "sale.agreement", "vocabulary");
    open("combinable", 0, "sale.combinable", "vocabulary");
    open("payment", 0, "sale.payment", "vocabulary");
    open("proration", 0, "sale.proration", "vocabulary");
    open("bound_at", 0, "holder.bound_at", "vocabulary");
    open("per =", 0, "holder.per", "vocabulary");
    open("unassign", 0, "holder.unassign", "vocabulary");
}

#[test]
fn each_open_point_of_the_benefits_is_named() {
    open("exams", 0, "benefit 1.exams", "R9");
    open("deliveries", 0, "benefit 1.deliveries", "vocabulary");
    open("providers", 0, "benefit 1.providers", "vocabulary");
    open("register_by", 0, "benefit 1.register_by", "R2");
    open("sit_by", 0, "benefit 1.sit_by", "R2");
    open("only_if_paid", 0, "benefit 1.retake.only_if_paid", "vocabulary");
    open("wait", 0, "benefit 1.retake.wait", "R4");
    open("register_by", 1, "benefit 1.retake.register_by", "R2");
    open("sit_by", 1, "benefit 1.retake.sit_by", "R2");
    open("tests", 0, "benefit 2.tests", "R10");
    open("activate_by", 0, "benefit 2.activate_by", "R10");
    open("lasts", 0, "benefit 2.lasts", "R10");
    open("activate_by", 1, "benefit 3.activate_by", "R2");
    open("use_within", 0, "benefit 3.use_within", "R2");
    open("use_within", 1, "benefit 4.use_within", "R2");
}

#[test]
fn each_ruling_that_is_open_is_named() {
    open("last_day", 0, "rulings.last_day", "R1");
    open("late_result", 0, "rulings.late_result", "R3");
    open("no_show", 0, "rulings.no_show", "R5");
    open("technical_fault", 0, "rulings.technical_fault", "R5");
    open("invalidated", 0, "rulings.invalidated", "R5");
    open("cut_off", 0, "rulings.cancellation.cut_off", "R6");
    open("late =", 0, "rulings.cancellation.late", "R6");
    open("max = 1", 0, "rulings.open_registrations.max", "R7");
    open("over", 0, "rulings.open_registrations.over", "R7");
    open("same_exam", 0, "rulings.same_exam", "R8");
    open("eligibility_at", 0, "rulings.eligibility_at", "R9");
    open("practice_test_runs", 0, "rulings.practice_test_runs", "R10");
    open("reissue", 0, "rulings.reissue", "R11");
    open("extension", 0, "rulings.extension", "R12");
    open("terms_in_force", 0, "rulings.terms_in_force", "R13");
    open("correction", 0, "rulings.correction", "R14");
    open("refund_until", 0, "rulings.refund_until", "R15");
    open("business_days", 0, "clock 1.within", "R16");
    open("goodwill", 0, "rulings.goodwill", "R17");
}

#[test]
fn each_open_point_of_a_policy_is_named() {
    open("time_zone", 1, "policy.time_zone", "R1");
    open("counts", 0, "policy.counts", "vocabulary");
    open("same_exam", 1, "policy.same_exam", "R8");
    open("wait", 1, "policy.wait", "R4");
    open("caps", 0, "policy.caps", "vocabulary");
    open("lock_after_pass", 0, "policy.lock_after_pass", "vocabulary");
    open("beta_once", 0, "policy.beta_once", "vocabulary");
}

#[test]
fn all_open_points_are_named_at_once() {
    let nothing = "format = 1\n[offer]\nid = \"o\"\ntitle = \"An offer\"\n";
    let found: Vec<_> = points(nothing).into_iter().map(|(field, _)| field).collect();
    assert_eq!(
        found,
        [
            "offer.time_zone",
            "offer.programme",
            "offer.runs",
            "sale",
            "holder",
            "benefit",
            "rulings.last_day",
            "rulings.reissue",
            "rulings.terms_in_force",
            "rulings.refund_until",
            "rulings.goodwill",
        ]
    );
    let message = OfferFile::parse(nothing).unwrap_err().to_string();
    assert!(message.starts_with("11 open points:\n  offer.time_zone (R1): in which zone"), "{message}");
}

#[test]
fn a_ruling_about_what_the_offer_does_not_have_need_not_be_said() {
    let no_cut_off = vary("cut_off = \"PT24H\"\nlate = \"forfeit\"", "cut_off = \"none\"");
    let no_max = vary("max = 1\nover = \"pack\"", "max = \"none\"");
    for source in [no_cut_off, no_max] {
        assert_eq!(points(&source), []);
    }
}

#[test]
fn contradictions_are_named() {
    for (from, to, field) in [
        ("format = 1", "format = 2", "format"),
        ("to = 2008-01-31", "to = 2007-01-31", "offer.runs"),
        ("per = \"pack\"", "per = \"candidate\"", "holder.per"),
        ("quantity_max = 10", "quantity_max = 0", "sale.quantity_max"),
        ("max = 1\n", "max = 0\n", "rulings.open_registrations.max"),
        ("reasons = [\"illness\"]", "reasons = []", "rulings.goodwill.reasons"),
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

#[test]
fn a_mistake_is_told_with_its_line_and_what_is_allowed() {
    for (from, to, on_line, says) in [
        ("no_show = ", "no_shows = ", "", "unknown field `no_shows`"),
        ("no_show = \"forfeit\"", "no_show = \"lost\"", "", "`forfeit`, `fail`, `return`"),
        ("time_zone = \"UTC\"", "time_zone = \"Utopia\"", "", "`Utopia` is not known"),
        (
            "register_by = \"purchase + P12M\"",
            "register_by = \"purchse + P12M\"",
            "",
            "`purchse` is nothing to count from",
        ),
        ("lasts = \"P30D\"", "lasts = \"30 days\"", "", "`30 days` is not understood"),
        ("channels = \"any\"", "channels = \"all\"", "", "`all` is neither \"any\" nor a list"),
        ("channels = \"any\"", "channels = []", "", "an empty list permits nothing"),
        ("quantity_max = 10", "quantity_max = \"ten\"", "", "invalid type: string \"ten\""),
        ("to = 2008-01-31", "to = \"31 January 2008\"", "", "`31 January 2008` is no date"),
        (
            "refund_until = \"purchase + P14D\"",
            "refund_until = \"never\"",
            "",
            "`never` is nothing to count from",
        ),
        ("approver = \"optional\"", "approver = \"maybe\"", "", "unknown variant `maybe`"),
        ("[policy]", "[clauses]\nsitby = \"S0-6\"\n\n[policy]", "sitby", "`sitby` is no rule"),
        ("counted = \"calendar-days\"", "counted = \"exact-days\"", "", "unknown variant `exact-days`"),
        ("id = \"o\"", "id = \"an offer\"", "", "must be 1 to 64 characters"),
        ("title = \"An offer\"\n", "", "[offer]", "missing field `title`"),
    ] {
        let source = vary(from, to);
        let on_line = if on_line.is_empty() { to } else { on_line };
        let at = source.find(on_line).unwrap();
        let line = format!(
            "line {}",
            source[..at].lines().count() + usize::from(source[..at].ends_with('\n') || at == 0)
        );
        let message = match OfferFile::parse(&source) {
            Err(OfferError::Unreadable(message)) => message,
            other => panic!("`{to}`: {other:?}"),
        };
        assert!(message.contains(says), "`{to}` should say {says}: {message}");
        assert!(message.contains(&line), "`{to}` is at {line}: {message}");
    }
}

#[test]
fn the_terms_hash_is_that_of_the_file_to_the_byte() {
    let one = OfferFile::parse(COMPLETE).unwrap();
    let other = OfferFile::parse(&(COMPLETE.to_owned() + "\n")).unwrap();
    assert_ne!(one.terms.hash, other.terms.hash);
    assert_eq!(one.terms.hash, crate::TermsHash::of(COMPLETE.as_bytes()));
}
