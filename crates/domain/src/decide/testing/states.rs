//! States in memory, and what a command is judged by, gathered as a handler would.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::code;
use crate::calendar_time::{BusinessCalendar, CalendarVersions, SHIPPED, Zones};
use crate::decide::{Decision, Gathered, Known};
use crate::terms::{Limit, OfferFile};
use crate::{
    Actor, CalendarId, Command, Entitlement, EntitlementId, Expire, Judge, LedgerZones, Policy,
    PolicyVersions, State, Stream, Timestamp, VoucherRef,
};

#[derive(Debug, Clone, Default)]
pub(in crate::decide) struct States(BTreeMap<Stream, State>, Option<Actor>);

impl States {
    /// Who gives commands from now on; `operator` otherwise.
    pub(in crate::decide) fn ask_as(&mut self, actor: Actor) {
        self.1 = Some(actor);
    }

    pub(in crate::decide) fn get(&self, stream: &Stream) -> State {
        self.0.get(stream).cloned().unwrap_or_else(|| State::new(stream))
    }

    pub(in crate::decide) fn take_in(&mut self, decision: &Decision, at: Timestamp) {
        for placed in &decision.events {
            let state = self.get(&placed.stream).evolve(&placed.event, placed.happened_at, at);
            self.0.insert(placed.stream.clone(), state);
        }
    }

    pub(in crate::decide) fn entitlement(&self, id: EntitlementId) -> Option<Arc<Entitlement>> {
        match self.get(&Stream::Entitlement(id)) {
            State::Entitlement(entitlement) => Some(entitlement).filter(|e| e.issued.is_some()),
            _ => None,
        }
    }

    /// All that a command is judged by, as a handler would gather it.
    pub(in crate::decide) fn known(&self, command: &Command) -> Known {
        let mut known = Known {
            actor: Some(self.1.clone().unwrap_or_else(|| super::id("operator"))),
            zones: self.zones(),
            shipped_zones: Some(SHIPPED),
            ..Known::default()
        };
        for (stream, state) in &self.0 {
            if let (Stream::Exam(code), State::Exam(exam)) = (stream, state) {
                known.exams.insert(code.clone(), exam.clone());
            }
        }
        let mut offer = None;
        let mut agreement = None;
        match command {
            Command::PublishOffer(c) => {
                let file = OfferFile::parse(&c.source).ok();
                known.policy = match file.as_ref().map(|file| &file.terms.programme) {
                    Some(Limit::Some(programme)) => self.policy(programme),
                    _ => Gathered::Nothing,
                };
                offer = file.map(|f| f.terms.offer);
            }
            Command::PublishPolicy(c) => {
                if let Ok(policy) = Policy::parse(&c.source) {
                    known.policy = self.policy(&policy.programme);
                }
            }
            Command::ExtendOffer(c) => offer = Some(c.offer.clone()),
            Command::WithdrawOffer(c) => offer = Some(c.offer.clone()),
            Command::MigrateProvider(c) => offer = Some(c.offer.clone()),
            Command::OpenAgreement(c) => agreement = Some(c.agreement.clone()),
            Command::AmendAgreement(c) => agreement = Some(c.agreement.clone()),
            Command::Issue(c) => {
                offer = Some(c.offer.clone());
                agreement.clone_from(&c.agreement);
                known.pieces = c.pieces().map(|n| EntitlementId::of_order(&c.order, n)).collect();
                known.entitlement = self.entitlement(EntitlementId::of_order(&c.order, 1));
                let issued = |id: &EntitlementId| self.entitlement(*id).is_some();
                known.issued = known.pieces.iter().copied().filter(issued).collect();
                if let Some(State::Candidate(own)) =
                    c.holder.clone().map(|id| self.get(&Stream::Candidate(id)))
                {
                    known.candidate = Gathered::Found(own);
                }
            }
            Command::PublishCalendar(c) => {
                let named = BusinessCalendar::parse(&c.source).ok();
                known.calendars = self.calendars(named.iter().map(BusinessCalendar::id));
            }
            Command::DefinePracticeTest(c) => known.practice_test = self.practice_test(&c.test).into(),
            _ => self.find(command, &mut known),
        }
        if let Some(issued) = known.entitlement.as_ref().and_then(|e| e.issued.clone()) {
            offer = Some(issued.offer);
            agreement = issued.agreement;
        }
        if let Some(State::Offer(found)) = offer.map(|id| self.get(&Stream::Offer(id))) {
            known.offer = Some(found);
        }
        known.agreement = match agreement.map(|id| self.get(&Stream::Agreement(id))) {
            Some(State::Agreement(found)) => Gathered::Found(found),
            _ => Gathered::Nothing,
        };
        self.by_terms(command, &mut known);
        known
    }

    fn find(&self, command: &Command, known: &mut Known) {
        let (voucher, candidate) = match command {
            Command::Assign(c) => (&c.voucher, None),
            Command::Unassign(c) => (&c.voucher, None),
            Command::Schedule(c) => (&c.voucher, Some(c.candidate.clone())),
            Command::Reschedule(c) => (&c.voucher, None),
            Command::Cancel(c) => (&c.voucher, None),
            Command::RecordResult(c) => (&c.voucher, None),
            Command::CorrectResult(c) => (&c.voucher, None),
            Command::Activate(c) => {
                known.practice_test = c.test.as_ref().and_then(|test| self.practice_test(test)).into();
                (&c.voucher, None)
            }
            Command::ReplaceCode(c) => (&c.voucher, None),
            Command::Extend(c) => {
                known.disputed = c.dispute.clone().filter(|named| named.as_str().starts_with("on-record"));
                (&c.voucher, None)
            }
            Command::ApproveGoodwill(c) => (&c.voucher, None),
            Command::DeclineGoodwill(c) => (&c.voucher, None),
            Command::TakeBackShare(c) => return known.entitlement = self.entitlement(c.entitlement),
            Command::ShareOut(c) => return known.entitlement = self.entitlement(c.entitlement),
            Command::Revoke(c) => return known.entitlement = self.entitlement(c.entitlement),
            Command::Reinstate(c) => return known.entitlement = self.entitlement(c.entitlement),
            Command::RecordStep(c) => return known.entitlement = self.entitlement(c.entitlement),
            Command::Expire(c) => return known.entitlement = self.entitlement(c.entitlement),
            _ => return,
        };
        let found = match voucher {
            VoucherRef::Id { entitlement, unit } => Some((*entitlement, *unit)),
            VoucherRef::Code(code) => {
                known.by_code = Some(*code);
                match self.get(&Stream::Code(*code)) {
                    State::Code(found) => found,
                    _ => None,
                }
            }
        };
        let Some((id, no)) = found else { return };
        known.entitlement = self.entitlement(id);
        known.unit = Some(no);
        let unit = known.entitlement.as_ref().and_then(|e| e.unit(no));
        let moves = match command {
            Command::Reschedule(c) => {
                let moved_at = c.moved_at.unwrap_or(Timestamp::MAX);
                known.entitlement.as_ref().and_then(|e| e.registered_at(no, moved_at)).cloned()
            }
            _ => None,
        };
        known.minted = unit.map(|unit| code(id, no, unit.replaced.len() + 1)).into_iter().collect();
        if let Some(State::Candidate(own)) = candidate.or(moves).map(|id| self.get(&Stream::Candidate(id))) {
            known.candidate = Gathered::Found(own);
        }
    }

    /// What hangs on the offer's terms: new codes, the calendar, the programme's policy.
    fn by_terms(&self, command: &Command, known: &mut Known) {
        let Some(offer) = known.offer.clone() else { return };
        let Some(terms) = (match command {
            Command::Issue(c) => known.terms_of_order(c.purchased_at.unwrap_or(Timestamp::MAX)).cloned(),
            _ => offer.in_force().cloned(),
        }) else {
            return;
        };
        if let Command::Issue(_) = command {
            let units = |piece: &EntitlementId| {
                let piece = *piece;
                (1..=terms.units()).map(move |unit| code(piece, unit, 0))
            };
            let fresh = known.pieces.iter().filter(|id| !known.issued.contains(id));
            known.minted = fresh.flat_map(units).collect();
        }
        known.calendars = match command {
            Command::PublishOffer(c) => {
                let file = OfferFile::parse(&c.source).ok();
                let named = file.iter().filter_map(|f| f.terms.rulings.business_days.value());
                self.calendars(named.chain(file.iter().flat_map(|f| &f.calendar).map(BusinessCalendar::id)))
            }
            Command::Issue(c) => {
                let bought_at = c.purchased_at.unwrap_or(Timestamp::MAX);
                self.calendars(offer.calendars_of(terms.hash, bought_at))
            }
            _ => self.calendars(known.calendars_named()),
        };
        if matches!(command, Command::PublishOffer(_)) || !known.candidate.is_asked() {
            return;
        }
        known.policy = Gathered::Nothing;
        let governing = known.governing().cloned();
        if let Limit::Some(programme) = &governing.as_ref().unwrap_or(&terms).programme {
            known.policy = self.policy(programme);
        }
    }

    fn policy(&self, programme: &crate::ProgrammeId) -> Gathered<PolicyVersions> {
        match self.get(&Stream::Policy(programme.clone())) {
            State::Policy(versions) => versions.into(),
            _ => Gathered::Nothing,
        }
    }

    fn zones(&self) -> Arc<Zones> {
        match self.get(&Stream::Zones(LedgerZones)) {
            State::Zones(zones) => zones,
            _ => Arc::default(),
        }
    }

    fn calendars<'a>(
        &self,
        named: impl IntoIterator<Item = &'a CalendarId>,
    ) -> BTreeMap<CalendarId, Arc<CalendarVersions>> {
        let known = |id: &CalendarId| match self.get(&Stream::Calendar(id.clone())) {
            State::Calendar(calendar) => Some((id.clone(), calendar?)),
            _ => None,
        };
        named.into_iter().filter_map(known).collect()
    }

    fn practice_test(&self, id: &crate::PracticeTestId) -> Option<Arc<crate::PracticeTest>> {
        match self.get(&Stream::PracticeTest(id.clone())) {
            State::PracticeTest(test) => Some(test),
            _ => None,
        }
    }

    /// Puts every end on record that has come.
    pub(in crate::decide) fn sweep(&mut self, at: Timestamp) {
        let all: Vec<_> = self.0.keys().cloned().collect();
        for stream in all {
            let Stream::Entitlement(entitlement) = stream else { continue };
            let expire = Command::from(Expire { entitlement });
            let known = self.known(&expire);
            if known.next_due().is_some_and(|due| due <= at) {
                let decision = known.decide(&expire, at, &mut Judge::brief()).unwrap();
                self.take_in(&decision, at);
                let due = self.known(&expire).next_due();
                assert!(due.is_none_or(|due| at < due), "what is on record stays due: {due:?}");
            }
        }
    }
}
