//! A programme's retake policy: how it is published, and which version of it judges (rulings 18 and 19).

use super::{Decision, Known, OnUnit};
use crate::entitlement::Suppose;
use crate::event::PolicyPublished;
use crate::terms::{OfferFile, PolicyInForce};
use crate::{
    Issue, Judge, Law, Policy, PolicyVersions, PublishOffer, PublishPolicy, Refusal, Right, Rule, Stream,
    Timestamp,
};

impl Known {
    pub(super) fn publish_policy(
        &self,
        c: &PublishPolicy,
        at: Timestamp,
        judge: &mut Judge,
    ) -> Result<Decision, Refusal> {
        let read = Policy::parse_new(&c.source);
        let named = read.as_ref().map(|policy| policy.programme.clone()).map_err(ToString::to_string);
        let policy = judge.found(&Law::LEDGER, Rule::OfferComplete, read.ok(), |d| match named {
            Ok(programme) => d.fact("programme", programme),
            Err(open) => d
                .fact("open", open)
                .remedy("say in the policy file what is open; `resit policy check FILE` explains each point"),
        })?;
        let newest = self.policy.as_deref().and_then(PolicyVersions::newest);
        let is_new = newest.is_none_or(|newest| {
            let days = |policy: &Policy| (policy.first_day, policy.last_day);
            !policy.differences(newest).is_empty() || days(&policy) != days(newest)
        });
        judge.rule(&Law::LEDGER, Rule::NewVersion, is_new, |d| {
            d.fact("policy", policy.hash)
                .fact_or("newest", newest.map(|newest| newest.hash), "none")
                .remedy("nothing to do: the programme's newest policy says the same for the same days")
        })?;
        let mut decision = Decision::default();
        let published = PolicyPublished { source: c.source.clone(), hash: policy.hash };
        decision.put(Stream::Policy(policy.programme.clone()), at, published);
        self.put_missing_zone_rules([policy.zone], at, &mut decision);
        if let Some(last) = policy.last_day.filter(|last| *last < self.zone_clock(policy.zone).civil_date(at))
        {
            decision.warn("R19", format!("its last day, {last}, has passed: nothing will be judged by it"));
        }
        Ok(decision)
    }

    /// What publishing an offer means for its programme's policy: the first one is published with it, and none is ever replaced.
    pub(super) fn policy_of_offer(
        &self,
        c: &PublishOffer,
        file: &OfferFile,
        at: Timestamp,
        decision: &mut Decision,
    ) {
        let in_force = self.policy.as_deref().and_then(|versions| versions.in_force_at(&self.zones, at));
        match (&file.policy, self.policy.as_deref()) {
            (Some(first), None) => decision.put(
                Stream::Policy(first.programme.clone()),
                at,
                PolicyPublished { source: c.source.clone(), hash: file.terms.hash },
            ),
            (Some(other), Some(_)) => {
                if let Some(text) = kept(other, in_force) {
                    decision.warn("R19", text);
                }
            }
            (None, _) => {}
        }
        let holds = if self.policy.as_deref().is_some() { in_force } else { file.policy.as_ref() };
        for (policy, text) in holds.into_iter().flat_map(|policy| {
            policy.unkept_promises(&file.terms).into_iter().map(move |text| (policy, text))
        }) {
            decision.warn(policy.law().clause(Rule::PolicyWait), text);
        }
    }

    /// Warns of what the programme's policy keeps the named holder from: the first sitting of the exam, or the retake after it.
    pub(super) fn warn_holder(&self, c: &Issue, right: &Right<'_>, at: Timestamp, decision: &mut Decision) {
        let (Some(holder), Some(exam)) = (&c.holder, &c.exam) else { return };
        let policy = self.policy.as_deref().and_then(|versions| versions.in_force_at(&self.zones, at));
        let Some(policy) = policy else { return };
        let record = self.record(policy, exam);
        let from = right.begins_at().resolution.at().map_or(at, |begins_at| begins_at.max(at));
        let unlocked = record.unlocks().map_or(from, |unlocks| unlocks.max(from));
        let first = (unlocked < Timestamp::MAX).then(|| record.first_permitted(unlocked)).flatten();
        let Some(first) = first else {
            let rule = if unlocked < Timestamp::MAX { Rule::PolicyCap } else { Rule::PolicyPassLock };
            let text = format!("the programme gives {holder} no further sitting of {exam}");
            return decision.warn(policy.law().clause(rule), text);
        };
        let suppose = Suppose { assigned_at: Some(at), first_scheduled_at: Some(at), ..Suppose::default() };
        let ends_at = right.deadline(Rule::SitBy, suppose).map(|end| end.at);
        if let Some(ends_at) = ends_at.filter(|ends_at| *ends_at <= first) {
            let rule = if from < unlocked { Rule::PolicyPassLock } else { Rule::PolicyWait };
            let text = format!(
                "the programme permits {holder} the next sitting of {exam} at {first}, and the voucher must be used \
                 before {ends_at}"
            );
            return decision.warn(policy.law().clause(rule), text);
        }
        let next = record.with_fail(first).first_permitted(first);
        if let Some(text) = right.retake_behind_policy(1, first, next) {
            decision.warn(policy.law().clause(Rule::PolicyWait), text);
        }
    }
}

impl<'a> OnUnit<'a> {
    /// The programme's policy by which something done at `done_at` is judged; none if none was in force.
    pub(super) fn policy_at(&self, done_at: Timestamp) -> Option<&'a Policy> {
        let at = match self.terms.rulings.policy_in_force {
            PolicyInForce::Purchase => self.issued.issued_at,
            PolicyInForce::Deed => done_at,
        };
        self.known.policy.as_deref()?.in_force_at(&self.known.zones, at)
    }
}

/// That the policy of an offer's file is not published, if it says otherwise than the one in force.
fn kept(other: &Policy, in_force: Option<&Policy>) -> Option<String> {
    const WAY: &str = "publish it on its own with `resit policy publish FILE`, and take the [policy] table out of the offer's file";
    let programme = &other.programme;
    let Some(in_force) = in_force else {
        return Some(format!(
            "the file's [policy] is not published: {programme} has policies of its own, none of which holds today; {WAY}"
        ));
    };
    let differences = other.differences(in_force);
    (!differences.is_empty()).then(|| {
        format!(
            "the file's [policy] is not published: it differs in {} from the policy of {programme} in force ({}), which goes \
             on; {WAY}",
            differences.join(", "),
            in_force.hash
        )
    })
}
