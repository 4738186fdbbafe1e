//! The table of routes. The router and the OpenAPI document are both made from it, so that they can't differ.

use resit_access::Right;
use resit_domain::{
    Actor, AgreementId, CandidateId, CommandId, EntitlementId, OfferId, OrderNumber, ShopId, TermsHash,
    Timestamp,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::command::OFFERED;
use crate::{
    CandidateVoucher, Entitlement, ExpireDue, Explanation, Found, Health, HistoryEvent, Inventory, Judged,
    LogPage, LookUp, Order, OrderReply, Page, ProblemKind, PublishedOffer, Rebuilt, Reply, RuleText, Status,
    TermsText, Verified, header,
};

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

/// A method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Asks.
    Get,
    /// Does.
    Post,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// Behind the question mark.
    Query,
    /// In a header.
    Header,
}

/// Makes the schema of a type.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// Something that a request says beside its body.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Where it stands.
    pub place: Place,
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub says: &'static str,
    /// What it may be.
    pub schema: SchemaOf,
}

/// What a route answers when all goes well.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The type of its text.
    pub media: &'static str,
    /// What it says; none for plain text.
    pub schema: Option<SchemaOf>,
}

/// A route.
#[derive(Debug, Clone)]
pub struct Route {
    /// What it does.
    pub operation: Operation,
    /// Its id in the OpenAPI document.
    pub id: &'static str,
    /// The method.
    pub verb: Verb,
    /// The path, with parameters in braces.
    pub path: String,
    /// What it does, in one line.
    pub summary: &'static str,
    /// The right that it takes; none if everybody may ask.
    pub right: Option<Right>,
    /// What a request says beside its body.
    pub parameters: Vec<Parameter>,
    /// What the body is, if there is one.
    pub body: Option<SchemaOf>,
    /// What it answers when all goes well.
    pub answers: Vec<Answer>,
    /// Problems that it may answer, beside those that every route may.
    pub problems: Vec<ProblemKind>,
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

const fn path<T: JsonSchema>(name: &'static str, says: &'static str) -> Parameter {
    Parameter { place: Place::Path, name, says, schema: of::<T> }
}

const fn query<T: JsonSchema>(name: &'static str, says: &'static str) -> Parameter {
    Parameter { place: Place::Query, name, says, schema: of::<T> }
}

const KEY: Parameter = Parameter {
    place: Place::Header,
    name: header::IDEMPOTENCY_KEY,
    says: "The command's id. Needed, but for a dry run: the same key with the same body is answered as the first time.",
    schema: of::<CommandId>,
};
const ACTOR: Parameter = Parameter {
    place: Place::Header,
    name: header::ACTOR,
    says: "Who asks, on an open server; `http` if absent. Where tokens are asked for, the token's name is the actor.",
    schema: of::<Actor>,
};
const CLOCK: Parameter = Parameter {
    place: Place::Header,
    name: header::CLOCK,
    says: "The instant to look or judge from. Where something is done, the server's clock is set to it: for rehearsals only.",
    schema: of::<Timestamp>,
};
const DRY_RUN: Parameter =
    query::<bool>("dry_run", "Judge only: nothing is done, and nothing goes on record.");
const AT_LEAST: Parameter =
    query::<u64>("at_least", "Wait until the read models show this position; also as a header.");
const AT_LEAST_HEADER: Parameter = Parameter {
    place: Place::Header,
    name: header::AT_LEAST,
    says: "Wait until the read models show this position.",
    schema: of::<u64>,
};
const AFTER: Parameter = query::<String>("after", "The `next` of the page before.");
const LIMIT: Parameter = Parameter {
    place: Place::Query,
    name: "limit",
    says: "How many items at most; 100 if absent.",
    schema: |_| schemars::json_schema!({ "type": "integer", "minimum": 1, "maximum": 1000 }),
};

impl Route {
    fn get(operation: Operation, id: &'static str, path: &str, summary: &'static str) -> Self {
        let (verb, path) = (Verb::Get, path.to_owned());
        let (parameters, answers, problems) = (Vec::new(), Vec::new(), Vec::new());
        Self { operation, id, verb, path, summary, right: None, parameters, body: None, answers, problems }
    }

    fn post(operation: Operation, id: &'static str, path: &str, summary: &'static str) -> Self {
        Self { verb: Verb::Post, ..Self::get(operation, id, path, summary) }
    }

    fn takes(mut self, parameters: &[Parameter]) -> Self {
        self.parameters.extend_from_slice(parameters);
        self
    }

    fn body(self, schema: SchemaOf) -> Self {
        let problems = &[ProblemKind::TooLarge, ProblemKind::UnsupportedMediaType];
        Self { body: Some(schema), ..self }.may(problems)
    }

    fn needs(self, right: Right) -> Self {
        Self { right: Some(right), ..self }.takes(&[ACTOR, CLOCK])
    }

    fn answers<T: JsonSchema>(self) -> Self {
        self.answers_with(200, "application/json", Some(of::<T>))
    }

    fn answers_with(mut self, status: u16, media: &'static str, schema: Option<SchemaOf>) -> Self {
        self.answers.push(Answer { status, media, schema });
        self
    }

    fn may(mut self, problems: &[ProblemKind]) -> Self {
        self.problems.extend_from_slice(problems);
        self
    }

    /// Answered from read models.
    fn reads_models(self) -> Self {
        self.takes(&[AT_LEAST, AT_LEAST_HEADER]).may(&[ProblemKind::Behind])
    }

    fn paged<T: JsonSchema>(self) -> Self {
        self.takes(&[AFTER, LIMIT]).answers::<Page<T>>()
    }
}

/// Every route.
pub fn routes() -> Vec<Route> {
    let mut routes: Vec<Route> = OFFERED.iter().map(|offered| command(*offered)).collect();
    routes.extend(of_vouchers());
    routes.extend(of_catalogue());
    routes.extend(of_operators());
    routes
}

fn command((name, does, body): (&'static str, &'static str, SchemaOf)) -> Route {
    use ProblemKind as P;
    let right = Right::of_command(name).unwrap_or(Right::Operate);
    Route::post(Operation::Command(name), name, &format!("/v1/commands/{name}"), does)
        .needs(right)
        .takes(&[KEY, DRY_RUN])
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
            .takes(&[KEY, DRY_RUN])
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
        Route::post(O::LookUpCode, "look-up-code", "/v1/codes/look-up", "Tells where a code leads.")
            .needs(Right::ReadVouchers)
            .body(of::<LookUp>)
            .answers::<Found>()
            .may(&[P::NotFound, P::SlowDown]),
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
            O::OrderLine,
            "order-line",
            "/v1/orders/{shop}/{number}/{line}",
            "Lists what an order line issued.",
        )
        .needs(Right::ReadVouchers)
        .takes(&[
            path::<ShopId>("shop", "The purchase system."),
            path::<OrderNumber>("number", "The order's number there."),
            path::<u32>("line", "The line."),
        ])
        .paged::<Entitlement>()
        .reads_models(),
        Route::get(
            O::OfferVouchers,
            "offer-vouchers",
            "/v1/offers/{id}/vouchers",
            "Lists what was sold of an offer.",
        )
        .needs(Right::ReadLists)
        .takes(&[path::<OfferId>("id", "The offer.")])
        .paged::<Entitlement>()
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
        Route::get(O::Offer, "offer", "/v1/offers/{id}", "Tells an offer's versions.")
            .needs(Right::ReadCatalogue)
            .takes(&[path::<OfferId>("id", "The offer.")])
            .answers::<PublishedOffer>()
            .may(&[P::NotFound]),
        Route::get(O::Terms, "terms", "/v1/terms/{hash}", "Gives the text of terms, byte for byte.")
            .needs(Right::ReadCatalogue)
            .takes(&[
                path::<TermsHash>("hash", "The SHA-256 of the text."),
                query::<OfferId>("offer", "Whose terms they are. Needed: terms lie with their offer."),
            ])
            .answers::<TermsText>()
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
        .needs(Right::Operate)
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
