//! What is published in a round, and how an answer shows whether it was judged by it.

use resit_domain::Timestamp;
use serde_json::{Value, json};

use super::stage::Stage;
use crate::process::Process;

const OFFER: &str = include_str!("../../../deploy/offers/exam-replay.toml");

const DAY_MS: i64 = 86_400_000;

/// What is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publication {
    /// An offer is withdrawn: nobody may buy it any more.
    Withdrawal,
    /// A voucher is revoked: it can't be used, and does not look as if it could.
    Revocation,
    /// An exam comes into a category that the offer excludes: no voucher is good for it.
    Category,
    /// An offer gets a new version: what is bought is bought under that.
    Version,
}

impl Publication {
    /// Each of them, in the order in which rounds play them.
    pub const ALL: [Self; 4] = [Self::Withdrawal, Self::Revocation, Self::Category, Self::Version];
}

/// What an answer was judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What was before the publication.
    Old,
    /// The publication.
    New,
    /// It was not judged, or nobody knows.
    Unknown,
}

/// One round's publication, with all that it is about.
#[derive(Debug)]
pub(super) struct Round {
    number: u64,
    publication: Publication,
    /// A voucher's entitlement, and a time at which it may be used.
    entitlement: String,
    sit_at: String,
}

impl Round {
    /// Publishes an offer and an exam of its own, and buys a voucher.
    pub(super) fn prepare(stage: &Stage, number: u64, publication: Publication) -> Self {
        let mut round = Self { number, publication, entitlement: String::new(), sit_at: String::new() };
        let gateway = stage.gateway(0);
        round.until_done(gateway, "publish-offer", "offer", &json!({ "source": round.offer("Exam Replay") }));
        round.until_done(gateway, "define-exam", "exam", &round.exam("associate"));
        let bought = round.until_done(gateway, "issue", "voucher", &round.order("voucher"));
        let text = |value: &Value| value.as_str().expect("a reply says so").to_owned();
        round.entitlement = text(&bought["entitlements"][0]["id"]);
        let at: Timestamp = text(&bought["recorded_at"]).parse().expect("an instant");
        round.sit_at = at.plus_millis(2 * DAY_MS).to_string();
        round
    }

    pub(super) fn name(&self) -> String {
        format!("round {}, {:?}", self.number, self.publication)
    }

    /// Publishes, and returns when it is acknowledged.
    pub(super) fn publish(&self, gateway: &Process) {
        let (command, body) = match self.publication {
            Publication::Withdrawal => {
                ("withdraw-offer", json!({ "offer": self.offer_id(), "grandfather": "nobody" }))
            }
            Publication::Revocation => {
                ("revoke", json!({ "entitlement": self.entitlement, "reason": "refund" }))
            }
            Publication::Category => ("define-exam", self.exam("fundamentals")),
            Publication::Version => ("publish-offer", json!({ "source": self.offer("Another title") })),
        };
        self.until_done(gateway, command, "publication", &body);
    }

    /// Asks for something that the publication changes.
    pub(super) fn ask(&self, gateway: &Process, key: &str) -> (Verdict, String) {
        let (status, text) = match self.publication {
            Publication::Withdrawal | Publication::Version => {
                self.give(gateway, "issue", key, &self.order(key))
            }
            Publication::Revocation => gateway.get(&format!("/v1/entitlements/{}", self.entitlement)),
            // A voucher is good for one registration, so each is bought for it.
            Publication::Category => match self.give(gateway, "issue", key, &self.order(key)) {
                (200, text) => {
                    let bought: Value = serde_json::from_str(&text).unwrap_or_default();
                    let entitlement = bought["entitlements"][0]["id"].as_str().unwrap_or_default();
                    let body = self.registration(entitlement, key);
                    self.give(gateway, "schedule", &format!("use-{key}"), &body)
                }
                unanswered => unanswered,
            },
        };
        (self.verdict(status, &text), text)
    }

    fn verdict(&self, status: u16, text: &str) -> Verdict {
        let body: Value = serde_json::from_str(text).unwrap_or_default();
        let is_new = match (self.publication, status) {
            (_, 500..) => return Verdict::Unknown,
            (Publication::Withdrawal | Publication::Category, 200) => false,
            (Publication::Withdrawal | Publication::Category, 422) => true,
            (Publication::Version, 200) => body["entitlements"][0]["title"] == "Another title",
            (Publication::Revocation, 200) => body["units"][0]["stage"] == "revoked",
            _ => panic!("{}: {status} {text}", self.name()),
        };
        if is_new { Verdict::New } else { Verdict::Old }
    }

    fn give(&self, gateway: &Process, command: &str, key: &str, body: &Value) -> (u16, String) {
        let key = format!("{}-{key}", self.number);
        gateway.post(&format!("/v1/commands/{command}"), &key, &body.to_string())
    }

    /// Gives a command until it is done, always under the same key.
    fn until_done(&self, gateway: &Process, command: &str, key: &str, body: &Value) -> Value {
        loop {
            match self.give(gateway, command, key, body) {
                (200, text) => return serde_json::from_str(&text).expect("an answer is JSON"),
                (503, _) => {}
                (status, text) => panic!("{}: {status} {text}", self.name()),
            }
        }
    }

    fn offer_id(&self) -> String {
        format!("o-{}", self.number)
    }

    fn offer(&self, title: &str) -> String {
        let (terms, _) = OFFER.split_once("[[example]]").expect("it has examples");
        let terms = terms.replace("\"exam-replay\"", &format!("{:?}", self.offer_id()));
        terms.replace("\"Exam Replay\"", &format!("{title:?}"))
    }

    fn exam(&self, category: &str) -> Value {
        json!({ "exam": format!("X-{}", self.number), "facts": { "categories": [category], "deliveries": ["online"] } })
    }

    fn order(&self, key: &str) -> Value {
        let number = format!("{}-{key}", self.number);
        json!({ "order": { "shop": "web", "number": number, "line": 1 }, "offer": self.offer_id() })
    }

    fn registration(&self, entitlement: &str, key: &str) -> Value {
        json!({
            "voucher": format!("{entitlement}.1"), "candidate": format!("c-{}-{key}", self.number),
            "exam": format!("X-{}", self.number), "sit_at": self.sit_at, "provider": "pearson-vue", "delivery": "online",
        })
    }
}
