//! Whether an operator's confirmation counts.

use resit_domain::Timestamp;

use crate::Untrusted;

/// How far the time that an operator gives may be from the clock, in milliseconds: long enough to read a message and to type, and too
/// short for another jump to be confirmed unseen.
const NEAR_MS: u64 = 60 * 60 * 1_000;

/// Why a confirmation does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unconfirmed {
    /// The clock reads something else.
    #[error(
        "the clock reads {clock}, which is more than an hour from {given}; confirm what it reads, or set it right"
    )]
    OtherTime {
        /// What it reads.
        clock: Timestamp,
        /// What the operator gave.
        given: Timestamp,
    },
    /// What contradicts the clock is not a matter of confirmation.
    #[error("the clock can't be confirmed")]
    Contradicted(#[source] Untrusted),
}

/// The time at which an operator's confirmation is recorded: what the clock reads.
///
/// # Errors
///
/// If the clock reads something else by now, or what contradicts it can't be confirmed away.
pub fn confirmed(read: Result<Timestamp, Untrusted>, given: Timestamp) -> Result<Timestamp, Unconfirmed> {
    let clock = match read {
        Ok(clock) => clock,
        Err(untrusted) if untrusted.can_be_confirmed() => untrusted.reads,
        Err(untrusted) => return Err(Unconfirmed::Contradicted(untrusted)),
    };
    if clock.millis().abs_diff(given.millis()) > NEAR_MS {
        return Err(Unconfirmed::OtherTime { clock, given });
    }
    Ok(clock)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Against;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn untrusted(against: Against) -> Result<Timestamp, Untrusted> {
        let (reads, expected) = (at("2027-11-30T12:00:00.500Z"), at("2026-11-30T12:00:00Z"));
        Err(Untrusted { reads, expected, against })
    }

    #[test]
    fn only_the_reading_that_was_shown_is_confirmed() {
        for (given, counts) in [
            ("2027-11-30T12:00:00Z", true),
            ("2027-11-30T11:00:01Z", true),
            ("2027-11-30T13:00:00Z", true),
            ("2027-11-30T13:00:01Z", false),
            ("2027-11-30T11:00:00Z", false),
            ("2026-11-30T12:00:00Z", false),
            ("2028-11-30T12:00:00Z", false),
        ] {
            for against in [Against::Gap, Against::Uptime, Against::SeenAhead] {
                let found = confirmed(untrusted(against), at(given));
                assert_eq!(found.is_ok(), counts, "{given}: {found:?}");
                assert!(!counts || found == Ok(at("2027-11-30T12:00:00.500Z")));
            }
        }
    }

    #[test]
    fn what_others_contradict_is_not_confirmed() {
        for against in [Against::Servers, Against::ServersSilent, Against::RecordAhead] {
            let found = confirmed(untrusted(against), at("2027-11-30T12:00:00Z"));
            assert!(matches!(found, Err(Unconfirmed::Contradicted(_))), "{against:?}");
        }
    }
}
