//! Deadlines: how they are written, and what they come to.

use jiff::civil::{Date, DateTime};

use super::calendar::{self, Millis, Period, SECOND};
use super::words::{LastDay, Zone};

/// Where counting starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the word of the offer file")]
pub enum Origin {
    Purchase,
    Issue,
    Assignment,
    FirstSchedule,
    ExamSat,
    ResultRecorded,
    OfferStart,
    OfferEnd,
    ExamRetirement,
    Day(Date),
    Local(DateTime),
}

/// A deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deadline {
    /// No limit.
    None,
    /// An origin, and a period behind (`1`) or before (`-1`) it.
    Point(Origin, Option<(i64, Period)>),
    /// The first of these that is known.
    Earliest(Vec<Deadline>),
    /// The last of these, when all are known.
    Latest(Vec<Deadline>),
}

/// When an anchor was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Measured.
    At(Millis),
    /// Written down as a day.
    On(Date),
}

enum Landed {
    Day(Date),
    Local(DateTime),
    At(Millis),
}

/// What is known of the anchors.
pub type Anchors<'a> = &'a dyn Fn(Origin) -> Option<Moment>;

impl Deadline {
    /// As an offer file writes it.
    pub fn text(&self) -> String {
        let list = |parts: &[Deadline]| parts.iter().map(Deadline::text).collect::<Vec<_>>().join(", ");
        match self {
            Deadline::None => "none".to_owned(),
            Deadline::Point(origin, None) => origin.text(),
            Deadline::Point(origin, Some((1, period))) => format!("{} + {}", origin.text(), period.text()),
            Deadline::Point(origin, Some((_, period))) => format!("{} - {}", origin.text(), period.text()),
            Deadline::Earliest(parts) => format!("earliest({})", list(parts)),
            Deadline::Latest(parts) => format!("latest({})", list(parts)),
        }
    }

    /// Every origin that it names.
    pub fn origins(&self) -> Vec<Origin> {
        match self {
            Deadline::None => Vec::new(),
            Deadline::Point(origin, _) => vec![*origin],
            Deadline::Earliest(parts) | Deadline::Latest(parts) => {
                parts.iter().flat_map(Deadline::origins).collect()
            }
        }
    }

    /// The first instant at which the right is gone; nothing if it has no end that is known.
    pub fn ends_at(&self, anchors: Anchors<'_>, zone: Zone, last_day: LastDay) -> Option<Millis> {
        self.resolve(&|origin, offset| {
            let inside = last_day == LastDay::Inclusive;
            Some(match land(origin, offset, anchors, zone)? {
                Landed::Day(day) if inside => calendar::start_of(zone, calendar::tomorrow(day)),
                Landed::Day(day) => calendar::start_of(zone, day),
                // A second that the clocks skip can't be inside.
                Landed::Local(local) if inside && calendar::is_shown(zone, local) => {
                    calendar::wall_last(zone, local) + SECOND
                }
                Landed::Local(local) => calendar::wall(zone, local),
                Landed::At(at) => at,
            })
        })
    }

    /// The first instant at which the right is there; nothing if nothing has to be waited for.
    pub fn starts_at(&self, anchors: Anchors<'_>, zone: Zone) -> Option<Millis> {
        self.resolve(&|origin, offset| {
            Some(match land(origin, offset, anchors, zone)? {
                Landed::Day(day) => calendar::start_of(zone, day),
                Landed::Local(local) => calendar::wall(zone, local),
                Landed::At(at) => at,
            })
        })
    }

    fn resolve(&self, point: &dyn Fn(Origin, Option<(i64, Period)>) -> Option<Millis>) -> Option<Millis> {
        match self {
            Deadline::None => None,
            Deadline::Point(origin, offset) => point(*origin, *offset),
            Deadline::Earliest(parts) => parts.iter().filter_map(|part| part.resolve(point)).min(),
            Deadline::Latest(parts) => {
                let all: Option<Vec<Millis>> = parts.iter().map(|part| part.resolve(point)).collect();
                all?.into_iter().max()
            }
        }
    }
}

fn land(origin: Origin, offset: Option<(i64, Period)>, anchors: Anchors<'_>, zone: Zone) -> Option<Landed> {
    if let (Origin::Local(local), None) = (origin, offset) {
        return Some(Landed::Local(local));
    }
    let moment = match origin {
        Origin::Day(day) => Moment::On(day),
        Origin::Local(local) => Moment::At(calendar::wall(zone, local)),
        anchor => anchors(anchor)?,
    };
    Some(match (moment, offset) {
        (Moment::On(day), None) => Landed::Day(day),
        (Moment::At(at), None) => Landed::At(at),
        (moment, Some((sign, period))) => match period.exact() {
            Some(length) => Landed::At(
                sign * length
                    + match moment {
                        Moment::At(at) => at,
                        Moment::On(day) => calendar::start_of(zone, day),
                    },
            ),
            None => Landed::Day(period.from_day(
                match moment {
                    Moment::At(at) => calendar::day_of(zone, at),
                    Moment::On(day) => day,
                },
                sign,
            )),
        },
    })
}

impl Origin {
    fn text(self) -> String {
        match self {
            Origin::Purchase => "purchase".to_owned(),
            Origin::Issue => "issue".to_owned(),
            Origin::Assignment => "assignment".to_owned(),
            Origin::FirstSchedule => "first-schedule".to_owned(),
            Origin::ExamSat => "exam-sat".to_owned(),
            Origin::ResultRecorded => "result-recorded".to_owned(),
            Origin::OfferStart => "offer-start".to_owned(),
            Origin::OfferEnd => "offer-end".to_owned(),
            Origin::ExamRetirement => "exam-retirement".to_owned(),
            Origin::Day(day) => day.to_string(),
            Origin::Local(local) => local.to_string(),
        }
    }
}
