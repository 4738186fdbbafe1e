//! Facts about the delivery of an order.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

super::facts! {
    /// A step in the delivery of the order was taken.
    StepTaken {
        /// The step.
        step: String,
    }
    /// A promise of delivery ran out.
    DeliveryOverdue {
        /// The clock.
        clock: String,
        /// When it ran out.
        due_at: Timestamp,
        /// The clause that promised it.
        clause: String,
    }
}
