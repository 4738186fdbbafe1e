//! What an index of many segments costs: the memory to make it at open, and the reads to look a name up.

use std::{cell::RefCell, collections::BTreeSet, fs, path::Path};

use resit_embedded_log::{Config, verify};

use crate::apart::{child, child_folder};
use crate::given::{commit, files, fill, open, segments, tiny, try_open_unless};

/// How many different streams each commit is on: an index has most to hold if names are all there is.
const STREAMS: u64 = 900;
/// So many that their names are stored in three groups at open.
const COMMITS: u64 = 800;

fn names_only() -> Config {
    Config { segment_bytes: 1 << 20, ..Config::default() }
}

#[test]
fn a_log_without_its_index_is_opened_with_the_memory_for_one_group_of_segments() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path(), &names_only());
    for n in 0..COMMITS {
        let names: Vec<_> = (0..STREAMS).map(|k| format!("entitlement/{n}-{k}")).collect();
        let slices: Vec<_> = names.iter().map(|name| (name.as_str(), 0)).collect();
        log.taken(commit(&format!("c{n}"), &slices, b""));
    }
    drop(log);
    assert!(segments(folder.path()).len() > 30, "{}", segments(folder.path()).len());
    fs::remove_dir_all(folder.path().join("index")).unwrap();
    let output = child("index_bounds::opens_with_bounded_memory", folder.path(), &["env"]).wait_with_output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// How many segments the runs in a folder cover, by their names.
fn stored_segments(folder: &Path) -> usize {
    let count = |run: &Path| run.to_str()?.strip_suffix(".run")?.rsplit_once('-')?.1.parse::<usize>().ok();
    files(&folder.join("index")).iter().filter_map(|run| count(run)).sum()
}

#[test]
#[ignore = "a child of another test"]
fn opens_with_bounded_memory() {
    // The index of all segments, as it is in memory, would take some 70 MiB.
    const GROWN_KIB_MAX: u64 = 14 << 10;
    let folder = child_folder();
    let before = resident_peak_kib();
    // It is asked whether to stop before each segment is read: what is stored by then is not in memory any more.
    let stored = RefCell::new(BTreeSet::new());
    let stop = || {
        stored.borrow_mut().insert(stored_segments(&folder));
        false
    };
    let log = try_open_unless(&folder, &names_only(), &stop).unwrap();
    let all = log.report.segments_indexed;
    assert_eq!(all, segments(&folder).len() - 1);
    let mut stored: Vec<_> = stored.into_inner().into_iter().collect();
    stored.push(all);
    let groups: Vec<_> = stored.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(groups.iter().all(|group| 2 * group < all), "{groups:?} of {all} segments were stored at once");
    assert!(groups[0] > 1, "small segments are stored together: {groups:?}");
    assert_eq!(log.found("c7").unwrap().len() as u64, STREAMS);
    let grown = resident_peak_kib() - before;
    assert!(grown < GROWN_KIB_MAX, "{grown} KiB more were resident");
    drop(log);
    let report = verify(&folder).unwrap();
    assert!(report.is_sound() && report.unindexed == 0);
}

fn resident_peak_kib() -> u64 {
    let status = fs::read_to_string(Path::new("/proc/self/status")).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}

/// How often this thread has read from a file, and how many bytes.
fn read_by_this_thread() -> (u64, u64) {
    let counts = fs::read_to_string("/proc/thread-self/io").unwrap();
    let count = |name| counts.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
    (count("syscr:").unwrap(), count("rchar:").unwrap())
}

/// How many reads and bytes it takes the caller to look so many names up; the counts are read themselves.
fn cost_of(names: u64, look_up: impl Fn(u64)) -> (u64, u64) {
    let (reads, bytes) = read_by_this_thread();
    (0..names).for_each(look_up);
    let (reads_then, bytes_then) = read_by_this_thread();
    (reads_then - reads, bytes_then - bytes)
}

#[test]
fn a_name_costs_whoever_looks_it_up_few_short_reads_however_many_segments_there_are() {
    const NAMES: u64 = 200;
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path(), &tiny());
    fill(&log, 4 * NAMES);
    drop(log);
    let log = open(folder.path(), &tiny());
    assert!(segments(folder.path()).len() > 40, "{}", segments(folder.path()).len());
    // A block of the index and a frame of the log, and what it takes to open a segment again.
    let (reads, bytes) = cost_of(NAMES, |n| assert_eq!(log.found(&format!("c{n}")).unwrap().len(), 2));
    assert!(
        reads <= 5 * NAMES && bytes <= (8 << 10) * NAMES,
        "{reads} reads of {bytes} bytes for {NAMES} names"
    );
    // Of a name that is new, the filters in memory know that it is, but for one in a hundred in each run.
    let (reads, bytes) = cost_of(NAMES, |n| assert_eq!(log.found(&format!("new{n}")).unwrap().len(), 0));
    assert!(
        reads <= NAMES && bytes <= (4 << 10) * NAMES,
        "{reads} reads of {bytes} bytes for {NAMES} new names"
    );
}
