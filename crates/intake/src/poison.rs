//! Why an event can't be taken.

use std::fmt;

use resit_api::FieldError;
use resit_domain::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bounded::{shorten, shorten_refusal};

macro_rules! reasons {
    ($($(#[doc = $says:literal])* $reason:ident $name:literal;)*) => {
        /// Why an event was parked.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum Reason {
            $($(#[doc = $says])* $reason,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Reason] = &[$(Reason::$reason),*];

            /// Its name, in kebab case.
            pub fn name(self) -> &'static str {
                match self { $(Reason::$reason => $name),* }
            }

            /// What it means, as a sentence.
            pub fn says(self) -> &'static str {
                match self { $(Reason::$reason => concat!($($says),*).trim_ascii()),* }
            }
        }
    };
}

reasons! {
    /// It is no CloudEvent 1.0, in neither mode.
    NotACloudEvent "not-a-cloud-event";
    /// Its subject is not `LEDGER.intake.ROLE.NAME.TYPE`, or names another type than the event.
    WrongSubject "wrong-subject";
    /// Its source, or the shop it speaks for, is not whoever sent it.
    WrongSource "wrong-source";
    /// There is no such type of event.
    UnknownType "unknown-type";
    /// The sender's role may not do what the event asks for.
    NotPermitted "not-permitted";
    /// Its data are not what its type asks for.
    BadData "bad-data";
    /// It names a voucher by its code; codes have no place in a stream.
    CodeInEvent "code-in-event";
    /// An event with this source and id came before, with other data.
    IdReused "id-reused";
    /// What it is about was not there in time.
    WaitedTooLong "waited-too-long";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// An event that can't be taken: why, where, and what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Poison {
    /// Why.
    pub reason: Reason,
    /// What is wrong, and the remedy.
    pub error: FieldError,
    /// What the rules said when it had waited for too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Box<Refusal>>,
}

impl Poison {
    /// Names what is wrong with a field, and the remedy.
    pub fn new(
        reason: Reason,
        field: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { reason, error: FieldError::new(field, what, remedy), refusal: None }
    }

    /// The same in few words: what was sent may stand in it, and neither a header nor a message has room for all of that.
    #[must_use]
    pub(crate) fn in_few_words(mut self) -> Self {
        for text in [&mut self.error.field, &mut self.error.reason, &mut self.error.remedy] {
            shorten(text);
        }
        if let Some(refusal) = &mut self.refusal {
            shorten_refusal(refusal);
        }
        self
    }

    /// What it is about was not there in time, and this is what the rules said last.
    pub fn waited_for(refusal: Refusal) -> Self {
        let remedy = format!("{}; then `resit parked retry` takes the event again", refusal.remedy);
        let error = FieldError::new("data", format!("it waited in vain: {refusal}"), remedy);
        Self { reason: Reason::WaitedTooLong, error, refusal: Some(Box::new(refusal)) }
    }
}

impl fmt::Display for Poison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FieldError { field, reason, remedy } = &self.error;
        write!(f, "{}: {field}: {reason}; {remedy}", self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_written_by_its_name() {
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
            assert!(reason.says().ends_with('.'), "{reason}");
        }
    }
}
