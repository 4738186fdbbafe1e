//! `resit intake`: takes events in, tells what came of them, and announces facts. Any number may run.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use resit_command_handler::{CommandHandler, Following};
use resit_event_log::EventLog;
use resit_gateway::{Answers, App, Auth, Follower, NoUpkeep, Parts, Task};
use resit_intake::{Announcer, Counts, Intake, IntakeError, OwnHandler, Settings};
use tokio::time::timeout;

use super::intake_watch::{Backlog, Told};
use super::process::Process;
use super::{handler, process, states};
use crate::cli::IntakeWords;
use crate::clock::stopwatch;
use crate::config::Config;
use crate::exit::{Status, Stopped, in_one_line};
use crate::output::Out;
use crate::serve::{Retry, Stop};

/// Runs until a signal says stop; then finishes what it has begun, and leaves the rest to others.
pub(crate) fn run(config: &Config, words: &IntakeWords, out: &mut Out) -> Result<Status, Stopped> {
    process::run("intake", config, async |process| {
        let (log, handler) = handler::with_the_ledgers_key(process, config, words.code_key_lost).await?;
        let counts = Arc::new(Counts::default());
        let announcer = Arc::new(Announcer::new(process.link.clone(), log.clone(), counts.clone()));
        let clock = process.clock.clone();
        let intake = Intake::new(
            process.link.clone(),
            Arc::new(OwnHandler::new(handler.clone(), log.clone())),
            Settings { wait_max: config.intake_wait_max.value, at_once: config.intake_at_once.value },
            clock.for_handlers(),
            counts.clone(),
            process.spans.clone(),
        );
        let backlog = Backlog::of(process, intake.failing(), &announcer).await?;
        let app = door(process, &handler, &log, &announcer, Told { counts, backlog: backlog.gauges() });
        let following = Following::begin(handler.clone()).await?;
        let fresh =
            process.background("following", |task| states::follow(following, process.stop.clone(), task));
        let stop = &process.stop;
        let taking = process.background("intake", |task| {
            again("events are not taken in", stop.clone(), task, move |mut stop| {
                intake.clone().run(async move { stop.asked().await })
            })
        });
        let announcing = process.background("announcer", |task| {
            again("facts are not announced", stop.clone(), task, move |mut stop| {
                let announcer = announcer.clone();
                async move { announcer.run(stop.asked()).await }
            })
        });
        let watching = process.background("intake-watch", |task| backlog.watch(stop.clone(), task));
        let watched = process.at_work(app, out).await?;
        process.stop.clone().asked().await;
        for task in [taking, announcing, watching, fresh] {
            process.ended(task).await?;
        }
        process.ended_if(watched).await
    })
}

/// The door for whoever watches it.
fn door(
    process: &Process,
    handler: &Arc<CommandHandler>,
    log: &Arc<dyn EventLog>,
    announcer: &Announcer,
    told: Told,
) -> Arc<App> {
    let follower = Follower {
        role: "announcer",
        called: "the announced facts",
        position: announcer.position(),
        hurry: Arc::default(),
        // Another process may announce what this one lacks.
        still_max: None,
    };
    let parts = Parts {
        handler: handler.clone(),
        log: log.clone(),
        read_models: None,
        follower,
        upkeep: Arc::new(NoUpkeep),
    };
    App::measuring(process.front(Auth::Vouched), Answers::Here(Arc::new(parts)), |registry| {
        told.register(registry);
    })
}

/// How long work that has failed has to go well before it does not count as failing any more.
const WELL: Duration = Duration::from_secs(15);

/// Does something until it is time to stop, again whenever it fails: another was faster, or NATS was away.
async fn again<W: Future<Output = Result<(), IntakeError>>>(
    what: &'static str,
    mut stop: Stop,
    task: Arc<Task>,
    work: impl Fn(Stop) -> W,
) {
    let mut retry = Retry::new();
    while !stop.is_now() {
        let mut working = pin!(work(stop.clone()));
        let done = if let Ok(done) = timeout(WELL, &mut working).await {
            done
        } else {
            task.waits();
            retry.went_well();
            working.await
        };
        match done {
            Ok(()) => retry.went_well(),
            Err(error) => {
                task.fails(in_one_line(&error), stopwatch());
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    wait = ?retry.wait(),
                    "{what} now; trying again"
                );
                retry.again(&mut stop).await;
                task.begins(stopwatch());
            }
        }
    }
}
