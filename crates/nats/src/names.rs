//! What things are called.

use std::fmt;
use std::str::FromStr;

use crate::token::push_token;
use crate::{token, untoken};

/// The longest name of a ledger, in bytes.
const NAME_BYTES_MAX: usize = 32;

/// The name of a ledger on NATS: 1 to 32 small letters, digits and hyphens, a letter first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerName(String);

impl LedgerName {
    /// Whether the ledger is for rehearsals, whose commands may name their own clock: if `rehearsal` is the last word of its
    /// name. So all processes know it alike, and no setting makes a rehearsal of a real ledger.
    pub fn is_for_rehearsals(&self) -> bool {
        self.0 == "rehearsal" || self.0.ends_with("-rehearsal")
    }
}

/// A text that is no name of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no name of a ledger on NATS; write 1 to 32 small letters, digits and hyphens, a letter first"
)]
pub struct NoLedgerName(String);

impl FromStr for LedgerName {
    type Err = NoLedgerName;
    fn from_str(text: &str) -> Result<Self, NoLedgerName> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let good = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(fits)
            && text.len() <= NAME_BYTES_MAX;
        if good { Ok(Self(text.into())) } else { Err(NoLedgerName(text.chars().take(64).collect())) }
    }
}

impl fmt::Display for LedgerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Who asks, by the subject of a request of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiCaller {
    /// What it is.
    pub role: String,
    /// Its name in that role.
    pub name: String,
    /// Who says so.
    pub known_by: KnownBy,
}

/// Who says who a caller is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownBy {
    /// The servers, which let nobody else publish there.
    Servers,
    /// The gateway, which has recognised the caller, and may say more of it.
    Gateway,
}

/// What stands for the role where the gateway asks. No role is called so.
const GATEWAY: &str = "gateway";

/// The names of one ledger's subjects, streams and buckets.
///
/// | subject | what is sent there | by whom |
/// |---|---|---|
/// | `L.ledger.r.KIND.ID` | the records of one of the log's streams | command handlers |
/// | `L.ledger.c.ID` | that a command is on record | command handlers |
/// | `L.api.ROLE.NAME.ROUTE` | requests of the API, answered by services | whoever has the role and the name |
/// | `L.api.gateway.ROLE-NAME.ROUTE` | the same, of callers that the HTTP door has recognised | the gateway |
/// | `L.intake.ROLE.NAME.TYPE` | events of other systems | purchase systems, delivery providers |
/// | `L.outcome.NAME.TYPE` | what came of them | intake |
/// | `L.parked.ROLE.NAME.TYPE` | those that could not be taken, as they came | intake |
/// | `L.facts.KIND.TYPE` | what is on record, for those who report | intake |
#[derive(Debug, Clone)]
pub struct Names {
    ledger: LedgerName,
}

impl Names {
    /// The names of a ledger.
    pub fn of(ledger: LedgerName) -> Self {
        Self { ledger }
    }

    /// The ledger's own name.
    pub fn ledger(&self) -> &LedgerName {
        &self.ledger
    }

    /// The subject of one of the log's streams, `kind/id`.
    pub fn record(&self, kind: &str, id: &str) -> String {
        let mut subject = String::with_capacity(NAME_BYTES_MAX + kind.len() + id.len() + 16);
        self.write_record(&mut subject, kind, id);
        subject
    }

    /// The same, in the place of what `subject` holds: for whoever needs many and keeps none.
    pub fn write_record(&self, subject: &mut String, kind: &str, id: &str) {
        subject.clear();
        subject.push_str(&self.ledger.0);
        subject.push_str(".ledger.r.");
        push_token(subject, kind);
        subject.push('.');
        push_token(subject, id);
    }

    /// The subjects of all of the log's streams of a kind.
    pub fn records_of(&self, kind: &str) -> String {
        format!("{}.ledger.r.{}.*", self.ledger, token(kind))
    }

    /// The subject that says that a command is on record.
    pub fn command_marker(&self, command: &str) -> String {
        let mut subject = String::with_capacity(NAME_BYTES_MAX + command.len() + 16);
        self.write_command_marker(&mut subject, command);
        subject
    }

    /// The same, in the place of what `subject` holds: for whoever needs many and keeps none.
    pub fn write_command_marker(&self, subject: &mut String, command: &str) {
        subject.clear();
        subject.push_str(&self.ledger.0);
        subject.push_str(".ledger.c.");
        push_token(subject, command);
    }

    /// What every subject of records begins with, with the dot.
    pub fn records_prefix(&self) -> String {
        format!("{}.ledger.r.", self.ledger)
    }

    /// All subjects of the log.
    pub fn ledger_subjects(&self) -> String {
        format!("{}.ledger.>", self.ledger)
    }

    /// The JetStream stream that is the log.
    pub fn ledger_stream(&self) -> String {
        format!("{}-ledger", self.ledger)
    }

    /// The subject of a request of the API by `name` in its role, for a route.
    pub fn api(&self, role: &str, name: &str, route: &str) -> String {
        format!("{}.api.{}.{}.{}", self.ledger, token(role), token(name), token(route))
    }

    /// The subject of the same request, if the gateway hands it on.
    pub fn api_by_gateway(&self, role: &str, name: &str, route: &str) -> String {
        self.api(GATEWAY, &format!("{role}-{name}"), route)
    }

    /// All subjects of requests that the gateway hands on.
    pub fn gateway_subjects(&self) -> String {
        format!("{}.api.{GATEWAY}.>", self.ledger)
    }

    /// All subjects of requests for a route.
    pub fn api_route(&self, route: &str) -> String {
        format!("{}.api.*.*.{}", self.ledger, token(route))
    }

    /// Who asks, by the subject of a request of the API; none if it is no such subject.
    pub fn api_caller(&self, subject: &str) -> Option<ApiCaller> {
        let mut tokens = subject.strip_prefix(&format!("{}.api.", self.ledger))?.split('.');
        let (role, name) = (untoken(tokens.next()?)?, untoken(tokens.next()?)?);
        // The route, and nothing behind it.
        if tokens.next().is_none() || tokens.next().is_some() {
            return None;
        }
        if role != GATEWAY {
            return Some(ApiCaller { role, name, known_by: KnownBy::Servers });
        }
        let (role, name) = name.split_once('-')?;
        Some(ApiCaller { role: role.to_owned(), name: name.to_owned(), known_by: KnownBy::Gateway })
    }

    /// The subject of an event that `name` in its role sends in.
    pub fn intake(&self, role: &str, name: &str, event: &str) -> String {
        format!("{}.intake.{}.{}.{}", self.ledger, token(role), token(name), token(event))
    }

    /// All subjects of requests of the API.
    pub fn api_subjects(&self) -> String {
        format!("{}.api.>", self.ledger)
    }

    /// All subjects of events that are sent in.
    pub fn intake_subjects(&self) -> String {
        format!("{}.intake.>", self.ledger)
    }

    /// The stream of what is sent in.
    pub fn intake_stream(&self) -> String {
        format!("{}-intake", self.ledger)
    }

    /// The subject of an event that tells `name` what came of one of its own.
    pub fn outcome(&self, name: &str, event: &str) -> String {
        format!("{}.outcome.{}.{}", self.ledger, token(name), token(event))
    }

    /// The stream of outcomes.
    pub fn outcome_stream(&self) -> String {
        format!("{}-outcomes", self.ledger)
    }

    /// All subjects of outcomes.
    pub fn outcome_subjects(&self) -> String {
        format!("{}.outcome.>", self.ledger)
    }

    /// The subject of an event that was parked.
    pub fn parked(&self, role: &str, name: &str, event: &str) -> String {
        format!("{}.parked.{}.{}.{}", self.ledger, token(role), token(name), token(event))
    }

    /// The stream of what was parked.
    pub fn parked_stream(&self) -> String {
        format!("{}-parked", self.ledger)
    }

    /// All subjects of what was parked.
    pub fn parked_subjects(&self) -> String {
        format!("{}.parked.>", self.ledger)
    }

    /// The subject of a fact of a kind of stream, for those who report.
    pub fn fact(&self, kind: &str, event: &str) -> String {
        format!("{}.facts.{}.{}", self.ledger, token(kind), token(event))
    }

    /// The stream of facts.
    pub fn facts_stream(&self) -> String {
        format!("{}-facts", self.ledger)
    }

    /// All subjects of facts.
    pub fn facts_subjects(&self) -> String {
        format!("{}.facts.>", self.ledger)
    }

    /// The bucket of leases.
    pub fn leases_bucket(&self) -> String {
        format!("{}-leases", self.ledger)
    }

    /// The durable consumer by which intake takes what was sent in.
    pub fn intake_consumer(&self) -> &'static str {
        "intake"
    }

    /// The durable consumer by which `name` reads what came of its own events.
    pub fn outcomes_consumer(&self, name: &str) -> String {
        format!("outcomes-{}", token(name))
    }

    /// The durable consumer by which `name` reads facts.
    pub fn facts_consumer(&self, name: &str) -> String {
        format!("facts-{}", token(name))
    }

    /// What callers outside the ledger's account say instead of `$JS.API`, to read by their ready-made consumers.
    pub fn readers_api(&self) -> String {
        format!("{}.js", self.ledger)
    }

    /// Where servers tell how their JetStream is set up. The system's account has to let the ledger's ask there.
    pub fn server_report(&self) -> &'static str {
        "$SYS.REQ.SERVER.PING.JSZ"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledgers_name_is_a_token_and_a_name_of_a_stream() {
        for good in ["resit", "r", "a-1"] {
            assert!(good.parse::<LedgerName>().is_ok(), "{good}");
        }
        for bad in ["", "Resit", "1a", "-a", "a.b", "a b", "é", "a23456789012345678901234567890123"] {
            assert!(bad.parse::<LedgerName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_ledger_for_rehearsals_says_so_in_its_name() {
        let of = |name: &str| name.parse::<LedgerName>().unwrap().is_for_rehearsals();
        assert!(of("rehearsal") && of("shop-rehearsal"));
        assert!(!of("resit") && !of("rehearsal-2") && !of("prerehearsal"));
    }

    #[test]
    fn names_that_differ_have_subjects_that_differ() {
        let names = Names::of("resit".parse().unwrap());
        assert_eq!(names.record("entitlement", "01J"), "resit.ledger.r.entitlement.01J");
        assert_eq!(names.record("offer", "a.b"), "resit.ledger.r.offer.a=2Eb");
        assert_ne!(names.command_marker("a.b"), names.command_marker("a=2Eb"));
    }

    #[test]
    fn a_caller_is_known_by_the_subject_of_its_request_alone() {
        let names = Names::of("resit".parse().unwrap());
        let caller =
            |known_by| Some(ApiCaller { role: "purchase".into(), name: "web.shop-1".into(), known_by });
        let subject = names.api("purchase", "web.shop-1", "issue");
        assert_eq!(names.api_caller(&subject), caller(KnownBy::Servers));
        let subject = names.api_by_gateway("purchase", "web.shop-1", "issue");
        assert_eq!(subject, "resit.api.gateway.purchase-web=2Eshop-1.issue");
        assert_eq!(names.api_caller(&subject), caller(KnownBy::Gateway));
        for wrong in [
            "resit.api.purchase.web",
            "resit.api.purchase.web.issue.more",
            "other.api.purchase.web.issue",
            "resit.api.gateway.purchase.issue",
        ] {
            assert_eq!(names.api_caller(wrong), None, "{wrong}");
        }
    }
}
