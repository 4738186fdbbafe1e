//! Clients of the bare publisher: each lives lives as clients of the ledger do, and knows where its subjects are.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use resit_nats::Link;
use tokio::sync::{mpsc, oneshot};

use super::broken;
use super::publisher::{self, Outgoing, Together};
use super::shape::Shape;
use crate::BenchError;
use crate::drive::{Client, Measured, drive};

struct Bare {
    queue: mpsc::Sender<Together>,
    shape: Shape,
    worker: u64,
    prefix: String,
    /// Where the subjects of the life are that it lives now.
    revisions: HashMap<usize, u64>,
}

impl Client for Bare {
    async fn send(&mut self, n: u64) -> Result<(), BenchError> {
        let stages = self.shape.commands.len() as u64;
        let (voucher, stage) = (n / stages, n % stages);
        if stage == 0 {
            self.revisions.clear();
        }
        let command = &self.shape.commands[usize::try_from(stage).unwrap_or(0)];
        let outgoing = command.iter().map(|message| {
            let (kind, expected) = match message.subject {
                None => (format!("c.{stage}"), 0),
                Some(subject) => (format!("r.{subject}"), self.revisions.get(&subject).copied().unwrap_or(0)),
            };
            let mut subject = format!("{}.{kind}.w{}-v{voucher}", self.prefix, self.worker);
            while subject.len() < message.subject_bytes {
                subject.push('-');
            }
            Outgoing { subject, expected, payload: Bytes::from(vec![0x5a; message.bytes]) }
        });
        let (waiter, answer) = oneshot::channel();
        let gone = || BenchError::Broken("the bare publisher is gone".to_owned());
        self.queue.send((outgoing.collect(), waiter)).await.map_err(|_| gone())?;
        let first = answer.await.map_err(|_| gone())?;
        for (message, sequence) in command.iter().zip(first..) {
            if let Some(subject) = message.subject {
                self.revisions.insert(subject, sequence);
            }
        }
        Ok(())
    }
}

/// So many clients publish for so long.
pub(super) async fn publishes(
    link: &Link,
    shape: &Shape,
    clients: u64,
    round: Duration,
) -> Result<Measured, BenchError> {
    let (queue, incoming) = mpsc::channel(4_096);
    let publisher = tokio::spawn(publisher::run(link.clone(), incoming));
    let client = |worker| Bare {
        queue: queue.clone(),
        shape: shape.clone(),
        worker,
        prefix: format!("{}.ledger", link.names.ledger()),
        revisions: HashMap::new(),
    };
    let all = (0..clients).map(client).collect();
    drop(queue);
    let measured = drive(all, round).await?;
    publisher.await.map_err(|e| broken(&e))??;
    Ok(measured)
}
