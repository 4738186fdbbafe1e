//! Names of headers that belong to the protocol.

/// What the names of the servers' own headers begin with.
const PREFIX: &str = "nats-";

/// What clients call the status line of the servers where they show it among the headers.
const STATUS_LINE: [&str; 2] = ["status", "description"];

/// Whether a header is one of the protocol's, in any spelling. Servers and clients act on these, so no text of a caller or of
/// an event travels under such a name: a client takes `Status: 503` for "nobody listens there", and a server stores nothing
/// that names another stream in `Nats-Expected-Stream`.
pub fn is_protocol_header(name: &str) -> bool {
    let begins = name.get(..PREFIX.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(PREFIX));
    begins || STATUS_LINE.iter().any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_protocol_are_known_in_any_spelling() {
        for name in
            ["Status", "STATUS", "description", "Nats-Msg-Id", "nats-expected-stream", "NATS-TTL", "Nats-"]
        {
            assert!(is_protocol_header(name), "{name}");
        }
        for name in ["", "Resit-Status", "Nats", "ce-status", "Original-Nats-Msg-Id", "content-type", "é"] {
            assert!(!is_protocol_header(name), "{name}");
        }
    }
}
