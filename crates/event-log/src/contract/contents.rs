//! What goes in comes out.

use bytes::Bytes;

use super::given::{Log, all, at, commit, event, found, sound, stream, taken};
use crate::{Commit, EventData, Position};

/// Its last position, once it came back by every way of reading.
async fn comes_back(log: &Log, commit: Commit) -> u64 {
    let appended = taken(log, commit.clone()).await;
    let expected: Vec<_> = commit.clone().into_records(appended.first, appended.recorded_at).collect();
    assert_eq!(found(log, commit.command.as_str()).await, expected);
    assert_eq!(log.read(Position(appended.first.0 - 1), expected.len()).await.expect("readable"), expected);
    for record in expected {
        assert_eq!(stream(log, record.stream.as_str()).await.last(), Some(&record));
    }
    appended.last.0
}

/// Ids, actor, times, versions, bodies.
pub async fn every_field_comes_back_as_it_went_in(log: Log) {
    let events = vec![
        EventData {
            kind: "ExamFailed".into(),
            version: 3,
            happened_at: at(-62_135_596_800_000),
            body: Bytes::from_static(b"\x81\xa5score\xcd\x02\x58"),
        },
        EventData {
            kind: "Noted".into(),
            version: u16::MAX,
            happened_at: at(253_402_300_799_999),
            body: Bytes::new(),
        },
    ];
    let mut given = commit("shop-7:2019_09.01").with("a/1", 0, events).on("b/2", 0).at(1_567_332_000_123);
    given.actor = "provider:north".parse().expect("valid");
    comes_back(&log, given).await;
}

/// The log never looks into them.
pub async fn bodies_may_hold_any_bytes(log: Log) {
    let every_byte: Vec<u8> = (0..=255).collect();
    let mut given =
        commit("c1").with("a/1", 0, vec![event("Tried", &every_byte), event("Tried", b"\0\0\0\0")]);
    given.command_body = Bytes::from(vec![0xff; 1_000]);
    comes_back(&log, given).await;
}

/// No log may depend on ASCII, though the ledger's own ids do.
pub async fn names_may_be_in_any_script(log: Log) {
    let events = vec![event("Échec", b"\x80"), event("試験", b"\x80")];
    comes_back(&log, commit("c1").with("coupon/été-試験-🎫", 0, events)).await;
}

/// Not absent.
pub async fn an_empty_body_stays_empty(log: Log) {
    let mut given = commit("c1").with("a/1", 0, vec![event("Tried", b"")]);
    given.command_body = Bytes::new();
    comes_back(&log, given).await;
    assert!(all(&log).await[0].events[0].body.is_empty());
}

/// Between small ones.
pub async fn a_large_body_comes_back_whole(log: Log) {
    let body: Vec<u8> = (0..3_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let first = comes_back(&log, commit("c1").on("a/1", 0)).await;
    let second = comes_back(&log, commit("c2").with("a/1", first, vec![event("Tried", &body)])).await;
    comes_back(&log, commit("c3").on("a/1", second)).await;
    sound(&log).await;
}
