//! The books: plain lists of what happened.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::asks::{Exam, Gift};
use super::calendar::Millis;
use super::terms::{Policy, Terms};
use super::words::{Office, Outcome};

/// All that is known.
#[derive(Debug, Clone)]
pub struct Model {
    /// The offer's terms.
    pub terms: Terms,
    /// Its programme's policy.
    pub policy: Option<Policy>,
    /// The offer's last day, as last extended.
    pub offer_end: Option<Date>,
    /// When the offer was extended, and until when.
    pub extensions: Vec<(Millis, Date)>,
    /// The catalogue.
    pub exams: BTreeMap<&'static str, Exam>,
    /// By which office each version counts, and since when it is in force.
    pub versions: Vec<(Millis, Option<Office>)>,
    /// What was bought, by order.
    pub packs: BTreeMap<usize, Pack>,
    /// What was said of ends to come.
    pub told: Vec<Told>,
}

/// A notice that was given of a voucher's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the fields are what they are called")]
pub struct Told {
    pub order: usize,
    pub unit: u16,
    pub end: Millis,
    /// When the notice fell due.
    pub due: Millis,
}

/// What one order bought.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are what they are called")]
pub struct Pack {
    pub purchased_at: Millis,
    pub issued_at: Millis,
    pub paid: bool,
    /// As the order named it.
    pub ordered_for: Option<u8>,
    /// One holder for all, where the terms say so.
    pub holder: Option<Holder>,
    pub units: Vec<Unit>,
}

/// Whom a voucher serves.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the fields are what they are called")]
pub struct Holder {
    pub candidate: u8,
    pub bound: bool,
    pub since: Option<Millis>,
}

/// One voucher.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Whether it is the practice test of the bundle.
    pub practice: bool,
    /// The office by which the version counts that governs it.
    pub office: Option<Office>,
    /// Its holder, where each voucher has its own.
    pub holder: Option<Holder>,
    /// Every registration.
    pub tries: Vec<Try>,
    /// What may be registered next, when nothing is open.
    pub chance: Chance,
    /// When what was unused was taken back.
    pub taken: Option<Millis>,
    /// Whether a chargeback was one of the reasons.
    pub charged_back: bool,
    /// How many codes it has had.
    pub codes: u16,
    /// The offer's last day when it was bought.
    pub sold_end: Option<Date>,
    /// The offer's last day, as far as it moved this voucher.
    pub offer_end: Option<Date>,
    /// By which office the version counts that it was bought under.
    pub sold_office: Option<Office>,
    /// What goodwill gave, and when.
    pub gifts: Vec<(Millis, Gift)>,
    /// Attempts out of goodwill: follows from the gifts, as the next two do.
    pub extra: u16,
    /// No deadline ends before this.
    pub until: Option<Millis>,
    /// Rules not held against it.
    pub waived: Vec<&'static str>,
    /// The end that is on record.
    pub expired: Option<Millis>,
    /// Each end that it has had, and from when on.
    pub ends: Vec<(Millis, Option<Millis>)>,
    /// When its practice test was activated, and ends.
    pub active: Option<(Millis, Millis)>,
}

/// What may be registered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Chance {
    /// The first try.
    First,
    /// A retake.
    Retake(Fail),
    /// Nothing, and the rule that says so.
    Spent(&'static str),
}

/// What earned a retake.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the fields are what they are called")]
pub struct Fail {
    pub number: u16,
    pub exam: &'static str,
    pub sat_at: Millis,
    /// When it was sat, or given up.
    pub ended_at: Millis,
    pub recorded_at: Option<Millis>,
    pub retires_on: Option<Date>,
}

/// One registration.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields are what they are called")]
pub struct Try {
    pub candidate: u8,
    pub number: u16,
    pub exam: &'static str,
    pub beta: bool,
    pub booked_at: Millis,
    pub sit_at: Millis,
    /// Each move: when it was made, and from when.
    pub moves: Vec<(Millis, Millis)>,
    pub retires_on: Option<Date>,
    pub end: End,
}

/// What came of a registration.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the variants are what they are called")]
pub enum End {
    Open,
    Cancelled {
        at: Millis,
        late: bool,
        given_back: bool,
        by_ledger: bool,
    },
    /// `counts` is the outcome that counts, where a correction is only recorded.
    Sat {
        outcome: Outcome,
        counts: Outcome,
        sat_at: Millis,
        recorded_at: Millis,
        given_back: bool,
    },
}

impl Chance {
    /// Whether nothing is left.
    pub fn is_spent(self) -> bool {
        matches!(self, Chance::Spent(_))
    }
}

impl Try {
    /// What it is if it was failed, or counts so.
    pub fn as_fail(&self) -> Fail {
        let (sat_at, ended_at, recorded_at) = match self.end {
            End::Sat { sat_at, recorded_at, .. } => (sat_at, sat_at, recorded_at),
            End::Cancelled { at, .. } => (self.sit_at, at, self.sit_at),
            End::Open => (self.sit_at, self.sit_at, self.sit_at),
        };
        let (number, exam, retires_on) = (self.number, self.exam, self.retires_on);
        Fail { number, exam, sat_at, ended_at, recorded_at: Some(recorded_at), retires_on }
    }
}

impl Unit {
    /// The last registration that used an attempt up.
    pub fn last_used(&self) -> Option<&Try> {
        self.tries.iter().rev().find(|one| match one.end {
            End::Open => false,
            End::Cancelled { given_back, .. } | End::Sat { given_back, .. } => !given_back,
        })
    }

    /// The open registration.
    pub fn open(&self) -> Option<&Try> {
        self.tries.iter().rev().find(|one| one.end == End::Open)
    }

    /// When it was first registered.
    pub fn first_scheduled_at(&self) -> Option<Millis> {
        self.tries.first().map(|one| one.booked_at)
    }

    /// Whether it was taken back, as far as that can be. A sitting that had begun goes on to its result, and what is in use stays so.
    pub fn is_revoked(&self) -> bool {
        self.taken.is_some() && self.open().is_none() && self.active.is_none()
    }

    /// Where it stands, in the ledger's word.
    pub fn stage(&self) -> &'static str {
        match (self.active, self.open(), self.chance) {
            (Some(_), ..) => "active",
            (_, Some(_), _) => "registered",
            (_, _, Chance::First) if self.taken.is_some() => "revoked",
            (_, _, Chance::First) => "unused",
            (_, _, Chance::Retake(_)) => "retake",
            (_, _, Chance::Spent(_)) => "used",
        }
    }
}

impl Model {
    /// The attempts that a voucher carries.
    pub fn attempts_max(&self, unit: &Unit) -> u16 {
        1 + self.terms.retake.count + unit.extra
    }

    /// The attempts that are used up: registrations that were not given back.
    pub fn attempts_used(unit: &Unit) -> u16 {
        let returned = |one: &&Try| match one.end {
            End::Open => false,
            End::Cancelled { given_back, .. } | End::Sat { given_back, .. } => given_back,
        };
        let used = unit.tries.iter().filter(|one| !returned(one)).count();
        u16::try_from(used).expect("few")
    }

    /// Whom a voucher serves.
    pub fn holder(&self, order: usize, unit: u16) -> Option<Holder> {
        let pack = &self.packs[&order];
        match self.terms.per {
            super::words::Scope::Pack => pack.holder,
            _ => pack.units[usize::from(unit) - 1].holder,
        }
    }

    /// Writes down whom a voucher serves.
    pub fn hold(&mut self, order: usize, unit: u16, holder: Option<Holder>) {
        let per = self.terms.per;
        let pack = self.packs.get_mut(&order).expect("asked for before");
        match per {
            super::words::Scope::Pack => pack.holder = holder,
            _ => pack.units[usize::from(unit) - 1].holder = holder,
        }
    }

    /// A voucher's own page.
    pub fn unit(&self, order: usize, unit: u16) -> &Unit {
        &self.packs[&order].units[usize::from(unit) - 1]
    }

    /// A voucher's own page, to write on.
    pub fn unit_mut(&mut self, order: usize, unit: u16) -> &mut Unit {
        &mut self.packs.get_mut(&order).expect("asked for before").units[usize::from(unit) - 1]
    }
}
