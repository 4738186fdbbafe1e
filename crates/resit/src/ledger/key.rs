//! The file of the key that voucher codes are derived from.

use std::fs;
use std::path::{Path, PathBuf};

use resit_command_handler::Failure;
use resit_domain::{Event, Stream};
use resit_event_log::Record;
use resit_states::{decode, stream_of};
use resit_voucher_code::CodeKey;

use crate::clock;
use crate::durable::{SECRET, put_new};
use crate::exit::Stopped;

/// The file of the key that voucher codes are derived from. Beside the log it is the one thing to keep a copy of.
pub(crate) const KEY_FILE: &str = "code.key";

/// The key in a file, if the file is there.
pub(crate) fn read_key(path: &Path) -> Result<Option<CodeKey>, Stopped> {
    let unusable =
        |e: Box<dyn std::error::Error + Send + Sync>| Stopped::Key { path: path.to_owned(), source: e };
    match fs::read_to_string(path) {
        Ok(text) => CodeKey::from_text(&text).map(Some).map_err(|e| unusable(e.into())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(unusable(e.into())),
    }
}

/// Puts a new key into a file that is not there yet.
pub(super) fn make_key(path: PathBuf) -> Result<CodeKey, Stopped> {
    let key = CodeKey::from_bytes(clock::random()?);
    write_key(&path, &key).map_err(|e| Stopped::Key { path, source: e.into() })?;
    Ok(key)
}

/// How often a code can have been replaced before its key is not known any more.
const GENERATIONS_MAX: u16 = 1_024;

/// Whether a key made the code of a record; none if the record has no code.
///
/// A code stands on record as its fingerprint, together with what it opens: so the key can be tried, and needs no place of
/// its own in the log.
pub(crate) fn made_code(key: &CodeKey, record: &Record) -> Result<Option<bool>, Stopped> {
    let Ok(Stream::Code(code)) = stream_of(&record.stream) else { return Ok(None) };
    for data in &record.events {
        if let Event::CodeMinted(minted) = decode(data).map_err(Failure::from)? {
            let made = |generation| key.derive(minted.entitlement, minted.unit, generation).fingerprint();
            return Ok(Some((0..=GENERATIONS_MAX).any(|generation| made(generation) == code)));
        }
    }
    Ok(None)
}

fn write_key(path: &Path, key: &CodeKey) -> std::io::Result<()> {
    let mut text = key.to_text();
    text.push('\n');
    put_new(path, text.as_bytes(), SECRET)
}
