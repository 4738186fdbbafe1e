//! The mark of a ledger: what its folder held when it was last used, kept beside the log.
//!
//! A log can prove that no byte of it was changed. It cannot prove that it is the newest one, or that the key beside it is
//! its own. The mark can: it names the key, the kind of ledger, the first record, and the last record known to be durable.

use std::fmt;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use resit_event_log::{EventData, Position, Record};
use resit_voucher_code::{CodeKey, KeyId};
use sha2::{Digest as _, Sha256};

/// The file's name. One that was set aside has a number behind it.
pub(crate) const MARK_FILE: &str = "MARK";

/// Its first line.
const FIRST_LINE: &str = "resit ledger mark 1";

/// Whether commands of a ledger may name their own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What is on record there is true.
    Real,
    /// It proves nothing.
    Rehearsal,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Real => "real",
            Kind::Rehearsal => "rehearsal",
        })
    }
}

/// What a ledger was when it was last used. Digests and the key's id are lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) kind: Kind,
    /// The public name of the code key; none while it is not known.
    pub(crate) key: Option<String>,
    /// The digest of the log's first record; none of an empty log.
    pub(crate) first: Option<String>,
    /// The last position that was known to be durable.
    pub(crate) position: Position,
    /// The digest of the record there; none of an empty log.
    pub(crate) record: Option<String>,
}

/// A mark that is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl Mark {
    /// The text of the file. The last line is a checksum over all lines before it.
    pub(crate) fn to_text(&self) -> String {
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        let Self { kind, key, first, position, record } = self;
        let (key, first, record) = (or_none(key), or_none(first), or_none(record));
        let lines = format!(
            "{FIRST_LINE}\nkind {kind}\nkey {key}\nfirst {first}\nposition {position}\nrecord {record}\n"
        );
        let check = check(&lines);
        lines + "check " + &check + "\n"
    }

    /// Reads the text of the file.
    pub(crate) fn from_text(text: &str) -> Result<Self, Unreadable> {
        let (lines, found) = text.trim_end().rsplit_once("check ").ok_or(Unreadable)?;
        if found != check(lines) {
            return Err(Unreadable);
        }
        let mut lines = lines.lines();
        if lines.next() != Some(FIRST_LINE) {
            return Err(Unreadable);
        }
        let mut value = |name: &str| {
            let line = lines.next().and_then(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.ok_or(Unreadable)
        };
        let kind = match value("kind")? {
            "real" => Kind::Real,
            "rehearsal" => Kind::Rehearsal,
            _ => return Err(Unreadable),
        };
        let unless_none = |text: &str| (text != "none").then(|| text.to_owned());
        let key = unless_none(value("key")?);
        let first = unless_none(value("first")?);
        let position = value("position")?.parse().map(Position).map_err(|_| Unreadable)?;
        Ok(Self { kind, key, first, position, record: unless_none(value("record")?) })
    }
}

fn check(lines: &str) -> String {
    hex(&Sha256::digest(lines)[..8])
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        _ = write!(text, "{byte:02x}");
    }
    text
}

/// A key's name in a mark.
pub(crate) fn name_of(key: &CodeKey) -> String {
    KeyId::to_string(&key.key_id())
}

/// The digest of a record: of all that it says, however it is stored.
pub(crate) fn digest(record: &Record) -> String {
    let mut hash = Sha256::new_with_prefix(b"resit record v1\0");
    // Each part has its length before it, so that no two records make the same message.
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(&record.position.0.to_be_bytes());
    part(&record.recorded_at.millis().to_be_bytes());
    part(record.stream.as_str().as_bytes());
    part(record.command.as_str().as_bytes());
    part(&record.command_body);
    part(record.actor.as_str().as_bytes());
    for EventData { kind, version, happened_at, body } in &record.events {
        part(kind.as_bytes());
        part(&version.to_be_bytes());
        part(&happened_at.millis().to_be_bytes());
        part(body);
    }
    hex(&hash.finalize())
}

/// The mark in a folder, if there is one.
pub(crate) fn read(folder: &Path) -> io::Result<Option<Result<Mark, Unreadable>>> {
    match fs::read(folder.join(MARK_FILE)) {
        Ok(bytes) => Ok(Some(std::str::from_utf8(&bytes).map_err(|_| Unreadable).and_then(Mark::from_text))),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Puts a mark into a folder, durably: the file holds the old mark or the new one, whole.
pub(crate) fn write(folder: &Path, mark: &Mark) -> io::Result<()> {
    let (path, unfinished) = (folder.join(MARK_FILE), folder.join("MARK.tmp"));
    let written = || {
        let mut file = File::create(&unfinished)?;
        file.write_all(mark.to_text().as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        File::open(folder)?.sync_all()
    };
    written().inspect_err(|_: &io::Error| drop(fs::remove_file(&unfinished)))
}

/// Moves the mark in a folder aside, and returns where it is now. Marks that were set aside before stay.
pub(crate) fn set_aside(folder: &Path) -> io::Result<Option<PathBuf>> {
    let path = folder.join(MARK_FILE);
    if !path.try_exists()? {
        return Ok(None);
    }
    let aside = (1..u32::MAX).map(|n| folder.join(format!("{MARK_FILE}.{n}"))).find(|aside| !aside.exists());
    let aside = aside.expect("there are more numbers than files");
    fs::rename(&path, &aside)?;
    Ok(Some(aside))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks() -> Vec<Mark> {
        let empty =
            Mark { kind: Kind::Real, key: None, first: None, position: Position::START, record: None };
        let filled = Mark {
            kind: Kind::Rehearsal,
            key: Some("0123456789abcdef".to_owned()),
            first: Some("aa".repeat(32)),
            position: Position(412),
            record: Some("bb".repeat(32)),
        };
        vec![empty, filled]
    }

    #[test]
    fn a_mark_reads_as_it_was_written() {
        for mark in marks() {
            assert_eq!(Mark::from_text(&mark.to_text()), Ok(mark));
        }
    }

    #[test]
    fn a_mark_with_one_changed_byte_or_cut_anywhere_is_not_read() {
        for mark in marks() {
            let text = mark.to_text();
            for at in 0..text.len() - 1 {
                assert_eq!(Mark::from_text(&text[..at]), Err(Unreadable), "cut at {at}");
                let mut changed = text.clone().into_bytes();
                changed[at] ^= 1;
                let changed = String::from_utf8(changed).unwrap();
                assert_eq!(Mark::from_text(&changed), Err(Unreadable), "changed at {at}");
            }
        }
    }

    #[test]
    fn a_mark_that_is_set_aside_takes_the_place_of_no_other() {
        let folder = tempfile::tempdir().unwrap();
        for (n, mark) in (1..).zip(marks()) {
            write(folder.path(), &mark).unwrap();
            let aside = set_aside(folder.path()).unwrap().unwrap();
            assert_eq!(aside, folder.path().join(format!("MARK.{n}")));
            assert_eq!(fs::read_to_string(aside).unwrap(), mark.to_text());
        }
        assert_eq!(set_aside(folder.path()).unwrap(), None);
        assert_eq!(read(folder.path()).unwrap(), None);
    }
}
