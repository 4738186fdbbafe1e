//! Goodwill: an extra attempt, a longer term, a waiver.

use resit_domain::{
    Actor, ApproveGoodwill, CandidateId, Command, CommandId, DeclineGoodwill, Extend as GiveMore, Gift,
};

use super::{Scene, Verb, also};
use crate::fault::Fault;
use crate::time;
use crate::voucher::Voucher;
use crate::words::{Pairs, Words};

#[derive(Debug)]
struct Extend {
    voucher: Voucher,
    gift: Gift,
    reason: String,
    approver: Option<Actor>,
    dispute: Option<CommandId>,
}

/// `A extra-attempt|longer-term=DATE|waiver=RULE [for=CANDIDATE] reason=R [approver=P] [dispute=ID]`
pub(super) fn extend(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    const KEYS: &[&str] =
        &["extra-attempt!", "longer-term", "waiver", "for", "reason", "approver", "dispute"];
    let voucher = Voucher::read(&words.need("the voucher, like A")?)?;
    let pairs = words.pairs(KEYS)?;
    let one = "one gift: extra-attempt, longer-term= or waiver=";
    let gift = gift(&pairs)?.ok_or_else(|| words.missing(one))?;
    Ok(Box::new(Extend {
        voucher,
        gift,
        reason: pairs.need_word("reason")?.text.to_owned(),
        approver: pairs.get("approver")?,
        dispute: pairs.get("dispute")?,
    }))
}

fn gift(pairs: &Pairs<'_>) -> Result<Option<Gift>, Fault> {
    let candidate: Option<CandidateId> = pairs.get("for")?;
    match (pairs.flag("extra-attempt"), pairs.word("longer-term"), pairs.word("waiver")) {
        (true, None, None) => Ok(Some(Gift::ExtraAttempt)),
        (false, Some(word), None) => Ok(Some(Gift::LongerTerm { last_day: time::day(&word)? })),
        (false, None, Some(word)) => Ok(Some(Gift::Waiver { rule: word.read()?, candidate })),
        _ => Ok(None),
    }
}

impl Verb for Extend {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.voucher)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        let more = GiveMore {
            voucher: scene.voucher()?,
            gift: self.gift.clone(),
            reason: self.reason.clone(),
            approver: self.approver.clone(),
            dispute: self.dispute.clone(),
        };
        Ok(more.into())
    }

    fn words(&self) -> String {
        let gift = crate::facts::gift(&self.gift);
        let mut words = format!("give {} {gift}, for {}", self.voucher, self.reason);
        also(&mut words, ", approved by ", self.approver.as_ref());
        words
    }
}

#[derive(Debug)]
struct Settle {
    voucher: Voucher,
    proposal: u16,
    approves: bool,
}

/// `A PROPOSAL`
pub(super) fn approve(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    settle(words, true)
}

/// `A PROPOSAL`
pub(super) fn decline(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    settle(words, false)
}

fn settle(words: &mut Words<'_>, approves: bool) -> Result<Box<dyn Verb>, Fault> {
    let voucher = Voucher::read(&words.need("the voucher, like A")?)?;
    let proposal = words.need("the proposal's number, like 1")?.count()?;
    Ok(Box::new(Settle { voucher, proposal, approves }))
}

impl Verb for Settle {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.voucher)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        let (voucher, proposal) = (scene.voucher()?, self.proposal);
        Ok(if self.approves {
            ApproveGoodwill { voucher, proposal }.into()
        } else {
            DeclineGoodwill { voucher, proposal, reason: None }.into()
        })
    }

    fn words(&self) -> String {
        let verb = if self.approves { "approve" } else { "decline" };
        format!("{verb} proposal {} for {}", self.proposal, self.voucher)
    }
}
