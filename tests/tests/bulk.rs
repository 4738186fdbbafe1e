//! What is kept behind the log costs memory and disk by change, and never by how many vouchers were bought at once.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use resit_command_handler::{CommandHandler, Settings};
use resit_derived_store::DerivedStore;
use resit_domain::{Assign, EntitlementId, OrderLine, Timestamp, VoucherRef};
use resit_expiry_scheduler::{Activity, Agenda, ExpiryScheduler};
use resit_projector::Projector;
use resit_states::States;
use resit_tests::measured::written_bytes;
use resit_tests::{Ledger, bulk, life};
use resit_voucher_code::CodeKey;
use tokio::sync::Mutex;

/// Bytes are counted for the whole process: one test at a time.
static ALONE: Mutex<()> = Mutex::const_new(());

const MIB: u64 = 1 << 20;

/// A ledger of vouchers bought in orders of hundreds; how many they are.
async fn bought(orders: u64) -> (Ledger, usize) {
    let ledger = Ledger::in_memory().await;
    bulk::give(&ledger.handler, bulk::publication("follows", bulk::offer())).await;
    for number in 0..orders {
        bulk::give(&ledger.handler, bulk::order(number, "exam-replay", bulk::EACH)).await;
    }
    (ledger, usize::try_from(orders).unwrap() * usize::from(bulk::EACH))
}

/// A scheduler that keeps nearly no states, so that what grows is what it collects.
fn scheduler(ledger: &Ledger) -> ExpiryScheduler {
    let key = Arc::new(CodeKey::from_bytes([7; 32]));
    let settings = Settings { cached_states_max: 1_000, ..Settings::default() };
    let handler = Arc::new(CommandHandler::new(ledger.log.clone(), key, settings));
    ExpiryScheduler::new(handler, ledger.log.clone(), Agenda::in_memory().unwrap())
}

fn models(ledger: &Ledger) -> Projector {
    let states = Arc::new(States::new(ledger.log.clone(), 1_000));
    Projector::sharing(states, DerivedStore::temporary().unwrap())
}

fn end(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Follows the log of a ledger in a process of its own; the most memory that the agenda took, and the read models.
fn follow(folder: &Path) -> (u64, u64) {
    let printed = loader(&["follow", folder.to_str().unwrap()]);
    let mut numbers = printed.split_whitespace().map(|number| number.parse::<u64>().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap())
}

fn loader(words: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_bulk-vouchers")).args(words).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn vouchers_bought_in_bulk_and_a_new_version_of_their_offer_are_followed_in_bounded_memory() {
    // So many that loading all of them at once shows, in orders so small that reading one of them again takes no time.
    const VOUCHERS: &str = "20000";
    const EACH: &str = "5";
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    loader(&["fill", folder.to_str().unwrap(), VOUCHERS, EACH]);
    let of_purchases = follow(folder);
    loader(&["publish", folder.to_str().unwrap()]);
    let of_version = follow(folder);
    let mib = |(agenda, models)| (agenda / MIB, models / MIB);
    // In a debug build these were 19, and then 14 and 17 MiB; and 31 and 39 where all vouchers of the offer were loaded at once.
    assert!(of_purchases.0 < 30 * MIB, "the agenda took {:?} MiB", mib(of_purchases));
    assert!(of_version.0 < 22 * MIB, "the agenda took {:?} MiB for a version", mib(of_version));
    assert!(of_version.1 < 28 * MIB, "the read models took {:?} MiB for a version", mib(of_version));
}

#[tokio::test]
async fn a_new_version_of_an_offer_is_noted_for_a_bounded_number_of_vouchers_at_a_time() {
    /// Each may be a pack of a thousand.
    const AT_ONCE_MAX: u64 = 256;
    let _alone = ALONE.lock().await;
    let (ledger, count) = bought(3).await;
    let scheduler = scheduler(&ledger);
    scheduler.catch_up().await.unwrap();
    bulk::publish_longer(&ledger.handler).await;
    let (progress, mut noted) = (scheduler.progress(), vec![0]);
    let mut following = Box::pin(scheduler.catch_up());
    // It gives way after each step.
    std::future::poll_fn(|task| {
        let polled = following.as_mut().poll(task);
        noted.push(progress.borrow().members);
        polled
    })
    .await
    .unwrap();
    assert_eq!(noted.iter().max(), Some(&(count as u64)), "every voucher was noted: {noted:?}");
    let steps: Vec<_> = noted.windows(2).map(|two| two[1].saturating_sub(two[0])).collect();
    assert!(steps.iter().all(|step| *step <= AT_ONCE_MAX), "{steps:?}");
}

#[tokio::test]
async fn a_new_version_of_an_offer_reaches_every_voucher_of_it() {
    let _alone = ALONE.lock().await;
    let (ledger, count) = bought(3).await;
    let (scheduler, models) = (scheduler(&ledger), models(&ledger));
    scheduler.catch_up().await.unwrap();
    models.catch_up(|_| ()).await.unwrap();
    let earlier = scheduler.next_due().await.unwrap();
    bulk::publish_longer(&ledger.handler).await;
    scheduler.catch_up().await.unwrap();
    models.catch_up(|_| ()).await.unwrap();
    assert!(scheduler.next_due().await.unwrap() > earlier, "every voucher ends later");
    assert_eq!(scheduler.count_due(Timestamp::MAX).await.unwrap(), count as u64);
    let (fresh, fresh_models) = (scheduler.fresh_beside().unwrap(), models.fresh_beside().unwrap());
    fresh.catch_up().await.unwrap();
    fresh_models.catch_up(|_| ()).await.unwrap();
    assert!(scheduler.differences(&fresh, 10).await.unwrap().is_empty());
    assert!(models.differences(&fresh_models, 10).unwrap().is_empty());
}

#[tokio::test]
async fn a_change_of_one_voucher_of_a_pack_writes_no_more_than_that_voucher() {
    const CHANGES: u16 = 100;
    let _alone = ALONE.lock().await;
    let ledger = Ledger::in_memory().await;
    bulk::give(&ledger.handler, bulk::publication("packs", bulk::packs_of(500))).await;
    bulk::give(&ledger.handler, bulk::order(1, "pack", 1)).await;
    let models = models(&ledger);
    models.catch_up(|_| ()).await.unwrap();
    models.flush().unwrap();
    let order = OrderLine { shop: "load".parse().unwrap(), number: "w1-v0".parse().unwrap(), line: 1 };
    let pack = EntitlementId::of_order(&order, 1);
    let before = written_bytes();
    for unit in 1..=CHANGES {
        let voucher = VoucherRef::Id { entitlement: pack, unit };
        let candidate = format!("c-{unit}").parse().unwrap();
        let command = Assign { voucher, candidate, branch: None }.into();
        let request = life::command(0, 0);
        let id = format!("assign-{unit}").parse().unwrap();
        bulk::give(&ledger.handler, resit_command_handler::Request { id, command, ..request }).await;
        models.catch_up(|_| ()).await.unwrap();
    }
    models.flush().unwrap();
    let each = (written_bytes() - before) / u64::from(CHANGES);
    #[expect(clippy::print_stdout, reason = "it is printed for those who run it by hand")]
    {
        println!("{each} bytes a change");
    }
    assert!(each < 16 << 10, "{each} bytes for each change of one voucher");
    let view = models.entitlement(pack).unwrap().unwrap();
    assert_eq!(view.units.len(), 500);
    let held = view.units.iter().filter(|unit| unit.holder.is_some()).map(|unit| unit.unit);
    assert!(held.eq(1..=CHANGES), "in the order of their numbers");
    let fresh = models.fresh_beside().unwrap();
    fresh.catch_up(|_| ()).await.unwrap();
    assert!(models.differences(&fresh, 10).unwrap().is_empty());
}

#[tokio::test]
async fn what_is_broken_off_anywhere_comes_out_as_if_it_had_not_been() {
    let _alone = ALONE.lock().await;
    let (ledger, _) = bought(4).await;
    let (scheduler, models) = (scheduler(&ledger), models(&ledger));
    let progress = scheduler.progress();
    for is_published in [false, true] {
        if is_published {
            bulk::publish_longer(&ledger.handler).await;
        }
        for steps in 0..12 {
            broken_off(steps, scheduler.catch_up()).await;
            assert_eq!(progress.borrow().activity(), Activity::Idle, "also when its caller gave up");
            broken_off(steps, models.catch_up(|_| ())).await;
        }
        scheduler.catch_up().await.unwrap();
        models.catch_up(|_| ()).await.unwrap();
        assert!(!progress.borrow().is_behind());
        let (fresh, fresh_models) = (scheduler.fresh_beside().unwrap(), models.fresh_beside().unwrap());
        fresh.catch_up().await.unwrap();
        fresh_models.catch_up(|_| ()).await.unwrap();
        assert!(scheduler.differences(&fresh, 10).await.unwrap().is_empty());
        assert!(models.differences(&fresh_models, 10).unwrap().is_empty());
    }
    for steps in 0..12 {
        broken_off(steps, scheduler.rebuild()).await;
    }
    scheduler.catch_up().await.unwrap();
    assert_eq!(
        scheduler.next_due().await.unwrap(),
        Some(end("2021-05-13T00:00:00Z")),
        "a month before the end"
    );
}

/// Polls something so many times, and drops it.
async fn broken_off<T>(steps: usize, work: impl Future<Output = T>) {
    let mut polled = 0;
    tokio::select! {
        biased;
        () = std::future::poll_fn(|task| {
            polled += 1;
            if polled > steps { return std::task::Poll::Ready(()); }
            task.waker().wake_by_ref();
            std::task::Poll::Pending
        }) => {}
        _ = work => {}
    }
}

#[tokio::test]
async fn progress_is_read_while_a_long_tick_runs() {
    let _alone = ALONE.lock().await;
    let (ledger, count) = bought(4).await;
    let scheduler = scheduler(&ledger);
    let progress = scheduler.progress();
    let now = "2021-01-01T00:00:00Z".parse().unwrap();
    let mut seen = Vec::new();
    let answered = scheduler.tick_telling(now, |_| seen.push(*progress.borrow())).await.unwrap();
    assert_eq!(answered, count);
    assert!(seen.iter().all(|progress| progress.activity() == Activity::Expire));
    assert!(seen.iter().all(|progress| progress.overdue > 0), "until the last one is answered");
    assert!(seen.is_sorted_by_key(|progress| (progress.answered, progress.position)));
    let after = *progress.borrow();
    assert_eq!((after.answered, after.overdue_at(now), after.activity()), (count as u64, 0, Activity::Idle));
}
