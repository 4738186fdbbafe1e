//! A story's ledger behind a server: every command, look and tick goes over HTTP, with the story's clock.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use resit_api::{CommandBody, LogEvent, LogRecord, PUBLICATIONS, ProblemKind};
use resit_client::{Caller, Client, ClientError, Seen};
use resit_command_handler::{Happened, Reply, Request};
use resit_domain::{Actor, EntitlementId, EntitlementView, Event, Stream, Timestamp, UnitNo};
use resit_event_log::Position;
use resit_story::{NoAnswer, Venue};
use resit_voucher_code::Code;

/// A server for rehearsals.
pub(crate) struct OverHttp {
    caller: Caller,
    memory: Mutex<Memory>,
}

/// What is known from answers.
#[derive(Default)]
struct Memory {
    /// Codes by voucher and generation: they are shown once, and a story may use them later.
    codes: HashMap<(EntitlementId, UnitNo, u16), Code>,
    /// The position up to which it is known what the scheduler did.
    ticked: Option<Position>,
    /// What it did, and the story's clock has not come to yet.
    ahead: Vec<(Happened, Timestamp)>,
}

/// Who puts on record what is due.
const SCHEDULER: &str = "expiry-scheduler";

impl OverHttp {
    pub(crate) fn new(caller: Caller) -> Self {
        Self { caller, memory: Mutex::default() }
    }

    /// A client of one actor, at one instant.
    fn client(&self, actor: Option<&Actor>, now: Timestamp) -> Client {
        let actor = actor.unwrap_or(&self.caller.actor).clone();
        Client::new(Caller { actor, clock: Some(now), ..self.caller.clone() })
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The position behind which the scheduler's facts are new to the story: at first, that of the story's beginning.
    fn begin(&self, client: &Client) -> Result<Position, NoAnswer> {
        if let Some(known) = self.memory().ticked {
            return Ok(known);
        }
        let head = client.status().map_err(no_answer)?.log.head;
        Ok(*self.memory().ticked.insert(head))
    }

    fn learn(&self, reply: &resit_api::Reply) {
        let mut memory = self.memory();
        for issued in &reply.codes {
            let resit_api::UnitId(id, no) = issued.voucher;
            let view = reply.entitlements.iter().find(|entitlement| entitlement.id == id);
            let unit = view.and_then(|view| view.units.iter().find(|unit| unit.view.unit == no));
            let generation = unit.and_then(|unit| u16::try_from(unit.view.codes.saturating_sub(1)).ok());
            memory.codes.insert((id, no, generation.unwrap_or(0)), issued.code.clone());
        }
    }
}

#[async_trait]
impl Venue for OverHttp {
    async fn handle(&self, request: Request, code: Option<Code>, now: Timestamp) -> Result<Reply, NoAnswer> {
        let Request { id, actor, command, confirm } = request;
        let client = self.client(Some(&actor), now);
        self.begin(&client)?;
        let known = |fingerprint| code.filter(|code| code.fingerprint() == fingerprint);
        let body = CommandBody::of(command, known).ok_or(ClientError::CodeUnknown).map_err(no_answer)?;
        let confirm = confirm && PUBLICATIONS.contains(&body.name());
        let reply = if confirm { client.handle_confirmed(&id, &body) } else { client.handle(&id, &body) };
        let reply = reply.map_err(no_answer)?;
        self.learn(&reply);
        Ok(reply.into())
    }

    async fn view(&self, id: EntitlementId, now: Timestamp) -> Result<Option<EntitlementView>, NoAnswer> {
        let found = self.client(None, now).entitlement(id, Seen::default()).map_err(no_answer)?;
        Ok(found.map(EntitlementView::from))
    }

    async fn code(&self, id: EntitlementId, unit: UnitNo, generation: u16) -> Result<Option<Code>, NoAnswer> {
        Ok(self.memory().codes.get(&(id, unit, generation)).cloned())
    }

    /// The server's own scheduler wakes when the clock is set, and may be first. What counts is what is on record, and had happened by the story's clock.
    async fn tick(&self, now: Timestamp) -> Result<Vec<(Happened, Timestamp)>, NoAnswer> {
        let client = self.client(None, now);
        let begin = self.begin(&client)?;
        expire_due(&client)?;
        let (done, after) = scheduled(&client, begin)?;
        let mut memory = self.memory();
        memory.ticked = Some(after);
        let known = std::mem::take(&mut memory.ahead).into_iter().chain(done);
        let (happened, ahead) = known.partition(|(fact, _)| fact.happened_at <= now);
        memory.ahead = ahead;
        Ok(happened)
    }
}

/// Has all that is due put on record. What the server's own scheduler has begun is waited for: the server answers a second
/// later while that goes on.
fn expire_due(client: &Client) -> Result<(), NoAnswer> {
    loop {
        match client.expire_due() {
            Err(ClientError::Problem(problem)) if problem.r#type == ProblemKind::UnderWay => {}
            done => return done.map(drop).map_err(no_answer),
        }
    }
}

/// What the scheduler did behind a position, and how far the log was read for it.
fn scheduled(
    client: &Client,
    mut after: Position,
) -> Result<(Vec<(Happened, Timestamp)>, Position), NoAnswer> {
    let mut done = Vec::new();
    loop {
        let page = client.log(after, resit_api::PAGE_ITEMS_MAX).map_err(no_answer)?;
        for record in page.records.iter().filter(|record| record.actor.as_str() == SCHEDULER) {
            for event in &record.events {
                done.push((fact(record, event)?, record.recorded_at));
            }
        }
        after = page.next;
        if page.records.is_empty() || after >= page.head {
            return Ok((done, after));
        }
    }
}

/// A fact on its stream, from a record of the log.
fn fact(record: &LogRecord, event: &LogEvent) -> Result<Happened, NoAnswer> {
    let garbled =
        |what: &str| NoAnswer::failed(std::io::Error::other(format!("{what} is not known to this program")));
    let (kind, id) = record.stream.split_once('/').unwrap_or((&record.stream, ""));
    let stream = Stream::parse(kind, id).and_then(Result::ok).ok_or_else(|| garbled(&record.stream))?;
    let read = Event::deserialize_body(&event.r#type, event.body.clone()).and_then(Result::ok);
    let event_of = read.ok_or_else(|| garbled(&event.r#type))?;
    Ok(Happened { stream, happened_at: event.happened_at, event: event_of })
}

fn no_answer(error: ClientError) -> NoAnswer {
    match &error {
        ClientError::Problem(problem) if problem.r#type == ProblemKind::IdReused => {
            NoAnswer::IdReused(problem.detail.clone())
        }
        ClientError::Problem(problem) if problem.errors.iter().any(|error| error.field == "quantity") => {
            NoAnswer::TooLarge(problem.detail.clone())
        }
        _ => NoAnswer::failed(error),
    }
}
