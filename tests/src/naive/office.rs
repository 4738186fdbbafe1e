//! Offices: which days they are open, and versions of an offer that count by one of them or by none.

use jiff::civil::{Date, Weekday, date};

use super::calendar::Period;
use super::deadline::Deadline;
use super::terms::{Terms, Wait};
use super::words::Office;

/// Every way in which a version may count: by no office, or by one.
pub const WAYS: [Option<Office>; 3] = [None, Some(Office::Town), Some(Office::Plant)];

const HOLIDAYS: [Date; 8] = [
    date(2019, 9, 3),
    date(2020, 2, 3),
    date(2020, 2, 10),
    date(2020, 3, 2),
    date(2020, 3, 30),
    date(2020, 4, 1),
    date(2020, 11, 2),
    date(2021, 1, 4),
];

impl Office {
    /// Whether it is open.
    fn is_open(self, day: Date) -> bool {
        match self {
            Office::Town => !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday),
            Office::Plant => day.weekday() != Weekday::Friday && !HOLIDAYS.contains(&day),
        }
    }

    /// The day on which it has been open so often behind (`sign` 1) or before (`sign` -1) `day`.
    pub(super) fn count(self, day: Date, times: u8, sign: i64) -> Date {
        let mut reached = day;
        for _ in 0..times {
            reached = Period::Days(1).from_day(reached, sign);
            while !self.is_open(reached) {
                reached = Period::Days(1).from_day(reached, sign);
            }
        }
        reached
    }

    /// The part of an offer file that says so.
    pub(super) fn table(self) -> String {
        let (weekend, holidays) = match self {
            Office::Town => ("\"saturday\", \"sunday\"", Vec::new()),
            Office::Plant => ("\"friday\"", HOLIDAYS.map(|day| day.to_string()).to_vec()),
        };
        let (id, holidays) = (self.text(), holidays.join(", "));
        format!("[calendar]\nid = \"{id}\"\nversion = 1\nweekend = [{weekend}]\nholidays = [{holidays}]\n")
    }
}

impl Period {
    /// The period as a version reads it that counts by this office; by none, every day is a working day.
    pub(super) fn by(self, office: Option<Office>) -> Self {
        match (self, office) {
            (Period::Working(days), None) => Period::Days(days),
            (Period::Working(days), Some(office)) => Period::Open(days, office),
            (period, _) => period,
        }
    }
}

impl Deadline {
    /// The deadline as a version reads it that counts by this office.
    pub(super) fn by(&self, office: Option<Office>) -> Self {
        let all = |parts: &[Deadline]| parts.iter().map(|part| part.by(office)).collect();
        match self {
            Deadline::Point(origin, Some((sign, period))) => {
                Deadline::Point(*origin, Some((*sign, period.by(office))))
            }
            Deadline::Point(..) | Deadline::None => self.clone(),
            Deadline::Earliest(parts) => Deadline::Earliest(all(parts)),
            Deadline::Latest(parts) => Deadline::Latest(all(parts)),
        }
    }
}

impl Terms {
    /// The version that counts by this office.
    pub(super) fn by(&self, office: Option<Office>) -> Self {
        let mut terms = self.clone();
        let retake = &mut terms.retake;
        let deadlines = [
            &mut terms.not_before,
            &mut terms.register_by,
            &mut terms.sit_by,
            &mut retake.register_by,
            &mut retake.sit_by,
        ];
        for deadline in deadlines {
            *deadline = deadline.by(office);
        }
        for wait in &mut retake.waits {
            *wait = Wait { period: wait.period.by(office), ..*wait };
        }
        if let Some(test) = &mut terms.practice_test {
            test.activate_by = test.activate_by.by(office);
        }
        terms.rulings.refund_until = terms.rulings.refund_until.as_ref().map(|until| until.by(office));
        terms
    }
}
