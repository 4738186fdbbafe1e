//! Announcements: facts that say what the other facts of a command changed in the standing. No rule depends on them.

use super::{Decision, OnUnit};
use crate::entitlement::Withheld;
use crate::event::{RetakeGranted, RetakeWithdrawn};
use crate::terms::SameExam;
use crate::{End, Entitlement, RetakeVerdict, Right, Rule, Standing, Stream, Timestamp};

/// What a command's facts change in the standing.
struct Change {
    granted: Option<RetakeGranted>,
    withdrawn: bool,
    withheld: Option<Withheld>,
    /// The end of the right, if that has come although an attempt is left.
    ended: Option<End>,
    /// Whether there is one more attempt, alive or not.
    earned: bool,
}

/// The last attempt that the right gives, if it has not ended by then.
fn reaches_at(right: &Right<'_>, standing: &Standing<'_>, at: Timestamp) -> u16 {
    let over = standing.awaits_registration() && right.ended(at).is_some();
    if over { standing.used } else { standing.reaches() }
}

impl OnUnit<'_> {
    /// Looks at the right as it will be when these facts are on record. The other vouchers of its pack are left out.
    pub(super) fn after<T>(
        &self,
        decision: &Decision,
        at: Timestamp,
        look: impl FnOnce(&Right<'_>, &Standing<'_>) -> T,
    ) -> T {
        let own = decision.events.iter().filter(|placed| matches!(placed.stream, Stream::Entitlement(_)));
        let before = self.entitlement.with_only(self.unit);
        let after: Entitlement =
            own.fold(before, |e, placed| e.evolve(&placed.event, placed.happened_at, at));
        let unit = after.unit(self.unit.no).unwrap_or(self.unit);
        let right = Right { unit, entitlement: &after, ..self.right };
        look(&right, &right.standing())
    }

    /// Announces the retake that these facts open or take away, and warns of what they do not bring.
    pub(super) fn announce(&self, at: Timestamp, decision: &mut Decision) {
        let (before, alive_before) = (self.standing.reaches(), reaches_at(&self.right, &self.standing, at));
        let change = self.after(decision, at, |right, standing| {
            let alive = reaches_at(right, standing, at);
            Change {
                granted: (alive > alive_before && alive > 1).then(|| self.granted(right, standing)).flatten(),
                withdrawn: standing.reaches() < before && before > 1,
                withheld: standing.withheld.filter(|_| standing.withheld != self.standing.withheld),
                ended: standing.awaits_registration().then(|| right.ended(at)).flatten(),
                earned: standing.reaches() > before,
            }
        });
        if change.withdrawn {
            self.put(decision, at, RetakeWithdrawn { unit: self.unit.no });
        }
        if let Some(granted) = change.granted {
            self.warn_of_retirement(&granted, at, decision);
            self.put(decision, at, granted);
        }
        if let Some(withheld) = change.withheld {
            self.warn_of_withheld(withheld, decision);
        }
        if let Some(end) = change.ended {
            let text = if change.earned {
                format!(
                    "no retake: it ended at {}; a registration that was made before that can still be reported",
                    end.at
                )
            } else {
                format!("the right ended at {} all the same; only a longer term can bring it back", end.at)
            };
            decision.warn(self.right.clause_of(end), text);
        }
    }

    /// What a fail that is on record by these facts earned. A retake that has ended by now is no retake.
    pub(super) fn verdict(&self, decision: &Decision, at: Timestamp) -> RetakeVerdict {
        self.after(decision, at, |right, standing| match (right.verdict(standing), right.ended(at)) {
            (RetakeVerdict::Granted, Some(end)) => {
                RetakeVerdict::NoTime { ended_at: end.at, clause: right.clause_of(end) }
            }
            (verdict, _) => verdict,
        })
    }

    fn granted(&self, right: &Right<'_>, standing: &Standing<'_>) -> Option<RetakeGranted> {
        let (last, _) = standing.last?;
        let attempt = standing.next_number();
        Some(RetakeGranted {
            unit: self.unit.no,
            attempt,
            exam: last.exam.clone(),
            wait_until: right.wait_until(attempt, last.over_at()).map(|(until, _)| until),
            ends_at: right.end().map(|end| end.at),
        })
    }

    /// Warns of a retake that can't be used, because no exam that it is good for is given when it may be sat.
    fn warn_of_retirement(&self, granted: &RetakeGranted, at: Timestamp, decision: &mut Decision) {
        let first_day = self.right.zone().civil_date(granted.wait_until.map_or(at, |until| until.max(at)));
        let exam = &granted.exam;
        let given = match self.terms.rulings.same_exam {
            SameExam::Exact => self.known.exam_given_on(exam, first_day),
            SameExam::OrSuccessor => self.known.given_on(exam, first_day).is_some(),
            SameExam::AnyEligible => true,
        };
        // What the catalogue was not asked for is not judged.
        if !given && self.known.exam(exam).is_some() {
            let text = format!(
                "the retake can't be used: {exam} is not given from {first_day} on, nor is a successor"
            );
            decision.warn(self.law().clause(Rule::ExamOffered), text);
        }
    }

    fn warn_of_withheld(&self, withheld: Withheld, decision: &mut Decision) {
        let law = self.law();
        match withheld {
            Withheld::NoTime(end) => decision.warn(
                self.right.clause_of(end),
                format!("no retake: it would have had to end before {}", end.at),
            ),
            Withheld::NotPaid => {
                decision.warn(law.clause(Rule::RetakeOnlyIfPaid), "no retake: only a paid exam earns one");
            }
            Withheld::Revoked => {
                decision.warn(law.clause(Rule::NotRevoked), "no retake: what was unused was taken back");
            }
            Withheld::NoneLeft => {}
        }
    }
}
