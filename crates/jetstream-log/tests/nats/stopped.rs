//! A server that is stopped in its tracks: how much waits for it is bounded, and what was never sent is taken back.

use std::collections::HashSet;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use resit_event_log::contract::given::{Log, all, commit, event, taken};
use resit_event_log::{AppendError, Commit, WAITING_BYTES_MAX};
use resit_nats_fixture::{NatsServer, ServerConfig};
use tokio::task::JoinSet;

use crate::cut_off::taken_at_last;
use crate::servers::{link, open};

/// How many bytes each commit asks to be written: few of them fill the queue.
const BODY_BYTES: usize = 1 << 20;
/// Nearly twice as many as the queue takes.
const COMMITS: usize = 120;
/// What three batches hold: no more is sent before one of them is answered.
const SENT_BYTES_MAX: usize = 6 << 20;

/// One of the commits that are given while the server is stopped.
fn large(n: usize) -> Commit {
    commit(&format!("c{n}")).with(&format!("a/{n}"), 0, vec![event("Tried", &vec![0x5a; BODY_BYTES])])
}

/// How the commits were answered that a stopped server did not store.
#[derive(Default)]
struct Answers {
    /// At once.
    overloaded: Vec<usize>,
    /// After they had waited in vain.
    not_sent: Vec<usize>,
    /// They were sent, and what became of them is not known.
    unknown: usize,
}

async fn given_to_a_stopped_server(log: &Log) -> Answers {
    let (mut answers, mut waiting) = (Answers::default(), JoinSet::new());
    for n in 0..COMMITS {
        let log = log.clone();
        let mut call = Box::pin(async move { log.append(large(n)).await });
        match poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await {
            Poll::Pending => drop(waiting.spawn(async move { (n, call.await) })),
            Poll::Ready(Err(AppendError::Overloaded { reason })) => {
                assert!(reason.contains("nothing was written"), "{reason}");
                answers.overloaded.push(n);
            }
            Poll::Ready(answer) => panic!("c{n}: {answer:?}"),
        }
    }
    while let Some(answered) = waiting.join_next().await {
        match answered.expect("nobody panics") {
            (n, Err(AppendError::NotSent { .. })) => answers.not_sent.push(n),
            (_, Err(AppendError::Unanswered { .. } | AppendError::Unavailable { .. })) => {
                answers.unknown += 1;
            }
            (n, answer) => panic!("c{n}: {answer:?}"),
        }
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_what_is_given_to_a_stopped_server_little_waits_and_what_was_not_sent_is_taken_back() {
    let server = NatsServer::start(ServerConfig::default());
    let log: Log = Arc::new(open(link(&server.url(), 1).await).await);
    let before = taken(&log, commit("before").on("a/before", 0)).await;
    server.signal("-STOP");
    let Answers { overloaded, not_sent, unknown } = given_to_a_stopped_server(&log).await;
    server.signal("-CONT");
    let waited = not_sent.len() + unknown;
    assert!(waited * BODY_BYTES <= WAITING_BYTES_MAX, "{waited} waited");
    assert!(
        waited * BODY_BYTES * 10 > WAITING_BYTES_MAX * 9,
        "{waited} waited, and the others were turned away"
    );
    assert!(unknown > 0 && unknown * BODY_BYTES <= SENT_BYTES_MAX, "{unknown} were sent");

    // What the server had heard before it was stopped is stored before this is.
    taken_at_last(&log, "after", "a/before", before.last).await;
    let records = all(&log).await;
    let landed: HashSet<&str> = records.iter().map(|record| record.command.as_str()).collect();
    let wrong: Vec<_> =
        overloaded.iter().chain(&not_sent).filter(|n| landed.contains(&*format!("c{n}"))).collect();
    assert!(wrong.is_empty(), "{wrong:?} are on record, and were answered as not sent");
    // There is room again, and they may be sent now.
    for n in overloaded.iter().take(2).chain(not_sent.iter().take(2)) {
        taken(&log, large(*n)).await;
    }
}
