//! Rows are found alike, whether they lie on sheets or by themselves.

mod record;

use std::collections::BTreeMap;

use resit_derived_store::{Ahead, Changes, DerivedStore};
use resit_event_log::Position;

use crate::record::record;

type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// Keys of a table that come in no order.
fn keys(table: u8, numbers: std::ops::Range<u32>) -> impl Iterator<Item = Vec<u8>> {
    numbers.map(move |n| {
        let scattered = n.wrapping_mul(2_654_435_761).to_be_bytes();
        let length = 1 + usize::try_from(n % 4).unwrap();
        [&[table], &scattered[..length], n.to_be_bytes().as_slice()].concat()
    })
}

/// Brings rows to sheets, and notes them.
fn bind(store: &DerivedStore, keys: impl Iterator<Item = Vec<u8>>, there: &mut Rows) {
    let mut changes = Changes::default();
    for key in keys {
        let value = key.iter().rev().copied().collect::<Vec<_>>();
        changes.put_for_good(key.clone(), value.clone());
        there.insert(key, value);
    }
    let lasting = store.write(changes).unwrap();
    store.bind(lasting).unwrap();
}

/// Writes rows by themselves, and notes them.
fn write(store: &DerivedStore, keys: impl Iterator<Item = Vec<u8>>, there: &mut Rows) {
    let mut changes = Changes::default();
    for key in keys {
        changes.put(key.clone(), b"by itself");
        there.insert(key, b"by itself".to_vec());
    }
    store.bind(store.write(changes).unwrap()).unwrap();
}

fn assert_same(store: &DerivedStore, there: &Rows) {
    let rows: Vec<_> = store.rows().map(Result::unwrap).collect();
    assert!(rows == there.clone().into_iter().collect::<Vec<_>>(), "every row is there once, in its place");
    for (key, value) in there.iter().step_by(97) {
        assert_eq!(store.get(key).unwrap().as_ref(), Some(value));
        for absent in [[key.as_slice(), b"\0"].concat(), key[..key.len() - 1].to_vec()] {
            assert_eq!(store.get(&absent).unwrap().as_ref(), there.get(&absent));
        }
        for prefix in [&key[..1], &key[..2], &key[..3], &key[..]] {
            let begins = |(key, _): &(&Vec<u8>, &Vec<u8>)| key.starts_with(prefix);
            let found: Vec<_> = store.scan(prefix).map(|row| row.unwrap().0).collect();
            assert!(found.iter().eq(there.iter().filter(begins).map(|(key, _)| key)), "with {prefix:?}");
            let found: Vec<_> = store.scan_behind(prefix, key).take(200).map(|row| row.unwrap().0).collect();
            let behind = there.iter().filter(begins).map(|(key, _)| key).filter(|other| *other > key);
            assert!(found.iter().eq(behind.take(200)), "behind {key:?} with {prefix:?}");
        }
    }
}

#[test]
fn rows_are_found_wherever_they_lie() {
    let store = DerivedStore::temporary().unwrap();
    let mut there = Rows::new();
    assert_same(&store, &there);
    write(&store, keys(b'C', 0..50), &mut there);
    assert_same(&store, &there);
    // Sheets are begun, filled, divided, and put before the first.
    for (from, to) in [(1_000, 1_003), (2_000, 5_000), (5_000, 8_000), (8_000, 9_100), (9_100, 9_101)] {
        bind(
            &store,
            keys(b'C', from..to).chain(keys(b'A', from..to)).chain(keys(b'P', from..from + (to - from) / 2)),
            &mut there,
        );
        assert_same(&store, &there);
    }
    // Rows by themselves lie between those on sheets, and before them under the same keys.
    write(&store, keys(b'C', 4_900..5_100).chain(keys(b'D', 0..9)), &mut there);
    assert_same(&store, &there);
}

#[test]
fn what_was_brought_to_sheets_twice_is_there_once() {
    let store = DerivedStore::temporary().unwrap();
    let mut there = Rows::new();
    bind(&store, keys(b'C', 0..2_000), &mut there);
    bind(&store, keys(b'C', 300..2_500).chain(keys(b'C', 300..400)), &mut there);
    assert_same(&store, &there);
}

#[tokio::test]
async fn sheets_are_there_when_the_store_is_opened_again_and_go_when_it_is_cleared() {
    let folder = tempfile::tempdir().unwrap();
    let mut there = Rows::new();
    let store = DerivedStore::open(folder.path()).unwrap().0;
    bind(&store, keys(b'C', 0..2_000), &mut there);
    store.flush().unwrap();
    drop(store);
    let store = DerivedStore::open(folder.path()).unwrap().0;
    assert_same(&store, &there);
    store.clear().await.unwrap();
    assert_same(&store, &Rows::new());
    there.clear();
    bind(&store, keys(b'C', 5..6), &mut there);
    assert_same(&store, &there);
}

#[test]
fn sheets_far_apart_are_found_as_those_in_a_row_are() {
    let store = DerivedStore::temporary().unwrap();
    let mut there = Rows::new();
    let rising = |numbers: std::ops::Range<u32>, ending: &'static [u8]| {
        numbers.map(move |n| [b"C", n.to_be_bytes().as_slice(), ending].concat())
    };
    bind(&store, rising(1_000..5_000, b""), &mut there);
    // New rows for a few sheets here and there, in front of all, behind all, and between: with whole sheets in between or none.
    for from in [1_100, 4_900, 10] {
        let far = [from, 2_000, 4_000].into_iter().flat_map(|some| rising(some..some + 400, b"\x01"));
        bind(&store, far, &mut there);
    }
    assert_same(&store, &there);
}

#[test]
fn the_checkpoint_waits_for_rows_that_were_written_ahead_of_it() {
    let store = DerivedStore::temporary().unwrap();
    let (mut there, mut ahead) = (Rows::new(), Ahead::default());
    store.arrive(Ahead::default()).unwrap();
    for position in [5_u64, 9] {
        let mut changes = Changes::default();
        for key in keys(b'C', 0..1_500 * u32::try_from(position).unwrap()) {
            changes.put_for_good(key.clone(), *b"for good");
            there.insert(key, b"for good".to_vec());
        }
        changes.put([b'E', 1], &position.to_be_bytes());
        ahead.take_in(store.write(changes).unwrap(), &record(position), Position::START);
        assert_eq!(store.checkpoint().unwrap(), Position::START);
        assert_eq!(store.rows().count(), 1, "the others wait");
    }
    there.insert(vec![b'E', 1], 9_u64.to_be_bytes().to_vec());
    assert!(!ahead.is_empty() && !ahead.is_full());
    store.arrive(ahead).unwrap();
    assert_eq!(store.checkpoint().unwrap(), Position(9));
    assert_same(&store, &there);
}
