//! Facts about benefits that are no exam.

use serde::{Deserialize, Serialize};

use crate::{CandidateId, PracticeTestId, Timestamp, UnitNo};

super::facts! {
    /// A practice test runs.
    PracticeTestActivated {
        /// The unit.
        unit: UnitNo,
        /// Who uses it.
        candidate: CandidateId,
        /// The test.
        test: PracticeTestId,
        /// When it ends.
        ends_at: Timestamp,
    }
    /// A library is open to its holder.
    LibraryUnlocked {
        /// The unit.
        unit: UnitNo,
        /// The holder.
        candidate: CandidateId,
        /// The conditions of use that were shown.
        conditions: Vec<String>,
    }
    /// A subscription is in use.
    SubscriptionStarted {
        /// The unit.
        unit: UnitNo,
        /// Who uses it.
        candidate: CandidateId,
    }
}
