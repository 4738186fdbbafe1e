//! Random lives under several sets of terms, and commands to try on them.

use crate::decide::testing::{Ledger, id, order, voucher};
use crate::decide::testing_words::{
    OFFER, exam, exam_with, give_to, issue_with, publish, schedule_with, vary,
};
use crate::{
    Activate, Assign, Cancel, CancelledBy, CandidateId, Command, CorrectResult, ExamCode, ExamResult, Gift,
    RecordResult, ReplaceCode, Reschedule, Timestamp, Unassign, UnitNo,
};

pub(super) const DAY: i64 = 86_400_000;
pub(super) const HOUR: i64 = 3_600_000;

pub(super) struct Draw(pub(super) u64);

impl Draw {
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()].clone()
    }

    pub(super) fn days(&mut self, n: u64) -> i64 {
        i64::try_from(self.below(n)).unwrap() * DAY
    }
}

pub(super) const POLICY: &str = r#"
[policy]
time_zone = "UTC"
counts = ["sat"]
same_exam = "exact"
wait = [{ period = "P14D", counted = "calendar-days", limits = "sit" }]
caps = [{ max = 3, window = "P60D", from = "rolling" }]
lock_after_pass = "P90D"
beta_once = true
"#;
pub(super) const PROGRAMME: (&str, &str) = ("programme = \"none\"", "programme = \"prog\"");
pub(super) const RETAKE: &str = "retake = { count = 1, only_if_paid = false, wait = \"none\", register_by = \"purchase + P12M\", sit_by = \"purchase + P12M\" }";
pub(super) const OWN_WAIT: (&str, &str) = (
    RETAKE,
    "retake = { count = 2, only_if_paid = false, wait = [{ period = \"P20D\", counted = \"calendar-days\", limits = \"register\" }], \
     register_by = \"exam-sat + P60D\", sit_by = \"exam-sat + P90D\" }",
);
pub(super) const LATE: (&str, &str) =
    ("cancellation = { cut_off = \"none\" }", "cancellation = { cut_off = \"PT24H\", late = \"forfeit\" }");
pub(super) const ONE_OPEN: (&str, &str) =
    ("open_registrations = { max = \"none\" }", "open_registrations = { max = 1, over = \"candidate\" }");
pub(super) const ONE_OPEN_TO_RESULT: (&str, &str) = (
    "open_registrations = { max = \"none\" }",
    "open_registrations = { max = 1, over = \"pack\", until = \"result\" }",
);
pub(super) const NO_GOODWILL: (&str, &str) = (
    "goodwill = { reasons = [\"illness\"], approver = \"optional\", revives = \"ended\" }",
    "goodwill = \"none\"",
);
pub(super) const BY_ASSIGNMENT: (&str, &str) = ("bound_at = \"scheduling\"", "bound_at = \"assignment\"");
pub(super) const NEVER_UNASSIGNED: (&str, &str) = ("unassign = \"until-bound\"", "unassign = \"never\"");
pub(super) const SHORT: (&str, &str) = (
    "\nregister_by = \"purchase + P12M\"\nsit_by = \"purchase + P12M\"",
    "\nregister_by = \"purchase + P90D\"\nsit_by = \"purchase + P100D\"",
);
pub(super) const PAIR: (&str, &str) =
    ("count = 1\nexams = { categories = \"any\" }", "count = 2\nexams = { categories = [\"pro\"] }");
pub(super) const EXACT: (&str, &str) = ("same_exam = \"or-successor\"", "same_exam = \"exact\"");
pub(super) const NOT_BEFORE: (&str, &str) =
    ("count = 1\nexams", "count = 1\nnot_before = \"purchase + P10D\"\nexams");
pub(super) const ONE_WAY: (&str, &str) = (
    "deliveries = \"any\"\nproviders = \"any\"",
    "deliveries = [\"online\"]\nproviders = [\"here\", \"there\"]",
);
pub(super) const PROMPT: (&str, &str) =
    ("late_result = \"accept-if-sat-in-time\"", "late_result = \"refuse\"");
pub(super) const REVIVES_NOTHING: (&str, &str) = ("revives = \"ended\"", "revives = \"nothing\"");
pub(super) const PAID_ONLY: (&str, &str) = ("only_if_paid = false", "only_if_paid = true");

/// Offers, each with the policy of its programme or none.
pub(super) const TERMS: &[(&[(&str, &str)], &str)] = &[
    (&[], ""),
    (&[OWN_WAIT, LATE], ""),
    (&[PROGRAMME, ONE_OPEN], POLICY),
    (&[PROGRAMME, SHORT, NO_GOODWILL], POLICY),
    (&[PAIR, ONE_OPEN_TO_RESULT, BY_ASSIGNMENT], ""),
    (&[NEVER_UNASSIGNED, SHORT, EXACT], ""),
    (&[NOT_BEFORE, ONE_WAY, PROMPT, SHORT], ""),
    (&[OWN_WAIT, REVIVES_NOTHING, SHORT, PAID_ONLY], ""),
    (&[PROGRAMME, PAIR, OWN_WAIT, NO_GOODWILL, PROMPT], POLICY),
];

pub(super) const BOUGHT: &str = "2026-01-05T10:00Z";

pub(super) fn sold(terms: &(&[(&str, &str)], &str), paid: bool) -> Ledger {
    let mut ledger = Ledger::new(&[
        (exam("x", "pro"), "2001-01-01"),
        (
            exam_with("r", |facts| {
                facts.categories = vec![id("pro")];
                facts.retires_on = Some("2026-03-15".parse().unwrap());
                facts.successor = Some(id("x"));
            }),
            "2001-01-01",
        ),
        (
            exam_with("gone", |facts| {
                facts.categories = vec![id("pro")];
                facts.retires_on = Some("2026-03-01".parse().unwrap());
            }),
            "2001-01-01",
        ),
        (
            exam_with("b", |facts| {
                facts.categories = vec![id("pro")];
                facts.beta = true;
            }),
            "2001-01-01",
        ),
        (exam("easy", "fundamentals"), "2001-01-01"),
        (publish(&(vary(OFFER, terms.0) + terms.1)), "2001-01-01"),
    ]);
    for line in [1, 2] {
        let bought = issue_with(BOUGHT, |c| {
            c.order = order(line);
            c.paid = paid;
        });
        ledger = ledger.with(&[(bought, BOUGHT)]);
    }
    ledger
}

/// What somebody tries, at a time.
pub(super) fn tried(draw: &mut Draw, at: Timestamp, ledger: &Ledger, units: UnitNo) -> Command {
    let unit = UnitNo::try_from(draw.below(u64::from(units))).unwrap() + 1;
    let line = u32::try_from(draw.below(2)).unwrap() + 1;
    let voucher = voucher(line, unit);
    let candidate: CandidateId = id(draw.one(&["ann", "ann", "ann", "bob"]));
    let open = ledger.entitlement(line).unit(unit).unwrap().open().cloned();
    let results = [
        ExamResult::Pass,
        ExamResult::Fail,
        ExamResult::Fail,
        ExamResult::Missed,
        ExamResult::TechnicalFault,
        ExamResult::Invalidated,
    ];
    match draw.below(16) {
        0..=5 => {
            let exam: ExamCode = id(draw.one(&["x", "x", "x", "r", "gone", "b", "easy", "nowhere"]));
            let days = draw.days(40) - 2 * DAY;
            let booked_at = (draw.below(5) == 0).then(|| at.plus_millis(draw.days(12) - 8 * DAY));
            let way = draw.one(&[None, Some("online"), Some("online"), Some("paper")]);
            let provider = draw.one(&[None, Some("here"), Some("elsewhere")]);
            schedule_with(at.plus_millis(days), |c| {
                (c.voucher, c.candidate, c.exam, c.booked_at) = (voucher, candidate, exam, booked_at);
                (c.delivery, c.provider) = (way.map(id), provider.map(id));
            })
        }
        6 => Reschedule { voucher, sit_at: at.plus_millis(draw.days(60) - DAY), moved_at: None }.into(),
        7 => Cancel {
            voucher,
            by: draw.one(&[CancelledBy::Candidate, CancelledBy::Provider]),
            cancelled_at: None,
        }
        .into(),
        8..=11 => {
            let sat_at = (draw.below(4) == 0).then(|| at.plus_millis(-draw.days(9)));
            let sat_at =
                sat_at.or(open.map(|open| open.sit_at).filter(|sit_at| draw.below(3) > 0 && *sit_at <= at));
            RecordResult { voucher, result: draw.one(&results), sat_at }.into()
        }
        12 => {
            let attempt = u16::try_from(draw.below(3)).unwrap() + 1;
            CorrectResult { voucher, attempt, result: draw.one(&results), sat_at: None }.into()
        }
        13 => Assign { voucher, candidate, branch: None }.into(),
        14 => draw.one(&[
            Unassign { voucher: voucher.clone() }.into(),
            ReplaceCode { voucher: voucher.clone() }.into(),
            Activate { voucher, candidate, test: None, branch: None, activated_at: None, provider: None }
                .into(),
        ]),
        _ => {
            let last_day = civil(at.plus_millis(draw.days(200) - 30 * DAY));
            draw.one(&[
                give_to(voucher.clone(), Gift::ExtraAttempt),
                give_to(voucher, Gift::LongerTerm { last_day }),
            ])
        }
    }
}

pub(super) fn civil(at: Timestamp) -> chrono::NaiveDate {
    at.to_string()[..10].parse().unwrap()
}
