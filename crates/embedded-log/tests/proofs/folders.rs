//! Folders that can't be a log, and how that is told.

use std::{
    fs,
    io::{BufRead, BufReader},
};

use resit_embedded_log::{Config, EmbeddedLog, OpenError, verify};

use crate::apart::{alone_on_a_disk, child, child_folder, mount};
use crate::given::{files, filled, refusal, segments, tiny, try_open};

#[test]
fn a_log_that_another_process_has_open_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut holder = child("folders::holds_the_log", folder.path(), &[]);
    let mut said = BufReader::new(holder.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(said.any(|line| line.contains("held")));

    let error = refusal(folder.path(), &Config::default());
    let OpenError::Locked { folder: named, pid } = &error else { panic!("{error}") };
    assert_eq!((named.as_path(), *pid), (folder.path(), Some(holder.id())));
    assert!(error.to_string().contains(&format!("process {}", holder.id())));
    assert!(matches!(verify(folder.path()), Err(OpenError::Locked { .. })));

    drop(holder.stdin.take());
    said.for_each(drop);
    assert!(holder.wait().unwrap().success());
    assert!(try_open(folder.path(), &Config::default()).is_ok(), "it is free again");
}

#[test]
#[ignore = "a child of another test"]
#[expect(clippy::print_stdout, reason = "it talks to its parent")]
fn holds_the_log() {
    let log = EmbeddedLog::open(&child_folder(), &Config::default()).unwrap();
    println!("\nheld");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    drop(log);
}

#[test]
fn a_log_is_free_when_its_last_handle_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let (log, _) = EmbeddedLog::open(folder.path(), &Config::default()).unwrap();
    let other = log.clone();
    drop(log);
    assert!(matches!(refusal(folder.path(), &Config::default()), OpenError::Locked { .. }));
    drop(other);
    assert!(try_open(folder.path(), &Config::default()).is_ok());
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let folder = filled(3, &Config::default());
    let line = "resit log format 7";
    let text = format!("{line} {:08x}\n", crc32c::crc32c(line.as_bytes()));
    fs::write(folder.path().join("FORMAT"), &text).unwrap();
    let error = refusal(folder.path(), &Config::default());
    assert!(matches!(error, OpenError::Newer { found: 7, known: 3, .. }), "{error}");
    assert_eq!(fs::read_to_string(folder.path().join("FORMAT")).unwrap(), text);
}

#[test]
fn segments_without_a_format_are_refused() {
    let folder = filled(3, &Config::default());
    fs::remove_file(folder.path().join("FORMAT")).unwrap();
    assert!(matches!(refusal(folder.path(), &Config::default()), OpenError::NoLog { .. }));
}

#[test]
fn a_file_in_the_place_of_the_folder_is_told() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, b"not a folder").unwrap();
    let error = refusal(&file, &Config::default());
    assert!(matches!(error, OpenError::Io { .. }));
    assert!(error.to_string().contains("something else stands there"), "{error}");
}

#[test]
fn a_missing_segment_is_a_gap() {
    for (missing, position_before) in [(0, 0), (2, 26)] {
        let folder = filled(60, &tiny());
        let segments = segments(folder.path());
        let before: u64 = segments[missing].file_stem().unwrap().to_str().unwrap().parse().unwrap();
        fs::remove_file(&segments[missing]).unwrap();
        let OpenError::Damaged(damage) = refusal(folder.path(), &tiny()) else { panic!() };
        assert_eq!(damage.segment, segments[missing + 1].file_name().unwrap().to_str().unwrap());
        assert_eq!(damage.position_before.0, before - 1);
        assert!(missing == 0 || damage.position_before.0 >= position_before);
    }
}

#[test]
fn a_cut_segment_in_the_middle_is_damage() {
    let folder = filled(60, &tiny());
    let segment = &segments(folder.path())[1];
    let bytes = fs::read(segment).unwrap();
    fs::write(segment, &bytes[..bytes.len() - 50]).unwrap();
    let OpenError::Damaged(damage) = refusal(folder.path(), &tiny()) else { panic!() };
    assert_eq!(damage.segment, segment.file_name().unwrap().to_str().unwrap());
}

#[test]
fn a_setting_out_of_bounds_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = refusal(folder.path(), &Config { segment_bytes: 4_095, ..Config::default() });
    assert_eq!(error.to_string(), "`segment_bytes` is 4095; set it to 4096 to 1073741824");
    assert!(files(folder.path()).is_empty(), "nothing was made");
    refusal(folder.path(), &Config { queue_max: 0, ..Config::default() });
    refusal(folder.path(), &Config { open_files_max: 0, ..Config::default() });
}

#[test]
fn a_read_only_disk_is_told() {
    alone_on_a_disk("folders::opens_on_a_read_only_disk");
}

#[test]
#[ignore = "a child of another test"]
fn opens_on_a_read_only_disk() {
    let folder = child_folder();
    mount(&folder, "size=1m");
    mount(&folder, "remount,ro");
    let error = refusal(&folder, &Config::default());
    assert!(error.to_string().contains("mount the file system for writing"), "{error}");
}
