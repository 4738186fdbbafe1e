//! A ledger on this machine: a folder with the log, the code key, and what is derived from the log.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use resit_command_handler::{CommandHandler, Settings};
use resit_derived_store::DerivedStore;
use resit_embedded_log::{Config as LogConfig, EmbeddedLog};
use resit_event_log::{EventLog, Position};
use resit_expiry_scheduler::{Agenda, ExpiryScheduler};
use resit_projector::Projector;
use resit_voucher_code::CodeKey;

use crate::clock;
use crate::durable::{PUBLIC, SECRET, put_new};
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

/// Where a ledger lies, and how it is run there.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    pub(crate) folder: PathBuf,
    pub(crate) cached_states_max: usize,
    pub(crate) segment_bytes: u64,
}

impl Home {
    /// Another folder, run alike.
    pub(crate) fn elsewhere(&self, folder: &Path) -> Self {
        Self { folder: folder.to_owned(), ..self.clone() }
    }
}

/// The file of the key that voucher codes are derived from. Beside the log it is the one thing to keep a copy of.
pub(crate) const KEY_FILE: &str = "code.key";

/// The file that says that a folder is a log, and in which format.
pub(crate) const FORMAT_FILE: &str = "FORMAT";

/// The file that marks a ledger for rehearsals.
const REHEARSAL_FILE: &str = "REHEARSAL";

impl Ledger {
    /// Opens the ledger in a folder.
    pub(crate) fn open(home: &Home) -> Result<Self, Stopped> {
        let folder = &home.folder;
        check_marked(folder)?;
        let opened = open_log(home)?;
        let path = folder.join(KEY_FILE);
        let key = read_key(&path)?.ok_or(Stopped::NoKey(path))?;
        Ok(Self::of(home, opened, key))
    }

    /// Opens the ledger in a folder, only to look at it. That takes no key: one that is missing stays missing.
    pub(crate) fn open_to_look(home: &Home) -> Result<Self, Stopped> {
        let folder = &home.folder;
        check_marked(folder)?;
        let opened = open_log(home)?;
        let key = match read_key(&folder.join(KEY_FILE))? {
            Some(key) => key,
            None => CodeKey::from_bytes(clock::random()?),
        };
        Ok(Self::of(home, opened, key))
    }

    /// Makes a ledger in a folder, or gives one that has lost its key a new one. What is there stays as it is.
    pub(crate) fn create(home: &Home) -> Result<Self, Stopped> {
        let folder = &home.folder;
        if let Err(stopped @ Stopped::NoFormat(_)) = check_marked(folder) {
            return Err(stopped);
        }
        let opened = open_log(home)?;
        let path = folder.join(KEY_FILE);
        let key = if let Some(key) = read_key(&path)? {
            key
        } else {
            let key = CodeKey::from_bytes(clock::random()?);
            write_key(&path, &key).map_err(|e| Stopped::Key { path, source: e.into() })?;
            key
        };
        Ok(Self::of(home, opened, key))
    }

    /// Makes what the command handlers of a ledger on NATS need of their folder: the key of its codes. One that is there stays.
    pub(crate) fn create_key(folder: &Path) -> Result<(), Stopped> {
        folder_of_role(folder)?;
        let path = folder.join(KEY_FILE);
        if read_key(&path)?.is_none() {
            let key = CodeKey::from_bytes(clock::random()?);
            write_key(&path, &key).map_err(|e| Stopped::Key { path, source: e.into() })?;
        }
        Ok(())
    }

    /// Whether there is a ledger in a folder, and its key is gone.
    pub(crate) fn has_lost_its_key(folder: &Path) -> bool {
        folder.join(FORMAT_FILE).exists() && !folder.join(KEY_FILE).exists()
    }

    /// Makes a ledger for rehearsals, or keeps one that is.
    ///
    /// # Errors
    ///
    /// If there is a ledger already that is not for rehearsals: what is on record there is no play.
    pub(crate) fn create_rehearsal(home: &Home) -> Result<Self, Stopped> {
        let folder = &home.folder;
        let marker = folder.join(REHEARSAL_FILE);
        if folder.join(FORMAT_FILE).exists() && !marker.exists() {
            let text = format!(
                "the ledger in {} is a real one, and stays so; name another folder",
                folder.display()
            );
            return Err(Stopped::Input(text));
        }
        drop(open_log(home)?);
        let text = "Commands on this ledger may name their own clock. It proves nothing.\n";
        if !marker.exists() {
            let put = put_new(&marker, text.as_bytes(), PUBLIC);
            put.map_err(|source| Stopped::Unwritten { path: marker, source })?;
        }
        Self::create(home)
    }

    fn of(home: &Home, embedded: EmbeddedLog, key: CodeKey) -> Self {
        let folder = &home.folder;
        let log: Arc<dyn EventLog> = Arc::new(embedded.clone());
        let key = Arc::new(key);
        let settings = Settings { cached_states_max: home.cached_states_max, ..Settings::default() };
        let handler = Arc::new(CommandHandler::new(log.clone(), key.clone(), settings));
        Self {
            folder: folder.clone(),
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

    /// How far the read models are, as they lie there.
    pub(crate) fn read_models_position(&self) -> Result<Position, Stopped> {
        let (store, _) = DerivedStore::open(&self.folder.join("read-models"))?;
        Ok(store.checkpoint()?)
    }

    /// The read models, by the same states as the handler's: what it has folded is not folded again.
    pub(crate) fn read_models_beside_the_handler(&self) -> Result<Projector, Stopped> {
        let (store, _) = DerivedStore::open(&self.folder.join("read-models"))?;
        Ok(Projector::sharing(self.handler.states().clone(), store))
    }

    /// The scheduler, with its agenda as far as it is.
    pub(crate) fn scheduler(&self) -> Result<ExpiryScheduler, Stopped> {
        let agenda = Agenda::open(&self.folder.join("agenda"))?;
        Ok(ExpiryScheduler::new(self.handler.clone(), self.log.clone(), agenda))
    }
}

/// Marks a copy as what its original is: a ledger whose commands may name their own clock proves nothing, nor does its copy.
pub(crate) fn copy_mark_of_rehearsal(from: &Path, to: &Path) -> Result<(), Stopped> {
    let marker = from.join(REHEARSAL_FILE);
    if !marker.exists() {
        return Ok(());
    }
    let copy = to.join(REHEARSAL_FILE);
    let put = fs::read(marker).and_then(|text| put_new(&copy, &text, PUBLIC));
    put.map_err(|source| Stopped::Unwritten { path: copy, source })
}

/// Makes the folder of a role of a ledger on NATS, unless it is there.
pub(crate) fn folder_of_role(folder: &Path) -> Result<(), Stopped> {
    fs::create_dir_all(folder).map_err(|source| Stopped::Unwritten { path: folder.to_owned(), source })
}

/// Whether a folder is marked as a ledger.
///
/// # Errors
///
/// [`Stopped::NoFormat`] if there is a log without its mark, [`Stopped::NoLedger`] if there is none.
pub(crate) fn check_marked(folder: &Path) -> Result<(), Stopped> {
    if folder.join(FORMAT_FILE).exists() {
        return Ok(());
    }
    // One that has no name of its own yet is of a log that was never begun.
    let is_segment = |entry: fs::DirEntry| entry.path().extension().is_some_and(|ending| ending == "seg");
    let has_log = fs::read_dir(folder.join("log"))
        .is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(is_segment)));
    Err(if has_log { Stopped::NoFormat(folder.to_owned()) } else { Stopped::NoLedger(folder.to_owned()) })
}

/// What the log found and set right at open, it tells by itself, as a warning.
fn open_log(home: &Home) -> Result<EmbeddedLog, Stopped> {
    let seed = clock::random::<16>()?.into();
    let how = LogConfig { segment_bytes: home.segment_bytes, seed, ..LogConfig::default() };
    let opened = EmbeddedLog::open(&home.folder, &how);
    opened.map(|(log, _)| log).map_err(|source| Stopped::Open { path: home.folder.clone(), source })
}

/// The key in a file, if the file is there.
pub(crate) fn read_key(path: &Path) -> Result<Option<CodeKey>, Stopped> {
    let unusable =
        |e: Box<dyn std::error::Error + Send + Sync>| Stopped::Key { path: path.to_owned(), source: e };
    match fs::read_to_string(path) {
        Ok(text) => CodeKey::from_text(&text).map(Some).map_err(|e| unusable(e.into())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(unusable(e.into())),
    }
}

fn write_key(path: &Path, key: &CodeKey) -> std::io::Result<()> {
    let mut text = key.to_text();
    text.push('\n');
    put_new(path, text.as_bytes(), SECRET)
}
