//! How a story came out.

use std::error::Error;
use std::fmt;

use resit_domain::Refusal;

use crate::venue::NoAnswer;

/// What came of a story that was told to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryReport {
    /// Its title.
    pub title: String,
    /// How many commands were sent.
    pub commands: usize,
    /// How many expectations there were.
    pub expectations: usize,
    /// Those that were not met, and refusals that nobody expected.
    pub unmet: Vec<Unmet>,
}

impl StoryReport {
    /// Whether all went as the story says.
    pub fn holds(&self) -> bool {
        self.unmet.is_empty()
    }
}

/// An expectation that was not met.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: expected {expected}; found {found}")]
pub struct Unmet {
    /// The line of the story.
    pub line: usize,
    /// What was expected.
    pub expected: String,
    /// What was found instead.
    pub found: String,
}

/// A story that could not be told to its end.
#[derive(Debug, Clone)]
pub struct StoryFailure {
    /// The story's file.
    pub file: String,
    /// The line where it stopped.
    pub line: usize,
    /// Why it stopped.
    pub stop: Stop,
}

/// Why a story stops.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Stop {
    /// A line that sets the stage was refused.
    #[error("{asked} was {refusal}; {}", remedy(refusal))]
    Setup {
        /// What it asked for, in words.
        asked: String,
        /// Why not.
        refusal: Box<Refusal>,
    },
    /// An offer or a calendar is not to be had.
    #[error("{name} can't be read: {reason}")]
    Source {
        /// The id or path.
        name: String,
        /// Why not, and what would be right.
        reason: String,
    },
    /// An offer or a calendar is with whoever sent the story, and not here.
    #[error("{name} is not here to be read")]
    Elsewhere {
        /// The id or path.
        name: String,
    },
    /// A line can't become a command.
    #[error("{0}")]
    Line(String),
    /// The ledger did not answer.
    #[error(transparent)]
    Ledger(#[from] NoAnswer),
}

impl fmt::Display for StoryFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.stop)
    }
}

impl Error for StoryFailure {
    /// What is behind the stop, which itself is told already.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.stop.source()
    }
}

fn remedy(refusal: &Refusal) -> String {
    let facts: Vec<String> =
        refusal.facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value)).collect();
    let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
    format!("{}{facts}", refusal.remedy)
}
