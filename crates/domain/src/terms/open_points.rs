//! Open points: what an offer leaves unsaid or says two ways. One is enough to refuse it.

use std::fmt;

/// A point that an offer leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPoint {
    /// The ruling that asks for it (`R1` to `R17`), or `vocabulary` for a plain contradiction.
    pub ruling: &'static str,
    /// The field of the offer file that has to say it.
    pub field: String,
    /// The question, and the answers that are understood.
    pub question: String,
}

impl fmt::Display for OpenPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.field, self.ruling, self.question)
    }
}

/// Why an offer file does not load.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// It is no offer file: a typing mistake, an unknown field, a value of the wrong kind.
    #[error("{0}")]
    Unreadable(String),
    /// It is one, and leaves points open.
    #[error("{} open point{}:{}", .0.len(), if .0.len() == 1 { "" } else { "s" }, list(.0))]
    Open(Vec<OpenPoint>),
}

fn list(points: &[OpenPoint]) -> String {
    points.iter().fold(String::new(), |list, point| list + &format!("\n  {point}"))
}

/// What an open point asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    /// The ruling that asks for it, or `vocabulary`.
    pub(crate) ruling: &'static str,
    /// The field that answers it.
    pub(crate) field: &'static str,
    /// The question, and the answers that are understood.
    pub(crate) asks: &'static str,
}

impl Question {
    pub(crate) const fn new(ruling: &'static str, field: &'static str, asks: &'static str) -> Self {
        Self { ruling, field, asks }
    }
}

/// Collects open points while a file is read.
#[derive(Debug, Default)]
pub(crate) struct Points(Vec<OpenPoint>);

impl Points {
    /// Notes a point.
    pub(crate) fn open(
        &mut self,
        ruling: &'static str,
        field: impl Into<String>,
        question: impl Into<String>,
    ) {
        self.0.push(OpenPoint { ruling, field: field.into(), question: question.into() });
    }

    /// Notes a point if the value is missing, in the part of the file that `at` names (`offer`, `benefit 1`, …, or nothing).
    pub(crate) fn ask<T>(&mut self, at: &str, value: Option<T>, question: Question) -> Option<T> {
        if value.is_none() {
            let at = if at.is_empty() { String::new() } else { format!("{at}.") };
            self.open(question.ruling, format!("{at}{}", question.field), question.asks);
        }
        value
    }

    /// As [`Points::ask`], if the offer has a use for the answer; `idle` stands for it where it has none.
    pub(crate) fn ask_if<T>(
        &mut self,
        used: bool,
        at: &str,
        value: Option<T>,
        idle: T,
        question: Question,
    ) -> Option<T> {
        if used { self.ask(at, value, question) } else { Some(value.unwrap_or(idle)) }
    }

    /// Notes a point unless the condition holds.
    pub(crate) fn unless(
        &mut self,
        holds: bool,
        ruling: &'static str,
        field: impl Into<String>,
        question: impl Into<String>,
    ) {
        if !holds {
            self.open(ruling, field, question);
        }
    }

    /// The value, if no point was noted.
    pub(crate) fn settle<T>(self, value: Option<T>) -> Result<T, OfferError> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(OfferError::Open(self.0)),
        }
    }
}
