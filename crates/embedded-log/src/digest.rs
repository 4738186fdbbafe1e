//! What copies of a log are compared by.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::segment::{FrameHeader, Version};

/// A SHA-256 over all commits of a log, each with its frame's header: two logs with the same one hold the same commits, byte for
/// byte, in the same writes. Where segments end, how they are salted, and how far the open one has room, is not in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

/// Of no commit at all.
impl Default for Digest {
    fn default() -> Self {
        Digesting::default().so_far()
    }
}

/// 64 hex digits.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A digest in the making.
#[derive(Debug, Clone, Default)]
pub(crate) struct Digesting(Sha256);

impl Digesting {
    /// Takes in the commit that follows.
    pub(crate) fn take_in(&mut self, header: &FrameHeader, payload: &[u8]) {
        // As versions 1 and 2 store it: without salt.
        self.0.update(header.encode(Version::Binding));
        self.0.update(payload);
    }

    /// The digest of all that was taken in.
    pub(crate) fn so_far(&self) -> Digest {
        Digest(self.0.clone().finalize().into())
    }
}
