//! A bare publisher: gathers what waits into one atomic batch, and judges nothing.

use async_nats::HeaderMap;
use bytes::Bytes;
use resit_nats::Link;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::broken;
use crate::BenchError;

/// As the log does.
const MESSAGES_MAX: usize = 1_000;
const BATCHES_MAX: usize = 3;

/// A message, and where its subject must be.
pub(super) struct Outgoing {
    pub(super) subject: String,
    pub(super) expected: u64,
    pub(super) payload: Bytes,
}

/// Messages that belong together, and who waits for the sequence of the first.
pub(super) type Together = (Vec<Outgoing>, oneshot::Sender<u64>);

/// Publishes until nobody sends any more.
pub(super) async fn run(link: Link, mut incoming: mpsc::Receiver<Together>) -> Result<(), BenchError> {
    // As long as the log's.
    let inbox = link.client.new_inbox();
    let token = inbox.rsplit('.').next().unwrap_or(&inbox).to_owned();
    let mut batches = 0;
    let mut under_way: JoinSet<Result<usize, BenchError>> = JoinSet::new();
    let mut messages_under_way = 0;
    let (mut waiting, mut open) = (Vec::new(), true);
    while open || !waiting.is_empty() || !under_way.is_empty() {
        while under_way.len() < BATCHES_MAX && is_worth_a_batch(&waiting, messages_under_way) {
            let batch = gathered(&mut waiting);
            batches += 1;
            messages_under_way += messages(&batch);
            under_way.spawn(published(link.clone(), format!("{token}-{batches}"), batch));
        }
        tokio::select! {
            done = under_way.join_next(), if !under_way.is_empty() => {
                if let Some(done) = done {
                    messages_under_way -= done.map_err(|e| broken(&e))??;
                }
            }
            count = incoming.recv_many(&mut waiting, MESSAGES_MAX), if open => open = count > 0,
        }
    }
    Ok(())
}

/// By the log's rule: few wait for more while many are under way.
fn is_worth_a_batch(waiting: &[Together], messages_under_way: usize) -> bool {
    let under_way = messages_under_way.min(MESSAGES_MAX);
    !waiting.is_empty() && (under_way == 0 || messages(waiting) >= under_way)
}

fn messages(batch: &[Together]) -> usize {
    batch.iter().map(|(together, _)| together.len()).sum()
}

fn gathered(waiting: &mut Vec<Together>) -> Vec<Together> {
    let mut messages = 0;
    let fit = waiting.iter().take_while(|(together, _)| {
        messages += together.len();
        messages <= MESSAGES_MAX
    });
    let fit = fit.count().max(1);
    waiting.drain(..fit).collect()
}

/// Publishes a batch, and returns how many messages it had.
async fn published(link: Link, id: String, batch: Vec<Together>) -> Result<usize, BenchError> {
    let last = messages(&batch);
    let (mut waiters, mut n) = (Vec::new(), 0);
    let mut first = 0;
    for (together, waiter) in batch {
        waiters.push((n, waiter));
        for Outgoing { subject, expected, payload } in together {
            n += 1;
            let mut headers = HeaderMap::new();
            headers.insert("Nats-Expected-Last-Subject-Sequence", expected.to_string());
            headers.insert("Nats-Batch-Id", id.as_str());
            headers.insert("Nats-Batch-Sequence", n.to_string());
            if n < last {
                link.client.publish_with_headers(subject, headers, payload).await.map_err(|e| broken(&e))?;
            } else {
                headers.insert("Nats-Batch-Commit", "1");
                let answer = link
                    .client
                    .request_with_headers(subject, headers, payload)
                    .await
                    .map_err(|e| broken(&e))?;
                first = first_of(&answer.payload, last)?;
            }
        }
    }
    for (before, waiter) in waiters {
        // A client that has stopped waiting is done with.
        let _ = waiter.send(first + before as u64);
    }
    Ok(last)
}

/// The sequence of a batch's first message, by its acknowledgement.
fn first_of(answer: &[u8], messages: usize) -> Result<u64, BenchError> {
    let answer: serde_json::Value = serde_json::from_slice(answer).map_err(|e| broken(&e))?;
    match answer["seq"].as_u64() {
        Some(last) if answer["count"].as_u64() == Some(messages as u64) => Ok(last + 1 - messages as u64),
        _ => Err(BenchError::Broken(format!("the server did not take a batch: {answer}"))),
    }
}
