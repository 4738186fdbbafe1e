//! Whether a folder holds the ledger that it held before, and the mark that shows it next time.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, TryLockError};

use resit_embedded_log::EmbeddedLog;
use resit_event_log::{Position, Record};
use resit_voucher_code::CodeKey;

use super::foreign::{Foreign, Found};
use super::key::{KEY_FILE, made_code, read_key};
use super::mark::{self, Kind, Mark, digest, name_of};
use super::{REHEARSAL_FILE, REHEARSAL_TEXT};
use crate::durable::{PUBLIC, put_new};
use crate::exit::Stopped;

/// How many of the last records are searched for a code, to try a key on that no mark names.
const SEARCHED_MAX: u64 = 20_000;

/// How many records are read at a time for it.
const BATCH: u64 = 1_000;

/// The mark of an open ledger. It only ever moves forward.
#[derive(Debug)]
pub(crate) struct Identity {
    folder: PathBuf,
    kind: Kind,
    /// The name of the ledger's key, if that is known.
    key: Option<String>,
    mark: Mutex<Mark>,
}

/// What a folder is by its files.
pub(super) fn kind_of(folder: &Path) -> Kind {
    if folder.join(REHEARSAL_FILE).exists() { Kind::Rehearsal } else { Kind::Real }
}

/// Makes the file that marks a ledger for rehearsals.
pub(super) fn mark_rehearsal(folder: &Path) -> Result<(), Stopped> {
    let marker = folder.join(REHEARSAL_FILE);
    if marker.exists() {
        return Ok(());
    }
    let put = put_new(&marker, REHEARSAL_TEXT.as_bytes(), PUBLIC);
    put.map_err(|source| Stopped::Unwritten { path: marker, source })
}

impl Identity {
    /// Compares an open log, its key and its kind with the mark of their folder. A folder without a mark gets one, unless the
    /// key did not make the log's last code.
    ///
    /// # Errors
    ///
    /// [`Stopped::Foreign`] if the folder does not hold the ledger that it held before. Nothing is written then.
    pub(super) fn check(folder: &Path, log: &EmbeddedLog, key: Option<&CodeKey>) -> Result<Self, Stopped> {
        let foreign = |what| Stopped::Foreign { folder: folder.to_owned(), what };
        let kind = kind_of(folder);
        let unread = |source| Stopped::File { path: folder.join(mark::MARK_FILE), source };
        let Some(mark) = mark::read(folder).map_err(unread)? else {
            if let Some(key) = key {
                key_made_last_code(log, key)?.map_err(foreign)?;
            }
            return Self::adopt(folder, log, key, kind);
        };
        let mark = mark.map_err(|_| foreign(Foreign::Unreadable))?;
        if let (None, Some(key)) = (&mark.key, key) {
            key_made_last_code(log, key)?.map_err(foreign)?;
        }
        let found = Found {
            kind,
            key: key.map(name_of),
            head: log.durable_head(),
            first: record_at(log, Position(1))?.as_ref().map(digest),
            record: record_at(log, mark.position)?.as_ref().map(digest),
        };
        Foreign::check(&mark, &found).map_err(foreign)?;
        Self::begin(folder, log, key, mark)
    }

    /// Takes a folder as it is, and marks it so.
    pub(super) fn adopt(
        folder: &Path,
        log: &EmbeddedLog,
        key: Option<&CodeKey>,
        kind: Kind,
    ) -> Result<Self, Stopped> {
        let mark = Mark { kind, key: None, first: None, position: Position::START, record: None };
        Self::begin(folder, log, key, mark)
    }

    fn begin(folder: &Path, log: &EmbeddedLog, key: Option<&CodeKey>, mark: Mark) -> Result<Self, Stopped> {
        let (folder, key) = (folder.to_owned(), key.map(name_of).or_else(|| mark.key.clone()));
        let identity = Self { folder, kind: mark.kind, key, mark: Mutex::new(mark) };
        identity.renew(log)?;
        Ok(identity)
    }

    /// Whether it is known which key is the ledger's.
    pub(super) fn knows_key(&self) -> bool {
        self.key.is_some()
    }

    /// Brings the mark up to the log's last durable record. A mark that can't be written is logged, and tried again at the
    /// next call: the ledger works without it, and is as well protected as by the mark before.
    pub(crate) fn renew(&self, log: &EmbeddedLog) -> Result<(), Stopped> {
        self.try_renew(log)?.unwrap_or_else(|error| {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "the ledger's MARK file can't be written; it is tried again");
        });
        Ok(())
    }

    /// The same, and returns what came of writing it. One that is being written elsewhere is not waited for.
    ///
    /// # Errors
    ///
    /// If the log can't be read.
    pub(crate) fn try_renew(&self, log: &EmbeddedLog) -> Result<io::Result<()>, Stopped> {
        let mut mark = match self.mark.try_lock() {
            Ok(mark) => mark,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(Ok(())),
        };
        let head = log.durable_head();
        let is_there = self.folder.join(mark::MARK_FILE).exists();
        if is_there && head <= mark.position && self.key == mark.key {
            return Ok(Ok(()));
        }
        let mut next = Mark { key: self.key.clone(), ..mark.clone() };
        if head > mark.position {
            next.record = record_at(log, head)?.as_ref().map(digest);
            next.position = head;
        }
        if next.first.is_none() {
            next.first = record_at(log, Position(1))?.as_ref().map(digest);
        }
        let written = mark::write(&self.folder, &next);
        if written.is_ok() {
            *mark = next;
        }
        Ok(written)
    }

    /// What is wrong with the files beside the log of an open ledger, for which it stays open: what it uses it holds in memory.
    pub(crate) fn fault_beside(&self) -> Option<String> {
        let folder = self.folder.display();
        let start = "or the next start will refuse";
        match (self.kind, kind_of(&self.folder)) {
            (Kind::Real, Kind::Rehearsal) => {
                return Some(format!(
                    "a REHEARSAL file was put into {folder}, a real ledger's folder; remove it, {start}"
                ));
            }
            (Kind::Rehearsal, Kind::Real) => {
                return Some(format!("the REHEARSAL file of {folder} is gone; put it back, {start}"));
            }
            _ => {}
        }
        let had = self.key.as_ref()?;
        match read_key(&self.folder.join(KEY_FILE)) {
            Ok(Some(key)) if name_of(&key) == *had => None,
            Ok(Some(_)) => Some(format!(
                "code.key in {folder} was replaced by another key; put the right one back, {start}"
            )),
            Ok(None) => Some(format!("code.key is gone from {folder}; restore it from its copy, {start}")),
            Err(_) => Some(format!("code.key in {folder} can't be read; restore it from its copy, {start}")),
        }
    }
}

fn record_at(log: &EmbeddedLog, position: Position) -> Result<Option<Record>, Stopped> {
    let Some(before) = position.0.checked_sub(1) else { return Ok(None) };
    Ok(log.read_now(Position(before), 1)?.pop())
}

/// Tries a key on the last code on record, if one of the last records is a code's.
fn key_made_last_code(log: &EmbeddedLog, key: &CodeKey) -> Result<Result<(), Foreign>, Stopped> {
    let head = log.durable_head().0;
    let mut end = head;
    while end > 0 && head - end < SEARCHED_MAX {
        let after = end.saturating_sub(BATCH);
        let count = usize::try_from(end - after).unwrap_or(usize::MAX);
        for record in log.read_now(Position(after), count)?.iter().rev() {
            match made_code(key, record)? {
                Some(true) => return Ok(Ok(())),
                Some(false) => return Ok(Err(Foreign::MadeNoCode(record.position))),
                None => {}
            }
        }
        end = after;
    }
    Ok(Ok(()))
}
