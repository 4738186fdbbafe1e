//! Whom a voucher is meant for, and which branch it belongs to.

use resit_domain::{
    Assign as AssignTo, BranchId, CandidateId, Command, ShareOut as ShareOutTo, TakeBackShare as GiveBack,
    Unassign as TakeBack,
};

use super::{Scene, Verb, also};
use crate::fault::Fault;
use crate::voucher::{UnitRef, Voucher};
use crate::words::Words;

#[derive(Debug)]
struct Assign {
    voucher: Voucher,
    candidate: CandidateId,
    branch: Option<BranchId>,
}

/// `A to=anna [branch=b]`
pub(super) fn assign(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let voucher = Voucher::read(&words.need("the voucher, like A")?)?;
    let pairs = words.pairs(&["to", "branch"])?;
    Ok(Box::new(Assign { voucher, candidate: pairs.need("to")?, branch: pairs.get("branch")? }))
}

impl Verb for Assign {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.voucher)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        let (candidate, branch) = (self.candidate.clone(), self.branch.clone());
        Ok(AssignTo { voucher: scene.voucher()?, candidate, branch }.into())
    }

    fn words(&self) -> String {
        let mut words = format!("assign {} to {}", self.voucher, self.candidate);
        also(&mut words, ", by branch ", self.branch.as_ref());
        words
    }
}

#[derive(Debug)]
struct Unassign(Voucher);

/// `A`
pub(super) fn unassign(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    Ok(Box::new(Unassign(Voucher::read(&words.need("the voucher, like A")?)?)))
}

impl Verb for Unassign {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.0)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        Ok(TakeBack { voucher: scene.voucher()? }.into())
    }

    fn words(&self) -> String {
        format!("take the assignment of {} back", self.0)
    }
}

#[derive(Debug)]
struct ShareOut {
    pack: Voucher,
    branch: BranchId,
    count: u16,
}

/// `A to=north count=3`
pub(super) fn share_out(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let pack = Voucher::Unit(UnitRef::read(&words.need("the pack, like A")?)?);
    let pairs = words.pairs(&["to", "count"])?;
    Ok(Box::new(ShareOut { pack, branch: pairs.need("to")?, count: pairs.need_word("count")?.count()? }))
}

impl Verb for ShareOut {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.pack)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        let (branch, count) = (self.branch.clone(), self.count);
        Ok(ShareOutTo { entitlement: scene.entitlement()?, branch, count }.into())
    }

    fn words(&self) -> String {
        format!("share {} vouchers of {} out to {}", self.count, self.pack, self.branch)
    }
}

#[derive(Debug)]
struct TakeBackShare {
    pack: Voucher,
    branch: BranchId,
    count: u16,
}

/// `A from=north count=3`
pub(super) fn take_back_share(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let pack = Voucher::Unit(UnitRef::read(&words.need("the pack, like A")?)?);
    let pairs = words.pairs(&["from", "count"])?;
    let (branch, count) = (pairs.need("from")?, pairs.need_word("count")?.count()?);
    Ok(Box::new(TakeBackShare { pack, branch, count }))
}

impl Verb for TakeBackShare {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.pack)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        let (branch, count) = (self.branch.clone(), self.count);
        Ok(GiveBack { entitlement: scene.entitlement()?, branch, count }.into())
    }

    fn words(&self) -> String {
        format!("take {} vouchers of {} back from {}", self.count, self.pack, self.branch)
    }
}
