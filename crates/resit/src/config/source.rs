//! Where a value comes from.

use std::fmt;
use std::path::PathBuf;

/// Where a value comes from. A later one of these wins over an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// Nobody said anything.
    Default,
    /// A file, and the line in it.
    File(PathBuf, usize),
    /// A variable of the environment.
    Environment(&'static str),
    /// A flag.
    Flag(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Default => f.write_str("by default"),
            Source::File(path, line) => write!(f, "from {}, line {line}", path.display()),
            Source::Environment(variable) => write!(f, "from the environment, {variable}"),
            Source::Flag(flag) => write!(f, "from {flag}"),
        }
    }
}

/// A text as somebody gave it.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) text: String,
    pub(crate) source: Source,
}

/// A value, understood, with where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct Setting<T> {
    pub(crate) value: T,
    pub(crate) source: Source,
}

/// Why the settings can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("{name}: {problem} ({source})", source = .from)]
    Value { name: &'static str, problem: String, from: Source },
    #[error("{name:?} is no setting{near} (from {path}, line {line}); `resit config` lists them")]
    Unknown { name: String, near: String, path: PathBuf, line: usize },
    #[error("{path} can't be understood: {problem}")]
    Form { path: PathBuf, problem: String },
    #[error("{path} can't be read ({from})", from = .said)]
    Unread { path: PathBuf, said: Source, source: std::io::Error },
}
