//! One batch of several commits, until each of them has its answer.

use std::future::pending;
use std::sync::Arc;
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

/// Writes a group, and answers each of its commits.
///
/// A batch is stored whole or not at all, so that one commit which conflicts keeps the others out: then each half is tried
/// by itself, down to the one. What became of a batch whose answer never came is read from the log, never guessed: it may
/// be sent again, since its markers keep it from being stored twice.
pub(crate) async fn settle(shared: &Arc<Shared>, mut group: Vec<Pending>) {
    let mut wait = WAIT_FIRST;
    let mut last_said = String::new();
    for _ in 0..TRIES_MAX {
        match shared.publish(&mut group).await {
            Published::Stored { last } => return stored(shared, group, last),
            Published::Conflict if group.len() > 1 => {
                tracing::debug!(commits = group.len(), "one of them conflicts; trying the halves");
                let rest = group.split_off(group.len() / 2);
                Box::pin(settle(shared, group)).await;
                return Box::pin(settle(shared, rest)).await;
            }
            Published::Conflict => match shared.examine(&group[0]).await {
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
                if let Ok(Some((sequence, marker))) = shared.marker_of(group[0].command().as_str()).await
                    && marker.token == group[0].token
                {
                    // Whole or not at all: where the first is, all are.
                    let messages: u64 = group.iter().map(|commit| commit.messages() as u64).sum();
                    return stored(shared, group, sequence + messages - 1);
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
