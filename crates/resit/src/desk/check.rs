//! The proof that a ledger is what it was, also while it runs.

use std::collections::BTreeSet;
use std::sync::Arc;

use resit_api::{Damage, Verified};
use resit_domain::EntitlementId;
use resit_embedded_log::VerifyReport;
use resit_event_log::{EventLog, Position};
use resit_expiry_scheduler::ExpiryScheduler;
use resit_gateway::Gauges;
use resit_projector::describe;

use crate::exit::Stopped;
use crate::ledger::Ledger;
use crate::serve::ReadModels;

/// How many differing rows are named.
const DIFFERENCES_MAX: usize = 20;

/// How many rows that differ are looked at again.
const CANDIDATES_MAX: usize = 100_000;

/// How often what differs is looked at again: while commands come in, rows differ for a moment.
const LOOKS_MAX: usize = 10;

/// The read models and the agenda that `verify` compares with fresh ones, one after the other: where nobody else needs them,
/// only one of them is open at a time, for each takes memory with its size.
pub(crate) trait Derived {
    /// The live read models.
    fn read_models(&self) -> Result<Arc<ReadModels>, Stopped>;

    /// The live agenda with its scheduler.
    fn scheduler(&self) -> Result<Arc<ExpiryScheduler>, Stopped>;
}

/// The read models and the agenda of a running server: both are open as long as it runs.
pub(crate) struct Kept {
    pub(crate) read_models: Arc<ReadModels>,
    pub(crate) scheduler: Arc<ExpiryScheduler>,
}

impl Kept {
    /// Opens both beside a ledger that this process has open.
    pub(crate) fn of(ledger: &Ledger, gauges: Arc<Gauges>) -> Result<Self, Stopped> {
        let projector = ledger.read_models_beside_the_handler()?;
        Ok(Self {
            read_models: Arc::new(ReadModels::new(projector, ledger.log.clone(), gauges)),
            scheduler: Arc::new(ledger.scheduler()?),
        })
    }
}

impl Derived for Kept {
    fn read_models(&self) -> Result<Arc<ReadModels>, Stopped> {
        Ok(self.read_models.clone())
    }

    fn scheduler(&self) -> Result<Arc<ExpiryScheduler>, Stopped> {
        Ok(self.scheduler.clone())
    }
}

/// A stopped ledger opens each when it is asked for, and closes it when its caller drops it.
impl Derived for Ledger {
    fn read_models(&self) -> Result<Arc<ReadModels>, Stopped> {
        Ok(Arc::new(ReadModels::new(self.projector()?, self.log.clone(), Arc::default())))
    }

    fn scheduler(&self) -> Result<Arc<ExpiryScheduler>, Stopped> {
        Ok(Arc::new(Ledger::scheduler(self)?))
    }
}

/// Proves that the log is sound, and that the live read models and the live agenda equal fresh ones.
pub(crate) async fn verify(
    ledger: &Ledger,
    derived: &impl Derived,
    progress: impl FnMut(Position),
) -> Result<Verified, Stopped> {
    let report = ledger
        .embedded
        .verify_with(Some(super::read_body))
        .map_err(|source| Stopped::Open { path: ledger.folder.clone(), source })?;
    if !report.is_sound() {
        return Ok(verified(report, None));
    }
    let read_models = derived.read_models()?;
    // Before anybody catches up: that makes rows anew, and nothing else tells of what is gone.
    if let Some(gone) = gone(&read_models).await? {
        return Ok(Verified { sound: false, gone: Some(gone), ..verified(report, None) });
    }
    let (position, keys) = differing_rows(&ledger.log, &read_models, progress).await?;
    drop(read_models);
    let mut differing = described(&keys);
    let dues = differing_dues(ledger, &*derived.scheduler()?).await?;
    let told = |id| format!("when entitlement {id} falls due, in the agenda,");
    differing.extend(dues.into_iter().take(DIFFERENCES_MAX).map(told));
    Ok(verified(report, Some((position, differing))))
}

/// What is gone from the log, by the read models, and what to do.
pub(crate) async fn gone(live: &ReadModels) -> Result<Option<String>, Stopped> {
    let gone = live.projector.gone().await?;
    Ok(gone.map(|gone| {
        format!("{gone}; put back the newest copy that there is, or let `resit rebuild` take the log for what it is now")
    }))
}

/// Rows of the live read models that differ from fresh ones, and go on doing so when both have come further.
pub(crate) async fn differing_rows(
    log: &Arc<dyn EventLog>,
    live: &ReadModels,
    progress: impl FnMut(Position),
) -> Result<(Position, Vec<Vec<u8>>), Stopped> {
    let fresh = live.projector.fresh_beside()?;
    let mut position = fresh.catch_up(progress).await?;
    live.catch_up().await?;
    let mut keys = live.projector.differences(&fresh, CANDIDATES_MAX)?;
    for _ in 0..LOOKS_MAX {
        if keys.is_empty() || log.head().await? == position {
            break;
        }
        position = fresh.catch_up(|_| ()).await?;
        live.catch_up().await?;
        let mut still = Vec::new();
        for key in keys {
            if !live.projector.has_same_row(&fresh, &key)? {
                still.push(key);
            }
        }
        keys = still;
    }
    Ok((position, keys))
}

/// Rows that differ, as they are named to people.
pub(crate) fn described(keys: &[Vec<u8>]) -> Vec<String> {
    keys.iter().take(DIFFERENCES_MAX).map(|key| format!("the row {}", describe(key))).collect()
}

/// What the live agenda has due at another time than a fresh one, and goes on doing so.
async fn differing_dues(ledger: &Ledger, live: &ExpiryScheduler) -> Result<BTreeSet<EntitlementId>, Stopped> {
    let fresh = live.fresh_beside()?;
    let mut differing: Option<BTreeSet<EntitlementId>> = None;
    for _ in 0..LOOKS_MAX {
        let before = ledger.log.head().await?;
        fresh.catch_up().await?;
        live.catch_up().await?;
        let found = live.differences(&fresh, CANDIDATES_MAX).await?;
        let both = match differing {
            Some(known) => known.intersection(&found).copied().collect(),
            None => found,
        };
        if both.is_empty() || ledger.log.head().await? == before {
            return Ok(both);
        }
        differing = Some(both);
    }
    Ok(differing.unwrap_or_default())
}

fn verified(report: VerifyReport, derived: Option<(Position, Vec<String>)>) -> Verified {
    let (compared_up_to, differing) = derived.unzip();
    let damage = |damage: &resit_embedded_log::Damage| Damage {
        segment: damage.segment.clone(),
        offset: damage.offset,
        text: damage.to_string(),
    };
    let mut damages: Vec<_> = report.damages.iter().map(damage).collect();
    damages.extend(super::breaches(&report.breaches, report.breaches_count));
    Verified {
        sound: report.is_sound(),
        segments: report.segments,
        records: report.records,
        sound_up_to: report.sound_up_to,
        digest: report.digest.to_string(),
        damages,
        unknown_events: report.unknown_events.iter().map(super::unknown_text).collect(),
        index_faults: report.index_faults,
        torn: report.torn,
        gone: None,
        compared_up_to,
        differing,
    }
}
