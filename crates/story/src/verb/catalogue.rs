//! The catalogue: exams and practice tests.

use resit_domain::terms::join;
use resit_domain::{Command, DefineExam, DefinePracticeTest, ExamCode, ExamFacts, OfferId, PracticeTestId};

use super::{Scene, Verb, also};
use crate::fault::Fault;
use crate::time;
use crate::words::Words;

#[derive(Debug)]
struct Exam {
    exam: ExamCode,
    facts: ExamFacts,
}

/// `AZ-104 categories=a,b deliveries=… providers=… practice-tests=… retires=DATE successor=CODE beta`
pub(super) fn exam(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    const KEYS: &[&str] =
        &["categories", "deliveries", "providers", "practice-tests", "retires", "successor", "beta!"];
    let exam = words.need("the exam's code, like AZ-104")?.read()?;
    let pairs = words.pairs(KEYS)?;
    let facts = ExamFacts {
        categories: pairs.list("categories")?,
        deliveries: pairs.list("deliveries")?,
        providers: pairs.list("providers")?,
        practice_tests: pairs.list("practice-tests")?,
        retires_on: pairs.word("retires").map(|word| time::day(&word)).transpose()?,
        successor: pairs.get("successor")?,
        beta: pairs.flag("beta"),
    };
    Ok(Box::new(Exam { exam, facts }))
}

impl Verb for Exam {
    fn command(&self, _: &Scene) -> Result<Command, String> {
        Ok(DefineExam { exam: self.exam.clone(), facts: self.facts.clone() }.into())
    }

    fn words(&self) -> String {
        let ExamFacts { categories, deliveries, providers, practice_tests, .. } = &self.facts;
        let mut words = format!("put the exam {} into the catalogue", self.exam);
        also(&mut words, ": ", listed(categories));
        also(&mut words, ", sat ", listed(deliveries));
        also(&mut words, ", by ", listed(providers));
        also(&mut words, ", practice test ", listed(practice_tests));
        also(&mut words, ", given until ", self.facts.retires_on);
        also(&mut words, ", followed by ", self.facts.successor.as_ref());
        also(&mut words, "", self.facts.beta.then_some(", a beta"));
        words
    }
}

fn listed<T: std::fmt::Display>(items: &[T]) -> Option<String> {
    (!items.is_empty()).then(|| join(items))
}

#[derive(Debug)]
struct PracticeTest {
    test: PracticeTestId,
    offers: Vec<OfferId>,
}

/// `PT-1 offers=a,b`
pub(super) fn practice_test(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let test = words.need("the practice test's id, like PT-1")?.read()?;
    let offers = words.pairs(&["offers"])?.list("offers")?;
    Ok(Box::new(PracticeTest { test, offers }))
}

impl Verb for PracticeTest {
    fn command(&self, _: &Scene) -> Result<Command, String> {
        Ok(DefinePracticeTest { test: self.test.clone(), offers: self.offers.clone() }.into())
    }

    fn words(&self) -> String {
        let mut words = format!("put the practice test {} into the catalogue", self.test);
        also(&mut words, ", for ", listed(&self.offers));
        words
    }
}
