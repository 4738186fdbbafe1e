//! A commit that waits to be written.

use async_nats::{HeaderMap, HeaderName};
use bytes::Bytes;
use resit_domain::{CommandId, Timestamp};
use resit_event_log::{AppendError, Appended, Commit, Place, Position, StreamId};
use resit_nats::Names;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::oneshot;

use crate::{seal, stored};

/// The header that says where a subject must be.
const EXPECTED: HeaderName = HeaderName::from_static("Nats-Expected-Last-Subject-Sequence");

/// A commit, and who waits for it.
#[derive(Debug)]
pub(crate) struct Pending {
    commit: Commit,
    /// Tells its marker from that of another append of the same command.
    pub(crate) token: String,
    pub(crate) recorded_at: Timestamp,
    reply: oneshot::Sender<Result<Appended, AppendError>>,
    claim: Claim,
    _place: Place,
}

/// Who has a commit: the writer, or whoever waits for it and takes it back before it was sent. Only one gets it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Claim(Arc<AtomicBool>);

impl Claim {
    /// Whether it is the caller's from now on.
    pub(crate) fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

/// One message of a commit.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) subject: String,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Bytes,
}

impl Pending {
    pub(crate) fn new(
        commit: Commit,
        token: String,
        claim: Claim,
        place: Place,
    ) -> (Self, oneshot::Receiver<Result<Appended, AppendError>>) {
        let (reply, answer) = oneshot::channel();
        (Self { recorded_at: commit.recorded_at, commit, token, reply, claim, _place: place }, answer)
    }

    /// Whether it may be sent: whoever waited for it may have taken it back, or gone. From here on it may be on record.
    pub(crate) fn begin(&self) -> bool {
        !self.reply.is_closed() && self.claim.take()
    }

    /// When its command was judged.
    pub(crate) fn given_at(&self) -> Timestamp {
        self.commit.recorded_at
    }

    /// How many messages it makes.
    pub(crate) fn messages(&self) -> usize {
        1 + self.commit.slices.len()
    }

    /// How many bytes it holds, nearly.
    pub(crate) fn bytes(&self) -> usize {
        self.commit.content_bytes()
    }

    pub(crate) fn command(&self) -> &CommandId {
        &self.commit.command
    }

    /// Each stream with the revision that it is expected at.
    pub(crate) fn expects(&self) -> impl Iterator<Item = (&StreamId, Position)> {
        self.commit.slices.iter().map(|slice| (&slice.stream, slice.expected))
    }

    /// Its messages: the marker, which must be the first of its subject, then the records.
    pub(crate) fn outgoing(&self, names: &Names) -> impl Iterator<Item = Outgoing> {
        let marker = (names.command_marker(self.commit.command.as_str()), Position::START);
        let records = self
            .commit
            .slices
            .iter()
            .map(|slice| (names.record(slice.stream.kind(), slice.stream.id()), slice.expected));
        let subjects: Vec<_> = std::iter::once(marker).chain(records).collect();
        let contents = stored::encode(&self.commit, self.recorded_at, &self.token);
        subjects.into_iter().zip(contents).map(|((subject, expected), content)| {
            let payload = seal::sealed(&subject, content);
            let mut headers = HeaderMap::new();
            headers.insert(EXPECTED, expected.to_string());
            Outgoing { subject, headers, payload }
        })
    }

    /// What it comes to when its marker is at a sequence.
    pub(crate) fn appended(&self, marker: u64) -> Appended {
        let last = marker + self.commit.slices.len() as u64;
        Appended {
            after: Position(marker - 1),
            first: Position(marker + 1),
            last: Position(last),
            recorded_at: self.recorded_at,
        }
    }

    /// Answers who waits. That nobody waits any more changes nothing.
    pub(crate) fn answer(self, answer: Result<Appended, AppendError>) {
        drop(self.reply.send(answer));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_gets_a_commit_the_writer_or_whoever_takes_it_back() {
        let claim = Claim::default();
        let callers = claim.clone();
        assert!(callers.take(), "nobody has it yet");
        assert!(!claim.take() && !callers.take(), "it was taken back, and is never sent");
    }
}
