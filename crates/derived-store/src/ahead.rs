//! Work that goes ahead of the checkpoint.

use resit_event_log::{Position, Record};

use crate::{Changes, DerivedStore, Fault, Lasting};

/// How many lasting rows wait before they are brought to sheets together, at about 150 bytes each. The more there are, the fewer
/// sheets are rewritten for only a few rows.
const LASTING_MAX: usize = 500_000;

/// What several writings wrote ahead of the checkpoint, with the lasting rows that still wait to be written. If this is dropped, the
/// next catch-up starts at the checkpoint and makes all of it again.
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
