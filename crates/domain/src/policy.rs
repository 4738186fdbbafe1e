//! The second layer of law: a programme's retake policy for a person, across all vouchers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calendar_time::{Period, Zone};
use crate::terms::{Choice, Limit, Points, Question, RetakeWait, SameExam};
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
    pub waits: Vec<Limit<RetakeWait>>,
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
    wait: Option<Limit<Vec<Limit<RetakeWait>>>>,
    caps: Option<Limit<Vec<Cap>>>,
    lock_after_pass: Option<PassLock>,
    beta_once: Option<bool>,
    #[serde(default)]
    clauses: BTreeMap<Rule, String>,
}

const ZONE: Question = Question::new("R1", "time_zone", "in which zone are the policy's days counted?");
const COUNTS: Question = Question::new(
    "vocabulary",
    "counts",
    "what counts as an attempt? a list out of \"sat\", \"no-show\", \"late-cancel\", \"technical-fault\", \
     \"invalidated\"",
);
const SAME_EXAM: Question = Question::new(
    "R8",
    "same_exam",
    "what is the same exam? say \"exact\", \"or-successor\" or \"any-eligible\"",
);
const WAIT: Question =
    Question::new("R4", "wait", "how long is the wait before attempt 2, 3, …? a list, or \"none\"");
const CAPS: Question = Question::new(
    "vocabulary",
    "caps",
    "how many attempts in which window? say [{ max = 5, window = \"P12M\", from = \"first-attempt\" }] or from = \
     \"rolling\", or \"none\"",
);
const LOCK_AFTER_PASS: Question = Question::new(
    "vocabulary",
    "lock_after_pass",
    "may a passed exam be sat again? say \"none\", \"for-ever\" or a period",
);
const BETA_ONCE: Question =
    Question::new("vocabulary", "beta_once", "is a beta exam sat once only? true or false");

impl RawPolicy {
    pub(crate) fn complete(
        &self,
        programme: Option<&Limit<ProgrammeId>>,
        hash: TermsHash,
        points: &mut Points,
    ) -> Option<Policy> {
        const AT: &str = "policy";
        // That it is missing is the offer's own open point.
        if programme == Some(&Limit::None) {
            points.open("vocabulary", "offer.programme", "whose policy is it? name the programme");
        }
        let zone = points.ask(AT, self.time_zone, ZONE);
        let counts = points.ask(AT, self.counts.clone(), COUNTS);
        let same_exam = points.ask(AT, self.same_exam, SAME_EXAM);
        let wait = points.ask(AT, self.wait.clone(), WAIT);
        let caps = points.ask(AT, self.caps.clone(), CAPS);
        let lock_after_pass = points.ask(AT, self.lock_after_pass, LOCK_AFTER_PASS);
        let beta_once = points.ask(AT, self.beta_once, BETA_ONCE);
        let policy = Policy {
            hash,
            programme: programme?.value()?.clone(),
            zone: zone?,
            counts: counts?,
            same_exam: same_exam?,
            waits: wait.as_ref().map(Limit::value)?.cloned().unwrap_or_default(),
            caps: caps.as_ref().map(Limit::value)?.cloned().unwrap_or_default(),
            lock_after_pass: lock_after_pass?,
            beta_once: beta_once?,
            clauses: self.clauses.clone(),
        };
        let empty = matches!(&self.wait, Some(Limit::Some(waits)) if waits.is_empty());
        points.unless(
            !empty,
            "R4",
            "policy.wait",
            "an empty list says nothing; say \"none\" if there is no wait",
        );
        policy.contradictions(points);
        Some(policy)
    }
}

impl Policy {
    fn contradictions(&self, points: &mut Points) {
        let caps = "a cap of 0 permits nothing; say at least 1";
        points.unless(self.caps.iter().all(|cap| cap.max > 0), "vocabulary", "policy.caps", caps);
        let counts = "nothing counts as an attempt, so that no wait and no cap ever holds; name at least one";
        points.unless(!self.counts.is_empty(), "vocabulary", "policy.counts", counts);
        let lock = match self.lock_after_pass {
            PassLock::For(period) => Some(("policy.lock_after_pass", period)),
            PassLock::None | PassLock::ForEver => None,
        };
        let waits =
            self.waits.iter().filter_map(Limit::value).map(|step| ("policy.wait", step.wait.period()));
        let windows = self.caps.iter().map(|cap| ("policy.caps", cap.window));
        for (field, period) in waits.chain(windows).chain(lock) {
            let asks =
                "a policy holds across offers and knows no calendar of business days; count days or hours";
            points.unless(!period.needs_calendar(), "R16", field, asks);
        }
    }

    /// The law that its refusals cite. Nobody waives it for one voucher.
    pub fn law(&self) -> Law<'_> {
        let (name, contact) = (self.programme.as_str(), None);
        Law { layer: Layer::Programme, name, clauses: &self.clauses, waived: &[], contact }
    }
}

/// The wait before attempt `number` (2 for the first retake) on a ladder whose last step goes on.
pub(crate) fn ladder(waits: &[Limit<RetakeWait>], number: u16) -> Option<&RetakeWait> {
    let step = usize::from(number.checked_sub(2)?);
    waits.get(step).or(waits.last())?.value()
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
