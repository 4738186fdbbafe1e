//! The ground of a deed: everything that a rule consults, as it was when the deed was done.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Gathered, Known, OnUnit};
use crate::{Right, Timestamp};

/// What was known when something was done that may be reported later: lives, catalogue, offer and agreement by what had happened or
/// was published until then.
///
/// A deed is judged by this value alone, so that no rule can read what is known today.
pub(super) struct Ground<'a> {
    then: Cow<'a, Known>,
}

impl Known {
    /// The ground of a deed that was done at that time; of one that is done now, all that is known. Nothing is copied if nothing
    /// came later.
    pub(super) fn as_of(&self, done_at: Option<Timestamp>) -> Ground<'_> {
        let Some(at) = done_at else { return Ground { then: Cow::Borrowed(self) } };
        let mut ground = self.published_until(at);
        if let Some(past) = self.entitlement.as_ref().and_then(|e| cut(e, |e| e.until_then(at))) {
            ground.then.to_mut().entitlement = Some(past);
        }
        if let Gathered::Found(own) = &self.candidate
            && let Some(past) = cut(own, |own| own.until_then(at))
        {
            ground.then.to_mut().candidate = Gathered::Found(past);
        }
        ground
    }

    /// The same life on the ground of what was published until `at`.
    pub(super) fn published_until(&self, at: Timestamp) -> Ground<'_> {
        let mut then = Cow::Borrowed(self);
        for (code, exam) in &self.exams {
            if let Some(past) = cut(exam, |exam| exam.until_then(at)) {
                then.to_mut().exams.insert(code.clone(), past);
            }
        }
        if let Some(past) = self.offer.as_ref().and_then(|offer| cut(offer, |offer| offer.until_then(at))) {
            then.to_mut().offer = Some(past);
        }
        if let Gathered::Found(agreement) = &self.agreement
            && let Some(past) = cut(agreement, |agreement| agreement.until_then(at))
        {
            then.to_mut().agreement = Gathered::Found(past);
        }
        if let Gathered::Found(test) = &self.practice_test
            && let Some(past) = cut(test, |test| test.until_then(at))
        {
            then.to_mut().practice_test = Gathered::Found(past);
        }
        if let Some(past) = cut(&self.zones, |zones| zones.until_then(at)) {
            then.to_mut().zones = past;
        }
        Ground { then }
    }
}

/// A state without what came later; none if nothing did.
fn cut<T: Clone>(state: &Arc<T>, until_then: impl FnOnce(&T) -> Cow<'_, T>) -> Option<Arc<T>> {
    match until_then(state) {
        Cow::Borrowed(_) => None,
        Cow::Owned(past) => Some(Arc::new(past)),
    }
}

impl Ground<'_> {
    /// A voucher on this ground.
    pub(super) fn on<'b>(&'b self, now: &OnUnit<'b>) -> OnUnit<'b> {
        let entitlement = self.then.entitlement.as_deref().unwrap_or(now.entitlement);
        let unit = entitlement.unit(now.unit.no).unwrap_or(now.unit);
        let issued = entitlement.issued.as_ref().unwrap_or(now.issued);
        let right = self.then.right(entitlement, issued, unit).unwrap_or(now.right);
        OnUnit {
            known: &self.then,
            entitlement,
            on_record: now.on_record,
            issued,
            unit,
            terms: right.terms,
            right,
            standing: right.standing(),
        }
    }

    /// The same life of a right, by what was published until then.
    pub(super) fn right_of<'b>(&'b self, now: Right<'b>) -> Right<'b> {
        let offer = self.then.offer.as_deref().unwrap_or(now.offer);
        Right { offer, agreement: self.then.agreement.as_deref(), ..now }
    }
}
