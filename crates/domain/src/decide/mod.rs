//! The rules: what a command does, or why not. One file for each command.
//!
//! Rules are judged in the order of [`crate::Rule::ALL`] as far as one command asks them; the first that fails answers.

mod activate;
mod agreement;
mod announce;
mod assign;
mod buy;
mod cancel;
mod catalogue;
mod clock;
mod consequences;
mod correct;
mod delivery;
mod expire;
mod fit;
mod gathered;
mod goodwill;
mod ground;
mod issue;
mod known;
mod offers;
mod on_unit;
mod order_term;
mod policy;
mod programme;
mod proposal;
mod proration;
mod reinstate;
mod remedy;
mod repeat;
mod replace_code;
mod reschedule;
mod result;
mod retake;
mod revoke;
mod schedule;
mod share_out;
mod take_back_share;
mod use_by_buyer;
mod zones;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod testing_words;

#[cfg(test)]
mod activate_tests;
#[cfg(test)]
mod agreement_tests;
#[cfg(test)]
mod cancel_tests;
#[cfg(test)]
mod cited_tests;
#[cfg(test)]
mod clock_tests;
#[cfg(test)]
mod co_term_tests;
#[cfg(test)]
mod code_tests;
#[cfg(test)]
mod confluence_ground_tests;
#[cfg(test)]
mod confluence_tests;
#[cfg(test)]
mod correct_tests;
#[cfg(test)]
mod delivery_tests;
#[cfg(test)]
mod expire_tests;
#[cfg(test)]
mod extension_tests;
#[cfg(test)]
mod fit_tests;
#[cfg(test)]
mod goodwill_tests;
#[cfg(test)]
mod governing_tests;
#[cfg(test)]
mod ground_tests;
#[cfg(test)]
mod impact_tests;
#[cfg(test)]
mod issue_tests;
#[cfg(test)]
mod notices_tests;
#[cfg(test)]
mod offers_tests;
#[cfg(test)]
mod order_of_report_tests;
#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod pack_tests;
#[cfg(test)]
mod policy_counting_tests;
#[cfg(test)]
mod policy_promise_tests;
#[cfg(test)]
mod policy_tests;
#[cfg(test)]
mod programme_tests;
#[cfg(test)]
mod proposal_tests;
#[cfg(test)]
mod reinstate_tests;
#[cfg(test)]
mod remedies_tests;
#[cfg(test)]
mod result_tests;
#[cfg(test)]
mod retake_tests;
#[cfg(test)]
mod revoke_tests;
#[cfg(test)]
mod schedule_tests;
#[cfg(test)]
mod second_reading_tests;
#[cfg(test)]
mod share_tests;
#[cfg(test)]
mod sold_tests;
#[cfg(test)]
mod waiver_tests;
#[cfg(test)]
mod zones_tests;

pub use consequences::{BrokenRegistration, DECISIONS_JUDGED_MAX, VOUCHERS_LOOKED_AT_MAX};
pub use gathered::Gathered;
pub use known::Known;
use on_unit::OnUnit;

use crate::{Command, Event, Judge, Refusal, Stream, Timestamp};

/// What a command does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// Facts, each on its stream, in order.
    pub events: Vec<Placed>,
    /// What the giver of the command should know; the answer is yes all the same.
    pub warnings: Vec<Warning>,
}

/// A fact on its stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The stream.
    pub stream: Stream,
    /// When it happened.
    pub happened_at: Timestamp,
    /// The fact.
    pub event: Event,
}

/// Something that is permitted and may disappoint.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Warning {
    /// The clause it is about.
    pub clause: String,
    /// What to know.
    pub text: String,
}

impl Decision {
    fn put(&mut self, stream: Stream, happened_at: Timestamp, event: impl Into<Event>) {
        self.events.push(Placed { stream, happened_at, event: event.into() });
    }

    fn warn(&mut self, clause: impl Into<String>, text: impl Into<String>) {
        self.warnings.push(Warning { clause: clause.into(), text: text.into() });
    }
}

impl Known {
    /// Judges a command by what is known now. Reads no clock: `at` comes with the call.
    ///
    /// # Errors
    ///
    /// The first rule that fails, with its facts and the way out.
    pub fn decide(&self, command: &Command, at: Timestamp, judge: &mut Judge) -> Result<Decision, Refusal> {
        let decision = match command {
            Command::PublishOffer(c) => self.publish_offer(c, at, judge),
            Command::ExtendOffer(c) => self.extend_offer(c, at, judge),
            Command::WithdrawOffer(c) => self.withdraw_offer(c, at, judge),
            Command::MigrateProvider(c) => self.migrate_provider(c, at, judge),
            Command::DefineExam(c) => self.define_exam(c, at, judge),
            Command::DefinePracticeTest(c) => self.define_practice_test(c, at, judge),
            Command::PublishCalendar(c) => self.publish_calendar(c, at, judge),
            Command::PublishPolicy(c) => self.publish_policy(c, at, judge),
            Command::PublishZoneRules(c) => self.publish_zone_rules(c, at, judge),
            Command::OpenAgreement(c) => self.open_agreement(c, at, judge),
            Command::AmendAgreement(c) => self.amend_agreement(c, at, judge),
            Command::Issue(c) => self.issue(c, at, judge),
            Command::Assign(c) => self.assign(c, at, judge),
            Command::Unassign(_) => self.unassign(at, judge),
            Command::ShareOut(c) => self.share_out(c, at, judge),
            Command::TakeBackShare(c) => self.take_back_share(c, at, judge),
            Command::Schedule(c) => self.schedule(c, at, judge),
            Command::Reschedule(c) => self.reschedule(c, at, judge),
            Command::Cancel(c) => self.cancel(c, at, judge),
            Command::RecordResult(c) => self.record_result(c, at, judge),
            Command::CorrectResult(c) => self.correct_result(c, at, judge),
            Command::Activate(c) => self.activate(c, at, judge),
            Command::ReplaceCode(_) => self.replace_code(at, judge),
            Command::Revoke(c) => self.revoke(c, at, judge),
            Command::Extend(c) => self.extend(c, at, judge),
            Command::ApproveGoodwill(c) => self.approve_goodwill(c, at, judge),
            Command::DeclineGoodwill(c) => self.decline_goodwill(c, at, judge),
            Command::Reinstate(c) => self.reinstate(c, at, judge),
            Command::RecordStep(c) => self.record_step(c, at, judge),
            Command::Expire(_) => self.expire(at, judge),
            Command::ConfirmClock(c) => Ok(self.confirm_clock(c, at)),
            Command::CorrectTime(c) => self.correct_time(c, at, judge),
        }?;
        self.confirms_impact(judge)?;
        Ok(decision)
    }
}
