//! The log's folder: who may use it, what is where in it.

use std::{
    collections::HashSet,
    ffi::{OsStr, OsString},
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{OpenError, segment, stop};

/// A folder that this process alone has, for as long as the value lives.
#[derive(Debug)]
pub(crate) struct Directory {
    root: PathBuf,
    lock: File,
    /// The lock on the folder of the segments: one that nobody removes with the lock file.
    _log_lock: File,
    /// What the folder of the segments is to the system, whatever its name.
    log: Identity,
}

/// Device and inode: what a name led to.
type Identity = (u64, u64);

impl Directory {
    /// Locks the folder, after making it if need be.
    pub(crate) fn lock(root: &Path) -> Result<Self, OpenError> {
        let log = root.join("log");
        if !log.is_dir() {
            fs::create_dir_all(&log).map_err(OpenError::io("create", &log))?;
            // The folder's own name must last as well. Who may not read the folder above has to see to that.
            let above = root.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
            drop(sync_folder(above));
        }
        let path = root.join("lock");
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut lock = options.open(&path).map_err(OpenError::io("open", &path))?;
        match try_lock(&lock) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let pid = lock.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                return Err(OpenError::Locked { folder: root.to_owned(), pid });
            }
            Err(TryLockError::Error(error)) => return Err(OpenError::io("lock", &path)(error)),
        }
        // Somebody may have removed the lock file of a process that goes on; not every file system can lock a folder.
        let log_lock = File::open(&log).map_err(OpenError::io("open", &log))?;
        if let Err(TryLockError::WouldBlock) = try_lock(&log_lock) {
            return Err(OpenError::Locked { folder: root.to_owned(), pid: None });
        }
        name_owner(&mut lock).map_err(OpenError::io("write", &path))?;
        let found = fs::metadata(&log).map_err(OpenError::io("read", &log))?;
        Ok(Self { root: root.to_owned(), lock, _log_lock: log_lock, log: identity(&found) })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Whether its path still leads to what was opened.
    ///
    /// # Errors
    ///
    /// If that can't be told.
    pub(crate) fn is_in_place(&self) -> io::Result<bool> {
        let lock = identity(&self.lock.metadata()?);
        Ok(found(&self.root.join("lock"))? == Some(lock) && found(&self.log())? == Some(self.log))
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    pub(crate) fn torn(&self) -> PathBuf {
        self.root.join("torn")
    }

    pub(crate) fn segment(&self, first: u64) -> PathBuf {
        self.log().join(segment::file_name(first))
    }

    /// A segment that is whole and has not got its name yet.
    pub(crate) fn unnamed(&self, first: u64) -> PathBuf {
        self.segment(first).with_added_extension("tmp")
    }

    /// Whether segments are there by their names, and the last of them is this file.
    ///
    /// # Errors
    ///
    /// If that can't be told.
    pub(crate) fn has(&self, sealed: impl Iterator<Item = u64>, last: u64, file: &File) -> io::Result<bool> {
        let named = fs::read_dir(self.log())?
            .map(|entry| Ok(segment::first_of(&entry?.file_name())))
            .collect::<io::Result<HashSet<_>>>()?;
        let is_open = found(&self.segment(last))? == Some(identity(&file.metadata()?));
        Ok(is_open && sealed.map(Some).all(|first| named.contains(&first)))
    }

    /// The first positions of all segments, ascending.
    pub(crate) fn segments(&self) -> Result<Vec<u64>, OpenError> {
        segments_in(&self.log())
    }

    /// Removes segments that were never begun, and warns of what should not be there.
    pub(crate) fn tidy(&self) -> Result<(), OpenError> {
        let is_other = |name: &OsString| segment::first_of(name).is_none() && name != stop::FILE_NAME;
        for name in names_in(&self.log())?.into_iter().filter(is_other) {
            if Path::new(&name).extension() == Some(OsStr::new("tmp")) {
                // It would have got its name when it was whole.
                let path = self.log().join(&name);
                fs::remove_file(&path).map_err(OpenError::io("remove", &path))?;
            } else {
                tracing::warn!(file = ?name, "a file in the log's folder is no segment, and is left alone");
            }
        }
        Ok(())
    }
}

/// Takes a lock, and gives whoever is just leaving a moment to let go of it: a process that was started by the one before
/// has its lock too, until it runs a program of its own.
fn try_lock(lock: &File) -> Result<(), TryLockError> {
    const TRIES: u32 = 20;
    const MOMENT: Duration = Duration::from_millis(5);
    for _ in 1..TRIES {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::park_timeout(MOMENT),
            other => return other,
        }
    }
    lock.try_lock()
}

/// The first positions of all segments in a folder of segments, ascending.
pub(crate) fn segments_in(log: &Path) -> Result<Vec<u64>, OpenError> {
    let names = names_in(log)?;
    let mut firsts: Vec<u64> = names.iter().filter_map(|name| segment::first_of(name)).collect();
    firsts.sort_unstable();
    Ok(firsts)
}

fn names_in(log: &Path) -> Result<Vec<OsString>, OpenError> {
    let names = || fs::read_dir(log)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>();
    names().map_err(OpenError::io("read", log))
}

fn identity(of: &fs::Metadata) -> Identity {
    (of.dev(), of.ino())
}

/// What a path leads to, if anything.
fn found(path: &Path) -> io::Result<Option<Identity>> {
    match fs::metadata(path) {
        Ok(there) => Ok(Some(identity(&there))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn name_owner(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", std::process::id())
}

/// Makes a folder's entries durable: new names, and names that are gone.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Puts a whole file under a name, durably: it is there with all its bytes, or not at all.
pub(crate) fn put_file(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let unfinished = path.with_added_extension("tmp");
    let write = || {
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create(true).truncate(true).open(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        sync_folder(path.parent().expect("a file stands in a folder"))?;
        Ok(file)
    };
    write().inspect_err(|_: &io::Error| drop(fs::remove_file(&unfinished)))
}
