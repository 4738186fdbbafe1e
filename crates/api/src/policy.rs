//! A programme's retake policy as it is on record.

use chrono::NaiveDate;
use resit_domain::terms::{Explained, explain_policy};
use resit_domain::{Event, LedgerZones, ProgrammeId, State, Stream, TermsHash, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is on record of a programme's policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PublishedPolicy {
    /// The programme.
    pub programme: ProgrammeId,
    /// The number of the version in force, from 1; null if none is.
    pub in_force: Option<usize>,
    /// What the version in force says, in plain words.
    pub says: Vec<PolicyLine>,
    /// Its versions, oldest first.
    pub versions: Vec<PolicyVersion>,
}

/// A version of a programme's policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyVersion {
    /// Its number, from 1.
    pub version: usize,
    /// The hash of the file it came with: a policy file, or the offer file that brought the programme's first policy.
    pub policy: TermsHash,
    /// When it was published.
    pub published_at: Timestamp,
    /// The first day on which it holds; null if it holds from its publication on.
    pub first_day: Option<NaiveDate>,
    /// The last day on which it holds; null if it holds until another one follows.
    pub last_day: Option<NaiveDate>,
    /// Whether it is in force.
    pub in_force: bool,
}

/// One line of what a policy says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyLine {
    /// What it is about.
    pub about: String,
    /// What holds.
    pub words: String,
    /// The clause that it stands under.
    pub clause: String,
}

impl PublishedPolicy {
    /// What these facts say of a programme's policy, each with the time at which it was recorded, as it stands at `at` by what
    /// these say of the rules of zones; none if none was ever published.
    pub fn of(
        programme: &ProgrammeId,
        facts: &[(Timestamp, Event)],
        of_zones: &[(Timestamp, Event)],
        at: Timestamp,
    ) -> Option<Self> {
        let State::Policy(Some(versions)) = folded(&Stream::Policy(programme.clone()), facts) else {
            return None;
        };
        let State::Zones(zones) = folded(&Stream::Zones(LedgerZones), of_zones) else { return None };
        let zones = zones.as_ref();
        let in_force = versions.index_in_force_at(zones, at);
        let version = |(index, (published_at, policy)): (usize, &(Timestamp, _))| {
            let policy: &std::sync::Arc<resit_domain::Policy> = policy;
            PolicyVersion {
                version: index + 1,
                policy: policy.hash,
                published_at: *published_at,
                first_day: policy.first_day,
                last_day: policy.last_day,
                in_force: in_force == Some(index),
            }
        };
        Some(Self {
            programme: programme.clone(),
            in_force: in_force.map(|index| index + 1),
            says: versions
                .in_force_at(zones, at)
                .into_iter()
                .flat_map(explain_policy)
                .map(PolicyLine::from)
                .collect(),
            versions: versions.all().iter().enumerate().map(version).collect(),
        })
    }
}

/// What facts say of their stream.
fn folded(stream: &Stream, facts: &[(Timestamp, Event)]) -> State {
    let evolve = |state: State, (at, event): &(Timestamp, Event)| state.evolve(event, *at, *at);
    facts.iter().fold(State::new(stream), evolve)
}

impl From<Explained> for PolicyLine {
    fn from(line: Explained) -> Self {
        Self { about: line.subject, words: line.words, clause: line.clause }
    }
}
