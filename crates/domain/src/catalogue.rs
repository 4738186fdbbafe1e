//! What the catalogue knows of exams and practice tests.

use crate::{Event, ExamCode, ExamFacts, OfferId};

/// An exam in the catalogue; `None` before it is defined.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exam {
    /// The facts in force.
    pub facts: Option<ExamFacts>,
}

impl Exam {
    /// Takes a fact in.
    #[must_use]
    pub fn evolve(mut self, event: &Event) -> Self {
        if let Event::ExamDefined(e) = event {
            self.facts = Some(e.facts.clone());
        }
        self
    }

    /// Whether `exam` is the successor that this one declares.
    pub fn is_followed_by(&self, exam: &ExamCode) -> bool {
        self.facts.as_ref().is_some_and(|facts| facts.successor.as_ref() == Some(exam))
    }
}

/// A practice test in the catalogue; `None` before it is defined.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PracticeTest {
    /// The offers whose promotion it belongs to; an empty list is all of them.
    pub offers: Option<Vec<OfferId>>,
}

impl PracticeTest {
    /// Takes a fact in.
    #[must_use]
    pub fn evolve(mut self, event: &Event) -> Self {
        if let Event::PracticeTestDefined(e) = event {
            self.offers = Some(e.offers.clone());
        }
        self
    }

    /// Whether it belongs to the promotion of `offer`.
    pub fn reaches(&self, offer: &OfferId) -> bool {
        self.offers.as_ref().is_some_and(|offers| offers.is_empty() || offers.contains(offer))
    }
}
