//! The agenda: which entitlement falls due when. Rows are found by time, so that what is due comes first.

use std::path::Path;

use resit_derived_store::{Changes, DerivedStore, Fault, SettleError};
use resit_domain::{AgreementId, CalendarId, EntitlementId, OfferId, Timestamp};
use resit_event_log::{EventLog, Position, Record};

/// What falls due, by time.
#[derive(Debug)]
pub struct Agenda {
    store: DerivedStore,
}

/// `D` due time, entitlement → nothing.
const BY_TIME: u8 = b'D';
/// `E` entitlement → its due time, to find the row above when it moves.
const BY_ENTITLEMENT: u8 = b'E';
/// `L` what several entitlements hang on, entitlement → nothing.
const LISTS: u8 = b'L';

/// Something that the due times of several entitlements hang on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shared {
    Offer(OfferId),
    Agreement(AgreementId),
    Calendar(CalendarId),
    /// The rules of time zones, for whose days are those of another zone than UTC.
    Zones,
}

impl Shared {
    fn prefix(&self) -> Vec<u8> {
        let (kind, id) = match self {
            Shared::Offer(id) => (b'o', id.as_str()),
            Shared::Agreement(id) => (b'a', id.as_str()),
            Shared::Calendar(id) => (b'c', id.as_str()),
            Shared::Zones => (b'z', ""),
        };
        [&[LISTS, kind], id.as_bytes(), b"\0"].concat()
    }
}

impl Agenda {
    /// An agenda that goes when it is closed.
    pub fn in_memory() -> Result<Self, Fault> {
        Ok(Self { store: DerivedStore::temporary()? })
    }

    /// An empty agenda in a folder beside this one's, that goes when it is closed.
    pub(crate) fn beside(&self) -> Result<Self, Fault> {
        Ok(Self { store: self.store.beside()? })
    }

    /// The agenda in a folder; one that can't be used is dropped and made anew from the log.
    pub fn open(folder: &Path) -> Result<Self, Fault> {
        Ok(Self { store: DerivedStore::open(folder)?.0 })
    }

    /// The position up to which this log is in it; what was made from another log is dropped.
    pub(crate) async fn settle(&self, log: &dyn EventLog) -> Result<Position, SettleError> {
        self.store.settle(log).await
    }

    /// The first `limit` that are due by `now`, the oldest first.
    pub fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<(Timestamp, EntitlementId)>, Fault> {
        due_of(self.store.scan(&[BY_TIME]), now, limit)
    }

    /// The same, of those that come behind one of them.
    pub(crate) fn due_behind(
        &self,
        (due_at, id): (Timestamp, EntitlementId),
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Timestamp, EntitlementId)>, Fault> {
        due_of(self.store.scan_behind(&[BY_TIME], &row(&sortable(due_at), id)), now, limit)
    }

    /// When the next entitlement falls due.
    pub fn next(&self) -> Result<Option<Timestamp>, Fault> {
        let first = self.store.scan(&[BY_TIME]).next();
        first.map(|row| row.and_then(|(key, _)| by_time(&key)).map(|(due_at, _)| due_at)).transpose()
    }

    /// The position up to which a log is in it, whichever log that was.
    pub(crate) fn checkpoint(&self) -> Result<Position, Fault> {
        self.store.checkpoint()
    }

    /// Whether an entitlement falls due at an instant.
    pub(crate) fn has(&self, (due_at, id): (Timestamp, EntitlementId)) -> Result<bool, Fault> {
        Ok(self.store.get(&row(&sortable(due_at), id))?.is_some())
    }

    /// At most `limit` entitlements that share something, behind `after`, in the order of their ids.
    pub(crate) fn members(
        &self,
        shared: &Shared,
        after: Option<EntitlementId>,
        limit: usize,
    ) -> Result<Vec<EntitlementId>, Fault> {
        let prefix = shared.prefix();
        let behind = after.map_or_else(|| prefix.clone(), |id| [prefix.as_slice(), &id.0].concat());
        let rows = self.store.scan_behind(&prefix, &behind).take(limit);
        rows.map(|row| row.and_then(|(key, _)| id_at_end(&key))).collect()
    }

    /// Notes when an entitlement falls due, and what that hangs on, if that is new.
    pub(crate) fn note(
        &self,
        id: EntitlementId,
        due_at: Option<Timestamp>,
        hangs_on: &[Shared],
        changes: &mut Changes,
    ) -> Result<(), Fault> {
        let own = [&[BY_ENTITLEMENT], id.0.as_slice()].concat();
        let (before, due_at) = (self.store.get(&own)?, due_at.map(sortable));
        if before.as_deref() != due_at.as_ref().map(<[u8; 8]>::as_slice) {
            // Written apart, half of them would leave a row that nothing leads to when another due time follows.
            changes.together(|changes| {
                if let Some(before) = before {
                    changes.remove(row(&before, id));
                }
                match due_at {
                    Some(due_at) => {
                        changes.put(row(&due_at, id), &[]);
                        changes.put(own, &due_at);
                    }
                    None => changes.remove(own),
                }
            });
        }
        for shared in hangs_on {
            changes.put([shared.prefix().as_slice(), &id.0].concat(), &[]);
        }
        Ok(())
    }

    pub(crate) async fn clear(&self) -> Result<(), Fault> {
        self.store.clear().await
    }

    /// Makes changes ahead of a checkpoint that is still to come.
    pub(crate) fn write(&self, changes: Changes) -> Result<(), Fault> {
        self.store.write(changes).map(drop)
    }

    pub(crate) fn apply(&self, changes: Changes, last: &Record, corrected_at: Position) -> Result<(), Fault> {
        self.store.apply(changes, last, corrected_at)
    }
}

/// Milliseconds so that bytes sort as times do, those before 1970 too.
fn sortable(at: Timestamp) -> [u8; 8] {
    (at.millis() ^ i64::MIN).to_be_bytes()
}

fn row(due_at: &[u8], id: EntitlementId) -> Vec<u8> {
    [&[BY_TIME], due_at, &id.0].concat()
}

fn due_of(
    rows: impl Iterator<Item = Result<(Vec<u8>, Vec<u8>), Fault>>,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<(Timestamp, EntitlementId)>, Fault> {
    let rows = rows.map(|row| row.and_then(|(key, _)| by_time(&key)));
    rows.take_while(|row| row.as_ref().map_or(true, |(due_at, _)| *due_at <= now)).take(limit).collect()
}

fn by_time(key: &[u8]) -> Result<(Timestamp, EntitlementId), Fault> {
    let millis = key
        .get(1..9)
        .and_then(|bytes| bytes.try_into().ok())
        .map(|bytes| i64::from_be_bytes(bytes) ^ i64::MIN);
    let due_at =
        millis.and_then(Timestamp::from_millis).ok_or_else(|| Fault::damaged("a due time can't be read"))?;
    Ok((due_at, id_at_end(key)?))
}

fn id_at_end(key: &[u8]) -> Result<EntitlementId, Fault> {
    let id = key.last_chunk::<16>().ok_or_else(|| Fault::damaged("a key of the agenda is too short"))?;
    Ok(EntitlementId(*id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_sort_as_times_do() {
        let times = ["1950-01-01", "1969-12-31T23:59:59.999Z", "1970-01-01", "2019-09-01"];
        let bytes: Vec<_> = times.iter().map(|t| sortable(t.parse().unwrap())).collect();
        assert!(bytes.is_sorted());
    }
}
