//! A policy file: a programme's retake policy, published on its own (ruling 19).

use chrono::NaiveDate;
use serde::Deserialize;

use super::{Policy, RawPolicy};
use crate::terms::{DateText, Limit, OFFER_BYTES_MAX, OfferError, Points, Question, unpublishable};
use crate::{ProgrammeId, TermsHash};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPolicyFile {
    format: Option<u32>,
    programme: Option<ProgrammeId>,
    first_day: Option<Limit<DateText>>,
    last_day: Option<Limit<DateText>>,
    policy: Option<RawPolicy>,
}

const PROGRAMME: Question = Question::new("R19", "programme", "whose policy is it? name the programme");
const POLICY: Question = Question::new("R19", "policy", "what does the policy ask? add a [policy] table");

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    ///
    /// [`OfferError::Unreadable`] for what is not a policy file, [`OfferError::Open`] with every point left open.
    pub fn parse(source: &str) -> Result<Self, OfferError> {
        let mut points = Points::default();
        let policy = RawPolicyFile::read(source)?.complete(source, &mut points);
        points.settle(policy)
    }

    /// Reads a policy file that is published or checked now: more is asked of it than of one that is in the log already.
    ///
    /// # Errors
    ///
    /// As of [`Policy::parse`].
    pub fn parse_new(source: &str) -> Result<Self, OfferError> {
        let raw = RawPolicyFile::read(source)?;
        let mut points = Points::default();
        let policy = raw.complete(source, &mut points);
        if let Some(policy) = &raw.policy {
            policy.unsaid(&mut points);
        }
        for point in unpublishable(source) {
            points.open(point.ruling, point.field, point.question);
        }
        points.settle(policy)
    }
}

impl RawPolicyFile {
    fn read(source: &str) -> Result<Self, OfferError> {
        if source.len() > OFFER_BYTES_MAX {
            let text = format!("the file has {} bytes; {OFFER_BYTES_MAX} at most", source.len());
            return Err(OfferError::Unreadable(text));
        }
        toml::from_str(source).map_err(|e| OfferError::Unreadable(e.to_string().trim_end().to_owned()))
    }

    fn complete(&self, source: &str, points: &mut Points) -> Option<Policy> {
        let known = self.format.is_none_or(|format| format == 1);
        points.unless(known, "vocabulary", "format", "this reader knows format = 1 only");
        let programme = points.ask("", self.programme.clone(), PROGRAMME).map(Limit::Some);
        let raw = points.ask("", self.policy.as_ref(), POLICY)?;
        let policy = raw.complete(programme.as_ref(), TermsHash::of(source.as_bytes()), points)?;
        let (first_day, last_day) = (day(self.first_day), day(self.last_day));
        let in_order = first_day.zip(last_day).is_none_or(|(first, last)| first <= last);
        points.unless(in_order, "R19", "last_day", "the policy ends before it begins; which day is wrong?");
        Some(Policy { first_day, last_day, ..policy })
    }
}

fn day(limit: Option<Limit<DateText>>) -> Option<NaiveDate> {
    limit?.value().map(|day| day.0)
}
