//! Small files that must outlive a power cut: keys, and marks of what a folder is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Who may read a secret.
pub(crate) const SECRET: u32 = 0o600;
/// Who may read anything else.
pub(crate) const PUBLIC: u32 = 0o644;

/// Puts a new file with these bytes in its place, durably: it is there whole, or not at all. A file that had its name before its
/// bytes were synced could be read from the page cache after a failed sync, and be gone later.
///
/// # Errors
///
/// If it can't be written, or there is a file already, which then stays.
pub(crate) fn put_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let put = || {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(mode).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        // Unlike a rename, it replaces nothing.
        fs::hard_link(&beside, path)
    };
    let put = put();
    let removed = fs::remove_file(&beside);
    put.and(removed)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_put_whole_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("code.key");
        put_new(&path, b"one", SECRET).unwrap();
        let error = put_new(&path, b"two", SECRET).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }
}
