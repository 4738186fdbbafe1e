//! Reads a file from the device, past the page cache.

use std::{fs::File, io, os::unix::fs::FileExt, os::unix::fs::OpenOptionsExt as _, path::Path};

use rustix::{fs::OFlags, io::Errno};

/// What reads past the page cache start and end at: no logical block of a device is longer.
const BLOCK: usize = 4_096;
const STEP: usize = 1 << 20;

/// Whether a file has these bytes at `from` on its device; `None` if its file system can't tell.
///
/// # Errors
///
/// If it can't be read.
pub(crate) fn is_on_device(path: &Path, bytes: &[u8], from: u64) -> io::Result<Option<bool>> {
    let flags = i32::try_from(OFlags::DIRECT.bits()).expect("flags are few bits");
    let file = match File::options().read(true).custom_flags(flags).open(path) {
        Err(error) if is_unsupported(&error) => return Ok(None),
        opened => opened?,
    };
    let mut buffer = vec![0; STEP + BLOCK];
    let start = buffer.as_ptr().align_offset(BLOCK);
    let buffer = &mut buffer[start..start + STEP];
    let end = from + bytes.len() as u64;
    let mut at = from / BLOCK as u64 * BLOCK as u64;
    while at < end {
        let read = match file.read_at(buffer, at) {
            Err(error) if is_unsupported(&error) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let (first, last) = (at.max(from), end.min(at + read as u64));
        if read == 0 || first >= last {
            return Ok(Some(false));
        }
        let within = |position: u64, base: u64| usize::try_from(position - base).expect("it is in memory");
        let expected = &bytes[within(first, from)..within(last, from)];
        if buffer[within(first, at)..within(last, at)] != *expected {
            return Ok(Some(false));
        }
        // A short read ends at the file's end, or it is read on from a block's start.
        let next = at + (read / BLOCK * BLOCK) as u64;
        if next == at && last < end {
            return Ok(Some(false));
        }
        at = if last == end { end } else { next };
    }
    Ok(Some(true))
}

fn is_unsupported(error: &io::Error) -> bool {
    [Errno::INVAL, Errno::OPNOTSUPP].iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_the_device_is_compared_byte_by_byte() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(2 * STEP + 777).collect();
        std::fs::write(&path, &bytes).unwrap();
        File::open(&path).unwrap().sync_all().unwrap();
        for from in [0, 1, 4_095, 4_096, STEP, 2 * STEP + 776] {
            let part = &bytes[from..];
            let Some(is_there) = is_on_device(&path, part, from as u64).unwrap() else { return };
            assert!(is_there, "{from}");
            let mut other = part.to_vec();
            *other.last_mut().unwrap() ^= 1;
            assert_eq!(is_on_device(&path, &other, from as u64).unwrap(), Some(false), "{from}");
            other.push(0);
            assert_eq!(
                is_on_device(&path, &other, from as u64).unwrap(),
                Some(false),
                "longer than the file"
            );
        }
    }
}
