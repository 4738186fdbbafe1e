//! The second layer of law: a programme's retake policy for a person, across all vouchers.

mod counting;
mod file;
mod promise;
mod record;
mod versions;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use counting::{CountsOver, LadderRestarts};
pub(crate) use file::RawPolicyFile;
pub(crate) use record::Record;
pub use versions::PolicyVersions;

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
    /// The first day on which it holds; none if it holds from its publication on.
    pub first_day: Option<NaiveDate>,
    /// The last day on which it holds; none if it holds until another one follows.
    pub last_day: Option<NaiveDate>,
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
    /// Which attempts its waits and caps count.
    pub counts_over: CountsOver,
    /// When the ladder of waits starts again.
    pub ladder_restarts: LadderRestarts,
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

/// At most so many attempts, in a window or in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// How many.
    pub max: u16,
    /// How long the window is; none if the cap never ends.
    pub window: Limit<Period>,
    /// Where it begins; only a cap without a window may leave it out.
    pub from: Option<Window>,
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
    counts_over: Option<CountsOver>,
    ladder_restarts: Option<LadderRestarts>,
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
const COUNTS_OVER: Question = Question::new(
    "R19",
    "counts_over",
    "which attempts do waits and caps count? say \"ever\", \"since-last-pass\" or { window = \"P12M\" }",
);
const LADDER_RESTARTS: Question = Question::new(
    "R19",
    "ladder_restarts",
    "when does the ladder of waits start again? say \"never\", \"after-pass\", or { after = \"P12M\" } for so long after \
     its first attempt",
);
const LOCK_AFTER_PASS: Question = Question::new(
    "vocabulary",
    "lock_after_pass",
    "may a passed exam be sat again? say \"none\", \"for-ever\" or a period",
);
const BETA_ONCE: Question =
    Question::new("vocabulary", "beta_once", "is a beta exam sat once only? true or false");

const AT: &str = "policy";

impl RawPolicy {
    /// Notes what a file says nothing of that a new one must say. Older ones count over everything, on a ladder that starts again
    /// after a pass.
    fn unsaid(&self, points: &mut Points) {
        let waits = !matches!(self.wait, Some(Limit::None));
        let counts = waits || !matches!(self.caps, Some(Limit::None));
        points.ask_if(counts, AT, self.counts_over, CountsOver::Ever, COUNTS_OVER);
        points.ask_if(waits, AT, self.ladder_restarts, LadderRestarts::AfterPass, LADDER_RESTARTS);
    }

    pub(crate) fn complete(
        &self,
        programme: Option<&Limit<ProgrammeId>>,
        hash: TermsHash,
        points: &mut Points,
    ) -> Option<Policy> {
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
            first_day: None,
            last_day: None,
            zone: zone?,
            counts: counts?,
            same_exam: same_exam?,
            waits: wait.as_ref().map(Limit::value)?.cloned().unwrap_or_default(),
            caps: caps.as_ref().map(Limit::value)?.cloned().unwrap_or_default(),
            counts_over: self.counts_over.unwrap_or(CountsOver::Ever),
            ladder_restarts: self.ladder_restarts.unwrap_or(LadderRestarts::AfterPass),
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
        let begins = self.caps.iter().all(|cap| cap.window == Limit::None || cap.from.is_some());
        let from = "where does the window begin? say from = \"first-attempt\" or from = \"rolling\"";
        points.unless(begins, "vocabulary", "policy.caps", from);
        let fits = self.counts_over != CountsOver::SinceLastPass
            || self.waits.is_empty()
            || self.ladder_restarts != LadderRestarts::Never;
        let restarts = "only attempts since the last pass count, so that the ladder starts again after one; say \"after-pass\"";
        points.unless(fits, "R19", "policy.ladder_restarts", restarts);
        let lock = match self.lock_after_pass {
            PassLock::For(period) => Some(("policy.lock_after_pass", period)),
            PassLock::None | PassLock::ForEver => None,
        };
        let over = match self.counts_over {
            CountsOver::Window(period) => Some(("policy.counts_over", period)),
            CountsOver::Ever | CountsOver::SinceLastPass => None,
        };
        let ladder = match self.ladder_restarts {
            LadderRestarts::After(period) => Some(("policy.ladder_restarts", period)),
            LadderRestarts::Never | LadderRestarts::AfterPass => None,
        };
        let waits =
            self.waits.iter().filter_map(Limit::value).map(|step| ("policy.wait", step.wait.period()));
        let windows = self.caps.iter().filter_map(|cap| Some(("policy.caps", *cap.window.value()?)));
        for (field, period) in waits.chain(windows).chain(lock).chain(over).chain(ladder) {
            let asks =
                "a policy holds across offers and knows no calendar of business days; count days or hours";
            points.unless(!period.needs_calendar(), "R16", field, asks);
        }
    }

    /// Whether a civil date in the policy's zone is one of its days.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.first_day.is_none_or(|first| first <= day) && self.last_day.is_none_or(|last| day <= last)
    }

    /// The names of the parts in which two policies differ, whatever their files look like and on whichever days they hold.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let parts = [
            ("time_zone", self.zone == other.zone),
            ("counts", self.counts == other.counts),
            ("same_exam", self.same_exam == other.same_exam),
            ("wait", self.waits == other.waits),
            ("caps", self.caps == other.caps),
            ("counts_over", self.counts_over == other.counts_over),
            ("ladder_restarts", self.ladder_restarts == other.ladder_restarts),
            ("lock_after_pass", self.lock_after_pass == other.lock_after_pass),
            ("beta_once", self.beta_once == other.beta_once),
            ("clauses", self.clauses == other.clauses),
        ];
        parts.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
    }

    /// The law that its refusals cite. Nobody waives it for one voucher.
    pub fn law(&self) -> Law<'_> {
        let (name, clauses) = (self.programme.as_str(), &self.clauses);
        Law { layer: Layer::Programme, name, clauses, waived: &[], date_clause: None, contact: None }
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
