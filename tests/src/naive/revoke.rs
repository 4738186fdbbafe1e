//! Orders, when they are taken back.

use super::asks::Answer;
use super::calendar::Millis;
use super::ends::Seen;
use super::facts::{Chance, End, Model};

/// What can be taken back of a voucher.
#[derive(Debug, Clone, Copy)]
enum Left {
    /// All of it.
    All,
    /// What it may still give: it was used in part.
    Rest,
}

impl Model {
    pub(super) fn revoke(&mut self, order: usize, refund: bool, at: Millis) -> Answer {
        if !self.packs.contains_key(&order) {
            return Answer::No("known-voucher");
        }
        let all = self.all_units();
        let left: Vec<(u16, Left)> = all
            .into_iter()
            .filter(|&(of, _)| of == order)
            .filter_map(|(_, no)| Some((no, self.left(order, no, at)?)))
            .collect();
        if left.is_empty() {
            return Answer::Again;
        }
        if refund && !self.refundable(order, at) {
            return Answer::No("refundable");
        }
        for (no, left) in left {
            let unit = self.unit_mut(order, no);
            let ahead = unit.tries.last_mut().filter(|one| one.end == End::Open && at < one.sit_at);
            let stopped = ahead.is_some();
            if let Some(ahead) = ahead {
                ahead.end = End::Cancelled { late: false, given_back: true };
            }
            match left {
                Left::All => unit.revoked = true,
                Left::Rest => unit.rest_revoked = true,
            }
            if matches!(unit.chance, Chance::Retake(_)) && (stopped || unit.open().is_none()) {
                unit.chance = Chance::Spent("not-revoked");
            }
        }
        Answer::Yes
    }

    fn refundable(&self, order: usize, at: Millis) -> bool {
        self.terms.rulings.refund_until.as_ref().is_some_and(|until| {
            self.ends_by_terms_at(order, 1, until, Seen::default()).is_none_or(|until| at < until)
        })
    }

    /// What of a voucher nobody used: a sitting that has begun is used, and what has ended is nothing any more.
    fn left(&self, order: usize, no: u16, at: Millis) -> Option<Left> {
        let unit = self.unit(order, no);
        if unit.revoked || unit.rest_revoked || unit.active.is_some() || self.ended(order, no, at) {
            return None;
        }
        let used = unit.tries.iter().any(|one| match one.end {
            End::Open => one.sit_at <= at,
            End::Cancelled { given_back, .. } | End::Sat { given_back, .. } => !given_back,
        });
        Some(if used { Left::Rest } else { Left::All })
    }
}
