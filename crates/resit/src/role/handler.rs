//! What judges in a role: the log, and a handler over it.

use std::sync::Arc;

use resit_command_handler::{CommandHandler, Settings};
use resit_event_log::EventLog;
use resit_voucher_code::CodeKey;

use super::process::Process;
use super::{code_key, recorded};
use crate::clock;
use crate::config::Config;
use crate::exit::Stopped;
use crate::ledger;

/// Of a role that takes commands: it has the key that the ledger's codes are derived from.
pub(super) async fn with_the_ledgers_key(
    process: &mut Process,
    config: &Config,
    key_lost: bool,
) -> Result<(Arc<dyn EventLog>, Arc<CommandHandler>), Stopped> {
    let log = Box::pin(process.log(clock::now())).await?;
    let key = code_key::open(&process.folder, &process.link, &*log, key_lost).await?;
    let handler = over(process, &log, key, config);
    Ok((log, handler))
}

/// Of a role that only folds, or makes no codes: any key will do. It keeps in its folder what can be made anew.
pub(super) async fn with_any_key(
    process: &mut Process,
    config: &Config,
) -> Result<(Arc<dyn EventLog>, Arc<CommandHandler>), Stopped> {
    let log = Box::pin(process.log(recorded::beginning())).await?;
    ledger::folder_of_role(&process.folder)?;
    let handler = over(process, &log, CodeKey::from_bytes(clock::random()?), config);
    Ok((log, handler))
}

fn over(process: &Process, log: &Arc<dyn EventLog>, key: CodeKey, config: &Config) -> Arc<CommandHandler> {
    let settings = Settings { cached_states_max: config.cached_states_max.value, ..Settings::default() };
    let stopwatch = Arc::new(clock::stopwatch);
    let handler = Arc::new(CommandHandler::among_others(log.clone(), Arc::new(key), settings, stopwatch));
    process.clock.guard(&handler);
    handler
}
