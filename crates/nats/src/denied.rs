//! What the servers deny a process. They say so beside the answers, and nowhere else: whoever asked waits in vain.

use std::collections::BTreeSet;
use std::fmt;

use async_nats::{Event, ServerError};
use tokio::sync::watch;

/// Something that the servers deny a process.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Denied {
    /// To publish on a subject.
    Publish(String),
    /// To subscribe to a subject.
    Subscribe(String),
}

/// The most that is remembered.
const DENIED_MAX: usize = 64;

impl Denied {
    /// What a server's error says; none if it is about something else.
    fn parse(said: &str) -> Option<Self> {
        let (_, what) = said.split_once("Permissions Violation for ")?;
        let (way, rest) = what.split_once(" to \"")?;
        let subject = rest.split('"').next()?.to_owned();
        match way {
            "Publish" => Some(Self::Publish(subject)),
            "Subscription" => Some(Self::Subscribe(subject)),
            _ => None,
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Publish(subject) => write!(f, "to publish on {subject}"),
            Self::Subscribe(subject) => write!(f, "to subscribe to {subject}"),
        }
    }
}

/// Notes what befalls the connection, and tells it.
pub(crate) fn note(denied: &watch::Sender<BTreeSet<Denied>>, event: Event) {
    match event {
        Event::ServerError(error) => {
            tracing::error!(%error, "the NATS server says no; does this process show the key of its own user, and that user's inbox?");
            if let ServerError::Other(said) = &error
                && let Some(one) = Denied::parse(said)
            {
                denied.send_if_modified(|all| all.len() < DENIED_MAX && all.insert(one));
            }
        }
        Event::ClientError(error) => tracing::error!(%error, "the way to NATS fails"),
        Event::Disconnected => tracing::warn!("cut off from NATS; connecting again"),
        Event::Connected => {
            tracing::info!("the way to NATS: connected");
            // Servers say again what they still deny.
            denied.send_if_modified(|all| !std::mem::take(all).is_empty());
        }
        event => tracing::info!(%event, "the way to NATS"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_denied_is_read_from_the_words_of_a_server() {
        let read = |said: &str| Denied::parse(said).map(|denied| denied.to_string());
        for (said, denied) in [
            ("Permissions Violation for Publish to \"a.b\"", Some("to publish on a.b")),
            (
                "Permissions Violation for Subscription to \"a.>\" using queue \"q\"",
                Some("to subscribe to a.>"),
            ),
            ("Permissions Violation for Subscription to \"a.*\"", Some("to subscribe to a.*")),
            ("maximum payload exceeded", None),
        ] {
            assert_eq!(read(said).as_deref(), denied, "{said}");
        }
    }
}
