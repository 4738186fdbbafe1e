//! The contract in `proto/` is the one that this program keeps.

mod documents;
mod messages;

use std::path::PathBuf;

/// A file of the contract.
fn proto(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../proto").join(path)
}

/// Whether files may be written.
fn writes() -> bool {
    std::env::var("RESIT_GOLDEN").is_ok_and(|word| word == "write")
}
