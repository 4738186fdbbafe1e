//! Long work that operators ask for: each on a thread of its own, and one at a time.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use resit_gateway::{Gauges, UpkeepFailure, Work};
use tokio::runtime::Builder;
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore, oneshot};
use tokio::time::timeout;

use super::stop::Stop;
use crate::exit::Stopped;

/// How long a request waits for what is under way before it is answered with how far that is.
const WAIT_MAX: Duration = Duration::from_secs(1);

/// How long what a job has begun on other threads may take when it is broken off.
const END_MAX: Duration = Duration::from_secs(1);

/// How many may be at work. Each has a thread.
const AT_WORK_MAX: u32 = 8;

/// Runs what operators ask for. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Jobs {
    gauges: Arc<Gauges>,
    stop: Stop,
    /// Of what checks or makes anew all that is derived, one is at work.
    whole: Arc<Mutex<()>>,
    places: Arc<Semaphore>,
}

impl Jobs {
    pub(crate) fn new(gauges: Arc<Gauges>, stop: Stop) -> Self {
        Self { gauges, stop, whole: Arc::default(), places: Arc::new(Semaphore::new(AT_WORK_MAX as usize)) }
    }

    /// Waits until those that were broken off have let go of what they used; but not for one that is in a long step.
    pub(crate) async fn ended(&self) {
        drop(timeout(2 * END_MAX, self.places.acquire_many(AT_WORK_MAX)).await);
    }

    /// Does something with all that is derived, unless long work of any kind is under way.
    ///
    /// # Errors
    ///
    /// [`UpkeepFailure::UnderWay`] at once if so, with how far that is.
    pub(crate) async fn whole<T: Send + 'static>(
        &self,
        deed: impl AsyncFnOnce() -> Result<T, Stopped> + Send + 'static,
    ) -> Result<T, UpkeepFailure> {
        let Ok(turn) = self.whole.clone().try_lock_owned() else { return Err(self.under_way()) };
        if !self.gauges.works().all().is_empty() {
            return Err(self.under_way());
        }
        self.aside(async move || {
            let _turn = turn;
            deed().await
        })
        .await
    }

    /// Does something with what one at a time may use, once it is free and the agenda has taken in the log.
    ///
    /// # Errors
    ///
    /// [`UpkeepFailure::UnderWay`] if that takes longer than a second, with how far it is.
    pub(crate) async fn with<L: Send + 'static, T: Send + 'static>(
        &self,
        used: &Arc<Mutex<L>>,
        deed: impl AsyncFnOnce(OwnedMutexGuard<L>) -> Result<T, Stopped> + Send + 'static,
    ) -> Result<T, UpkeepFailure> {
        let Ok(used) = timeout(WAIT_MAX, used.clone().lock_owned()).await else {
            return Err(self.under_way());
        };
        if self.gauges.works().of(Work::Agenda).is_some() {
            return Err(self.under_way());
        }
        self.aside(async move || deed(used).await).await
    }

    /// Does something on a thread of its own: those that answer requests go on. It is done whether or not somebody still
    /// waits for the answer, and is broken off when the process stops.
    async fn aside<T: Send + 'static>(
        &self,
        deed: impl AsyncFnOnce() -> Result<T, Stopped> + Send + 'static,
    ) -> Result<T, UpkeepFailure> {
        let Ok(place) = self.places.clone().try_acquire_owned() else { return Err(self.under_way()) };
        let (tell, told) = oneshot::channel();
        let stop = self.stop.clone();
        let runtime = Builder::new_current_thread().enable_all().build().map_err(Stopped::from)?;
        let work = move || {
            let _place = place;
            if let Some(done) = runtime.block_on(stop.unless_asked(deed())) {
                // Whoever asked may have hung up.
                drop(tell.send(done));
            }
            runtime.shutdown_timeout(END_MAX);
        };
        thread::Builder::new().name("upkeep".to_owned()).spawn(work).map_err(Stopped::from)?;
        let broken_off = "it was broken off: the process is stopping, or its log says which mistake it made";
        let done = told.await.map_err(|_| UpkeepFailure::Unavailable(broken_off.to_owned()))?;
        Ok(done?)
    }

    /// What is under way, for whoever has to wait for it.
    fn under_way(&self) -> UpkeepFailure {
        let works = self.gauges.works().all();
        let listed: Vec<String> = works.iter().map(ToString::to_string).collect();
        let what =
            if listed.is_empty() { "another request of an operator".to_owned() } else { listed.join("; ") };
        UpkeepFailure::UnderWay(format!(
            "something is under way that has to end first ({what}); `resit status` shows how far it is; ask again then"
        ))
    }
}
