//! Answers to commands.

use resit_command_handler as handler;
use resit_command_handler::Request;
use resit_domain::{
    Command, CommandId, EntitlementView, Impact, Judgement, OfferId, Refusal, Rule, Stream, Timestamp,
    Warning,
};
use resit_event_log::Position;
use resit_voucher_code::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{Entitlement, EventOnStream, PublishedOffer, UnitId};

/// The answer to a command that is on record.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Reply {
    /// The command.
    pub command: CommandId,
    /// The last position that it wrote: read models at or behind it show what it did.
    #[schemars(with = "u64")]
    pub position: Position,
    /// When it was put on record.
    pub recorded_at: Timestamp,
    /// Whether it was on record before, and this is the first answer again.
    pub replayed: bool,
    /// The entitlements that it is about, as they stand now.
    pub entitlements: Vec<Entitlement>,
    /// The offer that it is about, as it stands now: which version is in force. Only of a command about an offer that
    /// was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<PublishedOffer>,
    /// Codes that it made, to be handed to whom they are for, and kept nowhere.
    pub codes: Vec<IssuedCode>,
    /// How many vouchers got a code that this ledger's key can't show again. They still work.
    pub codes_under_another_key: usize,
    /// What a publication does to live rights. Absent for any other command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Box<Impact>>,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// It was done.
    Accepted {
        /// What happened, in order.
        events: Vec<EventOnStream>,
        /// What the giver should know.
        warnings: Vec<Warning>,
    },
    /// The rules said no, and that is on record.
    Refused {
        /// Why, with the facts and the way out.
        refusal: Refusal,
    },
}

/// A code in the clear, and the voucher that it opens.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct IssuedCode {
    /// The voucher's id.
    pub voucher: UnitId,
    /// The code.
    #[serde(serialize_with = "in_the_clear", deserialize_with = "typed")]
    #[schemars(with = "String")]
    pub code: Code,
}

/// What a command would do, judged and not done.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    /// Always true: nothing was done.
    pub dry_run: bool,
    /// Each rule, with its facts and outcome, in the order of judging.
    pub judgements: Vec<Judgement>,
    /// What a publication would do to live rights. Absent for any other command, and for one that is refused anyway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Box<Impact>>,
    /// What would come of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

impl From<handler::Outcome> for Outcome {
    fn from(outcome: handler::Outcome) -> Self {
        match outcome {
            handler::Outcome::Accepted { events, warnings } => {
                Outcome::Accepted { events: events.into_iter().map(EventOnStream).collect(), warnings }
            }
            handler::Outcome::Refused(refusal) => Outcome::Refused { refusal },
        }
    }
}

impl From<Outcome> for handler::Outcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Accepted { events, warnings } => {
                let events = events.into_iter().map(|event| event.0).collect();
                handler::Outcome::Accepted { events, warnings }
            }
            Outcome::Refused { refusal } => handler::Outcome::Refused(refusal),
        }
    }
}

impl Reply {
    /// The answer to a request, with what it is about as it stands at `now`.
    ///
    /// A voucher that its sender does not know by the right code stays unknown: it is not shown.
    pub fn of(request: &Request, reply: handler::Reply, now: Timestamp) -> Self {
        let hidden = codes_under_another_key(&request.command, &reply);
        let unknown =
            matches!(&reply.outcome, handler::Outcome::Refused(no) if no.rule == Rule::KnownVoucher);
        let shown = if unknown { Vec::new() } else { reply.entitlements.into_vec() };
        let code = |minted: handler::Minted| IssuedCode {
            voucher: UnitId(minted.entitlement, minted.unit),
            code: minted.code,
        };
        Self {
            command: request.id.clone(),
            position: reply.position,
            recorded_at: reply.recorded_at,
            replayed: reply.replayed,
            entitlements: shown.into_iter().map(|view| Entitlement::at(view, now)).collect(),
            offer: None,
            codes: reply.codes.into_iter().map(code).collect(),
            codes_under_another_key: hidden,
            impact: reply.impact,
            outcome: reply.outcome.into(),
        }
    }
}

impl Outcome {
    /// The offer that was changed, if one was.
    pub fn offer(&self) -> Option<&OfferId> {
        let Outcome::Accepted { events, .. } = self else { return None };
        events.iter().find_map(|event| match &event.0.stream {
            Stream::Offer(offer) => Some(offer),
            _ => None,
        })
    }

    /// The same, with something more that its giver should know, unless that was said.
    #[must_use]
    pub fn warning(self, more: Option<Warning>) -> Self {
        match self {
            Outcome::Accepted { events, mut warnings } => {
                warnings.extend(more.filter(|more| !warnings.contains(more)));
                Outcome::Accepted { events, warnings }
            }
            refused @ Outcome::Refused { .. } => refused,
        }
    }
}

impl From<Reply> for handler::Reply {
    fn from(reply: Reply) -> Self {
        let minted = |IssuedCode { voucher: UnitId(entitlement, unit), code }| handler::Minted {
            entitlement,
            unit,
            code,
        };
        handler::Reply {
            position: reply.position,
            recorded_at: reply.recorded_at,
            replayed: reply.replayed,
            outcome: reply.outcome.into(),
            entitlements: reply
                .entitlements
                .into_iter()
                .map(EntitlementView::from)
                .collect::<Vec<_>>()
                .into(),
            codes: reply.codes.into_iter().map(minted).collect(),
            impact: reply.impact,
        }
    }
}

impl From<handler::Judged> for Judged {
    fn from(judged: handler::Judged) -> Self {
        Self {
            dry_run: true,
            judgements: judged.judgements,
            impact: judged.impact,
            outcome: judged.outcome.into(),
        }
    }
}

impl From<Judged> for handler::Judged {
    fn from(judged: Judged) -> Self {
        Self { judgements: judged.judgements, outcome: judged.outcome.into(), impact: judged.impact }
    }
}

/// How many vouchers a command gave a code that this ledger's key can't show again.
fn codes_under_another_key(command: &Command, reply: &handler::Reply) -> usize {
    let made = match (&reply.outcome, command) {
        (handler::Outcome::Accepted { .. }, Command::Issue(_)) => reply.entitlements.units(),
        (handler::Outcome::Accepted { .. }, Command::ReplaceCode(_)) => 1,
        _ => 0,
    };
    made.saturating_sub(reply.codes.len())
}

fn in_the_clear<S: Serializer>(code: &Code, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&code.expose())
}

fn typed<'de, D: Deserializer<'de>>(from: D) -> Result<Code, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}
