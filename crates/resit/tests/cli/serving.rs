//! Servers of this binary.

use std::path::Path;

pub(crate) use resit_tests::Server;

use crate::shell::Shell;

/// The binary under test.
pub(crate) fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_resit"))
}

/// Serves the ledger in a folder, and waits until it listens.
#[track_caller]
pub(crate) fn serve(folder: &Path, flags: &str) -> Server {
    Server::of(binary(), folder, flags)
}

impl Shell {
    /// Serves its ledger.
    #[track_caller]
    pub(crate) fn serve(&self) -> Server {
        serve(&self.folder, "")
    }
}
