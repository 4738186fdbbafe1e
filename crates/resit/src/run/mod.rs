//! From words to deeds.

mod command;
mod log;
mod look;
mod offers;
mod published;
mod story;
mod token;
mod upkeep;

use std::future::Future;
use std::path::Path;

use clap::CommandFactory;
use resit_domain::{EntitlementId, Fingerprint, Timestamp, UnitNo};

use crate::cli::{Cli, Which, Words};
use crate::config::Config;
use crate::exit::{Status, Stopped};
use crate::ledger::Ledger;
use crate::output::Out;
use crate::{cli, clock};

/// Carries out what the words ask for.
pub(crate) fn run(cli: Cli, config: &Config, out: &mut Out) -> Result<Status, Stopped> {
    let Cli { global, words } = cli;
    let (home, folder) = (config.home(), &config.ledger.value);
    if let Some(deed) = would(folder, &words).filter(|_| global.dry_run) {
        out.said(&format!("would {deed}; nothing was done: this was a dry run"))?;
        return Ok(Status::Done);
    }
    match words {
        Words::Init { rehearsal } => {
            let create = if rehearsal { Ledger::create_rehearsal } else { Ledger::create };
            let anew = Ledger::has_lost_its_key(folder);
            let ledger = create(&home)?;
            let folder = ledger.folder.display();
            let mut text = format!("a ledger is in {folder}; keep copies of its log and its code.key");
            if anew {
                text += "\nits code.key was missing, and is a new one now: codes that are out still work, but can't be \
                         shown again";
            }
            out.said(&text)?;
            Ok(Status::Done)
        }
        Words::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "resit", &mut out.sink());
            Ok(Status::Done)
        }
        Words::Rules => {
            out.rules()?;
            Ok(Status::Done)
        }
        Words::Plan(words) => look::plan(&words, now(&global), out),
        Words::Offer(cli::OfferWords::Check { files }) => wait(offers::check(&files, out)),
        Words::Offer(cli::OfferWords::BuiltIn) => offers::built_in(out),
        Words::Offer(cli::OfferWords::Print { offer, to }) => offers::print(&offer, to.as_deref(), out),
        Words::Story(cli::StoryWords::Run { files, keep }) => {
            wait(story::run(&files, keep.as_deref(), &home, out))
        }
        Words::Offer(cli::OfferWords::Show { offer }) => {
            wait(published::show(&Ledger::open_to_look(&home)?, offer, out))
        }
        Words::Terms(words) => wait(published::terms(&Ledger::open_to_look(&home)?, words, out)),
        Words::Log(words) => log::run(&words, &home, &global, out),
        Words::Show(words) => wait(look::show(&Ledger::open_to_look(&home)?, words, now(&global), out)),
        Words::LookUp(words) => wait(look::look_up(&Ledger::open_to_look(&home)?, words, now(&global), out)),
        Words::History(words) => wait(look::history(&Ledger::open_to_look(&home)?, words, out)),
        Words::Why(words) => wait(look::why(&Ledger::open_to_look(&home)?, &words.command, out)),
        Words::Config(_) => {
            out.settings(&config.rows)?;
            Ok(Status::Done)
        }
        Words::Token(words) => token::run(words, folder, clock::now(), out),
        Words::Rebuild => wait(upkeep::rebuild(&Ledger::open_to_look(&home)?, out)),
        Words::Verify => wait(upkeep::verify(&Ledger::open_to_look(&home)?, out)),
        Words::Expire(cli::ExpireWords { voucher: None }) => {
            let ledger = Ledger::open(&home)?;
            let now = judging_at(&ledger, &global)?;
            wait(upkeep::expire_due(&ledger, now, global.dry_run, out))
        }
        words => wait(command::run(&Ledger::open(&home)?, words, &global, out)),
    }
}

/// What words would do that no rule is asked about: make files, or make them anew.
fn would(folder: &Path, words: &Words) -> Option<String> {
    let ledger = folder.display();
    match words {
        Words::Init { .. } => Some(format!("make a ledger in {ledger}, where there is none")),
        Words::Rebuild => {
            Some(format!("drop the read models and the agenda of {ledger}, and make them anew"))
        }
        Words::Offer(cli::OfferWords::Print { offer, to: Some(to) }) => {
            Some(format!("write the offer {offer} to {}", to.display()))
        }
        Words::Story(cli::StoryWords::Run { keep: Some(keep), .. }) => {
            Some(format!("play on a new ledger in {}, and keep it", keep.display()))
        }
        Words::Token(words) => token::would(words),
        _ => None,
    }
}

/// The instant to look from.
fn now(global: &cli::Global) -> Timestamp {
    global.clock.unwrap_or_else(clock::now)
}

/// The instant to judge by. A ledger's time never runs back: one command from the future would take all others there.
fn judging_at(ledger: &Ledger, global: &cli::Global) -> Result<Timestamp, Stopped> {
    if global.clock.is_some() && !ledger.rehearsal && !global.dry_run {
        let text =
            "--clock is for dry runs and for rehearsals: make such a ledger with `resit init --rehearsal`";
        return Err(Stopped::Input(text.to_owned()));
    }
    Ok(now(global))
}

/// Runs a future on this thread.
fn wait<T>(future: impl Future<Output = Result<T, Stopped>>) -> Result<T, Stopped> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(future)
}

/// The entitlement that somebody named, and the unit, if one was named.
async fn find(ledger: &Ledger, which: Which) -> Result<(EntitlementId, Option<UnitNo>), Stopped> {
    match which {
        Which::Id(entitlement, unit) => Ok((entitlement, unit)),
        Which::Code(code) => resolve(ledger, code).await.map(|(entitlement, unit)| (entitlement, Some(unit))),
    }
}

async fn resolve(ledger: &Ledger, code: Fingerprint) -> Result<(EntitlementId, UnitNo), Stopped> {
    let found = ledger.handler.resolve(code).await?;
    found.ok_or_else(|| Stopped::Input("no voucher has this code; check it for typing mistakes".to_owned()))
}
