//! The gateway on a real socket.

use std::time::Duration;

use resit_gateway::{Limits, serve};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::world::{Unusual, World};

struct Serving {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    done: tokio::task::JoinHandle<()>,
}

async fn serving(world: &World) -> Serving {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let app = world.app.clone();
    let done = tokio::spawn(async move {
        serve(listener, app, async {
            stopped.await.ok();
        })
        .await;
    });
    Serving { address, stop, done }
}

fn request(path: &str, key: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Reads until the answers so far end in this.
async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    let mut buffer = vec![0; 65_536];
    while !text.contains(end) {
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "the connection ended: {text}");
        text += std::str::from_utf8(&buffer[..count]).unwrap();
    }
    text
}

#[tokio::test]
async fn many_requests_go_over_one_connection() {
    let world = World::open();
    let serving = serving(&world).await;
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    for number in 0..20 {
        let body = json!({ "exam": format!("E-{number}") }).to_string();
        stream
            .write_all(request("/v1/commands/define-exam", &format!("k-{number}"), &body).as_bytes())
            .await
            .unwrap();
        let answer = read_until(&mut stream, "accepted").await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains(&format!("resit-position: {}\r\n", number + 1)), "{answer}");
    }
    serving.stop.send(()).unwrap();
    serving.done.await.unwrap();
}

#[tokio::test]
async fn a_stopping_server_finishes_what_is_under_way_and_closes_what_is_idle() {
    let world = World::open();
    let serving = serving(&world).await;
    let mut idle = TcpStream::connect(serving.address).await.unwrap();
    idle.write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    read_until(&mut idle, "live").await;
    let mut busy = TcpStream::connect(serving.address).await.unwrap();
    let body = json!({ "exam": "AZ-104" }).to_string();
    let request = request("/v1/commands/define-exam", "k-1", &body);
    let (first, rest) = request.split_at(request.len() - 5);
    busy.write_all(first.as_bytes()).await.unwrap();
    // The server has begun with it once it answers that it will take the rest; here the idle connection's end tells.
    let mut ready = TcpStream::connect(serving.address).await.unwrap();
    ready.write_all(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    read_until(&mut ready, "ready").await;
    serving.stop.send(()).unwrap();
    let mut left = Vec::new();
    idle.read_to_end(&mut left).await.unwrap();
    assert!(left.is_empty());
    busy.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    busy.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("accepted"), "{answer}");
    tokio::time::timeout(Duration::from_secs(5), serving.done).await.unwrap().unwrap();
    assert!(TcpStream::connect(serving.address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn who_waits_for_more_is_answered_when_the_server_stops() {
    let world = World::open();
    let serving = serving(&world).await;
    let mut reader = TcpStream::connect(serving.address).await.unwrap();
    reader.write_all(b"GET /v1/log?wait_s=30 HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut ready = TcpStream::connect(serving.address).await.unwrap();
    ready.write_all(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    read_until(&mut ready, "ready").await;
    serving.stop.send(()).unwrap();
    let answer = read_until(&mut reader, "head").await;
    assert!(answer.contains("\"records\":[]"), "{answer}");
    tokio::time::timeout(Duration::from_secs(5), serving.done).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_that_is_turned_away_leaves_its_connection_usable() {
    let world = World::unusual(Unusual { tokens: true, ..Unusual::default() });
    let serving = serving(&world).await;
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    let request = request("/v1/commands/define-exam", "k-1", r#"{"exam":"AZ-104"}"#);
    for _ in 0..2 {
        let (head, body) = request.split_at(request.find('{').unwrap());
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        let answer = read_until(&mut stream, "unauthenticated").await;
        assert!(answer.starts_with("HTTP/1.1 401 ") && !answer.contains("connection: close"), "{answer}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_with_an_answer_is_announced_to_end() {
    let world = World::open();
    let serving = serving(&world).await;
    for head in [
        // Longer than anybody reads who does not want it.
        "POST /v1/commands/define-exam HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\nContent-Length: 100000\r\n\r\n{",
        "POST /v1/nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{",
        // The sender waits to be asked for it.
        "POST /v1/commands/define-exam HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(serving.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = read_until(&mut stream, "/problems/").await;
        assert!(answer.starts_with("HTTP/1.1 4") && answer.contains("connection: close"), "{answer}");
    }
}

#[tokio::test]
async fn nobody_is_waited_for_for_ever() {
    let limits = Limits { body_millis_max: 50, head_millis_max: 50, ..Limits::default() };
    let world = World::unusual(Unusual { limits: Some(limits), ..Unusual::default() });
    let serving = serving(&world).await;
    let request = request("/v1/commands/define-exam", "k-1", r#"{"exam":"AZ-104"}"#);
    let mut trickles = TcpStream::connect(serving.address).await.unwrap();
    trickles.write_all(&request.as_bytes()[..request.len() - 3]).await.unwrap();
    let mut answer = String::new();
    trickles.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("/problems/request-timeout"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    for said in ["", "GET /health/live HTTP/1.1\r\nHost: loc"] {
        let mut silent = TcpStream::connect(serving.address).await.unwrap();
        silent.write_all(said.as_bytes()).await.unwrap();
        let mut left = String::new();
        silent.read_to_string(&mut left).await.unwrap();
        assert!(!left.contains("200"), "{left}");
    }
}
