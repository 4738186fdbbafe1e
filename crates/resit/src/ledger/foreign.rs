//! What shows that a folder does not hold the ledger that it held before.

use resit_event_log::Position;

use super::mark::{Kind, Mark};

/// What is in a folder now, as far as a mark can be compared with it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    /// The name of the key; none if nobody needs it now.
    pub(crate) key: Option<String>,
    pub(crate) head: Position,
    /// The digest of the first record.
    pub(crate) first: Option<String>,
    /// The digest of the record at the mark's position.
    pub(crate) record: Option<String>,
}

/// Why a folder does not hold the ledger that it held before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Foreign {
    #[error("its MARK file is damaged")]
    Unreadable,
    #[error("code.key has the key {found}, and the ledger's codes are made with {had}")]
    Key { had: String, found: String },
    #[error("the last code on record, at position {0}, was made with another key than the one in code.key")]
    MadeNoCode(Position),
    #[error("the ledger is a real one, and its folder has a REHEARSAL file now")]
    Marked,
    #[error("the ledger is for rehearsals, and its REHEARSAL file is gone")]
    Unmarked,
    #[error("the log is another ledger's: its first record is not the one that was there before")]
    OtherLog,
    #[error(
        "the log ends at position {head}, and positions up to {had} were acknowledged: it is an older copy, or its end was lost"
    )]
    Behind { had: Position, head: Position },
    #[error("the log has another record at position {0} than the one that was acknowledged there")]
    OtherRecord(Position),
}

impl Foreign {
    /// Compares a folder with its mark.
    pub(crate) fn check(mark: &Mark, found: &Found) -> Result<(), Self> {
        if let (Some(had), Some(key)) = (&mark.key, &found.key)
            && had != key
        {
            return Err(Self::Key { had: had.clone(), found: key.clone() });
        }
        match (mark.kind, found.kind) {
            (Kind::Real, Kind::Rehearsal) => return Err(Self::Marked),
            (Kind::Rehearsal, Kind::Real) => return Err(Self::Unmarked),
            _ => {}
        }
        if mark.first.is_some() && found.first.is_some() && mark.first != found.first {
            return Err(Self::OtherLog);
        }
        if found.head < mark.position {
            return Err(Self::Behind { had: mark.position, head: found.head });
        }
        if mark.record.is_some() && mark.record != found.record {
            return Err(Self::OtherRecord(mark.position));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark() -> Mark {
        let text = |text: &str| Some(text.to_owned());
        Mark { kind: Kind::Real, key: text("k"), first: text("f"), position: Position(7), record: text("r") }
    }

    fn found() -> Found {
        let Mark { kind, key, first, position, record } = mark();
        Found { kind, key, head: position, first, record }
    }

    #[test]
    fn a_folder_is_refused_for_each_thing_that_is_not_as_it_was() {
        let text = |text: &str| Some(text.to_owned());
        let empty = Found { head: Position::START, first: None, record: None, ..found() };
        let cases = [
            (found(), Ok(())),
            (Found { head: Position(9), ..found() }, Ok(())),
            (Found { key: None, ..found() }, Ok(())),
            (
                Found { key: text("x"), ..found() },
                Err(Foreign::Key { had: "k".to_owned(), found: "x".to_owned() }),
            ),
            (Found { kind: Kind::Rehearsal, ..found() }, Err(Foreign::Marked)),
            (Found { first: text("x"), ..found() }, Err(Foreign::OtherLog)),
            (
                Found { head: Position(6), record: None, ..found() },
                Err(Foreign::Behind { had: Position(7), head: Position(6) }),
            ),
            (empty, Err(Foreign::Behind { had: Position(7), head: Position::START })),
            (Found { record: text("x"), ..found() }, Err(Foreign::OtherRecord(Position(7)))),
            (
                Found { head: Position(9), record: text("x"), ..found() },
                Err(Foreign::OtherRecord(Position(7))),
            ),
        ];
        for (found, expected) in cases {
            assert_eq!(Foreign::check(&mark(), &found), expected, "{found:?}");
        }
        let rehearsal = Mark { kind: Kind::Rehearsal, ..mark() };
        assert_eq!(Foreign::check(&rehearsal, &found()), Err(Foreign::Unmarked));
    }
}
