//! Everything that can be asked of a server.

use std::fmt::{self, Write as _};

use resit_api::{
    CandidateVoucher, CommandBody, Entitlement, ExpireDue, Explanation, Found, Health, HistoryEvent,
    Inventory, Judged, ListedOffer, LogPage, OrderedLine, Page, PendingGoodwill, ProblemKind, PublishedOffer,
    PublishedPolicy, Rebuilt, Reply, Status, TermsText, Verified,
};
use resit_domain::{
    Actor, AgreementId, CandidateId, CommandId, EntitlementId, OfferId, OrderLine, OrderNumber, ProgrammeId,
    ShopId, TermsHash, Timestamp, UnitNo,
};
use resit_event_log::Position;
use resit_voucher_code::Code;
use serde::de::DeserializeOwned;

use crate::ClientError;
use crate::connection::{Ask, Connection};

/// Who asks whom.
#[derive(Clone)]
pub struct Caller {
    /// The server's address, without a slash at its end.
    pub url: String,
    /// The token that proves who asks, a secret; none for an open server.
    pub token: Option<String>,
    /// Who asks an open server.
    pub actor: Actor,
    /// What the server's clock is set to first, on a ledger for rehearsals.
    pub clock: Option<Timestamp>,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, actor, clock, token: _ } = self;
        f.debug_struct("Caller")
            .field("url", url)
            .field("actor", actor)
            .field("clock", clock)
            .finish_non_exhaustive()
    }
}

/// How much of the record is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// Only what had happened by then.
    pub as_of: Option<Timestamp>,
    /// Only what was on record by then.
    pub known_at: Option<Timestamp>,
}

impl Seen {
    fn query(self) -> String {
        let mut query = String::new();
        for (name, at) in [("as_of", self.as_of), ("known_at", self.known_at)] {
            if let Some(at) = at {
                let mark = if query.is_empty() { '?' } else { '&' };
                write!(query, "{mark}{name}={at}").expect("writing to a string does not fail");
            }
        }
        query
    }
}

/// What entitlements are found by.
#[derive(Debug, Clone)]
pub enum LookUp {
    /// An order line.
    Order(OrderLine),
    /// An offer.
    Offer(OfferId),
}

/// A server that is asked. Calls block until the answer is there.
#[derive(Debug)]
pub struct Client {
    connection: Connection,
}

impl Client {
    /// A client for one caller. Nothing is sent yet.
    pub fn new(caller: Caller) -> Self {
        Self { connection: Connection::new(caller) }
    }

    /// Gives a command. A refusal is a reply.
    pub fn handle(&self, id: &CommandId, body: &CommandBody) -> Result<Reply, ClientError> {
        self.give(id, body, "")
    }

    /// The same, of a publication, with the confirmation that rights are lost by it.
    pub fn handle_confirmed(&self, id: &CommandId, body: &CommandBody) -> Result<Reply, ClientError> {
        self.give(id, body, "?confirm=true")
    }

    fn give(&self, id: &CommandId, body: &CommandBody, query: &str) -> Result<Reply, ClientError> {
        let path = format!("/v1/commands/{}{query}", body.name());
        let ask = Ask::post(path, written(body)?).under(id);
        match self.connection.answer(&ask) {
            Err(ClientError::Problem(problem)) if problem.r#type == ProblemKind::Refused => {
                let again = problem.clone();
                problem.into_reply().ok_or(ClientError::Problem(again))
            }
            answered => answered,
        }
    }

    /// Judges a command, and does nothing.
    pub fn judge(&self, body: &CommandBody) -> Result<Judged, ClientError> {
        let path = format!("/v1/commands/{}?dry_run=true", body.name());
        self.connection.answer(&Ask::post(path, written(body)?))
    }

    /// The same, of a publication, as if its loss of rights were confirmed.
    pub fn judge_confirmed(&self, body: &CommandBody) -> Result<Judged, ClientError> {
        let path = format!("/v1/commands/{}?dry_run=true&confirm=true", body.name());
        self.connection.answer(&Ask::post(path, written(body)?))
    }

    /// Where a code leads; none if nowhere.
    pub fn code(&self, code: &Code) -> Result<Option<(EntitlementId, UnitNo)>, ClientError> {
        let body = serde_json::json!({ "code": code.expose().to_string() }).to_string().into_bytes();
        let found: Option<Found> = self.connection.found(&Ask::post("/v1/codes/look-up", body))?;
        Ok(found.map(|found| (found.entitlement.id, found.unit)))
    }

    /// An entitlement as it stands, or stood; none if nothing was issued under this id.
    pub fn entitlement(&self, id: EntitlementId, seen: Seen) -> Result<Option<Entitlement>, ClientError> {
        self.connection.found(&Ask::get(format!("/v1/entitlements/{id}{}", seen.query())))
    }

    /// What happened to an entitlement, oldest first; empty if nothing did.
    pub fn history(&self, id: EntitlementId, seen: Seen) -> Result<Vec<HistoryEvent>, ClientError> {
        self.all(&format!("/v1/entitlements/{id}/history{}", seen.query()))
    }

    /// The first answer to a command again; none if it is not on record.
    pub fn answer(&self, id: &CommandId) -> Result<Option<Reply>, ClientError> {
        self.connection.found(&Ask::get(format!("/v1/commands/{id}")))
    }

    /// Why a command was answered as it was; none if it is not on record.
    pub fn why(&self, id: &CommandId) -> Result<Option<Explanation>, ClientError> {
        self.connection.found(&Ask::get(format!("/v1/commands/{id}/why")))
    }

    /// Why the newest refusal on an entitlement came, or on one unit of it; none if there is none.
    pub fn why_refused(
        &self,
        id: EntitlementId,
        unit: Option<UnitNo>,
    ) -> Result<Option<Explanation>, ClientError> {
        let unit = unit.map_or_else(String::new, |unit| format!("?unit={unit}"));
        self.connection.found(&Ask::get(format!("/v1/entitlements/{id}/why{unit}")))
    }

    /// Entitlements by order line or offer, by all that is on record now.
    pub fn look_up(&self, by: &LookUp) -> Result<Vec<Entitlement>, ClientError> {
        match by {
            LookUp::Order(order) => {
                self.all(&format!("/v1/orders/{}/{}/{}", order.shop, order.number, order.line))
            }
            LookUp::Offer(offer) => {
                let head = self.status()?.log.head;
                self.all(&format!("/v1/offers/{offer}/vouchers?at_least={head}"))
            }
        }
    }

    /// The lines of an order and what came of each, by all that is on record now.
    pub fn order_lines(&self, shop: &ShopId, number: &OrderNumber) -> Result<Vec<OrderedLine>, ClientError> {
        let head = self.status()?.log.head;
        self.all(&format!("/v1/orders/{shop}/{number}?at_least={head}"))
    }

    /// The vouchers that serve a candidate, by all that is on record now.
    pub fn candidate(&self, candidate: &CandidateId) -> Result<Vec<CandidateVoucher>, ClientError> {
        let head = self.status()?.log.head;
        self.all(&format!("/v1/candidates/{candidate}/vouchers?at_least={head}"))
    }

    /// Goodwill that waits for a second person, by all that is on record now.
    pub fn pending_goodwill(&self) -> Result<Vec<PendingGoodwill>, ClientError> {
        let head = self.status()?.log.head;
        self.all(&format!("/v1/goodwill/pending?at_least={head}"))
    }

    /// What an agreement has, by all that is on record now.
    pub fn inventory(&self, agreement: &AgreementId) -> Result<Inventory, ClientError> {
        let head = self.status()?.log.head;
        self.connection.answer(&Ask::get(format!("/v1/agreements/{agreement}/inventory?at_least={head}")))
    }

    /// All offers, by all that is on record now.
    pub fn offers(&self) -> Result<Vec<ListedOffer>, ClientError> {
        let head = self.status()?.log.head;
        self.all(&format!("/v1/offers?at_least={head}"))
    }

    /// An offer's versions; none if it was never published.
    pub fn offer(&self, offer: &OfferId) -> Result<Option<PublishedOffer>, ClientError> {
        self.connection.found(&Ask::get(format!("/v1/offers/{offer}")))
    }

    /// The versions of a programme's policy; none if it was never published.
    pub fn policy(&self, programme: &ProgrammeId) -> Result<Option<PublishedPolicy>, ClientError> {
        self.connection.found(&Ask::get(format!("/v1/policies/{programme}")))
    }

    /// The text of an offer's terms; none if no version has this hash.
    pub fn terms(&self, offer: &OfferId, hash: TermsHash) -> Result<Option<TermsText>, ClientError> {
        self.connection.found(&Ask::get(format!("/v1/terms/{hash}?offer={offer}")))
    }

    /// Records behind a position.
    pub fn log(&self, after: Position, limit: usize) -> Result<LogPage, ClientError> {
        self.connection.answer(&Ask::get(format!("/v1/log?after={after}&limit={limit}")))
    }

    /// How the ledger is.
    pub fn status(&self) -> Result<Status, ClientError> {
        self.connection.answer(&Ask::get("/v1/status"))
    }

    /// Whether the process behind the address is ready for work, and if not, why.
    pub fn health(&self) -> Result<Health, ClientError> {
        self.connection.said(&Ask::get("/health/ready"))
    }

    /// Puts on record all that is due.
    pub fn expire_due(&self) -> Result<ExpireDue, ClientError> {
        self.connection.answer(&Ask::post("/v1/expire-due", Vec::new()))
    }

    /// What is due and not on record.
    pub fn due(&self) -> Result<ExpireDue, ClientError> {
        self.connection.answer(&Ask::post("/v1/expire-due?dry_run=true", Vec::new()))
    }

    /// Checks the log and what is derived from it.
    pub fn verify(&self) -> Result<Verified, ClientError> {
        self.connection.answer(&Ask::post("/v1/verify", Vec::new()))
    }

    /// Makes the read models and the agenda anew.
    pub fn rebuild(&self) -> Result<Rebuilt, ClientError> {
        self.connection.answer(&Ask::post("/v1/rebuild", Vec::new()))
    }

    /// Every page of a list.
    fn all<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, ClientError> {
        let (mut items, mut after) = (Vec::new(), String::new());
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page = format!("{path}{mark}limit={}{after}", resit_api::PAGE_ITEMS_MAX);
            let Some(Page { items: more, next, .. }) = self.connection.found::<Page<T>>(&Ask::get(page))?
            else {
                return Ok(items);
            };
            items.extend(more);
            match next {
                Some(next) => after = format!("&after={next}"),
                None => return Ok(items),
            }
        }
    }
}

fn written(body: &CommandBody) -> Result<Vec<u8>, ClientError> {
    body.write().map_err(|_| ClientError::CodeUnknown)
}
