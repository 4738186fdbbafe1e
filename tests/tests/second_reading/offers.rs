//! The offers of random lives.

use resit_tests::dice::Dice;

use super::day::Period;
use super::terms::{
    Anchor, Benefit, BoundAt, Counted, Due, ExamTerms, Lock, Offer, OpenMax, Policy, Wait, Word,
};

/// Where clocks change, and where they don't.
const ZONES: [&str; 3] = ["Europe/Berlin", "America/Chicago", "UTC"];

/// One exam and its retakes.
pub(crate) fn single(dice: &mut Dice) -> Offer {
    let words = [Word::Forfeit, Word::Fail, Word::Return];
    Offer {
        id: "single".to_owned(),
        title: "Single".to_owned(),
        programme: None,
        policy: None,
        zone: dice.pick::<&str>(&ZONES),
        last_day: None,
        agreement: Vec::new(),
        prorated: false,
        bound_at: BoundAt::Scheduling,
        per_pack: false,
        unassign: true,
        benefits: vec![(1, Benefit::Exam(exam(dice)))],
        inclusive: !dice.one_in(4),
        late_refused: dice.one_in(5),
        no_show: *dice.pick(&words),
        technical_fault: *dice.pick(&words),
        invalidated: *dice.pick(&words),
        cut_off: *dice.pick(&[None, Some(Period::Hours(24)), Some(Period::Days(1))]),
        late: *dice.pick(&words),
        open: None,
        eligible_always: dice.one_in(3),
        moves_live: true,
        in_force_at_scheduling: false,
        shortening: None,
        refund_until: Due::After(Anchor::Purchase, Some(Period::Days(14))),
        booked_taken_back: false,
        until_exam_deadline: false,
        revives: dice.one_in(2),
    }
}

/// Two exams for one person, with one registration at a time, and perhaps a practice test.
pub(crate) fn pack(dice: &mut Dice) -> Offer {
    let mut offer = single(dice);
    offer.id = String::from("pack");
    offer.benefits[0].0 = 2;
    if let Benefit::Exam(exam) = &mut offer.benefits[0].1 {
        exam.only_if_paid = false;
    }
    offer.late_refused = false;
    offer.per_pack = !dice.one_in(3);
    offer.bound_at =
        *dice.pick(&[BoundAt::Scheduling, BoundAt::Scheduling, BoundAt::Assignment, BoundAt::Purchase]);
    offer.unassign = !dice.one_in(3);
    offer.open = (!dice.one_in(4)).then(|| OpenMax {
        max: 1,
        over: dice.pick::<&str>(&["pack", "pack", "voucher"]),
        until_result: dice.one_in(3),
    });
    offer.booked_taken_back = dice.one_in(2);
    if dice.one_in(2) {
        let activate_by = Due::After(Anchor::Purchase, Some(Period::Months(2)));
        offer.benefits.push((1, Benefit::Practice { activate_by, lasts: Period::Days(30) }));
    }
    offer
}

fn exam(dice: &mut Dice) -> ExamTerms {
    let due = |dice: &mut Dice| {
        Due::After(
            Anchor::Purchase,
            Some(*dice.pick(&[Period::Months(2), Period::Months(1), Period::Days(40)])),
        )
    };
    let retake = |dice: &mut Dice| match dice.up_to(5) {
        3 => Due::After(Anchor::FirstSchedule, Some(Period::Months(2))),
        4 => Due::After(Anchor::ResultRecorded, Some(Period::Days(30))),
        0 => Due::After(Anchor::Purchase, Some(Period::Months(3))),
        1 => Due::After(Anchor::ExamSat, Some(*dice.pick(&[Period::Days(30), Period::Months(1)]))),
        _ => Due::After(Anchor::Purchase, Some(Period::Months(2))),
    };
    ExamTerms {
        categories: vec!["a", "c"],
        providers: Vec::new(),
        mix: Vec::new(),
        not_before: None,
        register_by: due(dice),
        sit_by: due(dice),
        retakes: u16::try_from(dice.up_to(3)).expect("it is small"),
        only_if_paid: dice.one_in(3),
        waits: waits(dice),
        retake_register_by: retake(dice),
        retake_sit_by: retake(dice),
    }
}

/// A ladder of waits.
pub(crate) fn waits(dice: &mut Dice) -> Vec<Option<Wait>> {
    let one = |dice: &mut Dice| {
        let counted = *dice.pick(&[Counted::Exact, Counted::CalendarDays, Counted::FromDayAfter]);
        let period = *dice.pick(&[Period::Days(1), Period::Days(3)]);
        (!dice.one_in(4)).then_some(Wait { period, counted, limits_sit: dice.one_in(2) })
    };
    (0..dice.up_to(3)).map(|_| one(dice)).collect()
}

/// One exam and one retake, all of it within twelve months of purchase.
pub(crate) fn plain() -> Offer {
    let year = || Due::After(Anchor::Purchase, Some(Period::Months(12)));
    let exam = ExamTerms {
        categories: vec!["a", "c"],
        providers: Vec::new(),
        mix: Vec::new(),
        not_before: None,
        register_by: year(),
        sit_by: year(),
        retakes: 1,
        only_if_paid: false,
        waits: Vec::new(),
        retake_register_by: year(),
        retake_sit_by: year(),
    };
    Offer {
        id: "plain".to_owned(),
        title: "Plain".to_owned(),
        programme: None,
        policy: None,
        zone: "UTC",
        last_day: None,
        agreement: Vec::new(),
        prorated: false,
        bound_at: BoundAt::Scheduling,
        per_pack: false,
        unassign: true,
        benefits: vec![(1, Benefit::Exam(exam))],
        inclusive: true,
        late_refused: false,
        no_show: Word::Forfeit,
        technical_fault: Word::Return,
        invalidated: Word::Forfeit,
        cut_off: Some(Period::Hours(24)),
        late: Word::Forfeit,
        open: None,
        eligible_always: false,
        moves_live: true,
        in_force_at_scheduling: false,
        shortening: None,
        refund_until: Due::After(Anchor::Purchase, Some(Period::Days(14))),
        booked_taken_back: false,
        until_exam_deadline: false,
        revives: true,
    }
}

/// Offers of two programmes, each with a policy for a person.
pub(crate) fn programmes(dice: &mut Dice) -> Vec<Offer> {
    let mut all = Vec::new();
    for (id, programme, first) in [("p1-a", "p1", true), ("p1-b", "p1", false), ("p2-a", "p2", true)] {
        let mut offer = plain();
        offer.id = String::from(id);
        offer.programme = Some(programme);
        offer.no_show = *dice.pick(&[Word::Forfeit, Word::Fail, Word::Return]);
        offer.late = *dice.pick(&[Word::Forfeit, Word::Return]);
        offer.policy = first.then(|| policy(dice));
        all.push(offer);
    }
    all
}

fn policy(dice: &mut Dice) -> Policy {
    let mut counts = vec!["sat"];
    for kind in ["no-show", "late-cancel", "technical-fault", "invalidated"] {
        if dice.one_in(2) {
            counts.push(kind);
        }
    }
    let window = *dice.pick(&[Period::Days(60), Period::Months(3)]);
    Policy {
        zone: dice.pick::<&str>(&ZONES),
        counts,
        waits: waits(dice),
        caps: if dice.one_in(2) { vec![(2, window, dice.one_in(2))] } else { Vec::new() },
        lock: *dice.pick(&[Lock::None, Lock::ForEver, Lock::For(Period::Days(45))]),
    }
}

/// What is bought under an agreement: a subscription, with which later orders end, and a pack with a mix and a library.
pub(crate) fn licensed(dice: &mut Dice) -> Vec<Offer> {
    let within = |due: Due| {
        Due::Earliest(vec![
            due,
            Due::After(Anchor::AgreementEnd, None),
            Due::After(Anchor::FirstOrderEnd, None),
        ])
    };
    let year = || Due::After(Anchor::Purchase, Some(Period::Months(12)));
    let bound_at = *dice.pick(&[BoundAt::Assignment, BoundAt::Scheduling]);
    let mut subscription = plain();
    subscription.id = String::from("subscription");
    subscription.bound_at = bound_at;
    subscription.agreement = vec!["vl"];
    subscription.zone = dice.pick::<&str>(&ZONES);
    subscription.prorated = true;
    subscription.refund_until = Due::After(Anchor::Purchase, Some(Period::Days(30)));
    let mut pack = subscription.clone();
    subscription.benefits = vec![(1, Benefit::Subscription { use_within: within(year()) })];
    pack.id = String::from("pack");
    let Benefit::Exam(exam) = &mut pack.benefits[0].1 else { unreachable!("a plain offer has an exam") };
    exam.categories = vec!["a", "b", "c"];
    exam.mix = if dice.one_in(2) { vec![vec!["a", "c"], vec!["b", "c"]] } else { Vec::new() };
    exam.register_by = within(year());
    exam.sit_by = within(year());
    exam.retakes = 0;
    exam.not_before = dice.one_in(2).then_some(Anchor::AgreementStart);
    pack.benefits[0].0 = 3;
    if dice.one_in(2) {
        let ends = within(Due::After(Anchor::AgreementEnd, None));
        pack.benefits.push((1, Benefit::Library { activate_by: ends.clone(), use_within: ends }));
    }
    vec![subscription, pack]
}

/// Two versions of one offer that has a last day, and a provider.
pub(crate) fn changing(dice: &mut Dice, last_day: jiff::civil::Date) -> Vec<Offer> {
    let mut first = single(dice);
    first.late_refused = false;
    first.last_day = Some(last_day);
    first.moves_live = !dice.one_in(4);
    let mut second = first.clone();
    second.title = String::from("Single, again");
    let with_end = |dice: &mut Dice, offer: &mut Offer| {
        let Benefit::Exam(terms) = &mut offer.benefits[0].1 else { return };
        *terms = exam(dice);
        terms.only_if_paid = false;
        terms.providers = vec!["one"];
        let ends = |dice: &mut Dice, due: &mut Due| {
            if dice.one_in(2) {
                let end = Due::After(
                    Anchor::OfferEnd,
                    *dice.pick(&[None, Some(Period::Days(10)), Some(Period::Months(1))]),
                );
                *due = if dice.one_in(2) { end } else { Due::Earliest(vec![due.clone(), end]) };
            }
        };
        ends(dice, &mut terms.register_by);
        ends(dice, &mut terms.sit_by);
        ends(dice, &mut terms.retake_register_by);
        ends(dice, &mut terms.retake_sit_by);
    };
    with_end(dice, &mut first);
    with_end(dice, &mut second);
    vec![first, second]
}
