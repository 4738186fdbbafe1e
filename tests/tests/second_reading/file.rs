//! An offer as a file, by docs/offers.md.

use std::fmt::Write as _;

use super::day::Period;
use super::terms::{
    Anchor, Benefit, BoundAt, Counted, Due, ExamTerms, Lock, Offer, OpenMax, Policy, Wait, Word,
};

/// The text of the file.
pub(crate) fn file(offer: &Offer) -> String {
    let mut text = String::new();
    head(&mut text, offer);
    for (count, benefit) in &offer.benefits {
        let _ = writeln!(text, "[[benefit]]\ncount = {count}");
        text.push_str(&self::benefit(benefit));
    }
    rulings(&mut text, offer);
    if let Some(policy) = &offer.policy {
        text.push_str(&self::policy(policy));
    }
    text
}

fn head(text: &mut String, offer: &Offer) {
    let programme = offer.programme.unwrap_or("none");
    let to = offer.last_day.map_or_else(|| "\"none\"".to_owned(), |day| day.to_string());
    let agreement = if offer.agreement.is_empty() { "\"none\"".to_owned() } else { list(&offer.agreement) };
    let bound_at = match offer.bound_at {
        BoundAt::Purchase => "purchase",
        BoundAt::Assignment => "assignment",
        BoundAt::Scheduling => "scheduling",
    };
    let _ = write!(
        text,
        r#"format = 1
[offer]
id = "{}"
title = "{}"
programme = "{programme}"
time_zone = "{}"
runs = {{ from = "none", to = {to} }}
[sale]
quantity_max = "none"
channels = "any"
regions = "any"
agreement = {agreement}
combinable = true
payment = "either"
proration = {}
early_orders = "{}"
[holder]
bound_at = "{bound_at}"
per = "{}"
unassign = "{}"
"#,
        offer.id,
        offer.title,
        offer.zone,
        if offer.prorated { "\"P12M\"" } else { "\"none\"" },
        // An order that is placed before the agreement's first day is taken (S3-12).
        if offer.agreement.is_empty() { "refused" } else { "taken" },
        if offer.per_pack { "pack" } else { "voucher" },
        if offer.unassign { "until-bound" } else { "never" },
    );
}

fn benefit(benefit: &Benefit) -> String {
    match benefit {
        Benefit::Exam(exam) => self::exam(exam),
        Benefit::Practice { activate_by, lasts } => format!(
            "kind = \"practice-test\"\ntests = \"any\"\nactivate_by = \"{}\"\nlasts = \"{}\"\n",
            due(activate_by),
            lasts.text()
        ),
        Benefit::Library { activate_by, use_within } => format!(
            "kind = \"library\"\nactivate_by = \"{}\"\nuse_within = \"{}\"\n",
            due(activate_by),
            due(use_within)
        ),
        Benefit::Subscription { use_within } => {
            format!("kind = \"subscription\"\nuse_within = \"{}\"\n", due(use_within))
        }
    }
}

fn exam(exam: &ExamTerms) -> String {
    let mut text = String::from("kind = \"exam\"\ndeliveries = \"any\"\n");
    let _ = writeln!(text, "exams = {{ categories = {} }}", list(&exam.categories));
    let providers = if exam.providers.is_empty() { "\"any\"".to_owned() } else { list(&exam.providers) };
    let _ = writeln!(text, "providers = {providers}");
    if !exam.mix.is_empty() {
        let sets: Vec<_> = exam.mix.iter().map(|set| list(set)).collect();
        let _ = writeln!(text, "mix = [{}]", sets.join(", "));
    }
    if let Some(anchor) = exam.not_before {
        let _ = writeln!(text, "not_before = \"{}\"", self::anchor(anchor));
    }
    let _ =
        writeln!(text, "register_by = \"{}\"\nsit_by = \"{}\"", due(&exam.register_by), due(&exam.sit_by));
    if exam.retakes == 0 {
        text.push_str("retake = { count = 0 }\n");
        return text;
    }
    let _ = writeln!(
        text,
        "[benefit.retake]\ncount = {}\nonly_if_paid = {}\nwait = {}\nregister_by = \"{}\"\nsit_by = \"{}\"",
        exam.retakes,
        exam.only_if_paid,
        waits(&exam.waits),
        due(&exam.retake_register_by),
        due(&exam.retake_sit_by)
    );
    text
}

fn rulings(text: &mut String, offer: &Offer) {
    let cut_off = offer.cut_off.map_or_else(
        || "{ cut_off = \"none\" }".to_owned(),
        |period| format!("{{ cut_off = \"{}\", late = \"{}\" }}", period.text(), word(offer.late)),
    );
    let _ = writeln!(
        text,
        "[rulings]\nlast_day = \"{}\"",
        if offer.inclusive { "inclusive" } else { "exclusive" }
    );
    if (1..=offer.units()).any(|unit| offer.exam(unit).is_some()) {
        let late = if offer.late_refused { "refuse" } else { "accept-if-sat-in-time" };
        let at = if offer.eligible_always { "every-schedule" } else { "first-schedule" };
        let _ = writeln!(text, "late_result = \"{late}\"\nno_show = \"{}\"", word(offer.no_show));
        let _ = writeln!(text, "technical_fault = \"{}\"", word(offer.technical_fault));
        let _ = writeln!(text, "invalidated = \"{}\"\ncancellation = {cut_off}", word(offer.invalidated));
        let _ = writeln!(text, "open_registrations = {}", open(offer.open));
        let _ = writeln!(text, "eligibility_at = \"{at}\"\ncorrection = \"regrant\"");
        if offer.booked_taken_back {
            text.push_str("refund_of_booked = \"taken-back\"\n");
        }
    }
    if (1..=offer.units()).any(|unit| offer.exam(unit).is_some_and(|exam| exam.retakes > 0)) {
        text.push_str("same_exam = \"or-successor\"\n");
    }
    if offer.benefits.iter().any(|(_, benefit)| matches!(benefit, Benefit::Practice { .. })) {
        let runs = if offer.until_exam_deadline { "until-exam-deadline" } else { "past-exam-deadline" };
        let _ = writeln!(text, "practice_test_runs = \"{runs}\"");
    }
    if offer.last_day.is_some() {
        let _ =
            writeln!(text, "extension = \"{}\"", if offer.moves_live { "moves-live" } else { "leaves-live" });
    }
    if let Some(notice) = offer.shortening {
        let _ = writeln!(text, "shortening = {{ notice = \"{}\" }}", notice.text());
    }
    let in_force = if offer.in_force_at_scheduling { "scheduling" } else { "purchase" };
    let revives = if offer.revives { "ended" } else { "nothing" };
    let _ = writeln!(text, "reissue = \"same-rights\"\nterms_in_force = \"{in_force}\"");
    let _ = writeln!(text, "refund_until = \"{}\"", due(&offer.refund_until));
    let _ = writeln!(
        text,
        "goodwill = {{ reasons = [\"outage\"], approver = \"optional\", revives = \"{revives}\" }}"
    );
}

fn policy(policy: &Policy) -> String {
    let cap = |(max, window, first): &(usize, Period, bool)| {
        let from = if *first { "first-attempt" } else { "rolling" };
        format!("{{ max = {max}, window = \"{}\", from = \"{from}\" }}", window.text())
    };
    let caps: Vec<_> = policy.caps.iter().map(cap).collect();
    let caps = if caps.is_empty() { "\"none\"".to_owned() } else { format!("[{}]", caps.join(", ")) };
    let lock = match policy.lock {
        Lock::None => "none".to_owned(),
        Lock::ForEver => "for-ever".to_owned(),
        Lock::For(period) => period.text(),
    };
    format!(
        "[policy]\ntime_zone = \"{}\"\ncounts = {}\nsame_exam = \"exact\"\nwait = {}\ncaps = {caps}\nlock_after_pass = \"{lock}\"\nbeta_once = false\n",
        policy.zone,
        list(&policy.counts),
        waits(&policy.waits)
    )
}

fn open(open: Option<OpenMax>) -> String {
    let Some(open) = open else { return "{ max = \"none\" }".to_owned() };
    let until = if open.until_result { ", until = \"result\"" } else { "" };
    format!("{{ max = {}, over = \"{}\"{until} }}", open.max, open.over)
}

fn waits(waits: &[Option<Wait>]) -> String {
    if waits.is_empty() {
        return "\"none\"".to_owned();
    }
    let one = |wait: &Option<Wait>| {
        let Some(wait) = wait else { return "\"none\"".to_owned() };
        let counted = match wait.counted {
            Counted::Exact => "exact",
            Counted::CalendarDays => "calendar-days",
            Counted::FromDayAfter => "from-day-after",
        };
        let limits = if wait.limits_sit { "sit" } else { "register" };
        format!("{{ period = \"{}\", counted = \"{counted}\", limits = \"{limits}\" }}", wait.period.text())
    };
    format!("[{}]", waits.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn due(due: &Due) -> String {
    match due {
        Due::Never => "none".to_owned(),
        Due::On(day) => day.to_string(),
        Due::After(from, None) => anchor(*from).to_owned(),
        Due::After(from, Some(period)) => format!("{} + {}", anchor(*from), period.text()),
        Due::Earliest(arms) => {
            format!("earliest({})", arms.iter().map(self::due).collect::<Vec<_>>().join(", "))
        }
    }
}

fn anchor(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::Purchase => "purchase",
        Anchor::ExamSat => "exam-sat",
        Anchor::FirstSchedule => "first-schedule",
        Anchor::ResultRecorded => "result-recorded",
        Anchor::OfferEnd => "offer-end",
        Anchor::AgreementStart => "agreement-start",
        Anchor::AgreementEnd => "agreement-end",
        Anchor::FirstOrderEnd => "first-order-end",
    }
}

fn word(word: Word) -> &'static str {
    match word {
        Word::Forfeit => "forfeit",
        Word::Fail => "fail",
        Word::Return => "return",
    }
}

fn list(words: &[&str]) -> String {
    format!("[{}]", words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", "))
}
