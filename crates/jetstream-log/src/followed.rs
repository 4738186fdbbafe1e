//! Whom the servers follow that keep the log. Each is asked, and answers by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_nats::{Message, StatusCode};
use resit_event_log::ReadError;
use serde::Deserialize;
use tokio::time::timeout;

use crate::head::Said;
use crate::proof::Group;
use crate::shared::{Shared, unread};

/// How long answers are waited for before all are asked again: one may have been lost while a connection was made.
pub(crate) const ROUND_MAX: Duration = Duration::from_secs(1);

/// A server that others follow.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Followed {
    pub(crate) leader: String,
    /// Who says so, itself included.
    pub(crate) by: BTreeSet<String>,
}

/// What one server says. Whatever else it says is passed over.
#[derive(Debug, Deserialize)]
struct Report {
    server: Server,
    #[serde(default)]
    data: Data,
}

#[derive(Debug, Deserialize)]
struct Server {
    name: String,
}

#[derive(Debug, Default, Deserialize)]
struct Data {
    #[serde(default)]
    account_details: Vec<Account>,
}

#[derive(Debug, Deserialize)]
struct Account {
    #[serde(default)]
    stream_detail: Vec<Stream>,
}

#[derive(Debug, Deserialize)]
struct Stream {
    cluster: Option<Group>,
}

impl Report {
    /// Whom the server follows in a group; none if it keeps no part of it, or knows of no leader.
    fn leader_in(self, raft_group: &str) -> Option<String> {
        let streams = self.data.account_details.into_iter().flat_map(|account| account.stream_detail);
        let mut groups = streams.filter_map(|stream| stream.cluster);
        groups.find(|group| group.name == raft_group)?.leader.filter(|leader| !leader.is_empty())
    }
}

impl Shared {
    /// Asks every server whom it follows, until a majority of a group follows the same.
    pub(crate) async fn followed(&self, group: &Group) -> Result<Followed, ReadError> {
        let asking = "asking the servers whom they follow";
        let expected = self.answers.expect(&self.link.client).await;
        let mut expected = expected.map_err(|e| unread(asking, e))?;
        let (to, body) = (self.link.names.server_report(), r#"{"accounts":true,"streams":true}"#);
        let sent = self.link.client.publish_with_reply(to, expected.subject.clone(), body.into()).await;
        sent.map_err(|e| unread(asking, e))?;
        let mut said: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let majority = async {
            while let Some(message) = expected.messages.recv().await {
                let Some((server, leader)) = read(&message, &group.name)? else { continue };
                let by = said.entry(leader.clone()).or_default();
                by.insert(server);
                if group.is_majority(by.iter().map(String::as_str)) {
                    return Ok(Followed { leader, by: by.clone() });
                }
            }
            Err(unread(asking, Said("the connection has ended".into())))
        };
        if let Ok(done) = timeout(ROUND_MAX.min(self.link.settings.timeout), majority).await {
            done
        } else {
            let reason = format!("no majority of {} servers follows the same", group.count());
            Err(unread(asking, Said(reason)))
        }
    }
}

/// Which server says whom it follows; none if it has nothing to say.
fn read(message: &Message, raft_group: &str) -> Result<Option<(String, String)>, ReadError> {
    let asking = "asking the servers whom they follow";
    if message.status == Some(StatusCode::NO_RESPONDERS) {
        let reason = "none may be asked: let the system's account export `$SYS.REQ.SERVER.PING.JSZ` and the ledger's import \
                      it, as the configuration does that `resit nats users` writes";
        return Err(unread(asking, Said(reason.into())));
    }
    let report: Report = serde_json::from_slice(&message.payload).map_err(|e| unread(asking, e))?;
    let server = report.server.name.clone();
    Ok(report.leader_in(raft_group).map(|leader| (server, leader)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_speaks_for_the_group_that_is_meant_and_for_no_other() {
        let report = |text: &str| serde_json::from_str::<Report>(text).unwrap().leader_in("g2");
        let streams = r#"{"server":{"name":"n1"},"data":{"account_details":[
            {"name":"A","stream_detail":[{"name":"s","cluster":{"raft_group":"g1","leader":"n3"}}]},
            {"name":"B","stream_detail":[{"name":"s","cluster":{"raft_group":"g2","leader":"n2","replicas":[{"name":"n1"}]}}]}
        ]}}"#;
        assert_eq!(report(streams), Some("n2".to_owned()));
        assert_eq!(report(&streams.replace("g2", "g3")), None);
        assert_eq!(report(&streams.replace(r#""leader":"n2""#, r#""leader":"""#)), None);
        assert_eq!(report(&streams.replace(r#""leader":"n2","#, "")), None);
        assert_eq!(report(r#"{"server":{"name":"n1"},"data":{"disabled":true}}"#), None);
        assert_eq!(report(r#"{"server":{"name":"n1"}}"#), None);
    }
}
