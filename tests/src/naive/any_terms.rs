//! Small terms out of all that an offer file can say.

use jiff::civil::{Date, DateTime, date};
use proptest::prelude::*;
use proptest::sample::select;

use super::calendar::Period;
use super::deadline::{Deadline, Origin};
use super::terms::{Cap, Eligible, Lock, Policy, PracticeTest, Retake, Rulings, Terms, Wait};
use super::words::{
    Approver, BoundAt, Correction, Counted, Counts, EligibilityAt, Extension, Fate, InForce, LastDay,
    LateResult, PracticeRuns, Reissue, Revives, SameExam, Scope, Unassign, Waits, Window, Zone,
};

fn periods() -> impl Strategy<Value = Period> {
    select(vec![
        Period::Months(1, 0),
        Period::Months(2, 0),
        Period::Months(12, 0),
        Period::Months(1, 15),
        Period::Days(1),
        Period::Days(7),
        Period::Days(30),
        Period::Hours(24),
        Period::Hours(100),
    ])
}

/// Periods in which a deadline may count.
fn spans() -> impl Strategy<Value = Period> {
    prop_oneof![3 => periods(), 1 => select(vec![3, 10, 25]).prop_map(Period::Working)]
}

fn days() -> impl Strategy<Value = Date> {
    (-5..70_i64, select(vec![date(2020, 1, 31), date(2020, 3, 1), date(2020, 10, 25)]))
        .prop_map(|(days, from)| from.checked_add(jiff::Span::new().days(days)).expect("small years"))
}

fn deadlines(origins: &'static [Origin]) -> impl Strategy<Value = Deadline> {
    let counted =
        (select(origins), spans()).prop_map(|(origin, period)| Deadline::Point(origin, Some((1, period))));
    let early = (periods()).prop_map(|period| Deadline::Point(Origin::ExamRetirement, Some((-1, period))));
    let fixed = days().prop_map(|day| Deadline::Point(Origin::Day(day), None));
    let local = (days(), select(vec![(23, 59, 59), (12, 0, 0), (2, 30, 0)])).prop_map(|(day, (h, m, s))| {
        Deadline::Point(Origin::Local(DateTime::from_parts(day, jiff::civil::time(h, m, s, 0))), None)
    });
    let end = Just(Deadline::Point(Origin::OfferEnd, None));
    let point = prop_oneof![6 => counted, 1 => early, 1 => fixed, 1 => local, 2 => end].boxed();
    let several = proptest::collection::vec(point.clone(), 1..3);
    prop_oneof![
        2 => Just(Deadline::None),
        6 => point,
        1 => several.clone().prop_map(Deadline::Earliest),
        1 => several.prop_map(Deadline::Latest),
    ]
}

const BOUGHT: &[Origin] = &[Origin::Purchase, Origin::Issue, Origin::Assignment];
const REGISTERED: &[Origin] = &[Origin::Purchase, Origin::Purchase, Origin::Issue, Origin::FirstSchedule];
const SAT: &[Origin] =
    &[Origin::Purchase, Origin::ExamSat, Origin::ExamSat, Origin::ResultRecorded, Origin::FirstSchedule];

fn waits() -> impl Strategy<Value = Wait> {
    let exact =
        select(vec![Period::Hours(24), Period::Days(1), Period::Days(14)]).prop_map(|p| (p, Counted::Exact));
    let counted = select(vec![Counted::CalendarDays, Counted::FromDayAfter]);
    let civil = (select(vec![Period::Days(1), Period::Days(14), Period::Months(1, 0)]), counted);
    (prop_oneof![exact, civil], select(Waits::ALL)).prop_map(|((period, counted), limits)| Wait {
        period,
        counted,
        limits,
    })
}

/// A policy knows no office; an offer may.
fn waits_of_an_offer() -> impl Strategy<Value = Wait> {
    let counted = select(vec![Counted::CalendarDays, Counted::FromDayAfter]);
    let working = (select(vec![1, 5]), counted, select(Waits::ALL))
        .prop_map(|(days, counted, limits)| Wait { period: Period::Working(days), counted, limits });
    prop_oneof![4 => waits(), 1 => working]
}

/// Any offer.
pub(super) fn terms() -> impl Strategy<Value = Terms> {
    let notices = proptest::collection::vec(periods(), 0..3);
    let sale =
        (select(Zone::ALL), proptest::option::weighted(0.3, days()), proptest::option::of(days()), notices);
    let holder = (select(BoundAt::ALL), select(vec![Scope::Voucher, Scope::Pack]), select(Unassign::ALL));
    let begins = prop_oneof![
        6 => Just(Deadline::None),
        1 => Just(Deadline::Point(Origin::OfferStart, None)),
        1 => (select(BOUGHT), spans()).prop_map(|(origin, period)| Deadline::Point(origin, Some((1, period)))),
    ];
    let eligible = (
        proptest::option::weighted(0.3, Just("pro")),
        proptest::option::weighted(0.3, Just("beta")),
        proptest::option::weighted(0.3, Just("070")),
    )
        .prop_map(|(categories, not_categories, prefixes)| Eligible {
            categories,
            not_categories,
            prefixes,
        });
    let retake = (
        0..3_u16,
        prop::bool::weighted(0.2),
        proptest::collection::vec(waits_of_an_offer(), 0..3),
        deadlines(SAT),
        deadlines(SAT),
    )
        .prop_map(|(count, only_if_paid, waits, register_by, sit_by)| Retake {
            count,
            only_if_paid,
            waits,
            register_by,
            sit_by,
        });
    let practice = (deadlines_of_benefit(), select(vec![Period::Days(30), Period::Months(1, 0)]))
        .prop_map(|(activate_by, lasts)| PracticeTest { activate_by, lasts, runs: PracticeRuns::Past });
    let practice = proptest::option::weighted(0.2, practice);
    (sale, holder, 1..4_u16, begins, eligible, first_deadlines(), retake, practice, rulings()).prop_map(
        |(
            (zone, runs_from, runs_to, notices),
            (bound_at, per, unassign),
            vouchers,
            not_before,
            eligible,
            (register_by, sit_by),
            retake,
            practice_test,
            rulings,
        )| {
            let terms = Terms {
                zone,
                runs_from,
                runs_to,
                notices,
                bound_at,
                per,
                unassign,
                vouchers,
                not_before,
                eligible,
                register_by,
                sit_by,
                retake,
                practice_test,
                rulings,
            };
            with_the_dates_it_names(terms)
        },
    )
}

fn deadlines_of_benefit() -> impl Strategy<Value = Deadline> {
    (select(BOUGHT), spans()).prop_map(|(origin, period)| Deadline::Point(origin, Some((1, period))))
}

fn first_deadlines() -> impl Strategy<Value = (Deadline, Deadline)> {
    (deadlines(BOUGHT), deadlines(REGISTERED))
}

/// An offer whose deadlines hang on its own dates has some.
fn with_the_dates_it_names(mut terms: Terms) -> Terms {
    if terms.retake.count == 0 {
        // What goodwill adds to an offer without retakes lasts as long as its first try.
        let (register_by, sit_by) = (terms.register_by.clone(), terms.sit_by.clone());
        terms.retake = Retake { count: 0, only_if_paid: false, waits: Vec::new(), register_by, sit_by };
    }
    let retake = &terms.retake;
    let all = [&terms.not_before, &terms.register_by, &terms.sit_by, &retake.register_by, &retake.sit_by];
    let named: Vec<Origin> = all.into_iter().flat_map(Deadline::origins).collect();
    if named.contains(&Origin::OfferEnd) {
        terms.runs_to.get_or_insert(date(2020, 4, 30));
    }
    if named.contains(&Origin::OfferStart) {
        terms.runs_from.get_or_insert(date(2019, 8, 31));
    }
    if let (Some(from), Some(to)) = (terms.runs_from, terms.runs_to) {
        terms.runs_to = Some(to.max(from));
    }
    terms
}

fn rulings() -> impl Strategy<Value = Rulings> {
    let cut_off = proptest::option::of(select(vec![Period::Hours(24), Period::Days(1)]));
    let fates = (select(Fate::ALL), cut_off, select(Fate::ALL), select(Fate::ALL), select(Fate::ALL));
    let open = (proptest::option::of(1..3_u16), select(Scope::ALL));
    let exam = (select(SameExam::ALL), select(EligibilityAt::ALL), select(Reissue::ALL));
    let change = (select(Extension::ALL), select(Correction::ALL), select(InForce::ALL));
    let refund = prop_oneof![
        1 => Just(None),
        3 => deadlines_of_benefit().prop_map(Some),
    ];
    let goodwill = proptest::option::of((select(Approver::ALL), select(Revives::ALL)));
    (select(LastDay::ALL), select(LateResult::ALL), fates, open, exam, change, refund, goodwill).prop_map(
        |(
            last_day,
            late_result,
            fates,
            open,
            exam,
            (extension, correction, in_force),
            refund_until,
            goodwill,
        )| {
            let (no_show, cut_off, late_cancel, technical_fault, invalidated) = fates;
            let (open_max, open_over) = open;
            let (same_exam, eligibility_at, reissue) = exam;
            Rulings {
                last_day,
                late_result,
                no_show,
                cut_off,
                late_cancel,
                technical_fault,
                invalidated,
                open_max,
                open_over,
                same_exam,
                eligibility_at,
                reissue,
                extension,
                in_force,
                correction,
                refund_until,
                goodwill,
            }
        },
    )
}

/// Any programme's policy.
pub(super) fn policies() -> impl Strategy<Value = Policy> {
    let cap = (
        1..4_u16,
        select(vec![Period::Months(1, 0), Period::Days(30), Period::Months(12, 0)]),
        select(Window::ALL),
    )
        .prop_map(|(max, window, from)| Cap { max, window, from });
    let lock = prop_oneof![Just(Lock::None), Just(Lock::ForEver), periods().prop_map(Lock::For),];
    let counts = proptest::sample::subsequence(Counts::ALL.to_vec(), 1..=Counts::ALL.len());
    let waits = proptest::collection::vec(waits(), 0..3);
    (
        select(Zone::ALL),
        counts,
        select(SameExam::ALL),
        waits,
        proptest::collection::vec(cap, 0..2),
        lock,
        any::<bool>(),
    )
        .prop_map(|(zone, counts, same_exam, waits, caps, lock, beta_once)| Policy {
            zone,
            counts,
            same_exam,
            waits,
            caps,
            lock,
            beta_once,
        })
}
