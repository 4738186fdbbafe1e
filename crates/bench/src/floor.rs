//! Two floors, each of a plain file and nothing else: what the disk takes for the same writes, and the least that a durable
//! answer can cost.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::BenchError;
use crate::clock::{now, rate};
use crate::drive::{Client, Measured, drive};

type Append = (Arc<[u8]>, oneshot::Sender<std::io::Result<()>>);

struct Writer {
    queue: mpsc::Sender<Append>,
    bytes: Arc<[u8]>,
}

impl Client for Writer {
    async fn send(&mut self, _: u64) -> Result<(), BenchError> {
        let (reply, answer) = oneshot::channel();
        let gone = || BenchError::Broken("the floor's thread is gone".to_owned());
        self.queue.send((self.bytes.clone(), reply)).await.map_err(|_| gone())?;
        Ok(answer.await.map_err(|_| gone())??)
    }
}

/// As many writers append `bytes` at a time to a plain file for so long; each is answered when its bytes are synced, and
/// all that wait share one sync.
pub(crate) async fn appends(
    folder: &Path,
    clients: u64,
    bytes: usize,
    round: Duration,
) -> Result<Measured, BenchError> {
    let file = File::create(folder.join("floor"))?;
    let (queue, appends) = mpsc::channel(4_096);
    let syncs = Arc::new(AtomicU64::new(0));
    let counted = syncs.clone();
    let thread = std::thread::spawn(move || run(file, appends, &counted));
    let bytes: Arc<[u8]> = vec![0x5a; bytes].into();
    let all = (0..clients).map(|_| Writer { queue: queue.clone(), bytes: bytes.clone() }).collect();
    drop(queue);
    let mut measured = drive(all, round).await?;
    thread.join().map_err(|_| BenchError::Broken("the floor's thread panicked".to_owned()))?;
    measured.per_sync = Some(measured.each(syncs.load(Ordering::Relaxed)));
    Ok(measured)
}

/// Appends what `round` answered, `bytes` for each answer, to a plain file with as many syncs as the round took; how many
/// answers that comes to per second. Nobody is answered: it is the disk alone.
pub(crate) fn same_syncs(folder: &Path, round: &Measured, bytes: usize) -> Result<f64, BenchError> {
    let per_sync = round.per_sync.unwrap_or(1.0).max(1.0);
    let mut file = File::create(folder.join("same-syncs"))?;
    let begun = now();
    let (mut syncs, mut written) = (0_u32, 0);
    while written < round.answers {
        syncs += 1;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of answers")]
        let until = ((f64::from(syncs) * per_sync) as u64).clamp(written + 1, round.answers);
        let answers = usize::try_from(until - written).unwrap_or(usize::MAX);
        file.write_all(&vec![0x5a; answers.saturating_mul(bytes)])?;
        file.sync_data()?;
        written = until;
    }
    Ok(rate(round.answers, now() - begun))
}

fn run(mut file: File, mut appends: mpsc::Receiver<Append>, syncs: &AtomicU64) {
    let (mut taken, mut bytes) = (Vec::new(), Vec::new());
    while appends.blocking_recv_many(&mut taken, 4_096) > 0 {
        bytes.clear();
        for (append, _) in &taken {
            bytes.extend_from_slice(append);
        }
        let done = file.write_all(&bytes).and_then(|()| file.sync_data());
        syncs.fetch_add(1, Ordering::Relaxed);
        for (_, reply) in taken.drain(..) {
            let answer = done.as_ref().map_err(|e| std::io::Error::from(e.kind())).copied();
            // A writer that has stopped waiting is done with.
            drop(reply.send(answer));
        }
    }
}
