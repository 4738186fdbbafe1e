//! What a story expects: of the last command, of a voucher now, of the last tick.

mod read;

use resit_domain::calendar_time::Period;
use resit_domain::{CandidateId, Rule, Timestamp};

pub(crate) use read::KEYWORDS;

use crate::voucher::UnitRef;

/// One expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// The last command was accepted, and put exactly these types of events on what it is about.
    Events(Vec<String>),
    /// It was refused by this clause, and by this rule where one is named.
    Refused {
        /// The clause.
        clause: String,
        /// The rule.
        rule: Option<Rule>,
    },
    /// One of its warnings has this clause.
    Warned(String),
    /// It was accepted without a warning.
    NoWarning,
    /// It was accepted and changed nothing.
    Repeated,
    /// It was answered from the record.
    Replayed,
    /// It got no answer from the rules.
    Error(&'static str),
    /// Where a voucher stands.
    Stands(UnitRef, &'static str),
    /// When its right ends, if ever.
    Ends(UnitRef, Option<Timestamp>),
    /// Whom it serves, if anybody.
    Holder(UnitRef, Option<CandidateId>),
    /// How many attempts it used, of how many.
    Attempts(UnitRef, u16, u16),
    /// How many codes it has had.
    Codes(UnitRef, u16),
    /// What the last tick put on record as expired.
    Expired(Vec<UnitRef>),
    /// A notice that the last tick put on record, of a voucher and so long before its end; none for none at all.
    Notice(Option<(UnitRef, Period)>),
    /// A promise of delivery that the last tick put on record as broken; none for none at all.
    Overdue(Option<(UnitRef, String)>),
}

impl Expect {
    /// Whether it is about the answer to the last command.
    pub(crate) fn of_answer(&self) -> bool {
        matches!(
            self,
            Expect::Events(_)
                | Expect::Refused { .. }
                | Expect::Warned(_)
                | Expect::NoWarning
                | Expect::Repeated
                | Expect::Replayed
                | Expect::Error(_)
        )
    }

    /// Whether it is about the last tick.
    pub(crate) fn of_tick(&self) -> bool {
        matches!(self, Expect::Expired(_) | Expect::Notice(_) | Expect::Overdue(_))
    }

    /// The vouchers it names.
    pub(crate) fn vouchers(&self) -> Vec<&UnitRef> {
        match self {
            Expect::Stands(unit, _)
            | Expect::Ends(unit, _)
            | Expect::Holder(unit, _)
            | Expect::Attempts(unit, ..)
            | Expect::Codes(unit, _)
            | Expect::Notice(Some((unit, _)))
            | Expect::Overdue(Some((unit, _))) => vec![unit],
            Expect::Expired(units) => units.iter().collect(),
            _ => Vec::new(),
        }
    }
}
