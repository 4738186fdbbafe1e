//! How lives come about: small terms, and then whatever happens.

use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::select;
use resit_domain::terms::OfferFile;

use super::any_terms::{policies, terms};
use super::asks::By;
use super::calendar::{HOUR, Millis, start_of};
use super::file::offer_file;
use super::life::{Act, Life, Pick, Step, When};
use super::office::WAYS;
use super::terms::{Policy, Terms};
use super::words::{BoundAt, Outcome, Zone};

/// What lives are mostly about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mostly {
    /// Trying, failing and trying again.
    Retakes,
    /// Results that were wrong, and attempts that came to nothing.
    Corrections,
    /// Goodwill, extensions of the offer, refunds.
    Favours,
    /// Who holds what.
    Holders,
}

/// Any life.
pub fn lives(mostly: Mostly, with_policy: bool) -> impl Strategy<Value = Life> {
    let policy = if with_policy { policies().prop_map(Some).boxed() } else { Just(None).boxed() };
    // An offer whose retake ends before its wait does, or at a time that no clock shows, does not load.
    let loads = |(terms, policy): &(Terms, Option<Policy>)| {
        WAYS.iter().all(|office| OfferFile::parse(&offer_file(terms, *office, policy.as_ref())).is_ok())
    };
    let offers = (terms(), policy).prop_filter("an offer that loads", loads);
    (offers, select(WAYS.to_vec()), begins(), proptest::collection::vec(steps(mostly), 5..40)).prop_map(
        |((terms, policy), office, begins_at, mut steps)| {
            // A life without an order teaches little.
            if let Some(first) = steps.first_mut() {
                let named = terms.bound_at != BoundAt::Scheduling;
                first.act = Act::Issue { order: 0, paid: true, named };
                first.when = When::Now;
            }
            Life { terms, policy, office, begins_at, steps }
        },
    )
}

fn begins() -> impl Strategy<Value = Millis> {
    // Ends of months, a leap day, and nights on which clocks change.
    let days = [
        date(2020, 1, 29),
        date(2020, 1, 31),
        date(2020, 2, 29),
        date(2020, 3, 7),
        date(2020, 3, 28),
        date(2020, 10, 24),
        date(2020, 10, 31),
        date(2020, 12, 31),
        date(2019, 8, 31),
    ];
    (select(days.to_vec()), 0..48_i64).prop_map(|(day, hours)| start_of(Zone::Utc, day) + hours * HOUR)
}

fn steps(mostly: Mostly) -> impl Strategy<Value = Step> {
    (whens(), acts(mostly), picks(), prop::bool::weighted(0.1)).prop_map(|(when, act, pick, twice)| Step {
        when,
        act,
        pick,
        twice,
    })
}

fn picks() -> impl Strategy<Value = Pick> {
    let by = prop_oneof![6 => Just(By::Id), 1 => Just(By::FirstCode), 1 => Just(By::Code)];
    (any::<u8>(), 0..3_u8, prop_oneof![9 => 0..4_u8, 1 => Just(4)], prop::bool::weighted(0.1), by)
        .prop_map(|(unit, candidate, exam, stray, by)| Pick { unit, candidate, exam, stray, by })
}

fn whens() -> impl Strategy<Value = When> {
    prop_oneof![
        2 => Just(When::Now),
        3 => (1..4_000_u32).prop_map(When::Later),
        3 => (0..6_u8, -1..2_i8).prop_map(|(pick, nudge)| When::Around(pick, nudge)),
        3 => (0..3_000_u32).prop_map(When::AfterSitting),
    ]
}

fn sits() -> impl Strategy<Value = When> {
    prop_oneof![
        4 => (0..10_000_u32).prop_map(When::Later),
        3 => (0..6_u8, -1..2_i8).prop_map(|(pick, nudge)| When::Around(pick, nudge)),
    ]
}

fn acts(mostly: Mostly) -> impl Strategy<Value = Act> {
    let more = |of: Mostly| if mostly == of { 4 } else { 1 };
    let (wrong, kind, held) = (more(Mostly::Corrections), more(Mostly::Favours), more(Mostly::Holders));
    let outcome = prop_oneof![
        2 => Just(Outcome::Pass), 6 => Just(Outcome::Fail), wrong => Just(Outcome::Missed),
        wrong => Just(Outcome::TechnicalFault), wrong => Just(Outcome::Invalidated),
    ];
    let issue = (0..3_u8, prop::bool::weighted(0.8), any::<bool>());
    let sat = proptest::option::weighted(0.2, sits());
    prop_oneof![
        kind => (0..40_u8).prop_map(|days| Act::ExtendOffer { days }),
        kind => select(WAYS.to_vec()).prop_map(|office| Act::Publish { office }),
        1 => any::<u8>().prop_map(|change| Act::DefineExam { change }),
        1 + held => issue.prop_map(|(order, paid, named)| Act::Issue { order, paid, named }),
        2 * held => Just(Act::Assign),
        held => Just(Act::Unassign),
        9 => sits().prop_map(|sit| Act::Schedule { sit }),
        2 => sits().prop_map(|sit| Act::Reschedule { sit }),
        1 + wrong => any::<bool>().prop_map(|by_provider| Act::Cancel { by_provider }),
        8 => (outcome.clone(), sat).prop_map(|(outcome, sat)| Act::RecordResult { outcome, sat }),
        2 * wrong => (1..4_u8, outcome).prop_map(|(attempt, outcome)| Act::CorrectResult { attempt, outcome }),
        held => Just(Act::Activate),
        held => Just(Act::ReplaceCode),
        kind => any::<bool>().prop_map(|refund| Act::Revoke { refund }),
        kind => prop::bool::weighted(0.8).prop_map(|well_founded| Act::ExtraAttempt { well_founded }),
        kind => (0..60_u8, prop::bool::weighted(0.8)).prop_map(|(days, well_founded)| Act::LongerTerm { days, well_founded }),
        kind => any::<u8>().prop_map(|rule| Act::Waiver { rule }),
        2 => Just(Act::Expire),
    ]
}
