//! The program's roles as processes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How every process of a ledger is called.
#[derive(Debug, Clone)]
pub struct Binary {
    /// The program.
    pub path: PathBuf,
    /// Where each process has a folder.
    pub folders: PathBuf,
    /// Settings that all processes have in common, by their variables.
    pub settings: Vec<(&'static str, String)>,
}

/// What a call came to.
#[derive(Debug)]
pub struct Answer {
    /// The exit code.
    pub code: i32,
    /// What it said.
    pub out: String,
    /// What it said went wrong.
    pub err: String,
}

/// A role's process, as long as this lives.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Where it listens; empty if it did not say.
    pub url: String,
    /// What it logs.
    log: PathBuf,
}

impl Binary {
    /// A call of it for the ledger on these servers, with a folder of this name.
    pub fn call(&self, servers: &str, folder: &str) -> Command {
        let mut command = Command::new(&self.path);
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
        command.env_remove("RESIT_ACTOR").env_remove("RESIT_LOG");
        command.env("RESIT_LEDGER", self.folders.join(folder)).env("RESIT_NATS", servers);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Calls it with words that have no blanks in them.
    pub fn run(&self, servers: &str, folder: &str, words: &str) -> Answer {
        Answer::of(self.call(servers, folder).args(words.split_whitespace()))
    }

    /// Starts a role, and waits until it is at work.
    #[track_caller]
    pub fn start(&self, role: &str, servers: &str, folder: &str) -> Process {
        let process = self.begin(role, servers, folder);
        process.at_work()
    }

    /// Starts a role.
    #[track_caller]
    pub fn begin(&self, role: &str, servers: &str, folder: &str) -> Process {
        let mut command = self.call(servers, folder);
        command.args([role, "--listen", "127.0.0.1:0"]);
        Process::begin(command, self.folders.join(format!("{folder}.log")))
    }
}

impl Answer {
    /// What a call comes to.
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().expect("it runs");
        let text = |bytes| String::from_utf8(bytes).expect("it says text");
        let code = output.status.code().expect("no signal ends it");
        Self { code, out: text(output.stdout), err: text(output.stderr) }
    }

    /// The answer, which must have this exit code.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "that the code is right may be all that is asked")]
    pub fn with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

impl Process {
    /// Starts what a command says; what it logs goes to a file.
    #[track_caller]
    pub fn begin(mut command: Command, log: PathBuf) -> Self {
        let file = std::fs::File::create(&log).expect("a file for its log");
        let child = command.stdout(Stdio::piped()).stderr(file).spawn().expect("it runs");
        Self { child, url: String::new(), log }
    }

    /// Waits until it says that it is at work, and where.
    #[track_caller]
    #[must_use]
    pub fn at_work(mut self) -> Self {
        let mut line = String::new();
        let said = BufReader::new(self.child.stdout.take().expect("piped")).read_line(&mut line);
        said.expect("it says where it is");
        let url = line.split(['\n', ' ', ',']).find(|word| word.starts_with("http://"));
        url.unwrap_or_else(|| panic!("it said {line:?}\n{}", self.logged())).clone_into(&mut self.url);
        self
    }

    /// What it has logged.
    pub fn logged(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Sends it a signal.
    #[track_caller]
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(sent.expect("signals can be sent").success(), "{name} was not sent");
    }

    /// Kills it.
    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Asks it to stop, and waits until it has.
    #[track_caller]
    pub fn stop(&mut self) {
        self.signal("-TERM");
        assert_eq!(self.child.wait().expect("it ends").code(), Some(0), "it stops in good order");
    }

    /// Asks it to stop, and says how it ended.
    #[track_caller]
    pub fn stops_within(self, span: Duration) -> Option<i32> {
        self.signal("-TERM");
        self.ends_within(span)
    }

    /// Waits for its end, and says how it ended.
    #[track_caller]
    pub fn ends_within(mut self, span: Duration) -> Option<i32> {
        let id = self.child.id().to_string();
        let ended = std::thread::scope(|scope| {
            let (tell, told) = mpsc::channel();
            let child = &mut self.child;
            scope.spawn(move || tell.send(child.wait().expect("it ends").code()));
            told.recv_timeout(span).map_err(|_| {
                Command::new("kill").args(["-KILL", &id]).status().expect("signals can be sent");
                told.recv().expect("it ends")
            })
        });
        ended.unwrap_or_else(|_| panic!("it did not end within {span:?}\n{}", self.logged()))
    }

    /// What it answers to `GET`.
    pub fn get(&self, path: &str) -> (u16, String) {
        get(&self.url, path)
    }

    /// What it answers to `POST` of a body in JSON, under a key.
    pub fn post(&self, path: &str, key: &str, body: &str) -> (u16, String) {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nIdempotency-Key: {key}\r\n"
        );
        sent(&self.url, &head, body)
    }
}

/// What is answered to `GET` there.
pub fn get(url: &str, path: &str) -> (u16, String) {
    sent(url, &format!("GET {path} HTTP/1.1\r\n"), "")
}

fn sent(url: &str, head: &str, body: &str) -> (u16, String) {
    let address = url.strip_prefix("http://").expect("it listens");
    let mut stream = TcpStream::connect(address).expect("it takes connections");
    let request = format!("{head}Host: {address}\r\nConnection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.expect("an answer has a status"), body.to_owned())
}

impl Drop for Process {
    fn drop(&mut self) {
        // What failed leaves nothing running, and nothing paused.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
