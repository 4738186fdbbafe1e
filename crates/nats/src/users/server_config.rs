//! The configuration of servers that let a ledger's users in, and nobody else.

use std::fmt::Write as _;

use super::class::Class;
use super::ledgers::{Place, accounts_file};
use super::{Account, Answers, Grant, User};
use crate::Names;

/// A file of it: its name, and its text.
pub type ConfigFile = (String, String);

/// Whether connections are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// By TLS; the certificates' files are named by variables.
    Tls,
    /// Not at all: for servers that only this machine reaches.
    Plain,
}

/// What every file says first.
pub(super) const WRITTEN: &str =
    "# Written by `resit nats users`; change what that is told, and not this file.\n";

/// How every server is run.
const COMMON: &str = "
# Where it is, what it keeps and whom it believes stands in variables of its environment.
listen: $NATS_LISTEN
http: $NATS_MONITOR

max_payload: 8MB
max_pending: 256MB

# Told to stop, it hands its streams over to the others, and its clients by and by.
lame_duck_grace_period: 5s
lame_duck_duration: 30s

jetstream {
  store_dir: $NATS_STORE
  # Without this each start would take three quarters of what is free by then, and with less than before, streams can't be changed.
  max_file_store: $NATS_MAX_STORE
  # Without this a power cut takes what was acknowledged. The ledger refuses to run without it.
  sync_interval: always
}
";

const TLS: [&str; 3] =
    ["cert_file: $NATS_CERTIFICATE_FILE", "key_file: $NATS_KEY_FILE", "ca_file: $NATS_CA_FILE"];

/// All files: one for each of these servers, what they have in common, and the permissions. Keys are in none of them.
pub fn server_config(
    names: &Names,
    users: &[User],
    servers: &[String],
    transport: Transport,
) -> Vec<ConfigFile> {
    let server = |name: &String| {
        (format!("{name}.conf"), format!("{WRITTEN}server_name: {name:?}\ninclude \"common.conf\"\n"))
    };
    let mut files: Vec<ConfigFile> = servers.iter().map(server).collect();
    files.push(("common.conf".to_owned(), common(servers.len(), transport)));
    files.push(("permissions.conf".to_owned(), permissions(names, users)));
    files
}

/// The file with the accounts of a ledger on servers that were set up for another one.
pub fn ledger_config(names: &Names, users: &[User]) -> ConfigFile {
    let place = Place::beside(names);
    let (keys, accounts) = (place.keys_file(), accounts(names, users, &place));
    // Servers read each file by itself: variables are known in the file that takes them in, and in no other.
    (accounts_file(names.ledger()), format!("{WRITTEN}include {keys:?}\n{accounts}"))
}

/// The file of public keys that the permissions of the first ledger refer to.
pub fn public_keys(keys: &[(User, String)]) -> ConfigFile {
    public_keys_of(&Place::first(), keys)
}

/// The file of public keys that the permissions of a ledger refer to.
pub fn public_keys_of(place: &Place, keys: &[(User, String)]) -> ConfigFile {
    let mut text = WRITTEN.to_owned();
    for (user, key) in keys {
        writeln!(text, "{} = {key:?}", variable(place, user)).expect("a text takes a text");
    }
    (place.keys_file(), text)
}

fn common(servers: usize, transport: Transport) -> String {
    let tls = |indent: &str| match transport {
        Transport::Tls => {
            let lines = TLS.map(|line| format!("{indent}  {line}\n")).concat();
            format!("{indent}tls {{\n{lines}{indent}}}\n")
        }
        Transport::Plain => String::new(),
    };
    let cluster = || {
        let routes = (1..=servers).map(|n| format!("$NATS_ROUTE_{n}")).collect::<Vec<_>>().join(", ");
        let tls = tls("  ");
        format!("\ncluster {{\n  name: resit\n  listen: $NATS_ROUTE_LISTEN\n  routes: [{routes}]\n{tls}}}\n")
    };
    let cluster = if servers > 1 { cluster() } else { String::new() };
    let tls = tls("");
    format!("{WRITTEN}{COMMON}{tls}{cluster}\ninclude \"permissions.conf\"\n")
}

/// All accounts, and the users of the first ledger.
fn permissions(names: &Names, users: &[User]) -> String {
    let report = names.server_report();
    let place = Place::first();
    let (ledger, accounts) = (place.account(Account::Ledger), accounts(names, users, &place));
    format!(
        "{WRITTEN}include \"keys.conf\"
accounts {{
  # Lets the ledger ask each server whether it syncs before it acknowledges, and nothing else.
  SYS {{
    exports: [
      {{service: {report:?}, response_type: stream, accounts: [{ledger}]}}
    ]
  }}
{accounts}}}
system_account: SYS
",
    )
}

/// The two accounts of a ledger, with its users.
fn accounts(names: &Names, users: &[User], place: &Place) -> String {
    let report = names.server_report();
    let mut users: Vec<User> = User::of_every_ledger().into_iter().chain(users.iter().cloned()).collect();
    users.sort();
    users.dedup();
    let asking = inboxes(&users);
    let of = |account: Account| {
        let theirs = users.iter().filter(|user| user.kind().account() == account);
        theirs.map(|user| of_user(names, user, place, &asking)).collect::<String>()
    };
    let ways = ways_in(names);
    let (in_ledger, in_callers) = (place.account(Account::Ledger), place.account(Account::Callers));
    let exports = ways.iter().map(|way| way.export(&in_callers)).collect::<String>();
    let imports = ways.iter().map(|way| way.import(&in_ledger)).collect::<String>();
    format!(
        "  # Those who are trusted with the ledger's streams.
  {in_ledger} {{
    jetstream: enabled
    imports: [
      {{service: {{account: SYS, subject: {report:?}}}}}
    ]
    exports: [
{exports}    ]
    users: [
{ledger}    ]
  }}
  # Those who are not. They are in an account of their own, since an answer goes to any subject that a request names: in the
  # ledger's account that could be a subject of the log.
  {in_callers} {{
    imports: [
{imports}    ]
    users: [
{callers}    ]
  }}
",
        ledger = of(Account::Ledger),
        callers = of(Account::Callers),
    )
}

/// How an answer comes to a caller: one, at once; one, when the whole log was read for it; many.
const SOON: &str = "response_type: singleton";
const IN_TIME: &str = "response_type: singleton, response_threshold: \"15m\"";
const MANY: &str = "response_type: stream";

/// A way from the callers' account into the ledger's.
struct Way {
    subject: String,
    /// What callers say for it, if that is something else.
    callers_say: Option<String>,
    answers: &'static str,
}

impl Way {
    fn export(&self, to: &str) -> String {
        let Self { subject, answers, .. } = self;
        format!("      {{service: {subject:?}, {answers}, accounts: [{to}]}}\n")
    }

    fn import(&self, from: &str) -> String {
        let Self { subject, callers_say, .. } = self;
        let to = callers_say.as_ref().map_or_else(String::new, |say| format!(", to: {say:?}"));
        format!("      {{service: {{account: {from}, subject: {subject:?}}}{to}}}\n")
    }
}

fn ways_in(names: &Names) -> Vec<Way> {
    let way = |subject: String| Way { subject, callers_say: None, answers: SOON };
    let api = Way { answers: IN_TIME, ..way(names.api_subjects()) };
    let mut ways = vec![api, way(names.intake_subjects())];
    for stream in [names.outcome_stream(), names.facts_stream()] {
        for (request, answers) in [("CONSUMER.INFO", SOON), ("CONSUMER.MSG.NEXT", MANY)] {
            // Under its own name the request would be taken for one to the callers' account, which has no streams.
            let callers_say = Some(format!("{}.{request}.{stream}.*", names.readers_api()));
            ways.push(Way { subject: format!("$JS.API.{request}.{stream}.*"), callers_say, answers });
        }
        ways.push(way(format!("$JS.ACK.{stream}.>")));
        ways.push(way(format!("$JS.ACK.*.*.{stream}.>")));
    }
    ways
}

/// Where callers of other accounts await answers: the servers make such a subject for each of their requests.
const OTHER_ACCOUNTS: &str = "_R_.>";

/// The subjects on which somebody awaits an answer of a service.
///
/// They are listed instead of being granted by `allow_responses`. That counts how often a connection may answer a request, and
/// counts a second delivery of the request as an answer: a process that leaves hears each request by its service and by its
/// copy, and its only answer would be refused. Besides, the servers would remember every request for as long as the longest may
/// take.
fn inboxes(users: &[User]) -> Vec<String> {
    let asks = |user: &&User| {
        let kind = user.kind();
        kind.account() == Account::Ledger
            && [Class::Ask, Class::AskForOthers, Class::Discover]
                .iter()
                .any(|class| class.kinds().contains(&kind))
    };
    let own = users.iter().filter(asks).map(|user| format!("{}.>", user.inbox_prefix()));
    std::iter::once(OTHER_ACCOUNTS.to_owned()).chain(own).collect()
}

fn of_user(names: &Names, user: &User, place: &Place, asking: &[String]) -> String {
    let Grant { mut publish, subscribe, answers } = Grant::of(names, user);
    if answers == Answers::Inboxes {
        publish.extend_from_slice(asking);
    }
    let list = |subjects: Vec<String>| {
        subjects.iter().map(|subject| format!("            {subject:?}\n")).collect::<Vec<_>>().concat()
    };
    format!(
        "      # {user}
      {{
        nkey: ${key}
        permissions: {{
          publish: {{allow: [
{publish}          ]}}
          subscribe: {{allow: [
{subscribe}          ]}}
        }}
      }}
",
        key = variable(place, user),
        publish = list(publish),
        subscribe = list(subscribe),
    )
}

/// The variable that stands for a user's public key: letters, digits and hyphens as they are, others as `_` and two digits.
fn variable(place: &Place, user: &User) -> String {
    let mut text = format!("{}{}", place.variables(), user.kind().name());
    if let Some(name) = user.name() {
        text.push('_');
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || byte == b'-' {
                text.push(char::from(byte));
            } else {
                write!(text, "_{byte:02X}").expect("a text takes a text");
            }
        }
    }
    text
}
