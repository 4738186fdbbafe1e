//! The second layer of law: a programme's rules for a person, over all vouchers.

use super::ask::{Outcome, Voucher};
use super::book::{Attempt, Book, Fate};
use super::day::{Millis, Period, later};
use super::ends::{over, wait_before};
use super::judge::No;
use super::terms::{Counted, Lock, Offer, Policy, Wait};

/// What an attempt is for a policy: what kind, when, and whether it was passed.
struct Own {
    kind: &'static str,
    at: Millis,
    passed: bool,
    open: bool,
}

impl Book {
    /// The policy that a programme has.
    fn policy(&self, programme: &str) -> Option<&Policy> {
        self.versions
            .iter()
            .filter(|offer| offer.programme == Some(programme))
            .find_map(|offer| offer.policy.as_ref())
    }

    /// Asks a programme's policy about a registration that was made at `booked`.
    pub(crate) fn ask_policy(
        &self,
        voucher: Voucher,
        (candidate, exam): (&str, &str),
        (sit, booked): (Millis, Millis),
        no: &mut No,
    ) {
        let Some(programme) = self.offer(voucher.order).programme else { return };
        let Some(policy) = self.policy(programme) else { return };
        let mut own = self.own((candidate, exam), booked);
        let lock = own.iter().filter(|one| one.passed && one.at <= booked).map(|one| one.at).max();
        let passed_for = |at: Millis, period: Period| {
            let wait = Wait { period, counted: Counted::CalendarDays, limits_sit: true };
            sit < over(policy.zone, wait, at)
        };
        let locked = lock.is_some_and(|at| match policy.lock {
            Lock::None => false,
            Lock::ForEver => true,
            Lock::For(period) => passed_for(at, period),
        });
        no.when(locked, &["policy-pass-lock"]);
        own.retain(|one| policy.counts.contains(&one.kind));
        own.sort_by_key(|one| one.at);
        // The ladder starts again behind a pass, where the file does not say otherwise.
        let ladder: Vec<&Own> = own.iter().filter(|one| lock.is_none_or(|passed| passed < one.at)).collect();
        let before = ladder.iter().filter(|one| one.at <= sit).count();
        if let Some(last) = ladder[..before].last()
            && let Some(wait) = wait_before(&policy.waits, before + 1)
        {
            let until = over(policy.zone, wait, last.at);
            no.when(if wait.limits_sit { sit < until } else { booked < until }, &["policy-wait"]);
        }
        // What is sat later has a wait behind this one.
        if let Some(next) = ladder.get(before)
            && let Some(wait) = wait_before(&policy.waits, before + 2)
        {
            no.when(next.open && next.at < over(policy.zone, wait, sit), &["policy-wait"]);
        }
        let mut times: Vec<Millis> = own.iter().map(|one| one.at).chain([sit]).collect();
        times.sort_unstable();
        for (max, window, first) in &policy.caps {
            let most = if *first {
                in_windows(policy.zone, &times, *window, sit)
            } else {
                rolling(policy.zone, &times, *window, sit)
            };
            no.when(most > *max, &["policy-cap"]);
        }
    }

    /// A person's attempts at an exam over all vouchers, as they were at a time.
    fn own(&self, (candidate, exam): (&str, &str), at: Millis) -> Vec<Own> {
        let mut all = Vec::new();
        for voucher in self.vouchers() {
            let offer = self.offer(voucher.order);
            if offer.exam(voucher.unit).is_none() {
                continue;
            }
            // What was registered since is no matter of a registration that was made before.
            let known = self.attempts(voucher, at).into_iter();
            let mine = known.filter(|one| one.candidate == candidate && one.exam == exam);
            all.extend(mine.filter_map(|one| own(&one, offer)));
        }
        all
    }
}

/// How many attempts there are in the window that has this time; a window begins with the first attempt outside the one before.
fn in_windows(zone: &str, times: &[Millis], window: Period, at: Millis) -> usize {
    let mut from = times[0];
    for time in times {
        if later(zone, from, window) <= *time {
            from = *time;
        }
        if *time == at {
            break;
        }
    }
    times.iter().filter(|time| from <= **time && **time < later(zone, from, window)).count()
}

/// The most attempts that lie in a rolling window with this time.
fn rolling(zone: &str, times: &[Millis], window: Period, at: Millis) -> usize {
    let behind = |from: Millis| {
        times.iter().filter(|time| from <= **time && **time < later(zone, from, window)).count()
    };
    times
        .iter()
        .filter(|from| **from <= at && at < later(zone, **from, window))
        .map(|from| behind(*from))
        .max()
        .unwrap_or(0)
}

fn own(attempt: &Attempt, offer: &Offer) -> Option<Own> {
    if let Some((outcome, at)) = attempt.result {
        let kind = match outcome {
            Outcome::Pass | Outcome::Fail => "sat",
            Outcome::Missed => "no-show",
            Outcome::TechnicalFault => "technical-fault",
            Outcome::Invalidated => "invalidated",
        };
        return Some(Own { kind, at, passed: outcome == Outcome::Pass, open: false });
    }
    match attempt.cancelled {
        None if attempt.fate(offer) == Fate::Open => {
            Some(Own { kind: "sat", at: attempt.sit(), passed: false, open: true })
        }
        Some((at, false)) if super::ends::is_late(offer, at, attempt.sit()) => {
            Some(Own { kind: "late-cancel", at: attempt.sit(), passed: false, open: false })
        }
        _ => None,
    }
}
