//! The second layer of law: a programme's retake policy for a person, across all vouchers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calendar_time::{Period, Zone};
use crate::terms::{Choice, Limit, Points, RetakeWait, SameExam};
use crate::{Law, Layer, ProgrammeId, Rule, TermsHash};

/// A programme's retake policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// SHA-256 of the file it was read from.
    pub hash: TermsHash,
    /// The programme.
    pub programme: ProgrammeId,
    /// The zone in which its days are counted.
    pub zone: Zone,
    /// What counts as an attempt.
    pub counts: Vec<Counts>,
    /// What is the same exam.
    pub same_exam: SameExam,
    /// The wait before attempt 2, 3, …; the last one goes on.
    pub waits: Vec<RetakeWait>,
    /// At most so many attempts in a window.
    pub caps: Vec<Cap>,
    /// How long a pass locks the exam.
    pub lock_after_pass: PassLock,
    /// Whether a beta exam is sat once only.
    pub beta_once: bool,
    /// The clause that each rule stands under.
    pub clauses: BTreeMap<Rule, String>,
}

/// What may count as an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counts {
    /// The exam was sat, passed or not.
    Sat,
    /// The candidate did not come.
    NoShow,
    /// The registration was cancelled behind the cut-off.
    LateCancel,
    /// A technical fault ended the sitting.
    TechnicalFault,
    /// The result was invalidated.
    Invalidated,
}

/// At most so many attempts in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// How many.
    pub max: u16,
    /// How long the window is.
    pub window: Period,
    /// Where it begins.
    pub from: Window,
}

/// Where a window begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// At the first attempt; when it is over, the next attempt begins another.
    FirstAttempt,
    /// It reaches back from each sitting.
    Rolling,
}

/// How long a pass locks the exam.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassLock {
    /// Not at all.
    None,
    /// A passed exam is never sat again.
    ForEver,
    /// It may be sat again when this period is over.
    For(Period),
}

impl<'de> Deserialize<'de> for PassLock {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        match text.as_str() {
            "none" => Ok(PassLock::None),
            "for-ever" => Ok(PassLock::ForEver),
            period => period.parse().map(PassLock::For).map_err(serde::de::Error::custom),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPolicy {
    time_zone: Option<Zone>,
    counts: Option<Vec<Counts>>,
    same_exam: Option<SameExam>,
    wait: Option<Limit<Vec<RetakeWait>>>,
    caps: Option<Limit<Vec<Cap>>>,
    lock_after_pass: Option<PassLock>,
    beta_once: Option<bool>,
    #[serde(default)]
    clauses: BTreeMap<Rule, String>,
}

impl RawPolicy {
    pub(crate) fn complete(
        &self,
        programme: Option<&ProgrammeId>,
        hash: TermsHash,
        points: &mut Points,
    ) -> Option<Policy> {
        let programme = points.need(
            programme.cloned(),
            "vocabulary",
            "offer.programme",
            "whose policy is it? name the programme",
        );
        let zone = points.need(
            self.time_zone,
            "R1",
            "policy.time_zone",
            "in which zone are the policy's days counted?",
        );
        let counts = points.need(self.counts.clone(), "vocabulary", "policy.counts", "what counts as an attempt? a list out of \"sat\", \"no-show\", \"late-cancel\", \"technical-fault\", \"invalidated\"");
        let same_exam = points.need(
            self.same_exam,
            "R8",
            "policy.same_exam",
            "what is the same exam? say \"exact\", \"or-successor\" or \"any-eligible\"",
        );
        let wait = points.need(
            self.wait.clone(),
            "R4",
            "policy.wait",
            "how long is the wait before attempt 2, 3, …? a list, or \"none\"",
        );
        let caps = points.need(self.caps.clone(), "vocabulary", "policy.caps", "how many attempts in which window? say [{ max = 5, window = \"P12M\", from = \"first-attempt\" }] or from = \"rolling\", or \"none\"");
        let lock_after_pass = points.need(
            self.lock_after_pass,
            "vocabulary",
            "policy.lock_after_pass",
            "may a passed exam be sat again? say \"none\", \"for-ever\" or a period",
        );
        let beta_once = points.need(
            self.beta_once,
            "vocabulary",
            "policy.beta_once",
            "is a beta exam sat once only? true or false",
        );
        let caps = caps?.value().cloned().unwrap_or_default();
        for cap in &caps {
            points.unless(
                cap.max > 0,
                "vocabulary",
                "policy.caps",
                "a cap of 0 permits nothing; say at least 1",
            );
        }
        let waits = wait?.value().cloned().unwrap_or_default();
        Some(Policy {
            hash,
            programme: programme?,
            zone: zone?,
            counts: counts?,
            same_exam: same_exam?,
            waits,
            caps,
            lock_after_pass: lock_after_pass?,
            beta_once: beta_once?,
            clauses: self.clauses.clone(),
        })
    }
}

impl Policy {
    /// The law that its refusals cite. Nobody waives it for one voucher.
    pub fn law(&self) -> Law<'_> {
        Law { layer: Layer::Programme, name: self.programme.as_str(), clauses: &self.clauses, waived: &[] }
    }
}

/// The wait before attempt `number` (2 for the first retake) on a ladder whose last step goes on.
pub(crate) fn ladder(waits: &[RetakeWait], number: u16) -> Option<&RetakeWait> {
    let step = usize::from(number.checked_sub(2)?);
    waits.get(step).or(waits.last())
}

impl Choice<String> {
    /// Whether the text begins with one of these.
    pub(crate) fn prefixes(&self, text: &str) -> bool {
        match self {
            Choice::Any => true,
            Choice::Only(list) => list.iter().any(|prefix| text.starts_with(prefix.as_str())),
        }
    }
}
