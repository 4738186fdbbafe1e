//! A proof that two agendas are equal, in bounded steps.

use std::cmp::Ordering;
use std::collections::{BTreeSet, VecDeque};

use resit_domain::{EntitlementId, Timestamp};
use tokio::task::yield_now;

use crate::scheduler::Due;
use crate::{Agenda, ExpiryScheduler, SchedulerError};

/// How many rows of each agenda are held at a time.
const PAGE: usize = 8_192;

impl ExpiryScheduler {
    /// The entitlements that fall due at another time in another agenda, at most `limit` of them. Neither agenda is brought up
    /// to the log here.
    pub async fn differences(
        &self,
        other: &Self,
        limit: usize,
    ) -> Result<BTreeSet<EntitlementId>, SchedulerError> {
        let mut differing = BTreeSet::new();
        let (mut mine, mut theirs) = (Pages::of(&self.agenda)?, Pages::of(&other.agenda)?);
        while differing.len() < limit {
            if mine.turn()? | theirs.turn()? {
                yield_now().await;
            }
            let (left, right) = (mine.rows.front(), theirs.rows.front());
            let order = match (left, right) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(left), Some(right)) => left.cmp(right),
            };
            let from_mine = if order.is_le() { mine.rows.pop_front() } else { None };
            let from_theirs = if order.is_ge() { theirs.rows.pop_front() } else { None };
            if order.is_ne() {
                differing.extend(from_mine.or(from_theirs).map(|(_, id)| id));
            }
        }
        Ok(differing)
    }
}

/// All rows of an agenda by time, page by page.
struct Pages<'a> {
    agenda: &'a Agenda,
    rows: VecDeque<Due>,
    /// The last row of the page; none at the end.
    last: Option<Due>,
}

impl<'a> Pages<'a> {
    fn of(agenda: &'a Agenda) -> Result<Self, SchedulerError> {
        let rows: VecDeque<_> = agenda.due(Timestamp::MAX, PAGE)?.into();
        let last = rows.back().copied();
        Ok(Self { agenda, rows, last })
    }

    /// Turns to the next page if this one is used up, and returns whether it was.
    fn turn(&mut self) -> Result<bool, SchedulerError> {
        let Some(last) = self.last.filter(|_| self.rows.is_empty()) else { return Ok(false) };
        self.rows = self.agenda.due_behind(last, Timestamp::MAX, PAGE)?.into();
        self.last = self.rows.back().copied();
        Ok(true)
    }
}
