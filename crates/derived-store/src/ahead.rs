//! Work that goes ahead of the checkpoint.

use resit_event_log::{Position, Record};

use crate::{Changes, DerivedStore, Fault, Lasting};

/// So many rows that last are brought to sheets together, at about 150 bytes each. The more of them, the fewer sheets are
/// written anew for a few rows.
const LASTING_MAX: usize = 500_000;

/// What was written ahead of the checkpoint by several writings: the rows that last wait here. Dropped, they and all that the
/// checkpoint does not tell of are made again.
#[derive(Debug, Default)]
pub struct Ahead {
    lasting: Lasting,
    /// The last record of these writings, and the last correction of recorded times that its log showed.
    last: Option<(Record, Position)>,
}

impl Ahead {
    /// Takes in what [`DerivedStore::write`] handed back, for records up to `last`, which were read from a log that shows corrections
    /// up to `corrected_at`.
    pub fn take_in(&mut self, lasting: Lasting, last: &Record, corrected_at: Position) {
        self.lasting.append(lasting);
        self.last = Some((last.clone(), corrected_at));
    }

    /// Whether as much waits as may.
    pub fn is_full(&self) -> bool {
        self.lasting.len() >= LASTING_MAX
    }

    /// Whether nothing was written ahead.
    pub fn is_empty(&self) -> bool {
        self.last.is_none()
    }
}

impl DerivedStore {
    /// Brings what waits to sheets, and moves the checkpoint behind all that was written ahead of it.
    pub fn arrive(&self, ahead: Ahead) -> Result<(), Fault> {
        self.bind(ahead.lasting)?;
        let Some((last, corrected_at)) = ahead.last else { return Ok(()) };
        self.apply(Changes::default(), &last, corrected_at)
    }
}
