//! Whether the server is there, and ready for work.

use axum::http::StatusCode;
use resit_api::{Health, Problem};

use crate::App;
use crate::respond::Answered;

/// The process answers.
pub(crate) fn live() -> Result<Answered, Problem> {
    Answered::json(&Health { health: "live".to_owned(), reasons: Vec::new() })
}

/// The log can be read, the read models are not far behind, and nobody is stopping the server.
pub(crate) async fn ready(app: &App) -> Result<Answered, Problem> {
    let mut reasons = Vec::new();
    if app.parts.gauges.is_stopping() {
        reasons.push("the server is stopping".to_owned());
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
