//! What else becomes of a voucher: activated, replaced, taken back, given more, delivered, expired.

use resit_domain::{
    Activate as Use, BranchId, CandidateId, Command, Expire as End, PracticeTestId, ProviderId, RecordStep,
    Reinstate as GiveAgain, ReinstateReason, ReplaceCode as NewCode, Revoke as TakeBack, RevokeReason,
    Timestamp,
};

use super::{Scene, Verb, also, one_of};
use crate::fault::Fault;
use crate::time;
use crate::voucher::{UnitRef, Voucher};
use crate::words::Words;

fn bought(words: &mut Words<'_>) -> Result<Voucher, Fault> {
    Ok(Voucher::Unit(UnitRef::read(&words.need("what was bought, like A")?)?))
}

#[derive(Debug)]
struct Activate {
    voucher: Voucher,
    candidate: CandidateId,
    test: Option<PracticeTestId>,
    branch: Option<BranchId>,
    provider: Option<ProviderId>,
    activated_at: Option<Timestamp>,
}

/// `A.2 by=anna [test=PT-1] [branch=north] [provider=p] [activated=T]`
pub(super) fn activate(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let voucher = Voucher::read(&words.need("the voucher, like A.2")?)?;
    let pairs = words.pairs(&["by", "test", "branch", "provider", "activated"])?;
    Ok(Box::new(Activate {
        voucher,
        candidate: pairs.need("by")?,
        test: pairs.get("test")?,
        branch: pairs.get("branch")?,
        provider: pairs.get("provider")?,
        activated_at: pairs.word("activated").map(|word| time::instant(&word)).transpose()?,
    }))
}

impl Verb for Activate {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.voucher)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        let (candidate, test, branch) = (self.candidate.clone(), self.test.clone(), self.branch.clone());
        let (provider, activated_at) = (self.provider.clone(), self.activated_at);
        Ok(Use { voucher: scene.voucher()?, candidate, test, branch, provider, activated_at }.into())
    }

    fn words(&self) -> String {
        let mut words = format!("activate {} for {}", self.voucher, self.candidate);
        also(&mut words, ": ", self.test.as_ref());
        also(&mut words, ", on ", self.activated_at.map(time::plain));
        words
    }
}

#[derive(Debug)]
struct ReplaceCode(Voucher);

/// `A`
pub(super) fn replace_code(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    Ok(Box::new(ReplaceCode(Voucher::read(&words.need("the voucher, like A")?)?)))
}

impl Verb for ReplaceCode {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.0)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        Ok(NewCode { voucher: scene.voucher()? }.into())
    }

    fn words(&self) -> String {
        format!("replace the lost code of {}", self.0)
    }
}

#[derive(Debug)]
struct Revoke {
    bought: Voucher,
    reason: RevokeReason,
    name: String,
}

/// `A reason=refund|chargeback|fraud|withdrawn`
pub(super) fn revoke(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    const REASONS: &[(&str, RevokeReason)] = &[
        ("refund", RevokeReason::Refund),
        ("chargeback", RevokeReason::Chargeback),
        ("fraud", RevokeReason::Fraud),
        ("withdrawn", RevokeReason::Withdrawn),
    ];
    let bought = bought(words)?;
    let word = words.pairs(&["reason"])?.need_word("reason")?;
    Ok(Box::new(Revoke { bought, reason: one_of(&word, "reason", REASONS)?, name: word.text.to_owned() }))
}

impl Verb for Revoke {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.bought)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        Ok(TakeBack { entitlement: scene.entitlement()?, reason: self.reason }.into())
    }

    fn words(&self) -> String {
        format!("take {} back: {}", self.bought, self.name)
    }
}

#[derive(Debug)]
struct Reinstate(Voucher);

/// `A reason=dispute-won`
pub(super) fn reinstate(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    const REASONS: &[(&str, ReinstateReason)] = &[("dispute-won", ReinstateReason::DisputeWon)];
    let bought = bought(words)?;
    let ReinstateReason::DisputeWon =
        one_of(&words.pairs(&["reason"])?.need_word("reason")?, "reason", REASONS)?;
    Ok(Box::new(Reinstate(bought)))
}

impl Verb for Reinstate {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.0)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        let (entitlement, reason) = (scene.entitlement()?, ReinstateReason::DisputeWon);
        Ok(GiveAgain { entitlement, reason }.into())
    }

    fn words(&self) -> String {
        format!("give {} again: the dispute over its chargeback was won", self.0)
    }
}

#[derive(Debug)]
struct Step {
    bought: Voucher,
    name: String,
    taken_at: Option<Timestamp>,
}

/// `A codes-sent [taken=T]`
pub(super) fn step(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let bought = bought(words)?;
    let step = words.need("the step, like codes-sent")?;
    if step.text.contains('=') {
        return Err(step.fault("names no step; write one like codes-sent before any setting"));
    }
    let taken_at = words.pairs(&["taken"])?.word("taken").map(|word| time::instant(&word)).transpose()?;
    Ok(Box::new(Step { bought, name: step.text.to_owned(), taken_at }))
}

impl Verb for Step {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.bought)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        let (step, taken_at) = (self.name.clone(), self.taken_at);
        Ok(RecordStep { entitlement: scene.entitlement()?, step, taken_at }.into())
    }

    fn words(&self) -> String {
        let mut words = format!("record a step in the delivery of {}: {}", self.bought, self.name);
        also(&mut words, ", taken ", self.taken_at.map(time::plain));
        words
    }
}

#[derive(Debug)]
struct Expire(Voucher);

/// `A`
pub(super) fn expire(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    Ok(Box::new(Expire(bought(words)?)))
}

impl Verb for Expire {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.0)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        Ok(End { entitlement: scene.entitlement()? }.into())
    }

    fn words(&self) -> String {
        format!("record what of {} has ended", self.0)
    }
}
