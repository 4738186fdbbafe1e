//! Messages that would be longer than the servers take: what stays, and where the rest can be read.

use async_nats::HeaderMap;
use resit_domain::{Fact, Refusal};
use resit_nats::Link;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many bytes of a text stay when a message is shortened.
pub(crate) const TEXT_BYTES_MAX: usize = 1_000;

/// How many bytes the facts of a refusal may have, together, when a message is shortened.
const FACTS_BYTES_MAX: usize = 8_000;

/// How many bytes the servers are given beyond what a message's headers and payload have.
const SPARE_BYTES: usize = 64;

/// What a message leaves out because it would be longer than the NATS servers take, and where the whole can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Truncated {
    /// How many bytes of JSON the whole has.
    pub bytes: u64,
    /// The names of the fields that are left out or shortened.
    pub omitted: Vec<String>,
    /// The request of the API that answers with the whole.
    pub read: String,
}

/// How many bytes of payload a message with these headers may have, as far as the servers say.
pub(crate) fn payload_bytes_max(link: &Link, headers: &HeaderMap) -> usize {
    link.client.max_payload().saturating_sub(wire_bytes(headers) + SPARE_BYTES)
}

/// How many bytes headers have in a message.
pub(crate) fn wire_bytes(headers: &HeaderMap) -> usize {
    let line = |(name, value): (&async_nats::HeaderName, &async_nats::HeaderValue)| {
        let name: &str = name.as_ref();
        name.len() + value.as_str().len() + ": \r\n".len()
    };
    let lines = headers.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    "NATS/1.0\r\n\r\n".len() + lines.map(line).sum::<usize>()
}

/// Cuts a text to [`TEXT_BYTES_MAX`]. Returns whether anything was cut.
pub(crate) fn shorten(text: &mut String) -> bool {
    let is_long = text.len() > TEXT_BYTES_MAX;
    if is_long {
        text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX));
        text.push('…');
    }
    is_long
}

/// Cuts the texts of a refusal, and leaves out facts beyond [`FACTS_BYTES_MAX`]. Returns whether anything was left out.
pub(crate) fn shorten_refusal(refusal: &mut Refusal) -> bool {
    let mut any = shorten(&mut refusal.clause) | shorten(&mut refusal.remedy);
    for fact in &mut refusal.facts {
        any |= shorten(&mut fact.name) | shorten(&mut fact.value);
    }
    let mut bytes = 0;
    let fits = |fact: &Fact| {
        bytes += fact.name.len() + fact.value.len();
        bytes <= FACTS_BYTES_MAX
    };
    let before = refusal.facts.len();
    refusal.facts.retain(fits);
    any | (refusal.facts.len() < before)
}

/// How many bytes of JSON a value has.
pub(crate) fn json_bytes(value: &impl Serialize) -> usize {
    serde_json::to_vec(value).map_or(usize::MAX, |json| json.len())
}

#[cfg(test)]
mod tests {
    use resit_domain::{Layer, Rule};

    use super::*;

    #[test]
    fn a_text_is_cut_between_two_letters() {
        let mut text = "ü".repeat(TEXT_BYTES_MAX);
        assert!(shorten(&mut text));
        assert_eq!(text, format!("{}…", "ü".repeat(TEXT_BYTES_MAX / 2)));
        assert!(!shorten(&mut "short".to_owned()));
    }

    #[test]
    fn a_refusal_keeps_its_rule_whatever_its_facts_are() {
        let fact = |n: usize| Fact { name: format!("fact-{n}"), value: "\u{1}".repeat(100_000) };
        let mut refusal = Refusal {
            rule: Rule::KnownVoucher,
            layer: Layer::Ledger,
            clause: "c".repeat(2_000_000),
            facts: (0..500).map(fact).collect(),
            remedy: "r".repeat(2_000_000),
        };
        assert!(shorten_refusal(&mut refusal));
        assert_eq!((refusal.rule, refusal.facts.len()), (Rule::KnownVoucher, 7));
        assert!(json_bytes(&refusal) < 64 << 10, "each of its letters may take six bytes");
        assert!(!shorten_refusal(&mut refusal.clone()) || refusal.clause.ends_with('…'));
    }

    #[test]
    fn headers_are_counted_as_they_travel() {
        let mut headers = HeaderMap::new();
        assert_eq!(wire_bytes(&headers), 12);
        headers.append("a", "b");
        headers.append("a", "cd");
        assert_eq!(wire_bytes(&headers), "NATS/1.0\r\na: b\r\na: cd\r\n\r\n".len());
    }
}
