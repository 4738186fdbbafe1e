//! Why nothing could be measured.

use resit_command_handler::Failure;
use resit_derived_store::Fault;
use resit_embedded_log::OpenError;
use resit_event_log::ReadError;
use resit_expiry_scheduler::SchedulerError;
use resit_projector::ProjectionError;

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The folder can't be written.
    #[error("the folder of the measurement can't be written")]
    Folder(#[from] std::io::Error),
    /// The log can't be opened.
    #[error("the log can't be opened")]
    Open(#[from] OpenError),
    /// NATS can't be used.
    #[error("NATS can't be used")]
    Nats(#[from] resit_nats::LinkError),
    /// The log on NATS can't be opened.
    #[error("the log on NATS can't be opened")]
    JetStream(#[from] resit_jetstream_log::OpenError),
    /// A command got no answer.
    #[error("a command got no answer")]
    Handler(#[from] Failure),
    /// The log can't be read.
    #[error("the log can't be read")]
    Read(#[from] ReadError),
    /// A read model failed.
    #[error("the read models can't be used")]
    Projection(#[from] ProjectionError),
    /// The scheduler failed.
    #[error("the scheduler can't go on")]
    Scheduler(#[from] SchedulerError),
    /// A store failed.
    #[error("a derived store can't be used")]
    Store(#[from] Fault),
    /// What was measured did not do what it was measured for.
    #[error("the measurement is void: {0}")]
    Broken(String),
}
