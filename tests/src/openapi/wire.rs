//! HTTP/1.1 over a socket, so that nothing between the request and the server mends what is broken.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use super::Request;

/// A connection that is kept as long as the server keeps it.
pub struct Connection {
    address: String,
    stream: Option<BufReader<TcpStream>>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Headers, their names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The media type, without its parameters.
    pub fn media(&self) -> &str {
        self.header("content-type").and_then(|media| media.split(';').next()).unwrap_or("")
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, String::from_utf8_lossy(&self.body))
    }
}

impl Connection {
    /// A connection to a host and port.
    pub fn new(address: &str) -> Self {
        Self { address: address.to_owned(), stream: None }
    }

    /// Sends a request, and reads the answer.
    ///
    /// # Errors
    ///
    /// If the server breaks off.
    pub fn send(&mut self, request: &Request) -> io::Result<Answer> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(&self.address)?;
            stream.set_nodelay(true)?;
            self.stream = Some(BufReader::new(stream));
        }
        let Some(stream) = &mut self.stream else { unreachable!("it was just put there") };
        let answered = exchange(stream, &self.address, request);
        let goes_on = answered.as_ref().is_ok_and(|answer| answer.header("connection") != Some("close"));
        // A body that the server did not ask for was not sent, and what follows can't be told from it.
        if !goes_on || request.header("expect").is_some() {
            self.stream = None;
        }
        answered
    }
}

fn exchange(stream: &mut BufReader<TcpStream>, host: &str, request: &Request) -> io::Result<Answer> {
    let body = request.body.as_deref().unwrap_or_default();
    let mut head = format!("{} {} HTTP/1.1\r\nhost: {host}\r\n", request.verb, request.target()).into_bytes();
    for (name, value) in &request.headers {
        head.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    if request.body.is_some() {
        head.extend(format!("content-length: {}\r\n", body.len()).into_bytes());
    }
    head.extend(b"\r\n");
    let waits = request.header("expect").is_some();
    if !waits {
        head.extend(body);
    }
    stream.get_mut().write_all(&head)?;
    let answer = read(stream)?;
    if answer.status != 100 {
        return Ok(answer);
    }
    stream.get_mut().write_all(body)?;
    read(stream)
}

fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Answer> {
    let first = line(stream)?;
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| io::Error::other(format!("no status in {first:?}")))?;
    let mut headers = Vec::new();
    loop {
        let line = line(stream)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, headers, body: Vec::new() };
    if answer.header("transfer-encoding") == Some("chunked") {
        answer.body = chunks(stream)?;
    } else if let Some(length) = answer.header("content-length") {
        answer.body = vec![0; length.parse().map_err(io::Error::other)?];
        stream.read_exact(&mut answer.body)?;
    }
    Ok(answer)
}

fn chunks(stream: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = usize::from_str_radix(&line(stream)?, 16).map_err(io::Error::other)?;
        let mut chunk = vec![0; size];
        stream.read_exact(&mut chunk)?;
        line(stream)?;
        if size == 0 {
            return Ok(body);
        }
        body.extend(chunk);
    }
}

fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection"));
    }
    Ok(line.trim_end().to_owned())
}
