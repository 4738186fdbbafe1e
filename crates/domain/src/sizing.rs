//! A planning report: how many vouchers an organisation needs, whether its time suffices, and by when to order.
//!
//! It decides nothing and records nothing. All numbers come from the caller; none is a constant here.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::calendar_time::add_months;

/// The most vouchers that one report plans for.
pub const VOUCHERS_MAX: u64 = 1_000_000;

/// What is known of the need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// The first day of the plan.
    pub today: NaiveDate,
    /// How many people are to be certified.
    pub people: u32,
    /// How many certifications each of them needs.
    pub certifications_per_person: u32,
    /// How many exams each certification takes.
    pub exams_per_certification: u32,
    /// How many whole months are left of the agreement.
    pub months_left: u32,
    /// How many months of preparation a certification takes, at least and at most.
    pub preparation_months: (u32, u32),
    /// Whether a person prepares for one certification after the other.
    pub pace: Pace,
    /// How many vouchers the packs on sale hold: 1 for a single voucher. Empty if vouchers are not planned in packs.
    #[serde(default)]
    pub packs: Vec<u16>,
}

/// How a person prepares for several certifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pace {
    /// One after the other: the times add up.
    OneByOne,
    /// All at once: the longest counts.
    SideBySide,
}

/// What follows from the need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// How many vouchers are needed.
    pub vouchers: u64,
    /// How many months a person prepares, at least and at most.
    pub months_needed: (u32, u32),
    /// Whether the months left suffice.
    pub time: Time,
    /// The last day to order and begin, if preparation takes as long as it may; none if that is too long.
    pub order_by: Option<NaiveDate>,
    /// The last day to order and begin, if preparation takes no longer than it must; none if even that is too long.
    pub order_by_at_the_latest: Option<NaiveDate>,
    /// Which packs to order, by size, largest first: as few unused vouchers as possible, then as few packs.
    pub packs: Vec<(u16, u64)>,
    /// How many vouchers of these packs stay over.
    pub spare: u64,
}

/// Whether the months left suffice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Time {
    /// Even if preparation takes as long as it may.
    Enough,
    /// Only if preparation takes less than it may.
    Tight,
    /// Not even if preparation takes no longer than it must.
    TooShort,
}

/// A need that can't be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNeed {
    /// Nobody, nothing, or packs of none.
    #[error("{0} is 0; nothing could be planned")]
    Nothing(&'static str),
    /// The least is more than the most.
    #[error("preparation takes at least {0} and at most {1} months; turn them round")]
    Preparation(u32, u32),
    /// Beyond the limit.
    #[error("{0} vouchers are needed; a report plans for {VOUCHERS_MAX} at most")]
    TooMany(u64),
}

impl Need {
    /// Plans.
    ///
    /// # Errors
    ///
    /// When a number is 0, the preparation is said the wrong way round, or the need is over [`VOUCHERS_MAX`].
    pub fn plan(&self) -> Result<Plan, InvalidNeed> {
        let vouchers = self.vouchers()?;
        let (least, most) = self.preparation_months;
        if least > most {
            return Err(InvalidNeed::Preparation(least, most));
        }
        let times = match self.pace {
            Pace::OneByOne => self.certifications_per_person,
            Pace::SideBySide => 1,
        };
        let (least, most) = (least.saturating_mul(times), most.saturating_mul(times));
        let begin_by = |months: u32| {
            let spare = self.months_left.checked_sub(months)?;
            Some(add_months(self.today, spare))
        };
        let time = match (begin_by(most), begin_by(least)) {
            (Some(_), _) => Time::Enough,
            (None, Some(_)) => Time::Tight,
            (None, None) => Time::TooShort,
        };
        let packs = pack(vouchers, &self.packs);
        let bought: u64 = packs.iter().map(|(size, count)| u64::from(*size) * count).sum();
        Ok(Plan {
            vouchers,
            months_needed: (least, most),
            time,
            order_by: begin_by(most),
            order_by_at_the_latest: begin_by(least),
            packs,
            spare: bought.saturating_sub(vouchers),
        })
    }

    fn vouchers(&self) -> Result<u64, InvalidNeed> {
        let factors = [
            ("the number of people", self.people),
            ("the number of certifications", self.certifications_per_person),
            ("the number of exams", self.exams_per_certification),
        ];
        if let Some((what, _)) = factors.iter().find(|(_, factor)| *factor == 0) {
            return Err(InvalidNeed::Nothing(what));
        }
        if self.packs.contains(&0) {
            return Err(InvalidNeed::Nothing("the size of a pack"));
        }
        let vouchers =
            factors.iter().fold(1_u64, |product, (_, factor)| product.saturating_mul(u64::from(*factor)));
        if vouchers > VOUCHERS_MAX { Err(InvalidNeed::TooMany(vouchers)) } else { Ok(vouchers) }
    }
}

/// The packs that hold at least so many vouchers: with the fewest to spare, and of those the fewest packs.
fn pack(vouchers: u64, sizes: &[u16]) -> Vec<(u16, u64)> {
    let Some(largest) = sizes.iter().max().copied() else { return Vec::new() };
    let needed = usize::try_from(vouchers).unwrap_or(usize::MAX);
    let most = needed + usize::from(largest);
    // For each total: the fewest packs that come to it, and the last one of them.
    let mut best: Vec<Option<(u64, u16)>> = vec![None; most + 1];
    best[0] = Some((0, 0));
    for total in 1..=most {
        let reached = sizes.iter().filter_map(|size| {
            let (packs, _) = best[total.checked_sub(usize::from(*size))?]?;
            Some((packs + 1, *size))
        });
        best[total] = reached.min_by_key(|(packs, size)| (*packs, u16::MAX - size));
    }
    let mut counts = std::collections::BTreeMap::new();
    let mut total = (needed..=most).find(|total| best[*total].is_some()).unwrap_or_default();
    while let Some((_, size)) = best[total].filter(|_| total > 0) {
        *counts.entry(size).or_default() += 1;
        total -= usize::from(size);
    }
    counts.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten people, two certifications of three exams each, twelve months left, six to twelve of preparation.
    fn need(change: impl FnOnce(&mut Need)) -> Need {
        let mut need = Need {
            today: "2019-09-30".parse().unwrap(),
            people: 10,
            certifications_per_person: 2,
            exams_per_certification: 3,
            months_left: 12,
            preparation_months: (6, 12),
            pace: Pace::SideBySide,
            packs: Vec::new(),
        };
        change(&mut need);
        need
    }

    fn day(text: &str) -> Option<NaiveDate> {
        text.parse().ok()
    }

    #[test]
    fn vouchers_are_people_by_certifications_by_exams() {
        assert_eq!(need(|_| {}).plan().unwrap().vouchers, 60);
        assert_eq!(need(|n| n.exams_per_certification = 1).plan().unwrap().vouchers, 20);
    }

    #[test]
    fn the_time_suffices_if_the_preparation_fits_into_the_months_left() {
        for (months_left, time, order_by, at_the_latest) in [
            (5, Time::TooShort, None, None),
            (6, Time::Tight, None, day("2019-09-30")),
            (11, Time::Tight, None, day("2020-02-29")),
            (12, Time::Enough, day("2019-09-30"), day("2020-03-30")),
            (17, Time::Enough, day("2020-02-29"), day("2020-08-30")),
        ] {
            let plan = need(|n| n.months_left = months_left).plan().unwrap();
            let told = (plan.time, plan.order_by, plan.order_by_at_the_latest);
            assert_eq!(told, (time, order_by, at_the_latest), "{months_left} months left");
        }
    }

    #[test]
    fn certifications_one_by_one_take_their_times_together() {
        let plan = need(|n| n.pace = Pace::OneByOne).plan().unwrap();
        assert_eq!((plan.months_needed, plan.time), ((12, 24), Time::Tight));
        assert_eq!(need(|_| {}).plan().unwrap().months_needed, (6, 12));
    }

    #[test]
    fn packs_leave_as_little_over_as_possible() {
        for (people, sizes, packs, spare) in [
            (10, &[30_u16][..], &[(30, 2)][..], 0),
            (10, &[125, 30, 500], &[(30, 2)], 0),
            (11, &[30, 1], &[(30, 2), (1, 6)], 0),
            (11, &[30], &[(30, 3)], 24),
            (25, &[125, 30], &[(30, 5)], 0),
            (26, &[125, 30], &[(30, 6)], 24),
            (21, &[125, 1], &[(125, 1), (1, 1)], 0),
            (100, &[500, 125, 30], &[(30, 20)], 0),
            (100, &[], &[], 0),
        ] {
            let plan = need(|n| (n.people, n.packs) = (people, sizes.to_vec())).plan().unwrap();
            assert_eq!((plan.packs.as_slice(), plan.spare), (packs, spare), "{people} people, {sizes:?}");
        }
    }

    #[test]
    fn what_can_not_be_planned_says_why() {
        assert_eq!(need(|n| n.people = 0).plan(), Err(InvalidNeed::Nothing("the number of people")));
        assert_eq!(need(|n| n.packs = vec![30, 0]).plan(), Err(InvalidNeed::Nothing("the size of a pack")));
        assert_eq!(need(|n| n.preparation_months = (12, 6)).plan(), Err(InvalidNeed::Preparation(12, 6)));
        assert_eq!(need(|n| n.people = 1_000_000).plan(), Err(InvalidNeed::TooMany(6_000_000)));
    }
}
