//! The handler: load, decide, append, answer.

use std::sync::atomic::AtomicI64;
use std::sync::{Arc, OnceLock};

use resit_domain::{
    Command, Decision, Impact, Judge, Known, Placed, Refusal, State, Stream, Timestamp, Warning,
};
use resit_event_log::{AppendError, Appended, EventLog};
use resit_voucher_code::CodeKey;
use tokio::sync::Mutex;

use crate::again::Round;
use crate::basis::Basis;
use crate::commit::{Write, by_stream, commit, refused};
use crate::completion::Completion;
use crate::freshness::{Freshness, changes_what_others_read};
use crate::gather::{Gathered, Gatherer};
use crate::latest::TrustedNow;
use crate::own::Own;
use crate::presume::Presumption;
use crate::reply::{Judged, Outcome, Reply};
use crate::{Failure, Happened, Request, Stopwatch};
use resit_states::{AsOf, Folded, States, stream_id};

/// How a handler works.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How many states it keeps, in vouchers: a pack counts for each of its own.
    pub cached_states_max: usize,
    /// How often it tries a command that loses races.
    pub tries_max: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { cached_states_max: 200_000, tries_max: 64 }
    }
}

/// Takes commands. Shared freely; commands on different things do not wait for each other.
pub struct CommandHandler {
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) key: Arc<CodeKey>,
    pub(crate) states: Arc<States>,
    /// None if nobody else writes the log.
    pub(crate) freshness: Option<Arc<Freshness>>,
    /// What it wrote itself, for who follows the log.
    pub(crate) own: Own,
    presumption: Presumption,
    tries_max: u32,
    completion: Completion,
    /// Commands on the same thing queue here instead of racing each other to the log.
    queues: Vec<Mutex<()>>,
    /// The latest recorded time seen: a clock that jumps back does not take the rules back with it.
    pub(crate) latest: AtomicI64,
    /// The clock that is asked before a later time on record is judged by.
    pub(crate) clock: OnceLock<TrustedNow>,
    /// The impact of one publication is counted at a time.
    pub(crate) counting: Mutex<()>,
}

/// Many more than clients, or they wait for strangers.
const QUEUES: usize = 1 << 14;

impl CommandHandler {
    /// A handler over a log that no other handler writes meanwhile, with the key that its codes are derived from.
    pub fn new(log: Arc<dyn EventLog>, key: Arc<CodeKey>, settings: Settings) -> Self {
        Self {
            freshness: None,
            own: Own::default(),
            presumption: Presumption::default(),
            states: Arc::new(States::new(log.clone(), settings.cached_states_max)),
            log,
            key,
            tries_max: settings.tries_max,
            completion: Completion::default(),
            queues: (0..QUEUES).map(|_| Mutex::new(())).collect(),
            latest: AtomicI64::new(i64::MIN),
            clock: OnceLock::new(),
            counting: Mutex::default(),
        }
    }

    /// A handler over a log that others write as well. A [`crate::Following`] of it lets it judge by states that it keeps;
    /// without one it asks the log for each command, after a while of waiting.
    pub fn among_others(
        log: Arc<dyn EventLog>,
        key: Arc<CodeKey>,
        settings: Settings,
        stopwatch: Stopwatch,
    ) -> Self {
        let freshness = Some(Arc::new(Freshness::new(stopwatch)));
        Self { freshness, ..Self::new(log, key, settings) }
    }

    /// The states that it keeps, for others in the same process that follow the log.
    pub fn states(&self) -> &Arc<States> {
        &self.states
    }

    /// Takes a command at `at`, and answers when what came of it is durable, and no handler judges any more by what was before.
    ///
    /// The same request again gets the same answer; the same id with another body is [`Failure::IdReused`].
    ///
    /// An order of more than one commit holds is taken in parts, one after the other; see the crate's front page.
    ///
    /// Once it was polled it is done to its end, even if the future is dropped: the states that are kept never fall behind
    /// what is on record.
    pub fn handle(
        self: &Arc<Self>,
        request: Request,
        at: Timestamp,
    ) -> impl Future<Output = Result<Reply, Failure>> + Send + use<> {
        let handler = self.clone();
        self.completion.of(async move { handler.handle_attended(&request, at).await })
    }

    /// The same, for a caller that itself runs to its end whatever happens, as within a [`Completion`]: dropped halfway, it
    /// may leave states behind what is on record.
    pub async fn handle_attended(&self, request: &Request, at: Timestamp) -> Result<Reply, Failure> {
        let reply = self.in_turn(request, at).await?;
        if let Some(freshness) = &self.freshness
            && changes_what_others_read(&reply.outcome)
        {
            Box::pin(freshness.outlast()).await;
        }
        Ok(reply)
    }

    /// What runs commands to their end when their callers leave.
    pub fn completion(&self) -> &Completion {
        &self.completion
    }

    async fn in_turn(&self, request: &Request, at: Timestamp) -> Result<Reply, Failure> {
        let _turn = self.queues[queue_of(request)].lock().await;
        match &request.command {
            // What is rare is boxed, here and below: each command carries its whole future along.
            Command::Issue(order) if order.quantity > 1 => Box::pin(self.take_order(request, at)).await,
            Command::CorrectTime(_) => Box::pin(self.correct_time(request, at)).await,
            _ => self.take(request, at).await,
        }
    }

    /// Takes a command in one commit, which is sent once. See [`CommandHandler::take`].
    pub(crate) async fn take_once(
        &self,
        request: &Request,
        at: Timestamp,
        round: Round,
    ) -> Result<Reply, Failure> {
        // One that is on record is answered without counting its impact again.
        if request.command.is_publication()
            && let Some(first) = self.log.find_command(&request.id).await?.first()
        {
            return Box::pin(self.replay(request, first.position)).await;
        }
        // The impact is counted once, by the log: no freshness holds for so long.
        let mut asks_the_log = round == Round::Again || request.command.is_publication();
        for _ in 0..self.tries_max {
            let basis = if asks_the_log { Basis::Log } else { self.basis().await };
            let as_of = basis.as_of();
            let presumes = as_of == AsOf::Cached && self.presumption.holds_for(request);
            let reading = Gatherer::new(&self.states, &self.key, as_of).presuming(presumes);
            let mut gathered = match self.gather_at(reading, request, at, as_of).await {
                // What is on record of an order goes by the terms of then.
                Err(Failure::TooLarge { .. }) if basis != Basis::Log => {
                    asks_the_log = true;
                    continue;
                }
                gathered => gathered?,
            };
            let at = self.judged_at_for(&request.command, at).await?;
            if request.command.is_publication() {
                Box::pin(self.count_impact(&mut gathered, request, at, as_of)).await?;
            }
            let (decision, refusal) = match gathered.known.decide(&request.command, at, &mut Judge::brief()) {
                Ok(decision) => (decision, None),
                // A no must never rest on a state that is too old: ask the log itself first.
                Err(_) if basis != Basis::Log => {
                    asks_the_log = true;
                    continue;
                }
                Err(refusal) => (refused(request, &gathered, refusal.clone(), at), Some(refusal)),
            };
            let Decision { events, warnings } = decision;
            let writes = self.writes(events, &gathered, as_of).await?;
            if !self.is_sound(basis, &gathered, &writes) {
                asks_the_log = true;
                continue;
            }
            let _under_way = self.freshness.as_ref().map(|_| self.own.begin());
            match self.append(request, &writes, at, gathered.known.impact.as_deref()).await {
                Ok(appended) => {
                    let answer = Answer { warnings, refusal };
                    return self.answer(request, answer, gathered.known, writes, appended).await;
                }
                Err(AppendError::CommandTaken { position }) => {
                    self.presumption.failed(request, &gathered);
                    return Box::pin(self.replay(request, position)).await;
                }
                Err(AppendError::Conflict { stream, .. }) => {
                    if gathered.presumed.as_ref().is_some_and(|presumed| stream_id(presumed) == stream) {
                        self.presumption.failed(request, &gathered);
                    }
                    tracing::debug!(%stream, command = %request.id, "lost a race; judging again");
                    asks_the_log = true;
                }
                // A line that is on record may be smaller than a new one would be.
                Err(AppendError::Invalid { .. }) if gathered.presumed.is_some() => asks_the_log = true,
                Err(e) => return Err(e.into()),
            }
        }
        Err(Failure::Busy { tries: self.tries_max })
    }

    /// Judges a command as [`CommandHandler::handle`] would, and does nothing.
    pub async fn judge(&self, request: &Request, at: Timestamp) -> Result<Judged, Failure> {
        let mut gathered = match &request.command {
            Command::CorrectTime(correction) => self.gather_span(request, correction, at, AsOf::Head).await?,
            _ => self.gather(request, AsOf::Head).await?,
        };
        let at = self.judged_at_for(&request.command, at).await?;
        if request.command.is_publication() {
            Box::pin(self.count_impact(&mut gathered, request, at, AsOf::Head)).await?;
        }
        let mut judge = Judge::thorough();
        let outcome = match gathered.known.decide(&request.command, at, &mut judge) {
            Ok(decision) => accepted(decision),
            Err(refusal) => Outcome::Refused(refusal),
        };
        Ok(Judged { judgements: judge.into_judgements(), outcome, impact: gathered.known.impact })
    }

    pub(crate) async fn gather(&self, request: &Request, as_of: AsOf) -> Result<Gathered, Failure> {
        self.gather_with(Gatherer::new(&self.states, &self.key, as_of), request, as_of).await
    }

    /// The same, by a gatherer that may read some streams as of another time.
    pub(crate) async fn gather_with(
        &self,
        reading: Gatherer<'_>,
        request: &Request,
        as_of: AsOf,
    ) -> Result<Gathered, Failure> {
        let mut gathered = reading.gather(request).await?;
        if let Command::CorrectResult(correction) = &request.command {
            Box::pin(self.consequences(&mut gathered.known, correction, as_of)).await?;
        }
        if let Command::ConfirmClock(confirm) = &request.command {
            // A handler that has judged nothing yet reads it from the log.
            self.not_before(confirm.reads).await?;
            gathered.known.recorded_until = self.latest_recorded();
        }
        Ok(gathered)
    }

    /// The same, of a command that may be given now at `at`.
    async fn gather_at(
        &self,
        reading: Gatherer<'_>,
        request: &Request,
        at: Timestamp,
        as_of: AsOf,
    ) -> Result<Gathered, Failure> {
        match &request.command {
            Command::CorrectTime(correction) => {
                Box::pin(self.gather_span(request, correction, at, as_of)).await
            }
            _ => self.gather_with(reading, request, as_of).await,
        }
    }

    /// What is written where. Most streams were read for the judgement; new codes are new streams, as are the other packs of an
    /// order that is presumed new; the rest is read now.
    pub(crate) async fn writes(
        &self,
        facts: Vec<Placed>,
        gathered: &Gathered,
        as_of: AsOf,
    ) -> Result<Vec<Write>, Failure> {
        let mut writes = Vec::new();
        for (stream, facts) in by_stream(facts) {
            let before = match (gathered.folded(&stream), &stream) {
                (Some(read), _) => read.clone(),
                (None, Stream::Code(_) | Stream::Refusal(_)) => Folded::new(&stream),
                (None, Stream::Entitlement(_)) if gathered.presumed.is_some() => Folded::new(&stream),
                (None, _) => self.states.load(&stream, as_of).await?,
            };
            writes.push(Write { stream, facts, before });
        }
        Ok(writes)
    }

    async fn append(
        &self,
        request: &Request,
        writes: &[Write],
        at: Timestamp,
        impact: Option<&Impact>,
    ) -> Result<Appended, AppendError> {
        let appended = self.log.append(commit(request, writes, at, impact)).await?;
        self.note_recorded(appended.recorded_at);
        Ok(appended)
    }

    async fn answer(
        &self,
        request: &Request,
        answer: Answer,
        mut known: Known,
        writes: Vec<Write>,
        appended: Appended,
    ) -> Result<Reply, Failure> {
        let mut now = Vec::with_capacity(1);
        let mut events = Vec::with_capacity(writes.len());
        for (Write { stream, facts, before }, offset) in writes.into_iter().zip(0..) {
            let evolve = |state: State, placed: &Placed| {
                state.evolve(&placed.event, placed.happened_at, appended.recorded_at)
            };
            let state = facts.iter().fold(before.state, evolve);
            if let State::Entitlement(entitlement) = &state {
                now.push(entitlement.clone());
            }
            events.extend(facts.into_iter().map(Happened::from));
            self.states.keep(&stream, state, appended.first.plus(offset));
        }
        if self.freshness.is_some() {
            self.own.note(&appended);
        }
        let impact = known.impact.take();
        // An order that was not issued just now is about entitlements that were not read for it.
        let elsewhere = matches!(request.command, Command::Issue(_))
            && (answer.refusal.is_some() || now.len() < known.pieces.len());
        let (entitlements, codes) =
            if elsewhere { self.shown_now(request, known).await? } else { self.shown(request, known, now) };
        let (outcome, codes) = match answer.refusal {
            Some(refusal) => (Outcome::Refused(refusal), Vec::new()),
            None => (Outcome::Accepted { events, warnings: answer.warnings }, codes),
        };
        Ok(Reply {
            position: appended.last,
            recorded_at: appended.recorded_at,
            replayed: false,
            outcome,
            entitlements,
            codes,
            impact,
        })
    }
}

/// What is said to a command beside its facts.
struct Answer {
    warnings: Vec<Warning>,
    refusal: Option<Refusal>,
}

/// What is done, in the order in which it stands on record: stream by stream.
pub(crate) fn accepted(decision: Decision) -> Outcome {
    let facts = by_stream(decision.events).into_iter().flat_map(|(_, facts)| facts);
    Outcome::Accepted { events: facts.map(Happened::from).collect(), warnings: decision.warnings }
}

/// The queue of the thing that a command is about. Two things may share one; that costs time, never truth.
fn queue_of(request: &Request) -> usize {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    match request.command.subject() {
        Some(subject) => subject.hash(&mut hasher),
        None => request.id.hash(&mut hasher),
    }
    usize::try_from(hasher.finish() % QUEUES as u64).unwrap_or(0)
}
