//! One nats-server.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use async_nats::Client;
use tempfile::TempDir;

use crate::{Ports, ServerConfig, binary};

/// Starts the server, says its process id, and kills it when the pipe from the test ends. If that ends without a word the test
/// is gone, and the folder goes as well. Only the server holds its log, so that its end is seen there.
const WATCH: &str = r#"folder=$1; shift; "$0" "$@" & server=$!; exec 2>/dev/null; echo "$server"; read -r keep
    kill -KILL "$server"; wait; [ "$keep" ] || rm -rf "$folder""#;

/// A nats-server, as long as this lives.
#[derive(Debug)]
pub struct NatsServer {
    config: ServerConfig,
    ports: Ports,
    folder: TempDir,
    running: Option<Running>,
}

#[derive(Debug)]
pub(crate) struct Running {
    watch: Child,
    pid: u32,
    /// Closed, it ends the server.
    pipe: Option<ChildStdin>,
}

impl NatsServer {
    /// Starts a server in a new folder, and waits until it is ready.
    #[track_caller]
    pub fn start(config: ServerConfig) -> Self {
        Self::start_at(config, Ports::free())
    }

    #[track_caller]
    pub(crate) fn start_at(config: ServerConfig, ports: Ports) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the server");
        let mut server = Self { config, ports, folder, running: None };
        server.start_again();
        server
    }

    /// Starts it again, on its folder and its ports.
    #[track_caller]
    pub fn start_again(&mut self) {
        assert!(self.running.is_none(), "{} runs already", self.config.name);
        let file = self.folder.path().join("server.conf");
        let text = self.config.text(&self.store(), self.ports);
        fs::write(&file, text).expect("its configuration can be written");
        let running = Running::start(&file, &[], &self.log_file());
        self.running = Some(running);
    }

    /// Kills it, and starts it again with another configuration.
    #[track_caller]
    pub fn start_as(&mut self, config: impl FnOnce(ServerConfig) -> ServerConfig) {
        self.kill();
        self.config = config(self.config.clone());
        self.start_again();
    }

    /// Kills it.
    pub fn kill(&mut self) {
        drop(self.running.take());
    }

    /// Stops it in its tracks, or lets it go on.
    #[track_caller]
    pub fn signal(&self, name: &str) {
        self.running.as_ref().expect("it runs").signal(name);
    }

    /// Whether it was started and not killed.
    pub fn runs(&self) -> bool {
        self.running.is_some()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// Where clients find it.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.ports.client)
    }

    /// Its ports.
    pub fn ports(&self) -> Ports {
        self.ports
    }

    /// What it logged.
    pub fn log_file(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    /// The folder of what it stores.
    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// A client of it.
    pub async fn client(&self) -> Client {
        async_nats::connect(self.url()).await.expect("the server takes clients")
    }
}

impl Running {
    #[track_caller]
    pub(crate) fn start(config: &Path, variables: &[(String, String)], log: &Path) -> Self {
        let mut command = Command::new("sh");
        // What it stores lies beside its log.
        command.args(["-c", WATCH]).arg(binary()).arg(log.parent().unwrap_or(log)).arg("-c").arg(config);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut watch = command.spawn().expect("a shell");
        let mut said = BufReader::new(watch.stdout.take().expect("its output is piped"));
        let mut pid = String::new();
        said.read_line(&mut pid).expect("the shell says the process id");
        let pid = pid.trim().parse().expect("a process id is a number");
        let lines = BufReader::new(watch.stderr.take().expect("its log is piped"));
        let mut log = fs::OpenOptions::new().create(true).append(true).open(log).expect("a log file");
        let (ready, is_ready) = mpsc::channel();
        // It reads to the end, so that the server never waits for a reader.
        thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let _ = writeln!(log, "{line}");
                if line.contains("Server is ready") {
                    let _ = ready.send(());
                }
            }
        });
        let pipe = watch.stdin.take();
        let running = Self { watch, pid, pipe };
        is_ready
            .recv()
            .unwrap_or_else(|_| panic!("the server did not start; its log is beside {}", config.display()));
        running
    }
}

impl Running {
    #[track_caller]
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.pid.to_string()]).status();
        assert!(sent.expect("signals can be sent").success(), "{name} was not sent to {}", self.pid);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut pipe) = self.pipe.take() {
            let _ = pipe.write_all(b"keep\n");
        }
        // The shell ends when the server is gone.
        let _ = self.watch.wait();
    }
}
