//! Practice tests and lost codes.

use super::asks::{Answer, Voucher};
use super::calendar::Millis;
use super::checks::Checks;
use super::deadline::{Deadline, Moment, Origin};
use super::facts::Model;
use super::words::{BoundAt, Reissue};

impl Model {
    pub(super) fn activate(&mut self, voucher: Voucher, candidate: u8, at: Millis) -> Answer {
        let (order, no) = (voucher.order, voucher.unit);
        let unit = self.unit(order, no).clone();
        let Some(test) = self.terms.practice_test.clone().filter(|_| unit.practice) else {
            return Answer::No("right-kind");
        };
        if unit.is_revoked() {
            return Answer::No("not-revoked");
        }
        if unit.active.is_some() {
            let same = self.serves(voucher, candidate);
            return if same { Answer::Again } else { Answer::No("activated-once") };
        }
        let mut checks = Checks::default();
        let assigned = self.holder(order, no).is_some();
        checks.ask("assigned-first", self.terms.bound_at != BoundAt::Assignment || assigned);
        checks.ask("holder-matches", self.serves(voucher, candidate));
        let in_time = self.activate_by(order, no).is_none_or(|by| at < by);
        checks.ask("activate-by", in_time);
        if let Some(rule) = checks.refusal(&unit.waived) {
            return Answer::No(rule);
        }
        let runs = Deadline::Point(Origin::Issue, Some((1, test.lasts)));
        let from = |_| Some(Moment::At(at));
        let ends_at = runs
            .ends_at(&from, self.terms.zone, self.terms.rulings.last_day)
            .expect("it is counted from now");
        self.bind(voucher, candidate, at);
        self.unit_mut(order, no).active = Some((at, ends_at));
        Answer::Yes
    }

    pub(super) fn replace_code(&mut self, voucher: Voucher, at: Millis) -> Answer {
        let (order, no) = (voucher.order, voucher.unit);
        let unit = self.unit(order, no);
        if unit.is_revoked() {
            return Answer::No("not-revoked");
        }
        let used = unit.chance.is_spent() && unit.open().is_none();
        let alive = !used && !self.ended(order, no, at);
        if !alive || self.terms.rulings.reissue == Reissue::Never {
            return Answer::No("reissue-allowed");
        }
        self.unit_mut(order, no).codes += 1;
        Answer::Yes
    }
}
