//! One batch of several commits, until each of them has its answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use resit_event_log::{AppendError, ReadError};

use crate::batch::Published;
use crate::examine::Examined;
use crate::pause::Pauses;
use crate::pending::Pending;
use crate::shared::Shared;

/// How often a batch is sent of which the server says each time that it stored nothing, and that nothing stands against.
const TRIES_MAX: u32 = 8;

/// The first wait between two tries; it doubles, up to the longest.
const WAIT_FIRST: Duration = Duration::from_millis(20);
const WAIT_LONGEST: Duration = Duration::from_secs(1);

/// The first try of a batch, as long as this lives.
pub(crate) struct Trial {
    shared: Arc<Shared>,
    messages: usize,
}

impl Trial {
    pub(crate) fn begin(shared: &Arc<Shared>, messages: usize) -> Self {
        shared.first_tries.fetch_add(messages, Ordering::Relaxed);
        Self { shared: shared.clone(), messages }
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        self.shared.first_tries.fetch_sub(self.messages, Ordering::Relaxed);
    }
}

/// Writes a group, and answers each of its commits.
///
/// A batch is stored whole or not at all, so that one commit which conflicts keeps the others out: then each half is tried
/// by itself, down to the one. Only what is known not to be stored is sent again. What became of a batch whose answer never came is
/// read from the log, never guessed; if it is not there, whoever waits judges again by what is there now.
pub(crate) async fn settle(shared: &Arc<Shared>, mut group: Vec<Pending>, mut first: Option<Trial>) {
    let mut pauses = Pauses::new(WAIT_FIRST, WAIT_LONGEST);
    let mut last_said = String::new();
    for _ in 0..TRIES_MAX {
        let published = shared.publish(&mut group).await;
        drop(first.take());
        match published {
            Published::Stored { last } => return stored(shared, group, last),
            // One that can't be stored keeps the others out.
            Published::Conflict | Published::Refused(_) if group.len() > 1 => {
                tracing::debug!(commits = group.len(), "one of them is not taken; trying the halves");
                let rest = group.split_off(group.len() / 2);
                Box::pin(settle(shared, group, None)).await;
                return Box::pin(settle(shared, rest, None)).await;
            }
            Published::Conflict => match shared.examine(&mut group[0]).await {
                Ok(Examined::Free) => "another commit was under way".clone_into(&mut last_said),
                Ok(Examined::Stored(appended)) => return stored(shared, group, appended.last.0),
                Ok(Examined::Not(error)) => return refuse(group, &error),
                Err(error) => last_said = said(&error),
            },
            Published::Lost(reason) => last_said = reason,
            Published::Refused(reason) | Published::NotSent(reason) => {
                return refuse(group, &AppendError::NotSent { reason });
            }
            Published::Unknown(reason) => return find_out(shared, group, reason).await,
        }
        // Others are at work on the same; the time between two tries is theirs.
        pauses.next().await;
    }
    refuse(group, &AppendError::NotSent { reason: format!("{last_said}; nothing of it is on record") });
}

/// Looks in the log for a batch that got no answer, until a majority of the servers shows whether it is there. Whoever waits for
/// this puts an end to it.
async fn find_out(shared: &Shared, mut group: Vec<Pending>, reason: String) {
    tracing::warn!(reason, commits = group.len(), "a batch got no answer; looking for it in the log");
    let mut pauses = Pauses::new(WAIT_FIRST, WAIT_LONGEST);
    loop {
        match found(shared, &mut group).await {
            Ok(Some(last)) => return stored(shared, group, last),
            Ok(None) => return refuse(group, &AppendError::Unanswered { reason }),
            Err(error) => tracing::debug!(error = said(&error), "it can't be looked for now"),
        }
        pauses.next().await;
    }
}

/// The sequence of a batch's last message, if it is in the log: whole or not at all, so that where its first commit is all are.
async fn found(shared: &Shared, group: &mut [Pending]) -> Result<Option<u64>, ReadError> {
    let mut last = None;
    for commit in group {
        match shared.marker_of(commit.command().as_str()).await? {
            Some((sequence, marker)) if marker.token == commit.token => {
                commit.recorded_at = marker.at;
                last = Some(commit.appended(sequence).last.0);
            }
            _ => return Ok(None),
        }
    }
    Ok(last)
}

/// Answers the commits of a batch whose last message is at a sequence.
fn stored(shared: &Shared, group: Vec<Pending>, last: u64) {
    let messages: u64 = group.iter().map(|commit| commit.messages() as u64).sum();
    let mut marker = last + 1 - messages;
    for commit in group {
        let appended = commit.appended(marker);
        for ((stream, _), n) in commit.expects().zip(0..) {
            shared.seen.note_revision(stream, appended.first.plus(n));
        }
        shared.seen.note_command(commit.command());
        shared.note_head(appended.last);
        marker = appended.last.0 + 1;
        commit.answer(Ok(appended));
    }
}

fn refuse(group: Vec<Pending>, error: &AppendError) {
    for commit in group {
        commit.answer(Err(error.clone()));
    }
}

fn said(error: &ReadError) -> String {
    match error {
        ReadError::Unavailable { source: Some(source), .. } => format!("{error}: {source}"),
        _ => error.to_string(),
    }
}
