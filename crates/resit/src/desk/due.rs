//! Putting on record what is due, and listing it: all of it is done, and as much is listed as one answer holds.

use resit_api::{Due, EventOnStream, ExpireDue};
use resit_command_handler::{Outcome, Reply};
use resit_domain::Timestamp;
use resit_expiry_scheduler::{ExpiryScheduler, SchedulerError};

/// How many entries an answer lists at most.
pub(crate) const LISTED_MAX: usize = 100_000;

/// Puts on record all that is due, and lists the first `max` events that came of it.
pub(crate) async fn expire_due(
    scheduler: &ExpiryScheduler,
    now: Timestamp,
    max: usize,
) -> Result<ExpireDue, SchedulerError> {
    let (mut events, mut more) = (Vec::new(), 0);
    let list = |reply: Reply| {
        let Outcome::Accepted { events: happened, .. } = reply.outcome else { return };
        let listed = happened.len().min(max - events.len());
        more += (happened.len() - listed) as u64;
        events.extend(happened.into_iter().take(listed).map(EventOnStream));
    };
    scheduler.tick_telling(now, list).await?;
    Ok(ExpireDue { events, due: Vec::new(), more })
}

/// What is due and not on record, the oldest `max` of it.
pub(crate) async fn due(
    scheduler: &ExpiryScheduler,
    now: Timestamp,
    max: usize,
) -> Result<ExpireDue, SchedulerError> {
    let due = scheduler.due(now, max).await?;
    let all = if due.len() < max { due.len() as u64 } else { scheduler.count_due(now).await? };
    let more = all.saturating_sub(due.len() as u64);
    let due = due.into_iter().map(|(due_at, entitlement)| Due { due_at, entitlement }).collect();
    Ok(ExpireDue { events: Vec::new(), due, more })
}

#[cfg(test)]
mod tests {
    use resit_expiry_scheduler::Agenda;
    use resit_tests::{Ledger, life};

    use super::*;

    #[tokio::test]
    async fn what_is_not_listed_is_done_and_counted() {
        let ledger = Ledger::in_memory().await;
        ledger.live(0..3, 0..1).await;
        let agenda = Agenda::in_memory().unwrap();
        let scheduler = ExpiryScheduler::new(ledger.handler.clone(), ledger.log.clone(), agenda);
        let later = life::judged_at().plus_millis(3 * 365 * 86_400_000);
        for (max, listed) in [(1, 1), (2, 2), (3, 3), (4, 3)] {
            let is_due = due(&scheduler, later, max).await.unwrap();
            assert_eq!((is_due.due.len(), is_due.more), (listed, 3 - listed as u64));
        }
        let done = expire_due(&scheduler, later, 2).await.unwrap();
        let expired = ledger.count("Expired").await + ledger.count("EndsSoon").await;
        assert_eq!((done.events.len(), done.more), (2, expired as u64 - 2));
        assert!(ledger.count("Expired").await == 3 && done.due.is_empty());
        assert_eq!(due(&scheduler, later, 1).await.unwrap().due, []);
    }
}
