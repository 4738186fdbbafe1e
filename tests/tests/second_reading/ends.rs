//! Deadlines and waits, counted from what has happened.

use jiff::civil::Date;

use super::ask::{Ask, Gift, Voucher};
use super::book::{Book, Fate};
use super::day::{Millis, Period, day_of, later, next, start_of};
use super::terms::{Anchor, Counted, Due, Offer, Wait};

/// The time of the fail that a retake counts from; none for a first try.
pub(crate) type After = Option<Millis>;

/// Whether a cancellation comes within the cut-off of a sitting (ruling 6).
pub(crate) fn is_late(offer: &Offer, at: Millis, sit: Millis) -> bool {
    cut_off(offer, sit).is_some_and(|cut_off| cut_off <= at)
}

/// From when on a cancellation is late.
pub(crate) fn cut_off(offer: &Offer, sit: Millis) -> Option<Millis> {
    let back = match offer.cut_off? {
        Period::Hours(hours) => Period::Hours(-hours),
        Period::Days(days) => {
            return Some(start_of(offer.zone, Period::Days(-days).behind(day_of(offer.zone, sit))?));
        }
        Period::Months(months) => Period::Months(-months),
    };
    Some(later(offer.zone, sit, back))
}

/// When a wait is over (ruling 4).
pub(crate) fn over(zone: &str, wait: Wait, from: Millis) -> Millis {
    let day = day_of(zone, from);
    match (wait.counted, wait.period) {
        (Counted::Exact, Period::Days(days)) => from + i64::from(days) * super::day::DAY,
        (Counted::Exact, period) => later(zone, from, period),
        (Counted::CalendarDays, period) => start_of(zone, period.behind(day).expect("days")),
        (Counted::FromDayAfter, period) => start_of(zone, period.behind(next(day)).expect("days")),
    }
}

/// The wait before the attempt of this number.
pub(crate) fn wait_before(waits: &[Option<Wait>], number: usize) -> Option<Wait> {
    *waits.get(number - 2).or_else(|| waits.last())?
}

impl Book {
    /// When a deadline is over for a voucher, by what had happened at `until`.
    pub(crate) fn due(&self, voucher: Voucher, due: &Due, after: After, until: Millis) -> Option<Millis> {
        let offer = self.offer(voucher.order);
        let ends = |day: Date| start_of(offer.zone, if offer.inclusive { next(day) } else { day });
        match due {
            Due::Never => None,
            Due::On(day) => Some(ends(*day)),
            Due::Earliest(arms) => arms.iter().filter_map(|arm| self.due(voucher, arm, after, until)).min(),
            Due::After(anchor, period) => {
                if let Some(day) = self.anchored_day(voucher, *anchor, until) {
                    return Some(ends(period.map_or(Some(day), |period| period.behind(day))?));
                }
                let at = self.anchor(voucher, *anchor, after, until)?;
                match period {
                    None => Some(at),
                    Some(Period::Hours(hours)) => Some(at + hours * super::day::HOUR),
                    Some(period) => Some(ends(period.behind(day_of(offer.zone, at))?)),
                }
            }
        }
    }

    fn anchor(&self, voucher: Voucher, anchor: Anchor, after: After, until: Millis) -> Option<Millis> {
        match anchor {
            Anchor::Purchase => match self.issue(voucher.order)?.1 {
                Ask::Issue { purchased_at, .. } => Some(*purchased_at),
                _ => None,
            },
            Anchor::ExamSat => after,
            Anchor::FirstSchedule => self.attempts(voucher, until).iter().map(|attempt| attempt.booked).min(),
            Anchor::ResultRecorded => {
                let offer = self.offer(voucher.order);
                let told = |attempt: &super::book::Attempt| match attempt.fate(offer) {
                    Fate::Failed(_, sat) | Fate::Lost(sat) => (Some(sat) == after).then_some(attempt.told),
                    _ => None,
                };
                self.all_attempts(voucher).iter().find_map(told)
            }
            Anchor::OfferEnd | Anchor::AgreementStart | Anchor::AgreementEnd | Anchor::FirstOrderEnd => None,
        }
    }

    /// The end of a voucher's deadline, with the longer terms that were given to it.
    pub(crate) fn ends(&self, voucher: Voucher, due: &Due, after: After, until: Millis) -> Option<Millis> {
        let end = self.due(voucher, due, after, until)?;
        let zone = self.offer(voucher.order).zone;
        let longer = |(_, gift): (Millis, Gift)| match gift {
            Gift::LongerTerm(day) => Some(start_of(zone, next(day))),
            Gift::ExtraAttempt => None,
        };
        self.gifts(voucher, until).into_iter().filter_map(longer).chain([end]).max()
    }
}

/// The earlier of two ends, where there are two.
pub(crate) fn earlier(one: Option<Millis>, other: Option<Millis>) -> Option<Millis> {
    one.into_iter().chain(other).min()
}
