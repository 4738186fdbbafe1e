//! How a process is, for who watches it: health and metrics alone, and nothing of the ledger.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Response;
use axum::routing::get;
use resit_api::Problem;

use crate::respond::{self, Answered};
use crate::router::turning_away;
use crate::{App, health, metrics};

/// What a process tells everybody of itself.
pub(crate) fn monitor(app: &Arc<App>) -> Router {
    let (of_health, of_metrics) = (app.clone(), app.clone());
    let router = Router::new()
        .route("/health/live", get(async || told(health::live())))
        .route("/health/ready", get(async move || told(health::ready(&of_health).await)))
        .route(
            "/metrics",
            get(async move || {
                let now = of_metrics.front.clock.now();
                told(metrics::shown(&of_metrics, now).await)
            }),
        );
    turning_away(router)
}

fn told(answered: Result<Answered, Problem>) -> Response<Body> {
    answered.map_or_else(|problem| respond::problem(&problem), Answered::into_response)
}
