//! Checking an offer file: does it load, what does it say, and do its own examples bear it out?

mod unproven;

use std::path::Path;
use std::sync::Arc;

use resit_domain::terms::{Explained, Mistake, OfferError, OfferFile, explain, remarks};
use resit_event_log::MemoryLog;
use resit_voucher_code::{CodeKey, KEY_BYTES};

use crate::fault::StoryError;
use crate::in_process::InProcess;
use crate::report::{Stop, StoryFailure, StoryReport};
use crate::run::Runner;
use crate::story::Story;
use crate::told::Told;
use crate::venue::{NoAnswer, Venue};

pub use unproven::{Unproven, about_examples};

/// What an offer file is found to be.
#[derive(Debug)]
pub enum OfferCheck {
    /// It does not load: it can't be read, or leaves points open. All of them are named.
    Refused(OfferError),
    /// It loads.
    Read(Box<ReadOffer>),
}

/// An offer file that loads.
#[derive(Debug)]
pub struct ReadOffer {
    /// The file.
    pub file: OfferFile,
    /// What it says, in plain words.
    pub explained: Vec<Explained>,
    /// What in it should be looked at again.
    pub remarks: Vec<String>,
    /// Its examples, told.
    pub examples: Vec<ToldExample>,
}

/// An example that was told.
#[derive(Debug)]
pub struct ToldExample {
    /// Its name.
    pub name: String,
    /// How it came out.
    pub outcome: Result<StoryReport, ExampleError>,
    /// What happened in it, for who wants to read it.
    pub told: Vec<Told>,
}

/// Why an example could not be told to its end.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ExampleError {
    /// Its text is no story.
    #[error(transparent)]
    Text(#[from] StoryError),
    /// It can't go on.
    #[error(transparent)]
    Telling(#[from] StoryFailure),
}

impl OfferCheck {
    /// Whether the file loads and every example holds.
    pub fn holds(&self) -> bool {
        match self {
            OfferCheck::Refused(_) => false,
            OfferCheck::Read(read) => read.examples.iter().all(ToldExample::holds),
        }
    }
}

impl ToldExample {
    /// Whether all went as it says.
    pub fn holds(&self) -> bool {
        self.outcome.as_ref().is_ok_and(StoryReport::holds)
    }
}

/// Checks an offer file that somebody sent. Each example is told on an empty log in memory, with the offer in force from
/// its first `at`; no file is read for it.
pub async fn check_offer(source: &str) -> OfferCheck {
    check(source, Runner::without_files).await
}

/// Checks an offer file that lies beside others, which its examples may publish: `offers` and `base_dir` are as in
/// [`Runner::new`].
pub async fn check_offer_beside(
    source: &str,
    offers: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    base_dir: &Path,
) -> OfferCheck {
    let offers = Arc::new(offers);
    check(source, |venue| {
        let offers = offers.clone();
        Runner::new(venue, move |id| offers(id), base_dir)
    })
    .await
}

async fn check(source: &str, runner: impl Fn(Arc<dyn Venue>) -> Runner) -> OfferCheck {
    let file = match OfferFile::parse_new(source) {
        Ok(file) => file,
        Err(error) => return OfferCheck::Refused(in_words(source, error)),
    };
    let mut examples = Vec::new();
    for example in &file.examples {
        let mut told = Vec::new();
        let outcome = tell(&example.name, &example.story, source, &runner, &mut told).await;
        examples.push(ToldExample { name: example.name.clone(), outcome, told });
    }
    OfferCheck::Read(Box::new(ReadOffer {
        explained: explain(&file),
        remarks: remarks(&file.terms).into_iter().chain(unkept(&file)).collect(),
        examples,
        file,
    }))
}

/// What the offer promises, and the policy in its own file never permits.
fn unkept(file: &OfferFile) -> Vec<String> {
    file.policy.as_ref().map_or_else(Vec::new, |policy| policy.unkept_promises(&file.terms))
}

/// The same error, with a mistake told for whoever writes the file.
fn in_words(source: &str, error: OfferError) -> OfferError {
    match (Mistake::of(source), error) {
        (Some(mistake), OfferError::Unreadable(_)) => OfferError::Unreadable(mistake.to_string()),
        (_, error) => error,
    }
}

async fn tell(
    name: &str,
    text: &str,
    offer: &str,
    runner: impl Fn(Arc<dyn Venue>) -> Runner,
    told: &mut Vec<Told>,
) -> Result<StoryReport, ExampleError> {
    let story = Story { title: name.to_owned(), ..Story::parse(name, text)? };
    // Codes of a log that is thrown away open nothing, so their key is no secret.
    let key = Arc::new(CodeKey::from_bytes([0; KEY_BYTES]));
    let venue = InProcess::new(Arc::new(MemoryLog::new()), key).map_err(|fault| StoryFailure {
        file: story.file.clone(),
        line: 1,
        stop: Stop::Ledger(NoAnswer::failed(fault)),
    })?;
    let runner = runner(Arc::new(venue)).with_offer(offer);
    Ok(runner.run(&story, &mut |item| told.push(item)).await?)
}
