//! Where the ledger is asked: in a folder that this process opens, or at a server that has it open. Same words, same answers.

mod audit;
mod check;
mod due;
mod folder;
mod server;
mod status;
mod venue;

use resit_api::{
    CandidateVoucher, CommandBody, Entitlement, ExpireDue, Explanation, HistoryEvent, Inventory, Judged,
    ListedOffer, LogPage, OrderedLine, PendingGoodwill, PublishedOffer, PublishedPolicy, Rebuilt, Reply,
    Status, TermsText, Verified, VoucherText,
};
use resit_domain::{
    Actor, AgreementId, CandidateId, CommandId, EntitlementId, OfferId, OrderNumber, ProgrammeId, ShopId,
    TermsHash, Timestamp, UnitNo,
};
use resit_embedded_log::OpenError;
use resit_event_log::Position;
use resit_voucher_code::Code;

pub(crate) use audit::{breaches, read_body, unknown_text};
pub(crate) use check::{Kept, described, differing_rows, gone, verify};
pub(crate) use due::{LISTED_MAX, due, expire_due};
pub(crate) use folder::{CorrectedTime, Folder, correct_time};
pub(crate) use resit_client::{LookUp, Seen};
pub(crate) use server::Server;
pub(crate) use status::{Running, free_disk_bytes, served, zone_rules};
pub(crate) use venue::OverHttp;

use crate::cli::Global;
use crate::config::Config;
use crate::exit::Stopped;
use crate::ledger::Ledger;
use crate::serve::Address;

/// A command as somebody gives it. A code that it names its voucher by stands in it as it was typed.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) id: CommandId,
    pub(crate) actor: Actor,
    pub(crate) body: CommandBody,
    /// Whether it is confirmed that rights are lost by it.
    pub(crate) confirm: bool,
}

/// A ledger that can be asked. Calls block until the answer is there.
pub(crate) trait Desk {
    /// Gives a command.
    fn handle(&self, order: Order) -> Result<Reply, Stopped>;
    /// Judges a command, and does nothing.
    fn judge(&self, order: Order) -> Result<Judged, Stopped>;
    /// What the asker's clock shows, where that says something about the ledger's.
    fn clock(&self) -> Option<Timestamp>;
    /// Where a code leads.
    fn code(&self, code: &Code) -> Result<Option<(EntitlementId, UnitNo)>, Stopped>;
    /// An entitlement as it stands, or stood.
    fn entitlement(&self, id: EntitlementId, seen: Seen) -> Result<Option<Entitlement>, Stopped>;
    /// What happened to an entitlement.
    fn history(&self, id: EntitlementId, seen: Seen) -> Result<Vec<HistoryEvent>, Stopped>;
    /// Why a command was answered as it was.
    fn why(&self, id: &CommandId) -> Result<Explanation, Stopped>;
    /// Why the newest refusal on an entitlement came, or on one unit of it.
    fn why_refused(&self, id: EntitlementId, unit: Option<UnitNo>) -> Result<Option<Explanation>, Stopped>;
    /// Entitlements by order line or offer.
    fn look_up(&self, by: &LookUp) -> Result<Vec<Entitlement>, Stopped>;
    /// The lines of an order, and what came of each.
    fn order_lines(&self, shop: &ShopId, number: &OrderNumber) -> Result<Vec<OrderedLine>, Stopped>;
    /// The vouchers that serve a candidate.
    fn candidate(&self, candidate: &CandidateId) -> Result<Vec<CandidateVoucher>, Stopped>;
    /// Goodwill that waits for a second person.
    fn pending_goodwill(&self) -> Result<Vec<PendingGoodwill>, Stopped>;
    /// What an agreement has.
    fn inventory(&self, agreement: &AgreementId) -> Result<Inventory, Stopped>;
    /// All offers.
    fn offers(&self) -> Result<Vec<ListedOffer>, Stopped>;
    /// An offer's versions.
    fn offer(&self, offer: &OfferId) -> Result<Option<PublishedOffer>, Stopped>;
    /// The versions of a programme's policy.
    fn policy(&self, programme: &ProgrammeId) -> Result<Option<PublishedPolicy>, Stopped>;
    /// The text of an offer's terms.
    fn terms(&self, offer: &OfferId, hash: TermsHash) -> Result<Option<TermsText>, Stopped>;
    /// Records behind a position.
    fn records(&self, after: Position, limit: usize) -> Result<LogPage, Stopped>;
    /// Puts on record all that is due.
    fn expire_due(&self) -> Result<ExpireDue, Stopped>;
    /// What is due and not on record.
    fn due(&self) -> Result<ExpireDue, Stopped>;
    /// Checks the log and what is derived from it.
    fn verify(&self) -> Result<Verified, Stopped>;
    /// Makes the read models and the agenda anew.
    fn rebuild(&self) -> Result<Rebuilt, Stopped>;
    /// How the ledger is.
    fn status(&self) -> Result<Status, Stopped>;
}

/// How a folder is opened.
type Open = fn(&crate::ledger::Home) -> Result<Ledger, Stopped>;

/// The desk of the ledger that was named, for a command.
pub(crate) fn to_act(config: &Config, global: &Global) -> Result<Box<dyn Desk>, Stopped> {
    open(config, global, Ledger::open)
}

/// The desk of the ledger that was named, only to look. That takes no key.
pub(crate) fn to_look(config: &Config, global: &Global) -> Result<Box<dyn Desk>, Stopped> {
    open(config, global, Ledger::open_to_look)
}

fn open(config: &Config, global: &Global, how: Open) -> Result<Box<dyn Desk>, Stopped> {
    if let Some(server) = config.server() {
        return Ok(Box::new(Server::at(&server.0, config, global)));
    }
    match how(&config.home()) {
        Ok(ledger) => Ok(Box::new(Folder::new(ledger, global.clock, config.clock_bounds())?)),
        // Whoever named NATS servers means the ledger that is there, and no folder.
        Err(Stopped::NoLedger(_)) if config.nats.is_some() => {
            Err(Stopped::OnNats(config.nats_ledger.clone()))
        }
        Err(Stopped::Open { path, source: OpenError::Locked { folder, pid } }) => {
            match Address::of(&path, pid) {
                Some(address) => Ok(Box::new(Server::at(&address.url, config, global))),
                None => Err(Stopped::Open { path, source: OpenError::Locked { folder, pid } }),
            }
        }
        Err(stopped) => Err(stopped),
    }
}

/// The entitlement that somebody named, and the unit, if one was named.
pub(crate) fn find(
    desk: &dyn Desk,
    voucher: VoucherText,
) -> Result<(EntitlementId, Option<UnitNo>), Stopped> {
    match voucher {
        VoucherText::Id(entitlement, unit) => Ok((entitlement, unit)),
        VoucherText::Code(code) => {
            let found = desk.code(&code)?;
            let nowhere =
                || Stopped::Input("no voucher has this code; check it for typing mistakes".to_owned());
            found.map(|(entitlement, unit)| (entitlement, Some(unit))).ok_or_else(nowhere)
        }
    }
}
