//! Roles as processes over NATS: three command handlers, two schedulers and an intake, of which one each sees a wrong clock.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use resit_nats::layout::{Layout, apply};
use resit_nats::{Link, Settings};
use resit_nats_fixture::{NatsServer, ServerConfig};

use super::shop::{Checked, Shop, is_ready, reports_its_clock};
use super::{Case, REPORTED_WITHIN, Wrong};
use crate::faketime::{FakeTime, for_so_long, within};
use crate::process::{Binary, Process, get};

const LEDGER: &str = "shop";

/// The roles of which one process sees a wrong clock.
const BAD: [&str; 3] = ["command-handler", "expiry-scheduler", "intake"];

struct Ledger {
    server: NatsServer,
    right: Binary,
    wrong: Binary,
    clock: FakeTime,
    _folders: tempfile::TempDir,
}

impl Ledger {
    fn new(binary: &Path) -> Self {
        let server = NatsServer::start(ServerConfig::that_proves_durability());
        let (folders, clock) = (tempfile::tempdir().expect("a folder can be made"), FakeTime::new());
        let settings = [("RESIT_NATS_LEDGER", LEDGER), ("RESIT_NATS_REPLICAS", "1")];
        let settings = settings.map(|(name, value)| (name, value.to_owned())).to_vec();
        let right = Binary { path: binary.to_owned(), folders: folders.path().to_owned(), settings };
        let seen = clock.variables().into_iter();
        let wrong =
            Binary { settings: right.settings.iter().cloned().chain(seen).collect(), ..right.clone() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let settings = Settings::open(&server.url(), LEDGER.parse().expect("a ledger's name"));
            let link = Link::connect(settings).await.expect("the server lets everybody in");
            apply(&link, &Layout::of(&link.names, 1, &[])).await.expect("the streams can be made");
        });
        let ledger = Self { server, right, wrong, clock, _folders: folders };
        ledger.right.run(&ledger.server.url(), "key", "init").with(0);
        ledger
    }

    fn start(&self, binary: &Binary, role: &str, folder: &str) -> Process {
        let home = binary.folders.join(folder);
        std::fs::create_dir_all(&home).expect("a folder can be made");
        std::fs::copy(binary.folders.join("key/code.key"), home.join("code.key")).expect("the key is copied");
        binary.start(role, &self.server.url(), folder)
    }

    fn bad(&self) -> Vec<Process> {
        BAD.map(|role| self.start(&self.wrong, role, &format!("bad-{role}"))).into()
    }
}

/// Plays one case with one bad handler of three, one bad scheduler of two, and a bad intake. Everything goes on, by the others.
///
/// # Panics
///
/// If a right ends early, something is recorded ahead of the time, or a bad process does not report its clock.
pub fn on_nats(binary: &Path, case: Case) -> Checked {
    let ledger = Ledger::new(binary);
    let good = ["command-handler", "command-handler", "expiry-scheduler", "projector"];
    let good =
        good.iter().enumerate().map(|(at, role)| ledger.start(&ledger.right, role, &format!("{role}-{at}")));
    let good: Vec<_> = good.collect();
    let mut bad = ledger.bad();
    let gateway = ledger.start(&ledger.right, "gateway", "gateway");
    let shop = Shop::open(&gateway.url);
    let is_enough = AtomicBool::new(!case.is_loaded);
    let checked = std::thread::scope(|scope| {
        let loaded = scope.spawn(|| shop.load(&is_enough));
        let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            match case.wrong {
                Wrong::For(span) => {
                    ledger.clock.set(case.ahead_s);
                    reported(&bad);
                    for_so_long(span, || shop.order().expect("others go on"));
                }
                Wrong::AcrossARestart => {
                    bad.drain(..).for_each(|mut process| process.stop());
                    ledger.clock.set(case.ahead_s);
                    bad = ledger.bad();
                    reported(&bad);
                    shop.order().expect("others go on");
                }
            }
            ledger.clock.set(0);
        }));
        if let Err(panic) = played {
            is_enough.store(true, Ordering::SeqCst);
            std::panic::resume_unwind(panic);
        }
        for process in &bad {
            within(REPORTED_WITHIN, "it is ready again", || is_ready(&process.url));
        }
        is_enough.store(true, Ordering::SeqCst);
        loaded.join().expect("the load holds")
    });
    assert_eq!(checked.turned_away, 0, "the gateway finds a handler whose clock is right: {checked:?}");
    shop.nothing_ended();
    drop((gateway, bad, good));
    checked
}

#[track_caller]
fn reported(bad: &[Process]) {
    for process in bad {
        within(REPORTED_WITHIN, "health reports the clock", || reports_its_clock(&process.url));
        let (_, metrics) = get(&process.url, "/metrics");
        assert!(metrics.contains("resit_clock_trusted 0\n"), "{metrics}");
    }
}
