//! Publishing an offer. Its terms govern what is sold for ever, so what they promise is tried first: by the examples that the file
//! itself carries.

use std::path::Path;

use resit_api::CommandBody;
use resit_domain::PublishOffer;

use super::command;
use crate::cli::{Global, PublishWords};
use crate::desk::Desk;
use crate::exit::{Status, Stopped};
use crate::offers::{built_in, source};
use crate::output::Out;

/// Publishes an offer, if its examples come true or need not.
pub(super) fn run(
    desk: &dyn Desk,
    words: PublishWords,
    global: &Global,
    out: &mut Out,
) -> Result<Status, Stopped> {
    let PublishWords { file, without_examples } = words;
    let source = source(&file)?;
    let base = Path::new(&file).parent().unwrap_or(Path::new("."));
    let check = super::wait(async { Ok(resit_story::check_offer_beside(&source, built_in, base).await) })?;
    // A file that does not load is the rules' to refuse.
    let unproven = check.unproven();
    if let Some(unproven) = unproven.filter(|_| !without_examples) {
        out.unpublished(&file, &check, unproven)?;
        return Ok(Status::Refused);
    }
    let warning = unproven.map(|unproven| unproven.warning());
    command::give(desk, CommandBody::PublishOffer(PublishOffer { source }), warning, global, out)
}
