//! The floor: a file, a thread, and nothing else.

use std::{
    fs::File,
    io::Write,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use crate::work::RECORD_BYTES;

const FRAME_BYTES: usize = RECORD_BYTES + 32;

type Request = (Bytes, oneshot::Sender<u64>);

/// A file that is appended to in batches.
#[derive(Debug)]
pub(crate) struct PlainFile {
    queue: mpsc::Sender<Request>,
    record: Bytes,
    syncs: Arc<AtomicU64>,
}

impl PlainFile {
    pub(crate) fn create(path: &Path) -> Self {
        let (queue, requests) = mpsc::channel(4096);
        let syncs = Arc::new(AtomicU64::new(0));
        let file = File::create(path).expect("the folder can be written");
        let counted = syncs.clone();
        std::thread::spawn(move || run(file, requests, &counted));
        Self { queue, record: vec![0x5a; FRAME_BYTES].into(), syncs }
    }

    pub(crate) async fn append(&self) -> u64 {
        let (reply, answer) = oneshot::channel();
        self.queue.send((self.record.clone(), reply)).await.expect("the thread runs");
        answer.await.expect("the thread answers")
    }

    pub(crate) fn syncs(&self) -> u64 {
        self.syncs.load(Ordering::Relaxed)
    }
}

fn run(mut file: File, mut requests: mpsc::Receiver<Request>, syncs: &AtomicU64) {
    let (mut taken, mut bytes, mut position) = (Vec::new(), Vec::new(), 0);
    while requests.blocking_recv_many(&mut taken, 4096) > 0 {
        bytes.clear();
        for (record, _) in &taken {
            bytes.extend_from_slice(record);
        }
        file.write_all(&bytes).expect("the disk has room");
        file.sync_data().expect("the disk works");
        syncs.fetch_add(1, Ordering::Relaxed);
        for (_, reply) in taken.drain(..) {
            position += 1;
            reply.send(position).expect("the writer waits");
        }
    }
}
