//! What the rounds came to.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// What the rounds came to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ClusterCounts {
    /// Rounds played.
    pub rounds: u64,
    /// How often each disruption was played.
    pub played: BTreeMap<&'static str, u64>,
    /// Each command that was acknowledged, with the position of its answer.
    pub acknowledged: HashMap<String, u64>,
    /// Answers that said no.
    pub refused: usize,
    /// Commands that were on record before they were answered, and got their first answer when they were sent again.
    pub late: usize,
    /// Commands in the log at the end.
    pub commands: usize,
    /// Records in the log at the end.
    pub records: usize,
    /// Ends that were put on record.
    pub expired: usize,
    /// Servers whose own copies of the log were compared, record by record.
    pub replicas: usize,
    /// Rows of the read models that two projectors have alike.
    pub rows: usize,
}

impl fmt::Display for ClusterCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, played, acknowledged, refused, late, commands, records, expired, replicas, rows } =
            self;
        writeln!(f, "{rounds} rounds:")?;
        for (name, times) in played {
            writeln!(f, "  {times:3} × {name}")?;
        }
        let acknowledged = acknowledged.len();
        writeln!(
            f,
            "{acknowledged} commands acknowledged, all on record, each once, as answered; {refused} of them refused;"
        )?;
        writeln!(
            f,
            "{late} of them were on record before their answer was lost, and were answered when sent again;"
        )?;
        writeln!(f, "{commands} commands and {records} records in the log, alike on {replicas} servers;")?;
        write!(f, "{expired} ends, each once; {rows} rows of read models, alike in two projectors")
    }
}
