//! What routes do, and who does it.

use crate::publication::PUBLICATIONS;

/// The kinds of processes that answer, where a ledger's roles run apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Takes commands, and answers what is asked of the log.
    CommandHandler,
    /// Keeps read models, and answers lists from them.
    Projector,
    /// Puts on record what falls due.
    ExpiryScheduler,
}

impl Service {
    /// Every one.
    pub const ALL: [Service; 3] = [Service::CommandHandler, Service::Projector, Service::ExpiryScheduler];

    /// The name of its kind.
    pub fn name(self) -> &'static str {
        match self {
            Service::CommandHandler => "command-handler",
            Service::Projector => "projector",
            Service::ExpiryScheduler => "expiry-scheduler",
        }
    }
}

/// What a route does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Takes the command with this name.
    Command(&'static str),
    /// Takes an order.
    Order,
    /// Shows an entitlement.
    Entitlement,
    /// Tells an entitlement's history.
    History,
    /// Gives the first answer to a command again.
    Answer,
    /// Says why a command was answered as it was.
    Why,
    /// Says why the newest refusal on an entitlement came.
    WhyRefused,
    /// Tells where a code leads.
    LookUpCode,
    /// Lists a candidate's vouchers.
    CandidateVouchers,
    /// Tells what came of an order's lines.
    OrderLines,
    /// Lists what an order line issued.
    OrderLine,
    /// Lists an offer's vouchers.
    OfferVouchers,
    /// Tells what an agreement has.
    Inventory,
    /// Lists goodwill that waits for a second person.
    PendingGoodwill,
    /// Lists the offers.
    Offers,
    /// Tells an offer's versions.
    Offer,
    /// Tells the versions of a programme's policy.
    Policy,
    /// Gives the text of terms.
    Terms,
    /// Reads the log.
    Log,
    /// Tells how the ledger is.
    Status,
    /// Lists the rules.
    Rules,
    /// Puts on record what is due.
    ExpireDue,
    /// Checks the log and what is derived from it.
    Verify,
    /// Makes what is derived anew.
    Rebuild,
    /// Says what a kind of problem means.
    ProblemPage,
    /// Gives this document.
    OpenApi,
    /// Tells that the process answers.
    Live,
    /// Tells whether it is ready for work.
    Ready,
    /// Gives what Prometheus asks for.
    Metrics,
}

impl Operation {
    /// Who answers it; none for what each process tells of itself.
    pub fn service(self) -> Option<Service> {
        match self {
            Self::Command(_)
            | Self::Order
            | Self::Entitlement
            | Self::History
            | Self::Answer
            | Self::Why
            | Self::WhyRefused
            | Self::LookUpCode
            | Self::OrderLine
            | Self::Offer
            | Self::Policy
            | Self::Terms
            | Self::Rules
            | Self::Log => Some(Service::CommandHandler),
            Self::CandidateVouchers
            | Self::OrderLines
            | Self::OfferVouchers
            | Self::PendingGoodwill
            | Self::Offers
            | Self::Inventory
            | Self::Status
            | Self::Verify
            | Self::Rebuild => Some(Service::Projector),
            Self::ExpireDue => Some(Service::ExpiryScheduler),
            Self::ProblemPage | Self::OpenApi | Self::Live | Self::Ready | Self::Metrics => None,
        }
    }

    /// How long a process that hands it on waits for an answer: in seconds, at the first try, which is doubled with each, and
    /// altogether. A request that is sent again counts once, so a try may be given up too early.
    pub fn waits_s(self) -> (u64, u64) {
        match self {
            // What lies in many commits.
            Self::Order | Self::Command("issue") => (5, 75),
            // What is compared with every right that it may touch.
            Self::Command(name) if PUBLICATIONS.contains(&name) => (20, 120),
            // What waits by itself.
            Self::Log => (35, 75),
            Self::CandidateVouchers
            | Self::OrderLines
            | Self::OfferVouchers
            | Self::PendingGoodwill
            | Self::Offers
            | Self::Inventory => (7, 21),
            // As many commands as are due.
            Self::ExpireDue => (10, 310),
            // What reads the whole log.
            Self::Verify | Self::Rebuild => (120, 840),
            _ => (1, 15),
        }
    }
}
