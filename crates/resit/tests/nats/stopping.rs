//! A process that is told to stop ends, whether or not NATS is there.

use std::time::Duration;

use crate::processes::Ledger;

/// What docs/operating.md promises, and what this machine may take for it.
const STOP_MAX: Duration = Duration::from_secs(10 + 5);

#[test]
fn roles_end_in_time_while_nats_is_away() {
    let mut ledger = Ledger::rehearsal();
    let processes = ledger.all();
    ledger.server.kill();
    // All at once: each takes the same time, and they wait for nobody.
    let codes = std::thread::scope(|scope| {
        let ends: Vec<_> =
            processes.into_iter().map(|process| scope.spawn(|| process.stops_within(STOP_MAX))).collect();
        ends.into_iter().map(|end| end.join().unwrap()).collect::<Vec<_>>()
    });
    for code in codes {
        assert!(matches!(code, Some(0 | 3)), "{code:?}");
    }
}
