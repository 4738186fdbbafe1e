//! Several handlers over one log.

mod fresh;
mod given;
mod presumed;
mod unanswered;
