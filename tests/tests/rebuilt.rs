//! Read models that were made in one go equal those that were kept up step by step, whatever came in between.

use resit_derived_store::{Changes, DerivedStore};
use resit_domain::{EntitlementId, OfferId};
use resit_projector::{List, Projector};
use resit_tests::{Ledger, life};

/// More than are written one by one when they come at once.
const VOUCHERS: u64 = 1_500;

/// Read models that know nothing of the handler's states.
fn models(ledger: &Ledger) -> Projector {
    Projector::new(ledger.log.clone(), DerivedStore::temporary().unwrap())
}

/// Read models beside the handler, as in the server.
fn models_of_the_server(ledger: &Ledger) -> Projector {
    Projector::sharing(ledger.handler.states().clone(), DerivedStore::temporary().unwrap())
}

fn no_differences() -> Vec<Vec<u8>> {
    Vec::new()
}

fn sold(models: &Projector, page: usize) -> Vec<EntitlementId> {
    let offer: OfferId = "exam-replay".parse().unwrap();
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let found = models.page(List::Offer(&offer), after, page).unwrap();
        let Some(last) = found.last() else { return all };
        after = Some(*last);
        all.extend(found);
    }
}

#[tokio::test]
async fn made_in_one_go_or_step_by_step_rows_are_the_same() {
    let ledger = Ledger::in_memory().await;
    let (kept, of_server) = (models(&ledger), models_of_the_server(&ledger));
    // Each life is caught in the middle: what is kept of it is folded on, from several records at once.
    for part in 0..15 {
        ledger.live(part * 100..(part + 1) * 100, 0..2).await;
        if part % 5 == 0 {
            kept.catch_up(|_| ()).await.unwrap();
        }
        of_server.catch_up(|_| ()).await.unwrap();
    }
    let late = models(&ledger);
    late.catch_up(|_| ()).await.unwrap();
    for part in 0..15 {
        ledger.live(part * 100..(part + 1) * 100, 2..life::LIFE).await;
        of_server.catch_up(|_| ()).await.unwrap();
    }
    ledger.live(VOUCHERS..VOUCHERS + 20, 0..life::LIFE).await;
    let in_one_go = models(&ledger);
    in_one_go.catch_up(|_| ()).await.unwrap();
    for models in [&kept, &of_server, &late] {
        models.catch_up(|_| ()).await.unwrap();
        assert_eq!(models.differences(&in_one_go, 10).unwrap(), no_differences());
    }
    of_server.rebuild(|_| ()).await.unwrap();
    assert_eq!(of_server.differences(&in_one_go, 10).unwrap(), no_differences());
}

#[tokio::test]
async fn what_was_made_in_one_go_is_found_and_grows() {
    let ledger = Ledger::in_memory().await;
    ledger.live(0..VOUCHERS, 0..1).await;
    let models = models(&ledger);
    models.rebuild(|_| ()).await.unwrap();
    for (from, to) in [(VOUCHERS, VOUCHERS + 3), (VOUCHERS + 3, 3 * VOUCHERS)] {
        ledger.live(from..to, 0..2).await;
        models.catch_up(|_| ()).await.unwrap();
        let all = sold(&models, 100);
        assert_eq!(all.len() as u64, to);
        assert!(all.is_sorted_by(|one, other| one < other), "in order, and each once");
        assert_eq!(all, sold(&models, 7));
        for id in all.iter().step_by(331) {
            let view = models.entitlement(*id).unwrap().unwrap();
            let order = models.order(&view.order.shop, &view.order.number, None, 10).unwrap();
            assert_eq!((order.lines.len(), order.lines[0].issued, order.next), (1, 1, None), "{id}");
            for holder in view.units.iter().filter_map(|unit| unit.holder.as_ref()) {
                let served = models.candidate(holder).unwrap();
                assert!(served.iter().any(|unit| unit.entitlement == *id), "{holder}");
            }
        }
    }
}

#[tokio::test]
async fn what_a_clearing_left_behind_that_was_cut_short_goes() {
    let ledger = Ledger::in_memory().await;
    ledger.live(0..3, 0..5).await;
    let store = DerivedStore::temporary().unwrap();
    let mut left = Changes::default();
    left.put([b"E".as_slice(), &[7; 16]].concat(), b"of a log that is no more");
    store.bind(store.write(left).unwrap()).unwrap();
    let kept = Projector::new(ledger.log.clone(), store);
    kept.catch_up(|_| ()).await.unwrap();
    let fresh = models(&ledger);
    fresh.catch_up(|_| ()).await.unwrap();
    assert_eq!(kept.differences(&fresh, 10).unwrap(), no_differences());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_a_writing_that_was_given_up_are_there_before_the_next_are_written() {
    let ledger = Ledger::in_memory().await;
    let kept = models(&ledger);
    for part in 0..10 {
        ledger.live(part * 1_500..(part + 1) * 1_500, 0..1).await;
        // Given up at another place each time: mostly while rows are being written.
        let mut steps = 0;
        tokio::select! {
            biased;
            () = std::future::poll_fn(|task| {
                steps += 1;
                if steps > 2 + part { return std::task::Poll::Ready(()); }
                task.waker().wake_by_ref();
                std::task::Poll::Pending
            }) => {}
            caught_up = kept.catch_up(|_| ()) => drop(caught_up.unwrap()),
        }
    }
    kept.catch_up(|_| ()).await.unwrap();
    let fresh = models(&ledger);
    fresh.catch_up(|_| ()).await.unwrap();
    assert_eq!(kept.differences(&fresh, 10).unwrap(), no_differences());
}
