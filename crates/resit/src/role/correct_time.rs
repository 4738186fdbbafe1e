//! `resit clock correct` for a ledger on NATS: it opens the log as a command handler does, and judges this one command.

use resit_command_handler::Request;

use super::{handler, process};
use crate::config::Config;
use crate::desk::{self, CorrectedTime};
use crate::exit::Stopped;

/// Records a correction of recorded times, or shows what it would change. Every role that runs meanwhile ends itself when it sees it.
pub(crate) fn run(config: &Config, request: &Request, dry_run: bool) -> Result<CorrectedTime, Stopped> {
    let mut corrected = None;
    process::run("command-handler", config, async |process| {
        let (_, handler) = handler::with_the_ledgers_key(process, config, false).await?;
        let at = process.clock.now_for_correction()?;
        corrected = Some(desk::correct_time(&handler, request, at, dry_run).await?);
        Ok(())
    })?;
    corrected.ok_or(Stopped::BeforeWork)
}
