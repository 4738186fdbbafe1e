//! Whom a voucher serves: assignments, codes, and what is taken back.

use super::ask::{Answer, Ask, Voucher};
use super::book::Book;
use super::day::Millis;
use super::judge::No;
use super::standing::EVER;
use super::terms::BoundAt;

impl Book {
    /// What an assignment is answered.
    pub(crate) fn assign(&self, voucher: Voucher, candidate: &str, now: Millis) -> Answer {
        let mut no = No::default();
        self.asks_for_life(voucher, now, &mut no);
        match self.serves(voucher) {
            Some(holder) if holder == candidate => {
                let revoked = self.revoked(voucher.order, EVER).is_some();
                return if !revoked && no.answer() == Answer::Yes { Answer::Again } else { Answer::Either };
            }
            Some(_) => no.when(true, &["holder-free"]),
            None => {}
        }
        no.answer()
    }

    /// What is answered to who takes an assignment back.
    pub(crate) fn unassign(&self, voucher: Voucher, now: Millis) -> Answer {
        let mut no = No::default();
        self.asks_for_life(voucher, now, &mut no);
        if self.serves(voucher).is_none() {
            return if let Answer::Yes = no.answer() { Answer::Again } else { Answer::Either };
        }
        no.when(self.is_bound(voucher) || !self.offer(voucher.order).unassign, &["holder-free"]);
        no.answer()
    }

    /// What is used, taken back or over has no use for a holder.
    fn asks_for_life(&self, voucher: Voucher, now: Millis, no: &mut No) {
        let standing = self.shown(voucher);
        no.when(standing.stage == "revoked", &["not-revoked"]);
        no.when(
            standing.stage == "used",
            &["not-revoked", "attempts-left", "holder-free", "right-kind", "retake-needs-fail"],
        );
        let ended = standing.end.is_some_and(|end| end <= now);
        no.when(
            ended,
            &[
                "register-by",
                "sit-by",
                "retake-register-by",
                "retake-sit-by",
                "activate-by",
                "use-within",
                "not-revoked",
            ],
        );
    }

    /// What is answered to who wants a new code: what has nothing left gets none.
    pub(crate) fn replace(&self, voucher: Voucher, now: Millis) -> Answer {
        let standing = self.shown(voucher);
        let over = standing.stage == "used" || standing.end.is_some_and(|end| end <= now);
        let mut no = No::default();
        no.when(standing.stage == "revoked", &["not-revoked"]);
        no.when(over, &["reissue-allowed", "not-revoked"]);
        no.answer()
    }

    /// Whether a voucher's holder is bound.
    pub(crate) fn is_bound(&self, voucher: Voucher) -> bool {
        let offer = self.offer(voucher.order);
        let here = |of: Voucher| of == voucher || (offer.per_pack && of.order == voucher.order);
        let binds = |(_, ask): &(Millis, Ask)| match *ask {
            Ask::Issue { order, holder, .. } => {
                order == voucher.order && holder.is_some() && offer.bound_at != BoundAt::Scheduling
            }
            Ask::Assign { voucher: of, .. } => here(of) && offer.bound_at == BoundAt::Assignment,
            Ask::Schedule { voucher: of, .. } | Ask::Activate { voucher: of, .. } => here(of),
            _ => false,
        };
        self.facts.iter().any(binds)
    }

    /// What is answered to who takes an order back.
    pub(crate) fn revoke(&self, order: usize, refund: bool, now: Millis) -> Answer {
        let before = |(_, ask): &(Millis, Ask)| match *ask {
            Ask::Revoke { order: one, refund } if one == order => Some(refund),
            _ => None,
        };
        if let Some(reason) = self.facts.iter().find_map(before) {
            return if reason == refund { Answer::Again } else { Answer::Either };
        }
        let due = &self.offer(order).refund_until;
        let end = self.due(Voucher { order, unit: 1 }, due, None, EVER);
        let never = *due == super::terms::Due::Never;
        let mut no = No::default();
        no.when(refund && (never || end.is_some_and(|end| end <= now)), &["refundable"]);
        no.answer()
    }
}
