//! Orders: many lines in one request.

use std::collections::HashSet;

use chrono::NaiveDate;
use resit_domain::{
    AgreementId, BuyerFact, CandidateId, Channel, CommandId, Contact, ExamCode, Issue, OfferId, OrderLine,
    OrderMode, OrderNumber, Region, ShopId, Timestamp,
};
use resit_event_log::Position;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{FieldError, Judged, Problem, Reply};

/// How many lines an order has at most.
pub const LINES_MAX: usize = 1_000;

/// An order. What holds for all its lines is said once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The purchase system.
    pub shop: ShopId,
    /// The order's number there.
    pub number: OrderNumber,
    /// Its lines, no number twice. Each is a command of its own, whose id is the request's key, a dot, and the line.
    #[schemars(length(min = 1, max = 1000))]
    pub lines: Vec<Line>,
    /// When it was bought; now if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchased_at: Option<Timestamp>,
    /// Whether it was paid.
    #[serde(default = "yes")]
    pub paid: bool,
    /// Where it was bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// The region it was bought in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// The agreement it was bought under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<AgreementId>,
    /// Facts about the buyer, beside those of the agreement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buyer: Vec<BuyerFact>,
    /// Who gets the list of codes, beside the contact of the agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Its number in the order, from 1.
    pub line: u32,
    /// The offer.
    pub offer: OfferId,
    /// How many units of the offer; each is an entitlement of its own.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub quantity: u16,
    /// Other offers or discounts on the same order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub combined_with: Vec<OfferId>,
    /// The holder, where the line names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<CandidateId>,
    /// The exam that the buyer has in mind; used for warnings alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exam: Option<ExamCode>,
    /// The price tier, a fact for reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Whether it is ordered as a subscription with the full term, or prorated to what remains of the agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<OrderMode>,
    /// The last day that is printed on the vouchers, where the offer takes it from the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
}

/// The answer to an order, line by line.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OrderReply {
    /// How many lines were accepted.
    pub accepted: usize,
    /// How many were refused by a rule. That is on record.
    pub refused: usize,
    /// How many got no answer; send the order again with the same key.
    pub failed: usize,
    /// The last position that the order wrote.
    #[schemars(with = "u64")]
    pub position: Position,
    /// Each line's answer, in the order in which they were sent.
    pub lines: Vec<LineReply>,
}

/// The answer to a line: a reply, or why there is none.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct LineReply {
    /// The line.
    pub line: u32,
    /// The answer to its command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// Why it got none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// What its command would do, in a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
}

impl Order {
    /// The command of one line.
    pub fn issue(&self, line: &Line) -> Issue {
        let order = OrderLine { shop: self.shop.clone(), number: self.number.clone(), line: line.line };
        Issue {
            order,
            offer: line.offer.clone(),
            quantity: line.quantity,
            pieces: None,
            purchased_at: self.purchased_at,
            paid: self.paid,
            channel: self.channel.clone(),
            region: self.region.clone(),
            agreement: self.agreement.clone(),
            buyer: self.buyer.clone(),
            combined_with: line.combined_with.clone(),
            holder: line.holder.clone(),
            exam: line.exam.clone(),
            tier: line.tier.clone(),
            contact: self.contact.clone(),
            mode: line.mode,
            valid_until: line.valid_until,
        }
    }

    /// Asks that it has lines, not too many, and none twice.
    ///
    /// # Errors
    ///
    /// The field that is wrong.
    pub fn check(&self) -> Result<(), FieldError> {
        let count = self.lines.len();
        if count == 0 || count > LINES_MAX {
            let remedy = "send 1 to 1000 lines; a longer order is several requests";
            return Err(FieldError::new("lines", format!("it has {count} lines"), remedy));
        }
        let mut seen = HashSet::with_capacity(count);
        for (at, line) in self.lines.iter().enumerate() {
            if !seen.insert(line.line) {
                let reason = format!("line {} is there twice", line.line);
                let remedy = "give each line a number of its own";
                return Err(FieldError::new(format!("lines[{at}].line"), reason, remedy));
            }
        }
        Ok(())
    }

    /// The id of a line's command; none if the key is too long for a line number behind it.
    pub fn command_id(key: &CommandId, line: u32) -> Option<CommandId> {
        format!("{key}.{line}").parse().ok()
    }
}

fn one() -> u16 {
    1
}

fn yes() -> bool {
    true
}
