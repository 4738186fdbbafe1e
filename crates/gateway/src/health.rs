//! Whether the server is there, and ready for work.

use std::time::Duration;

use axum::http::StatusCode;
use resit_api::{Health, Problem};
use tokio::time::timeout;

use crate::metrics::stopwatch;
use crate::respond::Answered;
use crate::{Answers, App, Parts};

/// How long the log may take to say where it ends: whoever asks is answered before they give up.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// The process answers.
pub(crate) fn live() -> Result<Answered, Problem> {
    Answered::json(&Health { health: "live".to_owned(), reasons: Vec::new() })
}

/// The log can be read and written, what follows it is not far behind, and nobody is stopping the server.
pub(crate) async fn ready(app: &App) -> Result<Answered, Problem> {
    let gauges = &app.front.gauges;
    let mut reasons = gauges.reasons(stopwatch());
    if gauges.is_stopping() {
        reasons.push("the server is stopping".to_owned());
    }
    if gauges.is_unwritable(app.front.clock.now()) {
        reasons.push(
            "the log could not be written when it was last tried; the server's log says why".to_owned(),
        );
    }
    let min = app.front.limits.ready_free_disk_bytes_min;
    if let Some(free) = gauges.free_disk_bytes().filter(|free| *free < min) {
        reasons.push(format!("the ledger's disk has {free} bytes left, and {min} are needed; make room"));
    }
    match &app.answers {
        Answers::Here(parts) => reasons.extend(behind(app, parts).await),
        Answers::Beyond(beyond) => reasons.extend(beyond.faults().await),
    }
    if reasons.is_empty() {
        return Answered::json(&Health { health: "ready".to_owned(), reasons: gauges.remarks() });
    }
    let answer = Answered::json(&Health { health: "not-ready".to_owned(), reasons })?;
    Ok(answer.with_status(StatusCode::SERVICE_UNAVAILABLE))
}

/// Why what is kept behind the log can't be asked, if so.
async fn behind(app: &App, parts: &Parts) -> Option<String> {
    match timeout(ANSWER_MAX, parts.log.head()).await {
        Ok(Ok(head)) => {
            let position = *parts.follower.position.borrow();
            let (lag, called) = (head.0.saturating_sub(position.0), parts.follower.called);
            if lag > app.front.limits.ready_lag_max {
                return Some(format!("{called} are {lag} records behind"));
            }
            let still = app.follower.stands_still(position, lag, parts.follower.still_max?, stopwatch())?;
            Some(format!("{called} are {lag} records behind, and have not moved for {still} seconds"))
        }
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(format!("the log did not say within {} seconds where it ends", ANSWER_MAX.as_secs())),
    }
}
