//! Recorded times.

use tokio::task::JoinSet;

use super::given::{Log, at, commit, sound, taken};
use resit_domain::Timestamp;

/// While it moves forward, the log takes it as it is.
pub async fn recorded_time_is_the_handlers_time(log: Log) {
    for (n, millis) in [-5, 0, 0, 1_567_332_000_000].into_iter().enumerate() {
        let appended = taken(&log, commit(&format!("c{n}")).on(&format!("a/{n}"), 0).at(millis)).await;
        assert_eq!(appended.recorded_at, at(millis));
    }
    let times: Vec<_> = sound(&log).await.iter().map(|r| r.recorded_at.millis()).collect();
    assert_eq!(times, [-5, 0, 0, 1_567_332_000_000]);
}

/// A handler whose clock is behind is held at the record before.
pub async fn recorded_time_never_runs_backwards(log: Log) {
    taken(&log, commit("c1").on("a/1", 0).at(1_000)).await;
    let held = taken(&log, commit("c2").on("a/2", 0).on("a/3", 0).at(999)).await;
    assert_eq!(held.recorded_at, at(1_000));
    let past = taken(&log, commit("c3").on("a/4", 0).at(1_001)).await;
    assert_eq!(past.recorded_at, at(1_001));
    let times: Vec<_> = sound(&log).await.iter().map(|r| r.recorded_at.millis()).collect();
    assert_eq!(times, [1_000, 1_000, 1_000, 1_001]);
}

/// Handlers with clocks of their own.
pub async fn recorded_time_stands_still_rather_than_run_backwards_under_concurrency(log: Log) {
    let mut handlers = JoinSet::new();
    for n in 0..100_i64 {
        let log = log.clone();
        handlers.spawn(async move {
            let given = (n * 7_919) % 101;
            let appended = taken(&log, commit(&format!("c{n}")).on(&format!("a/{n}"), 0).at(given)).await;
            assert!(appended.recorded_at >= at(given));
        });
    }
    handlers.join_all().await;
    sound(&log).await;
}

/// Nothing overflows there.
pub async fn the_end_of_time_can_be_recorded(log: Log) {
    let end = taken(&log, commit("c1").on("a/1", 0).at(Timestamp::MAX.millis())).await;
    assert_eq!(end.recorded_at, Timestamp::MAX);
    assert_eq!(taken(&log, commit("c2").on("a/1", end.last.0)).await.recorded_at, Timestamp::MAX);
}
