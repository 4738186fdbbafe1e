//! Damage on a server's disk: one bit of one message, with the server's own checksum as it was, or made anew so that the server
//! sees nothing.

use std::fs;
use std::path::{Path, PathBuf};

use highway::{HighwayHash, HighwayHasher, Key};
use sha2::{Digest, Sha256};

/// What stands before the subject: the length, the sequence, the time, the subject's length.
const HEADER_BYTES: usize = 22;
/// The server's checksum at the end.
const CHECKSUM_BYTES: usize = 8;
/// Set in the length if the message has headers.
const HAS_HEADERS: u32 = 1 << 31;

/// Flips a bit in the content of the message at a sequence. The server must not run.
#[track_caller]
pub(crate) fn flip_a_bit(store: &Path, stream: &str, sequence: u64) {
    damage(store, stream, sequence, |_, _| {});
}

/// The same, and makes the server's checksum anew.
#[track_caller]
pub(crate) fn flip_a_bit_unseen(store: &Path, stream: &str, sequence: u64) {
    damage(store, stream, sequence, |message, key| {
        let length = message.len();
        let subject_bytes = usize::from(u16::from_le_bytes([message[20], message[21]]));
        let subject_end = HEADER_BYTES + subject_bytes;
        // The length of the headers is no part of what is summed.
        let mut hasher = HighwayHasher::new(key);
        hasher.append(&message[4..20]);
        hasher.append(&message[HEADER_BYTES..subject_end]);
        hasher.append(&message[subject_end + 4..length - CHECKSUM_BYTES]);
        message[length - CHECKSUM_BYTES..].copy_from_slice(&hasher.finalize64().to_le_bytes());
    });
}

#[track_caller]
fn damage(store: &Path, stream: &str, sequence: u64, mend: impl Fn(&mut [u8], Key)) {
    for block in blocks(&store.join("jetstream/LEDGER/streams").join(stream).join("msgs")) {
        let mut bytes = fs::read(&block).expect("a block can be read");
        if let Some(message) = message_in(&mut bytes, sequence) {
            let length = message.len();
            // The last byte of the content proper: our checksum has the four behind it.
            message[length - CHECKSUM_BYTES - 5] ^= 1;
            mend(message, key_of(stream, &block));
            fs::write(&block, bytes).expect("a block can be written");
            return;
        }
    }
    panic!("no message at {sequence} below {}", store.display());
}

fn blocks(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let paths = entries.map(|entry| entry.expect("a folder can be read").path());
    paths.filter(|path| path.extension().is_some_and(|it| it == "blk")).collect()
}

fn message_in(mut rest: &mut [u8], sequence: u64) -> Option<&mut [u8]> {
    while rest.len() > HEADER_BYTES {
        let length = u32::from_le_bytes(*rest.first_chunk()?);
        assert!(length & HAS_HEADERS != 0, "every message of the log has headers");
        let found = u64::from_le_bytes(*rest[4..].first_chunk()?);
        let (message, behind) = rest.split_at_mut(usize::try_from(length & !HAS_HEADERS).expect("a length"));
        if found == sequence {
            return Some(message);
        }
        rest = behind;
    }
    None
}

fn key_of(stream: &str, block: &Path) -> Key {
    let number = block.file_stem().and_then(|stem| stem.to_str()).expect("blocks are numbered");
    let digest: [u8; 32] = Sha256::digest(format!("{stream}-{number}")).into();
    let word = |n: usize| u64::from_le_bytes(*digest[8 * n..].first_chunk().expect("four of eight bytes"));
    Key([word(0), word(1), word(2), word(3)])
}
