//! Over random plans, on both kinds of log.

use super::*;

/// What somebody does.
#[derive(Debug, Clone, Copy)]
enum Deed {
    /// Orders a voucher; the day of purchase is what the clock shows.
    Buy,
    /// Reports an order of the day before.
    BuyBefore,
    /// Says something of an exam.
    Define,
    /// Means one of the vouchers for somebody. The right must be alive.
    Assign(u8),
    /// Books with one of the vouchers. The clock must be right.
    Book(u8),
}

/// Deeds, each so many milliseconds after the one before.
#[derive(Debug, Clone)]
struct Plan {
    deeds: Vec<(i64, Deed)>,
    /// The deeds that are done by the wrong clock.
    from: usize,
    until: usize,
    ahead_ms: i64,
}

fn plans() -> impl Strategy<Value = Plan> {
    let deed = prop_oneof![
        3 => Just(Deed::Buy),
        2 => Just(Deed::BuyBefore),
        1 => Just(Deed::Define),
        2 => any::<u8>().prop_map(Deed::Assign),
        2 => any::<u8>().prop_map(Deed::Book),
    ];
    let ahead = prop_oneof![3_600_000..300 * DAY_MS, Just(YEARS_10_MS)];
    (vec((1_i64..600_000, deed), 2..16), any::<(prop::sample::Index, prop::sample::Index)>(), ahead).prop_map(
        |(deeds, (a, b), ahead_ms)| {
            let (a, b) = (a.index(deeds.len()), b.index(deeds.len()));
            Plan { from: a.min(b), until: a.max(b) + 1, deeds, ahead_ms }
        },
    )
}

/// Does a deed, unless the clock decides what becomes of it. Returns whether it bought something on the day that the clock shows.
async fn done(
    ledger: &Started,
    n: usize,
    deed: Deed,
    at: Timestamp,
    bought: &mut Vec<usize>,
    plan: &Plan,
) -> bool {
    let is_wrong = (plan.from..plan.until).contains(&n);
    let one_of = |of: u8, bought: &[usize]| bought.get(usize::from(of) % bought.len().max(1)).copied();
    let command: Command = match deed {
        Deed::Buy => buy(n, None).into(),
        Deed::BuyBefore => buy(n, Some(life::day_one())).into(),
        Deed::Define => {
            let exam = format!("EX-{}", n + 10).parse().unwrap();
            DefineExam { exam, facts: ExamFacts::default() }.into()
        }
        Deed::Assign(of) => {
            let Some(number) = one_of(of, bought).filter(|_| !is_wrong || plan.ahead_ms < 300 * DAY_MS)
            else {
                return false;
            };
            let voucher = VoucherRef::Id { entitlement: piece(number), unit: 1 };
            Assign { voucher, candidate: format!("c-{n}").parse().unwrap(), branch: None }.into()
        }
        Deed::Book(of) => match one_of(of, bought).filter(|_| !is_wrong) {
            Some(number) => book(piece(number), life::day_one().plus_millis(30 * DAY_MS)).into(),
            None => return false,
        },
    };
    let buys = matches!(deed, Deed::Buy | Deed::BuyBefore);
    let reply = ledger.give(request(&format!("deed-{n}"), command), at).await;
    if buys {
        assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{:?}", reply.outcome);
        bought.push(n);
    }
    is_wrong && matches!(deed, Deed::Buy)
}

/// Plays a plan on a log, by the right clock or by one that is wrong for a while and then corrected. Returns what everybody sees.
async fn played(
    stored: Arc<dyn EventLog>,
    plan: &Plan,
    is_right: bool,
) -> Vec<(EntitlementView, Vec<(Timestamp, Timestamp, Event)>)> {
    let mut ledger = Started::over(&stored).await;
    for request in life::setting() {
        ledger.give(request, life::day_one()).await;
    }
    let (mut now, mut bought, mut first) = (life::day_one().plus_millis(DAY_MS), Vec::new(), 0);
    let (mut on_the_day, store) = (0, tempfile::tempdir().unwrap());
    let store = store.path().join("read-models");
    for (n, (gap_ms, deed)) in plan.deeds.iter().copied().enumerate() {
        now = now.plus_millis(gap_ms);
        let is_wrong = !is_right && (plan.from..plan.until).contains(&n);
        if is_wrong && n == plan.from {
            first = stored.head().await.unwrap().0 + 1;
        }
        let shows = if is_wrong { now.plus_millis(plan.ahead_ms) } else { now };
        on_the_day += u64::from(done(&ledger, n, deed, shows, &mut bought, plan).await);
        ledger.tick(shows).await;
        if !is_right && n + 1 == plan.until && stored.head().await.unwrap().0 >= first {
            let models = Projector::new(ledger.log.clone(), DerivedStore::open(&store).unwrap().0);
            models.catch_up(|_| ()).await.unwrap();
            drop(models);
            let reply =
                Started::over(&stored).await.correct("correct", first, None, plan.ahead_ms, now).await;
            let turned = corrected(&reply).turned;
            assert_eq!((turned.replaced, turned.stand, turned.stay_refused), (on_the_day, 0, 0));
            assert_eq!(reply.recorded_at, now);
            ledger = Started::over(&stored).await;
            ledger.check_read_models(DerivedStore::open(&store).unwrap().0).await;
        }
    }
    // All that is left ends by the right clock, once.
    ledger.tick(life::day_one().plus_millis(500 * DAY_MS)).await;
    assert_eq!(ledger.tick(life::day_one().plus_millis(501 * DAY_MS)).await, 0);
    let mut seen = Vec::new();
    for number in bought {
        seen.push((ledger.view(number).await, ledger.history(number).await));
    }
    seen
}

fn tried(cases: u32, log: impl Fn() -> (Option<tempfile::TempDir>, Arc<dyn EventLog>)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&plans(), |plan| {
        let right = wait(played(Arc::new(MemoryLog::new()), &plan, true));
        let (_folder, log) = log();
        let wrong = wait(played(log, &plan, false));
        if right == wrong { Ok(()) } else { Err(TestCaseError::fail(format!("{right:#?}\n{wrong:#?}"))) }
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_corrected_ledger_in_memory_lists_what_one_with_the_right_clock_does() {
    tried(60, || (None, Arc::new(MemoryLog::new())));
}

#[test]
fn a_corrected_ledger_in_a_folder_lists_what_one_with_the_right_clock_does() {
    tried(10, || {
        let (folder, log) = embedded();
        (Some(folder), log)
    });
}
