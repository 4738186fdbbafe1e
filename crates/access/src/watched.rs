//! Tokens as a running server knows them: read again when their file changes.

use std::os::unix::fs::MetadataExt as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use resit_domain::Timestamp;

use crate::{AccessError, TokenFile, Tokens};

/// How long a change of the file may go unseen.
const UNSEEN_MILLIS_MAX: i64 = 1_000;

/// What tells one state of the file from another: a replaced file is another inode.
type Mark = Option<(u64, u64, i64, i64)>;

/// Tokens that follow their file.
#[derive(Debug)]
pub struct WatchedTokens {
    file: TokenFile,
    tokens: RwLock<Arc<Tokens>>,
    looked_at: AtomicI64,
    mark: Mutex<Mark>,
}

impl WatchedTokens {
    /// Reads the file for the first time.
    pub fn open(file: TokenFile, now: Timestamp) -> Result<Self, AccessError> {
        let mark = mark_of(&file)?;
        let tokens = RwLock::new(Arc::new(file.read()?));
        Ok(Self { file, tokens, looked_at: AtomicI64::new(now.millis()), mark: Mutex::new(mark) })
    }

    /// The tokens as of at most a second ago.
    ///
    /// A file that became unreadable is logged, and the tokens that were known stay: they were right a moment ago, and
    /// `resit token revoke` would not have worked on such a file either.
    pub fn at(&self, now: Timestamp) -> Arc<Tokens> {
        let looked_at = self.looked_at.load(Ordering::Relaxed);
        let due = (now.millis() - looked_at).abs() >= UNSEEN_MILLIS_MAX;
        let mine = || {
            let taken = self.looked_at.compare_exchange(
                looked_at,
                now.millis(),
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
            taken.is_ok()
        };
        if due && mine() {
            self.look_again();
        }
        self.tokens.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn look_again(&self) {
        let mut known = self.mark.lock().unwrap_or_else(PoisonError::into_inner);
        let again = || -> Result<_, AccessError> {
            let mark = mark_of(&self.file)?;
            let changed = if mark == *known { None } else { Some(Arc::new(self.file.read()?)) };
            Ok((mark, changed))
        };
        match again() {
            Ok((mark, Some(tokens))) => {
                *known = mark;
                tracing::info!(tokens = tokens.list().len(), "the tokens changed");
                *self.tokens.write().unwrap_or_else(PoisonError::into_inner) = tokens;
            }
            Ok((_, None)) => {}
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the tokens stay as they were");
            }
        }
    }
}

fn mark_of(file: &TokenFile) -> Result<Mark, AccessError> {
    match std::fs::metadata(file.path()) {
        Ok(found) => Ok(Some((found.ino(), found.len(), found.mtime(), found.mtime_nsec()))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(file.failed(e)),
    }
}
