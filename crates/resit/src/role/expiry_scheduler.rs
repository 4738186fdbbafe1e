//! `resit expiry-scheduler`: puts on record what falls due. Several may run; one works at a time.

use std::sync::Arc;

use async_trait::async_trait;
use resit_api::{ExpireDue, Service};
use resit_command_handler::Following;
use resit_domain::Timestamp;
use resit_event_log::Position;
use resit_expiry_scheduler::{Agenda, ExpiryScheduler};
use resit_gateway::{Answers, App, Auth, Follower, Parts, Upkeep, UpkeepFailure};
use resit_nats_api::ApiService;
use tokio::sync::{Mutex, watch};

use super::lease::Lease;
use super::{handler, process, recorded, states};
use crate::config::Config;
use crate::desk;
use crate::exit::{Status, Stopped};
use crate::output::Out;
use crate::serve::{Expiry, Role};

/// Runs until a signal says stop.
pub(crate) fn run(config: &Config, out: &mut Out) -> Result<Status, Stopped> {
    process::run("expiry-scheduler", config, async |process| {
        let (log, handler) = handler::with_any_key(process, config).await?;
        let following = Following::begin(handler.clone()).await?;
        let fresh = tokio::spawn(states::follow(following, process.stop.clone()));
        let agenda = Agenda::open(&process.folder.join("agenda"))?;
        let scheduler = ExpiryScheduler::new(handler.clone(), log.clone(), agenda);
        let scheduler = Arc::new(Mutex::new(scheduler));
        let lease = Lease::of(&process.link, "expiry-scheduler").await?;
        let position = watch::Sender::new(Position::START);
        let follower = Follower {
            role: "expiry_scheduler",
            called: "the agenda's rows",
            position: position.subscribe(),
            hurry: Arc::default(),
        };
        let parts = Parts {
            handler: handler.clone(),
            log: log.clone(),
            read_models: None,
            follower,
            upkeep: Arc::new(OfTheAgenda(scheduler.clone())),
        };
        let app = App::new(process.front(Auth::Vouched), Answers::Here(Arc::new(parts)));
        let expiry = Expiry {
            scheduler,
            log: log.clone(),
            clock: process.clock.clone(),
            gauges: process.gauges.clone(),
            folder: process.folder.clone(),
            turn: lease.turn(),
            position,
        };
        let times = recorded::Times { log, handler, clock: process.clock.clone() };
        let times = tokio::spawn(times.follow(expiry.position.subscribe(), process.stop.clone()));
        let work = async move |stop| expiry.run(stop).await;
        let role = Role::start("expiry-scheduler", process.stopper.clone(), process.stop.clone(), work)?;
        let service =
            ApiService::start(&process.link, Service::ExpiryScheduler, &app, &process.spans).await?;
        let lease = tokio::spawn(lease.keep(process.stop.clone()));
        let watched = process.at_work(app, out).await?;
        process.stop.clone().asked().await;
        service.stop().await;
        process.ended(lease).await?;
        process.ended(times).await?;
        process.ended(fresh).await?;
        process.role_ended(role).await?;
        process.ended_if(watched).await
    })
}

/// What an operator asks of a scheduler. Any may be asked, whoever's turn it is: what it does counts once.
struct OfTheAgenda(Arc<Mutex<ExpiryScheduler>>);

#[async_trait]
impl Upkeep for OfTheAgenda {
    async fn expire_due(&self, now: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        Ok(desk::expire_due(&*self.0.lock().await, now).await.map_err(Stopped::from)?)
    }

    async fn due(&self, now: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        Ok(desk::due(&*self.0.lock().await, now).await.map_err(Stopped::from)?)
    }
}
