//! `resit command-handler`: takes commands, and answers what is asked of the log.

use std::sync::Arc;

use resit_api::Service;
use resit_command_handler::Following;
use resit_gateway::{Answers, App, Auth, Follower, NoUpkeep, Parts};
use resit_nats_api::ApiService;

use super::{handler, process, states};
use crate::cli::CommandHandlerWords;
use crate::config::Config;
use crate::exit::{Status, Stopped};
use crate::output::Out;

/// Runs until a signal says stop; then answers what it has taken, and leaves the rest to others.
pub(crate) fn run(config: &Config, words: &CommandHandlerWords, out: &mut Out) -> Result<Status, Stopped> {
    process::run("command-handler", config, async |process| {
        let (log, handler) = handler::with_the_ledgers_key(process, config, words.code_key_lost).await?;
        let following = Following::begin(handler.clone()).await?;
        let follower = Follower {
            role: "command_handler",
            called: "the states",
            position: following.position(),
            hurry: Arc::default(),
            still_max: Some(resit_gateway::STILL_MAX),
        };
        let parts = Parts {
            handler: handler.clone(),
            log: log.clone(),
            read_models: None,
            follower,
            upkeep: Arc::new(NoUpkeep),
        };
        let app = App::new(process.front(Auth::Vouched), Answers::Here(Arc::new(parts)));
        let fresh =
            process.background("following", |task| states::follow(following, process.stop.clone(), task));
        let service = ApiService::start(&process.link, Service::CommandHandler, &app, &process.spans).await?;
        let watched = process.at_work(app, out).await?;
        process.stop.clone().asked().await;
        service.stop().await;
        process.ended(fresh).await?;
        process.ended_if(watched).await
    })
}
