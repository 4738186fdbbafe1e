//! What the examples of an offer file leave unproven, in words.

use std::fmt;

use resit_domain::{Law, Rule, Warning};

use super::{ExampleError, OfferCheck, ToldExample};
use crate::facts::counted;
use crate::report::{Stop, StoryFailure};

/// What of an offer's examples is not borne out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unproven {
    /// How many examples the file has.
    pub examples: usize,
    /// How many do not come true.
    pub failing: usize,
    /// How many could not be told where they were: for want of further offers or calendars, or of a ledger.
    pub untold: usize,
}

impl fmt::Display for Unproven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { examples, failing, untold } = self;
        let (of, verb) = (counted(*examples, "example"), if *failing == 1 { "does" } else { "do" });
        match (failing, untold) {
            (_, 0) => write!(f, "{failing} of {of} {verb} not come true"),
            (0, _) => write!(f, "{untold} of {of} could not be run here"),
            _ => write!(f, "{failing} of {of} {verb} not come true, and {untold} could not be run here"),
        }
    }
}

impl Unproven {
    /// The same, for the answer to whoever publishes the offer all the same.
    pub fn warning(&self) -> Warning {
        about_examples(format!("{self}; `resit offer check FILE` shows why"))
    }
}

/// What whoever publishes an offer is told about its examples, which no rule is asked about.
pub fn about_examples(text: String) -> Warning {
    Warning { clause: Law::LEDGER.clause(Rule::OfferComplete), text }
}

impl OfferCheck {
    /// What its examples leave unproven; none if all hold, and none of a file that does not load, which no example is
    /// asked about.
    pub fn unproven(&self) -> Option<Unproven> {
        let OfferCheck::Read(read) = self else { return None };
        let not: Vec<_> = read.examples.iter().filter(|example| !example.holds()).collect();
        let untold = not.iter().filter(|example| example.is_untold()).count();
        let unproven = Unproven { examples: read.examples.len(), failing: not.len() - untold, untold };
        (!not.is_empty()).then_some(unproven)
    }
}

impl ToldExample {
    /// Whether it stopped at what is no matter of the offer.
    fn is_untold(&self) -> bool {
        let Err(ExampleError::Telling(StoryFailure { stop, .. })) = &self.outcome else { return false };
        matches!(stop, Stop::Elsewhere { .. } | Stop::Ledger(_))
    }
}
