//! The examples of an offer that is published. No rule asks about them, so that they turn no answer; but whoever
//! publishes the offer hears that they do not come true.

use std::io;
use std::time::Duration;

use resit_domain::{Command, Warning};
use resit_story::{OfferCheck, about_examples, check_offer};
use tokio::runtime::Builder;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::app::Limits;

/// What is to be said of the examples of the offer that a command publishes.
pub(crate) async fn unproven(command: &Command, limits: &Limits) -> Option<Warning> {
    let Command::PublishOffer(publish) = command else { return None };
    let (source, limit) = (publish.source.clone(), Duration::from_millis(limits.examples_millis_max));
    // Telling them takes a processor, and a little of the disk: that is nothing for a thread that answers requests.
    let not_run = match spawn_blocking(move || told(&source, limit)).await {
        Ok(Ok(Some(check))) => return check.unproven().map(|unproven| unproven.warning()),
        Ok(Ok(None)) => format!("took more than {} ms", limit.as_millis()),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    Some(about_examples(format!(
        "its examples were not run here ({not_run}); `resit offer check FILE` runs them"
    )))
}

/// Tells the examples, no longer than the limit: whoever sends a file decides how much there is to tell.
fn told(source: &str, limit: Duration) -> io::Result<Option<OfferCheck>> {
    let runtime = Builder::new_current_thread().enable_time().build()?;
    Ok(runtime.block_on(async { timeout(limit, check_offer(source)).await }).ok())
}
