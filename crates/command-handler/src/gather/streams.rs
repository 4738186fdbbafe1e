//! Reading one stream: each is read once, and what it says becomes known.

use resit_domain::{
    AgreementId, CalendarId, ExamCode, Gathered as Found, LedgerZones, OfferId, PolicyVersions,
    PracticeTestId, ProgrammeId, State, Stream,
};
use resit_states::Folded;

use super::Gatherer;
use crate::Failure;

/// How many exams that follow one are read at most.
const SUCCESSORS_MAX: usize = 64;

impl Gatherer<'_> {
    pub(super) async fn state(&mut self, stream: Stream) -> Result<State, Failure> {
        if let Some(folded) = self.gathered.folded(&stream) {
            return Ok(folded.state.clone());
        }
        let as_of = match self.apart {
            Some((streams, as_of)) if streams.contains(&stream) => as_of,
            _ => self.as_of,
        };
        let folded = self.states.load(&stream, as_of).await?;
        let state = folded.state.clone();
        self.gathered.read.push((stream, folded));
        Ok(state)
    }

    /// The same, of a stream that is presumed new where that may be and nothing is kept of it.
    pub(super) async fn state_or_presumed(&mut self, stream: Stream) -> Result<State, Failure> {
        if !self.presumes || self.gathered.folded(&stream).is_some() || self.states.kept(&stream).is_some() {
            return self.state(stream).await;
        }
        let folded = Folded::new(&stream);
        let state = folded.state.clone();
        self.gathered.presumed = Some(stream.clone());
        self.gathered.read.push((stream, folded));
        Ok(state)
    }

    pub(super) async fn offer(&mut self, id: &OfferId) -> Result<(), Failure> {
        if let State::Offer(offer) = self.state(Stream::Offer(id.clone())).await? {
            let is_in_other_zones = offer.is_in_other_zones();
            self.gathered.known.offer = Some(offer);
            if is_in_other_zones {
                self.zones().await?;
            }
        }
        Ok(())
    }

    /// The rules of time zones.
    pub(super) async fn zones(&mut self) -> Result<(), Failure> {
        if let State::Zones(zones) = self.state(Stream::Zones(LedgerZones)).await? {
            self.gathered.known.zones = zones;
        }
        Ok(())
    }

    pub(super) async fn agreement(&mut self, id: &AgreementId) -> Result<(), Failure> {
        if let State::Agreement(agreement) = self.state(Stream::Agreement(id.clone())).await? {
            self.gathered.known.agreement = Found::Found(agreement);
        }
        Ok(())
    }

    pub(super) async fn calendar(&mut self, id: &CalendarId) -> Result<(), Failure> {
        if let State::Calendar(Some(calendar)) = self.state(Stream::Calendar(id.clone())).await? {
            self.gathered.known.calendars.insert(id.clone(), calendar);
        }
        Ok(())
    }

    /// An exam, and those that follow it by any of its definitions: which of them counts is the law's to say.
    pub(super) async fn exam(&mut self, code: &ExamCode) -> Result<(), Failure> {
        let mut next = vec![code.clone()];
        let most = self.gathered.known.exams.len() + SUCCESSORS_MAX;
        while let Some(code) = next.pop() {
            if self.gathered.known.exams.contains_key(&code) || self.gathered.known.exams.len() > most {
                continue;
            }
            if let State::Exam(exam) = self.state(Stream::Exam(code.clone())).await? {
                next.extend(exam.successors().cloned());
                self.gathered.known.exams.insert(code, exam);
            }
        }
        Ok(())
    }

    /// Exams that may have been read before.
    pub(super) async fn exams(&mut self, codes: Vec<ExamCode>) -> Result<(), Failure> {
        for code in codes {
            if !self.gathered.known.exams.contains_key(&code) {
                self.exam(&code).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn policy(&mut self, programme: &ProgrammeId) -> Result<(), Failure> {
        if let State::Policy(versions) = self.state(Stream::Policy(programme.clone())).await? {
            let counts_in_a_zone = versions.as_deref().is_some_and(PolicyVersions::is_in_other_zones);
            self.gathered.known.policy = versions.into();
            if counts_in_a_zone {
                self.zones().await?;
            }
        }
        Ok(())
    }

    pub(super) async fn practice_test(&mut self, id: &PracticeTestId) -> Result<(), Failure> {
        if let State::PracticeTest(test) = self.state(Stream::PracticeTest(id.clone())).await? {
            self.gathered.known.practice_test = Found::Found(test);
        }
        Ok(())
    }
}
