//! The log, for reports that read all of it and wait for more.

use std::time::Duration;

use resit_api::{LogPage, LogRecord, Problem};
use resit_event_log::{Position, as_stored};

use crate::asked::Asked;
use crate::respond::Answered;

/// How many seconds a reader may wait for more.
const WAIT_S_MAX: usize = 30;

/// A part of the log; if there is nothing yet, it is waited for as long as the reader asks.
pub(crate) async fn log(asked: &Asked<'_>) -> Result<Answered, Problem> {
    // What is stored, whatever was corrected.
    let log = as_stored(&asked.parts.log);
    let after = Position(asked.parameters.query("after")?.unwrap_or(0));
    let limit = asked.limit()?;
    let wait_s = asked.parameters.bounded("wait_s", 0, 0, WAIT_S_MAX)?;
    let mut head = log.head().await?;
    LogPage::is_within(after, head).map_err(Problem::bad_input)?;
    if head == after && wait_s > 0 {
        let wait = Duration::from_secs(u64::try_from(wait_s).unwrap_or(0));
        let aside = asked.app.in_flight.aside();
        // That nothing came in time is an answer: an empty page.
        tokio::select! {
            moved = tokio::time::timeout(wait, log.wait_past(after)) => if let Ok(moved) = moved {
                head = moved?;
            },
            () = asked.app.stopped() => {}
        }
        drop(aside);
    }
    let records = log.read(after, limit).await?;
    let next = records.last().map_or(after, |record| record.position);
    let records = records.iter().map(LogRecord::from).collect();
    Ok(Answered::json(&LogPage { records, next, head: head.max(next) })?.at(next))
}
