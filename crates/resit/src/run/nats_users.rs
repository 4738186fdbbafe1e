//! The configuration of servers, and the keys of those whom they let in.

mod files;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nkeys::{KeyPair, KeyPairType};
use resit_nats::{LedgerName, Names, Transport, User, public_keys_of};

use super::nats::distinct;
use crate::cli::NatsUsersWords;
use crate::clock;
use crate::durable::{SECRET, put_new};
use crate::exit::{Status, Stopped};
use crate::output::Out;
use files::Files;

pub(super) fn write(words: NatsUsersWords, ledger: &LedgerName, out: &mut Out) -> Result<Status, Stopped> {
    let NatsUsersWords { who, to, servers, plain } = words;
    let users = distinct(who.users)?;
    let transport = if plain { Transport::Plain } else { Transport::Tls };
    let mut all: Vec<User> = User::of_every_ledger().into_iter().chain(users.iter().cloned()).collect();
    all.sort();
    all.dedup();
    let names = Names::of(ledger.clone());
    let Files { place, texts: files, seeds } = files::of(&to, &names, &users, &servers, transport)?;
    fs::create_dir_all(&seeds).map_err(unwritten(&seeds))?;
    let keys =
        all.iter().map(|user| Ok((user.clone(), key(&seeds, user)?))).collect::<Result<Vec<_>, Stopped>>()?;
    // The keys first: a server that reads its files in between finds what they refer to.
    for (name, text) in [public_keys_of(&place, &keys)].iter().chain(&files) {
        let path = to.join(name);
        fs::write(&path, text).map_err(unwritten(&path))?;
    }
    let rows = all.iter().map(|user| {
        let seed = seed_file(&seeds, user).display().to_string();
        [user.to_string(), place.account(user.kind().account()), user.inbox_prefix(), seed]
    });
    out.table(["user", "account", "inbox", "seed"], rows)?;
    Ok(Status::Done)
}

fn seed_file(folder: &Path, user: &User) -> PathBuf {
    folder.join(format!("{}.nk", user.slug()))
}

/// The public key of a user; it is made, and its seed is written, unless there is one.
fn key(folder: &Path, user: &User) -> Result<String, Stopped> {
    let path = seed_file(folder, user);
    match fs::read_to_string(&path) {
        Ok(seed) => {
            let pair = KeyPair::from_seed(seed.trim());
            let pair = pair.map_err(|source| Stopped::Seed { path: path.clone(), source })?;
            Ok(pair.public_key())
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let pair = KeyPair::new_from_raw(KeyPairType::User, clock::random()?);
            let pair = pair.map_err(|source| Stopped::Seed { path: path.clone(), source })?;
            let seed = pair.seed().map_err(|source| Stopped::Seed { path: path.clone(), source })?;
            put_new(&path, format!("{seed}\n").as_bytes(), SECRET).map_err(unwritten(&path))?;
            Ok(pair.public_key())
        }
        Err(source) => Err(Stopped::File { path, source }),
    }
}

fn unwritten(path: &Path) -> impl FnOnce(io::Error) -> Stopped {
    let path = path.to_owned();
    move |source| Stopped::Unwritten { path, source }
}
