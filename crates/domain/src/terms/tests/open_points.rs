//! Each point that a file leaves open is named.

use super::{OfferFile, points, vary, without};

/// Without the field, exactly this point is open.
#[track_caller]
fn open(line: &str, nth: usize, field: &str, ruling: &str) {
    let found = points(&without(line, nth));
    let found: Vec<_> = found.iter().map(|(field, ruling)| (field.as_str(), *ruling)).collect();
    assert_eq!(found, [(field, ruling)], "without `{line}`");
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
