//! Several handlers over one log.

mod clock;
mod fresh;
mod given;
mod presumed;
mod unanswered;
