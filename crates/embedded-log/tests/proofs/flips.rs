//! Single bits that flipped.

use std::{
    fs,
    path::{Path, PathBuf},
};

use resit_embedded_log::{OpenError, verify};
use resit_event_log::{ReadError, Record};

use crate::given::{Dice, copy, files, filled, frames, open, segments, tiny, try_open};

const COMMITS: u64 = 80;

struct Original {
    folder: tempfile::TempDir,
    records: Vec<Record>,
}

fn original() -> Original {
    let folder = filled(COMMITS, &tiny());
    let records = open(folder.path(), &tiny()).all().unwrap();
    assert!(segments(folder.path()).len() >= 5, "most segments are sealed");
    Original { folder, records }
}

fn flip(path: &Path, bit: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[bit / 8] ^= 1 << (bit % 8);
    fs::write(path, bytes).unwrap();
}

/// The answer is right, or it is no answer: never a wrong one. Whether it was right.
#[track_caller]
fn right_or_corrupt<T: PartialEq + std::fmt::Debug>(answer: Result<T, ReadError>, right: &T) -> bool {
    match answer {
        Ok(answer) => {
            assert_eq!(answer, *right);
            true
        }
        Err(ReadError::Corrupt { .. }) => false,
        Err(error) => panic!("not told as damage: {error}"),
    }
}

/// Asks everything that can be asked; whether every answer was right.
fn asks_everything(folder: &Path, original: &Original) -> Result<bool, OpenError> {
    let log = try_open(folder, &tiny())?;
    assert_eq!(log.report.torn, None, "no flip looks like a cut");
    let mut right = right_or_corrupt(log.all(), &original.records);
    for n in 0..COMMITS {
        let of = |what: &dyn Fn(&Record) -> bool| -> Vec<Record> {
            original.records.iter().filter(|record| what(record)).cloned().collect()
        };
        let (own, shared, command) = (format!("own/{n}"), format!("shared/{}", n % 5), format!("c{n}"));
        for name in [&own, &shared] {
            let stream = of(&|record| record.stream.as_str() == *name);
            right &= right_or_corrupt(log.stream(name), &stream);
            right &= right_or_corrupt(log.revision(name), &stream.last().unwrap().position);
        }
        right &= right_or_corrupt(log.found(&command), &of(&|record| record.command.as_str() == command));
    }
    Ok(right)
}

/// The frame, header or footer that a byte lies in.
fn block_of(segment: &[u8], byte: usize) -> u64 {
    let frames = frames(segment);
    frames.into_iter().rev().find(|start| *start <= byte).unwrap_or(0) as u64
}

#[test]
fn any_flipped_bit_of_the_log_is_found_and_located() {
    let original = original();
    let mut dice = Dice(0x5eed_1001);
    let candidates: Vec<PathBuf> = segments(original.folder.path());
    for _ in 0..700 {
        let folder = copy(original.folder.path(), &["log", "index"]);
        let path = &candidates[dice.below(candidates.len())];
        let sound = fs::read(path).unwrap();
        let bit = dice.below(sound.len() * 8);
        let name = path.file_name().unwrap();
        flip(&folder.path().join("log").join(name), bit);

        let report = verify(folder.path()).unwrap();
        assert_eq!(report.damages.len(), 1, "bit {bit} of {name:?}");
        let told = &report.damages[0];
        assert_eq!(told.segment, name.to_str().unwrap());
        assert_eq!(told.offset, block_of(&sound, bit / 8), "bit {bit} of {name:?}");

        match asks_everything(folder.path(), &original) {
            Ok(right) => assert!(!right, "bit {bit} of {name:?} was passed over"),
            Err(OpenError::Damaged(damage)) => assert_eq!(damage, *told),
            Err(error) => panic!("bit {bit} of {name:?}: {error}"),
        }
    }
}

#[test]
fn any_flipped_bit_of_the_format_is_told() {
    let original = original();
    let len = fs::read(original.folder.path().join("FORMAT")).unwrap().len();
    for bit in 0..len * 8 {
        let folder = copy(original.folder.path(), &["log"]);
        flip(&folder.path().join("FORMAT"), bit);
        match asks_everything(folder.path(), &original) {
            // The line's end, and the case of a hexadecimal digit, say nothing.
            Ok(right) => assert!(right, "bit {bit}"),
            Err(error) => assert!(matches!(error, OpenError::NoLog { .. }), "bit {bit}: {error}"),
        }
    }
}

#[test]
fn no_flipped_bit_of_the_index_changes_an_answer() {
    let original = original();
    let mut dice = Dice(0x5eed_2002);
    let index = original.folder.path().join("index");
    let mut candidates = files(&index);
    candidates.retain(|path| fs::metadata(path).unwrap().len() > 0);
    for _ in 0..300 {
        let folder = copy(original.folder.path(), &["log", "index"]);
        let path = &candidates[dice.below(candidates.len())];
        let bytes = fs::read(path).unwrap();
        // Most of the store's file is empty: flips there show nothing.
        let filled = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0) + 1;
        let bit = dice.below(filled * 8);
        flip(&folder.path().join("index").join(path.file_name().unwrap()), bit);
        let right = asks_everything(folder.path(), &original);
        assert!(right.unwrap(), "bit {bit} of {path:?}");
    }
}
