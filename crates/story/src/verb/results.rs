//! Results, and their corrections.

use resit_domain::{Command, CorrectResult, ExamResult, RecordResult, Timestamp};

use super::{Scene, Verb, also, one_of};
use crate::fault::Fault;
use crate::time;
use crate::voucher::Voucher;
use crate::words::Words;

const RESULTS: &[(&str, ExamResult)] = &[
    ("pass", ExamResult::Pass),
    ("fail", ExamResult::Fail),
    ("missed", ExamResult::Missed),
    ("technical-fault", ExamResult::TechnicalFault),
    ("invalidated", ExamResult::Invalidated),
];

fn read(words: &mut Words<'_>) -> Result<ExamResult, Fault> {
    one_of(&words.need("the result: pass, fail, missed, technical-fault or invalidated")?, "result", RESULTS)
}

#[derive(Debug)]
struct Came {
    voucher: Voucher,
    result: ExamResult,
    sat_at: Option<Timestamp>,
}

/// `A pass|fail|missed|technical-fault|invalidated [sat=T]`
pub(super) fn result(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let voucher = Voucher::read(&words.need("the voucher, like A")?)?;
    let result = read(words)?;
    let sat_at = words.pairs(&["sat"])?.word("sat").map(|word| time::instant(&word)).transpose()?;
    Ok(Box::new(Came { voucher, result, sat_at }))
}

impl Verb for Came {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.voucher)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        Ok(RecordResult { voucher: scene.voucher()?, result: self.result, sat_at: self.sat_at }.into())
    }

    fn words(&self) -> String {
        let mut words = format!("record a result for {}: {}", self.voucher, self.result.name());
        also(&mut words, ", sat ", self.sat_at.map(time::plain));
        words
    }
}

#[derive(Debug)]
struct Correct {
    voucher: Voucher,
    attempt: u16,
    result: ExamResult,
    sat_at: Option<Timestamp>,
}

/// `A attempt=1 pass|fail|… [sat=T]`
pub(super) fn correct(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let voucher = Voucher::read(&words.need("the voucher, like A")?)?;
    let attempt = words.pull("attempt").ok_or_else(|| words.missing("attempt="))?.count()?;
    let result = read(words)?;
    let sat_at = words.pairs(&["sat"])?.word("sat").map(|word| time::instant(&word)).transpose()?;
    Ok(Box::new(Correct { voucher, attempt, result, sat_at }))
}

impl Verb for Correct {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.voucher)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        let Self { attempt, result, sat_at, .. } = *self;
        Ok(CorrectResult { voucher: scene.voucher()?, attempt, result, sat_at }.into())
    }

    fn words(&self) -> String {
        let mut words = format!(
            "correct the result of {}, attempt {}: {}",
            self.voucher,
            self.attempt,
            self.result.name()
        );
        also(&mut words, ", sat ", self.sat_at.map(time::plain));
        words
    }
}
