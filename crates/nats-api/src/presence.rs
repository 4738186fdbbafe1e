//! Whether command handlers are there, which all want to know who wait for one: one of them asks for all.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use resit_nats::Link;
use tokio::sync::{Mutex, watch};
use tokio::time::timeout;

use crate::ready::where_it_ends;

/// How long nothing is heard before handlers are asked.
const QUIET: Duration = Duration::from_secs(2);

/// How long it is waited before they are asked again.
const PAUSE: Duration = Duration::from_millis(500);

/// How many are asked at a time.
const ASKED_AT_A_TIME: u32 = 4;

/// How long none may say anything.
const SILENT_MAX: Duration = Duration::from_secs(10);

/// What a gateway knows of command handlers: whether any has said anything lately.
pub(crate) struct Presence {
    /// Is told whenever one says something.
    heard: watch::Sender<()>,
    /// Whoever has the turn asks.
    turn: Mutex<()>,
}

impl Presence {
    pub(crate) fn new() -> Self {
        Self { heard: watch::Sender::new(()), turn: Mutex::new(()) }
    }

    /// A command handler has answered, whatever it was.
    pub(crate) fn heard(&self) {
        self.heard.send_replace(());
    }

    /// Waits until no command handler has said anything for ten seconds, be it that it can't answer. It is the time that
    /// counts: where nobody listens each question fails at once, and a process takes longer to start.
    pub(crate) async fn nobody_is_there(&self, link: &Link) {
        tokio::select! {
            () = self.silence() => {}
            never = self.asking(link) => match never {},
        }
    }

    async fn silence(&self) {
        let mut heard = self.heard.subscribe();
        while timeout(SILENT_MAX, heard.changed()).await.is_ok() {}
    }

    /// Asks whenever nothing was heard for a while, when it is its turn.
    async fn asking(&self, link: &Link) -> Infallible {
        let _turn = self.turn.lock().await;
        let mut heard = self.heard.subscribe();
        loop {
            while timeout(QUIET, heard.changed()).await.is_ok() {}
            somebody_answers(link).await;
            self.heard();
        }
    }
}

/// Asks until a command handler answers.
async fn somebody_answers(link: &Link) {
    loop {
        // Whoever hangs gets its share of them.
        let asked = (0..ASKED_AT_A_TIME).map(|_| where_it_ends(link));
        let answers: FuturesUnordered<_> = asked.collect();
        if answers.any(async |answer| answer.is_ok()).await {
            return;
        }
        passed(PAUSE).await;
    }
}

/// Waits for time itself to pass.
async fn passed(span: Duration) {
    drop(timeout(span, pending::<()>()).await);
}
