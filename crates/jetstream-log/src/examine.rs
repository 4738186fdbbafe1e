//! Why a commit was not stored, by what the leader says.

use futures_util::{StreamExt as _, stream};
use resit_event_log::{AppendError, Appended, Position, ReadError, StreamId};

use crate::pending::Pending;
use crate::shared::Shared;

/// How many streams are asked about at once.
const ASKED_AT_ONCE: usize = 32;

/// What is on record of a commit.
#[derive(Debug)]
pub(crate) enum Examined {
    /// It is there: this append stored it.
    Stored(Appended),
    /// It never will be.
    Not(AppendError),
    /// Nothing stands against it.
    Free,
}

impl Shared {
    /// Looks for the commit, then for what stands against it: first its command, then the first stream that is elsewhere.
    pub(crate) async fn examine(&self, commit: &mut Pending) -> Result<Examined, ReadError> {
        if let Some((sequence, marker)) = self.marker_of(commit.command().as_str()).await? {
            return Ok(if marker.token == commit.token {
                // It may be an earlier try that is there, with the time of that one.
                commit.recorded_at = marker.at;
                Examined::Stored(commit.appended(sequence))
            } else {
                Examined::Not(AppendError::CommandTaken { position: Position(sequence + 1) })
            });
        }
        let streams: Vec<_> = commit.expects().map(|(stream, expected)| (stream.clone(), expected)).collect();
        let mut revisions = stream::iter(streams).map(|it| self.revision_of(it)).buffered(ASKED_AT_ONCE);
        while let Some(asked) = revisions.next().await {
            let (stream, expected, actual) = asked?;
            if actual != expected {
                return Ok(Examined::Not(AppendError::Conflict { stream, expected, actual }));
            }
        }
        Ok(Examined::Free)
    }

    async fn revision_of(
        &self,
        (stream, expected): (StreamId, Position),
    ) -> Result<(StreamId, Position, Position), ReadError> {
        let last = self.last_of(&stream).await?;
        Ok((stream, expected, last.map_or(Position::START, |stored| stored.record.position)))
    }
}
