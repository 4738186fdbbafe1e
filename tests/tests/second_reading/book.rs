//! The books: a plain list of what was told and accepted, and how the life of one voucher is read out of it.

use super::ask::{Ask, Gift, Outcome, Voucher};
use super::day::Millis;
use super::terms::{Offer, Word};

/// All that is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Book {
    /// Every version of every offer that a life may publish.
    pub(crate) versions: Vec<Offer>,
    /// What was told and accepted, each with the time at which it was told.
    pub(crate) facts: Vec<(Millis, Ask)>,
}

/// An agreed sitting, and what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// Its name: which attempt it was when it was told. One that is given back leaves its number to the next.
    pub(crate) number: usize,
    pub(crate) candidate: &'static str,
    pub(crate) exam: &'static str,
    pub(crate) booked: Millis,
    /// When it is sat, by each change, with the time of the change; the first is the booking.
    pub(crate) sittings: Vec<(Millis, Millis)>,
    /// When it was cancelled, and whether the provider did.
    pub(crate) cancelled: Option<(Millis, bool)>,
    /// What came of it as first reported: what, when it was sat, when it was told.
    pub(crate) reported: Option<(Outcome, Millis, Millis)>,
    /// What came of it in truth: what, and when it was sat.
    pub(crate) result: Option<(Outcome, Millis)>,
    /// When the result that holds was told.
    pub(crate) told: Millis,
    /// Whether it was withdrawn: before it was sat, it turned out that there was nothing to register for (ruling 14).
    pub(crate) withdrawn: bool,
    /// Where it stands in the list of facts.
    pub(crate) place: usize,
}

/// What an attempt is, by the terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing came of it yet.
    Open,
    /// Given back.
    Back,
    /// Lost at this time, and not failed.
    Lost(Millis),
    /// Failed at this time, which is that of the sitting; or when it was given up, with the time of the sitting.
    Failed(Millis, Millis),
    /// Passed, at this time.
    Passed(Millis),
}

impl Attempt {
    /// When it is sat, as last agreed.
    pub(crate) fn sit(&self) -> Millis {
        self.sittings.iter().max_by_key(|(changed, _)| *changed).expect("a booking agrees on a sitting").1
    }

    /// When it was changed last.
    pub(crate) fn changed(&self) -> Millis {
        self.sittings.iter().map(|(changed, _)| *changed).max().expect("a booking agrees on a sitting")
    }

    /// What it is.
    pub(crate) fn fate(&self, offer: &Offer) -> Fate {
        let by = |word: Word, at: Millis| match word {
            Word::Forfeit => Fate::Lost(at),
            Word::Fail => Fate::Failed(at, at),
            Word::Return => Fate::Back,
        };
        if let Some((outcome, sat)) = self.result {
            return match outcome {
                Outcome::Pass => Fate::Passed(sat),
                Outcome::Fail => Fate::Failed(sat, sat),
                Outcome::Missed => by(offer.no_show, sat),
                Outcome::TechnicalFault => by(offer.technical_fault, sat),
                Outcome::Invalidated => by(offer.invalidated, sat),
            };
        }
        match self.cancelled {
            None if !self.withdrawn => Fate::Open,
            Some((at, by_provider)) if !by_provider && super::ends::is_late(offer, at, self.sit()) => {
                match offer.late {
                    // A fail from when it was cancelled: nobody waits for a sitting that will not be.
                    Word::Fail => Fate::Failed(at, self.sit()),
                    word => by(word, self.sit()),
                }
            }
            _ => Fate::Back,
        }
    }

    /// Whether its end is still awaited.
    pub(crate) fn is_awaited(&self) -> bool {
        self.cancelled.is_none() && self.result.is_none() && !self.withdrawn
    }

    /// As it was at a time.
    fn until(&self, at: Millis) -> Option<Self> {
        if self.booked > at {
            return None;
        }
        let mut then = self.clone();
        then.sittings.retain(|(changed, _)| *changed <= at);
        then.cancelled = self.cancelled.filter(|(cancelled, _)| *cancelled <= at);
        then.result = self.result.filter(|(_, sat)| *sat <= at);
        Some(then)
    }
}

impl Book {
    /// The order that bought something.
    pub(crate) fn issue(&self, order: usize) -> Option<(Millis, &Ask)> {
        let of = |ask: &Ask| matches!(ask, Ask::Issue { order: one, .. } if *one == order);
        self.facts.iter().find(|(_, ask)| of(ask)).map(|(told, ask)| (*told, ask))
    }

    /// Every voucher that was bought.
    pub(crate) fn vouchers(&self) -> Vec<Voucher> {
        let mut all = Vec::new();
        for (_, ask) in &self.facts {
            if let Ask::Issue { order, .. } = ask {
                let units = self.offer(*order).units();
                all.extend((1..=units).map(|unit| Voucher { order: *order, unit }));
            }
        }
        all
    }

    /// All registrations of a voucher, in the order in which they were made; only what had happened at `until`.
    pub(crate) fn attempts(&self, voucher: Voucher, until: Millis) -> Vec<Attempt> {
        let all = self.all_attempts(voucher);
        all.iter().filter_map(|attempt| attempt.until(until)).collect()
    }

    /// All registrations of a voucher, in the order in which they were told.
    pub(crate) fn all_attempts(&self, of: Voucher) -> Vec<Attempt> {
        let mut all: Vec<Attempt> = Vec::new();
        let mut revoked: Option<Millis> = None;
        let offer = self.offer(of.order);
        for (place, (told, ask)) in self.facts.iter().enumerate() {
            match *ask {
                Ask::Schedule { voucher, candidate, exam, sit_at, booked_at, .. } if voucher == of => all
                    .push(Attempt {
                        number: 1 + all.iter().filter(|one| one.fate(offer) != Fate::Back).count(),
                        candidate,
                        exam,
                        booked: booked_at,
                        sittings: vec![(booked_at, sit_at)],
                        cancelled: None,
                        reported: None,
                        result: None,
                        told: *told,
                        withdrawn: false,
                        place,
                    }),
                Ask::Move { voucher, sit_at, moved_at } if voucher == of => {
                    open(&mut all).sittings.push((moved_at, sit_at));
                }
                Ask::Cancel { voucher, by_provider, cancelled_at } if voucher == of => {
                    let attempt = open(&mut all);
                    attempt.cancelled = Some((cancelled_at, by_provider));
                    attempt.told = *told;
                }
                Ask::Result { voucher, outcome, sat_at } if voucher == of => {
                    let attempt = open(&mut all);
                    let sat = sat_at.unwrap_or_else(|| attempt.sit());
                    attempt.reported = Some((outcome, sat, *told));
                    attempt.result = Some((outcome, sat));
                    attempt.told = *told;
                }
                Ask::Correct { voucher, attempt, outcome, sat_at } if voucher == of => {
                    let Some(attempt) = numbered(&mut all, attempt, sat_at) else { continue };
                    let known = attempt.result.map_or_else(|| attempt.sit(), |(_, sat)| sat);
                    let sat = sat_at.unwrap_or(known);
                    attempt.reported.get_or_insert((outcome, sat, *told));
                    let failed = matches!(attempt.fate(offer), Fate::Failed(..));
                    attempt.result = Some((outcome, sat));
                    // A fail that is corrected to what counts as a fail was known to be one before.
                    if !failed || !matches!(attempt.fate(offer), Fate::Failed(..)) {
                        attempt.told = *told;
                    }
                    withdraw(&mut all, offer, *told);
                }
                Ask::Revoke { order, .. } if order == of.order => {
                    taken_back(&mut all, offer, *told);
                    revoked.get_or_insert(*told);
                }
                _ => {}
            }
            // What was made before an order was taken back, and is told behind that, is taken back with it.
            if let (Some(at), Ask::Schedule { .. } | Ask::Move { .. }) = (revoked, ask) {
                taken_back(&mut all, offer, at);
            }
        }
        all
    }

    /// Gifts to a voucher that were given by `until`.
    pub(crate) fn gifts(&self, of: Voucher, until: Millis) -> Vec<(Millis, Gift)> {
        let one = |(told, ask): &(Millis, Ask)| match *ask {
            Ask::Extend { voucher, gift } if voucher == of && *told <= until => Some((*told, gift)),
            _ => None,
        };
        self.facts.iter().filter_map(one).collect()
    }

    /// When an order was taken back, by `until`.
    pub(crate) fn revoked(&self, of: usize, until: Millis) -> Option<Millis> {
        let one = |(told, ask): &(Millis, Ask)| match *ask {
            Ask::Revoke { order, .. } if order == of && *told <= until => Some(*told),
            _ => None,
        };
        self.facts.iter().find_map(one)
    }
}

/// The registration that a report is about: the last one without an end.
fn open(all: &mut [Attempt]) -> &mut Attempt {
    all.iter_mut().rfind(|attempt| attempt.is_awaited()).expect("one is open")
}

/// After a correction told at `told`: a pass withdraws what was registered behind it and was not sat yet (ruling 14).
fn withdraw(all: &mut [Attempt], offer: &Offer, told: Millis) {
    let Some(passed) = all.iter().position(|one| matches!(one.fate(offer), Fate::Passed(_))) else { return };
    for one in &mut all[passed + 1..] {
        one.withdrawn |= one.fate(offer) == Fate::Open && told < one.sit();
    }
}

/// When an order is taken back at `told`, so is what is registered and not sat (ruling 15).
fn taken_back(all: &mut [Attempt], offer: &Offer, told: Millis) {
    for one in all.iter_mut().filter(|one| one.is_awaited() && one.booked < told && told < one.sit()) {
        let back = offer.booked_taken_back || !super::ends::is_late(offer, told, one.sit());
        one.cancelled = Some((told, back));
    }
}

/// The attempt of a number: the one that was or was to be sat at this time; or else the last one with a result, or else the
/// last one that was cancelled.
pub(crate) fn numbered(all: &mut [Attempt], number: u16, sat: Option<Millis>) -> Option<&mut Attempt> {
    let is = |one: &Attempt| one.number == usize::from(number);
    let sat_then = |one: &Attempt| one.result.is_some_and(|(_, at)| Some(at) == sat);
    let due_then = |one: &Attempt| !one.is_awaited() && Some(one.sit()) == sat;
    let place = all.iter().rposition(|one| is(one) && sat_then(one));
    let place = place.or_else(|| all.iter().rposition(|one| is(one) && due_then(one)));
    let place = place.or_else(|| all.iter().rposition(|one| is(one) && one.result.is_some()));
    let place = place.or_else(|| all.iter().rposition(|one| is(one) && !one.is_awaited()))?;
    all.get_mut(place)
}
