//! What the expiry scheduler is doing, as status, metrics and health show it while it does so.

use std::sync::Arc;
use std::time::Duration;

use resit_expiry_scheduler::{Activity, Progress};
use resit_gateway::{Gauges, Task, UnderWay, Work};
use tokio::sync::watch;
use tokio::time::timeout;

use super::steps::LONG;
use super::stop::Stop;
use crate::clock;

/// A tick of fewer commands ends so soon that nobody has to know about it.
const LONG_TICK: u64 = 1_000;

/// How long steps gather before they are noted: a large tick makes tens of thousands a second.
const GATHER: Duration = Duration::from_millis(50);

/// Notes how far a scheduler is.
pub(crate) fn note(seen: Progress, gauges: &Gauges) {
    gauges.note_agenda(seen.position);
    // Before the agenda is complete, that it has nothing says nothing.
    if !seen.is_behind() || seen.next_due_at.is_some() {
        gauges.note_next_due(seen.next_due_at);
    }
    gauges.note_overdue(seen.overdue);
}

/// Notes the steps of a scheduler until it is time to stop, whoever had it begin: its role, or an operator.
///
/// It runs beside the scheduler's own thread and waits for no lock that the work holds.
pub(crate) async fn note_all(
    mut progress: watch::Receiver<Progress>,
    gauges: Arc<Gauges>,
    scheduler: Arc<Task>,
    mut stop: Stop,
    task: Arc<Task>,
) {
    let (mut agenda, mut expire) = (None, None);
    while !stop.is_now() {
        task.waits();
        let seen = *progress.borrow_and_update();
        note(seen, &gauges);
        let activity = seen.activity();
        if activity != Activity::Idle {
            scheduler.steps(clock::stopwatch());
        }
        let behind = seen.head.0.saturating_sub(seen.position.0);
        let is_long = activity != Activity::Idle && behind > 0 && (agenda.is_some() || behind > LONG);
        listed(&mut agenda, is_long, &gauges, Work::Agenda, (seen.position.0, seen.head.0));
        let due = seen.answered + seen.overdue;
        let is_long = activity == Activity::Expire && due > LONG_TICK;
        listed(&mut expire, is_long, &gauges, Work::Expire, (seen.answered, due));
        let moved = stop.unless_asked(progress.changed()).await;
        if !matches!(moved, Some(Ok(()))) {
            return;
        }
        drop(timeout(GATHER, stop.asked()).await);
    }
}

/// Lists work while it is long.
fn listed(
    under_way: &mut Option<UnderWay>,
    is_long: bool,
    gauges: &Gauges,
    work: Work,
    (done, total): (u64, u64),
) {
    if !is_long {
        *under_way = None;
        return;
    }
    let listed = under_way.get_or_insert_with(|| gauges.works().begin(work, clock::now(), total));
    listed.total(total);
    listed.done(done);
}
