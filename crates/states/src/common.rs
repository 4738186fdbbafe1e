//! Streams that many commands are judged by, and few write.

use resit_domain::Stream;

/// Whether commands are judged by a stream of this kind that they do not write. No append asserts it for them: what is kept of
/// it must be known to be fresh.
pub fn is_common(stream: &Stream) -> bool {
    match stream {
        Stream::Offer(_)
        | Stream::Policy(_)
        | Stream::Calendar(_)
        | Stream::Exam(_)
        | Stream::PracticeTest(_)
        | Stream::Agreement(_)
        | Stream::Zones(_) => true,
        Stream::Entitlement(_)
        | Stream::Code(_)
        | Stream::Candidate(_)
        | Stream::Refusal(_)
        | Stream::Clock(_) => false,
    }
}

/// Whether a fact is about a command alone: whoever reads the stream for another command sees no difference.
pub fn says_nothing(kind: &str) -> bool {
    matches!(kind, "CommandRefused" | "CommandRepeated" | "OrderPlaced")
}
