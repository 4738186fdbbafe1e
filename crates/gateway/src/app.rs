//! All that answers are made from.

use std::sync::Arc;

use resit_api::openapi;
use resit_command_handler::{CommandHandler, Failure, Reply, Request};
use resit_domain::Timestamp;
use resit_event_log::{AppendError, EventLog, Position};
use resit_projector::Projector;
use tokio::sync::{Notify, watch};

use crate::in_flight::InFlight;
use crate::metrics::Metrics;
use crate::unknown_codes::UnknownCodes;
use crate::{Auth, Clock, Gauges, Upkeep};

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
            ready_lag_max: 100_000,
            ready_free_disk_bytes_min: 4 << 20,
        }
    }
}

/// What a gateway is made of. All of it is kept up by somebody else.
pub struct Parts {
    /// Takes the commands.
    pub handler: Arc<CommandHandler>,
    /// The log.
    pub log: Arc<dyn EventLog>,
    /// The read models.
    pub read_models: Arc<Projector>,
    /// How far the read models have come; the projector's task says so.
    pub projected: watch::Receiver<Position>,
    /// Is told when somebody waits for the read models; the projector's task need not hurry before.
    pub hurry: Arc<Notify>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How callers show who they are.
    pub auth: Auth,
    /// What an operator asks of the other roles.
    pub upkeep: Arc<dyn Upkeep>,
    /// Numbers of the other roles.
    pub gauges: Arc<Gauges>,
    /// How much is taken.
    pub limits: Limits,
}

/// A gateway.
pub struct App {
    pub(crate) parts: Parts,
    pub(crate) in_flight: InFlight,
    pub(crate) unknown_codes: UnknownCodes,
    pub(crate) metrics: Metrics,
    pub(crate) openapi: String,
    /// Whether the server stops: who waits for more is answered with what there is.
    pub(crate) stopping: watch::Sender<bool>,
}

impl App {
    /// A gateway of these parts.
    pub fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self {
            in_flight: InFlight::new(parts.limits.in_flight_max),
            unknown_codes: UnknownCodes::default(),
            metrics: Metrics::default(),
            openapi: openapi().to_string(),
            stopping: watch::Sender::new(false),
            parts,
        })
    }

    /// Gives a command to the handler, and notes whether the log could be written.
    pub(crate) async fn handled(&self, request: Request, now: Timestamp) -> Result<Reply, Failure> {
        let handled = self.parts.handler.handle(request, now).await;
        match &handled {
            Ok(reply) if !reply.replayed => self.parts.gauges.note_append(Ok(())),
            Err(Failure::Append(AppendError::Unavailable { .. })) => {
                self.parts.gauges.note_append(Err(self.parts.clock.now()));
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
