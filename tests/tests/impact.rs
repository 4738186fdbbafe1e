//! The impact of a publication is what complete listings before it and after it show.

use std::sync::Arc;

use resit_command_handler::{CommandHandler, EndMoved, Failure, Outcome, Request, Seen, Settings};
use resit_domain::{Command, EntitlementId, Event, Impact, Rule, Timestamp};
use resit_event_log::{EventLog, MemoryLog};
use resit_tests::handler;
use resit_tests::impact::{Listing, Orders, World, difference, order, publications};

const ORDERS: Orders = Orders { lines: 8, each: 125 };

fn t(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn world(orders: Orders) -> (World, Arc<dyn EventLog>) {
    let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new());
    let mut world = World::new(handler(&log)).await;
    world.buy(orders).await;
    world.live(orders).await;
    (world, log)
}

/// The bookings that a listing shows and that could lead to a pass.
async fn bookings(world: &World, listing: &Listing) -> Vec<(EntitlementId, u16)> {
    let mut bookings = Vec::new();
    for (key, right) in listing {
        if let Some(sit_at) = right.sit_at.filter(|_| right.is_live)
            && world.passes(*key, sit_at).await
        {
            bookings.push(*key);
        }
    }
    bookings
}

#[track_caller]
fn examples_are_true(impact: &Impact, before: &Listing, after: &Listing) {
    for (affected, is_at_once) in [(&impact.moved, false), (&impact.ended_at_once, true)] {
        assert_eq!(affected.examples.len() as u64, affected.count.min(3));
        for right in &affected.examples {
            let key = (right.entitlement, right.unit);
            assert_eq!((right.before, right.after), (before[&key].ends_at, after[&key].ends_at));
            assert!(!is_at_once || !after[&key].is_live);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reported_impact_is_the_difference_of_complete_listings() {
    let (world, log) = world(ORDERS).await;
    let mut met = [0; 3];
    for (name, command, at, takes) in publications() {
        // Not the handler that sold everything: it knows nothing yet.
        let cold = Settings { cached_states_max: 100, ..Settings::default() };
        let key = Arc::new(resit_voucher_code::CodeKey::from_bytes([7; 32]));
        let publisher = world.by(Arc::new(CommandHandler::new(log.clone(), key, cold)));
        let before = world.listing(ORDERS, at).await;
        let booked = bookings(&world, &before).await;
        let told = publisher.dry_run(command.clone(), at).await;
        assert_eq!(told.takes_rights(), takes, "{name}: {told:?}");
        if takes {
            let refused = publisher.send(&format!("{name}-unconfirmed"), command.clone(), at, false).await;
            let Outcome::Refused(refusal) = &refused.outcome else { panic!("{name} asks for confirmation") };
            assert_eq!((refusal.rule, &*refusal.clause), (Rule::ImpactConfirmed, "R18"));
            assert_eq!(refused.impact.as_deref(), Some(&told));
            assert_eq!(world.listing(ORDERS, at).await, before, "nothing was done");
        }
        let reply = publisher.send(name, command.clone(), at, takes).await;
        assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{name}: {:?}", reply.outcome);
        assert_eq!(reply.impact.as_deref(), Some(&told), "{name}: as in the dry run");
        // The listing handler wrote nothing of this: it reads again.
        world.forget_published();
        let after = world.listing(ORDERS, at).await;
        let (live, moved, ended) = difference(&before, &after);
        assert_eq!((told.moved.count, told.ended_at_once.count), (moved, ended), "{name}");
        examples_are_true(&told, &before, &after);
        if name == "retired" {
            let last = t("2020-02-11");
            let behind = before.values().filter(|right| right.sit_at.is_some_and(|at| last <= at)).count();
            // Only one of the two exams retires.
            assert!(told.bookings_broken.count > 0 && told.bookings_broken.count < behind as u64, "{told:?}");
        } else {
            let still = bookings_of(&world, &booked, &before).await;
            assert_eq!(told.bookings_broken.count, booked.len() as u64 - still, "{name}");
        }
        if name == "calendar" || name == "shorter" {
            let contract = live * 3 / 4;
            assert_eq!(told.compared, contract, "{name}: three of four are sold under the contract");
        }
        for (met, count) in met.iter_mut().zip([moved, ended, told.bookings_broken.count]) {
            *met += count;
        }
    }
    assert!(met.iter().all(|count| *count > 100), "{met:?}");
}

/// How many of these bookings could still lead to a pass.
async fn bookings_of(world: &World, booked: &[(EntitlementId, u16)], before: &Listing) -> u64 {
    let mut still = 0;
    for key in booked {
        let sit_at = before[key].sit_at.unwrap();
        still += u64::from(world.passes(*key, sit_at).await);
    }
    still
}

#[tokio::test]
async fn what_was_counted_is_on_record_and_the_same_id_gets_the_same_answer() {
    let few = Orders { lines: 4, each: 8 };
    let (world, log) = world(few).await;
    let publication = publications().into_iter().find(|(name, ..)| *name == "at-once").unwrap();
    let (_, command, at, _) = publication;
    let refused = world.send("first", command.clone(), at, false).await;
    let done = world.send("second", command.clone(), at, true).await;
    for (name, confirm, was) in [("first", false, &refused), ("second", true, &done)] {
        let again = world.by(handler(&log));
        let reply = again.send(name, command.clone(), "2020-06-01", confirm).await;
        assert!(reply.replayed);
        assert_eq!((&reply.impact, &reply.outcome), (&was.impact, &was.outcome));
        assert!(again.handler.why(&name.parse().unwrap()).await.unwrap().agrees, "{name}");
        let request = Request {
            id: name.parse().unwrap(),
            actor: "operator".parse().unwrap(),
            command: command.clone(),
            confirm: !confirm,
        };
        let other = again.handler.handle(request, t("2020-06-01")).await;
        assert!(
            matches!(other, Err(Failure::IdReused { .. })),
            "confirmation is part of the body: {other:?}"
        );
    }
}

#[tokio::test]
async fn the_history_of_a_right_shows_every_publication_that_moved_its_end() {
    let few = Orders { lines: 4, each: 8 };
    let (world, _) = world(few).await;
    let mut ends: Vec<Vec<(String, EndMoved)>> = Vec::new();
    // Unused and registered under one agreement, unused under the other, and unused of the season.
    let rights: Vec<_> = [(0, 6), (0, 1), (2, 6), (3, 6)]
        .map(|(line, piece)| EntitlementId::of_order(&order(line), piece))
        .into();
    for right in &rights {
        assert!(moved(&world, *right, Seen::default()).await.is_empty());
        ends.push(Vec::new());
    }
    for (name, command, at, takes) in publications() {
        let before = world.listing(few, at).await;
        world.send(name, command, at, takes).await;
        let after = world.listing(few, at).await;
        for (right, ends) in rights.iter().zip(&mut ends) {
            let (before, after) = (before[&(*right, 1)].ends_at, after[&(*right, 1)].ends_at);
            if before != after {
                ends.push((name.to_owned(), EndMoved { before, after }));
            }
        }
    }
    let names = |ends: &[(String, EndMoved)]| ends.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(
        ends.iter().map(|ends| names(ends)).collect::<Vec<_>>(),
        [vec!["shorter", "at-once"], vec!["before-sittings", "at-once"], vec!["shorter"], vec!["extended"],]
    );
    for (right, ends) in rights.iter().zip(&ends) {
        assert_eq!(moved(&world, *right, Seen::default()).await, *ends);
        // As it was known before the last of them.
        let known_at = Some(t("2019-12-09T12:00Z"));
        let earlier = moved(&world, *right, Seen { known_at, as_of: None }).await;
        assert_eq!(earlier, ends.iter().filter(|(name, _)| name != "at-once").cloned().collect::<Vec<_>>());
    }
}

/// The publications in the history of a right, by their ids.
async fn moved(world: &World, right: EntitlementId, seen: Seen) -> Vec<(String, EndMoved)> {
    let history = world.handler.history(right, seen).await.unwrap();
    assert!(history.is_sorted_by_key(|entry| entry.position));
    for entry in &history {
        if let Event::OfferPublished(published) = &entry.event {
            assert!(published.source.is_empty(), "the text is asked for by itself");
        }
    }
    let moved = history.into_iter().filter_map(|entry| Some((entry.command.to_string(), entry.end_moved?)));
    moved.collect()
}

#[tokio::test]
async fn a_publication_that_can_touch_nothing_compares_nothing() {
    let (world, _) = world(Orders { lines: 4, each: 8 }).await;
    for (name, command, at, _) in publications() {
        let compared = world.dry_run(command.clone(), at).await.compared;
        let is_walked = !matches!(command, Command::WithdrawOffer(_) | Command::MigrateProvider(_));
        assert_eq!(compared > 0, is_walked, "{name}");
    }
}
