//! Logs that earlier releases wrote, with segments of versions 1 and 2. The files under `tests/version-1` and
//! `tests/version-2` are their own: 44 commits as `fill` makes them, in three segments.

use std::{fs, path::Path};

use resit_embedded_log::verify;
use tempfile::TempDir;

use crate::given::{Open, commit, copy, filled, frames, open, repair, segments, tiny};

const COMMITS: u64 = 44;

const VERSIONS: [u32; 2] = [1, 2];

fn old(version: u32) -> TempDir {
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/version-{version}")), &["log"])
}

/// The version in a segment's header.
fn version(segment: &Path) -> u32 {
    u32::from_le_bytes(*fs::read(segment).unwrap()[8..].first_chunk().unwrap())
}

fn versions(folder: &Path) -> Vec<u32> {
    segments(folder).iter().map(|segment| version(segment)).collect()
}

#[track_caller]
fn check_holds_all(log: &Open) {
    let expected = filled(COMMITS, &tiny());
    let expected = open(expected.path(), &tiny()).all().unwrap();
    assert_eq!(log.all().unwrap()[..expected.len()], expected[..]);
    assert_eq!(log.found("c7").unwrap().len(), 2);
}

fn format(folder: &Path) -> String {
    fs::read_to_string(folder.join("FORMAT")).unwrap()
}

#[test]
fn it_is_sound_and_looking_changes_nothing() {
    VERSIONS.into_iter().for_each(check_is_sound);
}

#[track_caller]
fn check_is_sound(version: u32) {
    let folder = old(version);
    assert_eq!(versions(folder.path()), [version; 3]);
    let report = verify(folder.path()).unwrap();
    assert!(report.is_sound() && report.index_faults.is_empty(), "{report:?}");
    assert_eq!((report.segments, report.sound_up_to.0, report.unindexed), (3, 2 * COMMITS, 2));
    assert!(format(folder.path()).starts_with(&format!("resit log format {version} ")));
    let to = tempfile::tempdir().unwrap();
    let copied = resit_embedded_log::copy(folder.path(), to.path()).unwrap();
    assert_eq!((copied.digest, verify(to.path()).unwrap().digest), (report.digest, report.digest));
    check_holds_all(&open(to.path(), &tiny()));
}

#[test]
fn it_goes_on_in_a_segment_of_version_3() {
    VERSIONS.into_iter().for_each(check_goes_on);
}

#[track_caller]
fn check_goes_on(version: u32) {
    let folder = old(version);
    let log = open(folder.path(), &tiny());
    check_holds_all(&log);
    assert_eq!(versions(folder.path()), [version; 3], "nothing is rewritten");
    assert!(format(folder.path()).starts_with("resit log format 3 "), "no older release opens it now");
    log.taken(commit("after", &[("after/1", 0)], b"the log goes on"));
    assert_eq!(versions(folder.path()), [version, version, version, 3]);
    drop(log);
    assert!(verify(folder.path()).unwrap().is_sound());
    let log = open(folder.path(), &tiny());
    check_holds_all(&log);
    assert_eq!(log.head(), 2 * COMMITS + 1);
}

#[test]
fn its_last_segment_without_a_record_gives_way() {
    for (version, is_named) in VERSIONS.into_iter().flat_map(|version| [(version, true), (version, false)]) {
        let folder = old(version);
        let last = segments(folder.path()).pop().unwrap();
        let header = fs::read(&last).unwrap()[..32].to_vec();
        fs::remove_file(&last).unwrap();
        let name = if is_named { last.clone() } else { last.with_added_extension("tmp") };
        fs::write(name, header).unwrap();
        let log = open(folder.path(), &tiny());
        assert_eq!((log.head(), versions(folder.path())), (64, vec![version, version, 3]));
        log.taken(commit("after", &[("after/1", 0)], b"the log goes on"));
        drop(log);
        assert!(verify(folder.path()).unwrap().is_sound());
        assert_eq!(open(folder.path(), &tiny()).head(), 65);
    }
}

#[test]
fn its_damaged_ends_are_mended_as_they_were() {
    let ends = [|_: &[u8]| 3, |bytes: &[u8]| bytes.len() - 1];
    for (version, byte_of) in VERSIONS.into_iter().flat_map(|version| ends.map(|byte_of| (version, byte_of)))
    {
        let folder = old(version);
        let middle = &segments(folder.path())[1];
        let sound = fs::read(middle).unwrap();
        let mut bytes = sound.clone();
        bytes[byte_of(&sound)] ^= 0x10;
        fs::write(middle, bytes).unwrap();
        assert_eq!(repair(folder.path()).unwrap().mended.len(), 1);
        assert_eq!(fs::read(middle).unwrap(), sound);
        check_holds_all(&open(folder.path(), &tiny()));
    }
}

#[test]
fn its_cut_tail_is_set_aside() {
    VERSIONS.into_iter().for_each(check_cut_tail);
}

#[track_caller]
fn check_cut_tail(version: u32) {
    let folder = old(version);
    let last = segments(folder.path()).pop().unwrap();
    let bytes = fs::read(&last).unwrap();
    fs::write(&last, &bytes[..bytes.len() - 50]).unwrap();
    let log = open(folder.path(), &tiny());
    assert_eq!((log.report.torn.is_some(), log.head()), (true, 2 * COMMITS - 2));
    log.taken(commit("after", &[("after/1", 0)], b"the log goes on"));
}

/// The old digest does not tell one segment from another; the index of the other one then stays, until it is looked at.
#[test]
fn an_index_that_is_not_its_segments_is_found_and_made_anew() {
    let folder = old(1);
    drop(open(folder.path(), &tiny()));
    let first = &segments(folder.path())[0];
    let mut bytes = fs::read(first).unwrap();
    // Another command in the second frame, as sound as the one before.
    let (start, end) = (frames(&bytes)[1], frames(&bytes)[2]);
    let at = bytes[start..end].windows(2).position(|two| two == b"c1").unwrap();
    bytes[start + at + 1] = b'x';
    let payload_crc = crc32c::crc32c(&bytes[start + 32..end]);
    bytes[start + 24..start + 28].copy_from_slice(&payload_crc.to_le_bytes());
    let header_crc = crc32c::crc32c(&bytes[start..start + 28]);
    bytes[start + 28..start + 32].copy_from_slice(&header_crc.to_le_bytes());
    fs::write(first, bytes).unwrap();

    let found = verify(folder.path()).unwrap();
    assert!(found.is_sound(), "by the old rule it is");
    assert_eq!(found.index_faults.len(), 1, "{found:?}");
    assert!(found.index_faults[0].ends_with("it was made anew"), "{found:?}");
    assert!(verify(folder.path()).unwrap().index_faults.is_empty());
    let log = open(folder.path(), &tiny());
    assert_eq!((log.found("cx").unwrap().len(), log.found("c1").unwrap().len()), (2, 0));
}
