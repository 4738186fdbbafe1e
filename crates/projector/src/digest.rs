//! A proof that two sets of read models are equal, row by row.

use crate::{ProjectionError, Projector};

impl Projector {
    /// Whether another projector has the same row under a key, or neither has one.
    pub fn has_same_row(&self, other: &Projector, key: &[u8]) -> Result<bool, ProjectionError> {
        Ok(self.store.get(key)? == other.store.get(key)?)
    }

    /// Compares every row with those of another projector; the keys that differ, at most `limit` of them.
    pub fn differences(&self, other: &Projector, limit: usize) -> Result<Vec<Vec<u8>>, ProjectionError> {
        let mut differing = Vec::new();
        let (mut mine, mut theirs) = (self.store.rows().peekable(), other.store.rows().peekable());
        while differing.len() < limit {
            let (left, right) = (mine.peek().cloned().transpose()?, theirs.peek().cloned().transpose()?);
            match (left, right) {
                (None, None) => break,
                (Some((key, _)), None) => {
                    differing.push(key);
                    mine.next();
                }
                (None, Some((key, _))) => {
                    differing.push(key);
                    theirs.next();
                }
                (Some((left, one)), Some((right, two))) => {
                    if left <= right {
                        mine.next();
                    }
                    if right <= left {
                        theirs.next();
                    }
                    if left != right || one != two {
                        differing.push(left.min(right));
                    }
                }
            }
        }
        Ok(differing)
    }
}
