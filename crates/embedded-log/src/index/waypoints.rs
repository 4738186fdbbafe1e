//! Where in a sealed segment a read from the middle starts.

use std::sync::Arc;

/// One waypoint for about so many bytes: a read from the middle passes over less than that.
const EVERY_BYTES: u32 = 64 << 10;

/// Some of a segment's records with their frames: the record's number in the segment, and the frame's offset. Ascending in
/// both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waypoints(pub(crate) Arc<[(u32, u32)]>);

impl Waypoints {
    /// The frame of a record, or one before it, near by. The segment's first position is `first`.
    pub(crate) fn before(&self, first: u64, position: u64) -> u32 {
        let behind = |(number, _): &(u32, u32)| first + u64::from(*number) <= position;
        let at = self.0.partition_point(behind).saturating_sub(1);
        self.0.get(at).map_or(0, |(_, offset)| *offset)
    }
}

/// Waypoints in the making.
#[derive(Debug, Default)]
pub(crate) struct Marking(Vec<(u32, u32)>);

impl Marking {
    /// Passes the frame of the record with this number in the segment; frames come in order.
    pub(crate) fn pass(&mut self, number: u32, offset: u32) {
        if self.0.last().is_none_or(|(_, last)| offset - last >= EVERY_BYTES) {
            self.0.push((number, offset));
        }
    }

    pub(crate) fn done(self) -> Waypoints {
        Waypoints(self.0.into())
    }
}
