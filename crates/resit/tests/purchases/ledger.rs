//! A ledger on a NATS server that sells one offer, and processes that work on it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use resit_command_handler::{CommandHandler, Outcome, Request, Settings as HandlerSettings};
use resit_domain::PublishOffer;
use resit_event_log::EventLog;
use resit_jetstream_log::JetStreamLog;
use resit_nats::layout::{Layout, apply};
use resit_nats::{Link, Settings, User};
use resit_nats_fixture::{NatsServer, ServerConfig};
use resit_voucher_code::CodeKey;

const OFFER: &str = include_str!("../../../../deploy/offers/exam-replay.toml");

pub(crate) struct Ledger {
    server: NatsServer,
    folder: tempfile::TempDir,
    pub(crate) link: Link,
    pub(crate) log: Arc<dyn EventLog>,
}

/// A process of this binary, as long as this lives.
pub(crate) struct Process {
    child: Child,
    /// What it said when it was at work.
    pub(crate) said: String,
}

impl Ledger {
    pub(crate) async fn selling() -> Self {
        let server = NatsServer::start(ServerConfig::default());
        let link = Link::connect(Settings::open(&server.url(), "resit".parse().unwrap())).await.unwrap();
        let users: Vec<User> = ["purchase:web", "reporting:reports"].map(|user| user.parse().unwrap()).into();
        let mut layout = Layout::of(&link.names, 1, &users);
        for consumer in &mut layout.consumers {
            // What a killed process had in its hands comes again sooner than half a minute later.
            consumer.config.ack_wait = Duration::from_secs(5);
        }
        apply(&link, &layout).await.unwrap();
        let log: Arc<dyn EventLog> = Arc::new(JetStreamLog::open(link.clone()).await.unwrap());
        let ledger = Self { server, folder: tempfile::tempdir().unwrap(), link, log };
        ledger.run(&["init"]);
        // An offer makes no code: any key will do.
        let key = Arc::new(CodeKey::from_bytes([7; 32]));
        let handler = Arc::new(CommandHandler::new(ledger.log.clone(), key, HandlerSettings::default()));
        let command = PublishOffer { source: OFFER.to_owned() }.into();
        let request = Request {
            id: "offer".parse().unwrap(),
            actor: "operator".parse().unwrap(),
            command,
            confirm: false,
        };
        let reply = handler.handle(request, "2026-08-01T09:00Z".parse().unwrap()).await.unwrap();
        assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{:?}", reply.outcome);
        ledger
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_resit"));
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
        command.env_remove("RESIT_ACTOR").env_remove("RESIT_LOG").env("RESIT_DURABILITY", "relaxed");
        // The offer was published long ago, as in a ledger that was off for months.
        command.env("RESIT_CLOCK_GAP_MAX_S", "3153600000");
        command.env("RESIT_LEDGER", self.folder.path()).env("RESIT_NATS", self.server.url());
        command
    }

    /// Calls the binary, which must end well, and returns what it said.
    #[track_caller]
    pub(crate) fn run(&self, words: &[&str]) -> String {
        let ended = self.command().args(words).output().unwrap();
        let err = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{words:?}: {err}");
        String::from_utf8(ended.stdout).unwrap()
    }

    /// Starts a role, and waits until it is at work.
    #[track_caller]
    pub(crate) fn start(&self, role: &str) -> Process {
        let mut command = self.command();
        command.args([role, "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert!(said.contains("at work"), "{role} said {said:?}");
        Process { child, said }
    }

    /// How many events came in, and how many of them are not settled yet.
    pub(crate) async fn came_and_left(&self) -> (u64, u64) {
        let stream = self.link.jetstream.get_stream_no_info(self.link.names.intake_stream()).await.unwrap();
        let state = stream.get_info().await.unwrap().state;
        (state.last_sequence, state.messages)
    }
}

impl Process {
    fn signal(&mut self, name: &str) -> Option<i32> {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success(), "{name} was not sent");
        self.child.wait().unwrap().code()
    }

    /// Asks it to stop, and waits until it has.
    #[track_caller]
    pub(crate) fn stop(mut self) {
        assert_eq!(self.signal("-TERM"), Some(0), "it stops in good order");
    }

    /// Kills it.
    pub(crate) fn kill(mut self) {
        assert_eq!(self.signal("-KILL"), None, "it was killed");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A test that failed leaves nothing running.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
