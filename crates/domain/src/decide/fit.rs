//! Whether a sitting fits the voucher: which exam, where, by whom, and beside which others.

use super::OnUnit;
use crate::terms::{Choice, EligibilityAt, ExamBenefit, OpenUntil, SameExam, Scope, join};
use crate::{
    Attempt, Category, ExamFacts, Fate, Judge, OwnAttempt, OwnEnd, Refusal, Rule, Schedule, Stage, Timestamp,
    Unit,
};

impl OnUnit<'_> {
    /// Asks that the offer reaches the exam, that a retake is of the same one, and that the pack's mix permits it.
    pub(super) fn right_exam(
        &self,
        c: &Schedule,
        exam: &ExamBenefit,
        facts: &ExamFacts,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let law = self.law();
        let reach = &exam.eligible;
        // A retake of the same exam keeps what the first try had (ruling 9); one of any exam is a choice made anew.
        let rulings = &self.terms.rulings;
        let chosen_now = match self.standing.stage {
            Stage::Unused => true,
            Stage::Retake(failed) => failed.exam != c.exam && rulings.same_exam == SameExam::AnyEligible,
            _ => false,
        };
        if chosen_now || rulings.eligibility_at == EligibilityAt::EverySchedule {
            let reached = match &reach.categories {
                Choice::Any => true,
                Choice::Only(list) => list.iter().any(|category| facts.is_in(category)),
            };
            let eligible = reached
                && !reach.not_categories.iter().any(|category| facts.is_in(category))
                && reach.prefixes.prefixes(c.exam.as_str())
                && reach.exams.holds(Some(&c.exam));
            judge.rule(&law, Rule::ExamEligible, eligible, |d| {
                d.fact("exam", &c.exam)
                    .fact("categories", join(&facts.categories))
                    .fact("reached", &reach.categories)
                    .fact("excluded", join(&reach.not_categories))
                    .fact("prefixes", &reach.prefixes)
                    .fact("list", &reach.exams)
                    .remedy("choose an exam that the offer reaches")
            })?;
        }
        if let Stage::Retake(last) = self.standing.stage {
            let failed = &last.exam;
            let same = match self.terms.rulings.same_exam {
                SameExam::Exact => failed == &c.exam,
                SameExam::OrSuccessor => failed == &c.exam || self.known.follows(failed, &c.exam),
                SameExam::AnyEligible => true,
            };
            judge.rule(&law, Rule::SameExam, same, |d| {
                let given = match rulings.same_exam {
                    SameExam::Exact => failed,
                    _ => {
                        self.known.given_on(failed, self.right.zone().civil_date(c.sit_at)).unwrap_or(failed)
                    }
                };
                d.fact("failed", failed).fact("exam", &c.exam).remedy(format!("the retake is for {given}"))
            })?;
        }
        // By what was used until then, and by what was used since.
        let units = self.entitlement.units.iter().chain(&self.on_record.entitlement.units);
        let others = units.filter_map(|unit| {
            unit.attempts.iter().rev().find(|attempt| self.right.fate(attempt) != Fate::GivenBack)
        });
        let mut used: Vec<&[Category]> = others.map(|attempt| attempt.categories.as_slice()).collect();
        // A retake of the same exam has the categories that its first try had (ruling 9).
        let categories = match self.standing.stage {
            Stage::Retake(last) if last.exam == c.exam => &last.categories,
            _ => &facts.categories,
        };
        used.push(categories);
        let inside = |mix: &Vec<Category>| {
            used.iter().all(|categories| categories.iter().any(|category| category.is_among(mix)))
        };
        let one_mix = match &exam.mix {
            Choice::Any => true,
            Choice::Only(mixes) => mixes.iter().any(inside),
        };
        judge.rule(&law, Rule::PackMix, one_mix, |d| {
            let permitted = match &exam.mix {
                Choice::Any => "any".to_owned(),
                Choice::Only(sets) => sets.iter().map(join).collect::<Vec<_>>().join(" | "),
            };
            let mut before: Vec<String> =
                used[..used.len() - 1].iter().map(|categories| join(*categories)).collect();
            before.sort();
            before.dedup();
            d.fact("mixes", permitted)
                .fact("used-before", join(before))
                .fact("exam", &c.exam)
                .fact("categories", join(categories))
                .remedy("choose an exam inside the mix that this pack has begun")
        })
    }

    /// What to know of an exam that the catalogue puts into no category, where the offer excludes some.
    pub(super) fn unsorted(&self, c: &Schedule, facts: &ExamFacts) -> Option<String> {
        let excludes = self.right.exam().is_some_and(|exam| !exam.eligible.not_categories.is_empty());
        let is_unsorted = facts.categories.is_empty() && !facts.beta;
        let says = || {
            format!(
                "{} is in no category, so that none of those that the offer excludes could be seen",
                c.exam
            )
        };
        (excludes && is_unsorted).then(says)
    }

    /// Asks that the exam is given in this way, then and there.
    pub(super) fn right_place(
        &self,
        c: &Schedule,
        exam: &ExamBenefit,
        facts: &ExamFacts,
        booked_at: Timestamp,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let law = self.law();
        let day = self.right.zone().civil_date(c.sit_at);
        judge.rule(&law, Rule::ExamOffered, facts.retires_on.is_none_or(|last| day <= last), |d| {
            d.fact_or("retires-on", facts.retires_on, "never")
                .fact("sit-on", day)
                .remedy(self.exam_given(&c.exam, facts, c.sit_at, booked_at))
        })?;
        let given = facts.deliveries.is_empty()
            || c.delivery.as_ref().is_some_and(|delivery| facts.deliveries.contains(delivery));
        judge.rule(&law, Rule::Delivery, exam.deliveries.holds(c.delivery.as_ref()) && given, |d| {
            d.fact("offer", &exam.deliveries)
                .fact("exam", join(&facts.deliveries))
                .fact_or("delivery", c.delivery.as_ref(), "not given")
                .remedy("choose a way to sit it that both the offer and the exam have")
        })?;
        let of_offer = match (&exam.providers, &c.provider) {
            (Choice::Any, _) => true,
            // Where the offer has one provider, that one is meant.
            (Choice::Only(list), None) => list.len() == 1,
            (Choice::Only(list), Some(provider)) => {
                list.iter().any(|named| self.right.offer.provider_now(named) == provider)
            }
        };
        let of_exam = facts.providers.is_empty()
            || c.provider.as_ref().is_none_or(|provider| {
                let now = |named| self.right.offer.provider_now(named) == provider;
                facts.providers.contains(provider) || facts.providers.iter().any(now)
            });
        judge.rule(&law, Rule::Provider, of_offer && of_exam, |d| {
            let now = match &exam.providers {
                Choice::Any => "any".to_owned(),
                Choice::Only(list) => join(list.iter().map(|named| self.right.offer.provider_now(named))),
            };
            d.fact("offer", now)
                .fact("exam", join(&facts.providers))
                .fact_or("provider", c.provider.as_ref(), "not given")
                .remedy("register with a provider of the offer")
        })?;
        judge.rule(&law, Rule::RegisterChannel, exam.channels.holds(c.channel.as_ref()), |d| {
            d.fact("channels", &exam.channels)
                .fact_or("channel", c.channel.as_ref(), "not given")
                .remedy("register through one of the channels")
        })?;
        judge.rule(&law, Rule::SitRegion, exam.regions.holds(c.region.as_ref()), |d| {
            d.fact("regions", &exam.regions)
                .fact_or("region", c.region.as_ref(), "not given")
                .remedy("sit it in one of the regions")
        })
    }

    /// Asks that not too many registrations are open at a time, each by its own times (ruling 7).
    pub(super) fn open_registrations(
        &self,
        c: &Schedule,
        booked_at: Timestamp,
        judge: &mut Judge,
    ) -> Result<(), Refusal> {
        let rulings = &self.terms.rulings;
        let Some(&max) = rulings.open_max.value() else { return Ok(()) };
        let of_units = |units: &[Unit]| -> Vec<Span> {
            units.iter().flat_map(|unit| &unit.attempts).map(|attempt| self.open_span(attempt)).collect()
        };
        let others = match rulings.open_over {
            // All that is on record of it, whatever of it came later than this registration.
            Scope::Voucher => self
                .on_record
                .entitlement
                .unit(self.unit.no)
                .map_or_else(Vec::new, |unit| of_units(std::slice::from_ref(unit))),
            Scope::Pack => of_units(&self.on_record.entitlement.units),
            Scope::Candidate => self.on_record.candidate.as_deref().map_or_else(Vec::new, |candidate| {
                // Those of other programmes are not its business.
                let other = |own: &&OwnAttempt| {
                    own.programme.as_ref().is_some_and(|of| Some(of) != self.terms.programme.value())
                };
                let counted = candidate.attempts.iter().filter(|own| !other(own));
                counted.map(|own| self.open_span_of(own)).collect()
            }),
        };
        let until = if rulings.open_until == OpenUntil::Sitting { c.sit_at } else { Timestamp::MAX };
        let open = most_at_once(&others, Span { from: booked_at, until });
        judge.rule(&self.law(), Rule::OpenRegistrations, open < usize::from(max), |d| {
            d.fact("open", open)
                .fact("max", max)
                .fact("candidate", &c.candidate)
                .remedy("sit or cancel an open registration first, or record what came of it")
        })
    }
    /// The time for which a registration is or was open: until its sitting, or until its result, as the offer reads it.
    fn open_span(&self, attempt: &Attempt) -> Span {
        let ended_at = match self.terms.rulings.open_until {
            OpenUntil::Sitting => Some(attempt.over_at()),
            OpenUntil::Result => match attempt.reports.first() {
                Some(report) => Some(report.recorded_at),
                None => attempt.cancelled.map(|cancelled| cancelled.at),
            },
        };
        Span { from: attempt.booked_at, until: ended_at.unwrap_or(Timestamp::MAX) }
    }

    /// The same by a candidate's own record.
    fn open_span_of(&self, own: &OwnAttempt) -> Span {
        let until = match (own.end, self.terms.rulings.open_until) {
            (OwnEnd::Open, OpenUntil::Result) => Timestamp::MAX,
            (OwnEnd::Open | OwnEnd::Result(_), _) => own.sit_at,
            (OwnEnd::Cancelled | OwnEnd::CancelledLate, _) => own.ended_at.unwrap_or(own.booked_at),
        };
        Span { from: own.booked_at, until }
    }
}

/// A time for which a registration is open: from its first instant on, and not at its last.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: Timestamp,
    until: Timestamp,
}

impl Span {
    fn holds(self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// How many others are open at once at any instant of a span. That number changes only where one of them begins.
fn most_at_once(others: &[Span], span: Span) -> usize {
    let begins = others.iter().map(|other| other.from).filter(|from| span.holds(*from));
    let open_at = |at| others.iter().filter(|other| other.holds(at)).count();
    begins.chain([span.from]).map(open_at).max().unwrap_or(0)
}
