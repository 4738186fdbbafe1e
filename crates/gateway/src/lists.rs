//! Lists: that of an order line from the log itself, the others from the read models.

use resit_api::{
    CandidateVoucher, Entitlement, Inventory, ListedOffer, OrderedLine, Page, PendingGoodwill, Problem,
    ProblemKind,
};
use resit_command_handler::LinePage;
use resit_domain::{AgreementId, CandidateId, EntitlementId, EntitlementView, OfferId, OrderLine};
use resit_event_log::Position;
use resit_projector::{CandidateUnit, List, OrderPage, PendingPlace, Projector};

use crate::asked::Asked;
use crate::catalogue;
use crate::respond::Answered;

/// What an order line issued.
pub(crate) async fn order_line(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let of = &asked.parameters;
    let order =
        OrderLine { shop: of.in_path("shop")?, number: of.in_path("number")?, line: of.in_path("line")? };
    asked.caller.must_serve(&order.shop)?;
    // Its pieces are in the order of their numbers, and a page ends at such a number: it has fewer items where some are missing.
    let (after, limit) = (asked.after::<u16>()?.unwrap_or(0), asked.limit()?);
    let position = asked.parts.log.head().await?;
    let LinePage { views, next } = asked.parts.handler.order_line(&order, after, limit).await?;
    shown(asked, views, next.map(|piece| piece.to_string()), position).await
}

/// What came of each line of an order.
pub(crate) async fn order_lines(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let (shop, number) = (asked.parameters.in_path("shop")?, asked.parameters.in_path("number")?);
    asked.caller.must_serve(&shop)?;
    let (after, limit) = (asked.after::<u32>()?, asked.limit()?);
    let position = asked.projected().await?;
    let OrderPage { lines, next } = read_models(asked)?.order(&shop, &number, after, limit)?;
    let next = next.map(|line| line.to_string());
    let items = lines.into_iter().map(OrderedLine::from).collect();
    Ok(Answered::json(&Page::<OrderedLine> { items, next, position })?.at(position))
}

/// All offers.
pub(crate) async fn offers(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let (after, limit) = (asked.after::<OfferId>()?, asked.limit()?);
    let position = asked.projected().await?;
    let mut offers = read_models(asked)?.offers(after.as_ref(), limit + 1)?;
    let next = cut(&mut offers, limit, |(last, _)| last.to_string());
    let items = offers.into_iter().map(ListedOffer::from).collect();
    Ok(Answered::json(&Page::<ListedOffer> { items, next, position })?.at(position))
}

/// What was sold of an offer.
pub(crate) async fn offer(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let offer: OfferId = asked.parameters.in_path("id")?;
    let (views, next, position) = page(asked, List::Offer(&offer)).await?;
    // Nothing sold of an offer is an answer; nothing sold of what was never published is a mistake.
    if views.is_empty() && catalogue::published(asked, &offer).await?.is_none() {
        return Err(catalogue::unpublished(&offer));
    }
    shown(asked, views, next, position).await
}

/// The vouchers that serve a candidate.
pub(crate) async fn candidate(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let candidate: CandidateId = asked.parameters.in_path("id")?;
    let now = asked.standing_at().await?;
    let (views, next, position) = page(asked, List::Candidate(&candidate)).await?;
    let serving = views.into_iter().flat_map(|view| CandidateUnit::of(view, &candidate));
    let items = serving.map(|unit| CandidateVoucher::at(unit, now)).collect();
    Ok(Answered::json(&Page::<CandidateVoucher> { items, next, position })?.at(position))
}

/// Goodwill that waits for a second person.
pub(crate) async fn pending_goodwill(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let (after, limit) = (asked.after::<PendingPlace>()?, asked.limit()?);
    let position = asked.projected().await?;
    let now = asked.standing_at().await?;
    let mut pending = read_models(asked)?.pending_goodwill(now, after, limit + 1)?;
    let next = cut(&mut pending, limit, |last| last.place().to_string());
    let items = pending.into_iter().map(PendingGoodwill::from).collect();
    Ok(Answered::json(&Page::<PendingGoodwill> { items, next, position })?.at(position))
}

/// What an agreement has.
pub(crate) async fn inventory(asked: &Asked<'_>) -> Result<Answered, Problem> {
    let agreement: AgreementId = asked.parameters.in_path("id")?;
    let position = asked.projected().await?;
    let inventory = read_models(asked)?.inventory(&agreement, asked.standing_at().await?)?;
    Ok(Answered::json(&Inventory { offers: inventory.offers, position })?.at(position))
}

async fn shown(
    asked: &Asked<'_>,
    views: Vec<EntitlementView>,
    next: Option<String>,
    position: Position,
) -> Result<Answered, Problem> {
    let now = asked.standing_at().await?;
    let items = views.into_iter().map(|view| Entitlement::at(view, now)).collect();
    Ok(Answered::json(&Page::<Entitlement> { items, next, position })?.at(position))
}

/// A page of a list: its entitlements, where the next one begins, and how far the read models were at least.
async fn page(
    asked: &Asked<'_>,
    list: List<'_>,
) -> Result<(Vec<EntitlementView>, Option<String>, Position), Problem> {
    let (after, limit) = (asked.after::<EntitlementId>()?, asked.limit()?);
    let position = asked.projected().await?;
    let read_models = read_models(asked)?;
    let mut ids = read_models.page(list, after, limit + 1)?;
    let next = cut(&mut ids, limit, ToString::to_string);
    Ok((views(asked, ids)?, next, position))
}

/// Cuts a page to its length, and tells where the next one begins. One item more than asked for says that there is one.
fn cut<T>(items: &mut Vec<T>, limit: usize, place: impl Fn(&T) -> String) -> Option<String> {
    let more = items.len() > limit;
    items.truncate(limit);
    items.last().filter(|_| more).map(place)
}

fn views(
    asked: &Asked<'_>,
    ids: impl IntoIterator<Item = EntitlementId>,
) -> Result<Vec<EntitlementView>, Problem> {
    let read_models = read_models(asked)?;
    let mut views = Vec::new();
    for id in ids {
        views.extend(read_models.entitlement(id)?);
    }
    Ok(views)
}

/// The read models of this process. A request for a list reaches no process that has none.
fn read_models<'a>(asked: &Asked<'a>) -> Result<&'a Projector, Problem> {
    asked.parts.read_models.as_deref().ok_or_else(|| {
        Problem::new(ProblemKind::Bug, "this process keeps no read models, and was asked for a list")
    })
}
