//! Offer files, without a ledger.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

use resit_domain::TermsHash;
use resit_domain::terms::OfferFile;

use crate::exit::{Status, Stopped};
use crate::offers::{BUILT_IN, source};
use crate::output::Out;

/// Reads offer files, explains them, and runs their examples.
pub(super) async fn check(files: &[String], out: &mut Out) -> Result<Status, Stopped> {
    let mut status = Status::Done;
    for file in files {
        let base = Path::new(file).parent().unwrap_or(Path::new("."));
        let checked = resit_story::check_offer_beside(&source(file)?, crate::offers::built_in, base).await;
        if !out.offer(file, &checked)? {
            status = Status::Refused;
        }
    }
    Ok(status)
}

/// Lists the built-in offers.
pub(super) fn built_in(out: &mut Out) -> Result<Status, Stopped> {
    let rows = BUILT_IN.iter().map(|(id, text)| {
        let title = OfferFile::parse(text).map_or_else(|e| e.to_string(), |file| file.terms.title);
        [(*id).to_owned(), title, TermsHash::of(text.as_bytes()).to_string()]
    });
    out.table(["offer", "title", "terms"], rows)?;
    Ok(Status::Done)
}

/// Prints a built-in offer's file.
pub(super) fn print(offer: &str, to: Option<&Path>, out: &mut Out) -> Result<Status, Stopped> {
    let text = crate::offers::built_in(offer);
    let text = text.ok_or_else(|| {
        Stopped::Input(format!("no built-in offer is called `{offer}`; `resit offer built-in` lists them"))
    })?;
    match to {
        Some(path) => {
            let written = File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
            written.map_err(|source| match source.kind() {
                ErrorKind::AlreadyExists => Stopped::Input(format!(
                    "{} is there already, and stays as it is; name another file, or remove it first",
                    path.display()
                )),
                _ => Stopped::Input(format!("{} can't be written: {source}", path.display())),
            })?;
        }
        None => out.raw(&text)?,
    }
    Ok(Status::Done)
}
