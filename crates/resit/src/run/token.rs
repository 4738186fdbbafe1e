//! Tokens: made, listed, revoked. The file is the server's too, which reads it again by itself.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use resit_access::{NewToken, TokenFile};
use resit_domain::Timestamp;

use crate::cli::TokenWords;
use crate::config::Config;
use crate::exit::{Status, Stopped};
use crate::output::Out;
use crate::{clock, ledger};

/// Where tokens are kept: with a ledger, or, if its log is on NATS, in a folder of the gateway's.
pub(super) fn place(config: &Config) -> Result<(), Stopped> {
    let folder = &config.ledger.value;
    if config.nats.is_none() {
        return ledger::check_marked(folder);
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|source| Stopped::Unwritten { path: folder.clone(), source })
}

pub(super) fn run(
    words: TokenWords,
    folder: &Path,
    now: Timestamp,
    out: &mut Out,
) -> Result<Status, Stopped> {
    let file = TokenFile::of(folder);
    match words {
        TokenWords::Make { role, name, shop, expires } => {
            if expires.is_some_and(|expires| expires <= now) {
                return Err(Stopped::Input("--expires lies in the past; name an instant to come".to_owned()));
            }
            let new = NewToken { name: name.clone(), role, shop, expires_at: expires };
            let secret = file.make(new, clock::random()?, now)?;
            out.token(&name, role, secret.expose())?;
        }
        TokenWords::List => out.tokens(file.read()?.list(), now)?,
        TokenWords::Revoke { name } => {
            file.revoke(&name)?;
            out.said(&format!(
                "the token {name} is worth nothing any more; a running server knows it within a second"
            ))?;
        }
    }
    Ok(Status::Done)
}

/// What a dry run of these words says.
pub(super) fn would(words: &TokenWords) -> Option<String> {
    match words {
        TokenWords::Make { role, name, .. } => Some(format!("make a token for {name}, with the role {role}")),
        TokenWords::Revoke { name } => Some(format!("make the token {name} worth nothing")),
        TokenWords::List => None,
    }
}
