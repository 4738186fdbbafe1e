//! Whether a process may do what its role must: it finds out by trying, before anybody relies on it.

use std::collections::BTreeSet;
use std::time::Duration;

use async_nats::{HeaderMap, Request};
use futures_util::future::join_all;
use tokio::sync::watch;

use crate::{Denied, Grant, Link, User};

/// How long it is listened for what a server says to a try. A denial comes as fast as an answer.
const TRY_MAX: Duration = Duration::from_secs(2);

/// What stands for the open ends of subjects.
const SOMETHING: &str = "resit-tries";

/// A message that no stream keeps: each is told to keep it only if it has this name.
const NO_STREAM: (&str, &str) = ("Nats-Expected-Stream", "resit-tries-and-stores-nothing");

/// The servers deny a process what its role must do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "NATS denies this process {denied}, which the {user} must do: show the seed of the user {user} (--nats-nkey-file), and \
     with it --nats-inbox {inbox}; if that is so, have the servers read what `resit nats users` wrote"
)]
pub struct NotAllowed {
    /// What is denied.
    pub denied: Denied,
    /// The user whose rights are needed.
    pub user: User,
    inbox: String,
}

/// What a process may do on NATS, beside what its role must.
#[derive(Debug)]
pub struct Rights {
    link: Link,
    user: User,
    grant: Grant,
    inbox: String,
    denied: watch::Receiver<BTreeSet<Denied>>,
}

impl Rights {
    /// Those of a process that does what this user may do.
    pub fn of(link: &Link, user: User) -> Self {
        let (grant, inbox, denied) = (Grant::of(&link.names, &user), link.inbox(), link.denied());
        Self { link: link.clone(), user, grant, inbox, denied }
    }

    /// Tries each subject of the role's row in the table of permissions. Nothing is changed or taken by it.
    ///
    /// That no answer comes says nothing: a server that is away denies nobody anything.
    ///
    /// # Errors
    ///
    /// If the servers deny any of it.
    pub async fn prove(&mut self) -> Result<(), NotAllowed> {
        self.link.forget_denied();
        for subject in self.grant.subscribe.iter().filter(|subject| !subject.starts_with(&self.inbox)) {
            // It is judged all the same, and takes nobody's request while the rest is tried.
            drop(self.link.client.subscribe(subject.clone()).await);
        }
        let subjects: Vec<String> =
            self.grant.publish.iter().filter_map(|granted| harmless(granted)).collect();
        let link = self.link.clone();
        tokio::select! {
            denied = self.lost() => return Err(denied),
            () = tried(&link, &subjects) => {}
        }
        // What was denied is said before the answer to anything that was asked later.
        tried(&link, &subjects[..subjects.len().min(1)]).await;
        self.lacking().map_or(Ok(()), Err)
    }

    /// Waits until the servers deny something that the role must do.
    pub async fn lost(&mut self) -> NotAllowed {
        loop {
            if let Some(lacking) = self.lacking() {
                return lacking;
            }
            // The sender lives as long as the connection, which this has.
            self.denied.changed().await.ok();
        }
    }

    /// The first thing that is denied and needed.
    fn lacking(&mut self) -> Option<NotAllowed> {
        self.denied.mark_unchanged();
        let denied = self.denied.borrow().iter().find_map(|denied| self.needed(denied))?;
        Some(NotAllowed { denied, user: self.user.clone(), inbox: self.user.inbox_prefix() })
    }

    /// What of the role's row is denied, or that it is the inbox; none if the role does not need it.
    fn needed(&self, denied: &Denied) -> Option<Denied> {
        match denied {
            Denied::Subscribe(subject) if subject.starts_with(&self.inbox) => Some(denied.clone()),
            _ => self.grant.denied(denied),
        }
    }
}

/// Asks on each subject what changes nothing there, and waits for whatever comes.
async fn tried(link: &Link, subjects: &[String]) {
    join_all(subjects.iter().map(|subject| {
        let mut headers = HeaderMap::new();
        headers.insert(NO_STREAM.0, NO_STREAM.1);
        let request = Request::new().headers(headers).timeout(Some(TRY_MAX));
        link.client.send_request(subject.clone(), request)
    }))
    .await;
}

/// A subject that is granted, and on which an empty message harms nothing; none where it would take something.
fn harmless(granted: &str) -> Option<String> {
    // An empty request for the next message gets it.
    if granted.contains(".MSG.NEXT.") {
        return None;
    }
    let token = |token| if matches!(token, "*" | ">") { SOMETHING } else { token };
    Some(granted.split('.').map(token).collect::<Vec<_>>().join("."))
}
