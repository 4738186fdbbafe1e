//! Long stretches of the log, in strides: many messages in one answer, several answers under way, and no headers. What a message
//! was published with costs server and client more than all else there is to reading it, and nothing in it is needed to read.
//!
//! An answer without headers does not say where its messages stand. But it says where its last one does; nothing is ever deleted;
//! so if there are as many as there are places up to there, each is known. Whatever is not as it should be ends the
//! stretch before it: who reads on then by a consumer is told what it is.

use std::collections::VecDeque;

use async_nats::{Message, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt as _;
use resit_event_log::ReadError;
use resit_nats::Link;
use serde::Serialize;
use tokio::time::timeout;

use crate::shared::{Shared, unread};

/// How many messages are asked for at once, and how many bytes end an answer.
const MESSAGES: u64 = 1_024;
const BYTES: usize = 2 << 20;

/// How many answers are under way: while one is used, the servers make the next.
const UNDER_WAY: usize = 4;

#[derive(Debug, Serialize)]
struct Asked {
    seq: u64,
    batch: u64,
    max_bytes: usize,
    no_hdr: bool,
}

/// Messages that follow each other: the sequence of the first, and what each holds.
pub(crate) type Stride = (u64, Vec<Bytes>);

/// An answer under way, and what has come of it.
#[derive(Debug)]
struct Answer {
    number: u64,
    first: u64,
    last: u64,
    came: Vec<Bytes>,
    /// The sequence of the last message that was sent, when all were.
    sent_up_to: Option<u64>,
}

/// A stretch of the log that is known to be there.
#[derive(Debug)]
pub(crate) struct Strides {
    link: Link,
    /// Whom messages are asked of.
    api: String,
    inbox: String,
    arriving: Subscriber,
    /// In the order of what is asked for.
    answers: VecDeque<Answer>,
    asked: u64,
    /// What is asked for next, and last.
    next: u64,
    last: u64,
}

impl Strides {
    /// From one sequence to another.
    pub(crate) async fn over(shared: &Shared, first: u64, last: u64) -> Result<Self, ReadError> {
        let link = shared.link.clone();
        let inbox = link.client.new_inbox();
        let arriving = link.client.subscribe(format!("{inbox}.*")).await;
        let arriving = arriving.map_err(|e| unread("reading messages", e))?;
        let api = format!("$JS.API.DIRECT.GET.{}", shared.stream_name);
        Ok(Self { link, api, inbox, arriving, answers: VecDeque::new(), asked: 0, next: first, last })
    }

    /// The messages that come next; none at the end, or before what can't be had this way.
    pub(crate) async fn next(&mut self) -> Option<Stride> {
        while self.answers.len() < UNDER_WAY && self.next <= self.last {
            let (first, last) = (self.next, self.last.min(self.next + MESSAGES - 1));
            let answer = self.ask(first, last).await?;
            self.answers.push_back(answer);
            self.next = last + 1;
        }
        while self.answers.front()?.sent_up_to.is_none() {
            let message = timeout(self.link.settings.timeout, self.arriving.next()).await.ok()??;
            self.take(message)?;
        }
        let Answer { first, last, came, sent_up_to, .. } = self.answers.pop_front()?;
        let sent_up_to = sent_up_to?;
        let is_whole = (first..=last).contains(&sent_up_to) && sent_up_to - first + 1 == came.len() as u64;
        if is_whole && sent_up_to < last {
            // They were too many bytes for one answer, or that server has no more yet.
            let rest = self.ask(sent_up_to + 1, last).await?;
            self.answers.push_front(rest);
        }
        is_whole.then_some((first, came))
    }

    async fn ask(&mut self, first: u64, last: u64) -> Option<Answer> {
        let batch = last - first + 1;
        let asked = Asked { seq: first, batch, max_bytes: BYTES, no_hdr: true };
        let body = serde_json::to_vec(&asked).expect("numbers are JSON");
        let number = self.asked;
        self.asked += 1;
        let to = format!("{}.{number}", self.inbox);
        self.link.client.publish_with_reply(self.api.clone(), to, body.into()).await.ok()?;
        let came = Vec::with_capacity(usize::try_from(batch).unwrap_or(0));
        Some(Answer { number, first, last, came, sent_up_to: None })
    }

    /// Takes a part of an answer in; none if it says that there is none.
    fn take(&mut self, message: Message) -> Option<()> {
        let (_, number) = message.subject.rsplit_once('.')?;
        let number: u64 = number.parse().ok()?;
        let answer = self.answers.iter_mut().find(|answer| answer.number == number)?;
        match message.status {
            None => answer.came.push(message.payload),
            Some(status) if status.as_u16() == 204 => {
                let last = message.headers.as_ref()?.get("Nats-Last-Sequence")?;
                answer.sent_up_to = Some(last.as_str().parse().ok()?);
            }
            Some(_) => return None,
        }
        Some(())
    }
}
