//! One entitlement before a publication and after it.

use crate::{Attempt, Known, Right, Stage, Timestamp, UnitNo};

/// A live right, before a publication and after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The unit.
    pub unit: UnitNo,
    /// Its end before the publication; none if nothing ended it by itself.
    pub before: Option<Timestamp>,
    /// Its end after it; none if nothing ends it by itself, or if the end cannot be computed yet.
    pub after: Option<Timestamp>,
    /// Whether the new end has come when the publication is made.
    pub ends_at_once: bool,
    /// The sitting of its open registration, if that was permitted before and is not any more.
    pub broken: Option<Timestamp>,
}

impl Change {
    /// Whether the end moved.
    pub fn is_moved(&self) -> bool {
        self.before != self.after
    }
}

impl Known {
    /// Every right of the entitlement that is live at `at`, with what it comes to by what is known `after` a publication.
    ///
    /// What is used, revoked or ended is not live. A right whose end could not be computed before is not compared.
    pub fn compared_with(&self, after: &Known, at: Timestamp) -> Vec<Change> {
        let rights_after: Vec<_> = after.every_right().collect();
        let rights = self.rights().filter(|right| is_live(right, at));
        let change = |right: Right<'_>| {
            let unit = right.unit.no;
            let found = rights_after.binary_search_by_key(&unit, |after| after.unit.no).ok();
            let next = found.map(|index| rights_after[index]);
            let end = next.filter(Right::has_its_calendar).and_then(|next| next.end());
            let permitted = |known: &Known, right: &Right<'_>, open| known.permits(right, open);
            let open = right.unit.open().filter(|open| permitted(self, &right, open));
            let broken = open.filter(|open| !next.is_some_and(|next| permitted(after, &next, open)));
            Change {
                unit,
                before: right.end().map(|end| end.at),
                after: end.map(|end| end.at),
                ends_at_once: end.is_some_and(|end| end.at <= at),
                broken: broken.map(|open| open.planned_at),
            }
        };
        rights.map(change).collect()
    }

    /// Whether an open registration may be there: by the attempts before it, by its deadline, and as long as its exam is given.
    /// Eligibility was judged when it was made, and stays so (ruling 9).
    fn permits(&self, right: &Right<'_>, open: &Attempt) -> bool {
        let day = right.zone().civil_date(open.planned_at);
        let is_given = !self.exams.contains_key(&open.exam) || self.exam_given_on(&open.exam, day);
        let is_in_time = right.sit_by(open).is_none_or(|end| open.planned_at < end.at);
        is_given && is_in_time && right.permits_open()
    }
}

fn is_live(right: &Right<'_>, at: Timestamp) -> bool {
    !matches!(right.standing().stage, Stage::Used | Stage::Revoked(_)) && right.ended(at).is_none()
}
