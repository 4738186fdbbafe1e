//! Offer files: those that come with the program, and those on disk.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::exit::Stopped;

/// The offers of `deploy/offers`, by id.
pub(crate) const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/built_in_offers.rs"));

/// The text of a built-in offer.
pub(crate) fn built_in(id: &str) -> Option<String> {
    BUILT_IN.iter().find(|(known, _)| *known == id).map(|(_, text)| (*text).to_owned())
}

/// The text of an offer file, or of a built-in offer.
pub(crate) fn source(name: &str) -> Result<String, Stopped> {
    match built_in(name) {
        Some(text) => Ok(text),
        None => read(Path::new(name)).map_err(|stopped| match stopped {
            Stopped::File { source, .. } if source.kind() == ErrorKind::NotFound => Stopped::Input(format!(
                "no file is called `{name}`, nor is it a built-in offer; `resit offer built-in` lists those"
            )),
            stopped => stopped,
        }),
    }
}

/// A text file's content.
pub(crate) fn read(path: &Path) -> Result<String, Stopped> {
    fs::read_to_string(path).map_err(|source| Stopped::File { path: path.to_owned(), source })
}
