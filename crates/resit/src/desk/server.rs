//! The desk of a running server.

use resit_api::{
    CandidateVoucher, Entitlement, ExpireDue, Explanation, HistoryEvent, Inventory, Judged, ListedOffer,
    LogPage, OrderedLine, PendingGoodwill, PublishedOffer, PublishedPolicy, Rebuilt, Reply, Status,
    TermsText, Verified,
};
use resit_client::{Caller, Client};
use resit_command_handler::Failure;
use resit_domain::{
    AgreementId, CandidateId, CommandId, EntitlementId, OfferId, OrderNumber, ProgrammeId, ShopId, TermsHash,
    Timestamp, UnitNo,
};
use resit_event_log::Position;
use resit_voucher_code::Code;

use super::{Desk, LookUp, Order, Seen};
use crate::cli::Global;
use crate::config::Config;
use crate::exit::Stopped;

/// A server, asked by whoever gives these words.
pub(crate) struct Server {
    client: Client,
    clock: Option<Timestamp>,
}

impl Server {
    /// The server at this address.
    pub(crate) fn at(url: &str, config: &Config, global: &Global) -> Self {
        let caller = Caller {
            url: url.to_owned(),
            token: config.token.as_ref().map(|token| token.value.0.clone()),
            actor: global.actor.clone(),
            clock: global.clock,
        };
        Self { client: Client::new(caller), clock: global.clock }
    }
}

impl Desk for Server {
    fn handle(&self, order: Order) -> Result<Reply, Stopped> {
        let Order { id, body, confirm, .. } = &order;
        Ok(if *confirm { self.client.handle_confirmed(id, body)? } else { self.client.handle(id, body)? })
    }

    fn judge(&self, order: Order) -> Result<Judged, Stopped> {
        let Order { body, confirm, .. } = &order;
        Ok(if *confirm { self.client.judge_confirmed(body)? } else { self.client.judge(body)? })
    }

    fn clock(&self) -> Option<Timestamp> {
        self.clock
    }

    fn code(&self, code: &Code) -> Result<Option<(EntitlementId, UnitNo)>, Stopped> {
        Ok(self.client.code(code)?)
    }

    fn entitlement(&self, id: EntitlementId, seen: Seen) -> Result<Option<Entitlement>, Stopped> {
        Ok(self.client.entitlement(id, seen)?)
    }

    fn history(&self, id: EntitlementId, seen: Seen) -> Result<Vec<HistoryEvent>, Stopped> {
        Ok(self.client.history(id, seen)?)
    }

    fn why(&self, id: &CommandId) -> Result<Explanation, Stopped> {
        self.client.why(id)?.ok_or_else(|| Failure::UnknownCommand(id.clone()).into())
    }

    fn why_refused(&self, id: EntitlementId, unit: Option<UnitNo>) -> Result<Option<Explanation>, Stopped> {
        Ok(self.client.why_refused(id, unit)?)
    }

    fn look_up(&self, by: &LookUp) -> Result<Vec<Entitlement>, Stopped> {
        Ok(self.client.look_up(by)?)
    }

    fn order_lines(&self, shop: &ShopId, number: &OrderNumber) -> Result<Vec<OrderedLine>, Stopped> {
        Ok(self.client.order_lines(shop, number)?)
    }

    fn candidate(&self, candidate: &CandidateId) -> Result<Vec<CandidateVoucher>, Stopped> {
        Ok(self.client.candidate(candidate)?)
    }

    fn pending_goodwill(&self) -> Result<Vec<PendingGoodwill>, Stopped> {
        Ok(self.client.pending_goodwill()?)
    }

    fn inventory(&self, agreement: &AgreementId) -> Result<Inventory, Stopped> {
        Ok(self.client.inventory(agreement)?)
    }

    fn offers(&self) -> Result<Vec<ListedOffer>, Stopped> {
        Ok(self.client.offers()?)
    }

    fn offer(&self, offer: &OfferId) -> Result<Option<PublishedOffer>, Stopped> {
        Ok(self.client.offer(offer)?)
    }

    fn policy(&self, programme: &ProgrammeId) -> Result<Option<PublishedPolicy>, Stopped> {
        Ok(self.client.policy(programme)?)
    }

    fn terms(&self, offer: &OfferId, hash: TermsHash) -> Result<Option<TermsText>, Stopped> {
        Ok(self.client.terms(offer, hash)?)
    }

    fn records(&self, after: Position, limit: usize) -> Result<LogPage, Stopped> {
        Ok(self.client.log(after, limit)?)
    }

    fn expire_due(&self) -> Result<ExpireDue, Stopped> {
        Ok(self.client.expire_due()?)
    }

    fn due(&self) -> Result<ExpireDue, Stopped> {
        Ok(self.client.due()?)
    }

    fn verify(&self) -> Result<Verified, Stopped> {
        Ok(self.client.verify()?)
    }

    fn rebuild(&self) -> Result<Rebuilt, Stopped> {
        Ok(self.client.rebuild()?)
    }

    fn status(&self) -> Result<Status, Stopped> {
        Ok(self.client.status()?)
    }
}
