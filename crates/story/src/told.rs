//! What is told of a story while it happens.

use resit_domain::{Actor, CommandId, Refusal, Timestamp, Warning};

use crate::report::Unmet;
use crate::story::Move;

/// One thing that happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// The story begins.
    Begins {
        /// Its title.
        title: String,
    },
    /// The clock moved.
    Clock {
        /// The line.
        line: usize,
        /// How.
        how: Move,
        /// What it shows now.
        at: Timestamp,
    },
    /// A command is sent.
    Asked {
        /// The line.
        line: usize,
        /// What is asked, in words.
        words: String,
        /// The command's id.
        id: CommandId,
        /// Who asks.
        actor: Actor,
        /// Whether it only sets the stage.
        setup: bool,
    },
    /// A fact went on record.
    Fact {
        /// What it is about: a voucher by the story's name for it, or an id.
        about: String,
        /// Its type.
        kind: &'static str,
        /// What it says.
        words: String,
        /// When it happened.
        happened_at: Timestamp,
        /// When it was put on record.
        recorded_at: Timestamp,
        /// Whether it only keeps another record up to date: a code's, a candidate's, an agreement's.
        aside: bool,
    },
    /// A code was made.
    Code {
        /// The voucher.
        voucher: String,
        /// The code's first group; the others stay hidden.
        masked: String,
    },
    /// The command was accepted, and this is to be known.
    Warned(Warning),
    /// The rules said no.
    Refused(Refusal),
    /// The command was on record before: this is its first answer again.
    Replayed {
        /// When it was put on record.
        recorded_at: Timestamp,
    },
    /// The command got no answer from the rules.
    Failed {
        /// Why.
        error: String,
    },
    /// The stage stood as the line asks before it was read.
    AlreadySo {
        /// Why nothing had to be done.
        why: String,
    },
    /// An expectation was met.
    Met {
        /// The line.
        line: usize,
        /// What was expected.
        text: String,
    },
    /// An expectation was not met.
    Unmet(Unmet),
}
