//! Sending commands for what is due.

use std::sync::Arc;

use resit_command_handler::{CommandHandler, Reply, Request};
use resit_domain::{Actor, EntitlementId, Expire, Timestamp};
use resit_event_log::{EventLog, Position};
use resit_states::States;
use tokio::sync::{Mutex, watch};
use tokio::task::yield_now;

use crate::following::Following;
use crate::progress::{Activity, Progress, Running};
use crate::sending::send;
use crate::tick::Tick;
use crate::{Agenda, SchedulerError};

/// Sends a command for everything that falls due.
///
/// Every method may be called at any time, also while others run: the agenda is brought up to the log by one of them at a time,
/// and what is on record counts once. Each runs in steps that are bounded in rows, yields between them, and may be dropped at
/// any of its awaits without losing what it did. [`ExpiryScheduler::progress`] waits for none of them.
pub struct ExpiryScheduler {
    handler: Arc<CommandHandler>,
    log: Arc<dyn EventLog>,
    states: Arc<States>,
    pub(crate) agenda: Agenda,
    actor: Actor,
    /// Rows are made by one caller at a time.
    making: Mutex<()>,
    progress: watch::Sender<Progress>,
}

/// When which entitlement falls due.
pub(crate) type Due = (Timestamp, EntitlementId);

/// How many due entitlements are taken from the agenda at a time.
const BATCH: usize = 8_192;

impl ExpiryScheduler {
    /// A scheduler that keeps `agenda` behind `log` and sends its commands to `handler`, whose states it shares.
    pub fn new(handler: Arc<CommandHandler>, log: Arc<dyn EventLog>, agenda: Agenda) -> Self {
        let actor = "expiry-scheduler".parse().expect("a plain word is an actor's name");
        // A store that can't be read is reported by the first catch-up, which may make it again.
        let position = agenda.checkpoint().unwrap_or_default();
        let next_due_at = agenda.next().unwrap_or_default();
        let progress = watch::Sender::new(Progress { position, next_due_at, ..Progress::default() });
        let states = handler.states().clone();
        Self { handler, log, states, agenda, actor, making: Mutex::new(()), progress }
    }

    /// A scheduler of the same log with an empty agenda that goes when it is closed: what a rebuild would come to.
    pub fn fresh_beside(&self) -> Result<Self, SchedulerError> {
        Ok(Self::new(self.handler.clone(), self.log.clone(), self.agenda.beside()?))
    }

    /// How far this scheduler is and what it is doing. It is published after each bounded step, so that a reader never
    /// waits for a catch-up, a rebuild or a tick.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Brings the agenda up to the log, and puts on record all that is due by `now`. Answers come oldest first, all of them in
    /// memory; [`ExpiryScheduler::tick_telling`] keeps none.
    ///
    /// Safe to call at any time, by any number of schedulers: a command's id is made of what is due and when.
    pub async fn tick(&self, now: Timestamp) -> Result<Vec<Reply>, SchedulerError> {
        let mut replies = Vec::new();
        self.tick_telling(now, |reply| replies.push(reply)).await?;
        Ok(replies)
    }

    /// Brings the agenda up to the log, puts on record all that is due by `now`, and hands on each answer as it comes, oldest
    /// first; returns how many there were.
    ///
    /// # Errors
    ///
    /// [`SchedulerError::Left`] if some got no answer: by then all others are on record.
    pub async fn tick_telling(
        &self,
        now: Timestamp,
        mut tell: impl FnMut(Reply),
    ) -> Result<usize, SchedulerError> {
        let _running = Running::begin(&self.progress, Activity::Expire);
        self.progress.send_modify(|progress| progress.answered = 0);
        self.catch_up().await?;
        self.count_overdue(now).await?;
        let mut tick = Tick::default();
        loop {
            tick.begin_pass(&self.agenda)?;
            let mut due = self.agenda.due(now, BATCH)?;
            while let Some(last) = due.last().copied()
                && !tick.is_full()
            {
                due.retain(|due| !tick.is_aside(due));
                let requests = due.iter().map(|due| self.expire(*due, tick.before(due))).collect();
                let answers = send(self.handler.clone(), requests, now);
                let received = tick.receive(due, answers, &self.progress, &mut tell);
                // Meanwhile the agenda takes in the answers to what was sent before.
                tokio::try_join!(received, self.catch_up())?;
                due = self.agenda.due_behind(last, now, BATCH)?;
            }
            self.catch_up().await?;
            if tick.ends() {
                self.count_overdue(now).await?;
                return tick.done();
            }
        }
    }

    /// At most `limit` entitlements that are due by `now`, the oldest first, by all that is on record.
    pub async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Due>, SchedulerError> {
        self.catch_up().await?;
        Ok(self.agenda.due(now, limit)?)
    }

    /// How many entitlements are due by `now`, by all that is on record. They are counted in bounded steps.
    pub async fn count_due(&self, now: Timestamp) -> Result<u64, SchedulerError> {
        self.catch_up().await?;
        self.count_overdue(now).await
    }

    /// When the next thing falls due, by all that is on record.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, SchedulerError> {
        self.catch_up().await?;
        Ok(self.agenda.next()?)
    }

    /// Brings the agenda up to the log.
    pub async fn catch_up(&self) -> Result<Position, SchedulerError> {
        let _alone = self.making.lock().await;
        let _running = Running::begin(&self.progress, Activity::CatchUp);
        self.following().catch_up().await
    }

    /// Drops the agenda, and makes it again from the first record on.
    pub async fn rebuild(&self) -> Result<Position, SchedulerError> {
        let _alone = self.making.lock().await;
        let _running = Running::begin(&self.progress, Activity::Rebuild);
        self.agenda.clear().await?;
        self.progress.send_modify(Progress::restart);
        self.following().catch_up().await
    }

    fn following(&self) -> Following<'_> {
        Following { log: &*self.log, states: &self.states, agenda: &self.agenda, progress: &self.progress }
    }

    /// Counts what is due by the agenda as it is, and publishes that.
    async fn count_overdue(&self, now: Timestamp) -> Result<u64, SchedulerError> {
        let mut count = 0;
        let mut due = self.agenda.due(now, BATCH)?;
        while let Some(last) = due.last().copied() {
            count += due.len() as u64;
            yield_now().await;
            due = self.agenda.due_behind(last, now, BATCH)?;
        }
        self.progress.send_modify(|progress| progress.overdue = count);
        Ok(count)
    }

    /// The command for what is due; behind one that is on record at `before`, the next one.
    ///
    /// One instant can come twice: a unit's end goes, its neighbour's is put on record, and then it comes back. Or a booking
    /// took the end away just before the command came, and was cancelled.
    fn expire(&self, (due_at, entitlement): Due, before: Option<&Position>) -> Request {
        let id = match before {
            None => format!("expire:{entitlement}:{}", due_at.millis()),
            Some(before) => format!("expire:{entitlement}:after-{before}"),
        };
        let id = id.parse().expect("an id and a number fit into a command id");
        Request { id, actor: self.actor.clone(), command: Expire { entitlement }.into(), confirm: false }
    }
}
