//! Stores beside a store: a check makes one, and leaves nothing behind, however it ends.

use std::fs;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Waker};

use resit_derived_store::{Changes, DerivedStore};

fn folders(of: &Path) -> Vec<String> {
    let names = fs::read_dir(of).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

fn with_rows(store: &DerivedStore, count: u32) {
    let mut changes = Changes::default();
    for n in 0..count {
        changes.put([b"C".as_slice(), &n.to_be_bytes()].concat(), b"row");
    }
    drop(store.write(changes).unwrap());
}

#[test]
fn a_store_beside_another_is_empty_and_goes_when_it_is_closed() {
    let home = tempfile::tempdir().unwrap();
    let (store, _) = DerivedStore::open(&home.path().join("read-models")).unwrap();
    with_rows(&store, 3);
    let beside = store.beside().unwrap();
    assert_eq!(folders(home.path()).len(), 2, "it is in the same folder");
    assert_eq!(beside.rows().count(), 0);
    with_rows(&beside, 5);
    assert_eq!((store.rows().count(), beside.rows().count()), (3, 5));
    drop(beside);
    assert_eq!(folders(home.path()), ["read-models"]);
}

#[test]
fn what_a_killed_check_left_goes_when_the_store_is_opened_and_nothing_else_does() {
    let home = tempfile::tempdir().unwrap();
    let others = ["agenda.scratch-a", "log", "read-models-old", "scratch-b"];
    for name in others.iter().chain(&["read-models.scratch-x", "read-models.scratch-"]) {
        fs::create_dir_all(home.path().join(name).join("blobs")).unwrap();
    }
    fs::write(home.path().join("read-models.scratch-file"), "").unwrap();
    drop(DerivedStore::open(&home.path().join("read-models")).unwrap());
    let left = ["agenda.scratch-a", "log", "read-models", "read-models-old", "scratch-b"];
    assert_eq!(folders(home.path()), left);
}

#[test]
fn clearing_takes_bounded_steps_and_goes_on_where_it_was_given_up() {
    let store = DerivedStore::temporary().unwrap();
    with_rows(&store, 20_000);
    let mut task = Context::from_waker(Waker::noop());
    let given_up = pin!(store.clear()).as_mut().poll(&mut task);
    assert!(given_up.is_pending(), "20,000 rows are more than a step");
    let left = store.rows().count();
    assert!((1..20_000).contains(&left), "{left} rows are left after one step");
    let mut clearing = pin!(store.clear());
    let mut steps = 1;
    while clearing.as_mut().poll(&mut task).map(Result::unwrap).is_pending() {
        steps += 1;
    }
    assert!(steps > 1);
    assert_eq!(store.rows().count(), 0);
}

#[test]
fn rows_that_go_together_are_written_whatever_their_tables() {
    let store = DerivedStore::temporary().unwrap();
    for round in 0..300_u32 {
        let mut changes = Changes::default();
        for pair in 0..200_u32 {
            let name = pair.to_be_bytes();
            changes.together(|changes| {
                changes.put([b"A".as_slice(), &name].concat(), &round.to_be_bytes());
                changes.put([b"Z".as_slice(), &name].concat(), &round.to_be_bytes());
            });
        }
        assert_eq!(changes.len(), 400);
        drop(store.write(changes).unwrap());
        if round % 100 == 0 {
            let values = |table: &[u8]| store.scan(table).map(|row| row.unwrap().1).collect::<Vec<_>>();
            let (one, other) = (values(b"A"), values(b"Z"));
            assert_eq!(one.len(), 200);
            assert_eq!(one, other);
        }
    }
}
