//! Who may come in: where the server listens, and what it asks of callers.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use resit_access::{TokenFile, WatchedTokens};
use resit_domain::Timestamp;
use resit_gateway::Auth;
use tokio::net::TcpListener;

use crate::config::{AuthWord, Config, Source};
use crate::exit::Stopped;

/// How callers show who they are. Nobody outside this machine is believed without a token.
pub(crate) fn auth(config: &Config, folder: &Path, now: Timestamp) -> Result<Auth, Stopped> {
    let file = TokenFile::of(folder);
    let tokens = file.read()?;
    let (word, source) = match &config.auth {
        Some(auth) => (auth.value, &auth.source),
        None if tokens.is_empty() => (AuthWord::Open, &Source::Default),
        None => (AuthWord::Tokens, &Source::Default),
    };
    match word {
        AuthWord::Open if !config.listen.value.ip().is_loopback() => Err(Stopped::Input(format!(
            "listen: {} can be reached from other machines ({}), and callers need no token (auth: open, {source}); make \
             one with `resit token make --role operator --name NAME` and leave auth out or set it to tokens, or listen on \
             127.0.0.1",
            config.listen.value, config.listen.source,
        ))),
        AuthWord::Open => Ok(Auth::Open),
        AuthWord::Tokens => {
            if tokens.is_empty() {
                tracing::warn!(
                    "nobody has a token yet; `resit token make` makes one, also while the server runs"
                );
            }
            Ok(Auth::Tokens(Arc::new(WatchedTokens::open(file, now)?)))
        }
    }
}

/// Begins to listen.
pub(crate) async fn listener(address: SocketAddr) -> Result<TcpListener, Stopped> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => Stopped::Taken { address },
        _ => Stopped::Listen { address, source },
    })
}
