//! The proof that the log on NATS can be read from end to end, and that read models equal it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use resit_api::{Damage, Verified};
use resit_event_log::audit::{Audit, Numbering};
use resit_event_log::{EventLog, Position, ReadError, Record, as_stored};
use sha2::{Digest, Sha256};

use crate::desk;
use crate::exit::Stopped;
use crate::serve::ReadModels;

/// How many records are read at a time: so few that each comes with the subject it stands on, which its checksum is held against. Who
/// reads long stretches at once takes a record's own word for that.
const BATCH: usize = 256;

/// Reads every record, and compares the read models with fresh ones.
///
/// The log checks each record's checksum, that none is missing and that commits are whole. What is proven beside that is that each
/// can be understood, and what the whole of them comes to: two readings of the same log have the same digest, whoever
/// reads. A log in a folder has another, for its records have other positions.
///
/// What memory does not hold of the check goes to a file in `folder`, which is gone when the process ends, however it does.
pub(super) async fn verified(
    log: &Arc<dyn EventLog>,
    read_models: &ReadModels,
    folder: &Path,
    progress: impl Fn(Position),
) -> Result<Verified, Stopped> {
    let mut read = Reading::default();
    let make_scratch = || tempfile::tempfile_in(folder);
    let mut audit = Audit::new(Numbering::Growing, Some(desk::read_body), &make_scratch);
    let head = log.head().await?;
    let stored = as_stored(log);
    while read.position < head {
        let records = match stored.read(read.position, BATCH).await {
            Ok(records) => records,
            Err(ReadError::Corrupt { place, reason }) => {
                let damage = Damage { segment: place.clone(), offset: 0, text: format!("{place}: {reason}") };
                return Ok(read.told(vec![damage], None));
            }
            Err(error) => return Err(error.into()),
        };
        if records.is_empty() {
            break;
        }
        for record in &records {
            read.take_in(record);
            audit.take_in(record)?;
        }
        progress(read.position);
    }
    let audited = audit.finish()?;
    let unknown = audited.unknown.iter().map(desk::unknown_text).collect();
    if audited.breaches_count > 0 {
        let damages = desk::breaches(&audited.breaches, audited.breaches_count);
        return Ok(Verified { unknown_events: unknown, ..read.told(damages, None) });
    }
    if let Some(gone) = desk::gone(read_models).await? {
        return Ok(Verified { sound: false, gone: Some(gone), ..read.told(Vec::new(), None) });
    }
    let (position, keys) = desk::differing_rows(log, read_models, progress).await?;
    Ok(Verified {
        unknown_events: unknown,
        ..read.told(Vec::new(), Some((position, desk::described(&keys))))
    })
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    records: u64,
    position: Position,
    digest: Sha256,
}

impl Reading {
    fn take_in(&mut self, record: &Record) {
        self.records += 1;
        self.position = record.position;
        self.digest.update(record.position.0.to_be_bytes());
        self.part(record.stream.as_str().as_bytes());
        self.part(record.command.as_str().as_bytes());
        self.part(&record.command_body);
        self.part(record.actor.as_str().as_bytes());
        self.digest.update(record.recorded_at.millis().to_be_bytes());
        for event in &record.events {
            self.part(event.kind.as_bytes());
            self.digest.update(event.version.to_be_bytes());
            self.digest.update(event.happened_at.millis().to_be_bytes());
            self.part(&event.body);
        }
    }

    /// Takes in bytes behind their number, so that none can be taken for another part's.
    fn part(&mut self, bytes: &[u8]) {
        self.digest.update((bytes.len() as u64).to_be_bytes());
        self.digest.update(bytes);
    }

    fn told(self, damages: Vec<Damage>, derived: Option<(Position, Vec<String>)>) -> Verified {
        let (compared_up_to, differing) = derived.unzip();
        Verified {
            sound: damages.is_empty(),
            segments: 1,
            records: self.records,
            sound_up_to: self.position,
            digest: format!("{:x}", HexDigits(&self.digest.finalize())),
            damages,
            unknown_events: Vec::new(),
            index_faults: Vec::new(),
            torn: None,
            gone: None,
            compared_up_to,
            differing,
        }
    }
}

/// Bytes, shown as two hex digits each.
struct HexDigits<'a>(&'a [u8]);

impl fmt::LowerHex for HexDigits<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
