//! An offer file, checked.

use std::error::Error;
use std::io;

use resit_domain::terms::OfferError;
use resit_story::{OfferCheck, ToldExample, Unproven};
use serde_json::json;

use super::{Out, Tone};

impl Out {
    /// What an offer file is found to be; whether it loads and its examples hold.
    pub(crate) fn offer(&mut self, file: &str, check: &OfferCheck) -> io::Result<bool> {
        if self.is_json() {
            self.value(&as_json(file, check))?;
            return Ok(check.holds());
        }
        match check {
            OfferCheck::Refused(error) => {
                let word = self.tone(Tone::Bad, "refused");
                writeln!(self.sink(), "{file}: {word}: {error}")?;
            }
            OfferCheck::Read(read) => {
                let terms = &read.file.terms;
                let title = self.tone(Tone::Strong, &terms.title);
                writeln!(self.sink(), "{title}  ({}, terms {})", terms.offer, terms.hash)?;
                self.table(
                    ["about", "in words", "clause"],
                    read.explained
                        .iter()
                        .map(|line| [line.subject.clone(), line.words.clone(), line.clause.clone()]),
                )?;
                for remark in &read.remarks {
                    let note = self.tone(Tone::Warn, "note");
                    writeln!(self.sink(), "{note} {remark}")?;
                }
                for example in &read.examples {
                    self.example(example)?;
                }
                if read.examples.is_empty() {
                    let note = self.tone(Tone::Warn, "note");
                    writeln!(
                        self.sink(),
                        "{note} the file has no [[example]]; write one to see that it says what you mean"
                    )?;
                }
            }
        }
        Ok(check.holds())
    }

    /// That an offer was not published, for its own examples fail.
    pub(crate) fn unpublished(
        &mut self,
        file: &str,
        check: &OfferCheck,
        unproven: Unproven,
    ) -> io::Result<()> {
        let text = format!(
            "not published: {unproven}; `resit offer check {file}` shows why, and `--without-examples` publishes it \
             all the same"
        );
        if self.is_json() {
            let mut told = as_json(file, check);
            told["published"] = false.into();
            told["message"] = text.into();
            return self.value(&told);
        }
        let no = self.tone(Tone::Bad, "no");
        writeln!(self.sink(), "{no}   {text}")
    }

    fn example(&mut self, example: &ToldExample) -> io::Result<()> {
        let word =
            if example.holds() { self.tone(Tone::Good, "holds") } else { self.tone(Tone::Bad, "fails") };
        writeln!(self.sink(), "example {word}: {}", example.name)?;
        match &example.outcome {
            Ok(report) => report.unmet.iter().try_for_each(|unmet| writeln!(self.sink(), "  {unmet}")),
            Err(error) => {
                writeln!(self.sink(), "  {error}")?;
                let mut cause = error.source();
                while let Some(next) = cause {
                    writeln!(self.sink(), "  {next}")?;
                    cause = next.source();
                }
                Ok(())
            }
        }
    }
}

/// Why a file does not load.
pub(super) fn refused_as_json(file: &str, error: &OfferError) -> serde_json::Value {
    match error {
        OfferError::Unreadable(reason) => json!({ "file": file, "holds": false, "unreadable": reason }),
        OfferError::Open(points) => {
            let points: Vec<_> = points
                .iter()
                .map(|p| json!({ "ruling": p.ruling, "field": p.field, "question": p.question }))
                .collect();
            json!({ "file": file, "holds": false, "open": points })
        }
    }
}

fn as_json(file: &str, check: &OfferCheck) -> serde_json::Value {
    match check {
        OfferCheck::Refused(error) => refused_as_json(file, error),
        OfferCheck::Read(read) => {
            let explained: Vec<_> = read
                .explained
                .iter()
                .map(|l| json!({ "about": l.subject, "words": l.words, "clause": l.clause }))
                .collect();
            let examples: Vec<_> =
                read.examples.iter().map(|e| json!({ "name": e.name, "holds": e.holds() })).collect();
            json!({
                "file": file, "holds": check.holds(), "offer": read.file.terms.offer, "title": read.file.terms.title,
                "terms": read.file.terms.hash, "explained": explained, "remarks": read.remarks, "examples": examples,
            })
        }
    }
}
