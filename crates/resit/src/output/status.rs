//! How a ledger is.

use std::io;

use resit_api::{AgendaStatus, Status, ZoneRulesStatus};

use super::Out;
use super::table::counted;

impl Out {
    /// How a ledger is: of a running server, or of a stopped folder.
    pub(crate) fn status(&mut self, status: &Status) -> io::Result<()> {
        if self.is_json() {
            return self.json(status);
        }
        let roles =
            if status.roles.is_empty() { "none: it is stopped".to_owned() } else { status.roles.join(", ") };
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        // The clock of a rehearsal says nothing about how long that was.
        let up = status.started_at.map(|at| match (status.now.millis() - at.millis(), status.rehearsal) {
            (millis, false) => format!("{at} ({})", lasted(millis)),
            (_, true) => at.to_string(),
        });
        let log = &status.log;
        let bytes = log.bytes.map_or_else(|| "-".to_owned(), size);
        let kept = log
            .segments
            .map_or_else(String::new, |many| format!(", {bytes} in {}", counted(many, "segment")));
        // Of a ledger whose roles run apart a projector tells this.
        let is_elsewhere = status.roles.iter().all(|role| role == "projector") && !status.roles.is_empty();
        let models = &status.read_models;
        let due = match &status.agenda {
            None if is_elsewhere => "an expiry scheduler has it; its metrics tell".to_owned(),
            None => "not known yet, or it can't be used now; the server's log says why".to_owned(),
            Some(agenda) => falls_due(agenda),
        };
        let kind = if status.rehearsal { "for rehearsals" } else { "real" };
        let rows = [
            ["version", &status.version],
            ["ledger", kind],
            ["roles", &roles],
            ["address", &or_none(status.address.clone())],
            ["who may ask", &or_none(status.auth.clone())],
            ["up since", &or_none(up)],
            ["clock", &status.clock_fault.clone().unwrap_or_else(|| status.now.to_string())],
            ["durability", &status.durability],
            ["log", &format!("up to position {}{kept}", log.head)],
            [
                "read models",
                &format!("at position {}, {} behind", models.position, counted(models.lag, "record")),
            ],
            ["agenda", &due],
            ["zone rules", &zone_rules(status)],
            ["free disk", &or_none(status.free_disk_bytes.map(size))],
        ];
        let rows = rows.map(|row| row.map(str::to_owned));
        let under_way = status.under_way.iter().map(|work| ["under way".to_owned(), work.to_string()]);
        self.table(["of", "is"], rows.into_iter().chain(under_way))
    }
}

impl Out {
    /// The rules of time zones.
    pub(crate) fn zone_rules(&mut self, rules: &ZoneRulesStatus) -> io::Result<()> {
        if self.is_json() {
            return self.json(rules);
        }
        let rows = rules.zones.iter().map(|zone| [zone.zone.clone(), zone.version.clone()]);
        self.table(["zone", "version in force"], rows)?;
        self.said(&format!("{} ships with the program", rules.shipped))
    }
}

/// Which rules of time zones are in force, and which ship with the program.
fn zone_rules(status: &Status) -> String {
    let Some(rules) = &status.zone_rules else { return "not known".to_owned() };
    let shipped = &rules.shipped;
    let Some(in_force) = &rules.in_force else {
        return format!("none published; {shipped} ships with the program");
    };
    let older = rules.zones.iter().filter(|zone| zone.version != *in_force).count() as u64;
    let older = if older == 0 { String::new() } else { format!(", {} older", counted(older, "zone")) };
    let newer = if shipped > in_force {
        format!("; {shipped} ships with the program: publish it with `resit zones publish`")
    } else {
        String::new()
    };
    format!("{in_force} of {}{older}{newer}", counted(rules.zones.len() as u64, "zone"))
}

/// What falls due, and how far the agenda is behind if it is.
fn falls_due(agenda: &AgendaStatus) -> String {
    let due = match (agenda.next_due_at, agenda.overdue) {
        (None, _) if agenda.lag > 0 => "not known yet".to_owned(),
        (None, _) => "nothing falls due".to_owned(),
        (Some(at), 0) => format!("next at {at}"),
        (Some(at), count) => format!("{count} overdue, the oldest since {at}"),
    };
    if agenda.lag == 0 { due } else { format!("{due}; {} behind", counted(agenda.lag, "record")) }
}

/// A span of time in its two largest units.
fn lasted(millis: i64) -> String {
    let seconds = millis.max(0) / 1000;
    match (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0, s) => format!("{s} s"),
        (0, 0, m, s) => format!("{m} min {s} s"),
        (0, h, m, _) => format!("{h} h {m} min"),
        (d, h, ..) => format!("{d} d {h} h"),
    }
}

/// Bytes in the unit that suits them.
fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match UNITS.iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => {
            let tenths = u128::from(bytes) * 10 / u128::from(*unit);
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        }
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_sizes_are_told_in_units_that_suit_them() {
        assert_eq!(
            [59_999, 61_000, 3_600_000, 90_000_000].map(lasted),
            ["59 s", "1 min 1 s", "1 h 0 min", "1 d 1 h"]
        );
        assert_eq!([1_023, 1_536, 5 << 20].map(size), ["1023 bytes", "1.5 KiB", "5.0 MiB"]);
    }
}
