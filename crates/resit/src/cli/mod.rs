//! The command line: words in, nothing done yet.

mod catalogue;
mod looking;
mod nats;
mod nats_words;
mod offers;
mod parked;
mod parse;
mod serving;
mod tools;
mod vouchers;
mod zones;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use resit_domain::{Actor, CommandId, Timestamp};

use crate::config::{FromFlags, Key, key};

pub(crate) use catalogue::{AgreementWords, ExamWords, PracticeTestWords};
pub(crate) use looking::{HistoryWords, LookUpWords, ShowWords, TermsWords, Times, WhyWords};
pub(crate) use nats_words::{NatsUsers, NatsUsersWords, NatsWords};
pub(crate) use offers::{Keeps, OfferWords, PolicyWords, PublishWords};
pub(crate) use parked::ParkedWords;
pub(crate) use parse::{TermsOf, WhyOf, order_line, whole_order};
pub(crate) use serving::{
    ClockWords, CommandHandlerWords, CorrectTimeWords, IntakeWords, RoleWords, ServeWords, ServerFlags,
    TokenWords,
};
pub(crate) use tools::{BenchPart, BenchWords, LedgerWords, LogWords, PlanWords, StoryWords};
pub(crate) use vouchers::*;
pub(crate) use zones::ZonesWords;

/// An entitlement ledger for exam vouchers: who may sit which exam, until when, with how many retakes, and why.
#[derive(Debug, Parser)]
#[command(name = "resit", version, propagate_version = true, after_help = after_help(), max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) words: Words,
}

/// What every subcommand understands.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The ledger's folder [env: `RESIT_LEDGER`] [default: ledger].
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub(crate) ledger: Option<String>,
    /// Talk to the server at this address instead of opening the folder [env: `RESIT_SERVER`].
    #[arg(long, global = true, value_name = "URL", help_heading = "Everywhere")]
    pub(crate) server: Option<String>,
    /// The token to show to the server [env: `RESIT_TOKEN`].
    #[arg(long, global = true, value_name = "TOKEN", help_heading = "Everywhere")]
    pub(crate) token: Option<String>,
    /// A file that holds the token [env: `RESIT_TOKEN_FILE`].
    #[arg(long, global = true, value_name = "FILE", help_heading = "Everywhere")]
    pub(crate) token_file: Option<String>,
    /// A file of settings [env: `RESIT_CONFIG`] [default: resit.toml in the ledger's folder].
    #[arg(long, global = true, value_name = "FILE", help_heading = "Everywhere")]
    pub(crate) config: Option<PathBuf>,
    /// What is logged to standard error [env: `RESIT_LOG`] [default: warn; info for the server].
    #[arg(long, global = true, value_name = "FILTER", help_heading = "Everywhere")]
    pub(crate) log: Option<String>,
    /// How it is logged: human, or json [env: `RESIT_LOG_FORMAT`] [default: human].
    #[arg(long, global = true, value_name = "FORM", help_heading = "Everywhere")]
    pub(crate) log_format: Option<String>,
    /// Tables for people, or JSON for programs.
    #[arg(long, global = true, value_enum, default_value_t = OutputForm::Human, value_name = "FORM", help_heading = "Everywhere")]
    pub(crate) output: OutputForm,
    /// Judge the command, say what would come of it, and do nothing.
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) dry_run: bool,
    /// Publish although rights are lost by it; --dry-run shows which.
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) confirm: bool,
    /// Who gives the command.
    #[arg(
        long,
        global = true,
        env = "RESIT_ACTOR",
        default_value = "operator",
        value_name = "NAME",
        help_heading = "Everywhere"
    )]
    pub(crate) actor: Actor,
    /// The command's id: given again with the same words, it is answered as the first time. A new one if absent.
    #[arg(long, global = true, value_name = "ID", help_heading = "Everywhere")]
    pub(crate) command_id: Option<CommandId>,
    /// Judge by this instant instead of the system's clock: for dry runs, and on a ledger for rehearsals.
    #[arg(long, global = true, value_name = "INSTANT", help_heading = "Everywhere")]
    pub(crate) clock: Option<Timestamp>,
    /// Colour: only on a terminal, always, or never.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN", help_heading = "Everywhere")]
    pub(crate) color: Colour,
    #[command(flatten)]
    pub(crate) nats: nats::NatsFlags,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputForm {
    Human,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Words {
    /// Make a new ledger in the folder that --ledger names; with --nats, only the key of its codes.
    Init {
        /// The ledger is for rehearsals: its commands may name their own --clock.
        #[arg(long)]
        rehearsal: bool,
    },
    /// Check, publish, show, extend, withdraw or move offers; print those that come with the program.
    #[command(subcommand)]
    Offer(OfferWords),
    /// Say what the catalogue knows of an exam.
    Exam(ExamWords),
    /// Say what the catalogue knows of a practice test.
    PracticeTest(PracticeTestWords),
    /// Publish a business-day calendar.
    Calendar {
        /// The calendar file.
        file: PathBuf,
    },
    /// Check, publish or show a programme's retake policy.
    #[command(subcommand)]
    Policy(PolicyWords),
    /// Publish rules of time zones, or show which are in force.
    #[command(subcommand)]
    Zones(ZonesWords),
    /// Open or amend a licensing agreement.
    #[command(subcommand)]
    Agreement(AgreementWords),
    /// Run the server: commands, read models, the expiry scheduler and the HTTP API in one process.
    Serve(ServeWords),
    /// Run a command handler of a ledger on NATS: it takes commands, and answers what is asked of the log.
    CommandHandler(CommandHandlerWords),
    /// Run a projector of a ledger on NATS: it keeps read models, and answers lists.
    Projector(RoleWords),
    /// Run an expiry scheduler of a ledger on NATS: it puts on record what falls due.
    ExpiryScheduler(RoleWords),
    /// Run the intake of a ledger on NATS: it takes events of other systems, tells what came of them, and announces facts.
    Intake(IntakeWords),
    /// Look at events that could not be taken, and settle them.
    #[command(subcommand)]
    Parked(ParkedWords),
    /// Run the HTTP API of a ledger on NATS: it checks tokens, and hands requests on.
    Gateway(RoleWords),
    /// Show how a server, or a stopped ledger, is doing.
    Status,
    /// Make, list or revoke the tokens that a server asks for.
    #[command(subcommand)]
    Token(TokenWords),
    /// Show every setting with its value and where that comes from.
    Config(ServerFlags),
    /// Issue what an order line bought.
    Issue(IssueWords),
    /// Assign a voucher to a candidate.
    Assign(AssignWords),
    /// Take an assignment back.
    Unassign(OneVoucher),
    /// Share untouched vouchers of a pack out to a branch.
    ShareOut(ShareOutWords),
    /// Take untouched vouchers of a pack back from a branch, into the pool.
    TakeBackShare(TakeBackShareWords),
    /// Register a candidate for a sitting.
    Schedule(ScheduleWords),
    /// Move an open registration.
    Reschedule(RescheduleWords),
    /// Cancel an open registration.
    Cancel(CancelWords),
    /// Record what came of a sitting.
    Result(ResultWords),
    /// Correct a result that was recorded wrongly.
    Correct(CorrectWords),
    /// Activate a practice test, unlock a library, start a subscription.
    Activate(ActivateWords),
    /// Replace a lost code by a new one.
    ReplaceCode(OneVoucher),
    /// Take back what an order bought and nobody used.
    Revoke(RevokeWords),
    /// Give back what a chargeback took: the dispute over it was won.
    Reinstate(ReinstateWords),
    /// Give a voucher more than its terms do, out of goodwill; where the offer asks for a second person, propose it.
    Extend(ExtendWords),
    /// Approve goodwill that another person proposed, and give it.
    ApproveGoodwill(ApproveWords),
    /// Decline goodwill that somebody proposed.
    DeclineGoodwill(DeclineWords),
    /// List goodwill that waits for a second person.
    PendingGoodwill,
    /// Record a step in the delivery of an order.
    Step(StepWords),
    /// Put on record what has ended, and notices of ends to come: everything that is due, or one entitlement.
    Expire(ExpireWords),
    /// Show a voucher as it stands, or stood.
    Show(ShowWords),
    /// Print the very text of the terms that a voucher was bought under.
    Terms(TermsWords),
    /// Find vouchers by order, candidate, agreement or offer.
    LookUp(LookUpWords),
    /// Tell what happened to a voucher, in both times.
    History(HistoryWords),
    /// Explain why a command was answered as it was, or why the newest refusal on a voucher came.
    Why(WhyWords),
    /// Play stories.
    #[command(subcommand)]
    Story(StoryWords),
    /// Check, repair, copy or print the log.
    #[command(subcommand)]
    Log(LogWords),
    /// Confirm what is in the ledger's folder.
    #[command(subcommand)]
    Ledger(LedgerWords),
    /// Ask a process of this machine, or the server that --server names, whether it is ready for work; end with 3 if not.
    Health(ServerFlags),
    /// Confirm a clock that is right and not trusted, or correct what a wrong one recorded.
    #[command(subcommand)]
    Clock(ClockWords),
    /// Drop the read models and make them anew from the log.
    Rebuild,
    /// Prove that the log is sound and that the read models equal it.
    Verify,
    /// List every rule that a refusal can cite.
    Rules,
    /// Work out how many vouchers an organisation needs, and by when.
    Plan(PlanWords),
    /// Plan, make and check what a ledger needs on NATS, and write the configuration of its servers.
    #[command(subcommand)]
    Nats(NatsWords),
    /// Measure how fast a ledger is on this machine, beside the least that a durable answer can cost.
    Bench(BenchWords),
    /// Print completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

impl Cli {
    /// The settings that stand on the command line.
    pub(crate) fn given(&self) -> FromFlags {
        let Global { ledger, server, token, token_file, config, log, log_format, nats, .. } = &self.global;
        let mut given: Vec<(&Key, &Option<String>)> = vec![
            (&key::LEDGER, ledger),
            (&key::SERVER, server),
            (&key::TOKEN, token),
            (&key::TOKEN_FILE, token_file),
            (&key::LOG, log),
            (&key::LOG_FORMAT, log_format),
        ];
        given.extend(nats.given());
        if let Words::Serve(ServeWords { flags, .. })
        | Words::CommandHandler(CommandHandlerWords { flags, .. })
        | Words::Intake(IntakeWords { flags, .. })
        | Words::Projector(RoleWords { flags })
        | Words::ExpiryScheduler(RoleWords { flags })
        | Words::Gateway(RoleWords { flags })
        | Words::Health(flags)
        | Words::Config(flags) = &self.words
        {
            let ServerFlags {
                listen,
                auth,
                cached_states_max,
                segment_bytes,
                body_bytes_max,
                in_flight_max,
                intake_wait_s,
                intake_at_once,
                clock_skew_max_s,
                clock_gap_max_s,
            } = flags;
            given.extend([
                (&key::LISTEN, listen),
                (&key::AUTH, auth),
                (&key::CACHED_STATES_MAX, cached_states_max),
                (&key::SEGMENT_BYTES, segment_bytes),
                (&key::BODY_BYTES_MAX, body_bytes_max),
                (&key::IN_FLIGHT_MAX, in_flight_max),
                (&key::INTAKE_WAIT_S, intake_wait_s),
                (&key::INTAKE_AT_ONCE, intake_at_once),
                (&key::CLOCK_SKEW_MAX_S, clock_skew_max_s),
                (&key::CLOCK_GAP_MAX_S, clock_gap_max_s),
            ]);
        }
        let flags: BTreeMap<_, _> =
            given.into_iter().filter_map(|(key, text)| Some((key.name, text.clone()?))).collect();
        FromFlags { config: config.clone(), flags }
    }
}

fn after_help() -> String {
    let codes = crate::exit::Status::ALL.map(|(_, code, says)| format!("  {code}  {says}")).join("\n");
    format!(
        "Exit codes:\n{codes}\n\nA VOUCHER is its code, or its id: an entitlement's 26 symbols, with .2 for its second unit."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
