//! Telling a story: its commands go to a ledger, its clock is its own.

mod answer;
mod check;
mod names;
mod resolve;
mod send;
mod stage;

use std::path::PathBuf;
use std::sync::Arc;

use crate::report::{StoryFailure, StoryReport};
use crate::story::Story;
use crate::told::Told;
use crate::venue::Venue;
use stage::Stage;

type Offers = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Where the texts are that a story names.
struct Sources {
    offers: Offers,
    base_dir: PathBuf,
}

/// Tells stories on a ledger.
pub struct Runner {
    venue: Arc<dyn Venue>,
    sources: Option<Sources>,
    own_offer: Option<String>,
}

impl Runner {
    /// A runner on `venue`. `offers` gives the text of a built-in offer by its id; other paths in a story are relative
    /// to `base_dir`.
    pub fn new(
        venue: Arc<dyn Venue>,
        offers: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        base_dir: impl Into<PathBuf>,
    ) -> Self {
        let sources = Sources { offers: Box::new(offers), base_dir: base_dir.into() };
        Self { venue, sources: Some(sources), own_offer: None }
    }

    /// A runner that reads no file, for stories that somebody else sent: what they name lies with their sender, and
    /// nothing of this machine is theirs to open. A line that names a text stops the story ([`Stop::Elsewhere`]).
    ///
    /// [`Stop::Elsewhere`]: crate::Stop::Elsewhere
    pub fn without_files(venue: Arc<dyn Venue>) -> Self {
        Self { venue, sources: None, own_offer: None }
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
        Stage::new(self, story, tell).tell().await
    }
}
