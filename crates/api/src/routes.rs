//! The table of routes. The router and the OpenAPI document are both made from it, so that they can't differ.

use resit_access::Right;
use resit_domain::{
    AgreementId, CandidateId, CommandId, EntitlementId, OfferId, OrderNumber, ProgrammeId, ShopId, TermsHash,
    Timestamp, UnitNo,
};

use crate::command::OFFERED;
use crate::parameter::{CONFIRM, DRY_RUN, KEY, LIMIT, PREFER, of, path, query, required_query};
use crate::publication::PUBLICATIONS;
use crate::{
    CandidateVoucher, Entitlement, ExpireDue, Explanation, Found, Health, HistoryEvent, Inventory, Judged,
    ListedOffer, LogPage, LookUp, Operation, Order, OrderReply, OrderedLine, Parameter, PendingGoodwill,
    Place, ProblemKind, PublishedOffer, PublishedPolicy, Rebuilt, Reply, Route, RuleText, SchemaOf, Status,
    TermsText, Verified,
};

/// Every route.
pub fn routes() -> Vec<Route> {
    let mut routes: Vec<Route> = OFFERED.iter().map(|offered| command(*offered)).collect();
    routes.extend(of_vouchers());
    routes.extend(lists_of_vouchers());
    routes.extend(of_catalogue());
    routes.extend(of_operators());
    routes
}

fn command((name, does, body): (&'static str, &'static str, SchemaOf)) -> Route {
    use ProblemKind as P;
    let right = Right::of_command(name).unwrap_or(Right::Operate);
    let parameters: &[Parameter] =
        if PUBLICATIONS.contains(&name) { &[KEY, DRY_RUN, CONFIRM, PREFER] } else { &[KEY, DRY_RUN, PREFER] };
    Route::post(Operation::Command(name), name, &format!("/v1/commands/{name}"), does)
        .needs(right)
        .takes(parameters)
        .body(body)
        .answers_with(
            200,
            "application/json",
            Some(|generator| {
                let (reply, judged) = (of::<Reply>(generator), of::<Judged>(generator));
                schemars::json_schema!({ "anyOf": [reply, judged] })
            }),
        )
        .may(&[P::KeyRequired, P::NotFound, P::IdReused, P::Refused, P::SlowDown])
}

fn of_vouchers() -> Vec<Route> {
    use {Operation as O, ProblemKind as P};
    let entitlement = path::<EntitlementId>("id", "The entitlement.");
    let as_of = query::<Timestamp>("as_of", "Only what had happened by then.");
    let known_at = query::<Timestamp>("known_at", "Only what was on record by then.");
    let command = path::<CommandId>("id", "The command.");
    vec![
        Route::post(O::Order, "order", "/v1/orders", "Issues what an order bought, all its lines.")
            .needs(Right::Order)
            .takes(&[KEY, DRY_RUN, PREFER])
            .body(of::<Order>)
            .answers::<OrderReply>()
            .answers_with(207, "application/json", Some(of::<OrderReply>))
            .may(&[P::KeyRequired]),
        Route::get(
            O::Entitlement,
            "entitlement",
            "/v1/entitlements/{id}",
            "Shows an entitlement, now or as it stood.",
        )
        .needs(Right::ReadVouchers)
        .takes(&[entitlement, as_of, known_at])
        .answers::<Entitlement>()
        .may(&[P::NotFound]),
        Route::get(
            O::History,
            "history",
            "/v1/entitlements/{id}/history",
            "Tells what happened to an entitlement.",
        )
        .needs(Right::ReadVouchers)
        .takes(&[entitlement, as_of, known_at])
        .paged::<HistoryEvent>()
        .may(&[P::NotFound]),
        Route::get(O::Answer, "answer", "/v1/commands/{id}", "Gives the first answer to a command again.")
            .needs(Right::ReadVouchers)
            .takes(&[command])
            .answers::<Reply>()
            .may(&[P::NotFound]),
        Route::get(O::Why, "why", "/v1/commands/{id}/why", "Says why a command was answered as it was.")
            .needs(Right::ReadVouchers)
            .takes(&[command])
            .answers::<Explanation>()
            .may(&[P::NotFound]),
        Route::get(
            O::WhyRefused,
            "why-refused",
            "/v1/entitlements/{id}/why",
            "Says why the newest command on an entitlement that was refused was refused.",
        )
        .needs(Right::ReadVouchers)
        .takes(&[
            entitlement,
            query::<UnitNo>("unit", "Only what was asked of this unit, or of the whole entitlement."),
        ])
        .answers::<Explanation>()
        .may(&[P::NotFound]),
        Route::post(O::LookUpCode, "look-up-code", "/v1/codes/look-up", "Tells where a code leads.")
            .needs(Right::ReadVouchers)
            .body(of::<LookUp>)
            .answers::<Found>()
            .may(&[P::NotFound, P::SlowDown]),
    ]
}

fn lists_of_vouchers() -> Vec<Route> {
    use {Operation as O, ProblemKind as P};
    let shop = path::<ShopId>("shop", "The purchase system.");
    let number = path::<OrderNumber>("number", "The order's number there.");
    vec![
        Route::get(
            O::CandidateVouchers,
            "candidate-vouchers",
            "/v1/candidates/{id}/vouchers",
            "Lists the vouchers that serve a candidate.",
        )
        .needs(Right::ReadPersons)
        .takes(&[path::<CandidateId>("id", "The candidate.")])
        .paged::<CandidateVoucher>()
        .reads_models(),
        Route::get(
            O::OrderLines,
            "order-lines",
            "/v1/orders/{shop}/{number}",
            "Tells what came of each line of an order.",
        )
        .needs(Right::ReadVouchers)
        .takes(&[shop, number])
        .paged::<OrderedLine>()
        .reads_models(),
        Route::get(
            O::OrderLine,
            "order-line",
            "/v1/orders/{shop}/{number}/{line}",
            "Lists what an order line issued.",
        )
        .needs(Right::ReadVouchers)
        .takes(&[shop, number, path::<u32>("line", "The line.")])
        .paged::<Entitlement>(),
        Route::get(
            O::OfferVouchers,
            "offer-vouchers",
            "/v1/offers/{id}/vouchers",
            "Lists what was sold of an offer.",
        )
        .needs(Right::ReadLists)
        .may(&[P::NotFound])
        .takes(&[path::<OfferId>("id", "The offer.")])
        .paged::<Entitlement>()
        .reads_models(),
        Route::get(
            O::PendingGoodwill,
            "pending-goodwill",
            "/v1/goodwill/pending",
            "Lists goodwill that waits for a second person; what expires first comes first.",
        )
        .needs(Right::ReadLists)
        .paged::<PendingGoodwill>()
        .reads_models(),
        Route::get(
            O::Inventory,
            "inventory",
            "/v1/agreements/{id}/inventory",
            "Tells what an agreement has.",
        )
        .needs(Right::ReadLists)
        .takes(&[path::<AgreementId>("id", "The agreement.")])
        .answers::<Inventory>()
        .reads_models(),
    ]
}

fn of_catalogue() -> Vec<Route> {
    use {Operation as O, ProblemKind as P};
    vec![
        Route::get(O::Offers, "offers", "/v1/offers", "Lists the offers.")
            .needs(Right::ReadCatalogue)
            .paged::<ListedOffer>()
            .reads_models(),
        Route::get(O::Offer, "offer", "/v1/offers/{id}", "Tells an offer's versions.")
            .needs(Right::ReadCatalogue)
            .takes(&[path::<OfferId>("id", "The offer.")])
            .answers::<PublishedOffer>()
            .may(&[P::NotFound]),
        Route::get(
            O::Policy,
            "policy",
            "/v1/policies/{programme}",
            "Tells the versions of a programme's retake policy, and which is in force.",
        )
        .needs(Right::ReadCatalogue)
        .takes(&[path::<ProgrammeId>("programme", "The programme.")])
        .answers::<PublishedPolicy>()
        .may(&[P::NotFound]),
        Route::get(O::Terms, "terms", "/v1/terms/{hash}", "Gives the text of terms, byte for byte.")
            .needs(Right::ReadCatalogue)
            .takes(&[
                path::<TermsHash>("hash", "The SHA-256 of the text."),
                required_query::<OfferId>("offer", "Whose terms they are: terms lie with their offer."),
            ])
            .answers::<TermsText>()
            .answers_with(200, "text/plain", None)
            .may(&[P::NotFound]),
        Route::get(O::Rules, "rules", "/v1/rules", "Lists the rules, in order of precedence.")
            .needs(Right::ReadCatalogue)
            .answers::<Vec<RuleText>>(),
        Route::get(O::Status, "status", "/v1/status", "Tells how the ledger is.")
            .needs(Right::ReadCatalogue)
            .answers::<Status>(),
    ]
}

fn of_operators() -> Vec<Route> {
    use Operation as O;
    vec![
        Route::get(O::Log, "log", "/v1/log", "Reads the log, from anywhere, and waits for more if asked to.")
            .needs(Right::ReadLog)
            .takes(&[
                query::<u64>("after", "The position to read behind; 0 if absent."),
                LIMIT,
                Parameter {
                    place: Place::Query,
                    required: false,
                    name: "wait_s",
                    says: "How many seconds to wait if nothing is there yet; 0 if absent.",
                    schema: |_| schemars::json_schema!({ "type": "integer", "minimum": 0, "maximum": 30 }),
                },
            ])
            .answers::<LogPage>(),
        Route::post(O::ExpireDue, "expire-due", "/v1/expire-due", "Puts on record all that is due.")
            .needs(Right::Operate)
            .takes(&[DRY_RUN])
            .answers::<ExpireDue>(),
        Route::post(
            O::Verify,
            "verify",
            "/v1/verify",
            "Checks the log, and the read models and the agenda against it.",
        )
        .needs(Right::Verify)
        .answers::<Verified>(),
        Route::post(
            O::Rebuild,
            "rebuild",
            "/v1/rebuild",
            "Drops the read models and the agenda, and makes them anew.",
        )
        .needs(Right::Operate)
        .answers::<Rebuilt>(),
        Route::get(O::Metrics, "metrics", "/metrics", "Gives what Prometheus asks for.")
            .needs(Right::ReadMetrics)
            .answers_with(200, "application/openmetrics-text", None),
        Route::get(
            O::ProblemPage,
            "problem",
            "/problems/{name}",
            "Says what a kind of problem means, and what to do.",
        )
        .takes(&[Parameter {
            place: Place::Path,
            required: true,
            name: "name",
            says: "The last part of the problem's `type`.",
            schema: |_| {
                let names: Vec<_> = ProblemKind::ALL.iter().map(|kind| kind.name()).collect();
                schemars::json_schema!({ "type": "string", "enum": names })
            },
        }])
        .answers_with(200, "text/plain", None)
        .may(&[ProblemKind::NotFound]),
        Route::get(O::OpenApi, "openapi", "/openapi.json", "Gives this document.").answers_with(
            200,
            "application/json",
            None,
        ),
        Route::get(O::Live, "live", "/health/live", "Tells that the process answers.").answers::<Health>(),
        Route::get(O::Ready, "ready", "/health/ready", "Tells whether the ledger is ready for work.")
            .answers::<Health>()
            .answers_with(503, "application/json", Some(of::<Health>)),
    ]
}
