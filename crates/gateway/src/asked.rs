//! One request, with who asks and when.

use axum::http::{HeaderMap, Uri};
use resit_api::{FieldError, Problem, ProblemKind, header};
use resit_domain::Timestamp;
use resit_event_log::Position;
use std::sync::Arc;
use std::time::Duration;

use crate::parameters::{Parameters, in_header};
use crate::{App, Caller, Parts};

/// A request that was let in.
pub(crate) struct Asked<'a> {
    pub(crate) app: &'a App,
    /// What the answer is made from.
    pub(crate) parts: &'a Arc<Parts>,
    pub(crate) caller: Caller,
    /// The instant that it is answered by.
    pub(crate) now: Timestamp,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) uri: &'a Uri,
    pub(crate) parameters: Parameters,
}

impl Asked<'_> {
    /// Waits until the read models show the position that the caller asks for, and says how far they are.
    pub(crate) async fn projected(&self) -> Result<Position, Problem> {
        let in_header: Option<u64> = in_header(self.headers, header::AT_LEAST)?;
        let wanted = in_header.max(self.parameters.query("at_least")?);
        let mut projected = self.parts.follower.position.clone();
        let Some(wanted) = wanted.map(Position) else { return Ok(*projected.borrow()) };
        if *projected.borrow() < wanted {
            self.parts.follower.hurry.notify_one();
        }
        let limit = Duration::from_millis(self.app.front.limits.behind_millis_max);
        let reached = tokio::time::timeout(limit, projected.wait_for(|position| *position >= wanted)).await;
        if let Ok(Ok(position)) = reached {
            return Ok(*position);
        }
        // They did not come so far in time, or nobody moves them any more.
        let position = *self.parts.follower.position.borrow();
        let detail = format!("the read models are at position {position}, and {wanted} was asked for");
        Err(Problem::new(ProblemKind::Behind, detail).retry_after(1))
    }

    /// The instant at which things are shown as they stand: as commands do, by the latest time on record if a clock is
    /// behind it.
    pub(crate) async fn standing_at(&self) -> Result<Timestamp, Problem> {
        Ok(self.parts.handler.not_before(self.now).await?)
    }

    /// Where a page begins: behind what the page before ended with.
    pub(crate) fn after<T: std::str::FromStr>(&self) -> Result<Option<T>, Problem> {
        let Some(after) = self.parameters.query::<String>("after")? else { return Ok(None) };
        let wrong = || {
            let remedy = "send the `next` of the page before, or leave it out";
            Problem::bad_input(FieldError::new("after", "it is no place in this list", remedy))
        };
        after.parse().map(Some).map_err(|_| wrong())
    }

    /// How many items a page may have.
    pub(crate) fn limit(&self) -> Result<usize, Problem> {
        self.parameters.bounded("limit", 1, resit_api::PAGE_ITEMS, resit_api::PAGE_ITEMS_MAX)
    }
}
