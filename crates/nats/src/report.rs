//! What a server says of its JetStream.

use std::fmt;

use serde::Deserialize;

/// A server's report.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    pub(crate) server: Server,
    #[serde(default)]
    pub(crate) data: Data,
}

/// Which server.
#[derive(Debug, Deserialize)]
pub(crate) struct Server {
    pub(crate) name: String,
    pub(crate) ver: String,
}

/// What it runs.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Data {
    #[serde(default)]
    pub(crate) disabled: bool,
    pub(crate) config: Option<Config>,
}

/// How it runs that.
#[derive(Debug, Deserialize)]
pub(crate) struct Config {
    /// Servers leave it out where it is not so.
    #[serde(default)]
    pub(crate) sync_always: bool,
}

/// The part of a version that tells what a server can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub(crate) major: u32,
    pub(crate) minor: u32,
}

impl Report {
    pub(crate) fn syncs_always(&self) -> bool {
        self.data.config.as_ref().is_some_and(|config| config.sync_always)
    }
}

impl Server {
    /// Its version; none if it is written in another way, which counts as older than any.
    pub(crate) fn version(&self) -> Option<Version> {
        let mut parts = self.ver.trim_start_matches('v').split('.').map(|part| part.parse().ok());
        Some(Version { major: parts.next()??, minor: parts.next()?? })
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.ver)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
