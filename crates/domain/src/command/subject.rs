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
    /// The thing that the command is about; none for what only its text names.
    pub fn subject(&self) -> Option<Subject<'_>> {
        let voucher = |voucher: &VoucherRef| match voucher {
            VoucherRef::Id { entitlement, .. } => Subject::Entitlement(*entitlement),
            VoucherRef::Code(code) => Subject::Code(*code),
        };
        Some(match self {
            Command::PublishOffer(_) | Command::PublishCalendar(_) => return None,
            Command::ExtendOffer(c) => Subject::Named(c.offer.as_str()),
            Command::WithdrawOffer(c) => Subject::Named(c.offer.as_str()),
            Command::MigrateProvider(c) => Subject::Named(c.offer.as_str()),
            Command::DefineExam(c) => Subject::Named(c.exam.as_str()),
            Command::DefinePracticeTest(c) => Subject::Named(c.test.as_str()),
            Command::OpenAgreement(c) => Subject::Named(c.agreement.as_str()),
            Command::AmendAgreement(c) => Subject::Named(c.agreement.as_str()),
            Command::Issue(c) => Subject::Entitlement(EntitlementId::of_order(&c.order, 1)),
            Command::Assign(c) => voucher(&c.voucher),
            Command::Unassign(c) => voucher(&c.voucher),
            Command::ShareOut(c) => Subject::Entitlement(c.entitlement),
            Command::Schedule(c) => voucher(&c.voucher),
            Command::Reschedule(c) => voucher(&c.voucher),
            Command::Cancel(c) => voucher(&c.voucher),
            Command::RecordResult(c) => voucher(&c.voucher),
            Command::CorrectResult(c) => voucher(&c.voucher),
            Command::Activate(c) => voucher(&c.voucher),
            Command::ReplaceCode(c) => voucher(&c.voucher),
            Command::Revoke(c) => Subject::Entitlement(c.entitlement),
            Command::Extend(c) => voucher(&c.voucher),
            Command::RecordStep(c) => Subject::Entitlement(c.entitlement),
            Command::Expire(c) => Subject::Entitlement(c.entitlement),
        })
    }
}
