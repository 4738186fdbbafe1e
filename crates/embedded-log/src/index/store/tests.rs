use std::{collections::BTreeSet, fs};

use proptest::prelude::*;

use super::*;
use crate::index::{NameHash, Place, Sum, Waypoints};

fn footer(number: usize) -> Footer {
    let number = number as u64;
    Footer {
        frames: 1,
        last: number + 1,
        recorded_at: 0,
        offset: 32,
        digest: 7 + u32::try_from(number).unwrap(),
    }
}

fn segments(count: usize) -> Vec<(u64, Footer)> {
    (0..count).map(|number| (number as u64 + 1, footer(number))).collect()
}

fn covered(number: usize) -> Covered {
    let (first, Footer { last, digest, .. }) = (number as u64 + 1, footer(number));
    Covered { first, last, digest, waypoints: Waypoints([(0, 32)].into()) }
}

/// Stores each segment's entries as a run, and merges all that is due.
fn stored(store: &IndexStore, entries: &[Vec<Entry>]) -> Vec<Arc<Run>> {
    let mut runs: Vec<Arc<Run>> = Vec::new();
    for (number, entries) in entries.iter().enumerate() {
        runs.push(store.put(number, &[covered(number)], &mut entries.clone(), &runs).unwrap());
        while let Some(at) = IndexStore::due(&runs) {
            let merged = store.merged(&runs, at, &|| false).unwrap().unwrap();
            IndexStore::remove_replaced(&runs, &merged);
            runs = merged;
        }
    }
    runs
}

/// What a list of entries says of a name.
fn places(entries: &[Vec<Entry>], name: NameHash) -> Vec<Place> {
    let all: BTreeSet<Place> =
        entries.iter().flatten().filter(|entry| entry.name == name).map(|entry| entry.place).collect();
    all.into_iter().collect()
}

fn check_answers(runs: &[Arc<Run>], entries: &[Vec<Entry>], name: NameHash) {
    let expected = places(entries, name);
    for from in [0, 1, entries.len() / 2, entries.len()] {
        let mut found = Vec::new();
        for run in runs {
            run.all_of(name, Place::new(from, 0), &mut found).unwrap();
        }
        let expected: Vec<_> = expected.iter().copied().filter(|place| place.segment() >= from).collect();
        assert_eq!(found, expected, "{name:?} from {from}");
    }
    let last = runs.iter().rev().find_map(|run| run.last_of(name, Place(u64::MAX)).unwrap());
    assert_eq!(last, expected.last().copied());
}

fn any_entries() -> impl Strategy<Value = Vec<Vec<Entry>>> {
    // Few names and many frames: a name's frames fill several blocks.
    let entry = |segment: usize| {
        (0..6_u64, 0..5_000_u32).prop_map(move |(name, offset)| Entry {
            name: NameHash(name * (u64::MAX / 5)),
            place: Place::new(segment, offset),
        })
    };
    (1..12_usize).prop_flat_map(move |count| {
        let segments: Vec<_> = (0..count).map(|n| prop::collection::btree_set(entry(n), 0..700)).collect();
        segments.prop_map(|segments| segments.into_iter().map(|one| one.into_iter().collect()).collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn merged_runs_answer_as_their_entries_do_with_and_without_filters(entries in any_entries()) {
        let folder = tempfile::tempdir().unwrap();
        let store = IndexStore::new(folder.path().to_owned());
        let runs = stored(&store, &entries);
        let files = fs::read_dir(folder.path()).unwrap().count();
        prop_assert_eq!(files, runs.len(), "what was merged is gone");
        let without_filters: Vec<_> =
            runs.iter().map(|run| Arc::new(Run::open(run.path(), 0).unwrap())).collect();
        prop_assert!(without_filters.iter().all(|run| run.filter_bytes() == 0));
        for name in (0..8).map(|name| NameHash(name * (u64::MAX / 7))) {
            check_answers(&runs, &entries, name);
            check_answers(&without_filters, &entries, name);
        }
        let (mut sum, mut expected) = (Sum::default(), Sum::default());
        for run in &runs {
            sum.add_all(run.check().unwrap());
        }
        entries.iter().flatten().for_each(|entry| expected.add(*entry));
        prop_assert_eq!(sum, expected);
        let found = store.find(&segments(entries.len()));
        prop_assert_eq!(found.lost, Vec::<String>::new());
        prop_assert_eq!(found.runs.iter().map(|run| run.covered().len()).sum::<usize>(), entries.len());
    }
}

/// Entries of one size for so many segments.
fn even(count: usize) -> Vec<Vec<Entry>> {
    let entry = |segment, n| Entry { name: NameHash(n), place: Place::new(segment, 32) };
    (0..count).map(|segment| (0..20).map(|n| entry(segment, n * 1_000 + segment as u64)).collect()).collect()
}

#[test]
fn there_are_as_many_runs_as_the_number_of_segments_has_digits() {
    let folder = tempfile::tempdir().unwrap();
    let store = IndexStore::new(folder.path().to_owned());
    for (count, most) in [(1, 1), (16, 1), (31, 5), (100, 7)] {
        let runs = stored(&store, &even(count));
        assert!(runs.len() <= most, "{} runs of {count} segments", runs.len());
        store.find(&segments(0));
    }
}

#[test]
fn runs_of_other_segments_and_what_a_crash_left_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = IndexStore::new(folder.path().to_owned());
    let runs = stored(&store, &even(3));
    // A merge that was killed before it removed what it had merged.
    let kept: Vec<_> =
        runs.iter().map(|run| (run.path().to_owned(), fs::read(run.path()).unwrap())).collect();
    let merged = stored(&store, &even(4));
    for (path, bytes) in &kept {
        fs::write(path, bytes).unwrap();
    }
    let found = store.find(&segments(4));
    assert_eq!((found.runs.len(), found.runs[0].covered().len(), found.lost.len()), (1, 4, 0));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), merged.len());
    // A segment that is another one, or is gone.
    let mut others = segments(4);
    others[2].1.digest += 1;
    let found = store.find(&others);
    assert_eq!((found.runs.len(), found.lost.len()), (0, 1));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_merge_that_is_asked_to_stop_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let store = IndexStore::new(folder.path().to_owned());
    let entries =
        |segment| (0..70_000).map(|n| Entry { name: NameHash(n), place: Place::new(segment, 32) }).collect();
    let mut runs = Vec::new();
    for number in 0..2 {
        let mut entries: Vec<_> = entries(number);
        runs.push(store.put(number, &[covered(number)], &mut entries, &runs).unwrap());
    }
    assert!(store.merged(&runs, 0, &|| true).unwrap().is_none());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    assert_eq!(store.find(&segments(2)).runs.len(), 2);
}
