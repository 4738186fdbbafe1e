//! Commands as they are sent: what the domain asks for, with vouchers named as people name them.

use resit_domain::{
    Actor, BranchId, CancelledBy, CandidateId, Channel, Command, CommandId, DeliveryMode, EntitlementId,
    ExamCode, ExamResult, Fingerprint, Gift, PracticeTestId, ProviderId, Region, ReinstateReason, Remark,
    RevokeReason, Timestamp, VoucherRef,
};
use resit_voucher_code::Code;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use crate::command_macro::bodies;
use crate::{FieldError, VoucherText, read_json};

bodies! {
    as_they_are {
        PublishOffer "publish-offer" "Publishes an offer, or a new version of it, from its file.";
        ExtendOffer "extend-offer" "Moves the end of an offer to a later day.";
        WithdrawOffer "withdraw-offer" "Ends the sale of an offer; what was sold goes on.";
        MigrateProvider "migrate-provider" "Moves an offer's exams from one delivery provider to another.";
        DefineExam "define-exam" "Says what the catalogue knows of an exam from now on.";
        DefinePracticeTest "define-practice-test" "Says what the catalogue knows of a practice test from now on.";
        PublishCalendar "publish-calendar" "Publishes a business-day calendar, or a new version of it.";
        PublishPolicy "publish-policy" "Publishes a programme's retake policy, or a new version of it.";
        PublishZoneRules "publish-zone-rules" "Publishes rules of time zones, or a newer version of them.";
        OpenAgreement "open-agreement" "Opens a licensing agreement.";
        AmendAgreement "amend-agreement" "Changes an agreement; what is left out stays.";
        Issue "issue" "Issues what an order line bought. The same line again is the same entitlement.";
        ConfirmClock "confirm-clock" "Confirms that the clock is right although it does not fit the time on record.";
    }
    on_a_voucher {
        Assign "assign" "Assigns a voucher to a candidate." {
            /// The candidate.
            candidate: CandidateId,
            /// The branch that assigns it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            branch: Option<BranchId>,
        }
        Unassign "unassign" "Takes an assignment back." {}
        Schedule "schedule" "Registers a candidate for a sitting of an exam." {
            /// Who will sit it.
            candidate: CandidateId,
            /// The exam.
            exam: ExamCode,
            /// When it will be sat.
            sit_at: Timestamp,
            /// When the registration was made, if a provider reports it later.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            booked_at: Option<Timestamp>,
            /// How it will be sat.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            delivery: Option<DeliveryMode>,
            /// Who delivers it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            provider: Option<ProviderId>,
            /// Where the registration came in.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            channel: Option<Channel>,
            /// Where it will be sat.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            region: Option<Region>,
            /// The branch whose share the voucher comes from.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            branch: Option<BranchId>,
            /// Whether the exam was paid at this registration, where the offer is paid so.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            paid: Option<bool>,
        }
        Reschedule "reschedule" "Moves an open registration to another time." {
            /// When it will be sat now.
            sit_at: Timestamp,
            /// When it was moved, if that is reported later.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            moved_at: Option<Timestamp>,
        }
        Cancel "cancel" "Cancels an open registration." {
            /// Who cancels.
            by: CancelledBy,
            /// When it was cancelled, if that is reported later.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            cancelled_at: Option<Timestamp>,
        }
        RecordResult "record-result" "Records what came of a sitting." {
            /// What came of it.
            result: ExamResult,
            /// When it was sat; the registered time if absent.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            sat_at: Option<Timestamp>,
        }
        CorrectResult "correct-result" "Corrects a result that was recorded wrongly." {
            /// The attempt, from 1.
            attempt: u16,
            /// What really came of it.
            result: ExamResult,
            /// When it was sat; as on record if absent.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            sat_at: Option<Timestamp>,
        }
        Activate "activate" "Activates a practice test, unlocks a library, or starts using a subscription." {
            /// Who uses it.
            candidate: CandidateId,
            /// Which practice test; absent for what is not one.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            test: Option<PracticeTestId>,
            /// The branch whose share the voucher comes from.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            branch: Option<BranchId>,
            /// Where it is activated.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            provider: Option<ProviderId>,
            /// When it was activated, if that is reported later.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            activated_at: Option<Timestamp>,
        }
        ReplaceCode "replace-code" "Replaces a lost code by a new one." {}
        Extend "extend" "Gives a right more than its terms do, out of goodwill." {
            /// What is given.
            gift: Gift,
            /// The reason, out of the offer's list.
            reason: String,
            /// A second person's name, as the first law took it; refused today. Another caller approves with `approve-goodwill`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            approver: Option<Actor>,
            /// The decision in dispute.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            dispute: Option<CommandId>,
        }
        ApproveGoodwill "approve-goodwill" "Approves goodwill that another person proposed, and gives it." {
            /// The proposal's number on the voucher, from 1.
            proposal: u16,
        }
        DeclineGoodwill "decline-goodwill" "Declines goodwill that somebody proposed." {
            /// The proposal's number on the voucher, from 1.
            proposal: u16,
            /// Why.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            reason: Option<Remark>,
        }
    }
    on_an_entitlement {
        ShareOut "share-out" "Shares untouched vouchers of a pack out to a branch." {
            /// The branch.
            branch: BranchId,
            /// How many vouchers.
            count: u16,
        }
        TakeBackShare "take-back-share" "Takes untouched vouchers of a pack back from a branch, into the pool." {
            /// The branch.
            branch: BranchId,
            /// How many vouchers.
            count: u16,
        }
        Revoke "revoke" "Takes back what an order bought and nobody used." {
            /// Why.
            reason: RevokeReason,
        }
        Reinstate "reinstate" "Reverses a chargeback, because the dispute over it was won." {
            /// Why.
            reason: ReinstateReason,
        }
        RecordStep "record-step" "Records a step in the delivery of an order." {
            /// The step.
            step: String,
            /// When it was taken; now if absent.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            taken_at: Option<Timestamp>,
        }
        Expire "expire" "Records that what is due has ended. It changes no answer." {}
    }
}

impl CommandBody {
    /// Whether there is a command with this name.
    pub fn is_command(name: &str) -> bool {
        OFFERED.iter().any(|(offered, ..)| *offered == name)
    }
}

#[cfg(test)]
mod tests {
    use resit_access::Right;

    use super::*;

    const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    #[test]
    fn every_command_takes_a_right() {
        for (name, ..) in OFFERED {
            assert!(Right::of_command(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_body_comes_back_from_its_command() {
        let sent = format!(r#"{{"voucher":"{ID}.2","sit_at":"2026-09-01T10:00:00Z"}}"#);
        let body = CommandBody::read("reschedule", sent.as_bytes()).unwrap().unwrap();
        let command = body.into_command(None).unwrap();
        let again = CommandBody::of(command, |_| None).unwrap();
        assert_eq!(String::from_utf8(again.write().unwrap()).unwrap(), sent);
    }

    #[test]
    fn a_fingerprint_is_never_accepted() {
        for voucher in
            [r#""abababababababababababababababab""#, r#"{"code":"abababababababababababababababab"}"#]
        {
            let sent = format!(r#"{{"voucher":{voucher}}}"#);
            let read = CommandBody::read("unassign", sent.as_bytes()).unwrap();
            assert_eq!(read.unwrap_err().field, "voucher");
        }
    }
}
