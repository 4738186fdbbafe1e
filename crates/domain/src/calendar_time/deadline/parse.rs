//! Reading deadline expressions.

use std::str::FromStr;

use super::clause::CLAUSE_CHARS_MAX;
use super::{DEADLINE_BYTES_MAX, DEADLINE_DEPTH_MAX, DeadlineExpr, Direction, Origin, Point};
use crate::calendar_time::{Anchor, anchor, civil};

/// A text that is no deadline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("deadline `{text}`, character {place}: {problem}")]
pub struct InvalidDeadline {
    /// What was given, cut to the longest length allowed.
    pub text: String,
    /// Where the offending word starts, in characters from 1.
    pub place: usize,
    /// What is wrong there, and what is allowed.
    pub problem: String,
}

impl FromStr for DeadlineExpr {
    type Err = InvalidDeadline;
    fn from_str(text: &str) -> Result<Self, InvalidDeadline> {
        let mut reader = Reader { text, at: 0 };
        if text.len() > DEADLINE_BYTES_MAX {
            return Err(reader.fault(0, format!("longer than {DEADLINE_BYTES_MAX} bytes; split the offer")));
        }
        let expr = match text.trim() {
            "none" => return Ok(Self::None),
            _ => reader.expr(1)?,
        };
        reader.skip_blanks();
        match reader.next() {
            None => Ok(expr),
            Some(_) => {
                Err(reader.fault(reader.at, format!("{} is too much; the deadline ends here", reader.here())))
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn expr(&mut self, depth: usize) -> Result<DeadlineExpr, InvalidDeadline> {
        let part = self.part(depth)?;
        if !self.take('[') {
            return Ok(part);
        }
        let clause = self.clause()?;
        Ok(DeadlineExpr::Cited(Box::new(part), clause))
    }

    /// The clause of a part, up to its closing bracket.
    fn clause(&mut self) -> Result<String, InvalidDeadline> {
        self.skip_blanks();
        let (start, rest) = (self.at, &self.text[self.at..]);
        let end = rest.find(['[', ']']).filter(|&end| rest[end..].starts_with(']'));
        let Some(end) = end else {
            return Err(self.fault(start, "the clause has no `]` at its end".into()));
        };
        let clause = rest[..end].trim();
        let chars = clause.chars().count();
        if chars == 0 || CLAUSE_CHARS_MAX < chars || clause.contains(char::is_control) {
            let problem = format!("a clause is a line of 1 to {CLAUSE_CHARS_MAX} characters, such as [S3-5]");
            return Err(self.fault(start, problem));
        }
        self.at += end + 1;
        Ok(clause.to_owned())
    }

    fn part(&mut self, depth: usize) -> Result<DeadlineExpr, InvalidDeadline> {
        let (start, word) = self.word();
        match word {
            "earliest" => Ok(DeadlineExpr::Earliest(self.list(start, word, depth)?)),
            "latest" => Ok(DeadlineExpr::Latest(self.list(start, word, depth)?)),
            "none" => {
                Err(self
                    .fault(start, "`none` stands alone; leave it out of earliest(…) and latest(…)".into()))
            }
            _ => self.point(start, word).map(DeadlineExpr::Point),
        }
    }

    fn list(&mut self, start: usize, word: &str, depth: usize) -> Result<Vec<DeadlineExpr>, InvalidDeadline> {
        if depth > DEADLINE_DEPTH_MAX {
            return Err(self.fault(start, format!("nested deeper than {DEADLINE_DEPTH_MAX}")));
        }
        if !self.take('(') {
            return Err(self.fault(self.at, format!("{} where `(` should follow `{word}`", self.here())));
        }
        let mut parts = vec![self.expr(depth + 1)?];
        loop {
            if self.take(',') {
                parts.push(self.expr(depth + 1)?);
            } else if self.take(')') {
                return Ok(parts);
            } else {
                let allowed = "`+`, `-`, `,` or `)`";
                return Err(self.fault(self.at, format!("{} where {allowed} should be", self.here())));
            }
        }
    }

    fn point(&mut self, start: usize, word: &str) -> Result<Point, InvalidDeadline> {
        let origin = self.origin(start, word)?;
        let direction = if self.take('+') {
            Direction::After
        } else if self.take('-') {
            Direction::Before
        } else {
            return Ok(Point { origin, offset: None });
        };
        let (start, word) = self.word();
        let period = word
            .parse()
            .map_err(|e: crate::calendar_time::InvalidPeriod| self.fault(start, e.to_string()))?;
        Ok(Point { origin, offset: Some((direction, period)) })
    }

    fn origin(&self, start: usize, word: &str) -> Result<Origin, InvalidDeadline> {
        if let Ok(anchor) = word.parse::<Anchor>() {
            return Ok(Origin::Anchor(anchor));
        }
        if let Some(day) = civil::day(word) {
            return Ok(Origin::Day(day));
        }
        if let Some(local) = civil::local_time(word) {
            return Ok(Origin::Local(local));
        }
        let found = if word.is_empty() { self.here() } else { format!("`{word}`") };
        let problem = format!(
            "{found} is nothing to count from; write one of {}, a day like 2008-01-31, a local time like \
             2027-06-30T23:59:59, earliest(…), latest(…), or none alone",
            anchor::names()
        );
        Err(self.fault(start, problem))
    }

    /// The next word and where it starts. A `-` before a period ends a word, other hyphens belong to it.
    fn word(&mut self) -> (usize, &'a str) {
        self.skip_blanks();
        let start = self.at;
        let rest = &self.text[start..];
        let end = rest.find(|c: char| c.is_whitespace() || "(),+[]".contains(c)).unwrap_or(rest.len());
        let end = rest[..end].find("-P").unwrap_or(end);
        self.at = start + end;
        (start, &rest[..end])
    }

    fn take(&mut self, wanted: char) -> bool {
        self.skip_blanks();
        let found = self.next() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn skip_blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn next(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// What stands at the present place, for a message.
    fn here(&self) -> String {
        let mut ahead = Reader { text: self.text, at: self.at };
        match (ahead.word().1, self.next()) {
            ("", None) => "the end".into(),
            ("", Some(sign)) => format!("`{sign}`"),
            (word, _) => format!("`{word}`"),
        }
    }

    fn fault(&self, at: usize, problem: String) -> InvalidDeadline {
        let place = self.text[..at].chars().count() + 1;
        InvalidDeadline { text: self.text.chars().take(DEADLINE_BYTES_MAX).collect(), place, problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_printed() {
        for text in [
            "none",
            "purchase",
            "purchase + P12M",
            "exam-retirement - P1D",
            "2008-01-31",
            "2008-01-31 + P10B",
            "2027-06-30T23:59:59",
            "result-recorded + PT24H",
            "earliest(purchase + P12M, offer-end)",
            "latest(earliest(activation + P30D, agreement-end), first-order-end - P1M15D)",
            "purchase + P12M [S0-6]",
            "earliest(purchase + P1Y [S3-5], latest(agreement-end, issue [§ 4 (2)]) [S3-16])",
        ] {
            let expr: DeadlineExpr = text.parse().unwrap();
            assert_eq!(expr.to_string(), text);
            let json = serde_json::to_string(&expr).unwrap();
            assert_eq!(serde_json::from_str::<DeadlineExpr>(&json).unwrap(), expr);
        }
    }

    #[test]
    fn blanks_are_free() {
        for (text, same) in [
            ("  none ", "none"),
            ("purchase+P12M", "purchase + P12M"),
            ("exam-retirement-P1D", "exam-retirement - P1D"),
            ("2008-01-31-P1D", "2008-01-31 - P1D"),
            ("earliest (purchase,issue -P1D )", "earliest(purchase, issue - P1D)"),
            (
                "earliest(purchase+P1Y[ S3-5 ] ,offer-end[S3-16])",
                "earliest(purchase + P1Y [S3-5], offer-end [S3-16])",
            ),
            ("latest(\n  purchase + P1Y,\n  offer-end\n)", "latest(purchase + P1Y, offer-end)"),
        ] {
            assert_eq!(text.parse::<DeadlineExpr>().unwrap().to_string(), same, "{text}");
        }
    }

    #[test]
    fn a_fault_is_pointed_at() {
        for (text, place, says) in [
            ("", 1, "the end is nothing"),
            ("purchse + P12M", 1, "`purchse` is nothing to count from; write one of purchase, issue"),
            ("earliest(purchase, offerend)", 20, "`offerend`"),
            ("earliest(purchase, none)", 20, "stands alone"),
            ("earliest purchase", 10, "`purchase` where `(`"),
            ("earliest()", 10, "`)` is nothing"),
            ("earliest(purchase issue)", 19, "`issue` where `+`, `-`, `,` or `)`"),
            ("earliest(purchase", 18, "the end where"),
            ("purchase + P12M issue", 17, "`issue` is too much"),
            ("purchase + P1M + P1D", 16, "`+` is too much"),
            ("purchase + 12M", 12, "period `12M` is not understood"),
            ("purchase + P1DT1H", 12, "mixes"),
            ("purchase -", 11, "period `` is not understood"),
            ("é", 1, "`é`"),
            ("purchase []", 11, "a line of 1 to 100 characters"),
            ("purchase [a\u{7}b]", 11, "a line of 1 to 100 characters"),
            ("earliest(purchase [S3-5, offer-end)", 20, "no `]` at its end"),
            ("earliest(purchase [S3-5 [x]], offer-end)", 20, "no `]` at its end"),
            ("purchase [S3-5] [S3-6]", 17, "`[` is too much"),
            ("none [S3-5]", 1, "stands alone"),
            ("[S3-5] purchase", 1, "`[` is nothing to count from"),
            ("earliest(é, purchase", 10, "`é`"),
            ("2008-02-30", 1, "`2008-02-30`"),
        ] {
            let e = text.parse::<DeadlineExpr>().unwrap_err();
            assert!(e.place == place && e.problem.contains(says), "{text}: {e}");
        }
    }

    #[test]
    fn size_and_depth_are_limited() {
        let nested = |depth: usize| format!("{}purchase{}", "latest(".repeat(depth), ")".repeat(depth));
        assert!(nested(DEADLINE_DEPTH_MAX).parse::<DeadlineExpr>().is_ok());
        assert!(nested(DEADLINE_DEPTH_MAX + 1).parse::<DeadlineExpr>().is_err());
        assert!(format!("purchase{}", " ".repeat(DEADLINE_BYTES_MAX)).parse::<DeadlineExpr>().is_err());
    }

    #[test]
    fn the_anchors_it_depends_on_are_told() {
        let expr: DeadlineExpr = "earliest(purchase + P12M, 2008-01-31, offer-end)".parse().unwrap();
        assert_eq!(expr.anchors().collect::<Vec<_>>(), [Anchor::Purchase, Anchor::OfferEnd]);
        assert!(!expr.needs_calendar());
        assert!("purchase + P10B".parse::<DeadlineExpr>().unwrap().needs_calendar());
    }
}
