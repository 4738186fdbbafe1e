//! One batch of several commits, until each of them has its answer.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use resit_event_log::{AppendError, ReadError};
use tokio::time::timeout;

use crate::batch::Published;
use crate::examine::Examined;
use crate::pending::Pending;
use crate::shared::Shared;

/// How often a batch is tried whose outcome nobody knows, or that nothing stands against.
const TRIES_MAX: u32 = 12;

/// The first wait between two tries; it doubles, up to the longest.
const WAIT_FIRST: Duration = Duration::from_millis(20);
const WAIT_LONGEST: Duration = Duration::from_secs(2);

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
/// by itself, down to the one. What became of a batch whose answer never came is read from the log, never guessed: it may
/// be sent again, since its markers keep it from being stored twice.
pub(crate) async fn settle(shared: &Arc<Shared>, mut group: Vec<Pending>, mut first: Option<Trial>) {
    let mut wait = WAIT_FIRST;
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
            Published::Refused(reason) => return refuse(group, &unavailable(reason)),
            Published::Unknown(reason) => {
                tracing::warn!(
                    reason,
                    commits = group.len(),
                    "a batch got no answer; looking for it in the log"
                );
                last_said = reason;
                if let Some(last) = found(shared, &mut group).await {
                    return stored(shared, group, last);
                }
            }
        }
        // Others are at work on the same; the time between two tries is theirs.
        drop(timeout(wait, pending::<()>()).await);
        wait = (wait * 2).min(WAIT_LONGEST);
    }
    refuse(
        group,
        &unavailable(format!(
            "{last_said}; whether it is stored is not known: send it again with the same id"
        )),
    );
}

/// The sequence of a batch's last message, if it is in the log: whole or not at all, so that where its first commit is all are.
/// It may be an earlier try that is there; each commit was recorded when its marker says.
async fn found(shared: &Shared, group: &mut [Pending]) -> Option<u64> {
    let mut last = None;
    for commit in group {
        let (sequence, marker) = shared.marker_of(commit.command().as_str()).await.ok()??;
        if marker.token != commit.token {
            return None;
        }
        commit.recorded_at = marker.at;
        last = Some(commit.appended(sequence).last.0);
    }
    last
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

fn unavailable(reason: String) -> AppendError {
    AppendError::Unavailable { reason, source: None }
}

fn said(error: &ReadError) -> String {
    match error {
        ReadError::Unavailable { source: Some(source), .. } => format!("{error}: {source}"),
        _ => error.to_string(),
    }
}
