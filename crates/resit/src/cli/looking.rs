//! Words that only look.

use clap::{ArgGroup, Args};
use resit_api::VoucherText;
use resit_domain::{AgreementId, CandidateId, OfferId, OrderLine, OrderNumber, ShopId, Timestamp};

use super::{TermsOf, WhyOf, order_line, whole_order};

#[derive(Debug, Args)]
pub(crate) struct ShowWords {
    /// The voucher: its code or id.
    pub(crate) voucher: VoucherText,
    #[command(flatten)]
    pub(crate) times: Times,
}

/// Two times: when things happened, and when they were known.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Times {
    /// Only what had happened by then.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) as_of: Option<Timestamp>,
    /// Only what was on record by then.
    #[arg(long, value_name = "INSTANT")]
    pub(crate) known_at: Option<Timestamp>,
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("by").required(true).args(["order", "whole_order", "candidate", "agreement", "offer"])))]
pub(crate) struct LookUpWords {
    /// What an order line issued: SHOP/NUMBER/LINE, or NUMBER for line 1 of the shop `shop`.
    #[arg(long, value_name = "SHOP/NUMBER/LINE", value_parser = order_line)]
    pub(crate) order: Option<OrderLine>,
    /// All lines of an order, what came of each, and its vouchers: SHOP/NUMBER.
    #[arg(long, value_name = "SHOP/NUMBER", value_parser = whole_order)]
    pub(crate) whole_order: Option<(ShopId, OrderNumber)>,
    /// The vouchers that serve a candidate.
    #[arg(long)]
    pub(crate) candidate: Option<CandidateId>,
    /// What an agreement has.
    #[arg(long)]
    pub(crate) agreement: Option<AgreementId>,
    /// What was sold of an offer.
    #[arg(long)]
    pub(crate) offer: Option<OfferId>,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryWords {
    /// The voucher: its code or id.
    pub(crate) voucher: VoucherText,
    #[command(flatten)]
    pub(crate) times: Times,
}

#[derive(Debug, Args)]
pub(crate) struct TermsWords {
    /// The voucher: its code or id; or the hash of the terms.
    #[arg(value_name = "VOUCHER-or-HASH")]
    pub(crate) of: TermsOf,
    /// Where to look for a hash.
    #[arg(long, value_delimiter = ',')]
    pub(crate) offer: Vec<OfferId>,
}

#[derive(Debug, Args)]
pub(crate) struct WhyWords {
    /// The command's id, as `history` shows it; or a voucher, by its code or id, for the newest refusal on it.
    #[arg(value_name = "VOUCHER-or-COMMAND-ID")]
    pub(crate) of: WhyOf,
}
