//! Ids that senders give to their commands, and those that only the ledger makes.

use resit_domain::CommandId;

use crate::{CommandHandler, Failure};

/// How many hexadecimal digits an event's key has.
const EVENT_DIGITS: usize = 32;

impl CommandHandler {
    /// Refuses an id that only the ledger itself gives: whoever took one would keep a due end or an event from
    /// being put on record. For doors, which know what comes from outside.
    ///
    /// One that is on record, from before this was asked, is answered as the first time.
    ///
    /// # Errors
    ///
    /// [`Failure::IdOfTheLedger`].
    pub async fn admit_id(&self, id: &CommandId) -> Result<(), Failure> {
        if !is_the_ledgers_own(id) || !Box::pin(self.log.find_command(id)).await?.is_empty() {
            return Ok(());
        }
        Err(Failure::IdOfTheLedger { id: id.clone() })
    }
}

/// Whether the ledger makes such ids: for what is due (`expire:…`), and for events that come in (`ce-` and their key).
///
/// The parts of a long order are named after it: whoever gives its id knows what follows, and takes none from others.
fn is_the_ledgers_own(id: &CommandId) -> bool {
    let id = id.as_str();
    let is_key = |text: &str| {
        let key = text.as_bytes().get(..EVENT_DIGITS);
        key.is_some_and(|key| key.iter().all(u8::is_ascii_hexdigit))
    };
    id.starts_with("expire:") || id.strip_prefix("ce-").is_some_and(is_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(id: &str) -> bool {
        is_the_ledgers_own(&id.parse().unwrap())
    }

    #[test]
    fn the_ledger_has_a_space_of_its_own() {
        for id in [
            "expire:01ARZ3NDEKTSV4RRFFQ69G5FAV:1922572800000",
            "expire:01ARZ3NDEKTSV4RRFFQ69G5FAV:after-12",
            "expire:",
            "ce-0123456789abcdef0123456789abcdef",
            "ce-0123456789abcdef0123456789abcdef.3",
        ] {
            assert!(own(id), "{id}");
        }
    }

    #[test]
    fn everything_else_is_the_senders() {
        for id in [
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "web-W-1001-1",
            "web-W-1001.1",
            "web:W-1001",
            "web:1001",
            "web:",
            "expires",
            "ce-1",
            "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
        ] {
            assert!(!own(id), "{id}");
        }
    }
}
