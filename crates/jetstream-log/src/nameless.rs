//! Messages that come without their subjects. What is in a record says which stream it was written to, and a record says which
//! command the marker before it is of: so their checksums can be held against the subjects that they were written on.

use bytes::Bytes;
use resit_nats::Names;

use crate::seal;
use crate::stored::{self, Content};

/// Decodes messages of the log that follow each other.
pub(crate) struct Nameless {
    names: Names,
    /// The marker that the next record has to be of.
    marker: Option<Bytes>,
    subject: String,
}

impl Nameless {
    pub(crate) fn new(names: Names) -> Self {
        Self { names, marker: None, subject: String::new() }
    }

    /// What stands at a sequence; none if it, or the marker before it, is not what was written.
    pub(crate) fn decoded(&mut self, sequence: u64, payload: &Bytes) -> Option<Content> {
        let content = stored::content(sequence, &seal::unproven(payload)?).ok()?;
        match &content {
            Content::Marker(_) => self.marker = Some(payload.clone()),
            Content::Record(stored) => {
                let record = &stored.record;
                self.names.write_record(&mut self.subject, record.stream.kind(), record.stream.id());
                seal::opened(&self.subject, payload)?;
                if let Some(marker) = self.marker.take() {
                    self.names.write_command_marker(&mut self.subject, record.command.as_str());
                    seal::opened(&self.subject, &marker)?;
                }
            }
        }
        Some(content)
    }
}

#[cfg(test)]
mod tests {
    use resit_event_log::Commit;
    use resit_event_log::contract::given::{at, commit};

    use super::*;

    fn names() -> Names {
        Names::of("l".parse().unwrap())
    }

    /// A marker and a record, on these subjects.
    fn sealed(commit: &Commit, subjects: [&str; 2]) -> Vec<Bytes> {
        let contents = stored::encode(commit, at(7), "t");
        subjects.into_iter().zip(contents).map(|(subject, content)| seal::sealed(subject, content)).collect()
    }

    fn decoded(payloads: &[Bytes]) -> usize {
        let mut nameless = Nameless::new(names());
        payloads.iter().zip(1..).map_while(|(payload, n)| nameless.decoded(n, payload)).count()
    }

    #[test]
    fn what_was_written_where_it_says_is_taken() {
        let given = commit("c.1").on("a/1.5", 0);
        assert_eq!(decoded(&sealed(&given, ["l.ledger.c.c=2E1", "l.ledger.r.a.1=2E5"])), 2);
    }

    #[test]
    fn a_record_of_another_stream_or_behind_another_marker_is_not() {
        let given = commit("c1").on("a/1", 0);
        assert_eq!(decoded(&sealed(&given, ["l.ledger.c.c1", "l.ledger.r.a.2"])), 1);
        assert_eq!(decoded(&sealed(&given, ["l.ledger.c.c2", "l.ledger.r.a.1"])), 1);
    }

    #[test]
    fn each_flipped_bit_ends_it() {
        let sound = sealed(&commit("c1").on("a/1", 0), ["l.ledger.c.c1", "l.ledger.r.a.1"]);
        for (n, payload) in sound.iter().enumerate() {
            for bit in 0..payload.len() * 8 {
                let mut damaged = payload.to_vec();
                damaged[bit / 8] ^= 1 << (bit % 8);
                let mut payloads = sound.clone();
                payloads[n] = damaged.into();
                assert!(decoded(&payloads) < 2, "bit {bit} of message {n}");
            }
        }
    }
}
