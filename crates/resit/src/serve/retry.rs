//! How long a role waits before it tries again.

use std::time::Duration;

use super::stop::Stop;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(30);

/// Waits twice as long after each failure, up to a limit.
#[derive(Debug)]
pub(crate) struct Retry(Duration);

impl Retry {
    pub(crate) fn new() -> Self {
        Self(FIRST)
    }

    /// It went well: the next failure is a first one again.
    pub(crate) fn went_well(&mut self) {
        self.0 = FIRST;
    }

    /// How long the next wait is.
    pub(crate) fn wait(&self) -> Duration {
        self.0
    }

    /// Waits, unless it is time to stop.
    pub(crate) async fn again(&mut self, stop: &mut Stop) {
        let wait = self.0;
        self.0 = (wait * 2).min(LONGEST);
        drop(tokio::time::timeout(wait, stop.asked()).await);
    }
}
