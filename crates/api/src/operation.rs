//! What routes do.

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
    /// Tells where a code leads.
    LookUpCode,
    /// Lists a candidate's vouchers.
    CandidateVouchers,
    /// Lists what an order line issued.
    OrderLine,
    /// Lists an offer's vouchers.
    OfferVouchers,
    /// Tells what an agreement has.
    Inventory,
    /// Tells an offer's versions.
    Offer,
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
    /// Gives this document.
    OpenApi,
    /// Tells that the process answers.
    Live,
    /// Tells whether it is ready for work.
    Ready,
    /// Gives what Prometheus asks for.
    Metrics,
}
