//! One pass over a span: each command is judged again by the right time, with what the commands before it come to.

use std::mem;
use std::sync::Arc;

use resit_domain::Command;
use resit_domain::correction::{
    FLIPS_LISTED_MAX, Findings, Flip, REPLACED_BYTES_MAX, REPLACED_MAX, Replacement, SPAN_MAX, StoredFact,
    Turn,
};
use resit_domain::event::TimeCorrected;
use resit_event_log::{EventData, EventLog, Position, Record, as_stored};
use resit_states::{AsOf, Asked, Correction, States, is_void};
use resit_voucher_code::CodeKey;
use tokio::task::yield_now;

use super::READ;
use super::compare::{Compared, agrees, compare};
use super::judge::{judge_again, to_be_judged};
use super::trial::Trial;
use crate::Failure;

/// How many states are kept, in vouchers.
const KEPT: usize = 50_000;

/// What an event counts for besides its body, in bytes.
const FACT_BYTES: usize = 96;

/// A pass over a span. It reads the log, and holds no lock and writes nothing.
pub(super) struct Pass {
    /// The log as it is shown now.
    log: Arc<dyn EventLog>,
    key: Arc<CodeKey>,
    says: TimeCorrected,
    trial: Arc<Trial>,
    /// States by the right time, before the command in question.
    states: States,
    /// States as decisions were judged by them: by the stored times, and by those shown now.
    as_judged: [States; 2],
    findings: Findings,
    replaced_bytes: usize,
    /// How many records were taken in.
    count: u64,
}

impl Pass {
    pub(super) fn new(log: Arc<dyn EventLog>, key: Arc<CodeKey>, says: TimeCorrected) -> Self {
        let trial = Trial::new(log.clone(), Correction::tried(says.clone()), Position(says.first));
        let trial = Arc::new(trial);
        let states = States::new(trial.clone(), KEPT);
        let as_judged = [States::new(as_stored(&log), 1), States::new(log.clone(), 1)];
        Self {
            log,
            key,
            says,
            trial,
            states,
            as_judged,
            findings: Findings::default(),
            replaced_bytes: 0,
            count: 0,
        }
    }

    /// What the correction does; and the last position up to which it would fit, if it does not.
    pub(super) async fn run(mut self) -> Result<(Findings, Option<u64>), Failure> {
        let (mut after, mut commit) = (Position(self.says.first - 1), Vec::new());
        let mut done = after;
        loop {
            let records = self.log.read(after, READ).await?;
            let Some(last) = records.last() else { break };
            after = last.position;
            for record in records {
                if !self.says.covers(record.position.0) {
                    break;
                }
                let ends = record.slice + 1 == record.slices || record.position.0 == self.says.last;
                commit.push(record);
                if !ends {
                    continue;
                }
                let commit = mem::take(&mut commit);
                let end = commit.last().map_or(done, |record| record.position);
                let fits = self.count + commit.len() as u64 <= SPAN_MAX && self.take_in(commit).await?;
                if !fits {
                    // If its first commit is too large, nobody can correct more of it.
                    return Ok((self.findings, Some(done.0.max(self.says.first))));
                }
                done = end;
            }
            if self.says.last <= after.0 {
                break;
            }
            // A log in memory or on this disk never makes its reader wait. Others must get their turn.
            yield_now().await;
        }
        Ok((self.findings, None))
    }

    /// Takes in the records of one commit. Returns whether what it replaces fits.
    async fn take_in(&mut self, on_record: Vec<Record>) -> Result<bool, Failure> {
        let Some((first, last)) = on_record.first().zip(on_record.last()) else { return Ok(true) };
        let (first, behind) = (first.position, last.position.plus(1));
        let mut shown = on_record.clone();
        for (record, stored) in shown.iter_mut().zip(&on_record) {
            self.trial.show(record);
            for event in stored.events.iter().filter(|event| is_void(event, record.recorded_at)) {
                self.findings.voided.count(&event.kind);
            }
        }
        self.trial.move_to(first);
        if let Some(Asked { command, .. }) = to_be_judged(&on_record) {
            match self.turned(&on_record, &shown, command).await? {
                Compared::Same => {}
                Compared::Listed(flip) => self.list(flip),
                Compared::Replaced(flip, facts) => {
                    if !self.replace(flip, facts, &mut shown) {
                        return Ok(false);
                    }
                }
            }
        }
        self.count += shown.len() as u64;
        self.trial.move_to(behind);
        self.states.keep_up(&shown)?;
        Ok(true)
    }

    /// How the right time turns the command of a commit. `shown` are its records by the right time.
    async fn turned(
        &self,
        on_record: &[Record],
        shown: &[Record],
        command: Command,
    ) -> Result<Compared, Failure> {
        let first = &shown[0];
        let judged = judge_again(&self.states, AsOf::Cached, &self.key, first, shown, &command).await?;
        let compared = compare(shown, judged)?;
        if matches!(compared, Compared::Same) {
            return Ok(compared);
        }
        // Another release may have judged it, or states that were a moment older. Time has no part in that.
        let before = AsOf::Before(first.position);
        for states in &self.as_judged {
            let stored = states.log().find_command(&first.command).await?;
            let Some(first) = stored.first() else { continue };
            let judged = judge_again(states, before, &self.key, first, on_record, &command).await?;
            if agrees(&stored, &judged)? {
                return Ok(compared);
            }
        }
        Ok(Compared::Same)
    }

    fn list(&mut self, flip: Flip) {
        self.findings.turned.count(flip.turn);
        if self.findings.flips.len() < FLIPS_LISTED_MAX {
            self.findings.flips.push(flip);
        }
    }

    /// Replaces facts of a commit, if there is room for them.
    fn replace(&mut self, flip: Flip, facts: Vec<(Position, Vec<EventData>)>, shown: &mut [Record]) -> bool {
        let bytes = facts.iter().flat_map(|(_, facts)| facts).map(|fact| fact.body.len() + FACT_BYTES);
        let bytes = bytes.sum::<usize>() + self.replaced_bytes;
        if bytes > REPLACED_BYTES_MAX || self.findings.instead.len() + facts.len() > REPLACED_MAX {
            let is_first = self.findings.instead.is_empty();
            if is_first {
                // No correction has room for it: what was decided stands.
                self.list(Flip { turn: Turn::Stands, ..flip });
            }
            return is_first;
        }
        self.replaced_bytes = bytes;
        for (position, facts) in facts {
            if let Some(record) = shown.iter_mut().find(|record| record.position == position) {
                record.events.clone_from(&facts);
            }
            self.trial.replace(position, facts.clone());
            self.findings.instead.push(Replacement { position: position.0, facts: stored(facts) });
        }
        self.list(flip);
        true
    }
}

fn stored(facts: Vec<EventData>) -> Vec<StoredFact> {
    let stored = |fact: EventData| StoredFact {
        kind: fact.kind.into_owned(),
        version: fact.version,
        happened_at: fact.happened_at,
        body: fact.body.to_vec(),
    };
    facts.into_iter().map(stored).collect()
}
