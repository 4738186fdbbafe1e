//! All roles in one process over a folder.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use super::shop::{Checked, Shop, is_ready, is_untrusted, is_untrusted_clock, reports_its_clock};
use super::{Case, REPORTED_WITHIN, Wrong};
use crate::faketime::{FakeTime, for_so_long, within};
use crate::process::{Answer, Process, get};

/// A ledger in a folder, on a machine whose clock can be set wrong.
struct Machine<'a> {
    binary: &'a Path,
    clock: FakeTime,
    folder: tempfile::TempDir,
}

impl Machine<'_> {
    fn call(&self, words: &str) -> Command {
        let mut command = Command::new(self.binary);
        command.env("RESIT_LEDGER", self.folder.path().join("ledger")).env_remove("RESIT_LOG");
        command.args(words.split_whitespace());
        self.clock.show(&mut command);
        command
    }

    fn serve(&self, listen: &str) -> Process {
        let command = self.call(&format!("serve --listen {listen}"));
        Process::begin(command, self.folder.path().join("served.log")).at_work()
    }
}

/// Plays one case: no right ends early, nothing is recorded ahead of the time, and health, metrics and status report the clock.
///
/// # Panics
///
/// If any of that does not hold.
pub fn embedded(binary: &Path, case: Case) -> Checked {
    let machine = Machine {
        binary,
        clock: FakeTime::new(),
        folder: tempfile::tempdir().expect("a folder can be made"),
    };
    Answer::of(&mut machine.call("init")).with(0);
    let mut server = machine.serve("127.0.0.1:0");
    let url = server.url.clone();
    let shop = Shop::open(&url);
    let is_enough = AtomicBool::new(!case.is_loaded);
    let checked = std::thread::scope(|scope| {
        let loaded: Vec<_> = (0..2).map(|_| scope.spawn(|| shop.load(&is_enough))).collect();
        let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match case.wrong {
            Wrong::For(span) => {
                machine.clock.set(case.ahead_s);
                reported(&url, &shop);
                for_so_long(span, || {
                    let answer = get(&url, "/health/ready");
                    assert!(is_untrusted_clock(&answer), "it is reported all the time: {answer:?}");
                });
                machine.clock.set(0);
            }
            Wrong::AcrossARestart => {
                server.stop();
                machine.clock.set(case.ahead_s);
                let refused = machine.call("issue year --order web/off/1").output().expect("it runs");
                let said = String::from_utf8_lossy(&refused.stderr).into_owned();
                assert_eq!(refused.status.code(), Some(3), "{said}");
                assert!(said.contains("the clock is not trusted"), "{said}");
                server = machine.serve(url.trim_start_matches("http://"));
                reported(&url, &shop);
                server.stop();
                machine.clock.set(0);
                server = machine.serve(url.trim_start_matches("http://"));
            }
        }));
        if let Err(panic) = played {
            is_enough.store(true, Ordering::SeqCst);
            std::panic::resume_unwind(panic);
        }
        within(REPORTED_WITHIN, "it is ready again", || is_ready(&url));
        shop.order().expect("the clock is right again");
        is_enough.store(true, Ordering::SeqCst);
        loaded.into_iter().map(|one| one.join().expect("the load holds")).fold(
            Checked::default(),
            |all, one| Checked {
                acknowledged: all.acknowledged + one.acknowledged,
                turned_away: all.turned_away + one.turned_away,
            },
        )
    });
    assert_eq!(case.is_loaded, checked.acknowledged > 0, "{checked:?}");
    shop.nothing_ended();
    let log = server.logged();
    server.stop();
    let verified = Answer::of(&mut machine.call("verify")).with(0);
    assert!(!log.contains("panicked"), "{log}\n{verified:?}");
    checked
}

/// Whether everything reports the clock that is wrong now, and a command is turned away.
#[track_caller]
fn reported(url: &str, shop: &Shop) {
    within(REPORTED_WITHIN, "health reports the clock", || reports_its_clock(url));
    let problem = shop.order().expect_err("nothing is judged by a clock that is wrong");
    assert!(is_untrusted(&problem), "{problem:?}");
    let (_, metrics) = get(url, "/metrics");
    assert!(metrics.contains("resit_clock_trusted 0\n"), "{metrics}");
    let (_, status) = get(url, "/v1/status");
    assert!(status.contains("\"clock_fault\":\"the clock is not trusted"), "{status}");
}
