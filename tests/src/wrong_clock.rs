//! A machine whose wall clock goes wrong under a ledger: what must not happen, and what must be reported.

mod embedded;
mod on_nats;
mod shop;

use std::fmt;
use std::time::Duration;

pub use embedded::embedded;
pub use on_nats::on_nats;
pub use shop::{Checked, Shop};

/// How long a clock is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// For so long, while the process runs.
    For(Duration),
    /// From before a start of the process until after its end.
    AcrossARestart,
}

/// One case.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// How many seconds the clock is ahead.
    pub ahead_s: i64,
    /// How long.
    pub wrong: Wrong,
    /// Whether commands come in meanwhile.
    pub is_loaded: bool,
}

/// How soon health has to report a clock that is not trusted, and that it is trusted again.
pub const REPORTED_WITHIN: Duration = Duration::from_secs(5);

/// An hour, a day, four hundred days, ten years.
pub const AHEAD_S: [i64; 4] = [3_600, 86_400, 400 * 86_400, 3_652 * 86_400];

impl Case {
    /// Every case that has to hold: each distance, for a second, for twenty, and across a restart; idle and under load.
    pub fn all() -> Vec<Self> {
        let spans = [Duration::from_secs(1), Duration::from_secs(20)].map(Wrong::For);
        let all = AHEAD_S.into_iter().flat_map(|ahead_s| {
            spans
                .into_iter()
                .chain([Wrong::AcrossARestart])
                .flat_map(move |wrong| [false, true].map(|is_loaded| Self { ahead_s, wrong, is_loaded }))
        });
        all.collect()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ahead by {} h", self.ahead_s / 3_600)?;
        match self.wrong {
            Wrong::For(span) => write!(f, " for {} s", span.as_secs())?,
            Wrong::AcrossARestart => write!(f, " across a restart")?,
        }
        f.write_str(if self.is_loaded { ", under load" } else { ", idle" })
    }
}
