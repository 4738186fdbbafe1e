//! What the deadlines of a right hang on: moments of its life, and last days that may have moved.

use chrono::NaiveDate;

use super::Right;
use super::unit::By;
use crate::calendar_time::{Anchor, Moment};
use crate::terms::Extension;
use crate::{OrderMode, Timestamp};

/// The last days that deadlines may hang on, as they hold for one unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastDays {
    offer: Option<NaiveDate>,
    agreement: Option<NaiveDate>,
    /// What was known when they held so: an assignment that came later was not there to count from.
    known_at: Timestamp,
}

/// What a question supposes beyond what is on record.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Suppose {
    /// The voucher is bound now, where nobody holds it: that is its assignment.
    pub(crate) assigned_at: Option<Timestamp>,
    /// The first registration is made now.
    pub(crate) first_scheduled_at: Option<Timestamp>,
    /// The exam is or was sat then.
    pub(crate) sat_at: Option<Timestamp>,
    /// Its result is put on record then.
    pub(crate) result_at: Option<Timestamp>,
    /// The exam's last day.
    pub(crate) retires_on: Option<NaiveDate>,
}

impl Right<'_> {
    /// The last days of the offer and of the agreement as they hold for this unit.
    ///
    /// A move counts if the unit was bought or issued behind it, or was alive when it was made (and, for the offer's
    /// end, if the terms say that it moves live ones). It never revives what had ended, on record or not (ruling 12).
    pub(super) fn last_days(&self) -> LastDays {
        self.last_days_by(Timestamp::MAX)
    }

    /// As [`Right::last_days`], by the moves that were on record at `known_at`.
    pub(super) fn last_days_by(&self, known_at: Timestamp) -> LastDays {
        let agreement = self.agreement.and_then(|a| a.open.as_ref());
        let of_offer = self.offer.moves_of(self.terms.hash).iter().map(|moved| (moved, true));
        let of_agreement = agreement.map_or(&[][..], |a| &a.moves).iter().map(|moved| (moved, false));
        let mut moves: Vec<_> =
            of_offer.chain(of_agreement).filter(|(moved, _)| moved.at <= known_at).collect();
        moves.sort_by_key(|(moved, _)| moved.at);
        let mut days = LastDays {
            offer: self.terms.last_day(),
            agreement: agreement.map(|a| a.first_last_day),
            known_at,
        };
        for (moved, is_offer) in moves {
            let bought_behind = moved.at <= self.issued.purchased_at;
            let moves_live = !is_offer || self.terms.rulings.extension == Extension::MovesLive;
            let live = || moved.at <= self.issued.issued_at || self.was_alive(moved.at, days);
            if bought_behind || (moves_live && live()) {
                *(if is_offer { &mut days.offer } else { &mut days.agreement }) = Some(moved.last_day);
            }
        }
        days
    }

    /// Whether the right had not ended at `at`, by what had happened to the unit by then and by these last days.
    pub(super) fn was_alive(&self, at: Timestamp, days: LastDays) -> bool {
        let unit = &self.unit.as_of(By::Happened(at));
        let days = LastDays { known_at: days.known_at.min(at), ..days };
        Right { unit, ..*self }.end_of_more(days).is_none_or(|end| at < end.at)
    }

    pub(super) fn anchor(&self, anchor: Anchor, suppose: Suppose, days: LastDays) -> Option<Moment> {
        let agreement = self.agreement.and_then(|a| a.open.as_ref());
        let ended = self.last_used();
        match anchor {
            Anchor::Purchase => Some(Moment::Instant(self.issued.purchased_at)),
            Anchor::Issue => Some(Moment::Instant(self.issued.issued_at)),
            Anchor::Assignment => {
                let held_since = self.entitlement.holder_of(self.unit).assigned_at();
                held_since
                    .filter(|held_since| *held_since <= days.known_at)
                    .or(suppose.assigned_at)
                    .map(Moment::Instant)
            }
            Anchor::Activation => self.unit.activation.as_ref().map(|active| Moment::Instant(active.since)),
            Anchor::FirstSchedule => {
                self.unit.first_scheduled_at().or(suppose.first_scheduled_at).map(Moment::Instant)
            }
            Anchor::ExamSat => suppose.sat_at.or(ended.map(|a| a.sit_at)).map(Moment::Instant),
            Anchor::ResultRecorded if suppose.sat_at.is_some() => suppose.result_at.map(Moment::Instant),
            Anchor::ResultRecorded => ended.map(|a| Moment::Instant(self.result_at(a))),
            Anchor::OfferStart => self.terms.runs_from.value().copied().map(Moment::Day),
            Anchor::OfferEnd => days.offer.map(Moment::Day),
            Anchor::AgreementStart => agreement.map(|a| Moment::Day(a.first_day)),
            Anchor::AgreementEnd => days.agreement.map(Moment::Day),
            Anchor::FirstOrderEnd => self.issued.first_order_last_day.map(Moment::Day),
            Anchor::OrderEnd => match self.issued.mode? {
                OrderMode::Subscription => self.issued.term_last_day.map(Moment::Day),
                OrderMode::Prorated => days.agreement.map(Moment::Day),
            },
            Anchor::OrderDate => self.issued.valid_until.map(Moment::Day),
            Anchor::ExamRetirement => {
                // Of the exam that is or was registered; one whose attempt was given back is nobody's any more.
                let registered = self.unit.open().or(ended);
                suppose.retires_on.or(registered.and_then(|a| a.retires_on)).map(Moment::Day)
            }
        }
    }
}
