//! What an operator says about the folder as a whole.

use crate::exit::{Status, Stopped};
use crate::ledger::{Home, Ledger};
use crate::output::Out;

/// Takes what is in the folder for the ledger, or says what that would mean. The ledger must be stopped for it.
pub(super) fn confirm(home: &Home, dry_run: bool, out: &mut Out) -> Result<Status, Stopped> {
    let of_word = |stopped: Stopped| stopped.of_word("`ledger confirm`", "");
    let folder = home.folder.display();
    if dry_run {
        let text = match Ledger::open(home) {
            Ok(_) => format!("{folder} holds the ledger that it held before: there is nothing to confirm"),
            Err(Stopped::Foreign { what, .. }) => format!(
                "would go on with what is in {folder}, though {what}; nothing was done: this was a dry run"
            ),
            Err(stopped) => return Err(of_word(stopped)),
        };
        out.said(&text)?;
        return Ok(Status::Done);
    }
    let (aside, head) = Ledger::confirm(home).map_err(of_word)?;
    let kept = aside
        .map_or_else(String::new, |aside| format!("; the mark of before is kept in {}", aside.display()));
    out.said(&format!("the ledger in {folder} goes on behind position {head}{kept}"))?;
    Ok(Status::Done)
}
