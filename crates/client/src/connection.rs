//! Requests over the wire: what is sent, what is understood, and when it is sent again.

use std::time::Duration;

use resit_api::{Problem, ProblemKind, header};
use serde::de::DeserializeOwned;
use ureq::Agent;
use ureq::http::{Request, StatusCode};

use crate::{Caller, ClientError};

/// How often a request that may be repeated is sent.
const TRIES_MAX: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(50);
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// More than the longest page of the log.
const ANSWER_BYTES_MAX: u64 = 256 << 20;

/// A server, and who asks it.
#[derive(Debug)]
pub(crate) struct Connection {
    agent: Agent,
    caller: Caller,
}

/// A question or an order.
#[derive(Debug, Default)]
pub(crate) struct Ask {
    path: String,
    key: Option<String>,
    body: Option<Vec<u8>>,
}

impl Ask {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    pub(crate) fn post(path: impl Into<String>, body: Vec<u8>) -> Self {
        Self { path: path.into(), body: Some(body), ..Self::default() }
    }

    /// Under this id it has one effect, however often it is sent.
    pub(crate) fn under(self, key: &impl ToString) -> Self {
        Self { key: Some(key.to_string()), ..self }
    }
}

impl Connection {
    pub(crate) fn new(caller: Caller) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT_MAX))
            .max_redirects(0)
            .proxy(None)
            .user_agent(concat!("resit/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.new_agent(), caller }
    }

    /// Asks, and reads the answer; a problem is an error.
    pub(crate) fn answer<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, ClientError> {
        let (status, body) = self.send(ask)?;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|e| self.garbled(&e));
        }
        Err(self.problem(status, &body))
    }

    /// Asks once, and reads what comes, whatever the status says of it.
    pub(crate) fn said<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, ClientError> {
        let (_, body) = self.send_once(ask)?;
        serde_json::from_slice(&body).map_err(|e| self.garbled(&e))
    }

    /// As [`Connection::answer`]; none if nothing is there.
    pub(crate) fn found<T: DeserializeOwned>(&self, ask: &Ask) -> Result<Option<T>, ClientError> {
        match self.answer(ask) {
            Ok(answer) => Ok(Some(answer)),
            Err(ClientError::Problem(problem)) if problem.r#type == ProblemKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sends, and sends again what has one effect however often it comes, where that may help.
    fn send(&self, ask: &Ask) -> Result<(StatusCode, Vec<u8>), ClientError> {
        let mut wait = FIRST_WAIT;
        for _ in 1..TRIES_MAX {
            let repeatable = ask.key.is_some() || ask.body.is_none();
            match self.send_once(ask) {
                Ok((StatusCode::SERVICE_UNAVAILABLE, body)) if repeatable && passes_soon(&body) => {}
                Err(ClientError::Broken { .. }) if repeatable => {}
                answered => return answered,
            }
            // Nobody wakes this thread: it waits for the server to come to itself.
            std::thread::park_timeout(wait);
            wait *= 2;
        }
        self.send_once(ask)
    }

    fn send_once(&self, ask: &Ask) -> Result<(StatusCode, Vec<u8>), ClientError> {
        let Caller { url, token, actor, clock } = &self.caller;
        let mut request = Request::builder().uri(format!("{url}{}", ask.path));
        request = request.header("accept", "application/json, application/problem+json");
        request = match token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request.header(header::ACTOR, actor.as_str()),
        };
        if let Some(clock) = clock {
            request = request.header(header::CLOCK, clock.to_string());
        }
        if let Some(key) = &ask.key {
            request = request.header(header::IDEMPOTENCY_KEY, key);
        }
        let sent = match &ask.body {
            None => request.method("GET").body(()).map(|request| self.agent.run(request)),
            Some(body) => {
                let request = request.method("POST").header("content-type", "application/json");
                request.body(body.as_slice()).map(|request| self.agent.run(request))
            }
        };
        let mut response = sent.map_err(|e| self.garbled(&e))?.map_err(|e| self.failed(e))?;
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        Ok((response.status(), body.map_err(|e| self.failed(e))?))
    }

    fn problem(&self, status: StatusCode, body: &[u8]) -> ClientError {
        let Ok(problem) = serde_json::from_slice::<Problem>(body) else {
            return self.garbled(&format_args!("status {status} without a problem that is known"));
        };
        match problem.r#type {
            ProblemKind::Unauthenticated => {
                ClientError::Unauthenticated { url: self.caller.url.clone(), detail: problem.detail }
            }
            _ => ClientError::Problem(Box::new(problem)),
        }
    }

    fn failed(&self, error: ureq::Error) -> ClientError {
        let (url, source) = (self.caller.url.clone(), Box::new(error));
        let refused =
            matches!(&*source, ureq::Error::Io(e) if e.kind() == std::io::ErrorKind::ConnectionRefused);
        let unreachable = refused
            || matches!(
                &*source,
                ureq::Error::HostNotFound
                    | ureq::Error::ConnectionFailed
                    | ureq::Error::BadUri(_)
                    | ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve)
            );
        if unreachable {
            ClientError::Unreachable { url, source }
        } else {
            ClientError::Broken { url, source }
        }
    }

    fn garbled(&self, reason: &dyn ToString) -> ClientError {
        ClientError::Garbled { url: self.caller.url.clone(), reason: reason.to_string() }
    }
}

/// Whether a problem is over in a moment, as far as the server knows. For a longer one whoever asked is told, and may decide.
fn passes_soon(body: &[u8]) -> bool {
    let problem: Option<Problem> = serde_json::from_slice(body).ok();
    problem.and_then(|problem| problem.retry_after_s).is_none_or(|seconds| seconds <= 1)
}
