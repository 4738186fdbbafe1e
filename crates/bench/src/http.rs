//! Commands over HTTP on loopback: the real server as a process of its own, and keep-alive clients here.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use resit_command_handler::Request;
use resit_domain::{Timestamp, VoucherRef};
use serde_json::Value;
use tokio::net::TcpStream;

use crate::BenchError;
use crate::drive::{Client, Measured, drive};
use crate::life::{self, Lives};

/// A server as a process of its own. It is told to stop when this is dropped.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    /// Starts `resit serve` on a new ledger in `folder`, and waits until it listens.
    fn start(program: &Path, folder: &Path) -> Result<Self, BenchError> {
        let run = |words: &[&str]| {
            let mut command = Command::new(program);
            command.arg("--ledger").arg(folder).args(words).env_clear().stdin(Stdio::null());
            command
        };
        let made = run(&["init"]).stdout(Stdio::null()).status()?;
        if !made.success() {
            return Err(BenchError::Broken(format!("`resit init` ended with {made}")));
        }
        let mut process =
            run(&["serve", "--listen", "127.0.0.1:0", "--auth", "open"]).stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().ok_or_else(|| broken("the server's output is not there"))?;
        for line in BufReader::new(output).lines() {
            if let Some((_, url)) = line?.split_once("http://") {
                let address = url.split([',', ' ']).next().unwrap_or_default().to_owned();
                return Ok(Self { process, address });
            }
        }
        Err(broken("the server ended before it listened"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its ledger is thrown away with its folder.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn broken(what: &str) -> BenchError {
    BenchError::Broken(what.to_owned())
}

fn no_answer(error: impl std::fmt::Display) -> BenchError {
    BenchError::Broken(format!("a request got no answer: {error}"))
}

/// One connection, kept alive.
struct Connection {
    requests: SendRequest<Full<Bytes>>,
    address: String,
    lives: Lives,
    worker: u64,
}

impl Connection {
    async fn open(address: &str, lives: Lives, worker: u64) -> Result<Self, BenchError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (requests, connection) = handshake(TokioIo::new(stream)).await.map_err(no_answer)?;
        tokio::spawn(connection);
        Ok(Self { requests, address: address.to_owned(), lives, worker })
    }

    async fn post(&mut self, request: &Request) -> Result<(), BenchError> {
        let (name, body) = body_of(request)?;
        let request = hyper::Request::post(format!("/v1/commands/{name}"))
            .header(HOST, &self.address)
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", request.id.as_str())
            .body(Full::new(Bytes::from(body)))
            .map_err(no_answer)?;
        self.requests.ready().await.map_err(no_answer)?;
        let response = self.requests.send_request(request).await.map_err(no_answer)?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(no_answer)?.to_bytes();
        if status.is_success() {
            return Ok(());
        }
        Err(BenchError::Broken(format!("{status}: {}", String::from_utf8_lossy(&body))))
    }
}

impl Client for Connection {
    async fn send(&mut self, n: u64) -> Result<(), BenchError> {
        let request = self.lives.command(self.worker, n);
        self.post(&request).await
    }
}

/// A command as the server takes it: its name, and its fields with the voucher as text.
fn body_of(request: &Request) -> Result<(String, Vec<u8>), BenchError> {
    let unsaid = |e: serde_json::Error| BenchError::Broken(format!("a command has no JSON form: {e}"));
    let Value::Object(named) = serde_json::to_value(&request.command).map_err(unsaid)? else {
        return Err(broken("a command is a map"));
    };
    let Some((name, mut fields)) = named.into_iter().next() else {
        return Err(broken("a command has a name"));
    };
    if let Some(voucher) = fields.get_mut("voucher") {
        let VoucherRef::Id { entitlement, unit } = serde_json::from_value(voucher.take()).map_err(unsaid)?
        else {
            return Err(broken("lives name their vouchers by id"));
        };
        *voucher = Value::String(format!("{entitlement}.{unit}"));
    }
    Ok((name, serde_json::to_vec(&fields).map_err(unsaid)?))
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
    let mut first = Connection::open(&server.address, lives, u64::MAX).await?;
    for request in life::setting() {
        first.post(&request).await?;
    }
    let mut all = Vec::new();
    for worker in 0..clients {
        all.push(Connection::open(&server.address, lives, worker).await?);
    }
    drive(all, round).await
}
