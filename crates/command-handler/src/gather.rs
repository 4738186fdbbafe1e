//! What each command is judged by: which streams are read, and how their states come together.

mod disputed;
mod streams;

use std::sync::Arc;

use resit_domain::calendar_time::BusinessCalendar;
use resit_domain::terms::{Limit, OfferFile, Terms};
use resit_domain::{
    AgreementId, CandidateId, Command, EntitlementId, ExamCode, Fingerprint, Gathered as Found, Issue, Known,
    LedgerZones, OfferId, Policy, State, Stream, TermsHash, Timestamp, UnitNo, VoucherRef,
};
use resit_states::{AsOf, Folded, States};
use resit_voucher_code::CodeKey;

use crate::shipped::shipped_zones;
use crate::{Failure, Request, order};

/// What a command is judged by, and every stream that was read for it.
pub(crate) struct Gathered {
    pub(crate) known: Known,
    /// A handful, in the order of reading.
    pub(crate) read: Vec<(Stream, Folded)>,
    /// The stream that was presumed new, and not asked for: only an append that writes it shows that it is.
    pub(crate) presumed: Option<Stream>,
    /// The stream on which a refusal goes on record, if there is one that the command is about.
    pub(crate) about: Option<Stream>,
}

impl Gathered {
    /// A stream as it was read.
    pub(crate) fn folded(&self, stream: &Stream) -> Option<&Folded> {
        self.read.iter().find(|(read, _)| read == stream).map(|(_, folded)| folded)
    }
}

/// Reads states for one command, all as of the same time, unless it is told otherwise.
pub(crate) struct Gatherer<'a> {
    states: &'a States,
    key: &'a CodeKey,
    as_of: AsOf,
    /// Streams that are read as of another time than the rest.
    apart: Option<(&'a [Stream], AsOf)>,
    /// Whether an order or a candidate of which nothing is kept is presumed new.
    presumes: bool,
    gathered: Gathered,
}

impl<'a> Gatherer<'a> {
    pub(crate) fn new(states: &'a States, key: &'a CodeKey, as_of: AsOf) -> Self {
        let gathered =
            Gathered { known: Known::default(), read: Vec::with_capacity(8), presumed: None, about: None };
        Self { states, key, as_of, apart: None, presumes: false, gathered }
    }

    /// The same, but for some streams, which are read as of another time.
    pub(crate) fn but(self, streams: &'a [Stream], as_of: AsOf) -> Self {
        Self { apart: Some((streams, as_of)), ..self }
    }

    /// The same; whether an order or a candidate of which nothing is kept is presumed new is said here.
    pub(crate) fn presuming(self, presumes: bool) -> Self {
        Self { presumes, ..self }
    }

    /// All that the command is judged by.
    pub(crate) async fn gather(mut self, request: &Request) -> Result<Gathered, Failure> {
        self.gathered.known.actor = Some(request.actor.clone());
        match &request.command {
            // What is rare and large is boxed: every command carries the room for it along.
            Command::PublishOffer(c) => Box::pin(self.offer_file(&c.source)).await?,
            Command::ExtendOffer(c) => self.about_offer(&c.offer).await?,
            Command::WithdrawOffer(c) => self.about_offer(&c.offer).await?,
            Command::MigrateProvider(c) => self.about_offer(&c.offer).await?,
            Command::DefineExam(c) => {
                self.exam(&c.exam).await?;
                if let Some(successor) = &c.facts.successor {
                    self.exam(successor).await?;
                }
                self.gathered.about = Some(Stream::Exam(c.exam.clone()));
            }
            Command::DefinePracticeTest(c) => {
                self.practice_test(&c.test).await?;
                self.gathered.about = Some(Stream::PracticeTest(c.test.clone()));
            }
            Command::PublishCalendar(c) => {
                if let Ok(calendar) = BusinessCalendar::parse(&c.source) {
                    self.calendar(calendar.id()).await?;
                    self.gathered.about = Some(Stream::Calendar(calendar.id().clone()));
                }
            }
            Command::PublishPolicy(c) => {
                if let Ok(policy) = Policy::parse(&c.source) {
                    self.policy(&policy.programme).await?;
                    self.zones().await?;
                    self.gathered.known.shipped_zones = Some(shipped_zones());
                    self.gathered.about = Some(Stream::Policy(policy.programme));
                }
            }
            Command::PublishZoneRules(_) => {
                self.zones().await?;
                self.gathered.about = Some(Stream::Zones(LedgerZones));
            }
            Command::OpenAgreement(c) => self.about_agreement(&c.agreement).await?,
            Command::AmendAgreement(c) => self.about_agreement(&c.agreement).await?,
            Command::Issue(c) => self.order(c).await?,
            Command::Assign(c) => self.voucher(&c.voucher).await?,
            Command::Unassign(c) => self.voucher(&c.voucher).await?,
            Command::ShareOut(c) => self.entitlement(c.entitlement, 1).await?,
            Command::TakeBackShare(c) => self.entitlement(c.entitlement, 1).await?,
            Command::Schedule(c) => {
                self.voucher(&c.voucher).await?;
                self.exam(&c.exam).await?;
                self.attempts(&c.candidate).await?;
            }
            Command::Reschedule(c) => {
                self.voucher(&c.voucher).await?;
                if let Some(candidate) = self.registered_at(c.moved_at.unwrap_or(Timestamp::MAX)) {
                    self.attempts(&candidate).await?;
                } else {
                    self.gathered.known.candidate = Found::Nothing;
                    self.gathered.known.policy = Found::Nothing;
                }
            }
            Command::Cancel(c) => self.voucher_with_exams(&c.voucher).await?,
            Command::RecordResult(c) => self.voucher_with_exams(&c.voucher).await?,
            Command::CorrectResult(c) => self.voucher_with_exams(&c.voucher).await?,
            Command::Activate(c) => {
                self.voucher(&c.voucher).await?;
                match &c.test {
                    Some(test) => self.practice_test(test).await?,
                    None => self.gathered.known.practice_test = Found::Nothing,
                }
            }
            Command::ReplaceCode(c) => {
                self.voucher(&c.voucher).await?;
                self.mint_replacement();
            }
            Command::Revoke(c) => self.entitlement(c.entitlement, 1).await?,
            Command::Reinstate(c) => self.entitlement(c.entitlement, 1).await?,
            Command::Extend(c) => {
                self.voucher_with_exams(&c.voucher).await?;
                if let Some(dispute) = &c.dispute {
                    Box::pin(self.disputed(dispute)).await?;
                }
            }
            Command::ApproveGoodwill(c) => self.voucher_with_exams(&c.voucher).await?,
            Command::DeclineGoodwill(c) => self.voucher(&c.voucher).await?,
            Command::RecordStep(c) => self.entitlement(c.entitlement, 1).await?,
            Command::Expire(c) => self.entitlement(c.entitlement, 1).await?,
            Command::ConfirmClock(_) | Command::CorrectTime(_) => {}
        }
        Ok(self.gathered)
    }

    /// Where a code leads, if anywhere.
    pub(crate) async fn resolve(
        &mut self,
        code: Fingerprint,
    ) -> Result<Option<(EntitlementId, UnitNo)>, Failure> {
        match self.state(Stream::Code(code)).await? {
            State::Code(found) => Ok(found),
            _ => Ok(None),
        }
    }

    async fn offer_file(&mut self, source: &str) -> Result<(), Failure> {
        let Ok(file) = OfferFile::parse(source) else { return Ok(()) };
        self.about_offer(&file.terms.offer).await?;
        match &file.terms.programme {
            Limit::Some(programme) => self.policy(programme).await?,
            Limit::None => self.gathered.known.policy = Found::Nothing,
        }
        self.zones().await?;
        self.gathered.known.shipped_zones = Some(shipped_zones());
        let named = file.terms.rulings.business_days.value();
        for id in named.into_iter().chain(file.calendar.as_ref().map(BusinessCalendar::id)) {
            self.calendar(id).await?;
        }
        Ok(())
    }

    async fn about_offer(&mut self, id: &OfferId) -> Result<(), Failure> {
        self.offer(id).await?;
        self.gathered.about = Some(Stream::Offer(id.clone()));
        Ok(())
    }

    async fn about_agreement(&mut self, id: &AgreementId) -> Result<(), Failure> {
        self.agreement(id).await?;
        self.gathered.about = Some(Stream::Agreement(id.clone()));
        Ok(())
    }

    async fn order(&mut self, c: &Issue) -> Result<(), Failure> {
        let terms = self.terms_of_order(c).await?;
        match &c.agreement {
            Some(agreement) => self.agreement(agreement).await?,
            None => self.gathered.known.agreement = Found::Nothing,
        }
        if let Some(exam) = &c.exam {
            self.exam(exam).await?;
        }
        let Some(terms) = terms else { return Ok(()) };
        self.holder_of_order(c, &terms).await?;
        let line = self.gathered.known.entitlement.as_deref().and_then(|e| e.issued.as_ref());
        let bought_at = c.purchased_at.or(line.map(|was| was.purchased_at)).unwrap_or(Timestamp::MAX);
        self.calendars_of(terms.hash, bought_at).await?;
        order::not_too_large(c, &terms)?;
        let pieces: Vec<_> = c.pieces().map(|piece| EntitlementId::of_order(&c.order, piece)).collect();
        // Where the first piece of a line is not issued, no other is.
        if self.gathered.known.entitlement.as_deref().is_some_and(|e| e.issued.is_some()) {
            for &piece in &pieces {
                if let State::Entitlement(e) = self.state(Stream::Entitlement(piece)).await?
                    && e.issued.is_some()
                {
                    self.gathered.known.issued.insert(piece);
                }
            }
        }
        let known = &mut self.gathered.known;
        for &piece in pieces.iter().filter(|piece| !known.issued.contains(*piece)) {
            known
                .minted
                .extend((1..=terms.units()).map(|unit| self.key.derive(piece, unit, 0).fingerprint()));
        }
        known.pieces = pieces;
        Ok(())
    }

    /// What an order that names holder and exam is warned by: the programme's policy, and the holder's own record under it.
    async fn holder_of_order(&mut self, c: &Issue, terms: &Terms) -> Result<(), Failure> {
        let (Some(holder), Some(_)) = (&c.holder, &c.exam) else { return Ok(()) };
        self.gathered.known.policy = Found::Nothing;
        let Limit::Some(programme) = &terms.programme else { return Ok(()) };
        self.policy(programme).await?;
        if self.gathered.known.policy.as_ref().is_none() {
            return Ok(());
        }
        let State::Candidate(own) = self.state(Stream::Candidate(holder.clone())).await? else {
            return Ok(());
        };
        let exams: Vec<ExamCode> = own.attempts.iter().map(|attempt| attempt.exam.clone()).collect();
        self.gathered.known.candidate = Found::Found(own);
        self.exams(exams).await
    }

    /// The terms that an order is bought under, as far as they are known.
    pub(crate) async fn terms_of_order(&mut self, c: &Issue) -> Result<Option<Arc<Terms>>, Failure> {
        let first = Stream::Entitlement(EntitlementId::of_order(&c.order, 1));
        let state = self.state_or_presumed(first.clone()).await?;
        if let State::Entitlement(entitlement) = state {
            self.gathered.known.entitlement = Some(entitlement);
        }
        self.gathered.about = Some(first);
        self.offer(&c.offer).await?;
        Ok(self.gathered.known.terms_of_order(c.purchased_at.unwrap_or(Timestamp::MAX)).cloned())
    }

    /// The calendars of every version that may govern what was bought then, under those terms.
    async fn calendars_of(&mut self, bought: TermsHash, bought_at: Timestamp) -> Result<(), Failure> {
        let Some(offer) = self.gathered.known.offer.clone() else { return Ok(()) };
        for id in offer.calendars_of(bought, bought_at) {
            self.calendar(id).await?;
        }
        Ok(())
    }

    async fn voucher(&mut self, voucher: &VoucherRef) -> Result<(), Failure> {
        match voucher {
            VoucherRef::Id { entitlement, unit } => self.entitlement(*entitlement, *unit).await,
            VoucherRef::Code(code) => {
                self.gathered.known.by_code = Some(*code);
                match self.resolve(*code).await? {
                    Some((entitlement, unit)) => self.entitlement(entitlement, unit).await,
                    None => Ok(()),
                }
            }
        }
    }

    async fn entitlement(&mut self, id: EntitlementId, unit: UnitNo) -> Result<(), Failure> {
        let stream = Stream::Entitlement(id);
        let State::Entitlement(entitlement) = self.state(stream.clone()).await? else { return Ok(()) };
        let Some(issued) = entitlement.issued.clone() else { return Ok(()) };
        self.gathered.about = Some(stream);
        self.gathered.known.unit = Some(unit);
        self.gathered.known.entitlement = Some(entitlement);
        self.offer(&issued.offer).await?;
        self.calendars_of(issued.terms, issued.purchased_at).await?;
        match &issued.agreement {
            Some(agreement) => self.agreement(agreement).await?,
            None => self.gathered.known.agreement = Found::Nothing,
        }
        Ok(())
    }

    /// The candidate's record, the programme's policy, and every exam that the two can be about.
    async fn attempts(&mut self, candidate: &CandidateId) -> Result<(), Failure> {
        let own = self.state_or_presumed(Stream::Candidate(candidate.clone())).await?;
        let State::Candidate(own) = own else { return Ok(()) };
        let mut exams = self.exams_of_unit();
        self.gathered.known.policy = Found::Nothing;
        let programme = self.gathered.known.governing().map(|terms| terms.programme.clone());
        if let Some(Limit::Some(programme)) = programme {
            self.policy(&programme).await?;
            exams.extend(own.attempts.iter().map(|attempt| attempt.exam.clone()));
        }
        self.gathered.known.candidate = Found::Found(own);
        self.exams(exams).await
    }

    /// A voucher with the exams that its next attempt may be for.
    async fn voucher_with_exams(&mut self, voucher: &VoucherRef) -> Result<(), Failure> {
        self.voucher(voucher).await?;
        for exam in self.exams_of_unit() {
            self.exam(&exam).await?;
        }
        Ok(())
    }

    /// The exams that the unit was registered for.
    fn exams_of_unit(&self) -> Vec<ExamCode> {
        let known = &self.gathered.known;
        let unit = known.entitlement.as_deref().zip(known.unit).and_then(|(e, no)| e.unit(no));
        unit.into_iter().flat_map(|unit| unit.attempts.iter().map(|a| a.exam.clone())).collect()
    }

    fn registered_at(&self, at: Timestamp) -> Option<CandidateId> {
        let known = &self.gathered.known;
        known.entitlement.as_deref()?.registered_at(known.unit?, at).cloned()
    }

    fn mint_replacement(&mut self) {
        let known = &mut self.gathered.known;
        let unit =
            known.entitlement.as_deref().zip(known.unit).and_then(|(e, no)| Some((e.id, no, e.unit(no)?)));
        if let Some((id, no, unit)) = unit {
            let generation = u16::try_from(unit.replaced.len() + 1).unwrap_or(u16::MAX);
            known.minted = vec![self.key.derive(id, no, generation).fingerprint()];
        }
    }
}
