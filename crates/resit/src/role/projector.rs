//! `resit projector`: keeps read models in a folder of its own, and answers lists from them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use resit_api::{LogStatus, ReadModelStatus, Rebuilt, Service, Status as LedgerStatus, Verified};
use resit_derived_store::DerivedStore;
use resit_domain::Timestamp;
use resit_event_log::{EventLog, Position};
use resit_gateway::{Answers, App, Auth, Gauges, Parts, Upkeep, UpkeepFailure, Work};
use resit_nats::Durability;
use resit_nats_api::ApiService;
use resit_projector::Projector;
use resit_states::States;
use tokio::time::timeout;

use super::{handler, process, recorded};
use crate::clock::{self, ServerClock};
use crate::config::Config;
use crate::exit::{Status, Stopped, in_one_line};
use crate::output::Out;
use crate::serve::{Jobs, ReadModels};

/// Runs until a signal says stop.
pub(crate) fn run(config: &Config, out: &mut Out) -> Result<Status, Stopped> {
    process::run("projector", config, async |process| {
        let (log, handler) = handler::with_any_key(process, config).await?;
        let (store, _) = DerivedStore::open(&process.folder.join("read-models"))?;
        let projector = Projector::sharing(handler.states().clone(), store);
        let read_models = Arc::new(ReadModels::new(projector, log.clone(), process.gauges.clone()));
        let jobs = Jobs::new(process.gauges.clone(), process.stop.clone());
        let keeper = Keeper {
            log: log.clone(),
            states: handler.states().clone(),
            read_models: read_models.clone(),
            durability: process.link.settings.durability,
            is_rehearsal: process.is_rehearsal(),
            started_at: clock::now(),
            folder: process.folder.clone(),
            clock: process.clock.clone(),
            gauges: process.gauges.clone(),
            jobs: jobs.clone(),
            head: Arc::default(),
        };
        let parts = Parts {
            handler: handler.clone(),
            log: log.clone(),
            read_models: Some(read_models.projector.clone()),
            follower: read_models.follower(),
            upkeep: Arc::new(keeper),
        };
        let app = App::new(process.front(Auth::Vouched), Answers::Here(Arc::new(parts)));
        let followed = read_models.clone();
        let follow = async move |stop, task| followed.follow(stop, task).await;
        let role = process.role("projector", follow)?;
        let disk = process.survey()?;
        let times = recorded::Times { log, handler, clock: process.clock.clone() };
        let times = process.background("recorded-times", |task| {
            times.follow(read_models.position(), process.stop.clone(), task)
        });
        let service = ApiService::start(&process.link, Service::Projector, &app, &process.spans).await?;
        let watched = process.at_work(app, out).await?;
        process.stop.clone().asked().await;
        service.stop().await;
        process.ended(times).await?;
        process.role_ended(disk).await?;
        process.role_ended(role).await?;
        jobs.ended().await;
        read_models.projector.flush()?;
        process.ended_if(watched).await
    })
}

/// How often the log is read for a proof that was broken off.
const TRIES_MAX: u32 = 4;

/// How long the log may take to say where it ends: whoever asks how the ledger is does not wait for a log that is away.
const HEAD_MAX: Duration = Duration::from_secs(2);

/// What an operator asks of a projector. Clones are the same one.
#[derive(Clone)]
struct Keeper {
    log: Arc<dyn EventLog>,
    states: Arc<States>,
    read_models: Arc<ReadModels>,
    durability: Durability,
    is_rehearsal: bool,
    started_at: Timestamp,
    folder: std::path::PathBuf,
    clock: Arc<ServerClock>,
    gauges: Arc<Gauges>,
    jobs: Jobs,
    /// Where the log ended when it last said so.
    head: Arc<AtomicU64>,
}

#[async_trait]
impl Upkeep for Keeper {
    async fn verify(&self) -> Result<Verified, UpkeepFailure> {
        let me = self.clone();
        self.jobs.whole(async move || me.verified().await).await
    }

    async fn rebuild(&self) -> Result<Rebuilt, UpkeepFailure> {
        let read_models = self.read_models.clone();
        self.jobs.whole(async move || Ok(Rebuilt { position: read_models.rebuild().await? })).await
    }

    async fn status(&self, now: Timestamp) -> Result<LedgerStatus, UpkeepFailure> {
        let position = *self.read_models.position().borrow();
        let head = self.head_in_time().await.max(position);
        Ok(LedgerStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            roles: vec!["projector".to_owned()],
            address: None,
            auth: None,
            rehearsal: self.is_rehearsal,
            started_at: Some(self.started_at),
            now,
            clock_fault: self.clock.fault(),
            durability: format!("nats, {}", self.durability.name()),
            log: LogStatus { head, segments: None, bytes: None },
            read_models: ReadModelStatus { position, lag: head.0.saturating_sub(position.0) },
            zone_rules: crate::desk::zone_rules(&self.states).await,
            agenda: None,
            free_disk_bytes: self.gauges.free_disk_bytes(),
            under_way: self.gauges.works().all(),
        })
    }
}

impl Keeper {
    async fn verified(&self) -> Result<Verified, Stopped> {
        let head = self.log.head().await?;
        let verify = self.gauges.works().begin(Work::Verify, clock::now(), head.0);
        let mut tries = 1;
        loop {
            match super::verify::verified(&self.log, &self.read_models, &self.folder, |read| {
                verify.done(read.0);
            })
            .await
            {
                // It reads all there is, and meanwhile the servers may have chosen another leader.
                Err(stopped) if tries < TRIES_MAX && stopped.status() == Status::Unavailable => {
                    tracing::warn!(error = %in_one_line(&stopped), "the log can't be verified; trying again");
                    tries += 1;
                }
                done => return done,
            }
        }
    }

    /// Where the log ends; if it does not say so in time, where it ended when it last did.
    async fn head_in_time(&self) -> Position {
        if let Ok(Ok(head)) = timeout(HEAD_MAX, self.log.head()).await {
            self.head.fetch_max(head.0, Ordering::Relaxed);
        }
        Position(self.head.load(Ordering::Relaxed))
    }
}
