//! The embedded log keeps the contract, with segments of the usual size and with segments that fill up all the time.

use std::{future::Ready, sync::Arc};

use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::EventLog;
use tempfile::TempDir;

fn fresh(config: &Config) -> Ready<(Arc<dyn EventLog>, TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let (log, _) = EmbeddedLog::open(folder.path(), config).unwrap();
    std::future::ready((Arc::new(log), folder))
}

mod usual {
    use super::*;

    fn fresh() -> Ready<(Arc<dyn EventLog>, TempDir)> {
        super::fresh(&Config::default())
    }

    resit_event_log::contract!(fresh);
}

mod tiny_segments {
    use super::*;

    fn fresh() -> Ready<(Arc<dyn EventLog>, TempDir)> {
        super::fresh(&Config { segment_bytes: 4 << 10, open_files_max: 2, ..Config::default() })
    }

    resit_event_log::contract!(fresh);
}
