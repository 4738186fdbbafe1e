//! The door: a command comes in, the books say yes or no.

use std::collections::BTreeMap;

use super::asks::{Answer, Ask, By, Gift, Voucher};
use super::calendar::Millis;
use super::facts::{Model, Pack};
use super::terms::{Policy, Terms};
use super::words::Office;

impl Model {
    /// Empty books under these terms, whose first version counts by an office since then.
    pub fn new(terms: Terms, policy: Option<Policy>, first: (Millis, Option<Office>)) -> Self {
        let offer_end = terms.runs_to;
        let (exams, packs) = (BTreeMap::new(), BTreeMap::new());
        let (extensions, versions, told) = (Vec::new(), vec![first], Vec::new());
        Self { terms, policy, offer_end, extensions, exams, versions, packs, told }
    }

    /// Takes a command at `at`.
    pub fn answer(&mut self, ask: &Ask, at: Millis) -> Answer {
        let answer = self.decide(ask, at);
        self.refresh();
        self.note_ends(at);
        answer
    }

    fn decide(&mut self, ask: &Ask, at: Millis) -> Answer {
        if let Some(rule) = ask.voucher().and_then(|voucher| self.known(voucher, ask)) {
            return Answer::No(rule);
        }
        match *ask {
            Ask::ExtendOffer { last_day } => self.extend_offer(last_day, at),
            Ask::Publish { office } => self.publish(office, at),
            Ask::DefineExam { exam, ref facts } => {
                if self.exams.get(exam) == Some(facts) {
                    return Answer::No("new-version");
                }
                if facts.successor.is_some_and(|next| next == exam || self.succeeds(exam, next)) {
                    return Answer::No("successor-ahead");
                }
                self.exams.insert(exam, facts.clone());
                Answer::Yes
            }
            Ask::Issue { order, purchased_at, paid, holder } => {
                let (units, ordered_for) = (Vec::new(), holder);
                let pack = Pack { purchased_at, issued_at: at, paid, ordered_for, holder: None, units };
                self.issue(order, pack)
            }
            Ask::Assign { voucher, candidate } => self.assign(voucher, candidate, at),
            Ask::Unassign { voucher } => self.unassign(voucher, at),
            Ask::Schedule { voucher, candidate, exam, sit_at, booked_at } => {
                let booking =
                    super::schedule::Booking { candidate, exam, sit_at, booked_at: booked_at.unwrap_or(at) };
                self.schedule(voucher, booking)
            }
            Ask::Reschedule { voucher, sit_at } => self.reschedule(voucher, sit_at, at),
            Ask::Cancel { voucher, by_provider } => self.cancel(voucher, by_provider, at),
            Ask::RecordResult { voucher, outcome, sat_at } => self.record(voucher, outcome, sat_at, at),
            Ask::CorrectResult { voucher, attempt, outcome } => self.correct(voucher, attempt, outcome, at),
            Ask::Activate { voucher, candidate } => self.activate(voucher, candidate, at),
            Ask::ReplaceCode { voucher } => self.replace_code(voucher, at),
            Ask::Revoke { order, refund } => self.revoke(order, refund, at),
            Ask::Extend { voucher, gift, known_reason, approved } => {
                self.goodwill(voucher, gift, (known_reason, approved), at)
            }
            Ask::Expire { order } => self.expire(order, at),
        }
    }

    fn known(&self, voucher: Voucher, ask: &Ask) -> Option<&'static str> {
        let pack = self.packs.get(&voucher.order);
        let unit = pack.and_then(|pack| pack.units.get(usize::from(voucher.unit) - 1));
        match unit {
            None => Some("known-voucher"),
            Some(unit) => match voucher.by {
                By::FirstCode if unit.codes > 1 => {
                    let holder = self.holder(voucher.order, voucher.unit);
                    let served = match *ask {
                        Ask::Assign { candidate, .. }
                        | Ask::Schedule { candidate, .. }
                        | Ask::Activate { candidate, .. } => Some(candidate),
                        _ => None,
                    };
                    let holds = holder.is_some_and(|holder| served == Some(holder.candidate));
                    Some(if holds { "code-current" } else { "known-voucher" })
                }
                _ => None,
            },
        }
    }
}

impl Ask {
    /// The voucher that is meant.
    pub fn voucher(&self) -> Option<Voucher> {
        match *self {
            Ask::Assign { voucher, .. }
            | Ask::Unassign { voucher }
            | Ask::Schedule { voucher, .. }
            | Ask::Reschedule { voucher, .. }
            | Ask::Cancel { voucher, .. }
            | Ask::RecordResult { voucher, .. }
            | Ask::CorrectResult { voucher, .. }
            | Ask::Activate { voucher, .. }
            | Ask::ReplaceCode { voucher }
            | Ask::Extend { voucher, .. } => Some(voucher),
            _ => None,
        }
    }
}

impl Gift {
    /// The rule that it waives.
    pub fn waives(self) -> Option<&'static str> {
        match self {
            Gift::Waiver(rule) => Some(rule),
            _ => None,
        }
    }
}
