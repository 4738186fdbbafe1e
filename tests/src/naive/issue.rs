//! Orders, when they come in.

use super::asks::Answer;
use super::calendar::{self, Millis};
use super::checks::Checks;
use super::facts::{Holder, Model, Pack, Unit};
use super::words::{BoundAt, Extension, LastDay, Scope};

impl Model {
    pub(super) fn issue(&mut self, order: usize, pack: Pack) -> Answer {
        if let Some(known) = self.packs.get(&order) {
            let said = |pack: &Pack| (pack.purchased_at, pack.paid, pack.ordered_for);
            let same = said(known) == said(&pack);
            return if same { Answer::Again } else { Answer::No("order-unchanged") };
        }
        let mut checks = Checks::default();
        let zone = self.terms.zone;
        let from = self.terms.runs_from.map(|day| calendar::start_of(zone, day));
        checks.ask("on-sale-from", from.is_none_or(|from| from <= pack.purchased_at));
        checks.ask("on-sale-until", self.sold_until().is_none_or(|until| pack.purchased_at < until));
        let named = pack.ordered_for.is_some();
        checks.ask("holder-named", self.terms.bound_at != BoundAt::Purchase || named);
        if let Some(rule) = checks.refusal(&[]) {
            return Answer::No(rule);
        }
        let bound = self.terms.bound_at != BoundAt::Scheduling;
        let holder =
            pack.ordered_for.map(|candidate| Holder { candidate, bound, since: Some(pack.issued_at) });
        let mut pack = pack;
        pack.holder = holder.filter(|_| self.terms.per == Scope::Pack);
        let own = holder.filter(|_| self.terms.per != Scope::Pack);
        let exams = (0..self.terms.vouchers).map(|_| false);
        let kinds: Vec<bool> = exams.chain(self.terms.practice_test.iter().map(|_| true)).collect();
        let bought_with = match self.terms.rulings.extension {
            Extension::MovesLive => self.offer_end,
            Extension::LeavesLive => {
                let known = self.extensions.iter().rfind(|&&(at, _)| at <= pack.purchased_at);
                known.map_or(self.terms.runs_to, |&(_, last_day)| Some(last_day))
            }
        };
        let bought_at = pack.purchased_at;
        let bought_under = self.versions.iter().rfind(|&&(since, _)| since <= bought_at);
        let (_, office) = *bought_under.unwrap_or(&self.versions[0]);
        for practice in kinds {
            pack.units.push(Unit { holder: own, ..Unit::new(practice, bought_with, office) });
        }
        self.packs.insert(order, pack);
        Answer::Yes
    }

    fn sold_until(&self) -> Option<Millis> {
        let day = self.offer_end?;
        Some(match self.terms.rulings.last_day {
            LastDay::Inclusive => calendar::start_of(self.terms.zone, calendar::tomorrow(day)),
            LastDay::Exclusive => calendar::start_of(self.terms.zone, day),
        })
    }
}
