//! What a publication does to live rights.

use std::io;

use resit_domain::Impact;
use resit_domain::impact::{Affected, AffectedRight};

use super::Out;

impl Out {
    /// What a publication does, or would do: counts, and some of the rights.
    pub(super) fn impact(&mut self, impact: &Impact) -> io::Result<()> {
        let Impact { compared, moved, ended_at_once, bookings_broken } = impact;
        writeln!(self.sink(), "impact: {compared} live rights compared")?;
        self.affected("get a different end", moved)?;
        self.affected("end at once", ended_at_once)?;
        self.affected("lose their booking", bookings_broken)
    }

    fn affected(&mut self, how: &str, affected: &Affected) -> io::Result<()> {
        writeln!(self.sink(), "  {} {how}", affected.count)?;
        for right in &affected.examples {
            writeln!(self.sink(), "    {}", in_words(right))?;
        }
        Ok(())
    }
}

fn in_words(right: &AffectedRight) -> String {
    let end =
        |at: Option<_>| at.map_or_else(|| "no end".to_owned(), |at: resit_domain::Timestamp| at.to_string());
    let sitting = right.sit_at.map_or_else(String::new, |sit_at| format!(", sitting of {sit_at}"));
    let (before, after) = (end(right.before), end(right.after));
    format!("{}.{}: {before} → {after}{sitting}", right.entitlement, right.unit)
}
