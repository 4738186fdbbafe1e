//! What was taken, counted for whoever watches.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use resit_domain::Rule;

use crate::{EventAnswered, REFUSED, Reason};

/// Counters, from the start of the process.
#[derive(Debug, Default)]
pub struct Counts {
    accepted: AtomicU64,
    refused: AtomicU64,
    waited: AtomicU64,
    failed: AtomicU64,
    parked: [AtomicU64; Reason::ALL.len()],
    announced: AtomicU64,
    refusals: Mutex<BTreeMap<(String, Rule), u64>>,
}

impl Counts {
    pub(crate) fn answered(&self, answered: &EventAnswered) {
        let count = if answered.kind() == REFUSED { &self.refused } else { &self.accepted };
        count.fetch_add(1, Ordering::Relaxed);
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        for refusal in answered.commands.iter().filter_map(|command| command.refusal.as_ref()) {
            *refusals.entry((refusal.clause.clone(), refusal.rule)).or_default() += 1;
        }
    }

    pub(crate) fn waited(&self) {
        self.waited.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn parked(&self, reason: Reason) {
        self.parked[reason as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn announced(&self, facts: usize) {
        self.announced.fetch_add(facts as u64, Ordering::Relaxed);
    }

    /// Each counter with what it counts.
    pub fn all(&self) -> Vec<(String, u64)> {
        let told = |name: &str, count: &AtomicU64| (name.to_owned(), count.load(Ordering::Relaxed));
        let mut all = vec![
            told("accepted", &self.accepted),
            told("refused", &self.refused),
            told("waited", &self.waited),
            told("failed", &self.failed),
        ];
        all.extend(Reason::ALL.iter().map(|reason| {
            (format!("parked-{reason}"), self.parked[*reason as usize].load(Ordering::Relaxed))
        }));
        all
    }

    /// How many times an event failed, and was left to come again.
    pub fn failures(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// How many commands each rule refused, by the clause that was cited.
    pub fn refusals(&self) -> Vec<((String, Rule), u64)> {
        let refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        refusals.iter().map(|(cited, count)| (cited.clone(), *count)).collect()
    }

    /// How many facts were announced.
    pub fn facts(&self) -> u64 {
        self.announced.load(Ordering::Relaxed)
    }
}
