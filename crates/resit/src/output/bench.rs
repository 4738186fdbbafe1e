//! What was measured.

use std::io;
use std::time::Duration;

use resit_bench::{Followed, InProcessRow, Measured, Pass, Row, Upkeep};
use resit_nats::Settings as NatsSettings;

use super::Out;

/// Numbers with their names and units.
pub(crate) struct Measures(Vec<[String; 3]>);

impl Measures {
    pub(crate) fn of_upkeep(upkeep: &Upkeep) -> Self {
        let Upkeep { events, bytes_per_event, rebuild, vouchers, history, memory_per_voucher } = upkeep;
        Self(vec![
            row("events in the log", whole(*events), "events"),
            row("vouchers in it", whole(*vouchers), "vouchers"),
            row("the log on disk", format!("{bytes_per_event:.0}"), "bytes for each event"),
            row("memory of a server", format!("{memory_per_voucher:.0}"), "bytes for each idle voucher"),
            row("rebuild of all read models", rate(rebuild.per_second()), "events/s"),
            row("one voucher's history, p50", micros(history[0]), "µs"),
            row("one voucher's history, p99", micros(history[1]), "µs"),
        ])
    }

    pub(crate) fn of_followed(followed: &Followed) -> Self {
        let Followed { projector, consumer } = followed;
        let ratio = projector.per_second() / consumer.per_second();
        Self(vec![
            row("messages in the log", whole(consumer.count), "messages"),
            row("a bare consumer reads", rate(consumer.per_second()), "messages/s"),
            row("a projector takes in", rate(projector.per_second()), "messages/s"),
            row("ratio", format!("{ratio:.2}"), ""),
        ])
    }

    pub(crate) fn of_expiry(pass: &Pass) -> Self {
        Self(vec![
            row("vouchers that end at one instant", whole(pass.count), "vouchers"),
            row("until each end is on record", format!("{:.2}", pass.took.as_secs_f64()), "s"),
            row("ends put on record", rate(pass.per_second()), "vouchers/s"),
        ])
    }
}

impl Out {
    /// Commands in process, beside the floor: the same bytes with the same syncs. And beside bare writers, who need fewer.
    pub(crate) fn commands_measured(&mut self, rows: &[InProcessRow]) -> io::Result<()> {
        let head = [
            "clients",
            "commands/s",
            "p50 µs",
            "p99 µs",
            "per sync",
            "floor/s",
            "ratio",
            "of rounds",
            "bare writers/s",
            "bare p99 µs",
            "bare ratio",
        ];
        let row = |measured: &InProcessRow| {
            let (row, [least, median, most]) = (&measured.row, measured.same_syncs_ratio);
            [
                row.ledger.clients.to_string(),
                rate(row.ledger.per_second),
                micros(row.ledger.p50),
                micros(row.ledger.p99),
                row.ledger.per_sync.map_or_else(|| "-".to_owned(), |count| format!("{count:.0}")),
                rate(measured.same_syncs_per_second),
                format!("{median:.2}"),
                format!("{least:.2} to {most:.2}"),
                rate(row.floor.per_second),
                micros(row.floor.p99),
                format!("{:.2}", row.ratio[1]),
            ]
        };
        self.table(head, rows.iter().map(row))
    }

    /// The log alone, beside bare writers.
    pub(crate) fn log_measured(&mut self, rows: &[Row]) -> io::Result<()> {
        let head = [
            "writers",
            "records/s",
            "p50 µs",
            "p99 µs",
            "bare/s",
            "bare p50 µs",
            "bare p99 µs",
            "ratio",
            "of rounds",
        ];
        let row = |row: &Row| {
            let [least, median, most] = row.ratio;
            [
                row.ledger.clients.to_string(),
                rate(row.ledger.per_second),
                micros(row.ledger.p50),
                micros(row.ledger.p99),
                rate(row.floor.per_second),
                micros(row.floor.p50),
                micros(row.floor.p99),
                format!("{median:.2}"),
                format!("{least:.2} to {most:.2}"),
            ]
        };
        self.table(head, rows.iter().map(row))
    }

    /// Commands on NATS, beside a bare publisher.
    pub(crate) fn nats_measured(&mut self, nats: &NatsSettings, rows: &[Row]) -> io::Result<()> {
        let head = [
            "durability",
            "replicas",
            "clients",
            "commands/s",
            "p50 µs",
            "p99 µs",
            "bare/s",
            "bare p99 µs",
            "ratio",
            "of rounds",
        ];
        let row = |row: &Row| {
            let [least, median, most] = row.ratio;
            [
                nats.durability.name().to_owned(),
                nats.replicas.to_string(),
                row.ledger.clients.to_string(),
                rate(row.ledger.per_second),
                micros(row.ledger.p50),
                micros(row.ledger.p99),
                rate(row.floor.per_second),
                micros(row.floor.p99),
                format!("{median:.2}"),
                format!("{least:.2} to {most:.2}"),
            ]
        };
        self.table(head, rows.iter().map(row))
    }

    /// Commands over HTTP.
    pub(crate) fn http_measured(&mut self, rows: &[Measured]) -> io::Result<()> {
        let row = |row: &Measured| {
            [row.clients.to_string(), rate(row.per_second), micros(row.p50), micros(row.p99)]
        };
        self.table(["clients over HTTP", "commands/s", "p50 µs", "p99 µs"], rows.iter().map(row))
    }

    /// Numbers with their names and units.
    pub(crate) fn measures(&mut self, measures: &Measures) -> io::Result<()> {
        self.table(["what", "measured", "unit"], measures.0.iter().cloned())
    }
}

fn row(what: &str, measured: String, unit: &str) -> [String; 3] {
    [what.to_owned(), measured, unit.to_owned()]
}

fn rate(per_second: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rates are small and positive"
    )]
    whole(per_second.round() as u64)
}

/// A number with its thousands apart.
fn whole(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

fn micros(time: Duration) -> String {
    whole(u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
}
