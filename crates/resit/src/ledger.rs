//! A ledger on this machine: a folder with the log, the code key, and what is derived from the log.

mod foreign;
mod identity;
mod key;
mod mark;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use resit_command_handler::{CommandHandler, Failure, Settings};
use resit_derived_store::DerivedStore;
use resit_embedded_log::{Config as LogConfig, CopyReport, EmbeddedLog};
use resit_event_log::{EventLog, Position};
use resit_expiry_scheduler::{Agenda, ExpiryScheduler};
use resit_projector::Projector;
use resit_states::CorrectedLog;
use resit_voucher_code::CodeKey;

pub(crate) use foreign::Foreign;
pub(crate) use identity::Identity;
pub(crate) use key::{KEY_FILE, made_code, read_key};

use crate::clock;
use crate::durable::{PUBLIC, put_new};
use crate::exit::Stopped;
use key::make_key;
use mark::Kind;

/// An open ledger. Nobody else has it open.
pub(crate) struct Ledger {
    pub(crate) folder: PathBuf,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) embedded: EmbeddedLog,
    pub(crate) handler: Arc<CommandHandler>,
    pub(crate) key: Arc<CodeKey>,
    /// Whether commands may name their own clock.
    pub(crate) rehearsal: bool,
    identity: Identity,
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

/// The file that says that a folder is a log, and in which format.
pub(crate) const FORMAT_FILE: &str = "FORMAT";

/// The file that marks a ledger for rehearsals.
const REHEARSAL_FILE: &str = "REHEARSAL";

/// What stands in it.
const REHEARSAL_TEXT: &str = "Commands on this ledger may name their own clock. It proves nothing.\n";

impl Ledger {
    /// Opens the ledger in a folder.
    ///
    /// # Errors
    ///
    /// [`Stopped::Foreign`] if the folder does not hold the ledger that it held before.
    pub(crate) fn open(home: &Home) -> Result<Self, Stopped> {
        let folder = &home.folder;
        check_marked(folder)?;
        let opened = open_log(home)?;
        let path = folder.join(KEY_FILE);
        let key = read_key(&path)?.ok_or(Stopped::NoKey(path))?;
        let identity = Identity::check(folder, &opened, Some(&key))?;
        Self::of(home, opened, key, identity)
    }

    /// Opens the ledger in a folder, only to look at it. That takes no key: one that is missing stays missing.
    ///
    /// # Errors
    ///
    /// The same as of [`Ledger::open`]; without a key, there is none to compare.
    pub(crate) fn open_to_look(home: &Home) -> Result<Self, Stopped> {
        let folder = &home.folder;
        check_marked(folder)?;
        let opened = open_log(home)?;
        let found = read_key(&folder.join(KEY_FILE))?;
        let identity = Identity::check(folder, &opened, found.as_ref())?;
        let key = match found {
            Some(key) => key,
            None => CodeKey::from_bytes(clock::random()?),
        };
        Self::of(home, opened, key, identity)
    }

    /// Makes a ledger in a folder, or gives one that has lost its key a new one. What is there stays as it is.
    pub(crate) fn create(home: &Home) -> Result<Self, Stopped> {
        let folder = &home.folder;
        check_makeable(folder)?;
        let opened = open_log(home)?;
        let path = folder.join(KEY_FILE);
        let (key, identity) = if let Some(key) = read_key(&path)? {
            let identity = Identity::check(folder, &opened, Some(&key))?;
            (key, identity)
        } else {
            // The log and the kind must be the ledger's all the same; the key is another one from now on.
            let before = Identity::check(folder, &opened, None)?;
            let key = make_key(path)?;
            if before.knows_key() {
                set_mark_aside(folder)?;
            }
            let identity = Identity::adopt(folder, &opened, Some(&key), identity::kind_of(folder))?;
            (key, identity)
        };
        Self::of(home, opened, key, identity)
    }

    /// Takes what is in a folder for the ledger from now on, whatever it held before, and moves its mark aside. Returns where
    /// that mark is now, and up to which position the log goes.
    pub(crate) fn confirm(home: &Home) -> Result<(Option<PathBuf>, Position), Stopped> {
        let folder = &home.folder;
        check_marked(folder)?;
        let opened = open_log(home)?;
        let path = folder.join(KEY_FILE);
        let key = read_key(&path)?.ok_or(Stopped::NoKey(path))?;
        let aside = set_mark_aside(folder)?;
        Identity::adopt(folder, &opened, Some(&key), identity::kind_of(folder))?;
        Ok((aside, opened.durable_head()))
    }

    /// Makes what the command handlers of a ledger on NATS need of their folder: the key of its codes. One that is there stays.
    pub(crate) fn create_key(folder: &Path) -> Result<(), Stopped> {
        folder_of_role(folder)?;
        let path = folder.join(KEY_FILE);
        if read_key(&path)?.is_none() {
            make_key(path)?;
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
        check_makeable(folder)?;
        drop(open_log(home)?);
        identity::mark_rehearsal(folder)?;
        Self::create(home)
    }

    /// Everything in this process reads the log as it is corrected, except what checks or copies its files. Nobody corrects it while it
    /// is open here, for the folder is locked.
    fn of(home: &Home, embedded: EmbeddedLog, key: CodeKey, identity: Identity) -> Result<Self, Stopped> {
        let folder = &home.folder;
        let corrected = at_once(CorrectedLog::open(Arc::new(embedded.clone()))).map_err(Failure::from)?;
        let log: Arc<dyn EventLog> = Arc::new(corrected);
        let key = Arc::new(key);
        let settings = Settings { cached_states_max: home.cached_states_max, ..Settings::default() };
        let handler = Arc::new(CommandHandler::new(log.clone(), key.clone(), settings));
        Ok(Self {
            folder: folder.clone(),
            log,
            embedded,
            handler,
            key,
            rehearsal: identity::kind_of(folder) == Kind::Rehearsal,
            identity,
        })
    }

    /// What shows at the next start that the folder holds this ledger.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
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

/// What a future comes to that waits for nothing: a log in a folder answers reads at once.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut task = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut task) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => unreachable!("a log in a folder never makes its reader wait"),
    }
}

/// The mark is as new as the log when a ledger is closed.
impl Drop for Ledger {
    fn drop(&mut self) {
        // A log that can't be read any more says so to whoever opens it next.
        drop(self.identity.renew(&self.embedded));
    }
}

/// Moves the mark of a ledger aside: it is evidence of what the folder held. Returns where it is now, if there was one.
pub(crate) fn set_mark_aside(folder: &Path) -> Result<Option<PathBuf>, Stopped> {
    let path = || folder.join(mark::MARK_FILE);
    mark::set_aside(folder).map_err(|source| Stopped::Unwritten { path: path(), source })
}

/// Moves the mark aside if the log does not go as far any more, after a repair: an operator asked for that.
pub(crate) fn set_aside_mark_ahead_of(folder: &Path, head: Position) -> Result<Option<PathBuf>, Stopped> {
    let path = folder.join(mark::MARK_FILE);
    match mark::read(folder).map_err(|source| Stopped::File { path, source })? {
        Some(Ok(mark)) if mark.position > head => set_mark_aside(folder),
        _ => Ok(None),
    }
}

/// The file that says that a copy ends before its original does.
const CUT_FILE: &str = "CUT";

/// Marks a copy as one that ends where an operator said.
pub(crate) fn mark_cut(from: &Path, to: &Path, report: &CopyReport) -> Result<(), Stopped> {
    let CopyReport { head, digest, is_cut, .. } = report;
    let rest =
        if *is_cut { "the commits after it are in the original alone" } else { "the original had no more" };
    let text = format!(
        "A copy of the log in {}, made to end with position {head}: {rest}.\nIts digest was {digest}.\n",
        from.display()
    );
    let path = to.join(CUT_FILE);
    fs::write(&path, text).map_err(|source| Stopped::Unwritten { path, source })
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

/// Whether a ledger may be made in a folder: there is one already, or there never was one.
fn check_makeable(folder: &Path) -> Result<(), Stopped> {
    match check_marked(folder) {
        Err(stopped @ Stopped::NoFormat(_)) => Err(stopped),
        Err(_) if folder.join(mark::MARK_FILE).exists() => Err(Stopped::LogGone(folder.to_owned())),
        _ => Ok(()),
    }
}

/// What the log found and set right at open, it tells by itself, as a warning.
fn open_log(home: &Home) -> Result<EmbeddedLog, Stopped> {
    let seed = clock::random::<16>()?.into();
    let how = LogConfig { segment_bytes: home.segment_bytes, seed, ..LogConfig::default() };
    let opened = EmbeddedLog::open(&home.folder, &how);
    opened.map(|(log, _)| log).map_err(|source| Stopped::Open { path: home.folder.clone(), source })
}
