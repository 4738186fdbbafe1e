//! Whether a process is ready for work: what a container asks, that has nothing else in it to ask with.

use resit_api::Health;
use resit_client::{Caller, Client};

use crate::cli::Global;
use crate::config::Config;
use crate::exit::{Status, Stopped};
use crate::output::Out;

pub(super) fn run(config: &Config, global: &Global, out: &mut Out) -> Result<Status, Stopped> {
    let url = match config.server() {
        Some(server) => server.0.clone(),
        None => format!("http://127.0.0.1:{}", config.listen.value.port()),
    };
    let caller = Caller { url, token: None, actor: global.actor.clone(), clock: None };
    let Health { health, reasons } = Client::new(caller).health()?;
    let ready = health == "ready";
    if out.is_json() {
        out.json(&Health { health, reasons })?;
    } else if ready {
        out.said(&health)?;
    } else {
        out.said(&format!("{health}: {}", reasons.join("; ")))?;
    }
    Ok(if ready { Status::Done } else { Status::Unavailable })
}
