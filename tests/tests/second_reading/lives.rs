//! The kinds of lives, and the seeds they come from.

use resit_tests::dice::{Dice, seed};

use super::ask::{Ask, Exam};
use super::day::{BEGINNINGS, DAY, HOUR, Millis, day_of, start_of};
use super::happen::happens;
use super::offers;
use super::terms::{BoundAt, Offer};
use super::trial::{Step, Trial, shortest};

/// How a life begins: its offers, and what is told first.
pub(crate) struct Beginning {
    /// The versions of its offers.
    pub(crate) versions: Vec<Offer>,
    /// What is told before anything random happens.
    pub(crate) first: Vec<Step>,
}

/// Lives so many lives of a kind.
pub(crate) fn agree(kind: fn(&mut Dice, Millis) -> Beginning) {
    let lives: u64 =
        std::env::var("RESIT_LIVES").map_or(100, |lives| lives.parse().expect("RESIT_LIVES is a number"));
    let first = seed(1);
    let partings: Vec<_> =
        (first..first + lives).filter_map(|seed| live(seed, kind)).take(partings_max()).collect();
    assert!(partings.is_empty(), "{}", partings.join("\n\n======\n"));
}

/// So many partings are told, at most.
fn partings_max() -> usize {
    std::env::var("RESIT_PARTINGS").map_or(1, |many| many.parse().expect("RESIT_PARTINGS is a number"))
}

/// Lives one life; the shortest one that parts as it does, if it does.
fn live(seed: u64, kind: fn(&mut Dice, Millis) -> Beginning) -> Option<String> {
    let mut dice = Dice::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    dice.up_to(2);
    let begins = start_of("UTC", *dice.pick(&BEGINNINGS)) + dice.between(0, 48) * HOUR;
    let Beginning { versions, first } = kind(&mut dice, begins);
    let mut trial = Trial::new(versions.clone(), begins);
    let mut steps: Vec<Step> = Vec::new();
    let many = first.len() + usize::try_from(dice.between(4, 30)).expect("few");
    let mut first = first.into_iter();
    while steps.len() < many {
        let step = first
            .next()
            .unwrap_or_else(|| happens(&mut dice, &trial.book, steps.last().map_or(begins, |step| step.0)));
        if super::known::differs(&trial.book, &step.1, step.0).is_some() {
            return None;
        }
        steps.push(step.clone());
        if let Err(parting) = trial.step(&step) {
            return Some(format!("RESIT_SEED={seed}\n{}", shortest(&versions, &steps, &parting)));
        }
    }
    None
}

/// What the catalogue says at first.
fn catalogue(at: Millis) -> Vec<Step> {
    let exam = |exam, category, successor| {
        (at, Ask::DefineExam { exam, facts: Exam { category, retires_on: None, successor } })
    };
    vec![exam("X-2", "a", None), exam("X-1", "a", Some("X-2")), exam("X-3", "b", None)]
}

/// One voucher for one exam.
pub(crate) fn single(dice: &mut Dice, at: Millis) -> Beginning {
    let offer = offers::single(dice);
    let mut first = catalogue(at);
    first.push((at, Ask::Publish { version: 0 }));
    let offer_id = offer.id.clone();
    let paid = !dice.one_in(3);
    first.push((
        at + 1,
        Ask::Issue { order: 0, offer: offer_id, purchased_at: at + 1, paid, agreement: None, holder: None },
    ));
    Beginning { versions: vec![offer], first }
}

/// A pack of two exams, perhaps with a practice test.
pub(crate) fn pack(dice: &mut Dice, at: Millis) -> Beginning {
    let offer = offers::pack(dice);
    let mut first = catalogue(at);
    first.push((at, Ask::Publish { version: 0 }));
    let holder = (offer.bound_at == BoundAt::Purchase || dice.one_in(4)).then_some("ann");
    for order in 0..=usize::from(dice.one_in(3)) {
        first.push((
            at + 1,
            Ask::Issue {
                order,
                offer: offer.id.clone(),
                purchased_at: at + 1,
                paid: true,
                agreement: None,
                holder,
            },
        ));
    }
    Beginning { versions: vec![offer], first }
}

/// Vouchers of three offers of two programmes, for the same people.
pub(crate) fn programmes(dice: &mut Dice, at: Millis) -> Beginning {
    let versions = offers::programmes(dice);
    let mut first = catalogue(at);
    first.extend((0..versions.len()).map(|version| (at, Ask::Publish { version })));
    for order in 0..4 {
        let offer = dice.pick(&versions).id.clone();
        first.push((
            at + 1,
            Ask::Issue { order, offer, purchased_at: at + 1, paid: true, agreement: None, holder: None },
        ));
    }
    Beginning { versions, first }
}

/// An offer that is extended, changed, and moved to another provider.
pub(crate) fn changing(dice: &mut Dice, at: Millis) -> Beginning {
    let versions = offers::changing(dice, day_of("UTC", at + 40 * DAY));
    let mut first = catalogue(at);
    first.push((at, Ask::Publish { version: 0 }));
    first.push((
        at + 1,
        Ask::Issue {
            order: 0,
            offer: "single".to_owned(),
            purchased_at: at + 1,
            paid: true,
            agreement: None,
            holder: None,
        },
    ));
    Beginning { versions, first }
}

/// Orders under an agreement: they end with it, and with the first subscription.
pub(crate) fn agreements(dice: &mut Dice, at: Millis) -> Beginning {
    let versions = offers::licensed(dice);
    let day = |days: i64| day_of("UTC", at + days * DAY);
    let mut first = catalogue(at);
    first.push((
        at,
        Ask::DefineExam { exam: "X-4", facts: Exam { category: "c", retires_on: None, successor: None } },
    ));
    first.extend((0..versions.len()).map(|version| (at, Ask::Publish { version })));
    let (first_day, last_day) = (day(dice.between(-100, 20)), day(dice.between(100, 700)));
    first.push((
        at,
        Ask::OpenAgreement { agreement: "A-1", programme: "vl", first_day, last_day, branches: Vec::new() },
    ));
    let offer = dice.pick(&versions).id.clone();
    let agreement = Some("A-1");
    first.push((
        at + 1,
        Ask::Issue { order: 0, offer, purchased_at: at + 1, paid: true, agreement, holder: None },
    ));
    Beginning { versions, first }
}
