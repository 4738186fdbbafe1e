//! A shop with vouchers that a clock which is ahead would end.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use resit_api::{CommandBody, Problem, ProblemKind};
use resit_client::{Caller, Client, ClientError};
use resit_domain::CommandId;
use serde_json::{Value, json};

use crate::faketime::now;
use crate::process::get;
use crate::tools::repository;

/// Offers whose rights end half an hour, twelve hours and twelve months after the purchase.
const OFFERS: [(&str, &str); 3] = [("half-hour", "PT30M"), ("half-day", "PT12H"), ("year", "P12M")];

/// How far a recorded time may be ahead: the default of `clock_skew_max_s`.
const SKEW_MS: i64 = 60_000;

/// A shop on a server.
pub struct Shop {
    client: Client,
    vouchers: Vec<String>,
    next: AtomicU64,
}

/// What load a ledger took.
#[derive(Debug, Default, Clone, Copy)]
pub struct Checked {
    /// Commands that were acknowledged.
    pub acknowledged: u64,
    /// Commands that were turned away because of the clock.
    pub turned_away: u64,
}

fn body(name: &str, body: &Value) -> CommandBody {
    let read = CommandBody::read(name, body.to_string().as_bytes()).expect("there is such a command");
    read.unwrap_or_else(|e| panic!("{name} {body}: {e:?}"))
}

impl Shop {
    /// Opens a shop, and sells a voucher of each offer.
    #[track_caller]
    pub fn open(url: &str) -> Self {
        let shop = Self { client: client(url), vouchers: Vec::new(), next: AtomicU64::new(0) };
        let text =
            std::fs::read_to_string(repository("deploy/offers/exam-replay.toml")).expect("it is there");
        let (terms, _) = text.split_once("[[example]]").unwrap_or((&text, ""));
        shop.must(
            "define-exam",
            &json!({ "exam": "EX-1", "facts": { "categories": ["associate"], "deliveries": ["online"] } }),
        );
        let vouchers = OFFERS.map(|(name, period)| {
            let source = terms
                .replace("id = \"exam-replay\"", &format!("id = \"{name}\""))
                .replace("purchase + P12M", &format!("purchase + {period}"))
                .replace("notices = [\"P30D\", \"P7D\"]", "notices = []");
            shop.must("publish-offer", &json!({ "source": source }));
            let reply = shop.must(
                "issue",
                &json!({ "order": { "shop": "web", "number": name, "line": 1 }, "offer": name }),
            );
            reply["codes"][0]["voucher"].as_str().unwrap_or_else(|| panic!("{reply}")).to_owned()
        });
        Self { vouchers: vouchers.into(), ..shop }
    }

    /// The same shop, reached elsewhere.
    #[must_use]
    pub fn at(self, url: &str) -> Self {
        Self { client: client(url), ..self }
    }

    /// Gives a command that has to be accepted.
    #[track_caller]
    pub fn must(&self, name: &str, of: &Value) -> Value {
        let reply = self.client.handle(&self.id(), &body(name, of));
        let reply = reply.unwrap_or_else(|e| panic!("{name} {of}: {e:?}"));
        let reply = serde_json::to_value(reply).expect("a reply is JSON");
        assert!(reply.to_string().contains("\"accepted\""), "{name} {of}: {reply}");
        reply
    }

    /// Gives a command, and returns the problem that came of it, if one did.
    pub fn tries(&self, name: &str, of: &Value) -> Result<(), Problem> {
        match self.client.handle(&self.id(), &body(name, of)) {
            Ok(_) => Ok(()),
            Err(ClientError::Problem(problem)) => Err(*problem),
            Err(error) => panic!("{name} {of}: {error}"),
        }
    }

    /// Orders one voucher of the year's offer.
    pub fn order(&self) -> Result<(), Problem> {
        let number = format!("N-{}", self.next.fetch_add(1, Ordering::Relaxed));
        self.tries(
            "issue",
            &json!({ "order": { "shop": "web", "number": number, "line": 1 }, "offer": "year" }),
        )
    }

    /// Orders until it is enough. Whatever is not acknowledged was turned away for the clock alone; a server that is being started
    /// again is no answer.
    pub fn load(&self, is_enough: &AtomicBool) -> Checked {
        let mut checked = Checked::default();
        while !is_enough.load(Ordering::SeqCst) {
            let number = format!("L-{}", self.next.fetch_add(1, Ordering::Relaxed));
            let order = json!({ "order": { "shop": "web", "number": number, "line": 1 }, "offer": "year" });
            match self.client.handle(&self.id(), &body("issue", &order)) {
                Ok(_) => checked.acknowledged += 1,
                Err(ClientError::Problem(problem)) if problem.r#type == ProblemKind::ClockUntrusted => {
                    checked.turned_away += 1;
                }
                Err(ClientError::Unreachable { .. } | ClientError::Broken { .. }) => {}
                Err(error) => panic!("{order}: {error}"),
            }
        }
        checked
    }

    /// Checks that no right ended early, and that nothing was recorded ahead of the time; then uses every voucher.
    #[track_caller]
    pub fn nothing_ended(&self) {
        let until = now().millis() + SKEW_MS;
        let (mut after, mut records) = (resit_event_log::Position::START, 0);
        loop {
            let page = self.client.log(after, 1_000).expect("the log can be read");
            for record in &page.records {
                assert!(record.recorded_at.millis() <= until, "recorded ahead of the time: {record:?}");
                for event in &record.events {
                    assert!(!["Expired", "EndsSoon"].contains(&&*event.r#type), "it ended early: {record:?}");
                    assert!(event.happened_at.millis() <= until, "happened ahead of the time: {record:?}");
                }
            }
            records += page.records.len();
            after = page.next;
            if page.records.is_empty() || after >= page.head {
                break;
            }
        }
        assert!(records > 6, "{records}");
        for (at, voucher) in self.vouchers.iter().enumerate() {
            let sit_at = now().plus_millis(10 * 60 * 1_000);
            let booking = json!({
                "voucher": voucher, "candidate": format!("c-{at}"), "exam": "EX-1", "sit_at": sit_at.to_string(),
                "delivery": "online", "provider": "pearson-vue",
            });
            self.must("schedule", &booking);
            self.must("cancel", &json!({ "voucher": voucher, "by": "candidate" }));
        }
    }

    fn id(&self) -> CommandId {
        format!("c-{}-{}", std::process::id(), self.next.fetch_add(1, Ordering::Relaxed))
            .parse()
            .expect("an id")
    }
}

fn client(url: &str) -> Client {
    let actor = "shop".parse().expect("a word is an actor");
    Client::new(Caller { url: url.to_owned(), token: None, actor, clock: None })
}

/// Whether a process says in health that its clock is not trusted.
pub(super) fn reports_its_clock(url: &str) -> bool {
    is_untrusted_clock(&get(url, "/health/ready"))
}

/// Whether an answer about health, its status and its body, says that the clock is not trusted.
pub(super) fn is_untrusted_clock((status, body): &(u16, String)) -> bool {
    *status == 503 && body.contains("the clock is not trusted")
}

/// Whether a process is ready.
pub(super) fn is_ready(url: &str) -> bool {
    get(url, "/health/ready").0 == 200
}

/// Whether a problem says that the clock is not trusted, and when to try again.
pub(super) fn is_untrusted(problem: &Problem) -> bool {
    problem.r#type == ProblemKind::ClockUntrusted && problem.status == 503 && problem.retry_after_s.is_some()
}
