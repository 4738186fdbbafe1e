//! Offers as they are on record.

use resit_api::TermsText;
use resit_domain::{OfferId, TermsHash};

use crate::cli::{TermsOf, TermsWords};
use crate::desk::{Desk, Seen, find};
use crate::exit::{Status, Stopped};
use crate::output::Out;

/// Prints the text of terms, byte for byte as it was published.
pub(super) fn terms(desk: &dyn Desk, words: TermsWords, out: &mut Out) -> Result<Status, Stopped> {
    let (offers, hash) = match words.of {
        TermsOf::Voucher(which) => {
            let (id, _) = find(desk, which)?;
            let entitlement = desk.entitlement(id, Seen::default())?;
            let entitlement =
                entitlement.ok_or_else(|| Stopped::Input(format!("nothing was issued under {id}")))?;
            (vec![entitlement.offer], entitlement.terms)
        }
        TermsOf::Hash(_) if words.offer.is_empty() => {
            return Err(Stopped::Input(
                "say with --offer whose terms these may be; `resit offer list` names them all".to_owned(),
            ));
        }
        TermsOf::Hash(hash) => (words.offer, hash),
    };
    out.terms(&text(desk, &offers, hash)?)?;
    Ok(Status::Done)
}

fn text(desk: &dyn Desk, offers: &[OfferId], hash: TermsHash) -> Result<TermsText, Stopped> {
    for offer in offers {
        if let Some(text) = desk.terms(offer, hash)? {
            return Ok(text);
        }
    }
    Err(Stopped::Input(format!("no version with the hash {hash} was published")))
}

/// Lists all offers.
pub(super) fn list(desk: &dyn Desk, out: &mut Out) -> Result<Status, Stopped> {
    out.offers(&desk.offers()?)?;
    Ok(Status::Done)
}

/// Shows what is on record of an offer.
pub(super) fn show(desk: &dyn Desk, id: &OfferId, out: &mut Out) -> Result<Status, Stopped> {
    let offer = desk.offer(id)?.ok_or_else(|| unknown(id))?;
    out.published(&offer)?;
    Ok(Status::Done)
}

/// That there is no such offer, and where to look.
pub(super) fn unknown(id: &OfferId) -> Stopped {
    Stopped::Input(format!(
        "no offer {id} was published; `resit offer list` lists what was, `resit offer built-in` what comes with the program"
    ))
}
