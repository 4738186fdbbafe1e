//! What is known when a command is judged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::{BrokenRegistration, Gathered};
use crate::calendar_time::{CalendarVersions, ShippedZones, Zone, ZoneClock, Zones};
use crate::correction::Span;
use crate::{
    Actor, Agreement, CalendarId, Candidate, CommandId, Entitlement, EntitlementId, Exam, ExamCode,
    Fingerprint, Impact, Offer, PolicyVersions, PracticeTest, Timestamp, UnitNo,
};

/// All that a command can be judged by, as it stands at one point of the log.
///
/// The caller fills in what the command concerns. An exam comes with all its successors. A [`Gathered`] field is set even if the
/// ledger has nothing.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Who gives the command.
    pub actor: Option<Actor>,
    /// The entitlement in question; for an order, its first piece, if that is issued.
    pub entitlement: Option<Arc<Entitlement>>,
    /// The unit in question; none for a command on the whole entitlement.
    pub unit: Option<UnitNo>,
    /// The code by which the voucher was named, if it was.
    pub by_code: Option<Fingerprint>,
    /// The offer: of the entitlement, or the one that the command names.
    pub offer: Option<Arc<Offer>>,
    /// The agreement: of the entitlement, or the one that the command names; nothing if neither has one.
    pub agreement: Gathered<Agreement>,
    /// The exam that the command names, those of the candidate's record, those of the unit's attempts, and their successors.
    pub exams: BTreeMap<ExamCode, Arc<Exam>>,
    /// The practice test that the command names, if it names one.
    pub practice_test: Gathered<PracticeTest>,
    /// The candidate's own record.
    pub candidate: Gathered<Candidate>,
    /// The versions of the programme's retake policy: of the offer's programme, or of the one that the command names.
    pub policy: Gathered<PolicyVersions>,
    /// Business-day calendars: those that the command names, and of every version of the offer that may govern
    /// ([`Offer::calendars_of`]).
    pub calendars: BTreeMap<CalendarId, Arc<CalendarVersions>>,
    /// The rules of time zones that are on record.
    pub zones: Arc<Zones>,
    /// The rules of time zones that the program comes with, for a command that has to put some on record.
    pub shipped_zones: Option<ShippedZones>,
    /// New codes' fingerprints, one for each unit that the command makes: piece by piece, unit by unit. An order has
    /// the units of the version that governs it ([`Known::terms_of_order`]).
    pub minted: Vec<Fingerprint>,
    /// For an order: the ids of the pieces that it asks for.
    pub pieces: Vec<EntitlementId>,
    /// Those of them that were issued before.
    pub issued: BTreeSet<EntitlementId>,
    /// For goodwill that names a decision in dispute: that command's id, if it is on record.
    pub disputed: Option<CommandId>,
    /// The number of the law that a command on record was judged by; today's if absent.
    pub law: Option<u16>,
    /// For a correction: past decisions that would have gone the other way.
    pub flips: Vec<CommandId>,
    /// For a correction: whether there were more decisions than were judged again.
    pub flips_cut: bool,
    /// For a correction: open registrations on other vouchers that the corrected record does not permit.
    pub broken: Vec<BrokenRegistration>,
    /// For a confirmation of the clock: the latest time on record.
    pub recorded_until: Option<Timestamp>,
    /// For a correction of recorded times: the span, and what changes in it.
    pub span: Option<Arc<Span>>,
    /// For a publication: what it does to live rights; none if that was not counted.
    pub impact: Option<Box<Impact>>,
    /// For a publication: whether its giver confirmed that rights are lost.
    pub confirmed: bool,
}

impl Known {
    /// The number of the law to judge by, where an earlier law asked for something else.
    pub(crate) fn judged_by(&self) -> u16 {
        self.law.unwrap_or(crate::LAW)
    }

    /// An exam, if the catalogue has it.
    pub(crate) fn exam(&self, code: &ExamCode) -> Option<&Exam> {
        self.exams.get(code).map(Arc::as_ref).filter(|exam| exam.facts.is_some())
    }

    /// A zone by its newest rules on record.
    pub(crate) fn zone_clock(&self, zone: Zone) -> ZoneClock<'_> {
        self.zones.known().clock(zone)
    }

    /// The calendars that the deadlines of the entitlement may hang on, now or once another version governs.
    pub fn calendars_named(&self) -> Vec<&CalendarId> {
        let issued = self.entitlement.as_deref().and_then(|e| e.issued.as_ref());
        let of = issued.zip(self.offer.as_deref());
        of.map_or_else(Vec::new, |(issued, offer)| offer.calendars_of(issued.terms, issued.purchased_at))
    }

    /// Whether any deadline of the entitlement may depend on zone rules, under this version of the offer or a later one.
    pub fn hangs_on_zones(&self) -> bool {
        self.offer.as_deref().is_some_and(Offer::is_in_other_zones)
    }

    /// Whether `next` follows `exam`, over any number of successors that the catalogue declares.
    pub(crate) fn follows(&self, exam: &ExamCode, next: &ExamCode) -> bool {
        self.successors(exam).any(|successor| successor == next)
    }

    /// The exams that follow one, the next one first. A circle ends where it began.
    pub(crate) fn successors<'a>(&'a self, exam: &'a ExamCode) -> impl Iterator<Item = &'a ExamCode> {
        let next = |exam: &&'a ExamCode| self.exam(exam)?.facts.as_ref()?.successor.as_ref();
        let chain = std::iter::successors(next(&exam), next);
        // No chain of exams that differ is longer than the catalogue as it was gathered.
        chain.take(self.exams.len() + 1).take_while(move |successor| *successor != exam)
    }

    /// The exam that is given on a day in the place of this one: itself, or the first successor that has not retired by then.
    pub(crate) fn given_on<'a>(&'a self, exam: &'a ExamCode, day: NaiveDate) -> Option<&'a ExamCode> {
        std::iter::once(exam).chain(self.successors(exam)).find(|exam| self.exam_given_on(exam, day))
    }

    /// Whether the catalogue has an exam, and it has not retired before a day.
    pub(crate) fn exam_given_on(&self, exam: &ExamCode, day: NaiveDate) -> bool {
        let retires_on = self.exam(exam).and_then(|e| e.facts.as_ref()).map(|facts| facts.retires_on);
        retires_on.is_some_and(|last| last.is_none_or(|last| day <= last))
    }
}
