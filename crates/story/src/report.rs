//! How a story came out.

use resit_command_handler::Failure;
use resit_domain::Refusal;
use resit_expiry_scheduler::SchedulerError;

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

/// Why a story could not be told to its end.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoryFailure {
    /// A line that sets the stage was refused.
    #[error("line {line}: {asked} was {refusal}; {}", remedy(refusal))]
    Setup {
        /// The line.
        line: usize,
        /// What it asked for, in words.
        asked: String,
        /// Why not.
        refusal: Box<Refusal>,
    },
    /// An offer or a calendar is not to be had.
    #[error("line {line}: {name} can't be read: {reason}")]
    Source {
        /// The line.
        line: usize,
        /// The id or path.
        name: String,
        /// Why not, and what would be right.
        reason: String,
    },
    /// A line can't become a command.
    #[error("line {line}: {reason}")]
    Line {
        /// The line.
        line: usize,
        /// What is missing.
        reason: String,
    },
    /// The ledger did not answer.
    #[error("line {line}: the ledger did not answer")]
    Ledger {
        /// The line.
        line: usize,
        /// What it said.
        #[source]
        source: Failure,
    },
    /// The expiry scheduler could not go on.
    #[error("line {line}: the expiry scheduler stopped")]
    Scheduler {
        /// The line.
        line: usize,
        /// What stopped it.
        #[source]
        source: SchedulerError,
    },
}

fn remedy(refusal: &Refusal) -> String {
    let facts: Vec<String> =
        refusal.facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value)).collect();
    let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
    format!("{}{facts}", refusal.remedy)
}
