//! The proof that the log on NATS can be read from end to end, and that read models equal it.

use std::sync::Arc;

use resit_api::{Damage, Verified};
use resit_event_log::{EventLog, Position, ReadError, Record};
use resit_states::with_streams;

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
/// reads.
pub(super) async fn verified(log: &Arc<dyn EventLog>, read_models: &ReadModels) -> Result<Verified, Stopped> {
    let mut read = Reading::default();
    let head = log.head().await?;
    while read.position < head {
        let records = match log.read(read.position, BATCH).await {
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
        with_streams(&records).map_err(resit_command_handler::Failure::from)?;
        for record in &records {
            read.take_in(record);
        }
    }
    if let Some(gone) = desk::gone(read_models).await? {
        return Ok(Verified { sound: false, gone: Some(gone), ..read.told(Vec::new(), None) });
    }
    let (position, keys) = desk::differing_rows(log, read_models, |_| ()).await?;
    Ok(read.told(Vec::new(), Some((position, desk::described(&keys)))))
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    records: u64,
    position: Position,
    digest: u32,
}

impl Reading {
    fn take_in(&mut self, record: &Record) {
        self.records += 1;
        self.position = record.position;
        let mut digest = crc32c::crc32c_append(self.digest, record.stream.as_str().as_bytes());
        digest = crc32c::crc32c_append(digest, &record.position.0.to_be_bytes());
        digest = crc32c::crc32c_append(digest, &record.command_body);
        for event in &record.events {
            digest = crc32c::crc32c_append(digest, event.kind.as_bytes());
            digest = crc32c::crc32c_append(digest, &event.body);
        }
        self.digest = digest;
    }

    fn told(self, damages: Vec<Damage>, derived: Option<(Position, Vec<String>)>) -> Verified {
        let (compared_up_to, differing) = derived.unzip();
        Verified {
            sound: damages.is_empty(),
            segments: 1,
            records: self.records,
            sound_up_to: self.position,
            digest: format!("{:08x}", self.digest),
            damages,
            index_faults: Vec::new(),
            torn: None,
            gone: None,
            compared_up_to,
            differing,
        }
    }
}
