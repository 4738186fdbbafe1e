//! Registrations: made, moved, cancelled.

use resit_domain::{
    BranchId, Cancel as CancelIt, CancelledBy, CandidateId, Channel, Command, DeliveryMode, ExamCode,
    ProviderId, Region, Reschedule as MoveIt, Schedule as Register, Timestamp,
};

use super::{Scene, Verb, also, one_of};
use crate::fault::Fault;
use crate::time;
use crate::voucher::Voucher;
use crate::words::Words;

const PAID: &[(&str, bool)] = &[("yes", true), ("no", false)];

#[derive(Debug)]
struct Schedule {
    voucher: Voucher,
    candidate: CandidateId,
    exam: ExamCode,
    sit_at: Timestamp,
    booked_at: Option<Timestamp>,
    delivery: Option<DeliveryMode>,
    provider: Option<ProviderId>,
    channel: Option<Channel>,
    region: Option<Region>,
    branch: Option<BranchId>,
    paid: Option<bool>,
}

/// `A by=anna exam=AZ-104 sit=T [delivery=online] [booked=T] [provider=p] [channel=c] [region=r] [branch=b] [paid=yes|no]`
pub(super) fn schedule(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    const KEYS: &[&str] =
        &["by", "exam", "sit", "delivery", "booked", "provider", "channel", "region", "branch", "paid"];
    let voucher = Voucher::read(&words.need("the voucher, like A")?)?;
    let pairs = words.pairs(KEYS)?;
    Ok(Box::new(Schedule {
        voucher,
        candidate: pairs.need("by")?,
        exam: pairs.need("exam")?,
        sit_at: time::instant(&pairs.need_word("sit")?)?,
        booked_at: pairs.word("booked").map(|word| time::instant(&word)).transpose()?,
        delivery: pairs.get("delivery")?,
        provider: pairs.get("provider")?,
        channel: pairs.get("channel")?,
        region: pairs.get("region")?,
        branch: pairs.get("branch")?,
        paid: pairs.word("paid").map(|word| one_of(&word, "answer", PAID)).transpose()?,
    }))
}

impl Verb for Schedule {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.voucher)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        let register = Register {
            voucher: scene.voucher()?,
            candidate: self.candidate.clone(),
            exam: self.exam.clone(),
            sit_at: self.sit_at,
            booked_at: self.booked_at,
            delivery: self.delivery.clone(),
            provider: self.provider.clone(),
            channel: self.channel.clone(),
            region: self.region.clone(),
            branch: self.branch.clone(),
            paid: self.paid,
        };
        Ok(register.into())
    }

    fn words(&self) -> String {
        let Self { voucher, candidate, exam, sit_at, .. } = self;
        let mut words =
            format!("register {candidate} for {exam} on {}, with {voucher}", time::plain(*sit_at));
        also(&mut words, ", ", self.delivery.as_ref());
        also(&mut words, ", by ", self.provider.as_ref());
        also(&mut words, ", booked ", self.booked_at.map(time::plain));
        words
    }
}

#[derive(Debug)]
struct Reschedule {
    voucher: Voucher,
    sit_at: Timestamp,
    moved_at: Option<Timestamp>,
}

/// `A sit=T [moved=T]`
pub(super) fn reschedule(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    let voucher = Voucher::read(&words.need("the voucher, like A")?)?;
    let pairs = words.pairs(&["sit", "moved"])?;
    let sit_at = time::instant(&pairs.need_word("sit")?)?;
    let moved_at = pairs.word("moved").map(|word| time::instant(&word)).transpose()?;
    Ok(Box::new(Reschedule { voucher, sit_at, moved_at }))
}

impl Verb for Reschedule {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.voucher)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        Ok(MoveIt { voucher: scene.voucher()?, sit_at: self.sit_at, moved_at: self.moved_at }.into())
    }

    fn words(&self) -> String {
        let mut words = format!("move the registration of {} to {}", self.voucher, time::plain(self.sit_at));
        also(&mut words, ", moved ", self.moved_at.map(time::plain));
        words
    }
}

#[derive(Debug)]
struct Cancel {
    voucher: Voucher,
    by: CancelledBy,
    cancelled_at: Option<Timestamp>,
}

/// `A [by=provider] [cancelled=T]`
pub(super) fn cancel(words: &mut Words<'_>) -> Result<Box<dyn Verb>, Fault> {
    const WHO: &[(&str, CancelledBy)] =
        &[("candidate", CancelledBy::Candidate), ("provider", CancelledBy::Provider)];
    let voucher = Voucher::read(&words.need("the voucher, like A")?)?;
    let pairs = words.pairs(&["by", "cancelled"])?;
    let by = pairs.word("by").map(|word| one_of(&word, "party to a registration", WHO)).transpose()?;
    let cancelled_at = pairs.word("cancelled").map(|word| time::instant(&word)).transpose()?;
    Ok(Box::new(Cancel { voucher, by: by.unwrap_or(CancelledBy::Candidate), cancelled_at }))
}

impl Verb for Cancel {
    fn voucher(&self) -> Option<&Voucher> {
        Some(&self.voucher)
    }

    fn command(&self, scene: &Scene) -> Result<Command, String> {
        Ok(CancelIt { voucher: scene.voucher()?, by: self.by, cancelled_at: self.cancelled_at }.into())
    }

    fn words(&self) -> String {
        let by = if self.by == CancelledBy::Provider { ", by the provider" } else { "" };
        format!("cancel the registration of {}{by}", self.voucher)
    }
}
