//! From the file to the terms: every missing point is named, all at once.

mod benefit;
mod rulings;

use super::file::{Kind, RawFile, RawHolder, RawOffer, RawRuns, RawSale};
use super::open_points::{Points, Question};
use super::{EarlyOrders, HolderRule, Limit, Sale, Terms};
use crate::TermsHash;

const TIME_ZONE: Question = Question::new(
    "R1",
    "time_zone",
    "in which zone are days counted? name one, such as \"UTC\" or \"America/Chicago\"",
);
const PROGRAMME: Question = Question::new(
    "vocabulary",
    "programme",
    "which programme's retake policy holds beside these terms? name it, or say \"none\"",
);
const RUNS: Question = Question::new(
    "R12",
    "runs",
    "when does the offer open and end? say runs = { from = 2007-09-15, to = 2008-01-31 }, or \"none\" for either",
);
const RUNS_FROM: Question =
    Question::new("R12", "runs.from", "when does the offer open? a day, or \"none\" for at once");
const RUNS_TO: Question =
    Question::new("R12", "runs.to", "when does the offer end? its last day, or \"none\" for never");

const SALE: Question = Question::new("vocabulary", "sale", "who may buy, and how? add a [sale] table");
const QUANTITY_MAX: Question = Question::new(
    "vocabulary",
    "quantity_max",
    "how many units may one order line have? a number, or \"none\"",
);
const SALE_CHANNELS: Question =
    Question::new("vocabulary", "channels", "where is it sold? a list, or \"any\"");
const SALE_REGIONS: Question =
    Question::new("vocabulary", "regions", "in which regions is it sold? a list, or \"any\"");
const AGREEMENT: Question = Question::new(
    "vocabulary",
    "agreement",
    "is it sold through agreements? a list of their programmes, \"any\", or \"none\" for a plain sale",
);
const COMBINABLE: Question = Question::new(
    "vocabulary",
    "combinable",
    "may an order combine it with other offers or discounts? true or false",
);
const PAYMENT: Question = Question::new(
    "vocabulary",
    "payment",
    "is it paid? \"paid\", \"free\", \"either\" where the order says which, or \"at-scheduling\" where each registration does",
);
const PRORATION: Question = Question::new(
    "vocabulary",
    "proration",
    "is it prorated under a running agreement? the full term, such as \"P12M\", or \"none\"",
);

const HOLDER: Question =
    Question::new("vocabulary", "holder", "whom do the vouchers serve? add a [holder] table");
const BOUND_AT: Question = Question::new(
    "vocabulary",
    "bound_at",
    "when is the holder bound? say \"purchase\", \"assignment\" or \"scheduling\"",
);
const PER: Question =
    Question::new("vocabulary", "per", "what does one individual hold? say \"voucher\" or \"pack\"");
const UNASSIGN: Question = Question::new(
    "vocabulary",
    "unassign",
    "can an assignment be taken back? say \"until-bound\" or \"never\"",
);

/// Which parts of the vocabulary an offer uses; a ruling about a part it does not use need not be said.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
struct Uses {
    exams: bool,
    retakes: bool,
    practice_tests: bool,
    an_end: bool,
}

pub(super) fn complete(raw: &RawFile, hash: TermsHash, points: &mut Points) -> Option<Terms> {
    let offer = &raw.offer;
    let runs_to = offer.runs.as_ref().and_then(|runs| runs.to.as_ref());
    let uses = Uses {
        exams: raw.benefit.iter().any(|b| b.kind == Kind::Exam),
        retakes: raw.benefit.iter().any(|b| b.retake.as_ref().is_some_and(|r| r.count > 0)),
        practice_tests: raw.benefit.iter().any(|b| b.kind == Kind::PracticeTest),
        an_end: runs_to.is_some_and(|to| to.value().is_some()),
    };
    let zone = points.ask("offer", offer.time_zone, TIME_ZONE);
    let programme = points.ask("offer", offer.programme.clone(), PROGRAMME);
    let runs = runs(offer, points);
    let sale = points.ask("", raw.sale.as_ref(), SALE).and_then(|raw| sale(raw, points));
    let holder = points.ask("", raw.holder.as_ref(), HOLDER).and_then(|raw| holder(raw, points));
    points.unless(
        !raw.benefit.is_empty(),
        "vocabulary",
        "benefit",
        "what is bought? add at least one [[benefit]]",
    );
    let of = |(index, raw)| benefit::benefit(raw, &format!("benefit {}", index + 1), points);
    let benefits: Vec<_> = raw.benefit.iter().enumerate().map(of).collect();
    let rulings = rulings::rulings(&raw.rulings, uses, points);
    let runs = runs?;
    Some(Terms {
        hash,
        offer: offer.id.clone(),
        title: offer.title.clone(),
        programme: programme?,
        zone: zone?,
        runs_from: runs.0,
        runs_to: runs.1,
        conditions: offer.conditions.clone(),
        sale: sale?,
        holder: holder?,
        benefits: benefits.into_iter().collect::<Option<_>>()?,
        rulings: rulings?,
        clocks: raw.clock.clone(),
        notices: offer.notices.clone(),
        contact: offer.contact.clone(),
        clauses: raw.clauses.clone(),
    })
}

type Day = Limit<chrono::NaiveDate>;

fn runs(raw: &RawOffer, points: &mut Points) -> Option<(Day, Day)> {
    let RawRuns { from, to } = points.ask("offer", raw.runs, RUNS)?;
    let (from, to) = (points.ask("offer", from, RUNS_FROM), points.ask("offer", to, RUNS_TO));
    let day = |limit: Limit<super::file::DateText>| limit.value().map_or(Limit::None, |d| Limit::Some(d.0));
    Some((day(from?), day(to?)))
}

fn sale(raw: &RawSale, points: &mut Points) -> Option<Sale> {
    let quantity_max = points.ask("sale", raw.quantity_max, QUANTITY_MAX);
    let channels = points.ask("sale", raw.channels.clone(), SALE_CHANNELS);
    let regions = points.ask("sale", raw.regions.clone(), SALE_REGIONS);
    let agreement = points.ask("sale", raw.agreement.clone(), AGREEMENT);
    let combinable = points.ask("sale", raw.combinable, COMBINABLE);
    let payment = points.ask("sale", raw.payment, PAYMENT);
    let proration = points.ask("sale", raw.proration, PRORATION);
    Some(Sale {
        quantity_max: quantity_max?,
        channels: channels?,
        regions: regions?,
        buyer: raw.buyer.clone(),
        agreement: agreement?,
        combinable: combinable?,
        payment: payment?,
        proration: proration?,
        order_modes: raw.order_modes.clone(),
        order_mode_default: raw.order_mode_default,
        early_orders: raw.early_orders.unwrap_or(EarlyOrders::Refused),
        buyer_at_use: raw.buyer_at_use.clone(),
    })
}

fn holder(raw: &RawHolder, points: &mut Points) -> Option<HolderRule> {
    let bound_at = points.ask("holder", raw.bound_at, BOUND_AT);
    let per = points.ask("holder", raw.per, PER);
    let unassign = points.ask("holder", raw.unassign, UNASSIGN);
    Some(HolderRule { bound_at: bound_at?, per: per?, unassign: unassign? })
}
