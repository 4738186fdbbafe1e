//! Telling a story: its commands go through the command handler, its clock is its own.

mod answer;
mod check;
mod names;
mod resolve;
mod send;
mod stage;

use std::path::PathBuf;
use std::sync::Arc;

use resit_event_log::EventLog;
use resit_expiry_scheduler::Agenda;
use resit_voucher_code::CodeKey;

use crate::report::{Stop, StoryFailure, StoryReport};
use crate::story::Story;
use crate::told::Told;
use stage::Stage;

type Offers = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Tells stories on a log.
pub struct Runner {
    log: Arc<dyn EventLog>,
    key: Arc<CodeKey>,
    offers: Offers,
    base_dir: PathBuf,
    own_offer: Option<String>,
}

impl Runner {
    /// A runner on `log`, with the key that codes are derived from. `offers` gives the text of a built-in offer by its
    /// id; other paths in a story are relative to `base_dir`.
    pub fn new(
        log: Arc<dyn EventLog>,
        key: Arc<CodeKey>,
        offers: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        base_dir: impl Into<PathBuf>,
    ) -> Self {
        Self { log, key, offers: Box::new(offers), base_dir: base_dir.into(), own_offer: None }
    }

    /// Publishes this offer at the first `at`: the stories are its examples.
    #[must_use]
    pub fn with_offer(mut self, source: impl Into<String>) -> Self {
        self.own_offer = Some(source.into());
        self
    }

    /// Tells a story to its end, and `tell`s what happens as it happens.
    ///
    /// Command ids are made of the title and a number, so that a story told twice on one log is recognised.
    ///
    /// # Errors
    ///
    /// When it can't be told to its end: its stage is refused, a file is missing, the ledger does not answer. Expectations
    /// that are not met are no error; they stand in the report.
    pub async fn run(&self, story: &Story, tell: &mut dyn FnMut(Told)) -> Result<StoryReport, StoryFailure> {
        let agenda = Agenda::in_memory().map_err(|fault| StoryFailure {
            file: story.file.clone(),
            line: 1,
            stop: Stop::Scheduler(fault.into()),
        })?;
        Stage::new(self, story, agenda, tell).tell().await
    }
}
