//! A life on trial: each command is answered by the ledger and by the second reading, and all vouchers are compared after it.

use std::fmt::Write as _;

use super::ask::{Answer, Ask};
use super::book::Book;
use super::day::Millis;
use super::file::file;
use super::ledger::{Ledger, Said};
use super::terms::Offer;

/// What is asked, and when.
pub(crate) type Step = (Millis, Ask);

/// A life that is being lived.
pub(crate) struct Trial {
    /// The second reading's books.
    pub(crate) book: Book,
    ledger: Ledger,
    story: Vec<String>,
}

impl Trial {
    /// Before anything happens.
    pub(crate) fn new(versions: Vec<Offer>, at: Millis) -> Self {
        Self { book: Book { versions, facts: Vec::new() }, ledger: Ledger::new(at), story: Vec::new() }
    }

    /// Asks both.
    ///
    /// # Errors
    ///
    /// Where they part.
    pub(crate) fn step(&mut self, (now, ask): &Step) -> Result<(), String> {
        let expected = self.book.answer(ask, *now);
        let said = self.ledger.ask(ask, &self.book.versions, *now);
        let (word, words) = match &said {
            Said::Yes => ("yes".to_owned(), String::new()),
            Said::Again => ("again".to_owned(), String::new()),
            Said::No(rule, words) => (format!("no [{rule}]"), words.clone()),
        };
        self.story.push(format!("{} {ask:?}\n    ledger {word}, second reading {expected:?}", instant(*now)));
        let agree = match (&said, &expected) {
            (Said::Yes, Answer::Yes) | (Said::Again, Answer::Again) | (_, Answer::Either) => true,
            (Said::No(rule, _), Answer::No(rules)) => rules.contains(rule),
            // Ends change no answer, whether or not they are on record: what is due is not compared.
            (Said::No("due", _), Answer::Yes) => matches!(ask, Ask::Expire { .. }),
            _ => false,
        };
        if !agree {
            let words = format!("{words}\n{}", self.tries(ask));
            return Err(format!("the ledger answers {word}, the second reading {expected:?}\n{words}"));
        }
        if expected == Answer::Yes {
            self.book.facts.push((*now, ask.clone()));
        }
        self.compare()
    }

    fn tries(&self, ask: &Ask) -> String {
        let voucher = super::judge::voucher(ask);
        let unit = voucher.and_then(|voucher| {
            self.ledger.view(voucher.order)?.units.into_iter().nth(usize::from(voucher.unit) - 1)
        });
        format!(
            "{:?}",
            unit.map(|unit| unit
                .attempts
                .iter()
                .map(|one| (one.number, one.end.clone()))
                .collect::<Vec<_>>())
        )
    }

    fn compare(&self) -> Result<(), String> {
        let mut shown = None;
        for voucher in self.book.vouchers() {
            if shown.as_ref().is_none_or(|(order, _)| *order != voucher.order) {
                let view = self.ledger.view(voucher.order).ok_or("the ledger shows nothing")?;
                shown = Some((voucher.order, view));
            }
            let unit = &shown.as_ref().expect("it is shown").1.units[usize::from(voucher.unit) - 1];
            let here = self.book.shown(voucher);
            let mut ledger = format!("{} {}/{} ", unit.stage, unit.attempts_used, unit.attempts_max);
            let mut second = format!("{} {}/{} ", here.stage, here.used, here.max);
            if !here.is_over() {
                let end = here.end;
                let _ = write!(
                    ledger,
                    "ends {}",
                    unit.ends_at.map_or_else(|| "never".to_owned(), |end| instant(end.millis()))
                );
                let _ = write!(second, "ends {}", end.map_or_else(|| "never".to_owned(), instant));
            }
            let _ =
                write!(ledger, " holder {:?}", unit.holder.as_ref().map(resit_domain::CandidateId::as_str));
            let _ = write!(second, " holder {:?}", self.book.serves(voucher));
            if ledger != second {
                let tries: Vec<_> = unit.attempts.iter().map(|one| (one.number, one.end.clone())).collect();
                let second = format!("{second}\n{tries:?}");
                return Err(format!("{voucher:?}\nledger         {ledger}\nsecond reading {second}"));
            }
        }
        Ok(())
    }
}

/// The shortest life that parts in the same way, with its story.
pub(crate) fn shortest(versions: &[Offer], steps: &[Step], parting: &str) -> String {
    let mut steps = steps.to_vec();
    let mut index = steps.len();
    while index > 0 {
        index -= 1;
        let mut fewer = steps.clone();
        fewer.remove(index);
        if played(versions, &fewer).is_err_and(|(other, _)| head(&other) == head(parting)) {
            steps = fewer;
        }
    }
    let (parting, story) = played(versions, &steps).err().unwrap_or_default();
    let files: Vec<_> = versions.iter().map(file).collect();
    format!("{parting}\n\n{}\n\n{}", story.join("\n"), files.join("\n"))
}

fn played(versions: &[Offer], steps: &[Step]) -> Result<(), (String, Vec<String>)> {
    let Some((begins, _)) = steps.first() else { return Ok(()) };
    let mut trial = Trial::new(versions.to_vec(), *begins);
    for step in steps {
        if super::known::differs(&trial.book, &step.1, step.0).is_some() {
            return Ok(());
        }
        if let Err(parting) = trial.step(step) {
            return Err((parting, trial.story));
        }
    }
    Ok(())
}

/// What a parting begins with.
fn head(parting: &str) -> &str {
    parting.split(['\n', '{', '(']).next().unwrap_or_default()
}

fn instant(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |at| at.to_string())
}
