//! The types of events that come in: the one table of them.

use resit_access::Right;
use resit_api::{
    Activate, Cancel, CorrectResult, Order, RecordResult, RecordStep, Reinstate, Reschedule, Revoke, Schedule,
};
use schemars::{Schema, SchemaGenerator};

macro_rules! event_types {
    ($($kind:ident $name:literal $command:literal $body:ty, $says:literal;)*) => {
        /// A type of event that other systems may send.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventType {
            $(#[doc = $says] $kind,)*
        }

        impl EventType {
            /// Every type.
            pub const ALL: &'static [EventType] = &[$(EventType::$kind),*];

            /// Its name, with its version: a CloudEvent's `type`, and the last part of the subject.
            pub fn name(self) -> &'static str {
                match self { $(EventType::$kind => $name),* }
            }

            /// The command that it becomes.
            pub fn command(self) -> &'static str {
                match self { $(EventType::$kind => $command),* }
            }

            /// What it says.
            pub fn says(self) -> &'static str {
                match self { $(EventType::$kind => $says),* }
            }

            /// The schema of its data.
            pub fn schema(self, generator: &mut SchemaGenerator) -> Schema {
                match self { $(EventType::$kind => generator.root_schema_for::<$body>()),* }
            }
        }
    };
}

event_types! {
    OrderPlaced "order-placed-v1" "issue" Order, "An order was placed; each of its lines is issued.";
    OrderRefunded "order-refunded-v1" "revoke" Revoke, "What an order bought was paid back; what is unused is taken back.";
    DisputeWon "dispute-won-v1" "reinstate" Reinstate, "A dispute over a chargeback was won; what it took back is given again.";
    OrderStepTaken "order-step-taken-v1" "record-step" RecordStep, "A step in the delivery of an order was taken.";
    ExamBooked "exam-booked-v1" "schedule" Schedule, "A candidate was registered for a sitting of an exam.";
    BookingMoved "booking-moved-v1" "reschedule" Reschedule, "A registration was moved to another time.";
    BookingCancelled "booking-cancelled-v1" "cancel" Cancel, "A registration was cancelled.";
    ExamResult "exam-result-v1" "record-result" RecordResult, "A sitting has a result: passed, failed, missed, invalidated, or a technical fault.";
    ExamResultCorrected "exam-result-corrected-v1" "correct-result" CorrectResult, "A result was reported wrongly, and this is the right one.";
    BenefitActivated "benefit-activated-v1" "activate" Activate, "A practice test was activated, a library unlocked, or a subscription started.";
}

impl EventType {
    /// The type with this name.
    pub fn named(name: &str) -> Option<Self> {
        EventType::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The right that it takes.
    pub fn right(self) -> Right {
        Right::of_command(self.command()).unwrap_or(Right::Operate)
    }
}

#[cfg(test)]
mod tests {
    use resit_access::Role;
    use resit_nats::token;

    use super::*;

    #[test]
    fn every_type_has_a_right_that_a_purchase_system_or_a_provider_has() {
        for kind in EventType::ALL {
            let right = Right::of_command(kind.command()).unwrap();
            assert!([Role::Purchase, Role::Delivery].iter().any(|role| role.has(right)), "{kind:?}");
            assert_eq!(token(kind.name()), kind.name(), "it stands in a subject as it is");
        }
    }

    #[test]
    fn whatever_a_purchase_system_or_a_provider_may_command_can_come_as_an_event() {
        for (role, commands) in [
            (Role::Purchase, &["issue", "revoke", "reinstate", "record-step"][..]),
            (
                Role::Delivery,
                &["schedule", "reschedule", "cancel", "record-result", "correct-result", "activate"],
            ),
        ] {
            for command in commands {
                let kind = EventType::ALL.iter().find(|kind| kind.command() == *command);
                assert!(kind.is_some_and(|kind| role.has(kind.right())), "{role} {command}");
            }
        }
    }
}
