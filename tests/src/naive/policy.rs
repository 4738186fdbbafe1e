//! The second layer of law: what the programme asks of a person, across all vouchers.

use super::calendar::{self, Millis, Period};
use super::checks::Checks;
use super::facts::{End, Model, Try};
use super::schedule::Booking;
use super::terms::{Cap, Lock, step};
use super::words::{Counts, Outcome, SameExam, Waits, Window};

impl Model {
    /// Asks the programme's rules. A registration that moves is itself left out.
    pub(super) fn ask_policy(
        &self,
        checks: &mut Checks,
        booking: Booking,
        beta: bool,
        moved: Option<(usize, u16, usize)>,
    ) {
        let Some(policy) = &self.policy else { return };
        // It came with the offer's first version, and judges what was done since.
        if booking.booked_at < self.versions[0].0 {
            return;
        }
        let own = self.tries_of(booking, moved);
        let passes = own.iter().filter_map(|one| match one.end {
            End::Sat { outcome: Outcome::Pass, sat_at, .. } => Some(sat_at),
            _ => None,
        });
        let passes: Vec<Millis> = passes.collect();
        let passed_at = passes.iter().max().copied();
        // What was sat before the last pass is not locked by it.
        let before = passed_at.is_some_and(|passed_at| booking.sit_at < passed_at);
        let locked = !before
            && passes.into_iter().any(|sat_at| match policy.lock {
                Lock::None => false,
                Lock::ForEver => true,
                Lock::For(period) => booking.sit_at < self.later(sat_at, period),
            });
        checks.ask("policy-pass-lock", !locked);
        let mut counted: Vec<Millis> = own.iter().filter_map(|one| self.counts(one)).collect();
        counted.sort_unstable();
        let sat_beta = own.iter().any(|one| self.counts(one).is_some());
        checks.ask("policy-beta-once", !(policy.beta_once && beta && sat_beta));
        checks.ask("policy-cap", policy.caps.iter().all(|cap| self.under(*cap, &counted, booking.sit_at)));
        // A pass ends the row of attempts: waits are counted anew behind it.
        let since = passed_at.unwrap_or(Millis::MIN);
        let row = |at: &&Millis| since < **at && **at <= booking.sit_at;
        let number = counted.iter().filter(row).count() + 1;
        let over = counted.iter().rfind(row).zip(step(&policy.waits, number)).is_none_or(|(&last, wait)| {
            let until = calendar::wait_is_over(wait.period, wait.counted, last, policy.zone);
            until <= if wait.limits == Waits::Sit { booking.sit_at } else { booking.booked_at }
        });
        checks.ask("policy-wait", over);
        // One that is registered already, for later, keeps its own wait.
        let next = own.iter().filter(|one| one.end == End::Open && booking.sit_at < one.sit_at);
        let next = next.filter_map(|one| self.counts(one)).min();
        let leaves = next.zip(step(&policy.waits, number + 1)).is_none_or(|(next, wait)| {
            calendar::wait_is_over(wait.period, wait.counted, booking.sit_at, policy.zone) <= next
        });
        checks.ask("policy-wait", leaves);
    }

    fn tries_of(&self, booking: Booking, moved: Option<(usize, u16, usize)>) -> Vec<Try> {
        let policy = self.policy.as_ref().expect("asked under a policy");
        let same = |one: &Try| match policy.same_exam {
            SameExam::Exact => one.exam == booking.exam,
            SameExam::OrSuccessor => {
                one.exam == booking.exam
                    || self.succeeds(booking.exam, one.exam)
                    || self.succeeds(one.exam, booking.exam)
            }
            SameExam::AnyEligible => true,
        };
        let mut own = Vec::new();
        for (order, no) in self.all_units() {
            for (index, one) in self.unit(order, no).tries.iter().enumerate() {
                if one.candidate == booking.candidate && same(one) && moved != Some((order, no, index)) {
                    own.push(one.clone());
                }
            }
        }
        own
    }

    /// When an attempt was, if it counts.
    fn counts(&self, one: &Try) -> Option<Millis> {
        let counts = &self.policy.as_ref().expect("asked under a policy").counts;
        let (what, at) = match one.end {
            End::Open => (Counts::Sat, one.sit_at),
            End::Cancelled { late: false, .. } => return None,
            End::Cancelled { late: true, .. } => (Counts::LateCancel, one.sit_at),
            End::Sat { outcome, sat_at, .. } => {
                let what = match outcome {
                    Outcome::Pass | Outcome::Fail => Counts::Sat,
                    Outcome::Missed => Counts::NoShow,
                    Outcome::TechnicalFault => Counts::TechnicalFault,
                    Outcome::Invalidated => Counts::Invalidated,
                };
                (what, sat_at)
            }
        };
        counts.contains(&what).then_some(at)
    }

    /// Whether every window that a sitting falls into stays under the cap with it.
    fn under(&self, cap: Cap, counted: &[Millis], sit_at: Millis) -> bool {
        let mut all: Vec<Millis> = counted.to_vec();
        all.push(sit_at);
        all.sort_unstable();
        let windows: Vec<Vec<Millis>> = match cap.from {
            Window::Rolling => all
                .iter()
                .map(|&last| {
                    all.iter()
                        .copied()
                        .filter(|&at| at <= last && last < self.later(at, cap.window))
                        .collect()
                })
                .collect(),
            Window::FirstAttempt => {
                let mut windows: Vec<Vec<Millis>> = Vec::new();
                for &at in &all {
                    match windows.last_mut().filter(|window| at < self.later(window[0], cap.window)) {
                        Some(window) => window.push(at),
                        None => windows.push(vec![at]),
                    }
                }
                windows
            }
        };
        windows
            .iter()
            .filter(|window| window.contains(&sit_at))
            .all(|window| window.len() <= usize::from(cap.max))
    }

    /// The instant at which a period behind `at` is over, by the policy's days.
    fn later(&self, at: Millis, period: Period) -> Millis {
        let zone = self.policy.as_ref().expect("asked under a policy").zone;
        match period.exact() {
            Some(length) => at + length,
            None => calendar::start_of(zone, period.from_day(calendar::day_of(zone, at), 1)),
        }
    }
}
