//! What can be shown of an entitlement: the same for every reader, and free of any "now".

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::terms::BenefitKind;
use crate::{
    Actor, AgreementId, CandidateId, Contact, EntitlementId, ExamCode, Fate, Gift, Holder, Issued, Known,
    OfferId, OrderLine, OrderMode, Stage, TermsHash, Timestamp, UnitNo,
};

/// An entitlement, to be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EntitlementView {
    /// Its id.
    pub id: EntitlementId,
    /// The offer.
    pub offer: OfferId,
    /// The offer's title.
    pub title: String,
    /// The hash of the terms it was bought under.
    pub terms: TermsHash,
    /// The order line.
    pub order: OrderLine,
    /// When it was bought.
    pub purchased_at: Timestamp,
    /// Whether it was paid.
    pub paid: bool,
    /// The agreement it was bought under.
    pub agreement: Option<AgreementId>,
    /// The months that it lives, and of how many.
    pub prorated: Option<(u16, u16)>,
    /// Whether it was ordered as a subscription or prorated, where the offer is sold so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<OrderMode>,
    /// The last day that is printed on its vouchers, where the order named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// Who gets its codes: the administrator and the contact of its agreement, and the contact of its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes_to: Vec<Contact>,
    /// Steps of delivery, and when each was taken.
    pub steps: std::collections::BTreeMap<String, Timestamp>,
    /// Its vouchers.
    pub units: Vec<UnitView>,
}

/// One voucher, to be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnitView {
    /// Its number.
    pub unit: UnitNo,
    /// What it carries: exam, practice-test, library, subscription.
    pub benefit: Cow<'static, str>,
    /// Where it stands: unused, registered, retake, used, active, revoked.
    pub stage: Cow<'static, str>,
    /// Whom it serves.
    pub holder: Option<CandidateId>,
    /// Whether that is final.
    pub bound: bool,
    /// The first instant at which it is gone; none if nothing ends it by itself.
    pub ends_at: Option<Timestamp>,
    /// The clause of that deadline.
    pub ends_by: Option<String>,
    /// That deadline in plain words, with the moments it hangs on.
    pub ends_because: Option<String>,
    /// The deadline that is on record as passed.
    pub expired_at: Option<Timestamp>,
    /// Attempts used.
    pub attempts_used: u16,
    /// Attempts in all.
    pub attempts_max: u16,
    /// How many codes it has had.
    pub codes: usize,
    /// Its registrations.
    pub attempts: Vec<AttemptView>,
    /// Goodwill that was proposed, and neither approved nor declined.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<ProposalView>,
}

/// Goodwill that waits for a second person, to be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProposalView {
    /// Its number on the voucher.
    pub proposal: u16,
    /// What would be given.
    pub gift: Gift,
    /// The reason.
    pub reason: String,
    /// Who proposed it.
    pub by: Actor,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// The first instant at which it can't be approved any more.
    pub expires_at: Timestamp,
}

/// One registration, to be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttemptView {
    /// Which attempt.
    pub number: u16,
    /// The exam.
    pub exam: ExamCode,
    /// When it is or was sat.
    pub sit_at: Timestamp,
    /// What came of it: open, given-back, lost, or the result.
    pub end: String,
}

impl UnitView {
    /// Where it stands at `at`: its stage, or `ended` once its end has come, on record or not.
    pub fn stands(&self, at: Timestamp) -> &str {
        let ended = self.ends_at.is_some_and(|ends_at| ends_at <= at);
        if ended && !matches!(&*self.stage, "used" | "revoked") { "ended" } else { &self.stage }
    }
}

impl Known {
    /// The entitlement, to be shown; none if it is unknown.
    pub fn view(&self) -> Option<EntitlementView> {
        let entitlement = self.entitlement.as_deref()?;
        let issued = entitlement.issued.as_ref()?;
        let rights: Vec<_> = self.every_right().collect();
        Some(EntitlementView {
            id: entitlement.id,
            offer: issued.offer.clone(),
            title: rights.first().map_or_else(String::new, |right| right.terms.title.clone()),
            terms: issued.terms,
            order: issued.order.clone(),
            purchased_at: issued.purchased_at,
            paid: issued.paid,
            agreement: issued.agreement.clone(),
            prorated: issued.prorated,
            mode: issued.mode,
            valid_until: issued.valid_until,
            codes_to: self.codes_to(issued),
            steps: entitlement.steps.clone(),
            units: rights.iter().map(unit).collect(),
        })
    }
}

impl Known {
    /// Who gets the codes of an order.
    fn codes_to(&self, issued: &Issued) -> Vec<Contact> {
        let open = self.agreement.as_ref().and_then(|agreement| agreement.open.as_ref());
        let of_agreement = open.into_iter().flat_map(|open| [&open.administrator, &open.contact]);
        let of_order = issued.said.as_ref().map(|said| &said.contact);
        let named = of_agreement.chain(of_order).flatten();
        named.fold(Vec::new(), |mut contacts, contact| {
            if !contacts.contains(contact) {
                contacts.push(contact.clone());
            }
            contacts
        })
    }
}

fn unit(right: &crate::Right<'_>) -> UnitView {
    let unit = right.unit;
    let standing = right.standing();
    let holder = right.entitlement.holder_of(unit);
    let end = right.end().filter(|_| right.has_its_calendar());
    let unknown = right.terms.rulings.business_days.value().filter(|_| !right.has_its_calendar());
    UnitView {
        unit: unit.no,
        benefit: match right.terms.benefit(unit.benefit).kind {
            BenefitKind::Exam(_) => "exam",
            BenefitKind::PracticeTest { .. } => "practice-test",
            BenefitKind::Library { .. } => "library",
            BenefitKind::Subscription { .. } => "subscription",
        }
        .into(),
        stage: standing.stage.name().into(),
        holder: holder.candidate().cloned(),
        bound: matches!(holder, Holder::Bound(..)),
        ends_at: end.map(|end| end.at),
        ends_by: end.map(|end| right.clause_of(end)),
        ends_because: match unknown {
            Some(calendar) => Some(format!("not known before the calendar {calendar} is published")),
            None => end.map(|end| right.end_words(end)),
        },
        expired_at: unit.expired_at.filter(|known| {
            let over = matches!(standing.stage, Stage::Used | Stage::Revoked(_));
            over || end.is_some_and(|end| end.at <= *known)
        }),
        attempts_used: standing.used,
        attempts_max: right.attempts_max(),
        codes: unit.replaced.len() + 1,
        attempts: unit.attempts.iter().map(|attempt| view_attempt(right, attempt)).collect(),
        proposals: unit
            .proposals
            .iter()
            .filter(|proposal| proposal.settled.is_none())
            .map(view_proposal)
            .collect(),
    }
}

fn view_proposal(proposal: &crate::Proposal) -> ProposalView {
    ProposalView {
        proposal: proposal.number,
        gift: proposal.gift.clone(),
        reason: proposal.reason.clone(),
        by: proposal.by.clone(),
        proposed_at: proposal.at,
        expires_at: proposal.expires_at,
    }
}

fn view_attempt(right: &crate::Right<'_>, attempt: &crate::Attempt) -> AttemptView {
    let end = match (right.fate(attempt), attempt.result()) {
        (Fate::GivenBack, _) => "given-back",
        (_, Some(result)) => result.name(),
        (Fate::Open, None) => "open",
        (_, None) => "lost",
    };
    AttemptView {
        number: attempt.number,
        exam: attempt.exam.clone(),
        sit_at: attempt.sit_at,
        end: end.to_owned(),
    }
}
