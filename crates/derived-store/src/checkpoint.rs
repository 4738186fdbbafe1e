//! What a checkpoint says.

use resit_event_log::Position;

use crate::Fault;

/// How far a log is in the rows, and by which record and which corrections that is known again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// The last record that is in the rows.
    pub(crate) position: Position,
    /// The mark of that record.
    pub(crate) mark: u32,
    /// The last correction of recorded times that the log showed. It is stored only if there was one.
    pub(crate) corrected_at: Position,
}

impl Checkpoint {
    /// Its stored form: 12 bytes, or 20.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let Self { position, mark, corrected_at } = self;
        let mut bytes = [position.0.to_be_bytes().as_slice(), &mark.to_be_bytes()].concat();
        if corrected_at != Position::START {
            bytes.extend(corrected_at.0.to_be_bytes());
        }
        bytes
    }

    /// Reads its stored form.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let wrong = || Fault::damaged("the checkpoint has a wrong length");
        let (position, rest) = bytes.split_first_chunk::<8>().ok_or_else(wrong)?;
        let (mark, rest) = rest.split_first_chunk::<4>().ok_or_else(wrong)?;
        let corrected_at = match rest {
            [] => Position::START,
            rest => Position(u64::from_be_bytes(rest.try_into().map_err(|_| wrong())?)),
        };
        let position = Position(u64::from_be_bytes(*position));
        Ok(Self { position, mark: u32::from_be_bytes(*mark), corrected_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_read_as_it_was_written_with_corrections_and_without() {
        for (corrected_at, len) in [(0, 12), (7, 20)] {
            let checkpoint =
                Checkpoint { position: Position(9), mark: 5, corrected_at: Position(corrected_at) };
            let bytes = checkpoint.to_bytes();
            assert_eq!((Checkpoint::read(&bytes).unwrap(), bytes.len()), (checkpoint, len));
            Checkpoint::read(&bytes[1..]).unwrap_err();
        }
    }
}
