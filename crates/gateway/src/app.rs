//! All that answers are made from.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::registry::Registry;
use resit_api::openapi;
use resit_command_handler::{CommandHandler, Completion, Failure, Reply, Request};
use resit_domain::Timestamp;
use resit_event_log::{AppendError, EventLog, Position};
use resit_projector::Projector;
use tokio::sync::{Notify, watch};

use crate::in_flight::InFlight;
use crate::metrics::Metrics;
use crate::sparing::Sparing;
use crate::still::Stillness;
use crate::unknown_codes::UnknownCodes;
use crate::{Auth, Beyond, Clock, Gauges, Upkeep};

/// How much a server takes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest body, in bytes.
    pub body_bytes_max: usize,
    /// How long a body may take to come, in milliseconds.
    pub body_millis_max: u64,
    /// How long the head of a request may take to come, and how long a connection may be silent before it, in milliseconds.
    pub head_millis_max: u64,
    /// How many requests are at work at a time.
    pub in_flight_max: usize,
    /// How long a question waits for the read models, in milliseconds.
    pub behind_millis_max: u64,
    /// How long the examples of an offer that is published may take, in milliseconds.
    pub examples_millis_max: u64,
    /// How many records the read models may be behind while the server calls itself ready.
    pub ready_lag_max: u64,
    /// How many bytes the ledger's disk must have left while the server calls itself ready.
    pub ready_free_disk_bytes_min: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 4 << 20,
            body_millis_max: 30_000,
            head_millis_max: 30_000,
            in_flight_max: 4_096,
            behind_millis_max: 5_000,
            examples_millis_max: 2_000,
            ready_lag_max: 100_000,
            ready_free_disk_bytes_min: 4 << 20,
        }
    }
}

/// What every door has, whoever stands behind it.
pub struct Front {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How callers show who they are.
    pub auth: Auth,
    /// Numbers of the other roles.
    pub gauges: Arc<Gauges>,
    /// How much is taken.
    pub limits: Limits,
}

/// Who answers what was let in.
#[derive(Clone)]
pub enum Answers {
    /// This process.
    Here(Arc<Parts>),
    /// Others, that a request is handed on to.
    Beyond(Arc<dyn Beyond>),
}

/// What answers are made from. All of it is kept up by somebody else.
pub struct Parts {
    /// Takes the commands, and folds what is asked for. Who serves no commands has one all the same.
    pub handler: Arc<CommandHandler>,
    /// The log.
    pub log: Arc<dyn EventLog>,
    /// The read models; none in a process that serves no lists.
    pub read_models: Option<Arc<Projector>>,
    /// What of this process follows the log.
    pub follower: Follower,
    /// What an operator asks of the other roles.
    pub upkeep: Arc<dyn Upkeep>,
}

/// Something that is kept behind the log.
#[derive(Clone)]
pub struct Follower {
    /// What its metrics begin with: the role that keeps it.
    pub role: &'static str,
    /// What it is called where people read.
    pub called: &'static str,
    /// How far it has come; who keeps it says so.
    pub position: watch::Receiver<Position>,
    /// Is told when somebody waits for it; who keeps it need not hurry before.
    pub hurry: Arc<Notify>,
    /// How long it may be behind without a step; none if that says nothing, as where another process may do its work.
    pub still_max: Option<Duration>,
}

/// How long a follower of the log may be behind without a step before the process is not ready.
pub const STILL_MAX: Duration = Duration::from_mins(1);

/// A door to a ledger.
pub struct App {
    pub(crate) front: Front,
    pub(crate) answers: Answers,
    pub(crate) in_flight: InFlight,
    /// What runs requests to their end when their callers leave.
    pub(crate) completion: Completion,
    pub(crate) unknown_codes: UnknownCodes,
    pub(crate) metrics: Metrics,
    /// What the process's log was told of requests that it could not answer.
    pub(crate) unwell: Sparing,
    /// Whether what follows the log takes steps.
    pub(crate) follower: Stillness,
    pub(crate) openapi: String,
    /// Whether the server stops: who waits for more is answered with what there is.
    pub(crate) stopping: watch::Sender<bool>,
}

impl App {
    /// A door, and who stands behind it.
    pub fn new(front: Front, answers: Answers) -> Arc<Self> {
        Self::measuring(front, answers, |_| ())
    }

    /// The same, with metrics of its process's own, which are put into the registry.
    pub fn measuring(front: Front, answers: Answers, own: impl FnOnce(&mut Registry)) -> Arc<Self> {
        Arc::new(Self {
            completion: Completion::default(),
            in_flight: InFlight::new(front.limits.in_flight_max),
            unknown_codes: UnknownCodes::default(),
            metrics: Metrics::new(own),
            unwell: Sparing::default(),
            follower: Stillness::default(),
            openapi: openapi().to_string(),
            stopping: watch::Sender::new(false),
            front,
            answers,
        })
    }

    /// No new work is taken from now on: it is not ready, and who waits for more is answered with what there is.
    pub fn begin_to_stop(&self) {
        self.front.gauges.note_stopping();
        self.stopping.send_replace(true);
    }

    /// Gives a command to the handler, and notes whether the log could be written. Only a request that is done to its end
    /// whether or not its caller waits may do so.
    pub(crate) async fn handled(
        &self,
        parts: &Parts,
        request: &Request,
        now: Timestamp,
    ) -> Result<Reply, Failure> {
        let handled = parts.handler.handle_attended(request, now).await;
        match &handled {
            Ok(reply) if !reply.replayed => self.front.gauges.note_append(Ok(())),
            Err(Failure::Append(
                AppendError::Unavailable { .. }
                | AppendError::Unanswered { .. }
                | AppendError::NotSent { .. },
            )) => {
                self.front.gauges.note_append(Err(self.front.clock.now()));
            }
            _ => {}
        }
        handled
    }

    /// Done when the server stops.
    pub(crate) async fn stopped(&self) {
        // The sender lives as long as the gateway: this can't fail.
        self.stopping.subscribe().wait_for(|stopping| *stopping).await.ok();
    }
}
