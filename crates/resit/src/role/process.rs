//! What each role's process has: a connection, a clock, a way to stop, and a door for whoever watches it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use resit_clock_guard::Bounds;
use resit_command_handler::Failure;
use resit_domain::Timestamp;
use resit_event_log::{EventLog, Position};
use resit_gateway::{App, Auth, Clock as _, Front, Gauges, Limits, Task};
use resit_jetstream_log::JetStreamLog;
use resit_nats::{Link, Rights, Settings, SpanIds};
use resit_states::CorrectedLog;
use tokio::task::JoinHandle;

use super::proven_log::ProvenLog;
use super::{durability, rights, server_time};
use crate::clock::{self, ServerClock};
use crate::config::{Config, Source};
use crate::exit::{Status, Stopped};
use crate::output::Out;
use crate::serve::{self, Role, Stop, Stopper, Survey, background};

/// How long what is left of a process's tasks may take when it ends.
const END_MAX: Duration = Duration::from_millis(500);

/// How long a process that was at work may take to end: what it has taken is answered first, if anybody can be reached.
const STOP_MAX: Duration = Duration::from_millis(8_500);

/// How often a correction is looked for that nobody came upon.
const CORRECTIONS_EVERY: Duration = Duration::from_secs(10);

/// A role's process.
pub(crate) struct Process {
    /// The role's name.
    pub(crate) role: &'static str,
    pub(crate) link: Link,
    pub(crate) clock: Arc<ServerClock>,
    pub(crate) gauges: Arc<Gauges>,
    pub(crate) spans: Arc<SpanIds>,
    /// The folder of its key, its tokens, or what it keeps behind the log.
    pub(crate) folder: PathBuf,
    pub(crate) stopper: Stopper,
    pub(crate) stop: Stop,
    limits: Limits,
    /// Where it is watched, if somebody named an address.
    watched_at: Option<SocketAddr>,
    clock_bounds: Bounds,
    /// The log as it is corrected, once it is open.
    corrected: Option<Arc<CorrectedLog>>,
    /// Whether recorded times were corrected while this process ran.
    is_outdated: Arc<AtomicBool>,
}

/// Runs a role until a signal says stop.
pub(crate) fn run(
    role: &'static str,
    config: &Config,
    work: impl AsyncFnOnce(&mut Process) -> Result<(), Stopped>,
) -> Result<Status, Stopped> {
    let settings = config.nats.clone().ok_or_else(|| {
        Stopped::Input(format!(
            "`resit {role}` is a role of a ledger on NATS, and no servers are named; name them with --nats or RESIT_NATS, \
             or run all roles over a folder with `resit serve`"
        ))
    })?;
    let (gauges, is_outdated) = (Arc::new(Gauges::default()), Arc::<AtomicBool>::default());
    let (stopper, stop) = serve::stop_by_signals(role, &gauges)?;
    let runtime = serve::runtime()?;
    let ended = runtime.block_on(async {
        let work = async {
            let (link, rights) = Box::pin(unless_stopped(&stop, connected(settings, role))).await??;
            let mut process = Process::of(role, link, config, gauges, stopper, stop.clone())?;
            process.is_outdated = is_outdated.clone();
            let (link, gauges) = (process.link.clone(), process.gauges.clone());
            process
                .background("rights-watch", |task| rights::watch(rights, link, gauges, stop.clone(), task));
            work(&mut process).await
        };
        tokio::select! {
            ended = Box::pin(work) => ended,
            () = too_late(stop.clone()) => Err(Stopped::Late(role, STOP_MAX.as_secs())),
        }
    });
    runtime.shutdown_timeout(END_MAX);
    match ended {
        _ if is_outdated.load(Ordering::Relaxed) => return Err(Stopped::TimeCorrected(role)),
        Err(Stopped::BeforeWork) => tracing::info!(role, "stopped before it was at work"),
        ended => {
            ended?;
            tracing::info!(role, "stopped");
        }
    }
    Ok(Status::Done)
}

/// The way to NATS, and the proof that the role may do there what it must.
async fn connected(settings: Settings, role: &'static str) -> Result<(Link, Rights), Stopped> {
    let settings = Settings { client_name: format!("resit {role}"), ..settings };
    let link = Link::connect(settings).await?;
    let rights = rights::first(&link, role).await?;
    Ok((link, rights))
}

/// What a process does before it is at work: there is nothing to finish, and it is let go at the first word.
async fn unless_stopped<T>(stop: &Stop, beginning: impl Future<Output = T>) -> Result<T, Stopped> {
    stop.unless_asked(beginning).await.ok_or(Stopped::BeforeWork)
}

/// Waits until a process that was told to stop should have ended: while NATS is away it may try for minutes.
async fn too_late(mut stop: Stop) {
    stop.asked().await;
    drop(tokio::time::timeout(STOP_MAX, std::future::pending::<()>()).await);
}

impl Process {
    fn of(
        role: &'static str,
        link: Link,
        config: &Config,
        gauges: Arc<Gauges>,
        stopper: Stopper,
        stop: Stop,
    ) -> Result<Self, Stopped> {
        let listen = &config.listen;
        Ok(Self {
            role,
            link,
            clock: Arc::new(ServerClock::of_the_system(&config.ledger.value, config.clock_bounds())),
            gauges,
            spans: Arc::new(SpanIds::seeded(clock::random()?)),
            folder: config.ledger.value.clone(),
            stopper,
            stop,
            limits: serve::limits(config),
            clock_bounds: config.clock_bounds(),
            corrected: None,
            is_outdated: Arc::default(),
            watched_at: (listen.source != Source::Default).then_some(listen.value),
        })
    }

    /// The ledger's log, if it keeps what it acknowledges. A rehearsal's clock stands where its log ended, or at `else_at`.
    pub(crate) async fn log(&mut self, else_at: Timestamp) -> Result<Arc<dyn EventLog>, Stopped> {
        let stop = self.stop.clone();
        Box::pin(unless_stopped(&stop, self.open_log(else_at))).await?
    }

    async fn open_log(&mut self, else_at: Timestamp) -> Result<Arc<dyn EventLog>, Stopped> {
        let standing = durability::first(&self.link, &self.gauges).await?;
        let mut log: Arc<dyn EventLog> = Arc::new(JetStreamLog::open(self.link.clone()).await?);
        if let Some(standing) = standing {
            log = Arc::new(ProvenLog { log, link: self.link.clone(), standing: standing.subscribe() });
            let (link, gauges) = (self.link.clone(), self.gauges.clone());
            let stop = self.stop.clone();
            self.background("durability-watch", |task| durability::again(link, gauges, standing, stop, task));
        }
        let corrected = Arc::new(CorrectedLog::open(log).await.map_err(Failure::from)?);
        self.corrected = Some(corrected.clone());
        let log: Arc<dyn EventLog> = corrected;
        if self.is_rehearsal() {
            let last = last_recorded(&*log).await?;
            self.clock = Arc::new(ServerClock::for_rehearsals(last.unwrap_or(else_at)));
            return Ok(log);
        }
        self.clock = Arc::new(ServerClock::of_a_ledger(&self.folder, self.clock_bounds, &*log).await?);
        server_time::first(&self.link, &self.clock).await;
        tokio::spawn(server_time::watch(self.link.clone(), self.clock.clone(), self.stop.clone()));
        self.watch_clock(Some(log.clone()));
        Ok(log)
    }

    /// Reports a clock that is not trusted, from now on. A process without the log does not see it confirmed.
    pub(crate) fn watch_clock(&self, log: Option<Arc<dyn EventLog>>) {
        tokio::spawn(clock::watch(self.clock.clone(), log, self.gauges.clone(), self.stop.clone()));
    }

    /// Whether commands may name their own clock.
    pub(crate) fn is_rehearsal(&self) -> bool {
        self.link.names.ledger().is_for_rehearsals()
    }

    /// What its doors have in common.
    pub(crate) fn front(&self, auth: Auth) -> Front {
        Front { clock: self.clock.clone(), auth, gauges: self.gauges.clone(), limits: self.limits }
    }

    /// Starts a task that health knows by its name.
    pub(crate) fn background<F>(
        &self,
        name: &'static str,
        run: impl FnOnce(Arc<Task>) -> F,
    ) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send,
    {
        background(&self.gauges, &self.stop, name, run)
    }

    /// Starts a role on a thread of its own, which health knows by its name.
    pub(crate) fn role(
        &self,
        name: &'static str,
        run: impl AsyncFnOnce(Stop, Arc<Task>) + Send + 'static,
    ) -> Result<Role, Stopped> {
        Role::start(name, &self.gauges, self.stopper.clone(), self.stop.clone(), run)
    }

    /// Measures the disk of its folder, again and again.
    pub(crate) fn survey(&self) -> Result<Role, Stopped> {
        let survey = Survey { folder: self.folder.clone(), log: None, gauges: self.gauges.clone() };
        self.role("disk-watch", async move |stop, task| survey.run(stop, task).await)
    }

    /// Lets itself be watched, and says that it is at work.
    pub(crate) async fn at_work(
        &self,
        app: Arc<App>,
        out: &mut Out,
    ) -> Result<Option<JoinHandle<()>>, Stopped> {
        let ledger = self.link.names.ledger();
        self.stopper.is_at_work();
        self.end_if_outdated();
        let Some(address) = self.watched_at else {
            out.said(&format!("{} of the ledger {ledger} is at work", self.role))?;
            return Ok(None);
        };
        let listener = serve::listener(address).await?;
        let address = listener.local_addr()?;
        let mut stop = self.stop.clone();
        let watched = tokio::spawn(async move {
            resit_gateway::serve_monitor(listener, app, async move { stop.asked().await }).await;
        });
        let url = serve::reached_at(address);
        out.said(&format!(
            "{} of the ledger {ledger} is at work; health and metrics: http://{url}",
            self.role
        ))?;
        Ok(Some(watched))
    }

    /// Ends the process when recorded times are corrected: it shows all that it has read without that. Its supervisor starts it again.
    fn end_if_outdated(&self) {
        let Some(corrected) = self.corrected.clone() else { return };
        let (stopper, is_outdated) = (self.stopper.clone(), self.is_outdated.clone());
        tokio::spawn(async move {
            let mut outdated = corrected.outdated();
            // A role that follows the log may have begun behind a correction, and never reads it: so it is looked for.
            while !*outdated.borrow_and_update() {
                drop(corrected.look_for_corrections().await);
                drop(tokio::time::timeout(CORRECTIONS_EVERY, outdated.changed()).await);
            }
            is_outdated.store(true, Ordering::Relaxed);
            stopper.stop();
        });
    }

    /// Waits for the end of one of its tasks.
    pub(crate) async fn ended(&self, task: JoinHandle<()>) -> Result<(), Stopped> {
        task.await.map_err(|_| Stopped::Role(self.role))
    }

    /// The same, of a task that may never have begun.
    pub(crate) async fn ended_if(&self, task: Option<JoinHandle<()>>) -> Result<(), Stopped> {
        match task {
            Some(task) => self.ended(task).await,
            None => Ok(()),
        }
    }

    /// Waits for the end of a role's own thread, and keeps nobody else waiting.
    pub(crate) async fn role_ended(&self, role: Role) -> Result<(), Stopped> {
        tokio::task::spawn_blocking(move || role.end()).await.map_err(|_| Stopped::Role(self.role))?
    }

    /// The instant now.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// When the last record was put there.
pub(super) async fn last_recorded(log: &dyn EventLog) -> Result<Option<Timestamp>, Stopped> {
    let head = log.head().await?;
    let last = log.read(Position(head.0.saturating_sub(1)), 1).await?;
    Ok(last.last().map(|record| record.recorded_at))
}
