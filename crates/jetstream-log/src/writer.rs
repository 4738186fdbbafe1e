//! The writer: gathers the commits that wait, and writes many of them as one batch.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use resit_domain::CommandId;
use resit_event_log::{AppendError, Position, StreamId};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::examine::Examined;
use crate::group::{Trial, settle};
use crate::pending::Pending;
use crate::shared::Shared;

/// The most messages of a batch; the server takes no more.
const MESSAGES_MAX: usize = 1_000;

/// The most bytes of a batch, but for a commit that has more by itself.
const BYTES_MAX: usize = 2 << 20;

/// How many batches are under way at a time: while the server stores one, the next is sent.
const GROUPS_MAX: usize = 3;

/// How long it is tried to find out what became of a batch. Servers that lost their leader have another one by then, or will not
/// soon; whoever waits is told rather that nobody knows, and may send the command again.
const SETTLE_MAX: Duration = Duration::from_secs(12);

/// What is being written: nothing that touches it can be judged before it is.
#[derive(Debug, Default)]
struct Busy {
    streams: HashSet<StreamId>,
    commands: HashSet<CommandId>,
}

impl Busy {
    fn touches(&self, commit: &Pending) -> bool {
        self.commands.contains(commit.command())
            || commit.expects().any(|(stream, _)| self.streams.contains(stream))
    }

    fn take(&mut self, commit: &Pending) {
        self.commands.insert(commit.command().clone());
        self.streams.extend(commit.expects().map(|(stream, _)| stream.clone()));
    }

    fn free(&mut self, done: &Busy) {
        for command in &done.commands {
            self.commands.remove(command);
        }
        for stream in &done.streams {
            self.streams.remove(stream);
        }
    }
}

/// Writes what comes in, until nobody can send any more and all is answered.
pub(crate) async fn run(shared: Arc<Shared>, mut incoming: mpsc::Receiver<Pending>) {
    let mut waiting = VecDeque::new();
    let mut busy = Busy::default();
    let mut under_way: JoinSet<Busy> = JoinSet::new();
    let mut open = true;
    while open || !waiting.is_empty() || !under_way.is_empty() {
        while under_way.len() < GROUPS_MAX && is_worth_a_batch(&shared, &waiting) {
            let Some((group, touched)) = gathered(&shared, &mut waiting, &mut busy) else { break };
            let shared = shared.clone();
            let trial = Trial::begin(&shared, group.iter().map(Pending::messages).sum());
            under_way.spawn(async move {
                // Who waits hears that nobody knows, as the group is dropped.
                if timeout(SETTLE_MAX, settle(&shared, group, Some(trial))).await.is_err() {
                    tracing::warn!("a batch is given up: NATS does not say what became of it");
                }
                touched
            });
        }
        tokio::select! {
            done = under_way.join_next(), if !under_way.is_empty() => {
                match done {
                    Some(Ok(touched)) => busy.free(&touched),
                    // Whoever waited hears that nobody answers; what it touched is free again.
                    Some(Err(error)) => {
                        tracing::error!(%error, "a batch was broken off");
                        busy = Busy::default();
                    }
                    None => {}
                }
            }
            commit = incoming.recv(), if open => match commit {
                Some(commit) => {
                    waiting.push_back(commit);
                    while let Ok(commit) = incoming.try_recv() {
                        waiting.push_back(commit);
                    }
                }
                None => open = false,
            }
        }
    }
}

/// Whether what waits is worth a batch now. A batch costs about the same whatever it holds: so few commits that come while
/// many are under way wait for more, and go as one when those are done. A batch that has to be tried again keeps nobody.
fn is_worth_a_batch(shared: &Shared, waiting: &VecDeque<Pending>) -> bool {
    let under_way = shared.first_tries.load(Ordering::Relaxed).min(MESSAGES_MAX);
    under_way == 0 || waiting.iter().map(Pending::messages).sum::<usize>() >= under_way
}

/// The next group: as many commits as fit, none of which touches another or what is under way.
fn gathered(
    shared: &Arc<Shared>,
    waiting: &mut VecDeque<Pending>,
    busy: &mut Busy,
) -> Option<(Vec<Pending>, Busy)> {
    let (mut group, mut touched) = (Vec::new(), Busy::default());
    let (mut messages, mut bytes) = (0, 0);
    for _ in 0..waiting.len() {
        let commit = waiting.pop_front()?;
        let fits = messages + commit.messages() <= MESSAGES_MAX && bytes + commit.bytes() <= BYTES_MAX;
        if busy.touches(&commit) || !(fits || group.is_empty()) {
            waiting.push_back(commit);
        } else if !commit.begin() {
            // Whoever waited has been told that it was not sent.
        } else if is_behind(shared, &commit) {
            refuse_later(shared.clone(), commit);
        } else {
            messages += commit.messages();
            bytes += commit.bytes();
            busy.take(&commit);
            touched.take(&commit);
            group.push(commit);
        }
    }
    (!group.is_empty()).then_some((group, touched))
}

/// Whether it is known to be on record, or one of its streams to have gone on: it would keep a whole batch out.
fn is_behind(shared: &Shared, commit: &Pending) -> bool {
    let gone_on = |(stream, expected): (&StreamId, Position)| {
        shared.seen.revision(stream).is_some_and(|known| known > expected)
    };
    shared.seen.has_command(commit.command()) || commit.expects().any(gone_on)
}

/// Finds out what to say to a commit that can't be stored.
fn refuse_later(shared: Arc<Shared>, mut commit: Pending) {
    tokio::spawn(async move {
        match shared.examine(&mut commit).await {
            Ok(Examined::Not(error)) => commit.answer(Err(error)),
            Ok(Examined::Stored(appended)) => commit.answer(Ok(appended)),
            // Revisions do not go back.
            Ok(Examined::Free) => {
                let reason = "a stream went back; is it another stream than before?".to_owned();
                commit.answer(Err(AppendError::Unavailable { reason, source: None }));
            }
            Err(error) => {
                let reason = "why it conflicts could not be read; send it again with the same id".to_owned();
                commit.answer(Err(AppendError::Unavailable { reason, source: Some(Arc::new(error)) }));
            }
        }
    });
}
