//! What a command is about.

use crate::{Command, EntitlementId, Fingerprint, VoucherRef};

/// The thing that a command is about. Commands on the same thing are best taken one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject<'a> {
    /// An entitlement.
    Entitlement(EntitlementId),
    /// Whatever a code leads to.
    Code(Fingerprint),
    /// Something with a name.
    Named(&'a str),
}

impl Command {
    /// The voucher that the command names; none if it is about something else, or about an entitlement with all its vouchers.
    pub fn voucher(&self) -> Option<&VoucherRef> {
        Some(match self {
            Command::Assign(c) => &c.voucher,
            Command::Unassign(c) => &c.voucher,
            Command::Schedule(c) => &c.voucher,
            Command::Reschedule(c) => &c.voucher,
            Command::Cancel(c) => &c.voucher,
            Command::RecordResult(c) => &c.voucher,
            Command::CorrectResult(c) => &c.voucher,
            Command::Activate(c) => &c.voucher,
            Command::ReplaceCode(c) => &c.voucher,
            Command::Extend(c) => &c.voucher,
            Command::ApproveGoodwill(c) => &c.voucher,
            Command::DeclineGoodwill(c) => &c.voucher,
            _ => return None,
        })
    }

    /// The thing that the command is about; none for what only its text names.
    pub fn subject(&self) -> Option<Subject<'_>> {
        match self.voucher() {
            Some(VoucherRef::Id { entitlement, .. }) => return Some(Subject::Entitlement(*entitlement)),
            Some(VoucherRef::Code(code)) => return Some(Subject::Code(*code)),
            None => {}
        }
        Some(match self {
            Command::ExtendOffer(c) => Subject::Named(c.offer.as_str()),
            Command::WithdrawOffer(c) => Subject::Named(c.offer.as_str()),
            Command::MigrateProvider(c) => Subject::Named(c.offer.as_str()),
            Command::DefineExam(c) => Subject::Named(c.exam.as_str()),
            Command::DefinePracticeTest(c) => Subject::Named(c.test.as_str()),
            Command::OpenAgreement(c) => Subject::Named(c.agreement.as_str()),
            Command::AmendAgreement(c) => Subject::Named(c.agreement.as_str()),
            Command::Issue(c) => Subject::Entitlement(EntitlementId::of_order(&c.order, 1)),
            Command::ShareOut(c) => Subject::Entitlement(c.entitlement),
            Command::TakeBackShare(c) => Subject::Entitlement(c.entitlement),
            Command::Revoke(c) => Subject::Entitlement(c.entitlement),
            Command::Reinstate(c) => Subject::Entitlement(c.entitlement),
            Command::RecordStep(c) => Subject::Entitlement(c.entitlement),
            Command::Expire(c) => Subject::Entitlement(c.entitlement),
            Command::ConfirmClock(_) | Command::CorrectTime(_) => Subject::Named("clock"),
            Command::PublishZoneRules(_) => Subject::Named("zones"),
            Command::PublishOffer(_)
            | Command::PublishCalendar(_)
            | Command::PublishPolicy(_)
            // What names a voucher is answered above.
            | Command::Assign(_)
            | Command::Unassign(_)
            | Command::Schedule(_)
            | Command::Reschedule(_)
            | Command::Cancel(_)
            | Command::RecordResult(_)
            | Command::CorrectResult(_)
            | Command::Activate(_)
            | Command::ReplaceCode(_)
            | Command::Extend(_)
            | Command::ApproveGoodwill(_)
            | Command::DeclineGoodwill(_) => return None,
        })
    }
}
