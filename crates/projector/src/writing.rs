//! From what is pending to rows on the disk.

use std::mem;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread;

use resit_derived_store::{Ahead, Changes, DerivedStore, Lasting};
use resit_domain::{EntitlementId, Known, State, Stream};
use resit_event_log::{Position, Record};
use resit_states::{AsOf, States, Touch};

use crate::pending::{Changed, Pending, Touched};
use crate::{OfferRow, ProjectionError, key, rows};

/// All that one writing needs. It holds no lock and reads no log.
pub(crate) struct Writing {
    entitlements: Vec<(Known, Changed)>,
    lists: Changes,
    last: Record,
    /// The last correction of recorded times that the log shows.
    corrected_at: Position,
}

/// What several writings share: only one of them is under way at a time.
pub(crate) type WrittenAhead = Mutex<Ahead>;

/// More than so many vouchers are written by all processors at once, and the checkpoint after them. A thread makes the rows
/// of so many at a time.
const AT_ONCE_MAX: usize = 1_024;

impl Writing {
    /// Gathers what is to be written of what has records of its own. The states may be ahead of what is pending: what is behind
    /// it will come again.
    pub(crate) async fn gather(pending: Pending, states: &States) -> Result<Option<Self>, ProjectionError> {
        let Some(last) = pending.last else { return Ok(None) };
        let mut lists = Changes::default();
        for shared in &pending.shared {
            if let Touch::Offer(id) = shared
                && let State::Offer(offer) =
                    states.load(&Stream::Offer(id.clone()), AsOf::Followed).await?.state
                && let Some(row) = OfferRow::of(&offer)
            {
                lists.put(key::offer_row(id), &rows::encode(&row)?);
            }
        }
        let mut ids: Vec<_> = pending.entitlements.into_iter().collect();
        ids.sort_unstable_by_key(|(id, _)| *id);
        let mut entitlements = Vec::with_capacity(ids.len());
        for (id, Touched { mut changed, state }) in ids {
            let stream = Stream::Entitlement(id);
            let Some(folded) = state else { continue };
            states.put_back(&stream, folded.clone());
            let known = states.with_all_it_hangs_on(folded.state, AsOf::Followed).await?;
            let issued = known.entitlement.as_deref().and_then(|e| e.issued.as_ref());
            changed.offered |=
                issued.is_some_and(|issued| pending.shared.contains(&Touch::Offer(issued.offer.clone())));
            entitlements.push((known, changed));
        }
        for (code, entitlement, unit) in pending.codes {
            lists.put_for_good(key::code(code), rows::encode(&(entitlement, unit))?);
        }
        for (candidate, id) in pending.assigned {
            lists.put_for_good(key::member(key::candidate(&candidate), id), []);
        }
        for (line, position, refused) in pending.refused {
            lists.put(key::refused(&line, position), &rows::encode(&refused)?);
        }
        Ok(Some(Self { entitlements, lists, last, corrected_at: states.log().corrected_at() }))
    }

    /// Writes all of it. The checkpoint moves with the last row or after it, never before: behind many rows, with those of the
    /// writings that follow.
    pub(crate) fn write(self, store: &DerivedStore, ahead: &WrittenAhead) -> Result<(), ProjectionError> {
        let Self { entitlements, mut lists, last, corrected_at } = self;
        if entitlements.iter().map(|(known, _)| vouchers(known)).sum::<usize>() > AT_ONCE_MAX {
            let threads = thread::available_parallelism().map_or(1, NonZero::get);
            let share = entitlements.len().div_ceil(threads);
            let mut lasting = store.write(mem::take(&mut lists))?;
            thread::scope(|scope| {
                let shares = entitlements.chunks(share);
                let writers: Vec<_> = shares.map(|share| scope.spawn(|| write_share(share, store))).collect();
                for writer in writers {
                    lasting.append(writer.join().expect("no code panics here")?);
                }
                Ok::<_, ProjectionError>(())
            })?;
            let mut ahead = ahead.lock().unwrap_or_else(PoisonError::into_inner);
            ahead.take_in(lasting, &last, corrected_at);
            return if ahead.is_full() { Ok(store.arrive(mem::take(&mut ahead))?) } else { Ok(()) };
        }
        arrive(store, ahead)?;
        for (known, changed) in &entitlements {
            rows::put(known, *changed, store, &mut lists)?;
        }
        Ok(store.apply(lists, &last, corrected_at)?)
    }
}

/// Writes what waits, and moves the checkpoint behind it.
pub(crate) fn arrive(store: &DerivedStore, ahead: &WrittenAhead) -> Result<(), ProjectionError> {
    let ahead = mem::take(&mut *ahead.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(store.arrive(ahead)?)
}

/// Whether nothing waits.
pub(crate) fn is_empty(ahead: &WrittenAhead) -> bool {
    ahead.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
}

/// Writes the rows that may change; hands back the others.
fn write_share(share: &[(Known, Changed)], store: &DerivedStore) -> Result<Lasting, ProjectionError> {
    let mut lasting = Lasting::default();
    let (mut changes, mut count) = (Changes::default(), 0);
    for (known, changed) in share {
        rows::put(known, *changed, store, &mut changes)?;
        count += vouchers(known);
        if count >= AT_ONCE_MAX {
            lasting.append(store.write(mem::take(&mut changes))?);
            count = 0;
        }
    }
    lasting.append(store.write(changes)?);
    Ok(lasting)
}

/// How many vouchers an entitlement has, and so how large its rows are; at least one.
fn vouchers(known: &Known) -> usize {
    known.entitlement.as_deref().map_or(1, |entitlement| entitlement.units.len().max(1))
}

/// The members of a list.
pub(crate) fn list(store: &DerivedStore, prefix: &[u8]) -> Result<Vec<EntitlementId>, ProjectionError> {
    let rows = store.scan(prefix).map(|row| row.map(|(key, _)| key::member_of(&key)));
    rows.filter_map(Result::transpose).map(|member| Ok(member?)).collect()
}
