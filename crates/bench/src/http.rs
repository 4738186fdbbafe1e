//! Commands over HTTP on loopback: the real server as a process of its own, and keep-alive clients here.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use resit_api::CommandBody;
use resit_command_handler::Request;
use resit_domain::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::BenchError;
use crate::drive::{Client, Measured, drive};
use crate::life::{self, Lives};
use crate::server::{Server, broken};

/// One connection, kept alive. It says no more HTTP than it must: the client shares the processors with what it measures.
struct Connection {
    stream: TcpStream,
    /// What it is to send, one request after the other, each ready to be sent.
    requests: Vec<Vec<u8>>,
    received: Vec<u8>,
}

/// How many commands all clients together prepare for each second that is measured, and each at least: more than they
/// get through.
const COMMANDS_PER_SECOND: u64 = 100_000;
const COMMANDS_EACH_MIN: u64 = 1_000;

impl Connection {
    async fn open(address: &str, requests: Vec<Vec<u8>>) -> Result<Self, BenchError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, requests, received: Vec::new() })
    }
}

/// A request as it goes over the wire. It asks for the outcome alone: what it would be told beside that, it knows.
fn on_the_wire(request: &Request) -> Result<Vec<u8>, BenchError> {
    let (name, body) = body_of(request)?;
    let mut bytes = Vec::new();
    write!(
        bytes,
        "POST /v1/commands/{name} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         prefer: return=minimal\r\nidempotency-key: {}\r\ncontent-length: {}\r\n\r\n",
        request.id,
        body.len()
    )?;
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

impl Client for Connection {
    async fn send(&mut self, n: u64) -> Result<(), BenchError> {
        let request = usize::try_from(n).ok().and_then(|n| self.requests.get(n));
        let request = request.ok_or_else(|| broken("a client ran out of requests; take a shorter round"))?;
        self.stream.write_all(request).await?;
        self.received.clear();
        let head = loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(broken("the server hung up"));
            }
            if let Some(head) = Head::of(&self.received)? {
                break head;
            }
        };
        while self.received.len() < head.len + head.body_len {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(broken("the server hung up in the middle of an answer"));
            }
        }
        if head.status == 200 {
            return Ok(());
        }
        Err(BenchError::Broken(String::from_utf8_lossy(&self.received).into_owned()))
    }
}

/// What has to be known of an answer's head.
struct Head {
    status: u16,
    len: usize,
    body_len: usize,
}

impl Head {
    /// Reads it, if all of it is there.
    fn of(received: &[u8]) -> Result<Option<Self>, BenchError> {
        let mut headers = [httparse::EMPTY_HEADER; 16];
        let mut response = httparse::Response::new(&mut headers);
        let parsed = response.parse(received).map_err(|e| broken(&format!("the answer is no HTTP: {e}")))?;
        let httparse::Status::Complete(len) = parsed else { return Ok(None) };
        let length =
            response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
        let length = length.and_then(|header| std::str::from_utf8(header.value).ok()?.parse().ok());
        let body_len = length.ok_or_else(|| broken("the answer does not say how long it is"))?;
        Ok(Some(Self { status: response.code.unwrap_or_default(), len, body_len }))
    }
}

/// A command as the server takes it: its name, and its fields.
fn body_of(request: &Request) -> Result<(&'static str, Vec<u8>), BenchError> {
    let body = CommandBody::of(request.command.clone(), |_| None);
    let body = body.ok_or_else(|| broken("lives name their vouchers by id"))?;
    let written = body.write().map_err(|e| broken(&format!("a command has no JSON form: {e}")))?;
    Ok((body.name(), written))
}

/// Lives of vouchers by so many clients for so long, on a new ledger in `folder`, served by `program`.
pub(crate) async fn commands(
    program: &Path,
    folder: &Path,
    clients: u64,
    round: Duration,
    now: Timestamp,
) -> Result<Measured, BenchError> {
    let server = Server::start(program, folder)?;
    let lives = Lives::before(now);
    let setting = life::setting().iter().map(on_the_wire).collect::<Result<Vec<_>, _>>()?;
    let mut first = Connection::open(&server.address, setting).await?;
    for n in 0..life::setting().len() as u64 {
        first.send(n).await?;
    }
    let steps = (COMMANDS_PER_SECOND / clients.max(1) + COMMANDS_EACH_MIN) * round.as_secs().max(1);
    let mut all = Vec::new();
    for worker in 0..clients {
        let requests = (0..steps).map(|step| on_the_wire(&lives.command(worker, step)));
        all.push(Connection::open(&server.address, requests.collect::<Result<_, _>>()?).await?);
    }
    drive(all, round).await
}
