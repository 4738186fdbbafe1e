//! Facts in words.

use resit_domain::calendar_time::ZoneRules;
use resit_domain::{
    AttemptFate, Event, Gift, ReinstateReason, RetakeVerdict, RevokeReason, Stream, Timestamp, terms::join,
};

use crate::time::plain;

/// Whether a fact only keeps another record up to date.
pub(crate) fn aside(stream: &Stream) -> bool {
    matches!(stream, Stream::Code(_) | Stream::Candidate(_) | Stream::Refusal(_))
}

/// What a fact says.
pub fn words(event: &Event) -> String {
    match event {
        Event::OfferPublished(e) => format!("published, terms {}", &e.hash.to_string()[..12]),
        Event::OfferExtended(e) => format!("ends on {}", e.last_day),
        Event::OfferWithdrawn(_) => "no longer sold".to_owned(),
        Event::ProviderMigrated(e) => format!("{} in place of {}", e.to, e.from),
        Event::PolicyPublished(e) => format!("the programme's retake policy {}", &e.hash.to_string()[..12]),
        Event::CalendarPublished(_) => "a business-day calendar".to_owned(),
        Event::ZoneRulesPublished(e) => ZoneRules::parse(&e.source).map_or_else(
            |_| "rules of time zones".to_owned(),
            |set| format!("rules {} of {}", set.version(), join(set.zones())),
        ),
        Event::ExamDefined(e) => format!("categories: {}", join(&e.facts.categories)),
        Event::PracticeTestDefined(e) if e.offers.is_empty() => "for every offer".to_owned(),
        Event::PracticeTestDefined(e) => format!("for {}", join(&e.offers)),
        Event::AgreementOpened(e) => format!("{}, {} to {}", e.programme, e.first_day, e.last_day),
        Event::AgreementAmended(e) => format!("ends on {}", e.last_day),
        Event::OrderPlaced(e) => format!("order {}: {}", e.order.number, e.offer),
        Event::OrderRevoked(e) => format!("order {} was taken back", e.order.number),
        Event::OrderReinstated(e) => format!("order {} was given again", e.order.number),
        Event::VoucherIssued(e) => {
            format!("{}: {}, bought {}", e.offer, counted(e.units.len(), "voucher"), plain(e.purchased_at))
        }
        Event::CodeMinted(_) => "a code leads to it".to_owned(),
        Event::HolderBound(e) => format!("serves {} and nobody else", e.candidate),
        Event::VoucherAssigned(e) => format!("meant for {}", e.candidate),
        Event::VoucherUnassigned(_) => "meant for nobody".to_owned(),
        Event::VouchersSharedOut(e) => format!("vouchers {} belong to {}", join(&e.units), e.branch),
        Event::SharesTakenBack(e) => {
            format!("vouchers {} of {} belong to the pool", join(&e.units), e.branch)
        }
        Event::CodeReplaced(_) => "has a new code; the old one is dead".to_owned(),
        Event::Revoked(e) => format!("vouchers {} taken back: {}", join(&e.units), reason(e.reason)),
        Event::Extended(e) => format!("given {}: {}", gift(&e.gift), e.reason),
        Event::GoodwillProposed(e) => format!(
            "proposal {}: {}, for {}, by {}; waits until {}",
            e.proposal,
            gift(&e.gift),
            e.reason,
            e.by,
            plain(e.expires_at)
        ),
        Event::GoodwillDeclined(e) => format!("proposal {} declined by {}", e.proposal, e.by),
        Event::Reinstated(e) => {
            let ReinstateReason::DisputeWon = e.reason;
            format!("vouchers {} given again: the dispute was won", join(&e.units))
        }
        Event::Expired(e) => format!("ended {} by {} ({})", plain(e.ended_at), e.clause, e.rule),
        Event::EndsSoon(e) => {
            let ends_at = plain(e.ends_at);
            format!("{} before its end {ends_at} by {} ({})", e.before.plain(), e.clause, e.rule)
        }
        Event::StepTaken(e) => e.step.clone(),
        Event::DeliveryOverdue(e) => format!("{} ran out {} ({})", e.clock, plain(e.due_at), e.clause),
        Event::CommandRefused(e) => e.refusal.to_string(),
        Event::CommandRepeated(e) => format!("nothing changed: {}", e.what),
        Event::ClockConfirmed(e) => match e.recorded_until {
            Some(until) => format!("the clock is right at {}, after {}", plain(e.reads), plain(until)),
            None => format!("the clock is right at {}", plain(e.reads)),
        },
        Event::TimeCorrected(e) => format!(
            "positions {} to {} were recorded {} s ahead: {}",
            e.first,
            e.last,
            e.ahead_ms / 1_000,
            e.reason
        ),
        _ => sitting(event),
    }
}

fn sitting(event: &Event) -> String {
    match event {
        Event::ExamScheduled(e) => {
            format!("attempt {}: {} sits {} on {}", e.attempt, e.candidate, e.exam, plain(e.sit_at))
        }
        Event::ExamRescheduled(e) => format!("sits on {}", plain(e.sit_at)),
        Event::ExamCancelled(e) if e.given_back => "the attempt is given back".to_owned(),
        Event::ExamCancelled(_) => "the attempt is lost".to_owned(),
        Event::ExamPassed(e) => format!("sat {}", plain(e.sat_at)),
        Event::ExamFailed(e) => format!("sat {}; {}", plain(e.sat_at), verdict(&e.retake)),
        Event::ExamMissed(e) => format!("would have been sat {}; {}", plain(e.sat_at), fate(&e.attempt)),
        Event::ExamVoided(e) => format!("{}, sat {}; {}", e.result.name(), plain(e.sat_at), fate(&e.attempt)),
        Event::RetakeGranted(e) => {
            format!(
                "attempt {} of {}{}{}",
                e.attempt,
                e.exam,
                when(", from ", e.wait_until),
                when(", until ", e.ends_at)
            )
        }
        Event::RetakeWithdrawn(_) => "the unused retake is gone".to_owned(),
        Event::ResultCorrected(e) if e.flips.is_empty() => {
            format!("attempt {}: {}, not {}", e.attempt, e.now.name(), e.was.name())
        }
        Event::ResultCorrected(e) => {
            let (now, was) = (e.now.name(), e.was.name());
            format!("attempt {}: {now}, not {was}; would have changed {}", e.attempt, join(&e.flips))
        }
        Event::PracticeTestActivated(e) => {
            format!("{} for {}, until {}", e.test, e.candidate, plain(e.ends_at))
        }
        Event::LibraryUnlocked(e) => format!("open to {}", e.candidate),
        Event::SubscriptionStarted(e) => format!("in use by {}", e.candidate),
        Event::AttemptBooked(e) => format!("{} on {}", e.exam, plain(e.sit_at)),
        Event::AttemptMoved(e) => format!("moved to {}", plain(e.sit_at)),
        Event::AttemptCancelled(_) => "cancelled".to_owned(),
        Event::AttemptConcluded(e) => format!("{}, sat {}", e.result.name(), plain(e.sat_at)),
        Event::AttemptCorrected(e) => format!("{} after all", e.result.name()),
        Event::AttemptRefused(e) => format!("refused on voucher {}.{}", e.entitlement, e.unit),
        _ => String::new(),
    }
}

fn when(lead: &str, at: Option<Timestamp>) -> String {
    at.map_or_else(String::new, |at| format!("{lead}{}", plain(at)))
}

fn verdict(verdict: &RetakeVerdict) -> String {
    match verdict {
        RetakeVerdict::Granted => "earns a retake".to_owned(),
        RetakeVerdict::NoneLeft => "no retake is left".to_owned(),
        RetakeVerdict::NoTime { ended_at, clause } => {
            format!("no time for a retake: it ended {} ({clause})", plain(*ended_at))
        }
        RetakeVerdict::NotPaid => "no retake: the exam was not paid".to_owned(),
        RetakeVerdict::Revoked => "no retake: the right was revoked".to_owned(),
    }
}

fn fate(fate: &AttemptFate) -> String {
    match fate {
        AttemptFate::Forfeited => "the attempt is lost".to_owned(),
        AttemptFate::GivenBack => "the attempt is given back".to_owned(),
        AttemptFate::Failed(retake) => format!("counts as a fail; {}", verdict(retake)),
    }
}

/// What goodwill gives, in words.
pub(crate) fn gift(gift: &Gift) -> String {
    match gift {
        Gift::ExtraAttempt => "an extra attempt".to_owned(),
        Gift::LongerTerm { last_day } => format!("a longer term, to {last_day}"),
        Gift::Waiver { rule, candidate: None } => format!("a waiver of {rule}"),
        Gift::Waiver { rule, candidate: Some(candidate) } => format!("a waiver of {rule} for {candidate}"),
    }
}

fn reason(reason: RevokeReason) -> &'static str {
    match reason {
        RevokeReason::Refund => "refund",
        RevokeReason::Chargeback => "chargeback",
        RevokeReason::Fraud => "fraud",
        RevokeReason::Withdrawn => "withdrawn",
    }
}

/// A number of things.
pub(crate) fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
