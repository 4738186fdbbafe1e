//! A story: its lines, read and checked as far as that goes without telling it.

use std::collections::BTreeMap;

use resit_domain::{Actor, CommandId, InvalidId, OrderLine, Timestamp};

use crate::expect::Expect;
use crate::fault::StoryError;
use crate::parser::Parser;
use crate::verb::Verb;

/// The longest story, in bytes.
pub const STORY_BYTES_MAX: usize = 256 * 1024;
/// The most lines of a story.
pub const LINES_MAX: usize = 5_000;
/// The longest line, in characters.
pub const LINE_CHARS_MAX: usize = 1_000;
/// The most mistakes that are named at once.
pub const MISTAKES_MAX: usize = 20;

/// A story, ready to be told.
#[derive(Debug)]
pub struct Story {
    /// The file it comes from.
    pub file: String,
    /// What it shows: its `story` line, or else the name of its file.
    pub title: String,
    /// Its lines, without blank ones and comments.
    pub lines: Vec<Line>,
    /// The order line behind each name.
    pub orders: BTreeMap<String, OrderLine>,
}

/// One line.
#[derive(Debug)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// Its text, without its comment.
    pub text: String,
    /// What it does.
    pub step: Step,
}

/// What a line does.
#[derive(Debug)]
pub enum Step {
    /// The clock goes to an instant.
    Clock(Move, Timestamp),
    /// A command that sets the stage, and has to be accepted.
    Given(Box<dyn Verb>),
    /// A command.
    When(When),
    /// The last command, sent again by the same id.
    Again,
    /// An expectation.
    Expect(Expect),
}

/// How the clock moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// It is set; nothing else happens.
    Set,
    /// Time passes, and the expiry scheduler runs.
    Tick,
    /// Time passes while the expiry scheduler sleeps.
    Skip,
}

/// A command, with who gives it.
#[derive(Debug)]
pub struct When {
    /// What is asked.
    pub verb: Box<dyn Verb>,
    /// Who asks, if not the story.
    pub actor: Option<Actor>,
    /// The command's id, if the story gives one.
    pub id: Option<CommandId>,
    /// Whether it is confirmed that rights are lost by it.
    pub confirm: bool,
}

impl Story {
    /// Reads a story; `file` names it in messages.
    ///
    /// # Errors
    ///
    /// All mistakes at once, each with its line, column and word, and with what is allowed there.
    pub fn parse(file: &str, text: &str) -> Result<Self, StoryError> {
        Parser::new(file).parse(text)
    }

    /// The id of its last command: if that is on record, so is all of the story. None if it has no command.
    pub fn last_command(&self) -> Option<CommandId> {
        let (mut number, mut last) = (0_usize, None);
        for line in &self.lines {
            let given = match &line.step {
                Step::Given(_) => None,
                Step::When(when) => when.id.clone(),
                Step::Again => {
                    number += 1;
                    continue;
                }
                Step::Clock(..) | Step::Expect(_) => continue,
            };
            number += 1;
            last = given.or_else(|| self.command_id(number).ok());
        }
        last
    }

    /// The id of its command with this number, where the story gives none: the same story makes the same ids.
    pub(crate) fn command_id(&self, number: usize) -> Result<CommandId, InvalidId> {
        format!("{}-{number}", self.slug()).parse()
    }

    /// What begins the ids of its commands: its title, in letters, digits and hyphens.
    pub fn slug(&self) -> String {
        let mut slug = String::new();
        for c in self.title.chars() {
            match c {
                _ if slug.len() >= 48 => break,
                c if c.is_ascii_alphanumeric() => slug.push(c.to_ascii_lowercase()),
                _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
                _ => {}
            }
        }
        let slug = slug.trim_end_matches('-');
        if slug.is_empty() { "story".to_owned() } else { slug.to_owned() }
    }
}
