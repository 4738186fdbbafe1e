//! How a ledger is.

use std::io;

use resit_api::Status;

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
        let due = match status.agenda.as_ref().map(|agenda| (agenda.next_due_at, agenda.overdue)) {
            None if is_elsewhere => "an expiry scheduler has it; its metrics tell".to_owned(),
            None => "can't be used now; the server's log says why".to_owned(),
            Some((None, _)) => "nothing falls due".to_owned(),
            Some((Some(at), 0)) => format!("next at {at}"),
            Some((Some(at), count)) => format!("{count} overdue, the oldest since {at}"),
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
            ["free disk", &or_none(status.free_disk_bytes.map(size))],
        ];
        self.table(["of", "is"], rows.map(|row| row.map(str::to_owned)))
    }
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
