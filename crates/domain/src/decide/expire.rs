//! Ends put on record, and notices of ends to come. They change no answer: a right ends when its deadline passes, whether
//! or not this ran.

use super::{Decision, Known, OnUnit};
use crate::event::{EndsSoon, Expired};
use crate::{End, Judge, Law, Refusal, Right, Rule, Timestamp};

impl Known {
    pub(super) fn expire(&self, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        let on = self.on_unit(None, judge)?;
        let next = on.next_due();
        judge.rule(&Law::LEDGER, Rule::Due, next.is_some_and(|next| next <= at), |d| {
            d.fact_or("next-due", next, "nothing ends by itself")
                .fact("at", at)
                .remedy("ask again when it is due")
        })?;
        let mut decision = Decision::default();
        for (right, end) in on.open_ends().filter(|(_, end)| end.at <= at) {
            let expired = Expired {
                unit: right.unit.no,
                ended_at: end.at,
                rule: end.rule,
                clause: right.clause_of(end),
            };
            on.put(&mut decision, end.at, expired);
        }
        for (right, end) in on.open_ends().filter(|(_, end)| at < end.at) {
            // After an outage several may be due. The one that is nearest to the end stands for all.
            let due = right.notices(end).filter(|notice| notice.at <= at).max_by_key(|notice| notice.at);
            if let Some(notice) = due {
                let ends_soon = EndsSoon {
                    unit: right.unit.no,
                    ends_at: end.at,
                    notice_at: notice.at,
                    before: notice.before,
                    rule: end.rule,
                    clause: right.clause_of(end),
                };
                on.put(&mut decision, notice.at, ends_soon);
            }
        }
        for (clock, due_at) in on.running().filter(|(_, due_at)| *due_at <= at) {
            on.overdue(clock, due_at, &mut decision);
        }
        Ok(decision)
    }

    /// When the next thing of this entitlement falls due, as far as is known now; an agenda's entry.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.on_unit(None, &mut Judge::brief()).ok()?.next_due()
    }
}

impl OnUnit<'_> {
    fn next_due(&self) -> Option<Timestamp> {
        // A notice comes before its end, so that the first of either is what is due next.
        let ends = self.open_ends().map(|(right, end)| {
            right.notices(end).map(|notice| notice.at).min().map_or(end.at, |notice_at| notice_at.min(end.at))
        });
        ends.chain(self.running().map(|(_, due_at)| due_at)).min()
    }

    /// Ends of units that are not on record. Goodwill may have moved an end since one was.
    fn open_ends(&self) -> impl Iterator<Item = (Right<'_>, End)> {
        let ends = self.known.rights().filter_map(|right| Some((right, right.end()?)));
        ends.filter(|(right, end)| right.unit.expired_at.is_none_or(|known| known < end.at))
    }
}
