//! Facts about exams and practice tests.

use serde::{Deserialize, Serialize};

use crate::{ExamFacts, OfferId};

super::facts! {
    /// What the catalogue knows of an exam from now on.
    ExamDefined {
        /// All facts.
        facts: ExamFacts,
    }
    /// What the catalogue knows of a practice test from now on.
    PracticeTestDefined {
        /// Offers whose promotion it belongs to; empty for every offer.
        offers: Vec<OfferId>,
    }
}
