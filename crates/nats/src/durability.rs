//! Proof that what is acknowledged outlives a power cut: each server says that it syncs before it acknowledges.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_nats::{Message, StatusCode};
use futures_util::StreamExt as _;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::layout::{Layout, LayoutError};
use crate::report::{Report, Version};
use crate::{Link, layout};

/// The oldest server that a ledger runs on.
const OLDEST: Version = Version { major: 2, minor: 12 };

/// The oldest server that it was measured on.
const TRIED: Version = Version { major: 2, minor: 15 };

/// How long it is listened for more answers when all that are needed have come.
const LINGER: Duration = Duration::from_millis(250);

/// What servers said about how they keep what they acknowledge: every one of them syncs first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The servers with JetStream that answered, each with its version.
    pub servers: BTreeMap<String, String>,
    /// Servers that keep a part of the ledger and are silent, and that the others have not heard from either. They
    /// acknowledge nothing; the proof has to be asked for again from time to time, for they may come back.
    pub away: BTreeSet<String>,
}

/// Why it is not proven that what is acknowledged outlives a power cut.
#[derive(Debug, thiserror::Error)]
pub enum NotDurable {
    /// Servers acknowledge before they sync.
    #[error(
        "what {servers} acknowledge may be lost by a power cut: set `sync_interval: always` in the `jetstream` block of \
         their configuration and restart them one by one, or choose `--durability relaxed`"
    )]
    Unsynced {
        /// Which.
        servers: String,
    },
    /// Servers are too old.
    #[error("{servers} are older than nats-server {OLDEST}; run {TRIED} or later")]
    TooOld {
        /// Which, each with its version.
        servers: String,
    },
    /// Servers that keep a part of the ledger did not say.
    #[error(
        "{servers} did not say whether they sync before they acknowledge; see that they run, and try again, or choose \
         `--durability relaxed`"
    )]
    Silent {
        /// Which.
        servers: String,
    },
    /// No server says anything.
    #[error(
        "no NATS server tells this user whether it syncs before it acknowledges: let the system's account export \
         {subject} and the ledger's import it, as the configuration does that `resit nats users` writes, or choose \
         `--durability relaxed`"
    )]
    Untold {
        /// What was asked.
        subject: &'static str,
    },
    /// A server says what can't be understood.
    #[error("a NATS server says how it keeps what it acknowledges in a form that is not known: {said}")]
    Strange {
        /// The beginning of what it said.
        said: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// It is not known which servers keep the ledger.
    #[error("it is not known which servers keep the ledger")]
    Streams(#[from] LayoutError),
    /// The question could not be asked.
    #[error("NATS can't be asked how it keeps what it acknowledges")]
    Unasked(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Asks all servers how they keep what they acknowledge. The streams need not be there yet; where they are, each server
/// that keeps one has to answer, unless the others have not heard from it either.
///
/// # Errors
///
/// If one of them does not sync, is too old, or does not say.
pub async fn prove(link: &Link) -> Result<Proof, NotDurable> {
    let homes = Homes::find(link).await?;
    let reports = reports(link, &homes).await?;
    let with = |report: &&Report| report.data.config.is_some() && !report.data.disabled;
    let reports: Vec<&Report> = reports.iter().filter(with).collect();
    let named = |bad: fn(&&&Report) -> bool| -> Option<String> {
        let bad: Vec<String> = reports.iter().filter(bad).map(|report| report.server.to_string()).collect();
        (!bad.is_empty()).then(|| bad.join(", "))
    };
    if let Some(servers) = named(|report| report.server.version() < Some(OLDEST)) {
        return Err(NotDurable::TooOld { servers });
    }
    if let Some(servers) = named(|report| !report.syncs_always()) {
        return Err(NotDurable::Unsynced { servers });
    }
    // Only now: silence may pass, and must not hide what does not.
    let away = homes.without(&reports);
    let silent: Vec<String> = away.iter().filter(|name| homes.current.contains(*name)).cloned().collect();
    if !silent.is_empty() {
        return Err(NotDurable::Silent { servers: silent.join(", ") });
    }
    if reports.is_empty() {
        return Err(NotDurable::Untold { subject: link.names.server_report() });
    }
    let untried = reports.iter().filter(|report| report.server.version() < Some(TRIED));
    warn_of(untried.map(|report| report.server.to_string()).collect(), &link.untried);
    let servers =
        reports.iter().map(|report| (report.server.name.clone(), report.server.ver.clone())).collect();
    Ok(Proof { servers, away })
}

/// Names the servers that are older than any it was tried on; not at each proof, but when one is new among them.
fn warn_of(untried: BTreeSet<String>, named: &watch::Sender<BTreeSet<String>>) {
    let before = named.send_replace(untried);
    for server in named.borrow().difference(&before) {
        tracing::warn!("{server} is older than nats-server {TRIED}, which this was tried with");
    }
}

/// The servers that keep the ledger's streams.
#[derive(Default)]
struct Homes {
    all: BTreeSet<String>,
    /// Those that lead, or that their leader has heard from just now.
    current: BTreeSet<String>,
}

impl Homes {
    async fn find(link: &Link) -> Result<Self, NotDurable> {
        let mut homes = Self::default();
        for stream in Layout::of(&link.names, link.settings.replicas, &[]).stream_names() {
            let Some(info) = layout::stream_info(link, stream).await? else { continue };
            // One alone is no cluster.
            let Some(cluster) = info.cluster else {
                homes.current.insert(link.client.server_info().server_name);
                continue;
            };
            homes.current.extend(cluster.leader);
            homes.all.extend(cluster.replicas.iter().map(|replica| replica.name.clone()));
            let current = cluster.replicas.into_iter().filter(|replica| replica.current && !replica.offline);
            homes.current.extend(current.map(|replica| replica.name));
        }
        homes.all.extend(homes.current.iter().cloned());
        Ok(homes)
    }

    /// Those of which there is no report.
    fn without(&self, reports: &[&Report]) -> BTreeSet<String> {
        let reported = |name: &str| reports.iter().any(|report| report.server.name == name);
        self.all.iter().filter(|name| !reported(name)).cloned().collect()
    }
}

/// What servers say. It ends when all that have to answer did and no other does, or when nobody does for too long.
async fn reports(link: &Link, homes: &Homes) -> Result<Vec<Report>, NotDurable> {
    let unasked = |e: Box<dyn std::error::Error + Send + Sync>| NotDurable::Unasked(e);
    let inbox = link.client.new_inbox();
    let mut answers = link.client.subscribe(inbox.clone()).await.map_err(|e| unasked(e.into()))?;
    let subject = link.names.server_report();
    let asked = link.client.publish_with_reply(subject, inbox, r#"{"config":true}"#.into()).await;
    asked.map_err(|e| unasked(e.into()))?;
    let mut reports: Vec<Report> = Vec::new();
    let mut patience = link.settings.timeout;
    while let Ok(Some(message)) = timeout(patience, answers.next()).await {
        if message.status == Some(StatusCode::NO_RESPONDERS) {
            return Err(NotDurable::Untold { subject });
        }
        reports.push(read(&message)?);
        let missing = homes.without(&reports.iter().collect::<Vec<_>>());
        if homes.current.is_disjoint(&missing) {
            patience = LINGER;
        }
    }
    Ok(reports)
}

fn read(message: &Message) -> Result<Report, NotDurable> {
    serde_json::from_slice(&message.payload).map_err(|source| {
        let said = String::from_utf8_lossy(&message.payload).chars().take(200).collect();
        NotDurable::Strange { said, source }
    })
}
