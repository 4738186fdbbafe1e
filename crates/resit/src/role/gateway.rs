//! `resit gateway`: the HTTP door, with NATS behind it. It keeps nothing but the tokens' hashes.

use std::sync::Arc;

use resit_gateway::{Answers, App};
use resit_nats_api::Forwarder;

use super::process;
use crate::config::Config;
use crate::exit::{Status, Stopped};
use crate::output::Out;
use crate::serve;

/// Runs until a signal says stop.
pub(crate) fn run(config: &Config, out: &mut Out) -> Result<Status, Stopped> {
    process::run("gateway", config, async |process| {
        process.watch_clock(None);
        let auth = serve::auth(config, &process.folder, process.now())?;
        let listener = serve::listener(config.listen.value).await?;
        let said = serve::listening(listener.local_addr()?, &auth);
        let forwarder = Forwarder::new(process.link.clone(), process.spans.clone());
        let app = App::new(process.front(auth), Answers::Beyond(Arc::new(forwarder)));
        out.said(&said)?;
        let mut stop = process.stop.clone();
        resit_gateway::serve(listener, app, async move { stop.asked().await }).await;
        Ok(())
    })
}
