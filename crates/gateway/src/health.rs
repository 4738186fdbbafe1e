//! Whether the server is there, and ready for work.

use axum::http::StatusCode;
use resit_api::{Health, Problem};

use crate::App;
use crate::respond::Answered;

/// The process answers.
pub(crate) fn live() -> Result<Answered, Problem> {
    Answered::json(&Health { health: "live".to_owned(), reasons: Vec::new() })
}

/// The log can be read and written, the read models are not far behind, and nobody is stopping the server.
pub(crate) async fn ready(app: &App) -> Result<Answered, Problem> {
    let mut reasons = Vec::new();
    if app.parts.gauges.is_stopping() {
        reasons.push("the server is stopping".to_owned());
    }
    if app.parts.gauges.is_unwritable(app.parts.clock.now()) {
        reasons.push(
            "the log could not be written when it was last tried; the server's log says why".to_owned(),
        );
    }
    let min = app.parts.limits.ready_free_disk_bytes_min;
    if let Some(free) = app.parts.gauges.free_disk_bytes().filter(|free| *free < min) {
        reasons.push(format!("the ledger's disk has {free} bytes left, and {min} are needed; make room"));
    }
    match app.parts.log.head().await {
        Ok(head) => {
            let lag = head.0.saturating_sub(app.parts.projected.borrow().0);
            if lag > app.parts.limits.ready_lag_max {
                reasons.push(format!("the read models are {lag} records behind"));
            }
        }
        Err(error) => reasons.push(error.to_string()),
    }
    if reasons.is_empty() {
        return Answered::json(&Health { health: "ready".to_owned(), reasons });
    }
    let answer = Answered::json(&Health { health: "not-ready".to_owned(), reasons })?;
    Ok(answer.with_status(StatusCode::SERVICE_UNAVAILABLE))
}
