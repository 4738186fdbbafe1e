//! The desk of a stopped ledger: this process opens it, and nobody else can meanwhile.

use std::future::Future;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use resit_api::{
    CandidateVoucher, CommandBody, Entitlement, ExpireDue, Explanation, HistoryEvent, Inventory, Judged,
    ListedOffer, LogPage, LogRecord, OrderedLine, PendingGoodwill, Problem, PublishedOffer, PublishedPolicy,
    Rebuilt, Reply, Status, TermsText, Verified,
};
use resit_clock_guard::{Bounds, confirmed};
use resit_command_handler::{CommandHandler, Failure, Request, Seen as Sight, decode, stream_id};
use resit_domain::{
    AgreementId, CandidateId, Command, CommandId, EntitlementId, Event, LedgerZones, Offer, OfferId,
    OrderNumber, ProgrammeId, ShopId, Stream, TermsHash, Timestamp, UnitNo,
};
use resit_event_log::{Position, as_stored};
use resit_gateway::Clock as _;
use resit_projector::{OrderPage, Projector};
use resit_voucher_code::Code;
use tokio::runtime::{Builder, Runtime};

use super::{Desk, LISTED_MAX, LookUp, Order, Seen};
use crate::clock::{self, ServerClock};
use crate::exit::Stopped;
use crate::ledger::Ledger;
use crate::serve::{Stop, interrupt_by_signals};

/// An open ledger, and this thread to run it.
pub(crate) struct Folder {
    ledger: Ledger,
    /// The instant that the asker named.
    named: Option<Timestamp>,
    /// None of a rehearsal, where the system's time is as good as any.
    clock: Option<Arc<ServerClock>>,
    runtime: Runtime,
    /// Says when a signal asks this process to end.
    stop: Stop,
}

impl Folder {
    pub(crate) fn new(ledger: Ledger, named: Option<Timestamp>, bounds: Bounds) -> Result<Self, Stopped> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let clock = if ledger.rehearsal {
            None
        } else {
            let clock = ServerClock::of_a_ledger(&ledger.folder, bounds, &*ledger.log);
            let clock = Arc::new(runtime.block_on(clock)?);
            clock.guard(&ledger.handler);
            Some(clock)
        };
        Ok(Self { ledger, named, clock, runtime, stop: interrupt_by_signals()? })
    }

    /// Waits for what may take long, unless a signal asks this process to end. Whatever it is, it goes on from where it
    /// was when it is done again.
    fn wait_long<T>(&self, future: impl Future<Output = Result<T, Stopped>>) -> Result<T, Stopped> {
        self.runtime.block_on(self.stop.unless_asked(future)).unwrap_or(Err(Stopped::Interrupted))
    }

    fn wait<T>(&self, future: impl Future<Output = Result<T, Stopped>>) -> Result<T, Stopped> {
        self.runtime.block_on(future)
    }

    /// The instant to look from.
    fn now(&self) -> Timestamp {
        let known = || self.clock.as_ref().map_or_else(clock::now, |clock| clock.now());
        self.named.unwrap_or_else(known)
    }

    /// The instant to judge by.
    fn judging_at(&self) -> Result<Timestamp, Stopped> {
        match (self.named, &self.clock) {
            (None, Some(clock)) => Ok(clock.trusted_now()?),
            _ => Ok(self.now()),
        }
    }

    /// The instant by which things are shown as they stand now: as commands do, by the latest time on record if the
    /// clock is behind it.
    fn standing_at(&self) -> Result<Timestamp, Stopped> {
        self.wait(async { Ok(self.ledger.handler.not_before(self.now()).await?) })
    }

    /// The instant to act at. A ledger's time never runs back: one command from the future would take all others there.
    fn acting_at(&self) -> Result<Timestamp, Stopped> {
        if self.named.is_some() && !self.ledger.rehearsal {
            let text = "--clock is for dry runs and for rehearsals: make such a ledger with `resit init --rehearsal`";
            return Err(Stopped::Input(text.to_owned()));
        }
        let at = self.judging_at()?;
        if let Some(clock) = &self.clock {
            clock.leave_evidence().ok();
        }
        Ok(at)
    }

    /// The same; for a confirmation of the clock, what the clock reads, if that may be confirmed.
    fn acting_at_by(&self, order: &Order) -> Result<Timestamp, Stopped> {
        match (&order.body, &self.clock) {
            (CommandBody::ConfirmClock(confirm), Some(clock)) if self.named.is_none() => {
                Ok(confirmed(clock.trusted_now(), confirm.reads)?)
            }
            _ => self.acting_at(),
        }
    }

    fn request(&self, order: Order) -> Result<Request, Stopped> {
        let Order { id, actor, body, confirm } = order;
        let whole = match body.names_whole_by() {
            Some(code) => self.wait(async { Ok(self.ledger.handler.resolve(code).await?) })?,
            None => None,
        };
        let command = body.into_command(whole.map(|(id, _)| id));
        let command = command.ok_or_else(|| Stopped::Input("no voucher has this code".to_owned()))?;
        Ok(Request { id, actor, command, confirm })
    }

    /// Records that the clock was wrong, or shows what that would change.
    pub(crate) fn correct_time(&self, request: &Request, dry_run: bool) -> Result<CorrectedTime, Stopped> {
        let at = match &self.clock {
            _ if self.named.is_some() && !dry_run => self.acting_at()?,
            _ if self.named.is_some() => self.now(),
            Some(clock) => clock.now_for_correction()?,
            None => self.now(),
        };
        self.wait(correct_time(&self.ledger.handler, request, at, dry_run))
    }

    /// The read models, by all that is on record.
    fn read_models(&self) -> Result<(Projector, Position), Stopped> {
        let projector = self.ledger.projector()?;
        let position = self.wait_long(async { Ok(projector.catch_up(|_| ()).await?) })?;
        Ok((projector, position))
    }
}

impl Desk for Folder {
    fn handle(&self, order: Order) -> Result<Reply, Stopped> {
        let now = self.acting_at_by(&order)?;
        let request = self.request(order)?;
        let handler = &self.ledger.handler;
        let reply = self.wait(async {
            handler.admit_id(&request.id).await?;
            Ok(handler.handle(request.clone(), now).await?)
        })?;
        if let (Command::ConfirmClock(_), Some(clock), false) =
            (&request.command, &self.clock, reply.replayed)
        {
            clock.confirm(now);
        }
        let reply = Reply::of(&request, reply, self.standing_at()?);
        let offer = match reply.outcome.offer() {
            Some(offer) => self.offer(offer)?,
            None => None,
        };
        Ok(Reply { offer, ..reply })
    }

    fn judge(&self, order: Order) -> Result<Judged, Stopped> {
        let now = match &order.body {
            CommandBody::ConfirmClock(_) => self.acting_at_by(&order)?,
            _ => self.judging_at()?,
        };
        let request = self.request(order)?;
        let handler = &self.ledger.handler;
        let judged = self.wait(async {
            handler.admit_id(&request.id).await?;
            Ok(handler.judge(&request, now).await?)
        })?;
        Ok(judged.into())
    }

    fn clock(&self) -> Option<Timestamp> {
        Some(self.now())
    }

    fn code(&self, code: &Code) -> Result<Option<(EntitlementId, UnitNo)>, Stopped> {
        self.wait(async { Ok(self.ledger.handler.resolve(code.fingerprint()).await?) })
    }

    fn entitlement(&self, id: EntitlementId, seen: Seen) -> Result<Option<Entitlement>, Stopped> {
        let view = self.wait(async { Ok(self.ledger.handler.view(id, sight(seen)).await?) })?;
        let at = seen.as_of.map_or_else(|| self.standing_at(), Ok)?;
        Ok(view.map(|view| Entitlement::at(view, at)))
    }

    fn history(&self, id: EntitlementId, seen: Seen) -> Result<Vec<HistoryEvent>, Stopped> {
        let entries = self.wait(async { Ok(self.ledger.handler.history(id, sight(seen)).await?) })?;
        Ok(entries.into_iter().map(HistoryEvent).collect())
    }

    fn why(&self, id: &CommandId) -> Result<Explanation, Stopped> {
        let explanation = self.wait(async { Ok(self.ledger.handler.why(id).await?) })?;
        Ok(Explanation::of(id.clone(), explanation))
    }

    fn why_refused(&self, id: EntitlementId, unit: Option<UnitNo>) -> Result<Option<Explanation>, Stopped> {
        let refused = self.wait(async { Ok(self.ledger.handler.last_refused(id, unit).await?) })?;
        refused.map(|command| self.why(&command)).transpose()
    }

    fn look_up(&self, by: &LookUp) -> Result<Vec<Entitlement>, Stopped> {
        let views = match by {
            LookUp::Order(order) => {
                let whole = self.ledger.handler.order_line(order, 0, usize::MAX);
                self.wait(async { Ok(whole.await?.views) })?
            }
            LookUp::Offer(offer) => {
                let (projector, _) = self.read_models()?;
                let mut views = Vec::new();
                for id in projector.offer(offer)? {
                    views.extend(projector.entitlement(id)?);
                }
                views
            }
        };
        let at = self.standing_at()?;
        Ok(views.into_iter().map(|view| Entitlement::at(view, at)).collect())
    }

    fn order_lines(&self, shop: &ShopId, number: &OrderNumber) -> Result<Vec<OrderedLine>, Stopped> {
        let (projector, _) = self.read_models()?;
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let OrderPage { lines, next } = projector.order(shop, number, after, usize::MAX)?;
            all.extend(lines.into_iter().map(OrderedLine::from));
            if next.is_none() {
                return Ok(all);
            }
            after = next;
        }
    }

    fn candidate(&self, candidate: &CandidateId) -> Result<Vec<CandidateVoucher>, Stopped> {
        let (units, at) = (self.read_models()?.0.candidate(candidate)?, self.standing_at()?);
        Ok(units.into_iter().map(|unit| CandidateVoucher::at(unit, at)).collect())
    }

    fn pending_goodwill(&self) -> Result<Vec<PendingGoodwill>, Stopped> {
        let (projector, _) = self.read_models()?;
        let pending = projector.pending_goodwill(self.standing_at()?, None, usize::MAX)?;
        Ok(pending.into_iter().map(PendingGoodwill::from).collect())
    }

    fn inventory(&self, agreement: &AgreementId) -> Result<Inventory, Stopped> {
        let (projector, position) = self.read_models()?;
        Ok(Inventory { offers: projector.inventory(agreement, self.standing_at()?)?.offers, position })
    }

    fn offers(&self) -> Result<Vec<ListedOffer>, Stopped> {
        let offers = self.read_models()?.0.offers(None, usize::MAX)?;
        Ok(offers.into_iter().map(ListedOffer::from).collect())
    }

    fn offer(&self, id: &OfferId) -> Result<Option<PublishedOffer>, Stopped> {
        let facts = self.wait(facts(&self.ledger, &Stream::Offer(id.clone())))?;
        let evolve = |offer: Offer, (at, event): &(Timestamp, Event)| offer.evolve(event, *at);
        let offer = facts.iter().fold(Offer::default(), evolve);
        Ok((!facts.is_empty()).then(|| PublishedOffer::of(id, &offer)))
    }

    fn policy(&self, programme: &ProgrammeId) -> Result<Option<PublishedPolicy>, Stopped> {
        let found = self.wait(facts(&self.ledger, &Stream::Policy(programme.clone())))?;
        let zones = self.wait(facts(&self.ledger, &Stream::Zones(LedgerZones)))?;
        Ok(PublishedPolicy::of(programme, &found, &zones, self.standing_at()?))
    }

    fn terms(&self, offer: &OfferId, hash: TermsHash) -> Result<Option<TermsText>, Stopped> {
        let facts = self.wait(facts(&self.ledger, &Stream::Offer(offer.clone())))?;
        Ok(facts.into_iter().find_map(|(published_at, event)| match event {
            Event::OfferPublished(e) if e.hash == hash => {
                Some(TermsText { offer: offer.clone(), terms: hash, published_at, source: e.source })
            }
            _ => None,
        }))
    }

    fn records(&self, after: Position, limit: usize) -> Result<LogPage, Stopped> {
        // What is stored, whatever was corrected.
        let log = as_stored(&self.ledger.log);
        let head = self.wait(async { Ok(log.head().await?) })?;
        LogPage::is_within(after, head).map_err(|wrong| Stopped::Input(Problem::bad_input(wrong).detail))?;
        let records = self.wait(async { Ok(log.read(after, limit).await?) })?;
        let next = records.last().map_or(after, |record| record.position);
        Ok(LogPage { records: records.iter().map(LogRecord::from).collect(), next, head: head.max(next) })
    }

    fn expire_due(&self) -> Result<ExpireDue, Stopped> {
        let now = self.acting_at()?;
        let scheduler = self.ledger.scheduler()?;
        self.wait_long(async { Ok(super::expire_due(&scheduler, now, LISTED_MAX).await?) })
    }

    fn due(&self) -> Result<ExpireDue, Stopped> {
        let scheduler = self.ledger.scheduler()?;
        let now = self.judging_at()?;
        self.wait_long(async { Ok(super::due(&scheduler, now, LISTED_MAX).await?) })
    }

    fn verify(&self) -> Result<Verified, Stopped> {
        let head = self.wait(async { Ok(self.ledger.log.head().await?) })?;
        let bar = progress(head);
        let ledger = &self.ledger;
        let verified =
            self.wait_long(super::verify(ledger, ledger, |position| bar.set_position(position.0)))?;
        bar.finish_and_clear();
        Ok(verified)
    }

    fn rebuild(&self) -> Result<Rebuilt, Stopped> {
        let head = self.wait(async { Ok(self.ledger.log.head().await?) })?;
        let projector = self.ledger.projector()?;
        let bar = progress(head);
        let position =
            self.wait_long(async { Ok(projector.rebuild(|position| bar.set_position(position.0)).await?) })?;
        bar.finish_and_clear();
        // Its memory is the scheduler's now.
        drop(projector);
        let scheduler = self.ledger.scheduler()?;
        self.wait_long(async { Ok(scheduler.rebuild().await?) })?;
        Ok(Rebuilt { position })
    }

    fn status(&self) -> Result<Status, Stopped> {
        let status = self.wait_long(super::status::stopped(&self.ledger, self.now()))?;
        let clock_fault = self.clock.as_ref().and_then(|clock| clock.fault());
        Ok(Status { clock_fault, ..status })
    }
}

/// What came of a correction of recorded times.
pub(crate) enum CorrectedTime {
    Recorded(Box<Reply>),
    Judged(Judged),
}

/// Has a handler correct recorded times, or judge what that would change.
pub(crate) async fn correct_time(
    handler: &Arc<CommandHandler>,
    request: &Request,
    at: Timestamp,
    dry_run: bool,
) -> Result<CorrectedTime, Stopped> {
    handler.admit_id(&request.id).await?;
    if dry_run {
        return Ok(CorrectedTime::Judged(handler.judge(request, at).await?.into()));
    }
    let reply = handler.handle(request.clone(), at).await?;
    Ok(CorrectedTime::Recorded(Box::new(Reply::of(request, reply, at))))
}

fn sight(seen: Seen) -> Sight {
    Sight { as_of: seen.as_of, known_at: seen.known_at }
}

/// What happened to an offer or a policy, with the instant at which each fact was put on record.
async fn facts(ledger: &Ledger, stream: &Stream) -> Result<Vec<(Timestamp, Event)>, Stopped> {
    let mut facts = Vec::new();
    for record in ledger.log.read_stream(&stream_id(stream), Position::START).await? {
        for data in &record.events {
            facts.push((record.recorded_at, decode(data).map_err(Failure::from)?));
        }
    }
    Ok(facts)
}

fn progress(head: Position) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} records {per_sec}");
    ProgressBar::new(head.0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
