//! Policies: files without a ledger, and what is on record of a programme's.

use std::path::PathBuf;

use resit_domain::terms::{Mistake, OfferError};
use resit_domain::{Policy, ProgrammeId};

use crate::desk::Desk;
use crate::exit::{Status, Stopped};
use crate::offers::read;
use crate::output::Out;

/// Reads policy files, and explains them.
pub(super) fn check(files: &[PathBuf], out: &mut Out) -> Result<Status, Stopped> {
    let mut status = Status::Done;
    for file in files {
        let source = read(file)?;
        let checked =
            Policy::parse_new(&source).map_err(|error| match (Mistake::of_policy(&source), error) {
                (Some(mistake), OfferError::Unreadable(_)) => OfferError::Unreadable(mistake.to_string()),
                (_, error) => error,
            });
        if checked.is_err() {
            status = Status::Refused;
        }
        out.policy_file(&file.display().to_string(), &checked)?;
    }
    Ok(status)
}

/// Shows what is on record of a programme's policy.
pub(super) fn show(desk: &dyn Desk, programme: &ProgrammeId, out: &mut Out) -> Result<Status, Stopped> {
    let policy = desk.policy(programme)?.ok_or_else(|| {
        Stopped::Input(format!(
            "no policy of the programme {programme} was published; `resit policy publish FILE` publishes one"
        ))
    })?;
    out.policy(&policy)?;
    Ok(Status::Done)
}
