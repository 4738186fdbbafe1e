//! A ledger on this machine: a folder with the log, the code key, and what is derived from the log.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use resit_command_handler::{CommandHandler, Settings};
use resit_derived_store::DerivedStore;
use resit_embedded_log::{Config, EmbeddedLog};
use resit_event_log::EventLog;
use resit_expiry_scheduler::{Agenda, ExpiryScheduler};
use resit_projector::Projector;
use resit_voucher_code::CodeKey;

use crate::clock;
use crate::exit::Stopped;

/// An open ledger. Nobody else has it open.
pub(crate) struct Ledger {
    pub(crate) folder: PathBuf,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) embedded: EmbeddedLog,
    pub(crate) handler: Arc<CommandHandler>,
    pub(crate) key: Arc<CodeKey>,
    /// Whether commands may name their own clock.
    pub(crate) rehearsal: bool,
}

/// The file of the key that voucher codes are derived from. Beside the log it is the one thing to keep a copy of.
const KEY_FILE: &str = "code.key";

/// The file that marks a ledger for rehearsals.
const REHEARSAL_FILE: &str = "REHEARSAL";

impl Ledger {
    /// Opens the ledger in a folder.
    pub(crate) fn open(folder: &Path) -> Result<Self, Stopped> {
        if !folder.join("FORMAT").exists() {
            return Err(Stopped::NoLedger(folder.to_owned()));
        }
        let opened = open_log(folder)?;
        let path = folder.join(KEY_FILE);
        let text =
            fs::read_to_string(&path).map_err(|e| Stopped::Key { path: path.clone(), source: e.into() })?;
        let key = CodeKey::from_text(&text).map_err(|e| Stopped::Key { path, source: e.into() })?;
        Ok(Self::of(folder, opened, key))
    }

    /// Makes a ledger in a folder, or gives one that has lost its key a new one. What is there stays as it is.
    pub(crate) fn create(folder: &Path) -> Result<Self, Stopped> {
        let opened = open_log(folder)?;
        let path = folder.join(KEY_FILE);
        let key = if path.exists() {
            let text = fs::read_to_string(&path)
                .map_err(|e| Stopped::Key { path: path.clone(), source: e.into() })?;
            CodeKey::from_text(&text).map_err(|e| Stopped::Key { path, source: e.into() })?
        } else {
            let key = CodeKey::from_bytes(clock::random()?);
            write_key(&path, &key).map_err(|e| Stopped::Key { path, source: e.into() })?;
            key
        };
        Ok(Self::of(folder, opened, key))
    }

    /// Makes a ledger for rehearsals, or keeps one that is.
    ///
    /// # Errors
    ///
    /// If there is a ledger already that is not for rehearsals: what is on record there is no play.
    pub(crate) fn create_rehearsal(folder: &Path) -> Result<Self, Stopped> {
        let marker = folder.join(REHEARSAL_FILE);
        if folder.join("FORMAT").exists() && !marker.exists() {
            let text = format!(
                "the ledger in {} is a real one, and stays so; name another folder",
                folder.display()
            );
            return Err(Stopped::Input(text));
        }
        drop(open_log(folder)?);
        let text = "Commands on this ledger may name their own clock. It proves nothing.\n";
        fs::write(&marker, text).map_err(|source| Stopped::File { path: marker, source })?;
        Self::create(folder)
    }

    fn of(folder: &Path, embedded: EmbeddedLog, key: CodeKey) -> Self {
        let log: Arc<dyn EventLog> = Arc::new(embedded.clone());
        let key = Arc::new(key);
        let handler = Arc::new(CommandHandler::new(log.clone(), key.clone(), Settings::default()));
        Self {
            folder: folder.to_owned(),
            log,
            embedded,
            handler,
            key,
            rehearsal: folder.join(REHEARSAL_FILE).exists(),
        }
    }

    /// The read models, as far as they are.
    pub(crate) fn projector(&self) -> Result<Projector, Stopped> {
        let (store, _) = DerivedStore::open(&self.folder.join("read-models"))?;
        Ok(Projector::new(self.log.clone(), store))
    }

    /// The scheduler, with its agenda as far as it is.
    pub(crate) fn scheduler(&self) -> Result<ExpiryScheduler, Stopped> {
        let agenda = Agenda::open(&self.folder.join("agenda"))?;
        Ok(ExpiryScheduler::new(self.handler.clone(), self.log.clone(), agenda))
    }
}

/// What the log found and set right at open, it tells by itself, as a warning.
fn open_log(folder: &Path) -> Result<EmbeddedLog, Stopped> {
    let opened = EmbeddedLog::open(folder, &Config::default());
    opened.map(|(log, _)| log).map_err(|source| Stopped::Open { path: folder.to_owned(), source })
}

fn write_key(path: &Path, key: &CodeKey) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(key.to_text().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}
