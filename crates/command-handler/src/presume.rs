//! What is presumed new: an order, and a candidate who books. Most are, and the append says if one is not; so nobody is asked.

use std::sync::atomic::{AtomicU32, Ordering};

use resit_domain::{Command, Stream};

use crate::Request;
use crate::commit::Write;
use crate::gather::Gathered;

/// How many are looked up once one was not new. Over a network it keeps out what goes to the log together with it; and where one
/// was not new, more are not.
const LOOKED_UP: u32 = 1_000;

/// Whether that of which nothing is kept is presumed new.
#[derive(Debug, Default)]
pub(crate) struct Presumption {
    orders: Lately,
    candidates: Lately,
}

impl Presumption {
    /// Whether it is presumed for this command.
    pub(crate) fn holds_for(&self, request: &Request) -> bool {
        self.of(request).is_some_and(Lately::were_new)
    }

    /// Notes that an append did not find things as they were judged.
    pub(crate) fn failed(&self, request: &Request, gathered: &Gathered) {
        if let (Some(_), Some(lately)) = (&gathered.presumed, self.of(request)) {
            lately.one_was_not();
        }
    }

    fn of(&self, request: &Request) -> Option<&Lately> {
        match request.command {
            Command::Issue(_) => Some(&self.orders),
            Command::Schedule(_) => Some(&self.candidates),
            _ => None,
        }
    }
}

/// Whether those that came lately were new: how many are still looked up.
#[derive(Debug, Default)]
struct Lately(AtomicU32);

impl Lately {
    fn were_new(&self) -> bool {
        let one_less = |left: u32| left.checked_sub(1);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_err()
    }

    fn one_was_not(&self) {
        self.0.store(LOOKED_UP, Ordering::Relaxed);
    }
}

/// Whether the append asserts what was presumed.
pub(crate) fn is_asserted(presumed: Option<&Stream>, writes: &[Write]) -> bool {
    presumed.is_none_or(|stream| writes.iter().any(|write| write.stream == *stream))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_one_was_not_new_many_are_looked_up() {
        let lately = Lately::default();
        let presumed = |count: u32| (0..count).filter(|_| lately.were_new()).count();
        assert_eq!(presumed(10), 10);
        lately.one_was_not();
        assert_eq!(presumed(LOOKED_UP + 3), 3);
    }
}
