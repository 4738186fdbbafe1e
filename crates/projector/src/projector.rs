//! From records to rows.

use std::collections::BTreeSet;
use std::sync::Arc;

use resit_derived_store::{Changes, DerivedStore};
use resit_domain::terms::Limit;
use resit_domain::{EntitlementId, Event, Known, Stream};
use resit_event_log::{EventLog, Position, Record};
use resit_states::{AsOf, States, Touch, decode, stream_of};

use crate::{ProjectionError, key};

/// Keeps read models behind a log.
pub struct Projector {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) store: DerivedStore,
    states: States,
}

/// How many records are taken in between two checkpoints.
const BATCH: usize = 4_096;

impl Projector {
    /// A projector of `log` into `store`.
    pub fn new(log: Arc<dyn EventLog>, store: DerivedStore) -> Self {
        Self { states: States::new(log.clone(), 100_000), log, store }
    }

    /// Takes in all that is on record, tells `progress` the position after each batch, and returns the last one.
    pub async fn catch_up(&self, mut progress: impl FnMut(Position)) -> Result<Position, ProjectionError> {
        let mut checkpoint = self.store.settle(&*self.log).await?;
        loop {
            let records = self.log.read(checkpoint, BATCH).await?;
            let Some(last) = records.last() else { break };
            checkpoint = last.position;
            let changes = self.changes(&records).await?;
            self.store.apply(changes, last)?;
            progress(checkpoint);
        }
        self.store.flush()?;
        Ok(checkpoint)
    }

    /// Drops every row and makes them anew from the first record on.
    pub async fn rebuild(&self, progress: impl FnMut(Position)) -> Result<Position, ProjectionError> {
        self.store.clear()?;
        self.catch_up(progress).await
    }

    async fn changes(&self, records: &[Record]) -> Result<Changes, ProjectionError> {
        let mut changes = Changes::default();
        let mut touched: BTreeSet<EntitlementId> = BTreeSet::new();
        let mut lists: BTreeSet<Touch> = BTreeSet::new();
        for record in records {
            match Touch::of(record)? {
                Touch::Entitlement(id) => {
                    touched.insert(id);
                }
                Touch::Nothing => {}
                list => {
                    lists.insert(list);
                }
            }
            Self::plain_rows(record, &mut changes)?;
        }
        for list in lists {
            touched.extend(self.members(&list)?);
        }
        for id in touched {
            let known = self.states.entitlement(id, AsOf::Head).await?;
            rows(&known, &mut changes)?;
        }
        Ok(changes)
    }

    /// Rows that one record makes by itself.
    fn plain_rows(record: &Record, changes: &mut Changes) -> Result<(), ProjectionError> {
        if let Stream::Code(code) = stream_of(&record.stream)? {
            for data in &record.events {
                if let Event::CodeMinted(minted) = decode(data)? {
                    changes.put(
                        &key::code(code),
                        &rmp_serde::to_vec_named(&(minted.entitlement, minted.unit)).map_err(unwritten)?,
                    );
                }
            }
        }
        Ok(())
    }

    /// The entitlements that look different when something they share changes.
    fn members(&self, list: &Touch) -> Result<Vec<EntitlementId>, ProjectionError> {
        let prefix = match list {
            Touch::Offer(id) => key::offer(id),
            Touch::Agreement(id) => key::agreement(id),
            Touch::Calendar(id) => key::calendar(id),
            Touch::Entitlement(_) | Touch::Nothing => return Ok(Vec::new()),
        };
        self.list(&prefix)
    }

    pub(crate) fn list(&self, prefix: &[u8]) -> Result<Vec<EntitlementId>, ProjectionError> {
        let rows = self.store.scan(prefix).map(|row| row.map(|(key, _)| key::member_of(&key)));
        rows.filter_map(Result::transpose).map(|member| Ok(member?)).collect()
    }
}

/// The rows of one entitlement.
fn rows(known: &Known, changes: &mut Changes) -> Result<(), ProjectionError> {
    let Some(view) = known.view() else { return Ok(()) };
    let Some((entitlement, issued)) =
        known.entitlement.as_deref().and_then(|e| Some((e, e.issued.as_ref()?)))
    else {
        return Ok(());
    };
    changes.put(&key::entitlement(view.id), &rmp_serde::to_vec_named(&view).map_err(unwritten)?);
    changes.put(&key::member(key::order(&view.order), view.id), &[]);
    changes.put(&key::member(key::offer(&view.offer), view.id), &[]);
    if let Some(agreement) = &issued.agreement {
        changes.put(&key::member(key::agreement(agreement), view.id), &[]);
    }
    let terms = known.offer.as_deref().and_then(|offer| offer.versions.get(&issued.terms));
    if let Some(Limit::Some(calendar)) = terms.map(|terms| &terms.rulings.business_days) {
        changes.put(&key::member(key::calendar(calendar), view.id), &[]);
    }
    // Whoever sat or holds one of its vouchers. Nobody is ever taken off: they were there.
    let holders = entitlement.units.iter().filter_map(|unit| entitlement.holder_of(unit).candidate());
    let sitters =
        entitlement.units.iter().flat_map(|unit| unit.attempts.iter().map(|attempt| &attempt.candidate));
    for candidate in holders.chain(sitters) {
        changes.put(&key::member(key::candidate(candidate), view.id), &[]);
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "it is the argument of map_err")]
fn unwritten(error: rmp_serde::encode::Error) -> ProjectionError {
    ProjectionError::Row(error.to_string())
}
