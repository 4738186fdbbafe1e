//! The small file by which the command line finds the server that has a ledger open.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use resit_domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::exit::Stopped;

/// Its name in the ledger's folder.
const FILE_NAME: &str = "serve.json";

/// Where a server is to be reached. A stale one is known by the ledger's lock: it is free.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Address {
    /// Its address, without a slash at the end.
    pub(crate) url: String,
    /// Its process.
    pub(crate) pid: u32,
    /// When it began to listen.
    pub(crate) started_at: Timestamp,
}

/// The file, as long as the server runs.
#[derive(Debug)]
pub(crate) struct Posted {
    folder: PathBuf,
    pid: u32,
}

impl Address {
    /// Puts it up in a ledger's folder, in place of a stale one.
    pub(crate) fn post(&self, folder: &Path) -> Result<Posted, Stopped> {
        let path = folder.join(FILE_NAME);
        let beside = folder.join("serve.json.new");
        let write = || -> io::Result<()> {
            let mut file = File::create(&beside)?;
            file.write_all(serde_json::to_string(self).map_err(io::Error::other)?.as_bytes())?;
            file.write_all(b"\n")?;
            fs::rename(&beside, &path)
        };
        write().map_err(|source| Stopped::Unwritten { path: path.clone(), source })?;
        Ok(Posted { folder: folder.to_owned(), pid: self.pid })
    }

    /// The one in a ledger's folder that is held by `pid`; none if it is another's.
    pub(crate) fn of(folder: &Path, pid: Option<u32>) -> Option<Self> {
        let text = fs::read_to_string(folder.join(FILE_NAME)).ok()?;
        let address: Self = serde_json::from_str(&text).ok()?;
        pid.is_none_or(|pid| pid == address.pid).then_some(address)
    }
}

impl Drop for Posted {
    fn drop(&mut self) {
        // In a folder that took this one's place there may be another's.
        if Address::of(&self.folder, Some(self.pid)).is_some() {
            // What stays is stale, and known to be so.
            drop(fs::remove_file(self.folder.join(FILE_NAME)));
        }
    }
}
