//! Which part of a deadline decided, and the clause that it is cited by (ruling 21).

use super::{DeadlineExpr, Resolution};

/// The longest clause of a part, in characters.
pub(super) const CLAUSE_CHARS_MAX: usize = 100;

/// What a deadline comes to, and the clause of the part that decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided<'a> {
    /// What it comes to.
    pub resolution: Resolution,
    /// The clause written for the part that decided, or for the innermost part around it; none if there is no such clause.
    pub clause: Option<&'a str>,
}

impl From<Resolution> for Decided<'_> {
    fn from(resolution: Resolution) -> Self {
        Self { resolution, clause: None }
    }
}

impl<'a> Decided<'a> {
    /// One of several parts, by comparing two at a time in the order written.
    pub(super) fn of(parts: impl Iterator<Item = Self>, pick: fn(Self, Self) -> Self) -> Self {
        parts.reduce(pick).unwrap_or(Resolution::Open.into())
    }

    /// The earlier of two parts, as far as they are known; of two that come to the same, the one written first.
    pub(super) fn first(self, other: Self) -> Self {
        use Resolution::{At, Never, Open};
        match (self.resolution, other.resolution) {
            (At(one), At(two)) if two < one => other,
            (At(_), _) => self,
            (_, At(_)) | (Never, Open) => other,
            (Open, _) | (Never, Never) => self,
        }
    }

    /// The later of two parts, once both are known; of two that come to the same, the one written first.
    pub(super) fn last(self, other: Self) -> Self {
        use Resolution::{At, Never, Open};
        match (self.resolution, other.resolution) {
            (At(one), At(two)) if one < two => other,
            (At(_), At(_)) | (Open, _) | (Never, Never | At(_)) => self,
            (_, Open | Never) => other,
        }
    }

    /// The same under a clause that is written around it.
    pub(super) fn under(self, clause: &'a str) -> Self {
        Self { clause: self.clause.or(Some(clause)), ..self }
    }
}

impl DeadlineExpr {
    /// The expression without a clause that is written around all of it.
    pub fn uncited(&self) -> &Self {
        match self {
            Self::Cited(part, _) => part.uncited(),
            expr => expr,
        }
    }

    /// The clauses that its parts are written with, outer ones first, in the order written.
    pub fn clauses(&self) -> Vec<&str> {
        match self {
            Self::None | Self::Point(_) => Vec::new(),
            Self::Earliest(parts) | Self::Latest(parts) => parts.iter().flat_map(Self::clauses).collect(),
            Self::Cited(part, clause) => {
                let mut clauses = vec![clause.as_str()];
                clauses.extend(part.clauses());
                clauses
            }
        }
    }
}

#[cfg(test)]
#[path = "clause_tests.rs"]
mod tests;
