//! Whether a role may do on NATS what it must: tried before it is at work, and watched while it is.

use std::sync::Arc;
use std::time::Duration;

use resit_gateway::{Gauges, Task};
use resit_nats::{Link, NotAllowed, Rights, User};

use crate::clock::stopwatch;
use crate::serve::Stop;

/// How often what was denied is tried again: somebody may have mended it.
const EVERY: Duration = Duration::from_secs(10);

/// The rights of a role, which the servers must grant before it begins. A role is called as the user is whose key it shows.
pub(super) async fn first(link: &Link, role: &'static str) -> Result<Rights, NotAllowed> {
    let user: User = role.parse().expect("there is a user for each role");
    let mut rights = Rights::of(link, user);
    rights.prove().await?;
    Ok(rights)
}

/// Waits for what is denied while the role is at work: until it is allowed again, the process is not ready.
pub(super) async fn watch(
    mut rights: Rights,
    link: Link,
    gauges: Arc<Gauges>,
    mut stop: Stop,
    task: Arc<Task>,
) {
    loop {
        task.waits();
        let mut lost = tokio::select! {
            lost = rights.lost() => lost,
            () = stop.asked() => return,
        };
        loop {
            task.begins(stopwatch());
            tracing::error!(error = %lost, "this process may not do what it must any more");
            gauges.note_fault("rights", Some(lost.to_string()));
            if tokio::time::timeout(EVERY, stop.asked()).await.is_ok() {
                return;
            }
            match rights.prove().await {
                Ok(()) => break,
                Err(again) => lost = again,
            }
        }
        tracing::info!(
            "what was denied is allowed again; connecting anew, so that servers hear again what is listened to"
        );
        if let Err(error) = link.client.force_reconnect().await {
            tracing::warn!(%error, "the connection could not be made anew");
        }
        gauges.note_fault("rights", None);
    }
}
