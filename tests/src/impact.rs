//! A ledger with live rights of several kinds, publications of every kind, and complete listings before and after each.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use resit_command_handler::{CommandHandler, Outcome, Reply, Request, Seen};
use resit_domain::{
    AmendAgreement, Command, DefineExam, EntitlementId, ExamFacts, ExamResult, ExtendOffer, Grandfather,
    Impact, Issue, MigrateProvider, OpenAgreement, OrderLine, PublishCalendar, PublishOffer, RecordResult,
    Revoke, RevokeReason, Rule, Schedule, Timestamp, UnitNo, VoucherRef, WithdrawOffer,
};

const OFFER: &str = include_str!("../../deploy/offers/exam-replay.toml");
const OFFICE: &str =
    "\n[calendar]\nid = \"office\"\nversion = 1\nweekend = [\"saturday\", \"sunday\"]\nholidays = []\n";

/// When everything is bought.
pub const BOUGHT: &str = "2019-09-02T10:00Z";

/// The order lines of a ledger: their number, and how many pieces each has.
#[derive(Debug, Clone, Copy)]
pub struct Orders {
    /// How many lines.
    pub lines: u32,
    /// How many pieces of each.
    pub each: u16,
}

/// One right, as a listing shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Its end.
    pub ends_at: Option<Timestamp>,
    /// Whether it is neither used, revoked nor ended.
    pub is_live: bool,
    /// The sitting of its open registration.
    pub sit_at: Option<Timestamp>,
}

/// Every right of a ledger.
pub type Listing = BTreeMap<(EntitlementId, UnitNo), Listed>;

fn id<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("it is written as ids are")
}

fn replaced(text: &str, changes: &[(&str, &str)]) -> String {
    let plain = text.split("[[example]]").next().expect("a text has a beginning").to_owned();
    changes.iter().fold(plain, |text, (from, to)| {
        assert!(text.contains(from), "the offer says {from}");
        text.replace(from, to)
    })
}

/// An offer under agreements, that counts business days, and whose newest version governs what is not registered yet.
fn contract(business_days: u16, version: u32) -> PublishOffer {
    let deadline = format!("earliest(purchase + P{business_days}B, agreement-end)");
    let title = format!("title = \"Contract {version}\"");
    let source = replaced(
        OFFER,
        &[
            ("id = \"exam-replay\"", "id = \"contract\""),
            ("title = \"Exam Replay\"", &title),
            ("agreement = \"none\"", "agreement = [\"volume\"]"),
            ("purchase + P12M", &deadline),
            ("business_days = \"none\"", "business_days = \"office\""),
            (
                "terms_in_force = \"purchase\"",
                "terms_in_force = \"scheduling\"\nshortening = { notice = \"P30D\" }",
            ),
        ],
    );
    PublishOffer { source: source + OFFICE }
}

/// An offer whose rights end with it.
fn season() -> PublishOffer {
    let changes = [
        ("id = \"exam-replay\"", "id = \"season\""),
        ("runs = { from = \"none\", to = \"none\" }", "runs = { from = \"none\", to = 2020-03-31 }"),
        ("purchase + P12M", "offer-end"),
    ];
    PublishOffer { source: replaced(OFFER, &changes) }
}

fn exam(code: &str, retires_on: Option<&str>) -> DefineExam {
    let facts = ExamFacts {
        categories: vec![id("role-based")],
        retires_on: retires_on.map(id),
        ..ExamFacts::default()
    };
    DefineExam { exam: id(code), facts }
}

fn amend(agreement: &str, last_day: &str) -> AmendAgreement {
    AmendAgreement {
        agreement: id(agreement),
        last_day: Some(id(last_day)),
        buyer: None,
        branches: None,
        administrator: None,
        contact: None,
    }
}

/// The publications of every kind, each with its time, and whether it takes rights away.
pub fn publications() -> Vec<(&'static str, Command, &'static str, bool)> {
    let holidays = "holidays = [2019-12-24, 2019-12-25, 2019-12-26, 2019-12-27]";
    let next = OFFICE.replace("version = 1", "version = 2").replace("holidays = []", holidays);
    let season = || id("season");
    let migrated = MigrateProvider { offer: season(), from: id("pearson-vue"), to: id("prometric") };
    let withdrawn = WithdrawOffer { offer: season(), grandfather: Grandfather::Nobody };
    let extended = ExtendOffer { offer: season(), last_day: id("2020-06-30") };
    vec![
        ("calendar", PublishCalendar { source: next }.into(), "2019-12-02", false),
        ("shorter", contract(100, 2).into(), "2019-12-03", false),
        ("extended", extended.into(), "2019-12-04", false),
        ("withdrawn", withdrawn.into(), "2019-12-05", false),
        ("migrated", migrated.into(), "2019-12-06", false),
        ("retired", exam("EX-2", Some("2020-02-10")).into(), "2019-12-07", true),
        ("longer", amend("EA-2", "2021-12-31").into(), "2019-12-08", false),
        ("before-sittings", amend("EA-1", "2020-02-15").into(), "2019-12-09", true),
        ("at-once", amend("EA-1", "2019-12-01").into(), "2019-12-10", true),
    ]
}

/// A ledger that is asked by its handler.
pub struct World {
    /// The handler.
    pub handler: Arc<CommandHandler>,
    sent: u64,
}

impl World {
    /// A ledger in which nothing is sold yet.
    pub async fn new(handler: Arc<CommandHandler>) -> Self {
        let mut world = Self { handler, sent: 0 };
        let agreement = |name: &str| OpenAgreement {
            agreement: id(name),
            programme: id("volume"),
            first_day: id("2019-01-01"),
            last_day: id("2020-12-31"),
            buyer: Vec::new(),
            branches: Vec::new(),
            administrator: None,
            contact: None,
        };
        for command in [
            exam("EX-1", None).into(),
            exam("EX-2", None).into(),
            contract(150, 1).into(),
            season().into(),
            agreement("EA-1").into(),
            agreement("EA-2").into(),
        ] {
            world.give(command, BOUGHT).await;
        }
        world
    }

    /// The same ledger by another handler, which is not asked for anything that was sent by this one.
    #[must_use]
    pub fn by(&self, handler: Arc<CommandHandler>) -> Self {
        Self { handler, sent: self.sent }
    }

    /// Forgets what another handler may have published meanwhile.
    pub fn forget_published(&self) {
        self.handler.states().forget_all();
    }

    /// Gives a command that the rules must not refuse.
    ///
    /// # Panics
    ///
    /// If they do, or the ledger gives no answer.
    pub async fn give(&mut self, command: Command, at: &str) {
        self.sent += 1;
        let reply = self.send(&format!("w{}", self.sent), command, at, false).await;
        if let Outcome::Refused(refusal) = reply.outcome {
            panic!("{refusal}: {:?}", refusal.facts);
        }
    }

    /// Sends a command under an id.
    ///
    /// # Panics
    ///
    /// If the ledger gives no answer.
    pub async fn send(&self, name: &str, command: Command, at: &str, confirm: bool) -> Reply {
        let request = Request { id: id(name), actor: id("operator"), command, confirm };
        self.handler.handle(request, id(at)).await.expect("the ledger answers")
    }

    /// The impact by a dry run.
    ///
    /// # Panics
    ///
    /// If the ledger gives no answer, or no impact.
    pub async fn dry_run(&self, command: Command, at: &str) -> Impact {
        let request = Request { id: id("dry-run"), actor: id("operator"), command, confirm: false };
        let judged = self.handler.judge(&request, id(at)).await.expect("the ledger answers");
        *judged.impact.expect("a publication has an impact")
    }

    /// Buys. Of four lines, two are under one agreement, one under another, and one under none.
    pub async fn buy(&mut self, orders: Orders) {
        for line in 0..orders.lines {
            let (offer, agreement) = match line % 4 {
                0 | 1 => ("contract", Some("EA-1")),
                2 => ("contract", Some("EA-2")),
                _ => ("season", None),
            };
            self.order(line, offer, agreement, orders.each).await;
        }
    }

    /// Buys one line.
    pub async fn order(&mut self, line: u32, offer: &str, agreement: Option<&str>, each: u16) {
        let issue = Issue {
            order: order(line),
            offer: id(offer),
            quantity: each,
            pieces: None,
            purchased_at: None,
            paid: true,
            channel: None,
            region: None,
            agreement: agreement.map(id),
            buyer: Vec::new(),
            combined_with: Vec::new(),
            holder: None,
            exam: None,
            tier: None,
            mode: None,
            valid_until: None,
            contact: None,
        };
        self.give(issue.into(), BOUGHT).await;
    }

    /// Lives that differ: of eight pieces one is registered for either exam, one is used, one is revoked, one had its booking moved.
    pub async fn live(&mut self, orders: Orders) {
        for line in 0..orders.lines {
            for piece in 1..=orders.each {
                let entitlement = EntitlementId::of_order(&order(line), piece);
                let voucher = VoucherRef::Id { entitlement, unit: 1 };
                let candidate = format!("c-{line}-{piece}");
                // Sittings from 1 to 28 February.
                let sit_at = format!("2020-02-{:02}T10:00Z", 1 + piece % 28);
                let schedule = |exam: &str, sit_at: &str| Schedule {
                    voucher: voucher.clone(),
                    candidate: id(&candidate),
                    exam: id(exam),
                    sit_at: id(sit_at),
                    // Recorded times never run back: all of this is recorded by the last of them.
                    booked_at: Some(id("2019-10-01")),
                    delivery: Some(id("online")),
                    provider: None,
                    channel: None,
                    region: None,
                    branch: None,
                    paid: None,
                };
                match piece % 8 {
                    1 => self.give(schedule("EX-1", &sit_at).into(), "2019-10-01").await,
                    2 => self.give(schedule("EX-2", &sit_at).into(), "2019-10-01").await,
                    3 => {
                        self.give(schedule("EX-1", "2019-10-03").into(), "2019-10-01").await;
                        let result = RecordResult { voucher, result: ExamResult::Pass, sat_at: None };
                        self.give(result.into(), "2019-10-04").await;
                    }
                    4 => {
                        let revoke = Revoke { entitlement, reason: RevokeReason::Chargeback };
                        self.give(revoke.into(), "2019-10-04").await;
                    }
                    5 => {
                        self.give(schedule("EX-2", "2019-10-03").into(), "2019-10-01").await;
                        let result = RecordResult { voucher, result: ExamResult::Fail, sat_at: None };
                        self.give(result.into(), "2019-10-04").await;
                    }
                    _ => {}
                }
            }
        }
    }

    /// Every right, as it is shown at `at`.
    ///
    /// # Panics
    ///
    /// If the ledger gives no answer.
    pub async fn listing(&self, orders: Orders, at: &str) -> Listing {
        let mut listing = Listing::new();
        for line in 0..orders.lines {
            for piece in 1..=orders.each {
                let entitlement = EntitlementId::of_order(&order(line), piece);
                let view = self.handler.view(entitlement, Seen::default()).await.expect("the ledger answers");
                for unit in view.expect("it was issued").units {
                    let is_live = !matches!(unit.stands(id(at)), "ended" | "used" | "revoked");
                    let open = unit.attempts.iter().find(|attempt| attempt.end == "open");
                    let sit_at = open.map(|attempt| attempt.sit_at);
                    listing
                        .insert((entitlement, unit.unit), Listed { ends_at: unit.ends_at, is_live, sit_at });
                }
            }
        }
        listing
    }

    /// Whether a pass at its booked sitting would be taken.
    ///
    /// # Panics
    ///
    /// If the ledger gives no answer, or a rule refuses it that no deadline is behind.
    pub async fn passes(&self, (entitlement, unit): (EntitlementId, UnitNo), sit_at: Timestamp) -> bool {
        let voucher = VoucherRef::Id { entitlement, unit };
        let command = RecordResult { voucher, result: ExamResult::Pass, sat_at: None }.into();
        let request = Request { id: id("dry-run"), actor: id("operator"), command, confirm: false };
        let judged = self.handler.judge(&request, sit_at.plus_millis(1)).await.expect("the ledger answers");
        match judged.outcome {
            Outcome::Accepted { .. } => true,
            Outcome::Refused(refusal) if refusal.rule == Rule::SatInTime => false,
            Outcome::Refused(refusal) => panic!("{refusal}"),
        }
    }
}

/// An order line.
pub fn order(line: u32) -> OrderLine {
    OrderLine { shop: id("shop"), number: id(&format!("N-{line}")), line: 1 }
}

/// What differs between two listings: how many rights that were live have another end, and how many of them are not live any more.
pub fn difference(before: &Listing, after: &Listing) -> (u64, u64, u64) {
    let live = || before.iter().filter(|(_, right)| right.is_live);
    let count = |of: &dyn Fn(&Listed, &Listed) -> bool| {
        live().filter(|(key, right)| of(right, &after[key])).count() as u64
    };
    let moved = count(&|before, after| before.ends_at != after.ends_at);
    let ended = count(&|_, after| !after.is_live);
    (live().count() as u64, moved, ended)
}
