//! W3C trace context: an event's trace goes on in its command and in what is told of it.

use resit_domain::CommandId;
use sha2::{Digest as _, Sha256};

/// A place in a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trace {
    id: String,
    span: String,
    flags: String,
}

impl Trace {
    /// Reads a `traceparent`; none if it is not of a version that can be read here.
    pub(crate) fn of(traceparent: &str) -> Option<Self> {
        let parts: Vec<&str> = traceparent.split('-').collect();
        let [version, trace, span, flags, ..] = parts[..] else { return None };
        let hex = |text: &str, digits: usize| {
            text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        let none = |text: &str| text.bytes().all(|b| b == b'0');
        let fits = hex(version, 2) && hex(trace, 32) && hex(span, 16) && hex(flags, 2);
        let whole = version != "ff" && (version != "00" || parts.len() == 4);
        (fits && whole && !none(trace) && !none(span)).then(|| Self {
            id: trace.to_owned(),
            span: span.to_owned(),
            flags: flags.to_owned(),
        })
    }

    /// The span in which an event is taken. Its id is made of the command's, so that it is the same however often.
    pub(crate) fn child(&self, key: &CommandId) -> Self {
        let hash = Sha256::digest(format!("{}-{}-{key}", self.id, self.span));
        let span = hash[..8].iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        Self { span, ..self.clone() }
    }

    /// The id of the trace.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// As `traceparent`.
    pub(crate) fn text(&self) -> String {
        format!("00-{}-{}-{}", self.id, self.span, self.flags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_child_stays_in_its_trace() {
        let sent = Trace::of(SENT).unwrap();
        assert_eq!(sent.text(), SENT);
        let child = sent.child(&"ce-1".parse().unwrap());
        assert_eq!(child.id(), sent.id());
        assert_ne!(child.text(), SENT);
        assert_eq!(Trace::of(&child.text()), Some(child.clone()));
        assert_eq!(child, sent.child(&"ce-1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_trace_is_passed_over() {
        for text in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        ] {
            assert_eq!(Trace::of(text), None, "{text}");
        }
    }
}
