//! Loads a ledger with lives of vouchers until it is killed, and tells each answer on standard output.
//!
//! `ledger-load FOLDER STEP,STEP,…`: one worker for each step, which begins there; each command is sent twice at once.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use resit_command_handler::{CommandHandler, Outcome, Reply, Request};
use resit_domain::Timestamp;
use resit_embedded_log::{Config, EmbeddedLog};
use resit_tests::{Ledger, life};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [folder, steps] = words.as_slice() else { return Err("ledger-load FOLDER STEP,STEP,…".into()) };
    let steps = steps.split(',').map(str::parse).collect::<Result<Vec<u64>, _>>()?;
    let config = Config { segment_bytes: 256 << 10, ..Config::default() };
    let (log, _) = EmbeddedLog::open(Path::new(folder), &config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    runtime.block_on(async {
        let Ledger { handler, .. } = Ledger::over(Arc::new(log)).await;
        let tasks = (0..).zip(steps).map(|(worker, step)| tokio::spawn(work(handler.clone(), worker, step)));
        for task in tasks.collect::<Vec<_>>() {
            task.await?;
        }
        Ok(())
    })
}

async fn work(handler: Arc<CommandHandler>, worker: u64, from: u64) {
    for step in from.. {
        let (request, at) = (life::command(worker, step), life::judged_at());
        let (one, two) =
            tokio::join!(send(&handler, request.clone(), at), send(&handler, request.clone(), at));
        assert!(
            one.position == two.position,
            "one command has two positions: {} and {}",
            one.position,
            two.position
        );
        tell(&request, &one);
    }
}

async fn send(handler: &Arc<CommandHandler>, request: Request, at: Timestamp) -> Reply {
    let id = request.id.clone();
    match handler.handle(request, at).await {
        Ok(reply) => reply,
        Err(failure) => {
            panic!("command {id} got no answer: {failure}: {:?}", std::error::Error::source(&failure))
        }
    }
}

/// One line for each answer, written whole, so that a kill never leaves half of one that counts.
fn tell(request: &Request, reply: &Reply) {
    static TURN: Mutex<()> = Mutex::new(());
    let word = if matches!(reply.outcome, Outcome::Accepted { .. }) { "yes" } else { "no" };
    let line = format!("{} {} {word}\n", request.id, reply.position);
    let _turn = TURN.lock().expect("nobody panics while telling");
    let mut stdout = std::io::stdout().lock();
    // The reader is gone when the round is over; so is this process, at once.
    if stdout.write_all(line.as_bytes()).and_then(|()| stdout.flush()).is_err() {
        std::process::exit(0);
    }
}
