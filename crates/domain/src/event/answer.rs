//! Facts about commands that changed nothing.

use serde::{Deserialize, Serialize};

use crate::Refusal;

super::facts! {
    /// A command was refused.
    CommandRefused {
        /// Why, with the facts and the way out.
        refusal: Refusal,
    }
    /// A command asked for what an earlier one had done already; nothing changed.
    CommandRepeated {
        /// What it was.
        what: String,
    }
}
