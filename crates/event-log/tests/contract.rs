//! The memory log keeps the contract, and the suite runs every case it has.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use resit_event_log::{EventLog, MemoryLog};

fn fresh() -> Ready<(Arc<dyn EventLog>, ())> {
    ready((Arc::new(MemoryLog::new()), ()))
}

resit_event_log::contract!(fresh);

#[test]
fn no_case_is_left_out() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/contract");
    let suite = std::fs::read_to_string(folder.with_extension("rs")).unwrap();
    for file in std::fs::read_dir(folder).unwrap() {
        let source = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for case in source.lines().filter(|line| line.ends_with("(log: Log) {")) {
            let name = case.trim_start_matches("pub async fn ").trim_end_matches("(log: Log) {");
            assert!(suite.contains(&format!(" {name},")), "{name} is missing in the suite");
        }
    }
}
