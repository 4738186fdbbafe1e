//! Commands as they are sent: what the domain asks for, with vouchers named as people name them.

use resit_domain::{
    Actor, BranchId, CancelledBy, CandidateId, Channel, Command, CommandId, DeliveryMode, EntitlementId,
    ExamCode, ExamResult, Fingerprint, Gift, PracticeTestId, ProviderId, Region, RevokeReason, Timestamp,
    VoucherRef,
};
use resit_voucher_code::Code;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use crate::{FieldError, VoucherText, read_json};

macro_rules! bodies {
    (
        as_they_are { $($plain:ident $plain_name:literal $plain_does:literal;)* }
        on_a_voucher { $($unit:ident $unit_name:literal $unit_does:literal {
            $($(#[$unit_attr:meta])* $unit_field:ident: $unit_ty:ty,)*
        })* }
        on_an_entitlement { $($whole:ident $whole_name:literal $whole_does:literal {
            $($(#[$whole_attr:meta])* $whole_field:ident: $whole_ty:ty,)*
        })* }
    ) => {
        $(
            #[doc = $unit_does]
            #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $unit {
                /// The voucher: its code or its id.
                pub voucher: VoucherText,
                $($(#[$unit_attr])* pub $unit_field: $unit_ty,)*
            }
        )*
        $(
            #[doc = $whole_does]
            #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $whole {
                /// The entitlement: its id, or the code of one of its vouchers.
                pub entitlement: VoucherText,
                $($(#[$whole_attr])* pub $whole_field: $whole_ty,)*
            }
        )*

        /// The body of a command.
        #[derive(Debug, Clone)]
        pub enum CommandBody {
            $(#[doc = $plain_does] $plain(resit_domain::$plain),)*
            $(#[doc = $unit_does] $unit($unit),)*
            $(#[doc = $whole_does] $whole($whole),)*
        }

        /// A command as it is offered: its name, what it does, and the schema of its body.
        pub(crate) const OFFERED: &[(&str, &str, fn(&mut SchemaGenerator) -> Schema)] = &[
            $(($plain_name, $plain_does, SchemaGenerator::subschema_for::<resit_domain::$plain>),)*
            $(($unit_name, $unit_does, SchemaGenerator::subschema_for::<$unit>),)*
            $(($whole_name, $whole_does, SchemaGenerator::subschema_for::<$whole>),)*
        ];

        impl CommandBody {
            /// The command's name, in kebab case: the last part of its path.
            pub fn name(&self) -> &'static str {
                match self {
                    $(CommandBody::$plain(_) => $plain_name,)*
                    $(CommandBody::$unit(_) => $unit_name,)*
                    $(CommandBody::$whole(_) => $whole_name,)*
                }
            }

            /// Reads the body of the command with this name; none if there is no such command.
            pub fn read(name: &str, body: &[u8]) -> Option<Result<Self, FieldError>> {
                Some(match name {
                    $($plain_name => read_json(body).map(CommandBody::$plain),)*
                    $($unit_name => read_json(body).map(CommandBody::$unit),)*
                    $($whole_name => read_json(body).map(CommandBody::$whole),)*
                    _ => return None,
                })
            }

            /// The body as JSON. A code stands in it in the clear.
            pub fn write(&self) -> serde_json::Result<Vec<u8>> {
                match self {
                    $(CommandBody::$plain(body) => serde_json::to_vec(body),)*
                    $(CommandBody::$unit(body) => serde_json::to_vec(body),)*
                    $(CommandBody::$whole(body) => serde_json::to_vec(body),)*
                }
            }

            /// What it names: a voucher, or a whole entitlement; none for what names neither.
            pub fn names(&self) -> Option<&VoucherText> {
                match self {
                    $(CommandBody::$plain(_) => None,)*
                    $(CommandBody::$unit(body) => Some(&body.voucher),)*
                    $(CommandBody::$whole(body) => Some(&body.entitlement),)*
                }
            }

            /// The code by which it names a whole entitlement. The domain knows entitlements by id: where the code leads
            /// must be asked first.
            pub fn names_whole_by(&self) -> Option<Fingerprint> {
                match self {
                    $(CommandBody::$whole(body) => body.entitlement.fingerprint(),)*
                    _ => None,
                }
            }

            /// The command; `resolved` is where [`CommandBody::names_whole_by`] leads. None if that is needed and missing.
            pub fn into_command(self, resolved: Option<EntitlementId>) -> Option<Command> {
                Some(match self {
                    $(CommandBody::$plain(body) => body.into(),)*
                    $(CommandBody::$unit(body) => resit_domain::$unit {
                        voucher: VoucherRef::from(&body.voucher),
                        $($unit_field: body.$unit_field,)*
                    }.into(),)*
                    $(CommandBody::$whole(body) => resit_domain::$whole {
                        entitlement: match body.entitlement {
                            VoucherText::Id(id, _) => id,
                            VoucherText::Code(_) => resolved?,
                        },
                        $($whole_field: body.$whole_field,)*
                    }.into(),)*
                })
            }

            /// The body that asks for a command; `code` finds the code of a fingerprint. None if it finds none: a
            /// fingerprint is never sent.
            pub fn of(command: Command, code: impl FnOnce(Fingerprint) -> Option<Code>) -> Option<Self> {
                let named = |voucher: VoucherRef| Some(match voucher {
                    VoucherRef::Id { entitlement, unit } => VoucherText::Id(entitlement, Some(unit)),
                    VoucherRef::Code(fingerprint) => VoucherText::Code(code(fingerprint)?),
                });
                Some(match command {
                    $(Command::$plain(command) => CommandBody::$plain(command),)*
                    $(Command::$unit(command) => CommandBody::$unit($unit {
                        voucher: named(command.voucher)?,
                        $($unit_field: command.$unit_field,)*
                    }),)*
                    $(Command::$whole(command) => CommandBody::$whole($whole {
                        entitlement: VoucherText::Id(command.entitlement, None),
                        $($whole_field: command.$whole_field,)*
                    }),)*
                })
            }
        }
    };
}

bodies! {
    as_they_are {
        PublishOffer "publish-offer" "Publishes an offer, or a new version of it, from its file.";
        ExtendOffer "extend-offer" "Moves the end of an offer to a later day.";
        WithdrawOffer "withdraw-offer" "Ends the sale of an offer; what was sold goes on.";
        MigrateProvider "migrate-provider" "Moves an offer's exams from one delivery provider to another.";
        DefineExam "define-exam" "Says what the catalogue knows of an exam from now on.";
        DefinePracticeTest "define-practice-test" "Says what the catalogue knows of a practice test from now on.";
        PublishCalendar "publish-calendar" "Publishes a business-day calendar, or a new version of it.";
        OpenAgreement "open-agreement" "Opens a licensing agreement.";
        AmendAgreement "amend-agreement" "Changes an agreement; what is left out stays.";
        Issue "issue" "Issues what an order line bought. The same line again is the same entitlement.";
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
        }
        Reschedule "reschedule" "Moves an open registration to another time." {
            /// When it will be sat now.
            sit_at: Timestamp,
        }
        Cancel "cancel" "Cancels an open registration." {
            /// Who cancels.
            by: CancelledBy,
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
        }
        ReplaceCode "replace-code" "Replaces a lost code by a new one." {}
        Extend "extend" "Gives a right more than its terms do, out of goodwill." {
            /// What is given.
            gift: Gift,
            /// The reason, out of the offer's list.
            reason: String,
            /// A second person who approved it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            approver: Option<Actor>,
            /// The decision in dispute.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            dispute: Option<CommandId>,
        }
    }
    on_an_entitlement {
        ShareOut "share-out" "Shares untouched vouchers of a pack out to a branch." {
            /// The branch.
            branch: BranchId,
            /// How many vouchers.
            count: u16,
        }
        Revoke "revoke" "Takes back what an order bought and nobody used." {
            /// Why.
            reason: RevokeReason,
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
