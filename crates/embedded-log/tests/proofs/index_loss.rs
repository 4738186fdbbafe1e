//! An index that is lost, broken, or of another log.

use std::{fs, path::Path};

use resit_embedded_log::verify;

use crate::given::{Open, copy, files, fill, filled, open, segments, tiny};

const COMMITS: u64 = 60;

/// The log answers as if nothing had happened.
#[track_caller]
fn check_answers(log: &Open) {
    for n in 0..COMMITS {
        let own = log.stream(&format!("own/{n}")).unwrap();
        assert_eq!((own.len(), own[0].position.0), (1, 2 * n + 1));
        let found = log.found(&format!("c{n}")).unwrap();
        assert_eq!((found.len(), found[0].position.0), (2, 2 * n + 1));
    }
    for n in 0..5 {
        assert_eq!(log.stream(&format!("shared/{n}")).unwrap().len(), 12);
    }
}

#[track_caller]
fn check_broken(break_index: impl FnOnce(&Path)) -> Open {
    let original = filled(COMMITS, &tiny());
    let folder = copy(original.path(), &["log", "index"]);
    break_index(&folder.path().join("index"));
    let log = open(folder.path(), &tiny());
    check_answers(&log);
    drop(log);
    let report = verify(folder.path()).unwrap();
    assert_eq!((report.is_sound(), report.index_faults), (true, Vec::new()), "the index is whole again");
    open(folder.path(), &tiny())
}

#[test]
fn a_sound_index_is_not_made_again() {
    let log = check_broken(|_| {});
    assert_eq!((log.report.segments_indexed, &log.report.index_lost), (0, &None));
}

#[test]
fn a_lost_index_is_made_again() {
    let original = filled(COMMITS, &tiny());
    let folder = copy(original.path(), &["log"]);
    let log = open(folder.path(), &tiny());
    assert_eq!(log.report.segments_indexed, segments(folder.path()).len() - 1);
    check_answers(&log);
}

#[test]
fn an_index_with_a_half_written_run_opens() {
    let log = check_broken(|index| fs::write(index.join("00000000-00000099.run.tmp"), b"half").unwrap());
    assert_eq!(log.report.segments_indexed, 0);
}

#[test]
fn the_index_of_an_earlier_release_is_removed_and_made_again() {
    let log = check_broken(|index| {
        for run in files(index) {
            fs::remove_file(run).unwrap();
        }
        fs::write(index.join("db"), vec![0x5a; 100_000]).unwrap();
        fs::write(index.join("conf"), b"a database's").unwrap();
        fs::write(index.join("snap.0000000000000BAD"), b"a database's").unwrap();
        fs::create_dir(index.join("blobs")).unwrap();
    });
    assert_eq!((log.report.segments_indexed, &log.report.index_lost), (0, &None), "once is enough");
}

#[test]
fn an_index_full_of_rubbish_is_thrown_away() {
    for rubbish in [&vec![0x5a; 100_000][..], b"", b"rubbish"] {
        check_broken(|index| files(index).iter().for_each(|run| fs::write(run, rubbish).unwrap()));
    }
    check_broken(|index| {
        for run in files(index) {
            let bytes = fs::read(&run).unwrap();
            fs::write(&run, &bytes[..bytes.len() - 1]).unwrap();
        }
    });
    check_broken(|index| {
        fs::remove_dir_all(index).unwrap();
        fs::write(index, b"a file in its place").unwrap();
    });
}

#[test]
fn the_index_of_another_log_is_not_believed() {
    let other = tempfile::tempdir().unwrap();
    let log = open(other.path(), &tiny());
    fill(&log, 7);
    log.taken(crate::given::commit("other", &[("own/7", 0)], b"makes all positions differ"));
    for n in 8..COMMITS {
        log.taken(crate::given::commit(&format!("c{n}"), &[(&format!("other/{n}"), 0)], b"other"));
    }
    drop(log);
    let original = filled(COMMITS, &tiny());
    let folder = copy(original.path(), &["log"]);
    let index = copy(other.path(), &["index"]);
    fs::rename(index.path().join("index"), folder.path().join("index")).unwrap();
    check_answers(&open(folder.path(), &tiny()));
}
