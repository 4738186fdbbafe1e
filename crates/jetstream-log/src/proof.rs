//! How far the log is, proven by a majority of the servers that keep it.
//!
//! A server that leads may be cut off from the others and not know it: it answers its own clients by what it has, while another
//! leads and acknowledges. So its word for the log's head counts only after a majority of the stream's servers have said, each
//! asked anew, that this is the server that they follow (`followed.rs`). Why that is enough: decision 15.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use resit_event_log::{Position, ReadError};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::followed::ROUND_MAX;
use crate::head::Said;
use crate::pause::Pauses;
use crate::shared::{Shared, unread};

/// The first pause after a proof that failed, and the longest: servers that elect a leader take seconds.
const AGAIN: Duration = Duration::from_millis(20);
const AGAIN_LONGEST: Duration = Duration::from_millis(250);

/// What is being proven, so that all who wait share one question.
#[derive(Debug, Default)]
pub(crate) struct Proofs {
    /// How many have begun.
    begun: AtomicU64,
    /// The last one that ended: its number, and what it found.
    last: Mutex<Option<(u64, Result<Position, ReadError>)>>,
}

/// What a server that leads says of the stream.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Standing {
    #[serde(default)]
    pub(crate) state: State,
    #[serde(default)]
    config: Config,
    /// None on a server that is no part of a cluster.
    #[serde(default)]
    cluster: Option<Group>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Config {
    #[serde(default)]
    num_replicas: usize,
}

/// What a stream holds.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct State {
    #[serde(default)]
    pub(crate) last_seq: u64,
    /// How many messages each of the subjects has that were asked about.
    #[serde(default)]
    pub(crate) subjects: Option<std::collections::HashMap<String, u64>>,
}

/// The servers that keep a stream.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Group {
    /// What no other group of any stream is called.
    #[serde(default, rename = "raft_group")]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) leader: Option<String>,
    #[serde(default)]
    replicas: Vec<Peer>,
    /// How many servers it should have; while it is set up some may not be named.
    #[serde(skip)]
    size: usize,
}

#[derive(Debug, Clone, Deserialize)]
struct Peer {
    name: String,
}

impl Group {
    /// The names of all its servers.
    pub(crate) fn servers(&self) -> impl Iterator<Item = &str> {
        self.leader.as_deref().into_iter().chain(self.replicas.iter().map(|peer| &*peer.name))
    }

    /// Whether these servers are more than half of it.
    pub(crate) fn is_majority<'a>(&self, servers: impl IntoIterator<Item = &'a str>) -> bool {
        let of_it = servers.into_iter().filter(|name| self.servers().any(|own| own == *name)).count();
        2 * of_it > self.count()
    }

    /// How many servers it has.
    pub(crate) fn count(&self) -> usize {
        self.servers().count().max(self.size)
    }

    /// One server alone keeps all: nobody else can know more.
    fn is_alone(&self) -> bool {
        self.count() <= 1
    }
}

#[derive(Debug, Serialize)]
struct Asked<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    subjects_filter: Option<&'a str>,
}

impl Shared {
    /// The log's head: all that was acknowledged anywhere before this was asked stands at it or before.
    ///
    /// # Errors
    ///
    /// If no majority of the servers says whom it follows, for as long as an answer may take.
    pub(crate) async fn head_now(&self) -> Result<Position, ReadError> {
        let wanted = self.proofs.begun.load(Ordering::Acquire) + 1;
        let mut last = self.proofs.last.lock().await;
        // One that began after this was asked is a proof for this, too.
        if let Some((_, found)) = last.as_ref().filter(|(number, _)| *number >= wanted) {
            return found.clone();
        }
        let number = self.proofs.begun.fetch_add(1, Ordering::AcqRel) + 1;
        let found = timeout(self.link.settings.timeout, self.prove()).await;
        let found = found.unwrap_or_else(|_| {
            let why = "no majority of the servers that keep the log said in time whom it follows".to_owned();
            Err(unread("asking for the head", Said(why)))
        });
        *last = Some((number, found.clone()));
        found
    }

    /// Asks until there is a proof.
    async fn prove(&self) -> Result<Position, ReadError> {
        let mut pauses = Pauses::new(AGAIN, AGAIN_LONGEST);
        loop {
            match self.proven().await {
                Ok(head) => return Ok(head),
                Err(error @ ReadError::Corrupt { .. }) => return Err(error),
                Err(error) => tracing::debug!(%error, "the head is not proven; asking again"),
            }
            pauses.next().await;
        }
    }

    /// One try of a proof. The order counts: what the servers follow first, and then what the one that they follow has.
    async fn proven(&self) -> Result<Position, ReadError> {
        let known = self.group.lock().expect("no code panics while it holds the lock").clone();
        let followed = match known.filter(|group| !group.is_alone()) {
            Some(group) => Some(self.followed(&group).await?),
            None => None,
        };
        // A server that is followed may be gone: nobody answers for it.
        let standing = timeout(ROUND_MAX, self.standing(None)).await;
        let standing = standing.map_err(|_| unread("asking for the head", Said("nobody leads".into())))??;
        let head = Position(standing.state.last_seq);
        let size = standing.config.num_replicas;
        let group = Group { size, ..standing.cluster.unwrap_or_default() };
        let is_proven = group.is_alone()
            || followed.is_some_and(|followed| {
                group.leader.as_deref() == Some(&followed.leader)
                    && group.is_majority(followed.by.iter().map(String::as_str))
            });
        *self.group.lock().expect("no code panics while it holds the lock") = Some(group);
        if !is_proven {
            return Err(unread("asking for the head", Said("who answers is not known to lead".into())));
        }
        self.note_head(head);
        Ok(head.max(*self.head.borrow()))
    }

    /// Whether one server keeps the whole log, as far as is known.
    pub(crate) fn is_kept_by_one(&self) -> bool {
        let known = self.group.lock().expect("no code panics while it holds the lock");
        known.as_ref().is_some_and(Group::is_alone)
    }

    /// The last sequence that a server has which leads, or believes that it does: the log is that far at least.
    pub(crate) async fn end_at_least(&self) -> Result<Position, ReadError> {
        let standing = self.standing(None).await?;
        // A server that has lost the others answers by what it has itself.
        if standing.cluster.as_ref().is_some_and(|cluster| cluster.leader.is_none()) {
            return Err(unread("asking for the head", Said("the stream has no leader".into())));
        }
        let end = Position(standing.state.last_seq);
        self.note_head(end);
        // More servers may keep it than before.
        let size = standing.config.num_replicas;
        let group = standing.cluster.map(|cluster| Group { size, ..cluster });
        if let Some(group) = group.filter(|group| !group.is_alone()) {
            *self.group.lock().expect("no code panics while it holds the lock") = Some(group);
        }
        Ok(end)
    }

    /// What a server says of the stream that leads, or believes that it does; with how many messages a subject has.
    pub(crate) async fn standing(&self, subject: Option<&str>) -> Result<Standing, ReadError> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Answer {
            Error { error: async_nats::jetstream::Error },
            Standing(Standing),
        }
        let asking = "asking how the log stands";
        let request = format!("STREAM.INFO.{}", self.stream_name);
        let asked = Asked { subjects_filter: subject };
        match self.link.jetstream.request(request, &asked).await.map_err(|e| unread(asking, e))? {
            Answer::Error { error } => Err(unread(asking, error)),
            Answer::Standing(standing) => Ok(standing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(servers: usize) -> Group {
        let peer = |n: usize| Peer { name: format!("n{n}") };
        Group {
            name: "g".into(),
            leader: Some("n1".into()),
            replicas: (2..=servers).map(peer).collect(),
            size: servers,
        }
    }

    #[test]
    fn more_than_half_of_a_groups_own_servers_are_a_majority() {
        for (servers, said, expected) in [
            (1, vec!["n1"], true),
            (2, vec!["n1"], false),
            (2, vec!["n1", "n2"], true),
            (3, vec!["n1"], false),
            (3, vec!["n2", "n3"], true),
            (3, vec!["n1", "x"], false),
            (4, vec!["n1", "n2"], false),
            (5, vec!["n1", "n2", "x"], false),
            (5, vec!["n1", "n4", "n5"], true),
        ] {
            assert_eq!(group(servers).is_majority(said.iter().copied()), expected, "{said:?} of {servers}");
        }
    }

    #[test]
    fn a_server_that_does_not_name_the_others_yet_is_not_alone() {
        let unready = Group { replicas: Vec::new(), ..group(3) };
        assert!(!unready.is_alone() && !unready.is_majority(["n1"]));
    }
}
