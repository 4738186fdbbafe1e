//! When the servers are asked how they keep the log, and how long their silence is borne.

use std::time::Duration;

use tokio::time::Instant;

use super::durability::Standing;

/// How often they are asked: of several, one may come back with another configuration, and no connection tell of it.
const EVERY: Duration = Duration::from_secs(2);

/// The same while it is not proven, or nobody answers: whoever mended it waits for that.
const SOON: Duration = Duration::from_secs(1);

/// How long nobody may answer before what was proven is not believed any more.
const SILENCE_MAX: Duration = Duration::from_mins(1);

/// What is remembered of the last question.
#[derive(Debug)]
pub(super) struct Patience {
    asked_at: Instant,
    connection: u64,
    /// When the first question was asked of those that nobody has answered since.
    silent_since: Option<Instant>,
}

impl Patience {
    /// They were asked just now, on this connection, and answered.
    pub(super) fn since(now: Instant, connection: u64) -> Self {
        Self { asked_at: now, connection, silent_since: None }
    }

    /// Whether it is time to ask: at once on another connection, which may lead to a server that was started anew.
    pub(super) fn has_to_ask(&self, now: Instant, connection: u64, standing: &Standing) -> bool {
        let is_restless = self.silent_since.is_some() || standing.fault.is_some();
        let every = if is_restless { SOON } else { EVERY };
        connection != self.connection || self.asked_at + every <= now
    }

    /// They are asked.
    pub(super) fn asks(&mut self, now: Instant, connection: u64) {
        (self.asked_at, self.connection) = (now, connection);
    }

    /// Somebody answered what was asked last, whatever it was.
    pub(super) fn is_answered(&mut self) {
        self.silent_since = None;
    }

    /// Nobody answered what was asked last. Returns whether that is borne for now: a new connection neither shortens nor
    /// lengthens it, since nothing is acknowledged there before somebody answered.
    pub(super) fn bears_silence(&mut self) -> bool {
        let since = *self.silent_since.get_or_insert(self.asked_at);
        self.asked_at < since + SILENCE_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays it on a clock of its own: what nobody answers from the first second on, over connections that begin then.
    fn silence_is_borne_for(connections: &[u64]) -> Duration {
        let begin = begin();
        let mut patience = Patience::since(begin, 1);
        let standing = Standing { connection: 1, fault: None };
        for look in 1.. {
            let now = begin + Duration::from_millis(100) * look;
            let connection =
                1 + connections.iter().filter(|at| begin + Duration::from_secs(**at) <= now).count();
            let connection = connection.try_into().unwrap();
            if patience.has_to_ask(now, connection, &standing) {
                patience.asks(now, connection);
                if !patience.bears_silence() {
                    return now - begin;
                }
            }
        }
        unreachable!("it ends")
    }

    /// Some instant: only what passes from there on counts.
    fn begin() -> Instant {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
            .block_on(async { tokio::time::interval(EVERY).tick().await })
    }

    #[test]
    fn silence_is_borne_for_a_minute_whatever_the_connection() {
        let from_the_first_question = |connections: &[u64]| silence_is_borne_for(connections).as_secs();
        assert_eq!(from_the_first_question(&[]), 62);
        assert_eq!(from_the_first_question(&[1]), 61);
        assert_eq!(from_the_first_question(&[1, 2, 3, 40, 61]), 61);
    }

    #[test]
    fn it_is_asked_on_a_new_connection_at_once_and_then_by_the_second_until_somebody_answers() {
        let begin = begin();
        let second = Duration::from_secs(1);
        let standing = Standing { connection: 1, fault: None };
        let mut patience = Patience::since(begin, 1);
        assert!(!patience.has_to_ask(begin + second, 1, &standing));
        assert!(patience.has_to_ask(begin + second, 2, &standing));
        patience.asks(begin + second, 2);
        assert!(patience.bears_silence());
        assert!(!patience.has_to_ask(begin + second, 2, &standing));
        assert!(patience.has_to_ask(begin + 2 * second, 2, &standing));
        patience.asks(begin + 2 * second, 2);
        patience.is_answered();
        assert!(!patience.has_to_ask(begin + 3 * second, 2, &standing));
        assert!(patience.has_to_ask(begin + 4 * second, 2, &standing));
    }

    #[test]
    fn an_answer_begins_the_minute_anew() {
        let begin = begin();
        let mut patience = Patience::since(begin, 1);
        for (second, answered) in [(2, false), (60, false), (61, true), (63, false), (122, false)] {
            patience.asks(begin + Duration::from_secs(second), 1);
            if answered {
                patience.is_answered();
            } else {
                assert!(patience.bears_silence(), "{second}");
            }
        }
        patience.asks(begin + Duration::from_secs(123), 1);
        assert!(!patience.bears_silence());
    }

    #[test]
    fn what_is_not_proven_is_asked_for_by_the_second() {
        let begin = begin();
        let patience = Patience::since(begin, 1);
        let standing = Standing { connection: 1, fault: Some("n2 does not sync".into()) };
        assert!(patience.has_to_ask(begin + SOON, 1, &standing));
    }
}
