//! Rows that are written take memory while they are written. Alone in its process, for memory is counted for all of it.

mod record;

use std::fs;

use resit_derived_store::{Changes, DerivedStore};
use resit_event_log::Position;

use crate::record::record;

/// As many as the agenda makes of one step.
const ROWS: u32 = 1_500;
const STEPS: u32 = 200;
const MIB: u64 = 1 << 20;

/// The most memory that was resident, in bytes.
fn peak_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.split_whitespace().next().unwrap().parse::<u64>().unwrap() << 10
}

#[test]
fn memory_does_not_grow_with_what_was_written() {
    let store = DerivedStore::temporary().unwrap();
    let last = record(1);
    let step = |step: u32| {
        let mut changes = Changes::default();
        for n in (step * ROWS / 3)..((step + 1) * ROWS / 3) {
            // As ids do, they come in no order.
            let id = n.wrapping_mul(2_654_435_761).to_be_bytes().repeat(4);
            changes.together(|changes| {
                changes.put([b"D".as_slice(), &[0; 8], &id].concat(), &[]);
                changes.put([b"E".as_slice(), &id].concat(), &[0; 8]);
            });
            changes.put([b"Lo".as_slice(), b"exam-replay\0", &id].concat(), &[]);
        }
        store.apply(changes, &last, Position::START).unwrap();
    };
    (0..STEPS / 4).for_each(step);
    let quarter = peak_bytes();
    (STEPS / 4..STEPS).for_each(step);
    let grown = peak_bytes() - quarter;
    #[expect(clippy::print_stdout, reason = "it is printed for those who run it by hand")]
    {
        println!("{} MiB, then {} MiB more for three times as much", quarter / MIB, grown / MIB);
    }
    // The rows are in the cache of 64 MiB. Their replaced pages would be as much again several times: 133 MiB were measured in all.
    assert!(grown < 192 * MIB, "it grew by {} MiB more", grown / MIB);
}
