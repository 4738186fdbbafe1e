//! Several handlers over one log, of which one has a clock that is wrong.

use std::sync::Arc;
use std::time::Duration;

use resit_clock_guard::{Against, Bounds, ClockGuard, Reading};
use resit_command_handler::{CommandHandler, Failure, Following, Settings};
use resit_domain::Timestamp;
use resit_event_log::{EventLog, MemoryLog};
use resit_voucher_code::CodeKey;

use crate::given::{now, order, publish, request};

fn handler(log: &Arc<dyn EventLog>) -> Arc<CommandHandler> {
    let (key, stopwatch) =
        (Arc::new(CodeKey::from_bytes([7; 32])), Arc::new(|| tokio::time::Instant::now().into_std()));
    Arc::new(CommandHandler::among_others(log.clone(), key, Settings::default(), stopwatch))
}

/// Guards a handler whose clock is right, and stands at `now`.
fn guard(handler: &Arc<CommandHandler>, now: Timestamp) {
    let guard = ClockGuard::new(Bounds::new(Duration::from_mins(1), Duration::from_hours(7 * 24)));
    let reading = Reading { wall: now, uptime_ms: 1_000 };
    guard.trusted(reading).unwrap();
    let knows = Arc::downgrade(handler);
    handler.guard_by(Arc::new(move || {
        if let Some(latest) = knows.upgrade().and_then(|handler| handler.latest_recorded()) {
            guard.note_recorded(latest);
        }
        guard.trusted(reading)
    }));
}

#[tokio::test(start_paused = true)]
async fn a_time_that_a_wrong_clock_put_on_record_is_not_adopted() {
    for (ahead_s, is_adopted) in [
        (0, true),
        (30, true),
        (60, true),
        (61, false),
        (3_600, false),
        (400 * 86_400, false),
        (3_652 * 86_400, false),
    ] {
        let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
        let (bad, good) = (handler(&log), handler(&log));
        guard(&good, now());
        publish(&good).await;
        let mut following = Following::begin(good.clone()).await.unwrap();
        bad.handle(request("bad", order("W-1", None)), now().plus_millis(ahead_s * 1_000)).await.unwrap();
        following.go_on().await.unwrap();
        let head = log.head().await.unwrap();
        let answered = good.handle(request("good", order("W-2", None)), now()).await;
        let judged = good.judge(&request("dry", order("W-3", None)), now()).await;
        if is_adopted {
            answered.unwrap();
            judged.unwrap();
            continue;
        }
        let Err(Failure::ClockUntrusted(untrusted)) = answered else { panic!("{ahead_s}: {answered:?}") };
        assert_eq!(untrusted.against, Against::RecordAhead, "{ahead_s}");
        assert!(matches!(judged, Err(Failure::ClockUntrusted(_))), "{ahead_s}: {judged:?}");
        assert_eq!(log.head().await.unwrap(), head, "nothing is put on record by it");
    }
}
