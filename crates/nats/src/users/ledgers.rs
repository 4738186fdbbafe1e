//! Several ledgers on the same servers: each has accounts, users and keys of its own.

use std::fmt::Write as _;

use super::server_config::WRITTEN;
use super::{Account, ConfigFile};
use crate::{LedgerName, Names};

/// Which names the accounts, the variables and the files of a ledger have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(Option<LedgerName>);

impl Place {
    /// The ledger that the servers were set up for first: `LEDGER`, `CALLERS`, `keys.conf`.
    pub fn first() -> Self {
        Self(None)
    }

    /// Another one on the same servers: `LEDGER_NAME`, `CALLERS_NAME`, `keys-NAME.conf`.
    pub fn beside(names: &Names) -> Self {
        Self(Some(names.ledger().clone()))
    }

    /// The name of an account.
    pub fn account(&self, account: Account) -> String {
        match &self.0 {
            None => account.name().to_owned(),
            Some(ledger) => format!("{}_{ledger}", account.name()),
        }
    }

    /// The name of the file of public keys.
    pub(crate) fn keys_file(&self) -> String {
        self.0.as_ref().map_or_else(|| "keys.conf".to_owned(), |ledger| format!("keys-{ledger}.conf"))
    }

    /// What the variables of public keys begin with. A ledger has no `_` in its name, so that no two variables are the same.
    pub(crate) fn variables(&self) -> String {
        self.0.as_ref().map_or_else(|| "NKEY_".to_owned(), |ledger| format!("NKEY-{ledger}_"))
    }
}

/// The name of the file with the accounts of a ledger beside the first.
pub(crate) fn accounts_file(ledger: &LedgerName) -> String {
    format!("permissions-{ledger}.conf")
}

/// The ledger that a file has the accounts of, by the file's name; none if it is no such file.
pub fn ledger_of_file(name: &str) -> Option<LedgerName> {
    name.strip_prefix("permissions-")?.strip_suffix(".conf")?.parse().ok()
}

/// The ledger that a text of `permissions.conf` was written for first; none if this program did not write it.
pub fn first_ledger(permissions: &str) -> Option<LedgerName> {
    let (before, _) = permissions.strip_prefix(WRITTEN)?.split_once(".ledger.>\"")?;
    before.rsplit('"').next()?.parse().ok()
}

/// How the line begins that says which accounts may ask the servers whether they sync.
const REPORT: &str = "response_type: stream, accounts: [";
/// How the lines begin that take in the files of the ledgers beside the first.
const ACCOUNTS: &str = "  include \"permissions-";
/// How the accounts end.
const END: &str = "}\nsystem_account: SYS\n";

/// The text of `permissions.conf` with these ledgers beside the first, and no others; none if this program did not write it.
pub fn with_ledgers_beside(permissions: &str, others: &[LedgerName]) -> Option<String> {
    let lines = permissions.split_inclusive('\n');
    let alone: String = lines.filter(|line| !line.starts_with(ACCOUNTS)).collect();
    let rest = alone.strip_prefix(WRITTEN)?.strip_suffix(END)?;
    let (before, after) = rest.split_once(REPORT)?;
    let (_, after) = after.split_once(']')?;
    let places = || others.iter().map(|ledger| Place(Some(ledger.clone())));
    let reported: Vec<String> =
        std::iter::once(Place::first()).chain(places()).map(|place| place.account(Account::Ledger)).collect();
    let mut accounts = String::new();
    for ledger in others {
        _ = writeln!(accounts, "  include \"{}\"", accounts_file(ledger));
    }
    let reported = reported.join(", ");
    Some(format!("{WRITTEN}{before}{REPORT}{reported}]{after}{accounts}{END}"))
}

/// The name of the first of these files that is there with another text.
pub fn differing(files: &[ConfigFile], there: impl Fn(&str) -> Option<String>) -> Option<&str> {
    let differs = |(name, text): &&ConfigFile| there(name).is_some_and(|there| there != *text);
    files.iter().find(differs).map(|(name, _)| name.as_str())
}
