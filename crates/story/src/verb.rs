//! What a line can ask of the ledger. To add a verb: write it in the file of its kind, and name it in [`VERBS`].

mod after_sale;
mod agreements;
mod catalogue;
mod goodwill;
mod holder;
mod issue;
mod offers;
mod results;
mod sitting;
mod zones;

use std::fmt::{Debug, Write as _};

use resit_domain::{Command, EntitlementId, OfferId, OrderLine, Timestamp, VoucherRef};

use crate::fault::Fault;
use crate::voucher::Voucher;
use crate::words::{Word, Words};

/// One thing asked, read from a line and not yet a command: names are not ids, and files are not read.
pub trait Verb: Debug + Send + Sync {
    /// The voucher that it is about.
    fn voucher(&self) -> Option<&Voucher> {
        None
    }

    /// The text that it carries: an offer or a calendar.
    fn source(&self) -> Option<&Source> {
        None
    }

    /// The name that it gives to what an order line buys.
    fn issues(&self) -> Option<(&str, &OrderLine)> {
        None
    }

    /// The command, or what is missing for it.
    fn command(&self, scene: &Scene) -> Result<Command, String>;

    /// The command in words.
    fn words(&self) -> String;
}

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A built-in offer, by its id.
    BuiltIn(String),
    /// A file, relative to the story.
    File(String),
}

/// What a verb needs to become a command.
#[derive(Debug)]
pub struct Scene {
    /// What the clock shows.
    pub now: Timestamp,
    /// The voucher that the verb names.
    pub voucher: Option<VoucherRef>,
    /// The text that its source has.
    pub text: String,
    /// The offers that the story has published.
    pub offers: Vec<OfferId>,
}

impl Scene {
    fn voucher(&self) -> Result<VoucherRef, String> {
        self.voucher.clone().ok_or_else(|| "no voucher is named".to_owned())
    }

    fn entitlement(&self) -> Result<EntitlementId, String> {
        match self.voucher()? {
            VoucherRef::Id { entitlement, .. } => Ok(entitlement),
            VoucherRef::Code(_) => Err("a code names one voucher; name what was bought instead".to_owned()),
        }
    }
}

type Read = fn(&mut Words<'_>) -> Result<Box<dyn Verb>, Fault>;

/// What sets the stage: these must be accepted.
const SETUP: &[(&str, Read)] = &[
    ("offer", offers::publish),
    ("exam", catalogue::exam),
    ("practice-test", catalogue::practice_test),
    ("calendar", offers::calendar),
    ("policy", offers::policy),
    ("zones", zones::zones),
    ("agreement", agreements::agreement),
];

const VERBS: &[(&str, Read)] = &[
    ("issue", issue::issue),
    ("assign", holder::assign),
    ("unassign", holder::unassign),
    ("share-out", holder::share_out),
    ("take-back-share", holder::take_back_share),
    ("schedule", sitting::schedule),
    ("reschedule", sitting::reschedule),
    ("cancel", sitting::cancel),
    ("result", results::result),
    ("correct", results::correct),
    ("activate", after_sale::activate),
    ("replace-code", after_sale::replace_code),
    ("revoke", after_sale::revoke),
    ("extend", goodwill::extend),
    ("approve-goodwill", goodwill::approve),
    ("decline-goodwill", goodwill::decline),
    ("reinstate", after_sale::reinstate),
    ("step", after_sale::step),
    ("expire", after_sale::expire),
    ("publish", offers::publish),
    ("extend-offer", offers::extend),
    ("withdraw-offer", offers::withdraw),
    ("migrate-provider", offers::migrate),
    ("exam", catalogue::exam),
    ("practice-test", catalogue::practice_test),
    ("calendar", offers::calendar),
    ("policy", offers::policy),
    ("zones", zones::zones),
    ("agreement", agreements::agreement),
    ("amend-agreement", agreements::amend),
];

/// Reads a setup line, if its first word is one's.
pub(crate) fn setup(first: &Word<'_>, words: &mut Words<'_>) -> Option<Result<Box<dyn Verb>, Fault>> {
    SETUP.iter().find(|(name, _)| *name == first.text).map(|(_, read)| read(words))
}

/// Reads what stands behind `when`.
pub(crate) fn asked(first: &Word<'_>, words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    if let Some((_, read)) = VERBS.iter().find(|(name, _)| *name == first.text) {
        return read(words);
    }
    let names: Vec<&str> = VERBS.iter().map(|(name, _)| *name).chain(["again"]).collect();
    Err(Fault::choose(first.column, first.text, "command", &names))
}

/// Whether a word is a command that `when` has to stand before.
pub(crate) fn is_asked(name: &str) -> bool {
    name == "again" || VERBS.iter().any(|(known, _)| *known == name)
}

/// The names of setup lines.
pub(crate) fn setup_names() -> impl Iterator<Item = &'static str> {
    SETUP.iter().map(|(name, _)| *name)
}

/// Reads one of a few words.
fn one_of<T: Copy>(word: &Word<'_>, what: &str, choices: &[(&str, T)]) -> Result<T, Fault> {
    let found = choices.iter().find(|(name, _)| *name == word.text).map(|(_, value)| *value);
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    found.ok_or_else(|| Fault::choose(word.column, word.text, what, &names))
}

/// Adds a part to a sentence, if there is one.
fn also(sentence: &mut String, lead: &str, part: Option<impl std::fmt::Display>) {
    if let Some(part) = part {
        // Writing to a string does not fail.
        let _ = write!(sentence, "{lead}{part}");
    }
}
