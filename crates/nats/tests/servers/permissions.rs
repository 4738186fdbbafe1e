//! The matrix of permissions that the documentation shows, on a real server: allowed and refused as written.

use std::path::Path;
use std::{env, fs};

use resit_nats::{Grant, User, UserKind};

use crate::deployment::{Deployment, names, users};
use crate::wire::Wire;

/// What somebody tries: how, on which subject, and what that would be. `KIND` and `NAME` are one's own.
const TRIES: &[(&str, &str, &str)] = &[
    ("pub", "resit.api.KIND.NAME.issue", "ask the API in one's own name"),
    ("pub", "resit.api.purchase.other.issue", "ask it in another's name"),
    (
        "pub",
        "resit.api.gateway.purchase-other.issue",
        "say whom one has recognised, and which shop it is bound to",
    ),
    ("sub", "resit.api.*.*.issue", "answer commands, or listen to them"),
    ("sub", "resit.api.*.*.verify", "answer what read models are asked for"),
    ("sub", "resit.api.*.*.expire-due", "answer what the scheduler is asked for"),
    ("sub", "resit.api.>", "listen to all that is asked"),
    ("pub", "$SRV.PING", "look for services"),
    ("pub", "resit.intake.KIND.NAME.order", "send events in one's own name"),
    ("pub", "resit.intake.purchase.other.order", "send them in another's name"),
    ("sub", "resit.intake.>", "listen to events"),
    ("pub", "$JS.API.CONSUMER.MSG.NEXT.resit-intake.intake", "take events in"),
    ("pub", "resit.js.CONSUMER.MSG.NEXT.resit-outcomes.outcomes-NAME", "read what came of one's own events"),
    ("pub", "resit.js.CONSUMER.INFO.resit-outcomes.outcomes-NAME", "the same: how far one is"),
    ("pub", "$JS.ACK.resit-outcomes.outcomes-NAME.1.1.1.1.0", "the same: acknowledge, in the short form"),
    ("pub", "$JS.ACK._.x.resit-outcomes.outcomes-NAME.1.1.1.1.0.x", "the same, in the long form"),
    ("pub", "resit.js.CONSUMER.MSG.NEXT.resit-outcomes.outcomes-other", "read what came of another's"),
    ("pub", "$JS.ACK.resit-outcomes.outcomes-other.1.1.1.1.0", "acknowledge for another"),
    ("pub", "resit.js.CONSUMER.MSG.NEXT.resit-facts.facts-NAME", "read facts"),
    ("pub", "$JS.ACK.resit-facts.facts-NAME.1.1.1.1.0", "the same: acknowledge"),
    ("pub", "resit.js.CONSUMER.MSG.NEXT.resit-facts.facts-other", "read facts in another's place"),
    ("pub", "resit.js.CONSUMER.MSG.NEXT.resit-ledger.x", "read the log as one reads facts"),
    ("sub", "resit.outcome.>", "listen to outcomes"),
    ("sub", "resit.facts.>", "listen to facts"),
    ("pub", "resit.outcome.NAME.x", "tell outcomes"),
    ("pub", "resit.facts.entitlement.x", "tell facts"),
    ("pub", "resit.parked.purchase.other.order", "park events"),
    ("pub", "$JS.API.DIRECT.GET.resit-parked", "read parked events"),
    ("pub", "resit.ledger.r.entitlement.x", "write records"),
    ("pub", "resit.ledger.c.x", "write that a command is on record"),
    ("sub", "resit.ledger.>", "listen to the log"),
    ("pub", "$JS.API.DIRECT.GET.resit-ledger.resit.ledger.r.entitlement.x", "read the log"),
    ("pub", "$JS.API.STREAM.MSG.GET.resit-ledger", "read it from its leader"),
    ("pub", "$JS.API.CONSUMER.CREATE.resit-ledger.x", "follow it: make consumers on it"),
    ("pub", "$JS.API.CONSUMER.CREATE.resit-facts.x", "make consumers on facts"),
    ("pub", "$JS.API.CONSUMER.CREATE.resit-outcomes.x", "make consumers on outcomes"),
    ("pub", "$JS.API.STREAM.INFO.resit-ledger", "see how the log is set up"),
    ("pub", "$SYS.REQ.SERVER.PING.JSZ", "see whether servers sync"),
    ("pub", "$SYS.REQ.SERVER.PING.VARZ", "see how else servers are set up"),
    ("pub", "$KV.resit-leases.expiry-scheduler", "take a lease"),
    ("pub", "$JS.API.STREAM.CREATE.resit-x", "make streams"),
    ("pub", "$JS.API.STREAM.SNAPSHOT.resit-ledger", "copy the log whole"),
    ("pub", "$JS.API.STREAM.UPDATE.resit-ledger", "change the log's limits"),
    ("pub", "$JS.API.STREAM.PURGE.resit-ledger", "purge it"),
    ("pub", "$JS.API.STREAM.MSG.DELETE.resit-ledger", "delete records"),
    ("pub", "$JS.API.STREAM.DELETE.resit-ledger", "delete it whole"),
    ("sub", "_INBOX_KIND_NAME.x", "hear answers to oneself"),
    ("sub", "_INBOX_purchase_other.>", "hear answers to another"),
    ("sub", "_INBOX.>", "hear answers where clients expect them"),
    ("sub", ">", "listen to everything"),
];

const BEGIN: &str = "<!-- who may do what: written by a test -->\n";
const END: &str = "<!-- to here -->\n";

/// A try's subject, for a user.
fn subject(pattern: &str, user: &User) -> String {
    let inbox = format!("{}.x", user.inbox_prefix());
    let own = pattern.replace("_INBOX_KIND_NAME.x", &inbox);
    own.replace("KIND", user.kind().name()).replace("NAME", user.name().unwrap_or("nameless"))
}

/// The table as the documentation has it; each cell is what the grants say.
fn table() -> String {
    let kinds: Vec<&str> = UserKind::ALL.iter().map(|kind| kind.name()).collect();
    let head = format!("| does | on | that is | {} |\n", kinds.join(" | "));
    let line = format!("|---|---|---|{}\n", "---|".repeat(kinds.len()));
    let row = |(way, pattern, is): &(&str, &str, &str)| {
        let cells: Vec<&str> = users().iter().map(|user| cell(granted(way, pattern, user))).collect();
        format!("| {way} | `{pattern}` | {is} | {} |\n", cells.join(" | "))
    };
    [head, line].into_iter().chain(TRIES.iter().map(row)).collect()
}

fn granted(way: &str, pattern: &str, user: &User) -> bool {
    let (grant, subject) = (Grant::of(&names(), user), subject(pattern, user));
    if way == "pub" { grant.may_publish(&subject) } else { grant.may_subscribe(&subject) }
}

fn cell(allowed: bool) -> &'static str {
    if allowed { "yes" } else { "-" }
}

/// The rows of the table that the documentation shows.
fn documented() -> Vec<Vec<String>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/nats.md");
    let text = fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the page has a place for the table");
    let (shown, after) = rest.split_once(END).expect("the table has an end");
    if env::var_os("RESIT_GOLDEN").is_some_and(|word| word == "write") {
        fs::write(&page, format!("{before}{BEGIN}{}{END}{after}", table())).unwrap();
        return rows(&table());
    }
    rows(shown)
}

fn rows(table: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    table.lines().skip(2).map(cells).collect()
}

#[test]
fn the_documentation_shows_what_is_granted() {
    assert_eq!(documented(), rows(&table()), "docs/nats.md; RESIT_GOLDEN=write");
}

#[tokio::test]
async fn every_kind_of_user_may_do_what_is_documented_and_nothing_else() {
    let deployment = Deployment::start();
    let documented = documented();
    assert_eq!(documented.len(), TRIES.len());
    let mut wrong = Vec::new();
    for (column, user) in users().iter().enumerate() {
        let mut wire = Wire::connect(deployment.server.ports()[0].client, &deployment.key(user)).await;
        for row in &documented {
            let (way, pattern) = (row[0].as_str(), row[1].trim_matches('`'));
            let subject = subject(pattern, user);
            let may = if way == "pub" {
                wire.may_publish(&subject).await
            } else {
                wire.may_subscribe(&subject).await
            };
            if cell(may) != row[3 + column] {
                wrong.push(format!("{user} {way} {subject}: the server says {}", cell(may)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
