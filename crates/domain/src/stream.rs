//! The streams of the ledger: one for each thing that has a life of its own.

use std::fmt;

use crate::{
    AgreementId, CalendarId, CandidateId, CommandId, EntitlementId, ExamCode, Fingerprint, InvalidId,
    LedgerClock, LedgerZones, OfferId, PracticeTestId, ProgrammeId,
};

macro_rules! streams {
    ($($(#[$doc:meta])* $name:ident($id:ty) $kind:literal;)*) => {
        /// The name of a stream: a kind, and the id of the thing.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Stream {
            $($(#[$doc])* $name($id),)*
        }

        impl Stream {
            /// The kind, in kebab case.
            pub fn kind(&self) -> &'static str {
                match self { $(Stream::$name(_) => $kind),* }
            }

            /// Reads a stream's name from its two parts; `None` for a kind that this program does not know.
            pub fn parse(kind: &str, id: &str) -> Option<Result<Self, InvalidId>> {
                match kind {
                    $($kind => Some(id.parse().map(Stream::$name)),)*
                    _ => None,
                }
            }
        }

        impl fmt::Display for Stream {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Stream::$name(id) => write!(f, "{}/{id}", $kind)),* }
            }
        }
    };
}

streams! {
    /// One bought piece.
    Entitlement(EntitlementId) "entitlement";
    /// Where a code leads.
    Code(Fingerprint) "code";
    /// A candidate's own record.
    Candidate(CandidateId) "candidate";
    /// An offer and its versions.
    Offer(OfferId) "offer";
    /// A programme's retake policy.
    Policy(ProgrammeId) "policy";
    /// A business-day calendar.
    Calendar(CalendarId) "calendar";
    /// An exam in the catalogue.
    Exam(ExamCode) "exam";
    /// A practice test in the catalogue.
    PracticeTest(PracticeTestId) "practice-test";
    /// A licensing agreement.
    Agreement(AgreementId) "agreement";
    /// A refusal that concerns nothing the ledger knows.
    Refusal(CommandId) "refusal";
    /// The ledger's clock: what operators confirmed about it.
    Clock(LedgerClock) "clock";
    /// The rules of time zones.
    Zones(LedgerZones) "zones";
}
