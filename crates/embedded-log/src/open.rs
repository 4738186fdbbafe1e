//! Opening: the folder, the segments, the index.

use std::{
    path::Path,
    sync::{
        Arc,
        mpsc::{self, Receiver},
    },
};

use resit_event_log::Position;

use crate::{
    Config, OpenError, OpenReport,
    active::Active,
    directory::Directory,
    disk::Disk,
    files::Files,
    format::{self, Mark},
    indexing::{Indexed, indexed},
    recover::{Recovered, first_segment, recover},
    shared::Shared,
    stop,
};

/// A log that is ready to run.
pub(crate) struct Opened {
    pub(crate) shared: Shared,
    /// What wakes the indexer's thread.
    pub(crate) nudges: Receiver<()>,
    pub(crate) disk: Disk,
    pub(crate) report: OpenReport,
}

pub(crate) fn open(folder: &Path, config: &Config, stop: &dyn Fn() -> bool) -> Result<Opened, OpenError> {
    let directory = Directory::lock(folder)?;
    let firsts = directory.segments()?;
    if format::check(&directory, firsts.is_empty())? == Mark::None {
        first_segment(&directory, config.seed)?;
        format::write(&directory)?;
    }
    let Recovered { sealed, active, torn, is_stopped } = recover(&directory, &firsts, config.seed)?;
    if !is_stopped {
        // One that names another end would make the log look damaged after the next crash.
        stop::clear(&directory.log()).map_err(OpenError::io("remove", &stop::path(&directory.log())))?;
    }
    format::raise(&directory)?;
    directory.tidy()?;
    let Indexed { store, sealed, lost, anew } = indexed(&directory, &sealed, stop)?;

    let cursor = active.cursor;
    let head = Position(cursor.next - 1);
    let report = OpenReport {
        head,
        segments: sealed.segments.len() + 1,
        torn,
        index_lost: lost,
        segments_indexed: anew,
    };
    let file = Arc::new(active.file);
    let mark = is_stopped.then(|| directory.log());
    let disk = Disk::new(file.clone(), cursor, config, mark);
    let active = Active::new(file, active.index, cursor, config.segment_bytes);
    let (indexer, nudges) = mpsc::channel();
    let shared =
        Shared::new(directory, store, Files::new(config.open_files_max), active, sealed, head, indexer);
    Ok(Opened { shared, nudges, disk, report })
}
