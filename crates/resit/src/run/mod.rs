//! From words to deeds.

mod bench;
mod command;
mod correct;
mod health;
mod ledger;
mod log;
mod look;
mod nats;
mod nats_users;
mod offers;
mod parked;
mod policies;
mod publish;
mod published;
pub(crate) mod story;
mod token;
mod upkeep;
mod zones;

use std::future::Future;
use std::path::Path;

use clap::CommandFactory;
use resit_domain::Timestamp;
use resit_event_log::Position;

use crate::cli::{Cli, Words};
use crate::clock::ServerClock;
use crate::config::Config;
use crate::exit::{Status, Stopped};
use crate::ledger::Ledger;
use crate::output::Out;
use crate::{cli, clock, desk, role, serve};

/// Carries out what the words ask for.
pub(crate) fn run(cli: Cli, config: &Config, out: &mut Out) -> Result<Status, Stopped> {
    let Cli { global, words } = cli;
    let (home, folder) = (config.home(), &config.ledger.value);
    if let Some(deed) = would(folder, &words).filter(|_| global.dry_run) {
        out.said(&format!("would {deed}; nothing was done: this was a dry run"))?;
        return Ok(Status::Done);
    }
    match words {
        Words::Init { rehearsal } if config.nats.is_some() => init_on_nats(folder, rehearsal, out),
        Words::Init { rehearsal } => {
            let create = if rehearsal { Ledger::create_rehearsal } else { Ledger::create };
            let anew = Ledger::has_lost_its_key(folder);
            let ledger = create(&home).map_err(|e| e.of_word("`init`", ""))?;
            if !rehearsal {
                ServerClock::of_the_system(&ledger.folder, config.clock_bounds()).leave_evidence().ok();
            }
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
        Words::Bench(words) => bench::run(&words, config.nats.as_ref(), out),
        Words::Plan(words) => look::plan(&words, now(&global), out),
        Words::Offer(cli::OfferWords::Check { files }) => wait(offers::check(&files, out)),
        Words::Offer(cli::OfferWords::BuiltIn) => offers::built_in(out),
        Words::Offer(cli::OfferWords::Print { offer, to }) => offers::print(&offer, to.as_deref(), out),
        Words::Policy(cli::PolicyWords::Check { files }) => policies::check(&files, out),
        Words::Story(cli::StoryWords::Run { files, keep }) => match config.server() {
            Some(server) => wait(story::run_over(&server.0, &files, keep.as_deref(), config, &global, out)),
            None => wait(story::run(&files, keep.as_deref(), &home, out)),
        },
        Words::Log(cli::LogWords::Check) => log::check(folder, out),
        Words::Log(cli::LogWords::Copy { to, until }) => log::copy(folder, &to, until, out),
        Words::Ledger(cli::LedgerWords::Confirm) => ledger::confirm(&home, global.dry_run, out),
        Words::Log(cli::LogWords::Repair) => log::repair(folder, global.dry_run, out),
        Words::Config(_) => {
            out.settings(&config.rows)?;
            Ok(Status::Done)
        }
        Words::Serve(words) => serve::run(config, &words, out),
        Words::Health(_) => health::run(config, &global, out),
        Words::Nats(words) => wait(nats::run(words, &global, config, out)),
        Words::CommandHandler(words) => role::command_handler(config, &words, out),
        Words::Projector(_) => role::projector(config, out),
        Words::ExpiryScheduler(_) => role::expiry_scheduler(config, out),
        Words::Gateway(_) => role::gateway(config, out),
        Words::Intake(words) => role::intake(config, &words, out),
        Words::Parked(words) => wait(parked::run(words, &global, config, out)),
        Words::Token(words) => {
            token::place(config)?;
            token::run(words, folder, clock::now(), out)
        }
        Words::Clock(cli::ClockWords::Correct(words)) => correct::run(words, config, &global, out),
        words => at_a_desk(words, config, &global, out),
    }
}

/// Makes the key of a ledger whose log is on NATS.
fn init_on_nats(folder: &Path, is_rehearsal: bool, out: &mut Out) -> Result<Status, Stopped> {
    if is_rehearsal {
        let text = "--rehearsal is for a ledger in a folder; on NATS a ledger is for rehearsals if its name ends in \
                    -rehearsal: name it with --nats-ledger";
        return Err(Stopped::Input(text.to_owned()));
    }
    Ledger::create_key(folder)?;
    let folder = folder.display();
    out.said(&format!("the key of the ledger's codes is in {folder}; every command handler needs the same one, and you a copy"))?;
    Ok(Status::Done)
}

/// Words to a ledger, wherever it is.
fn at_a_desk(words: Words, config: &Config, global: &cli::Global, out: &mut Out) -> Result<Status, Stopped> {
    let looks = matches!(
        words,
        Words::Offer(cli::OfferWords::List | cli::OfferWords::Show { .. })
            | Words::Policy(cli::PolicyWords::Show { .. })
            | Words::Terms(_)
            | Words::Log(_)
            | Words::Show(_)
            | Words::LookUp(_)
            | Words::PendingGoodwill
            | Words::History(_)
            | Words::Why(_)
            | Words::Status
            | Words::Zones(cli::ZonesWords::Show)
            | Words::Rebuild
            | Words::Verify
    );
    let desk = if looks { desk::to_look(config, global)? } else { desk::to_act(config, global)? };
    match words {
        Words::Offer(cli::OfferWords::Publish(words)) => publish::run(&*desk, words, global, out),
        Words::Offer(cli::OfferWords::List) => published::list(&*desk, out),
        Words::Offer(cli::OfferWords::Show { offer }) => published::show(&*desk, &offer, out),
        Words::Policy(cli::PolicyWords::Show { programme }) => policies::show(&*desk, &programme, out),
        Words::Terms(words) => published::terms(&*desk, words, out),
        Words::Log(cli::LogWords::Dump { after, limit }) => log::dump(&*desk, Position(after), limit, out),
        Words::Show(words) => look::show(&*desk, words, out),
        Words::LookUp(words) => look::look_up(&*desk, words, out),
        Words::PendingGoodwill => look::pending_goodwill(&*desk, out),
        Words::History(words) => look::history(&*desk, words, out),
        Words::Why(words) => look::why(&*desk, words.of, out),
        Words::Zones(words) => zones::run(&*desk, words, global, out),
        Words::Status => upkeep::status(&*desk, out),
        Words::Rebuild => upkeep::rebuild(&*desk, out),
        Words::Verify => upkeep::verify(&*desk, out),
        Words::Expire(cli::ExpireWords { voucher: None }) => upkeep::expire_due(&*desk, global.dry_run, out),
        words => command::run(&*desk, words, global, out),
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
        Words::Nats(words) => nats::would(words),
        Words::Token(words) => token::would(words),
        Words::Parked(words) => parked::would(words),
        _ => None,
    }
}

/// The instant to look from.
fn now(global: &cli::Global) -> Timestamp {
    global.clock.unwrap_or_else(clock::now)
}

/// Runs a future on this thread.
fn wait<T>(future: impl Future<Output = Result<T, Stopped>>) -> Result<T, Stopped> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(future)
}
