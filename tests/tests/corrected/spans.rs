//! Single spans: what is back, what is listed, and what does not fit.

use super::*;

/// A ledger whose clock was ten years ahead when two vouchers of three had been sold, and everything ended.
async fn ended_early(stored: &Arc<dyn EventLog>) -> (Started, u64, Timestamp) {
    let ledger = Started::over(stored).await;
    for request in life::setting() {
        ledger.give(request, life::day_one()).await;
    }
    let now = life::day_one().plus_millis(DAY_MS);
    for number in [1, 2] {
        ledger.give(request(&format!("buy-{number}"), buy(number, None)), now).await;
    }
    let (first, wrong) = (stored.head().await.unwrap().0 + 1, now.plus_millis(YEARS_10_MS));
    assert_eq!(ledger.tick(wrong).await, 2);
    let sit_at = now.plus_millis(30 * DAY_MS);
    let refused = ledger.give(request("book-1", book(piece(1), sit_at)), wrong).await;
    assert!(matches!(refused.outcome, Outcome::Refused(_)));
    ledger.give(request("buy-3", buy(3, None)), wrong).await;
    (ledger, first, now.plus_millis(1_000))
}

async fn is_given_back(stored: Arc<dyn EventLog>) {
    let (_, first, now) = ended_early(&stored).await;
    let stopped = Started::over(&stored).await;
    let head = stored.head().await.unwrap();
    // A dry run records nothing.
    let ahead_ms = NonZeroU64::new(YEARS_10_MS.unsigned_abs()).unwrap();
    let command = CorrectTime { first, last: None, ahead_ms, reason: "the clock was wrong".to_owned() };
    let judged = stopped.handler.judge(&request("dry", command), now).await.unwrap();
    assert_eq!(stored.head().await.unwrap(), head);

    let reply = stopped.correct("correct", first, None, YEARS_10_MS, now).await;
    let Outcome::Accepted { events, .. } = judged.outcome else { panic!("it can be corrected") };
    assert_eq!(events[0].event, Event::from(corrected(&reply).clone()), "the dry run shows the same");
    assert_eq!(corrected(&reply).voided.expired, 2);
    let turns: Vec<_> =
        corrected(&reply).flips.iter().map(|flip| (flip.command.as_str(), flip.turn)).collect();
    assert_eq!(turns, [("book-1", Turn::StaysRefused), ("buy-3", Turn::Replaced)]);

    let ledger = Started::over(&stored).await;
    let again = ledger.correct("correct", first, None, YEARS_10_MS, now).await;
    assert!(again.replayed);
    assert_eq!((again.position, &again.outcome), (reply.position, &reply.outcome));
    let explained = ledger.handler.why(&"correct".parse().unwrap()).await.unwrap();
    assert!(explained.agrees, "{explained:?}");

    for number in [1, 2, 3] {
        let kinds: Vec<_> =
            ledger.history(number).await.into_iter().map(|(_, _, event)| event.kind()).collect();
        assert!(!kinds.contains(&"Expired"), "{kinds:?}");
    }
    assert_eq!(ledger.view(3).await.purchased_at, now.plus_millis(-1_000), "by the right clock");
    // What was refused stays so, and is taken with a new id.
    let sit_at = now.plus_millis(30 * DAY_MS - 1_000);
    let booking = book(piece(1), sit_at);
    let stays = ledger.give(request("book-1", booking.clone()), now.plus_millis(5)).await;
    assert!(stays.replayed && matches!(stays.outcome, Outcome::Refused(_)));
    let taken = ledger.give(request("book-2", booking), now.plus_millis(5)).await;
    assert!(matches!(taken.outcome, Outcome::Accepted { .. }), "{:?}", taken.outcome);
    assert_eq!(taken.recorded_at, now.plus_millis(5));
    let stored_at = stored.read(Position(taken.position.0 - 1), 1).await.unwrap()[0].recorded_at;
    assert!(stored_at > now.plus_millis(YEARS_10_MS - DAY_MS), "what is stored never runs back");

    // The real end comes, once.
    let end = now.plus_millis(500 * DAY_MS);
    assert_eq!(ledger.tick(end.plus_millis(-400 * DAY_MS)).await, 0);
    ledger.tick(end).await;
    for number in [2, 3] {
        let ends = ledger.history(number).await.into_iter().filter(|(_, _, event)| event.kind() == "Expired");
        let ends: Vec<_> = ends.map(|(_, recorded_at, _)| recorded_at).collect();
        assert_eq!(ends, [end], "voucher {number}");
    }
    assert_eq!(ledger.tick(end.plus_millis(DAY_MS)).await, 0);
}

#[test]
fn every_right_that_ended_early_is_back_and_ends_once_in_time() {
    wait(is_given_back(Arc::new(MemoryLog::new())));
    let (_folder, log) = embedded();
    wait(is_given_back(log));
}

#[test]
fn a_span_can_be_corrected_in_two_parts() {
    wait(async {
        let (whole, parts): (Arc<dyn EventLog>, Arc<dyn EventLog>) =
            (Arc::new(MemoryLog::new()), Arc::new(MemoryLog::new()));
        let (_, first, now) = ended_early(&whole).await;
        ended_early(&parts).await;
        Started::over(&whole).await.correct("whole", first, None, YEARS_10_MS, now).await;
        // Its last command has two records, and half of it is no part.
        let half = parts.head().await.unwrap().0 - 1;
        let refused = Started::over(&parts).await.correct("half", first, Some(half), YEARS_10_MS, now).await;
        let Outcome::Refused(refusal) = refused.outcome else { panic!("half a command can't be corrected") };
        assert_eq!(refusal.rule.to_string(), "span-on-record");
        let one = Started::over(&parts).await.correct("one", first, Some(first), YEARS_10_MS, now).await;
        assert_eq!(corrected(&one).voided.expired, 1);
        // Nothing else is judged in between: the latest time on record is still wrong.
        let between = Started::over(&parts).await;
        assert!(between.handler.not_before(now).await.unwrap() <= now.plus_millis(YEARS_10_MS));
        let two = between.correct("two", first + 1, None, YEARS_10_MS, now).await;
        assert_eq!(corrected(&two).voided.expired, 1);
        let (whole, parts) = (Started::over(&whole).await, Started::over(&parts).await);
        for number in [1, 2, 3] {
            assert_eq!(whole.view(number).await, parts.view(number).await);
            assert_eq!(whole.history(number).await, parts.history(number).await);
        }
        parts.check_read_models(DerivedStore::temporary().unwrap()).await;
    });
}

#[test]
fn a_correction_that_restores_nothing_is_recorded_and_turns_nothing() {
    wait(async {
        let stored: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
        let ledger = Started::over(&stored).await;
        for request in life::setting() {
            ledger.give(request, life::day_one()).await;
        }
        let right = life::day_one().plus_millis(DAY_MS);
        let first = stored.head().await.unwrap().0 + 1;
        let bought = buy(1, Some(life::day_one()));
        ledger.give(request("buy-1", bought), right.plus_millis(3_600_000)).await;
        let (before, seen) = (ledger.view(1).await, ledger.history(1).await);
        let stopped = Started::over(&stored).await;
        let reply = stopped.correct("correct", first, None, 3_600_000, right).await;
        assert_eq!(
            (corrected(&reply).voided, corrected(&reply).turned),
            (Voided::default(), FlipCounts::default())
        );
        let ledger = Started::over(&stored).await;
        assert_eq!(ledger.view(1).await.units, before.units);
        assert_eq!(ledger.history(1).await.len(), seen.len());
    });
}

#[test]
fn what_turns_is_listed_up_to_a_bound_and_counted_beyond_it() {
    wait(async {
        let stored: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
        let (ledger, first, now) = ended_early(&stored).await;
        let (wrong, sit_at) = (now.plus_millis(YEARS_10_MS), now.plus_millis(30 * DAY_MS));
        for n in 0..FLIPS_LISTED_MAX {
            ledger.give(request(&format!("again-{n}"), book(piece(1), sit_at)), wrong).await;
        }
        let now = now.plus_millis(1_000);
        let reply = Started::over(&stored).await.correct("correct", first, None, YEARS_10_MS, now).await;
        let corrected = corrected(&reply);
        assert_eq!(corrected.flips.len(), FLIPS_LISTED_MAX);
        assert_eq!(corrected.turned.stay_refused, FLIPS_LISTED_MAX as u64 + 1);
    });
}

#[test]
fn a_span_that_replaces_too_much_is_refused_with_the_last_position_that_fits() {
    wait(async {
        let stored: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
        let (ledger, first, now) = ended_early(&stored).await;
        let wrong = now.plus_millis(YEARS_10_MS);
        for n in 10..1_200 {
            ledger.give(request(&format!("buy-{n}"), buy(n, None)), wrong).await;
        }
        let now = now.plus_millis(1_000);
        let stopped = Started::over(&stored).await;
        let refused = stopped.correct("whole", first, None, YEARS_10_MS, now).await;
        let Outcome::Refused(refusal) = refused.outcome else { panic!("it is too much") };
        assert_eq!(refusal.rule.to_string(), "span-fits");
        let last = refusal.remedy.split("to ").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
        let last: u64 = last.parse().unwrap_or_else(|_| panic!("{}", refusal.remedy));
        let one = stopped.correct("one", first, Some(last), YEARS_10_MS, now).await;
        assert!(corrected(&one).turned.replaced > 100);
        let mut next = last + 1;
        for n in 0..20 {
            let stopped = Started::over(&stored).await;
            let reply = stopped.correct(&format!("rest-{n}"), next, None, YEARS_10_MS, now).await;
            let Outcome::Refused(refusal) = reply.outcome else { break };
            let last = refusal.remedy.split("to ").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
            let last: u64 = last.parse().unwrap();
            stopped.correct(&format!("part-{n}"), next, Some(last), YEARS_10_MS, now).await;
            next = last + 1;
        }
        let ledger = Started::over(&stored).await;
        for number in [10, 600, 1_199] {
            assert_eq!(ledger.view(number).await.purchased_at, now.plus_millis(-1_000), "{number}");
        }
    });
}
