//! What time it is by the servers' own clocks.

use std::time::Duration;

use async_nats::StatusCode;
use futures_util::StreamExt as _;
use serde::Deserialize;
use tokio::time::timeout;

use crate::Link;
use crate::report::Server;

/// How long the first answer may take, and how long others are waited for after it.
const FIRST_MAX: Duration = Duration::from_secs(2);
const LINGER: Duration = Duration::from_millis(200);

/// A server's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerTime {
    /// The server.
    pub server: String,
    /// Its time, as RFC 3339 text in UTC.
    pub time: String,
    /// When the answer came, by the caller's own clock.
    pub heard_ms: i64,
}

#[derive(Debug, Deserialize)]
struct Reported {
    server: Timed,
}

#[derive(Debug, Deserialize)]
struct Timed {
    #[serde(flatten)]
    server: Server,
    time: String,
}

#[derive(Debug, Deserialize)]
struct StreamInfo {
    ts: String,
}

/// Asks all servers for their time, or the leader of the ledger's stream where servers do not report to this user. Empty if none
/// answers in time. `clock_ms` reads the caller's own clock, in milliseconds.
pub async fn server_times(link: &Link, clock_ms: impl Fn() -> i64) -> Vec<ServerTime> {
    let reported = reported(link, &clock_ms).await.unwrap_or_default();
    if !reported.is_empty() {
        return reported;
    }
    leader(link, &clock_ms).await.into_iter().collect()
}

async fn reported(link: &Link, clock_ms: &impl Fn() -> i64) -> Option<Vec<ServerTime>> {
    let inbox = link.client.new_inbox();
    let mut answers = link.client.subscribe(inbox.clone()).await.ok()?;
    link.client.publish_with_reply(link.names.server_report(), inbox, "".into()).await.ok()?;
    let (mut times, mut patience) = (Vec::new(), FIRST_MAX);
    while let Ok(Some(message)) = timeout(patience, answers.next()).await {
        if message.status == Some(StatusCode::NO_RESPONDERS) {
            break;
        }
        let heard_ms = clock_ms();
        if let Ok(Reported { server: Timed { server, time } }) = serde_json::from_slice(&message.payload) {
            times.push(ServerTime { server: server.to_string(), time, heard_ms });
        }
        patience = LINGER;
    }
    Some(times)
}

async fn leader(link: &Link, clock_ms: &impl Fn() -> i64) -> Option<ServerTime> {
    let stream = link.names.ledger_stream();
    let asked = link.client.request(format!("$JS.API.STREAM.INFO.{stream}"), "".into());
    let answer = timeout(FIRST_MAX, asked).await.ok()?.ok()?;
    let heard_ms = clock_ms();
    let StreamInfo { ts } = serde_json::from_slice(&answer.payload).ok()?;
    Some(ServerTime { server: format!("the leader of {stream}"), time: ts, heard_ms })
}
