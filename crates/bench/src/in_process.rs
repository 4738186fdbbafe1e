//! Commands through the real handler and the durable log, in this process.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use resit_command_handler::{CommandHandler, Outcome, Request, Settings};
use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::EventLog;
use resit_voucher_code::CodeKey;

use crate::drive::{Client, Measured, drive};
use crate::{BenchError, life};

/// A ledger in a folder, with an offer and an exam, ready for lives.
pub(crate) struct Ledger {
    pub(crate) embedded: EmbeddedLog,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) handler: Arc<CommandHandler>,
}

impl Ledger {
    pub(crate) async fn open(folder: &Path) -> Result<Self, BenchError> {
        let (embedded, _) = EmbeddedLog::open(folder, &Config::default())?;
        let log: Arc<dyn EventLog> = Arc::new(embedded.clone());
        let handler = CommandHandler::new(log.clone(), key(), Settings::default());
        let handler = Arc::new(handler);
        ready(&handler).await?;
        Ok(Self { embedded, log, handler })
    }
}

/// The key of a ledger that is measured.
pub(crate) fn key() -> Arc<CodeKey> {
    Arc::new(CodeKey::from_bytes([7; 32]))
}

/// Gives a new ledger an offer and an exam, so that it is ready for lives.
pub(crate) async fn ready(handler: &Arc<CommandHandler>) -> Result<(), BenchError> {
    for request in life::setting() {
        handler.handle(request, life::day_one()).await?;
    }
    Ok(())
}

struct InProcess {
    handler: Arc<CommandHandler>,
    /// What it is to send, the next one last.
    requests: Vec<Request>,
}

/// How many commands all clients together prepare for each second that is measured, and each at least: more than they
/// get through on this log.
const COMMANDS_PER_SECOND: u64 = 400_000;
const COMMANDS_EACH_MIN: u64 = 500;

impl Client for InProcess {
    async fn send(&mut self, _: u64) -> Result<(), BenchError> {
        let out = || BenchError::Broken("a client ran out of commands; take a shorter round".to_owned());
        let request = self.requests.pop().ok_or_else(out)?;
        let reply = self.handler.handle(request, life::judged_at()).await?;
        match reply.outcome {
            Outcome::Accepted { .. } => Ok(()),
            Outcome::Refused(refusal) => Err(BenchError::Broken(refusal.to_string())),
        }
    }
}

/// Lives of vouchers by so many clients for so long, on a new ledger in `folder`. Also tells what lies in the log then.
pub(crate) async fn commands(
    folder: &Path,
    clients: u64,
    round: Duration,
) -> Result<(Measured, Ledger), BenchError> {
    let ledger = Ledger::open(folder).await?;
    let syncs = ledger.embedded.syncs();
    let mut measured = lives(&ledger.handler, clients, round, COMMANDS_PER_SECOND).await?;
    let syncs = ledger.embedded.syncs() - syncs;
    measured.per_sync = Some(measured.each(syncs));
    Ok((measured, ledger))
}

/// Lives of vouchers by so many clients for so long, who prepare commands for so many a second.
pub(crate) async fn lives(
    handler: &Arc<CommandHandler>,
    clients: u64,
    round: Duration,
    per_second: u64,
) -> Result<Measured, BenchError> {
    let steps = (per_second / clients.max(1) + COMMANDS_EACH_MIN) * round.as_secs().max(1);
    let client = |worker| InProcess {
        handler: handler.clone(),
        requests: (0..steps).rev().map(|step| life::command(worker, step)).collect(),
    };
    drive((0..clients).map(client).collect(), round).await
}
