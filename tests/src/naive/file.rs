//! The terms as an offer file: what the ledger under test reads.

use std::fmt::Write as _;

use super::calendar::Period;
use super::deadline::Deadline;
use super::terms::{Lock, Policy, Terms, Wait};
use super::words::{Office, PracticeRuns};

/// The offer that every life is about.
pub const OFFER: &str = "offer";
/// The programme that it belongs to.
pub const PROGRAMME: &str = "programme";
/// The reason for goodwill that it knows.
pub const REASON: &str = "bad-weather";

/// Writes the file of the version that counts by this office.
pub fn offer_file(terms: &Terms, office: Option<Office>, policy: Option<&Policy>) -> String {
    let terms = &terms.by(office);
    let mut file = String::from("format = 1\n");
    offer(&mut file, terms, policy.is_some());
    exams(&mut file, terms);
    if let Some(test) = &terms.practice_test {
        let (by, lasts) = (quoted(&test.activate_by), test.lasts.text());
        let _ = write!(
            file,
            "[[benefit]]\nkind = \"practice-test\"\ncount = 1\ntests = \"any\"\nactivate_by = {by}\nlasts = \"{lasts}\"\n"
        );
    }
    rulings(&mut file, terms);
    let _ = writeln!(file, "business_days = \"{}\"", office.map_or("none", Office::text));
    if let Some(office) = office {
        file.push_str(&office.table());
    }
    if let Some(policy) = policy {
        self::policy(&mut file, policy);
    }
    file
}

fn offer(file: &mut String, terms: &Terms, has_policy: bool) {
    let programme = if has_policy { PROGRAMME } else { "none" };
    let day = |day: Option<jiff::civil::Date>| day.map_or("\"none\"".to_owned(), |day| day.to_string());
    let _ = write!(
        file,
        "[offer]\nid = \"{OFFER}\"\ntitle = \"Offer\"\nprogramme = \"{programme}\"\ntime_zone = \"{}\"\n\
         runs = {{ from = {}, to = {} }}\nnotices = [{}]\n\
         [sale]\nquantity_max = \"none\"\nchannels = \"any\"\nregions = \"any\"\nagreement = \"none\"\n\
         combinable = true\npayment = \"either\"\nproration = \"none\"\n\
         [holder]\nbound_at = \"{}\"\nper = \"{}\"\nunassign = \"{}\"\n",
        terms.zone.text(),
        day(terms.runs_from),
        day(terms.runs_to),
        terms.notices.iter().map(|notice| format!("\"{}\"", notice.text())).collect::<Vec<_>>().join(", "),
        terms.bound_at.text(),
        terms.per.text(),
        terms.unassign.text(),
    );
}

fn exams(file: &mut String, terms: &Terms) {
    let list = |item: Option<&str>, none: &str| item.map_or(none.to_owned(), |item| format!("[\"{item}\"]"));
    let eligible = &terms.eligible;
    let _ = write!(
        file,
        "[[benefit]]\nkind = \"exam\"\ncount = {}\nnot_before = {}\ndeliveries = \"any\"\nproviders = \"any\"\n\
         exams = {{ categories = {}, not_categories = {}, prefixes = {}, list = \"any\" }}\n\
         register_by = {}\nsit_by = {}\n",
        terms.vouchers,
        quoted(&terms.not_before),
        list(eligible.categories, "\"any\""),
        list(eligible.not_categories, "[]"),
        list(eligible.prefixes, "\"any\""),
        quoted(&terms.register_by),
        quoted(&terms.sit_by),
    );
    let retake = &terms.retake;
    if retake.count == 0 {
        file.push_str("retake = { count = 0 }\n");
        return;
    }
    let _ = writeln!(
        file,
        "retake = {{ count = {}, only_if_paid = {}, wait = {}, register_by = {}, sit_by = {} }}",
        retake.count,
        retake.only_if_paid,
        waits(&retake.waits),
        quoted(&retake.register_by),
        quoted(&retake.sit_by),
    );
}

fn rulings(file: &mut String, terms: &Terms) {
    let rulings = &terms.rulings;
    let runs = terms.practice_test.as_ref().map_or(PracticeRuns::Past, |test| test.runs);
    let goodwill = rulings.goodwill.map_or("\"none\"".to_owned(), |(approver, revives)| {
        format!(
            "{{ reasons = [\"{REASON}\"], approver = \"{}\", revives = \"{}\" }}",
            approver.text(),
            revives.text()
        )
    });
    let _ = write!(
        file,
        "[rulings]\nterms_in_force = \"{}\"\npractice_test_runs = \"{}\"\ngoodwill = {goodwill}\n\
         refund_until = {}\ncancellation = {{ cut_off = \"{}\", late = \"{}\" }}\n\
         open_registrations = {{ max = {}, over = \"{}\" }}\n",
        rulings.in_force.text(),
        runs.text(),
        rulings.refund_until.as_ref().map_or("\"none\"".to_owned(), quoted),
        rulings.cut_off.map_or("none".to_owned(), Period::text),
        rulings.late_cancel.text(),
        rulings.open_max.map_or("\"none\"".to_owned(), |max| max.to_string()),
        rulings.open_over.text(),
    );
    for (field, word) in [
        ("last_day", rulings.last_day.text()),
        ("late_result", rulings.late_result.text()),
        ("no_show", rulings.no_show.text()),
        ("technical_fault", rulings.technical_fault.text()),
        ("invalidated", rulings.invalidated.text()),
        ("same_exam", rulings.same_exam.text()),
        ("eligibility_at", rulings.eligibility_at.text()),
        ("reissue", rulings.reissue.text()),
        ("extension", rulings.extension.text()),
        ("correction", rulings.correction.text()),
    ] {
        let _ = writeln!(file, "{field} = \"{word}\"");
    }
}

fn policy(file: &mut String, policy: &Policy) {
    let counts: Vec<_> = policy.counts.iter().map(|counts| format!("\"{}\"", counts.text())).collect();
    let cap = |cap: &super::terms::Cap| {
        format!("{{ max = {}, window = \"{}\", from = \"{}\" }}", cap.max, cap.window.text(), cap.from.text())
    };
    let caps: Vec<_> = policy.caps.iter().map(cap).collect();
    let caps = if caps.is_empty() { "\"none\"".to_owned() } else { format!("[{}]", caps.join(", ")) };
    let lock = match policy.lock {
        Lock::None => "none".to_owned(),
        Lock::ForEver => "for-ever".to_owned(),
        Lock::For(period) => period.text(),
    };
    let _ = write!(
        file,
        "[policy]\ntime_zone = \"{}\"\ncounts = [{}]\nsame_exam = \"{}\"\nwait = {}\ncaps = {caps}\n\
         lock_after_pass = \"{lock}\"\nbeta_once = {}\n",
        policy.zone.text(),
        counts.join(", "),
        policy.same_exam.text(),
        waits(&policy.waits),
        policy.beta_once,
    );
}

fn waits(waits: &[Wait]) -> String {
    if waits.is_empty() {
        return "\"none\"".to_owned();
    }
    let one = |wait: &Wait| {
        let (period, counted, limits) = (wait.period.text(), wait.counted.text(), wait.limits.text());
        format!("{{ period = \"{period}\", counted = \"{counted}\", limits = \"{limits}\" }}")
    };
    format!("[{}]", waits.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn quoted(deadline: &Deadline) -> String {
    format!("\"{}\"", deadline.text())
}
