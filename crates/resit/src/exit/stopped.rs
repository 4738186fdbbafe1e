//! Why a command could not be carried out, in words that say what to do.

use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use resit_access::AccessError;
use resit_api::Problem;
use resit_client::ClientError;
use resit_clock_guard::{Unconfirmed, Untrusted};
use resit_command_handler::Failure;
use resit_derived_store::Fault;
use resit_domain::CommandId;
use resit_embedded_log::OpenError;
use resit_event_log::ReadError;
use resit_expiry_scheduler::SchedulerError;
use resit_gateway::UpkeepFailure;
use resit_intake::IntakeError;
use resit_nats::durability::NotDurable;
use resit_nats::layout::LayoutError;
use resit_nats::{LedgerName, LinkError, NotAllowed};
use resit_nats_api::NotServed;
use resit_projector::ProjectionError;
use resit_story::StoryFailure;

use super::Status;
use super::turned_down::heading;
use crate::config::ConfigError;
use crate::ledger::Foreign;
use crate::serve::Address;

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    #[error("{0}")]
    Input(String),
    #[error(transparent)]
    Clock(#[from] Untrusted),
    #[error(transparent)]
    Unconfirmed(#[from] Unconfirmed),
    #[error("the settings can't be used")]
    Config(#[from] ConfigError),
    #[error("{path} can't be read")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path} can't be written; make room there, or give this user the right to write")]
    Unwritten { path: PathBuf, source: std::io::Error },
    #[error("there is no ledger in {0}; make one with `resit init --ledger {0}`")]
    NoLedger(PathBuf),
    #[error(
        "the ledger {0} is on NATS, and is asked over its gateway: name that with --server (RESIT_SERVER), such as --server \
         http://127.0.0.1:7480; for a ledger in a folder, leave out --nats (RESIT_NATS)"
    )]
    OnNats(LedgerName),
    #[error(
        "the ledger in {0} has a log, and its FORMAT file is missing; `resit log repair --ledger {0}` restores it"
    )]
    NoFormat(PathBuf),
    #[error("the ledger in {path} can't be opened{}", mended_by(path, source))]
    Open { path: PathBuf, source: OpenError },
    #[error("the log was not copied{}", mended_by(path, source))]
    NotCopied { path: PathBuf, source: OpenError },
    #[error(
        "{word} works on a stopped ledger alone, and {url} serves this one (process {pid}); stop that first{instead}"
    )]
    Served { word: &'static str, url: String, pid: u32, instead: &'static str },
    #[error(
        "the code key {0} is missing; restore it from its copy, or have `resit init` make a new one: codes that are \
         out still work then, but can't be shown again"
    )]
    NoKey(PathBuf),
    #[error(
        "the ledger in {folder} is not the one that the folder held before; put back what belongs there, or, if it is meant so, \
         confirm it with `resit ledger confirm --ledger {folder}`: until then nothing is written, and what shows it is kept"
    )]
    Foreign {
        folder: PathBuf,
        #[source]
        what: Foreign,
    },
    #[error(
        "the folder {0} held a ledger, and its log is gone; restore log/ and FORMAT from a copy, or, for another ledger, name \
         another folder"
    )]
    LogGone(PathBuf),
    #[error("the code key {path} can't be used; restore it from its copy")]
    Key { path: PathBuf, source: Box<dyn std::error::Error + Send + Sync> },
    #[error(
        "the code key {0} is missing; all command handlers of a ledger have the same one: copy it here from another's \
         folder, or make the ledger's first with `resit init`"
    )]
    NoKeyOfHandler(PathBuf),
    #[error(
        "the codes of the ledger {ledger} were made with another key than {path}; put the key there that its other command \
         handlers have, or, if that is lost for good, start all of them once with a new one and --code-key-lost: codes that \
         are out still work then, but can't be shown again"
    )]
    OtherKey { path: PathBuf, ledger: String },
    #[error("it is not known which key made the ledger's codes")]
    Codes(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the ledger on NATS can't be opened")]
    LogOnNats(#[from] resit_jetstream_log::OpenError),
    #[error("what is acknowledged might not last")]
    NotDurable(#[from] NotDurable),
    #[error("the bucket {bucket} can't be used; `resit nats apply` makes it")]
    Leases { bucket: String, source: async_nats::jetstream::context::KeyValueError },
    #[error(transparent)]
    NotServed(#[from] NotServed),
    #[error("random bytes can't be had")]
    Random(#[from] getrandom::Error),
    #[error("{}", heading(.0))]
    Handler(#[from] Failure),
    #[error("{}", .0.heading())]
    Problem(#[source] Box<Said>),
    #[error(
        "the command got no answer; said again with --command-id {id} it is done once, whatever came of it now"
    )]
    Unanswered { id: CommandId, source: Box<dyn Error + Send + Sync> },
    #[error(transparent)]
    Server(ClientError),
    #[error("the read models can't be used")]
    Projection(#[from] ProjectionError),
    #[error("the scheduler can't go on")]
    Scheduler(#[from] SchedulerError),
    #[error("a derived store can't be used")]
    Store(#[from] Fault),
    #[error("the log can't be read")]
    Read(#[from] ReadError),
    #[error("the tokens stay as they are")]
    Access(#[from] AccessError),
    #[error("the story could not be played to its end")]
    Story(#[from] Box<StoryFailure>),
    #[error("{address} is taken by another program; stop that one, or name another address with --listen")]
    Taken { address: SocketAddr },
    #[error("{address} can't be listened on; name another address with --listen")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error(
        "the {0} ended by a mistake of this program; what it did is on record, or is made anew: start the server again"
    )]
    Role(&'static str),
    #[error(
        "the {0} was told to stop and had not finished {1} seconds later, so it was ended: see whether its disk, or NATS, \
         answers; nothing that was acknowledged is lost, and whoever got no answer sends again with the same id"
    )]
    Late(&'static str, u64),
    #[error(
        "an operator corrected recorded times while this {0} ran, so it read the log as it was before: start it again, and it shows \
         the corrected times"
    )]
    TimeCorrected(&'static str),
    #[error("it was told to stop before it was at work")]
    BeforeWork,
    #[error(
        "a signal ended this before it was done; what was put on record stays, and what is made from the log goes on from where \
         it is: give the same command again"
    )]
    Interrupted,
    #[error(
        "the ledger's folder {0}, or a file of its log, was removed or replaced while it was served; what was acknowledged since \
         then may not be on this disk: put it back, start the server again, and send again what you are not sure of"
    )]
    Displaced(PathBuf),
    #[error("NATS can't be reached")]
    Nats(#[from] LinkError),
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    #[error("what the ledger needs on NATS can't be seen or made")]
    NatsLayout(#[from] LayoutError),
    #[error("{path} holds no seed of a user's nkey; put its copy there, or remove it, and a new key is made")]
    Seed { path: PathBuf, source: nkeys::error::Error },
    #[error(transparent)]
    Intake(#[from] IntakeError),
    #[error("nothing could be measured")]
    Bench(#[from] resit_bench::BenchError),
    #[error("the answer can't be written")]
    Write(#[from] std::io::Error),
}

/// What a server said is wrong.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.detail)]
pub(crate) struct Said(pub(super) Problem);

impl From<ClientError> for Stopped {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Problem(problem) => Stopped::Problem(Box::new(Said(*problem))),
            error => Stopped::Server(error),
        }
    }
}

impl Stopped {
    /// The same, of a command that may have reached the log, with what to do.
    pub(crate) fn of_command(self, id: CommandId) -> Self {
        if self.status() != Status::Unavailable {
            return self;
        }
        match self {
            // It was answered: the server did nothing, and will do nothing.
            Stopped::Problem(said) if said.is_certain() => Stopped::Problem(said),
            Stopped::Problem(said) => Stopped::Unanswered { id, source: said },
            Stopped::Handler(Failure::ClockUntrusted(untrusted)) => Stopped::Clock(untrusted),
            Stopped::Handler(failure) => Stopped::Unanswered { id, source: failure.into() },
            Stopped::Server(error @ ClientError::Broken { .. }) => {
                Stopped::Unanswered { id, source: error.into() }
            }
            other => other,
        }
    }

    /// The same; of a word that a server is in the way of, with what to do.
    pub(crate) fn of_word(self, word: &'static str, instead: &'static str) -> Self {
        match self {
            Stopped::Open { path, source: OpenError::Locked { folder, pid } } => {
                match Address::of(&path, pid) {
                    Some(Address { url, pid, .. }) => Stopped::Served { word, url, pid, instead },
                    None => Stopped::Open { path, source: OpenError::Locked { folder, pid } },
                }
            }
            other => other,
        }
    }
}

/// What mends a folder that can't be opened, for the end of the sentence that says so.
fn mended_by(folder: &Path, source: &OpenError) -> String {
    let folder = folder.display();
    match source {
        OpenError::NoLog { .. } => {
            format!("; `resit log repair --ledger {folder}` writes its FORMAT file anew")
        }
        OpenError::Damaged(_) => {
            format!("; if there is no copy of it, `resit log repair --ledger {folder}` keeps what is whole")
        }
        _ => String::new(),
    }
}

/// What an operator is told who asked a process for upkeep.
impl From<Stopped> for UpkeepFailure {
    fn from(stopped: Stopped) -> Self {
        let text = in_one_line(&stopped);
        tracing::error!(error = %text, "an operator's request failed");
        match stopped.status() {
            Status::Damaged => Self::Damaged(text),
            _ => Self::Unavailable(text),
        }
    }
}

/// An error with its causes.
pub(crate) fn in_one_line(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text += ": ";
        text += &cause.to_string();
        next = cause.source();
    }
    text
}
