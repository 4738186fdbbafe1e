//! What the catalogue knows of exams and practice tests.

use std::borrow::Cow;

use crate::history::History;
use crate::{Event, ExamCode, ExamFacts, OfferId, Timestamp};

/// An exam in the catalogue; `None` before it is defined.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exam {
    /// The facts in force.
    pub facts: Option<ExamFacts>,
    /// Its definitions, each from the time at which it was recorded.
    definitions: History<ExamFacts>,
}

impl Exam {
    /// Takes a fact in that was recorded then.
    #[must_use]
    pub fn evolve(mut self, event: &Event, recorded_at: Timestamp) -> Self {
        if let Event::ExamDefined(e) = event {
            self.facts = Some(e.facts.clone());
            self.definitions.add(recorded_at, e.facts.clone());
        }
        self
    }

    /// Whether `exam` is the successor that this one declares.
    pub fn is_followed_by(&self, exam: &ExamCode) -> bool {
        self.facts.as_ref().is_some_and(|facts| facts.successor.as_ref() == Some(exam))
    }

    /// The facts as they were at `at`; before the first definition, the first.
    pub fn facts_at(&self, at: Timestamp) -> Option<&ExamFacts> {
        self.definitions.at(at)
    }

    /// Every successor that one of its definitions declares.
    pub fn successors(&self) -> impl Iterator<Item = &ExamCode> {
        self.definitions.versions().filter_map(|facts| facts.successor.as_ref())
    }

    /// How many definitions are kept.
    pub fn definitions(&self) -> usize {
        self.definitions.len()
    }

    /// The exam as the catalogue knew it at `at`.
    pub(crate) fn until_then(&self, at: Timestamp) -> Cow<'_, Self> {
        if !self.definitions.changed_after(at) {
            return Cow::Borrowed(self);
        }
        let mut definitions = self.definitions.clone();
        definitions.cut(at);
        Cow::Owned(Self { facts: definitions.at(at).cloned(), definitions })
    }
}

/// A practice test in the catalogue; `None` before it is defined.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PracticeTest {
    /// The offers whose promotion it belongs to; an empty list is all of them.
    pub offers: Option<Vec<OfferId>>,
    /// Its definitions, each from the time at which it was recorded.
    definitions: History<Vec<OfferId>>,
}

impl PracticeTest {
    /// Takes a fact in that was recorded then.
    #[must_use]
    pub fn evolve(mut self, event: &Event, recorded_at: Timestamp) -> Self {
        if let Event::PracticeTestDefined(e) = event {
            self.offers = Some(e.offers.clone());
            self.definitions.add(recorded_at, e.offers.clone());
        }
        self
    }

    /// Whether it belongs to the promotion of `offer`.
    pub fn reaches(&self, offer: &OfferId) -> bool {
        self.offers.as_ref().is_some_and(|offers| offers.is_empty() || offers.contains(offer))
    }

    /// The practice test as the catalogue knew it at `at`.
    pub(crate) fn until_then(&self, at: Timestamp) -> Cow<'_, Self> {
        if !self.definitions.changed_after(at) {
            return Cow::Borrowed(self);
        }
        let mut definitions = self.definitions.clone();
        definitions.cut(at);
        Cow::Owned(Self { offers: definitions.at(at).cloned(), definitions })
    }
}
