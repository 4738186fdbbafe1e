//! `resit clock correct`: records that the clock was wrong, on a ledger that nobody serves.

use resit_api::Outcome;
use resit_command_handler::Request;
use resit_domain::CorrectTime;

use crate::cli::{CorrectTimeWords, Global};
use crate::config::Config;
use crate::desk::{CorrectedTime, Folder};
use crate::exit::{Status, Stopped};
use crate::ledger::Ledger;
use crate::output::Out;
use crate::{clock, role};

/// Records a correction, or shows what it would change.
pub(super) fn run(
    words: CorrectTimeWords,
    config: &Config,
    global: &Global,
    out: &mut Out,
) -> Result<Status, Stopped> {
    if let Some(server) = config.server() {
        let text = format!(
            "`clock correct` works on a stopped ledger alone, and is not asked over a server; stop {} and name its folder with --ledger",
            server.0
        );
        return Err(Stopped::Input(text));
    }
    let id = match &global.command_id {
        Some(id) => id.clone(),
        None => clock::command_id(global.clock.unwrap_or_else(clock::now))?,
    };
    let CorrectTimeWords { first, last, ahead, reason } = words;
    let command = CorrectTime { first, last, ahead_ms: ahead, reason }.into();
    let request = Request { id: id.clone(), actor: global.actor.clone(), command, confirm: false };
    let corrected = match Ledger::open(&config.home()) {
        Ok(ledger) => Folder::new(ledger, global.clock, config.clock_bounds())?
            .correct_time(&request, global.dry_run)
            .map_err(|stopped| stopped.of_command(id)),
        Err(Stopped::NoLedger(_)) if config.nats.is_some() => {
            role::correct_time(config, &request, global.dry_run)
        }
        Err(stopped) => Err(stopped.of_word("`clock correct`", "")),
    };
    show(corrected?, out)
}

fn show(corrected: CorrectedTime, out: &mut Out) -> Result<Status, Stopped> {
    let outcome = match corrected {
        CorrectedTime::Judged(judged) => {
            out.judged(&judged)?;
            judged.outcome
        }
        CorrectedTime::Recorded(reply) => {
            out.reply(&reply, None, None)?;
            reply.outcome
        }
    };
    out.turned_by_time(&outcome)?;
    Ok(if matches!(outcome, Outcome::Refused { .. }) { Status::Refused } else { Status::Done })
}
