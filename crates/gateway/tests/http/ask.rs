//! A request to a world, and its answer.

use std::task::Poll;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::documented;
use crate::world::World;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// The value if the status is this one.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{:#}", self.body);
        self.body
    }

    /// The value of a problem of this kind.
    #[track_caller]
    pub(crate) fn problem(self, kind: &str) -> Value {
        assert_eq!(self.body["type"], format!("/problems/{kind}"), "{:#}", self.body);
        assert_eq!(self.body["status"], self.status);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        self.body
    }

    /// The position that it says it shows.
    #[track_caller]
    pub(crate) fn position(&self) -> u64 {
        self.headers["resit-position"].to_str().unwrap().parse().unwrap()
    }
}

/// A request to be sent.
pub(crate) struct Ask<'a> {
    pub(crate) world: &'a World,
    pub(crate) verb: &'static str,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
}

impl Ask<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn text(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub(crate) fn body(self, body: &Value) -> Self {
        self.header("content-type", "application/json").text(body.to_string())
    }

    fn request(&self) -> Request<Body> {
        let mut request = Request::builder().method(self.verb).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(self.body.clone().map_or_else(Body::empty, Body::from)).unwrap()
    }

    /// Sends it, and hangs up after so many steps that brought no answer; whether there was none by then.
    pub(crate) async fn hang_up_after(self, steps: usize) -> bool {
        let mut answer = std::pin::pin!(self.world.router.clone().oneshot(self.request()));
        for step in 0..steps {
            if step > 0 {
                tokio::task::yield_now().await;
            }
            if std::future::poll_fn(|task| Poll::Ready(answer.as_mut().poll(task).is_ready())).await {
                return false;
            }
        }
        true
    }

    pub(crate) async fn send(self) -> Answer {
        let (head, body) = self.world.router.clone().oneshot(self.request()).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let media = head.headers["content-type"].to_str().unwrap().to_owned();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let body = if media.contains("json") { serde_json::from_str(&text).unwrap() } else { json!(text) };
        let status = head.status.as_u16();
        if media != "text/plain; charset=utf-8" {
            documented::check(self.verb, &self.path, status, &media, &body);
        }
        Answer { status, headers: head.headers, body }
    }
}
