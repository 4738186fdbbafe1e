//! The ledger under test: the real rules, behind the real handler, over a log in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use resit_command_handler::{CommandHandler, Failure, Outcome, Reply, Request, Seen, Settings};
use resit_domain::{
    ApproveGoodwill, CandidateId, Command, DefinePracticeTest, EntitlementView, Event, Fingerprint,
    PublishOffer, Timestamp, VoucherRef,
};
use resit_event_log::MemoryLog;
use resit_voucher_code::CodeKey;
use tokio::runtime::Runtime;

use super::asks::{Answer, By, Voucher};
use super::calendar::Millis;
use super::file::offer_file;
use super::life::Life;
use super::terms::{Policy, Terms};
use super::translate::{entitlement, id};
use super::words::Office;

/// The one practice test of the catalogue.
pub const PRACTICE_TEST: &str = "practice";

/// A ledger of its own.
pub struct Ledger {
    handler: Arc<CommandHandler>,
    runtime: Runtime,
    codes: BTreeMap<(usize, u16), Vec<Fingerprint>>,
    sent: usize,
    terms: Terms,
    policy: Option<Policy>,
}

impl Ledger {
    /// A ledger in which a life may begin: the first version of its offer is published.
    pub fn open(life: &Life) -> Self {
        let key = Arc::new(CodeKey::from_bytes([7; 32]));
        let handler = Arc::new(CommandHandler::new(Arc::new(MemoryLog::new()), key, Settings::default()));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime of one thread");
        let (codes, terms, policy) = (BTreeMap::new(), life.terms.clone(), life.policy.clone());
        let mut ledger = Self { handler, runtime, codes, sent: 0, terms, policy };
        let first = PublishOffer { source: ledger.version(life.office) };
        let test = DefinePracticeTest { test: id(PRACTICE_TEST), offers: Vec::new() };
        for command in [first.into(), test.into()] {
            let request = ledger.request(command);
            let reply = ledger.try_send(request, life.begins_at).expect("a log in memory takes everything");
            assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{:?}", reply.outcome);
        }
        ledger
    }

    /// The file of the version that counts by this office.
    pub(super) fn version(&self, office: Option<Office>) -> String {
        offer_file(&self.terms, office, self.policy.as_ref())
    }

    /// A request with an id of its own.
    pub fn request(&mut self, command: Command) -> Request {
        self.sent += 1;
        Request { id: id(&format!("c{}", self.sent)), actor: id("operator"), command, confirm: true }
    }

    /// Sends a request, and keeps the codes that it made.
    pub fn send(&mut self, request: &Request, at: Millis) -> Reply {
        let reply = self.try_send(request.clone(), at).expect("a log in memory takes everything");
        self.approve(request, &reply, at);
        reply
    }

    /// Where goodwill waits for a second person, that one approves at once.
    fn approve(&mut self, request: &Request, reply: &Reply, at: Millis) {
        let (Command::Extend(c), Outcome::Accepted { events, .. }) = (&request.command, &reply.outcome)
        else {
            return;
        };
        let proposed = events.iter().find_map(|happened| match &happened.event {
            Event::GoodwillProposed(e) => Some(e.proposal),
            _ => None,
        });
        let Some(proposal) = proposed.filter(|_| !reply.replayed) else { return };
        let approve = Request {
            // Two ledgers are sent the same requests, and this one has to be the same, too.
            id: id(&format!("{}-approved", request.id)),
            actor: id("second-operator"),
            command: ApproveGoodwill { voucher: c.voucher.clone(), proposal }.into(),
            confirm: false,
        };
        let approved = self.try_send(approve, at).expect("a log in memory takes everything");
        assert!(matches!(approved.outcome, Outcome::Accepted { .. }), "{:?}", approved.outcome);
    }

    /// Sends a request that may not be taken.
    pub fn try_send(&mut self, request: Request, at: Millis) -> Result<Reply, Failure> {
        let reply = self.runtime.block_on(self.handler.handle(request, instant(at)))?;
        for minted in reply.codes.iter().filter(|_| !reply.replayed) {
            let order =
                (0..9).find(|&order| entitlement(order) == minted.entitlement).expect("one of our orders");
            self.codes.entry((order, minted.unit)).or_default().push(minted.code.fingerprint());
        }
        Ok(reply)
    }

    /// What an order bought, as the ledger shows it.
    pub fn view(&self, order: usize) -> Option<EntitlementView> {
        let view = self.handler.view(entitlement(order), Seen::default());
        self.runtime.block_on(view).expect("a log in memory is readable")
    }

    /// How a voucher is named to the ledger.
    pub(super) fn voucher(&self, voucher: Voucher) -> VoucherRef {
        let codes = self.codes.get(&(voucher.order, voucher.unit));
        let code = match voucher.by {
            By::Id => None,
            By::FirstCode => codes.and_then(|codes| codes.first()),
            By::Code => codes.and_then(|codes| codes.last()),
        };
        match code {
            Some(&code) => VoucherRef::Code(code),
            None => VoucherRef::Id { entitlement: entitlement(voucher.order), unit: voucher.unit },
        }
    }
}

/// What a reply says, in the model's words.
pub fn answer(reply: &Reply) -> Answer {
    match &reply.outcome {
        Outcome::Refused(refusal) => Answer::No(refusal.rule.name()),
        Outcome::Accepted { events, .. } => {
            let repeated = |event: &Event| matches!(event, Event::CommandRepeated(_));
            if events.iter().any(|happened| repeated(&happened.event)) { Answer::Again } else { Answer::Yes }
        }
    }
}

/// The name of a candidate.
pub fn person(candidate: u8) -> CandidateId {
    id(&format!("candidate-{candidate}"))
}

/// The instant.
pub fn instant(at: Millis) -> Timestamp {
    Timestamp::from_millis(at).expect("an instant of our time")
}
