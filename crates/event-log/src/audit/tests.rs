use std::{fs::File, io};

use bytes::Bytes;
use resit_domain::Timestamp;

use super::{Audit, AuditReport, Numbering};
use crate::{EventData, Position, Record};

fn record(position: u64, stream: &str, previous: u64, command: &str) -> Record {
    let at = Timestamp::from_millis(1_567_332_000_000).unwrap();
    Record {
        position: Position(position),
        recorded_at: at,
        stream: stream.into(),
        previous: Position(previous),
        command: command.parse().unwrap(),
        command_body: Bytes::new(),
        actor: "a".parse().unwrap(),
        slice: 0,
        slices: 1,
        events: vec![EventData { kind: "E".into(), version: 1, happened_at: at, body: Bytes::new() }],
    }
}

fn part(record: Record, slice: u16, slices: u16) -> Record {
    Record { slice, slices, ..record }
}

fn earlier(record: Record) -> Record {
    let recorded_at = Timestamp::from_millis(record.recorded_at.millis() - 1).unwrap();
    Record { recorded_at, ..record }
}

fn scratch() -> io::Result<File> {
    tempfile::tempfile()
}

fn audited(numbering: Numbering, records: impl IntoIterator<Item = Record>) -> AuditReport {
    let mut audit = Audit::new(numbering, None, &scratch);
    records.into_iter().for_each(|record| audit.take_in(&record).unwrap());
    audit.finish().unwrap()
}

#[track_caller]
fn check(numbering: Numbering, records: impl IntoIterator<Item = Record>, expected: &[(u64, &str)]) {
    let report = audited(numbering, records);
    let found: Vec<_> = report.breaches.iter().map(|b| (b.position.0, b.reason.as_str())).collect();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((position, reason), (at, part)) in found.iter().zip(expected) {
        assert!(position == at && reason.contains(part), "{position} {reason:?} is not {at} {part:?}");
    }
}

#[test]
fn positions_may_leave_places_out_only_where_a_log_counts_more_than_records() {
    let records = || [record(1, "a/1", 0, "c1"), record(3, "a/1", 1, "c2")];
    check(Numbering::Growing, records(), &[]);
    check(Numbering::Dense, records(), &[(3, "follows on 1")]);
}

#[test]
fn positions_never_go_back_and_no_two_are_one() {
    for numbering in [Numbering::Dense, Numbering::Growing] {
        let records = [record(1, "a/1", 0, "c1"), record(2, "a/2", 0, "c2"), record(2, "a/3", 0, "c3")];
        check(numbering, records, &[(2, "follows on 2")]);
    }
    check(Numbering::Growing, [record(7, "a/1", 0, "c1"), record(5, "a/2", 0, "c2")], &[(5, "follows on 7")]);
}

#[test]
fn times_of_several_writers_may_cross_but_never_on_one_stream() {
    let crossing = || [record(1, "a/1", 0, "c1"), earlier(record(2, "a/2", 0, "c2"))];
    check(Numbering::Growing, crossing(), &[]);
    check(Numbering::Dense, crossing(), &[(2, "recorded before the record at 1")]);
    let on_one = [record(1, "a/1", 0, "c1"), earlier(record(2, "a/1", 1, "c2"))];
    check(Numbering::Growing, on_one, &[(2, "recorded before the record at 1 on its stream")]);
}

#[test]
fn a_commit_is_whole() {
    let one = |n: u16| part(record(u64::from(n) + 1, &format!("a/{n}"), 0, "c1"), n, 3);
    check(Numbering::Growing, [one(0), one(1), one(2)], &[]);
    check(Numbering::Growing, [one(0), one(1)], &[(2, "ends too early")]);
    check(Numbering::Growing, [one(0), one(2)], &[(3, "part 2 of a commit of 3")]);
    check(Numbering::Growing, [one(1), one(2)], &[(2, "part 1 of a commit of 3")]);
    check(Numbering::Growing, [one(0), record(2, "b/1", 0, "c2")], &[(2, "part 0 of a commit of 1")]);
    let foreign = part(record(2, "b/1", 0, "c2"), 1, 2);
    check(
        Numbering::Growing,
        [part(record(1, "a/1", 0, "c1"), 0, 2), foreign],
        &[(2, "part 1 of a commit of 2")],
    );
}

#[test]
fn what_does_not_fit_into_memory_is_judged_like_the_rest() {
    // Each command has a fact of 24 bytes, and each record one of 40: several chunks for every part.
    const COUNT: u64 = 30_000;
    let stream = |n: u64| format!("a/{}", n % (COUNT / 3));
    let previous = |n: u64| (n + 1).saturating_sub(COUNT / 3);
    let mut records: Vec<(u64, String, u64, String)> =
        (0..COUNT).map(|n| (n + 1, stream(n), previous(n), format!("c{n}"))).collect();
    let of = |(position, stream, previous, command): &(u64, String, u64, String)| {
        record(*position, stream, *previous, command)
    };
    check(Numbering::Dense, records.iter().map(of), &[]);
    records.last_mut().unwrap().3 = "c17".to_owned();
    records[20_000].2 += 1;
    let expected = [(20_001, "at 10002; it is at 10001"), (COUNT, "its command is on record before, at 18")];
    check(Numbering::Dense, records.iter().map(of), &expected);
}

#[test]
fn a_scratch_file_that_can_not_be_made_is_an_error() {
    let full = || Err(io::Error::from(io::ErrorKind::StorageFull));
    let mut audit = Audit::new(Numbering::Dense, None, &full);
    let mut taken = (1..100_000).map(|n| audit.take_in(&record(n, "a/1", n - 1, &format!("c{n}"))));
    let error = taken.find_map(Result::err).expect("it does not fit into memory");
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}
