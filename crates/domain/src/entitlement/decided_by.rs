//! What decided when a right ends, and by which clause that is cited (ruling 21).

use super::{End, Right};
use crate::calendar_time::{DeadlineExpr, Resolution};
use crate::terms::Terms;
use crate::{Law, Rule};

/// What decided when a right ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecidedBy {
    /// The terms that govern: the part of the deadline with its own clause of this number, if it was one.
    Terms(Option<u8>),
    /// The terms that it was sold under, which a later version does not shorten.
    Sold(Option<u8>),
    /// A longer term given as goodwill.
    Goodwill,
}

/// What a deadline comes to, and what decided that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dated {
    pub(super) resolution: Resolution,
    pub(super) ground: DecidedBy,
}

impl From<Resolution> for Dated {
    fn from(resolution: Resolution) -> Self {
        Self { resolution, ground: DecidedBy::Terms(None) }
    }
}

impl Dated {
    /// The same, by the terms that the right was sold under.
    pub(super) fn as_sold(self) -> Self {
        let ground = match self.ground {
            DecidedBy::Terms(part) => DecidedBy::Sold(part),
            ground => ground,
        };
        Self { ground, ..self }
    }

    /// The end that it sets, if it comes to an instant.
    pub(super) fn end(self, rule: Rule) -> Option<End> {
        Some(End { at: self.resolution.at()?, rule, ground: self.ground })
    }
}

impl DecidedBy {
    /// The ground of a deadline that was decided by the part with this clause, or by one that has none.
    pub(super) fn of_part(expr: &DeadlineExpr, clause: Option<&str>) -> Self {
        let number = clause.and_then(|clause| expr.clauses().iter().position(|own| *own == clause));
        DecidedBy::Terms(number.and_then(|number| u8::try_from(number).ok()))
    }
}

impl<'a> Right<'a> {
    /// The clause of the date that decided an end: that of its part of the deadline, or of the deadline's rule.
    pub fn clause_of(&self, end: End) -> String {
        self.law_of(end).clause(end.rule)
    }

    /// The law of the offer, which cites this end by the clause of the date that decided it.
    pub(crate) fn law_of(&self, end: End) -> Law<'a> {
        let law = Law { clauses: &self.as_grounded(end).terms.clauses, ..self.law() };
        law.citing(self.date_clause(end))
    }

    /// The right by the terms that decided its end.
    pub(super) fn as_grounded(&self, end: End) -> Self {
        let sold = || self.offer.versions.get(&self.issued.terms).map(AsRef::<Terms>::as_ref);
        let terms = matches!(end.ground, DecidedBy::Sold(_)).then(sold).flatten();
        Self { terms: terms.unwrap_or(self.terms), ..*self }
    }

    /// The clause that is written for the date that decided; none if the rule's is cited, as for more time given as goodwill.
    pub(crate) fn date_clause(&self, end: End) -> Option<&'a str> {
        match end.ground {
            DecidedBy::Terms(part) | DecidedBy::Sold(part) => {
                let expr = self.as_grounded(end).expr(end.rule)?;
                expr.clauses().get(usize::from(part?)).copied()
            }
            DecidedBy::Goodwill => None,
        }
    }
}
