//! The key that codes are made with: all command handlers of a ledger have the same one.

use std::path::Path;

use async_nats::jetstream::stream::{LastRawMessageError, LastRawMessageErrorKind};
use resit_event_log::{EventLog, Position, Record};
use resit_nats::Link;
use resit_voucher_code::CodeKey;

use crate::exit::Stopped;
use crate::ledger;

/// The key in a folder, if the ledger's last code was made by it, or none was made yet.
///
/// A code stands on record as its fingerprint, together with what it opens: so the key can be tried, and needs no place of
/// its own. Whoever has lost the key says so, and begins with another.
pub(super) async fn open(
    folder: &Path,
    link: &Link,
    log: &dyn EventLog,
    is_lost: bool,
) -> Result<CodeKey, Stopped> {
    let path = folder.join(ledger::KEY_FILE);
    let key = ledger::read_key(&path)?.ok_or_else(|| Stopped::NoKeyOfHandler(path.clone()))?;
    match last_code(link, log).await? {
        Some(record) if !is_lost && ledger::made_code(&key, &record)? == Some(false) => {
            Err(Stopped::OtherKey { path, ledger: link.names.ledger().to_string() })
        }
        _ => Ok(key),
    }
}

/// The record of the last code that was made.
async fn last_code(link: &Link, log: &dyn EventLog) -> Result<Option<Record>, Stopped> {
    let unread = |error: LastRawMessageError| Stopped::Codes(error.into());
    let stream = link.jetstream.get_stream_no_info(link.names.ledger_stream()).await;
    let stream = stream.map_err(|error| Stopped::Codes(error.into()))?;
    match stream.get_last_raw_message_by_subject(&link.names.records_of("code")).await {
        Ok(message) => Ok(log.read(Position(message.sequence.saturating_sub(1)), 1).await?.pop()),
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(unread(error)),
    }
}
