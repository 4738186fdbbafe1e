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
use tokio::sync::watch;

use super::lease::Lease;
use super::{handler, process, recorded, states};
use crate::config::Config;
use crate::exit::{Status, Stopped};
use crate::output::Out;
use crate::serve::{Expiry, Jobs};

/// Runs until a signal says stop.
pub(crate) fn run(config: &Config, out: &mut Out) -> Result<Status, Stopped> {
    process::run("expiry-scheduler", config, async |process| {
        let (log, handler) = handler::with_any_key(process, config).await?;
        let following = Following::begin(handler.clone()).await?;
        let fresh =
            process.background("following", |task| states::follow(following, process.stop.clone(), task));
        let agenda = Agenda::open(&process.folder.join("agenda"))?;
        let scheduler = ExpiryScheduler::new(handler.clone(), log.clone(), agenda);
        let scheduler = Arc::new(scheduler);
        let lease = Lease::of(&process.link, "expiry-scheduler").await?;
        let position = watch::Sender::new(Position::START);
        let follower = Follower {
            role: "expiry_scheduler",
            called: "the agenda's rows",
            position: position.subscribe(),
            hurry: Arc::default(),
            still_max: Some(resit_gateway::STILL_MAX),
        };
        let expiry = Expiry {
            scheduler,
            log: log.clone(),
            clock: process.clock.clone(),
            gauges: process.gauges.clone(),
            turn: lease.turn(),
            position,
            ticking: Arc::default(),
        };
        let jobs = Jobs::new(process.gauges.clone(), process.stop.clone());
        let parts = Parts {
            handler: handler.clone(),
            log: log.clone(),
            read_models: None,
            follower,
            upkeep: Arc::new(OfTheAgenda { expiry: expiry.clone(), jobs: jobs.clone() }),
        };
        let app = App::new(process.front(Auth::Vouched), Answers::Here(Arc::new(parts)));
        let times = recorded::Times { log, handler, clock: process.clock.clone() };
        let times = process.background("recorded-times", |task| {
            times.follow(expiry.position.subscribe(), process.stop.clone(), task)
        });
        let noting = expiry.noted(&process.stop);
        let disk = process.survey()?;
        let work = async move |stop, task| expiry.run(stop, task).await;
        let role = process.role("expiry-scheduler", work)?;
        let service =
            ApiService::start(&process.link, Service::ExpiryScheduler, &app, &process.spans).await?;
        let lease = process.background("lease", |task| lease.keep(process.stop.clone(), task));
        let watched = process.at_work(app, out).await?;
        process.stop.clone().asked().await;
        service.stop().await;
        process.ended(lease).await?;
        process.ended(times).await?;
        process.ended(fresh).await?;
        process.ended(noting).await?;
        process.role_ended(disk).await?;
        process.role_ended(role).await?;
        jobs.ended().await;
        process.ended_if(watched).await
    })
}

/// What an operator asks of a scheduler. Any may be asked, whoever's turn it is: what it does counts once.
struct OfTheAgenda {
    expiry: Expiry,
    jobs: Jobs,
}

#[async_trait]
impl Upkeep for OfTheAgenda {
    async fn expire_due(&self, now: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        self.expiry.expire_due(&self.jobs, now).await
    }

    async fn due(&self, now: Timestamp) -> Result<ExpireDue, UpkeepFailure> {
        self.expiry.due(&self.jobs, now).await
    }
}
