//! How much of an answer its caller wants to see.

use axum::http::HeaderMap;
use resit_api::{Outcome, Reply, header};
use resit_command_handler as handler;

/// How much of an accepted answer its caller wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All that it shows.
    Whole,
    /// No more than yes, and what is told only once: whoever knows what it asked for looks at nothing else.
    Minimal,
}

impl Wanted {
    /// What the headers of a request ask for.
    pub(crate) fn by(headers: &HeaderMap) -> Self {
        let preferences = headers.get_all(header::PREFER).iter().filter_map(|text| text.to_str().ok());
        let mut each = preferences.flat_map(|text| text.split(','));
        if each.any(|one| one.trim().eq_ignore_ascii_case("return=minimal")) {
            Self::Minimal
        } else {
            Self::Whole
        }
    }

    /// The reply, of which nothing is made to be shown that nobody looks at.
    pub(crate) fn of_handled(self, mut reply: handler::Reply) -> handler::Reply {
        if self == Self::Minimal && matches!(reply.outcome, handler::Outcome::Accepted { .. }) {
            reply.entitlements = reply.entitlements.unseen();
        }
        reply
    }

    /// The reply without what the log tells at any time. Codes are told only here, and a refusal is told in full.
    pub(crate) fn of_told(self, mut reply: Reply) -> Reply {
        if self == Self::Minimal
            && let Outcome::Accepted { events, .. } = &mut reply.outcome
        {
            events.clear();
        }
        reply
    }
}
