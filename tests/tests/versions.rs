//! A version of an offer that counts by another calendar governs what was sold before it: the handler, the agenda and the
//! read models know its calendar, and what changes in it.

use std::sync::Arc;

use resit_command_handler::{CommandHandler, Outcome, Request};
use resit_derived_store::DerivedStore;
use resit_domain::{
    Command, DefineExam, EntitlementId, ExamFacts, Issue, OrderLine, PublishCalendar, PublishOffer, Schedule,
    Timestamp, VoucherRef,
};
use resit_event_log::{EventLog, MemoryLog};
use resit_expiry_scheduler::{Agenda, ExpiryScheduler};
use resit_projector::Projector;
use resit_tests::handler;

const OFFER: &str = include_str!("../../deploy/offers/exam-replay.toml");
/// A Thursday.
const BOUGHT: &str = "2030-01-10T10:00:00Z";

fn t(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// The offer, whose newest version governs until the first registration.
fn plain() -> String {
    let (notices, in_force) = ("notices = [\"P30D\", \"P7D\"]", "terms_in_force = \"purchase\"");
    assert!(OFFER.contains(notices) && OFFER.contains(in_force));
    OFFER
        .replace(notices, "notices = []")
        .replace(in_force, "terms_in_force = \"scheduling\"\nshortening = { notice = \"PT1S\" }")
}

/// The version that gives ten business days by a calendar, and carries it.
fn ten_days_by(calendar: &str, version: u32, holidays: &str) -> String {
    let counted = plain().replace("\"purchase + P12M\"", "\"purchase + P10B\"");
    let by = format!("business_days = \"{calendar}\"");
    counted.replace("business_days = \"none\"", &by) + &self::calendar(calendar, version, holidays)
}

fn calendar(calendar: &str, version: u32, holidays: &str) -> String {
    format!(
        "\n[calendar]\nid = \"{calendar}\"\nversion = {version}\nweekend = [\"saturday\", \"sunday\"]\nholidays = [{holidays}]\n"
    )
}

struct Ledger {
    log: Arc<dyn EventLog>,
    kept: Projector,
    scheduler: ExpiryScheduler,
    handler: Arc<CommandHandler>,
    sent: u32,
}

impl Ledger {
    fn new() -> Self {
        let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
        let handler = handler(&log);
        let kept = Projector::new(log.clone(), DerivedStore::temporary().unwrap());
        let scheduler = ExpiryScheduler::new(handler.clone(), log.clone(), Agenda::in_memory().unwrap());
        Self { log, kept, scheduler, handler, sent: 0 }
    }

    async fn send(&mut self, command: impl Into<Command>, at: &str) -> Outcome {
        self.sent += 1;
        let id = id(&format!("c{}", self.sent));
        let request = Request { id, actor: self::id("operator"), command: command.into(), confirm: false };
        self.handler.handle(request, t(at)).await.unwrap().outcome
    }

    async fn yes(&mut self, command: impl Into<Command>, at: &str) {
        let outcome = self.send(command, at).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        // Each by itself, so that what comes later finds what hangs on it by its lists alone.
        self.kept.catch_up(|_| ()).await.unwrap();
        self.scheduler.catch_up().await.unwrap();
    }

    /// The row, the agenda and the handler agree on when the voucher ends, and so do rows that are made anew.
    #[track_caller]
    fn ends(&self, end: &str) -> impl Future<Output = ()> + '_ {
        let (caller, end) = (std::panic::Location::caller(), t(end));
        async move {
            let row = self.kept.entitlement(sold()).unwrap().unwrap();
            let units: Vec<_> = row.units.iter().map(|unit| unit.ends_at).collect();
            assert_eq!(units, [Some(end)], "the row at {caller}");
            assert_eq!(self.scheduler.next_due().await.unwrap(), Some(end), "the agenda at {caller}");
            assert_eq!(self.handler.next_due(sold()).await.unwrap(), Some(end), "the handler at {caller}");
            let fresh = Projector::new(self.log.clone(), DerivedStore::temporary().unwrap());
            fresh.catch_up(|_| ()).await.unwrap();
            let differences = self.kept.differences(&fresh, 10).unwrap();
            assert_eq!(differences, Vec::<Vec<u8>>::new(), "rows made anew at {caller}");
        }
    }
}

fn bought(line: u32) -> EntitlementId {
    EntitlementId::of_order(&OrderLine { shop: id("web"), number: id("W-1"), line }, 1)
}

fn sold() -> EntitlementId {
    bought(1)
}

fn buy(line: u32) -> Issue {
    Issue {
        order: OrderLine { shop: id("web"), number: id("W-1"), line },
        offer: id("exam-replay"),
        quantity: 1,
        pieces: None,
        purchased_at: None,
        paid: true,
        channel: None,
        region: None,
        agreement: None,
        buyer: Vec::new(),
        combined_with: Vec::new(),
        holder: None,
        exam: None,
        tier: None,
        contact: None,
        mode: None,
        valid_until: None,
    }
}

async fn with_one_sold(source: String) -> Ledger {
    let mut ledger = Ledger::new();
    let facts = ExamFacts { categories: vec![id("associate")], ..ExamFacts::default() };
    ledger.yes(DefineExam { exam: id("AZ-104"), facts }, "2030-01-01").await;
    ledger.yes(PublishOffer { source }, "2030-01-02").await;
    ledger.yes(buy(1), BOUGHT).await;
    ledger
}

fn book(line: u32, sit_at: &str) -> Schedule {
    Schedule {
        voucher: VoucherRef::Id { entitlement: bought(line), unit: 1 },
        candidate: id("anna"),
        exam: id("AZ-104"),
        sit_at: t(sit_at),
        booked_at: None,
        delivery: Some(id("online")),
        provider: Some(id("pearson-vue")),
        channel: None,
        region: None,
        branch: None,
        paid: None,
    }
}

#[tokio::test]
async fn what_was_sold_before_any_calendar_was_named_follows_each_that_is() {
    let mut ledger = with_one_sold(plain()).await;
    ledger.ends("2031-01-11T00:00:00Z").await;
    ledger.yes(PublishOffer { source: ten_days_by("office", 1, "") }, "2030-01-11").await;
    ledger.ends("2030-01-25T00:00:00Z").await;
    // A later version of a calendar moves no end of what was sold (ruling 16).
    let longer = PublishCalendar { source: calendar("office", 2, "2030-01-21, 2030-01-22") };
    ledger.yes(longer, "2030-01-12").await;
    ledger.ends("2030-01-25T00:00:00Z").await;
    ledger.yes(PublishOffer { source: ten_days_by("plant", 1, "2030-01-21") }, "2030-01-13").await;
    ledger.ends("2030-01-26T00:00:00Z").await;
    let longer = PublishCalendar { source: calendar("plant", 2, "2030-01-21, 2030-01-23, 2030-01-24") };
    ledger.yes(longer, "2030-01-14").await;
    ledger.ends("2030-01-26T00:00:00Z").await;
    ledger.yes(book(1, "2030-01-20T09:00Z"), "2030-01-15").await;
    ledger.ends("2030-01-26T00:00:00Z").await;
    let over = ledger.scheduler.tick(t("2030-01-30")).await.unwrap();
    assert_eq!(over.len(), 1, "it falls due by the calendar that governs");
}

#[tokio::test]
async fn a_version_that_names_another_calendar_counts_by_that_one() {
    let mut ledger = with_one_sold(ten_days_by("a", 1, "")).await;
    ledger.ends("2030-01-25T00:00:00Z").await;
    ledger.yes(PublishOffer { source: ten_days_by("b", 1, "2030-01-21, 2030-01-22") }, "2030-01-11").await;
    ledger.ends("2030-01-29T00:00:00Z").await;
    let refused = ledger.send(book(1, "2030-01-29T09:00Z"), "2030-01-28").await;
    assert!(matches!(refused, Outcome::Refused(no) if no.rule.name() == "sit-by"));
}

#[tokio::test]
async fn a_calendar_that_comes_late_is_waited_for() {
    let mut ledger = with_one_sold(plain()).await;
    let source = ten_days_by("office", 1, "").replace(&calendar("office", 1, ""), "");
    ledger.yes(PublishOffer { source }, "2030-01-11").await;
    let refused = ledger.send(book(1, "2030-01-20T09:00Z"), "2030-01-12").await;
    assert!(matches!(refused, Outcome::Refused(no) if no.rule.name() == "known-calendar"));
    let row = ledger.kept.entitlement(sold()).unwrap().unwrap();
    assert_eq!((row.units.len(), row.units[0].ends_at), (1, None), "it is shown, and not when it ends");
    assert_eq!(ledger.scheduler.next_due().await.unwrap(), None);
    ledger.yes(PublishCalendar { source: calendar("office", 1, "") }, "2030-01-13").await;
    ledger.ends("2030-01-25T00:00:00Z").await;
}

#[tokio::test]
async fn the_policy_of_the_programme_that_governs_is_asked() {
    let mut ledger = with_one_sold(plain()).await;
    ledger.yes(buy(2), "2030-01-10").await;
    ledger.yes(book(2, "2030-01-12T09:00Z"), "2030-01-11").await;
    let policy = "\n[policy]\ntime_zone = \"UTC\"\ncounts = [\"sat\"]\nsame_exam = \"exact\"\ncaps = \"none\"\n\
        wait = [{ period = \"P30D\", counted = \"calendar-days\", limits = \"sit\" }]\n\
        lock_after_pass = \"none\"\nbeta_once = false\n";
    let strict = plain().replace("programme = \"none\"", "programme = \"strict\"") + policy;
    ledger.yes(PublishOffer { source: strict }, "2030-01-13").await;
    let refused = ledger.send(book(1, "2030-01-20T09:00Z"), "2030-01-14").await;
    assert!(matches!(refused, Outcome::Refused(no) if no.rule.name() == "policy-wait"));
}
