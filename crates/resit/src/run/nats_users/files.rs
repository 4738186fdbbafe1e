//! The files of a ledger, on servers of its own or beside other ledgers.

use std::path::{Path, PathBuf};
use std::{fs, io};

use resit_nats::{
    ConfigFile, LedgerName, Names, Place, Transport, User, differing, first_ledger, ledger_config,
    ledger_of_file, server_config, with_ledgers_beside,
};

use crate::exit::Stopped;

/// The file of all accounts.
const PERMISSIONS: &str = "permissions.conf";

/// What is to be written for a ledger.
pub(super) struct Files {
    /// Whether it is the folder's first ledger or one beside that.
    pub(super) place: Place,
    /// Its files, without the one of public keys.
    pub(super) texts: Vec<ConfigFile>,
    /// The folder of its users' seeds.
    pub(super) seeds: PathBuf,
}

/// What is to be written to a folder for a ledger. Other ledgers that were written there before stay as they are.
pub(super) fn of(
    to: &Path,
    names: &Names,
    users: &[User],
    servers: &[String],
    transport: Transport,
) -> Result<Files, Stopped> {
    let (ledger, seeds) = (names.ledger(), to.join("keys"));
    let mut others = beside_the_first(to)?;
    let mut files = server_config(names, users, servers, transport);
    let Some((first, permissions)) = first_of(to)?.filter(|(first, _)| first != ledger) else {
        for (_, text) in files.iter_mut().filter(|(name, _)| name == PERMISSIONS) {
            *text = with_ledgers_beside(text, &others).ok_or_else(|| changed_by_hand(to))?;
        }
        return Ok(Files { place: Place::first(), texts: files, seeds });
    };
    files.retain(|(name, _)| name != PERMISSIONS);
    if let Some(name) = differing(&files, |name| fs::read_to_string(to.join(name)).ok()) {
        return Err(Stopped::Input(format!(
            "{} was written for the ledger {first}, with other --servers or another --plain; give the same for {ledger}, or \
             another folder with --to for servers of its own",
            to.join(name).display(),
        )));
    }
    if !others.contains(ledger) {
        others.push(ledger.clone());
    }
    others.sort_by_key(ToString::to_string);
    let all = with_ledgers_beside(&permissions, &others).ok_or_else(|| changed_by_hand(to))?;
    files.push(ledger_config(names, users));
    files.push((PERMISSIONS.to_owned(), all));
    Ok(Files { place: Place::beside(names), texts: files, seeds: seeds.join(ledger.to_string()) })
}

/// The ledger that a folder was written for first, with its permissions; none if no users were made there.
fn first_of(to: &Path) -> Result<Option<(LedgerName, String)>, Stopped> {
    let (keys, path) = (to.join("keys.conf"), to.join(PERMISSIONS));
    // Without keys it is an example that nobody runs.
    if !keys.exists() || !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).map_err(|source| Stopped::File { path, source })?;
    let first = first_ledger(&text).ok_or_else(|| changed_by_hand(to))?;
    Ok(Some((first, text)))
}

/// The ledgers beside the first one, by their names.
fn beside_the_first(to: &Path) -> Result<Vec<LedgerName>, Stopped> {
    let entries = match fs::read_dir(to) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(Stopped::File { path: to.to_owned(), source }),
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut ledgers: Vec<LedgerName> = names.filter_map(|name| ledger_of_file(&name)).collect();
    ledgers.sort_by_key(ToString::to_string);
    Ok(ledgers)
}

fn changed_by_hand(to: &Path) -> Stopped {
    Stopped::Input(format!(
        "{} is not as `resit nats users` writes it, and another ledger can't be added to it; name another folder with --to, \
         or remove that file and run this word again for each ledger there",
        to.join(PERMISSIONS).display()
    ))
}
