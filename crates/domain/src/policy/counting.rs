//! What a policy counts over: which attempts a wait or a cap sees, and when a ladder of waits starts again (ruling 19).

use std::fmt;

use serde::{Deserialize, Deserializer};

use crate::calendar_time::Period;

/// Which earlier attempts a wait or a cap counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountsOver {
    /// Every attempt the candidate ever had.
    Ever,
    /// Those after the candidate's last pass.
    SinceLastPass,
    /// Those whose window, which begins with their sitting, is not over yet.
    Window(Period),
}

/// When a ladder of waits starts again with its first step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LadderRestarts {
    /// Never.
    Never,
    /// After a pass.
    AfterPass,
    /// When this period is over, counted from the first attempt on the ladder.
    After(Period),
}

/// A word, or a table with one period.
#[derive(Deserialize)]
#[serde(untagged)]
enum Form<T> {
    Word(String),
    Table(T),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InWindow {
    window: Period,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AfterPeriod {
    after: Period,
}

/// The form of a value, or how to write it.
fn read<'de, T, D>(from: D, write: &str) -> Result<Form<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    use serde::de::Error;
    Form::deserialize(from).map_err(|_| D::Error::custom(write))
}

impl<'de> Deserialize<'de> for CountsOver {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        const WRITE: &str = "write \"ever\", \"since-last-pass\" or { window = \"P12M\" }";
        match read::<InWindow, D>(from, WRITE)? {
            Form::Table(InWindow { window }) => Ok(CountsOver::Window(window)),
            Form::Word(word) if word == "ever" => Ok(CountsOver::Ever),
            Form::Word(word) if word == "since-last-pass" => Ok(CountsOver::SinceLastPass),
            Form::Word(word) => Err(D::Error::custom(format!("`{word}` is not known; {WRITE}"))),
        }
    }
}

impl<'de> Deserialize<'de> for LadderRestarts {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        const WRITE: &str = "write \"never\", \"after-pass\" or { after = \"P12M\" }";
        match read::<AfterPeriod, D>(from, WRITE)? {
            Form::Table(AfterPeriod { after }) => Ok(LadderRestarts::After(after)),
            Form::Word(word) if word == "never" => Ok(LadderRestarts::Never),
            Form::Word(word) if word == "after-pass" => Ok(LadderRestarts::AfterPass),
            Form::Word(word) => Err(D::Error::custom(format!("`{word}` is not known; {WRITE}"))),
        }
    }
}

impl fmt::Display for CountsOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CountsOver::Ever => f.write_str("every attempt"),
            CountsOver::SinceLastPass => f.write_str("attempts since the last pass"),
            CountsOver::Window(period) => write!(f, "attempts of the last {}", period.plain()),
        }
    }
}

impl fmt::Display for LadderRestarts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LadderRestarts::Never => f.write_str("never"),
            LadderRestarts::AfterPass => f.write_str("after a pass"),
            LadderRestarts::After(period) => write!(f, "{} after its first attempt", period.plain()),
        }
    }
}
