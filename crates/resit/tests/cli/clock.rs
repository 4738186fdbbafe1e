//! A machine whose clock is wrong, set wrong from outside; `tests/clock-rounds` plays every case.

use std::process::Command;
use std::time::Duration;

use resit_tests::faketime::FakeTime;
use resit_tests::process::Process;
use resit_tests::wrong_clock::{AHEAD_S, Case, REPORTED_WITHIN, Wrong, embedded};

use crate::serving::binary;
use crate::shell::Answer;

pub(crate) const DAY_S: i64 = 86_400;
const YEAR_S: i64 = 365 * DAY_S;

#[test]
fn a_clock_that_jumps_ahead_under_a_server_ends_nothing_and_is_reported() {
    for (at, ahead_s) in AHEAD_S.into_iter().enumerate() {
        let case = Case { ahead_s, wrong: Wrong::For(Duration::from_secs(1)), is_loaded: at % 2 == 1 };
        #[expect(clippy::print_stdout, reason = "it is printed for those who run it by hand")]
        {
            println!("{case}: {:?}", embedded(binary(), case));
        }
    }
}

#[test]
fn a_clock_that_is_ahead_across_a_restart_ends_nothing_and_is_reported() {
    for (at, ahead_s) in AHEAD_S.into_iter().enumerate() {
        let case = Case { ahead_s, wrong: Wrong::AcrossARestart, is_loaded: at % 2 == 0 };
        #[expect(clippy::print_stdout, reason = "it is printed for those who run it by hand")]
        {
            println!("{case}: {:?}", embedded(binary(), case));
        }
    }
}

/// A ledger that nobody serves, on a machine whose clock can be set.
pub(crate) struct Machine {
    pub(crate) clock: FakeTime,
    pub(crate) folder: tempfile::TempDir,
}

impl Machine {
    pub(crate) fn with_a_voucher() -> Self {
        let machine = Self { clock: FakeTime::new(), folder: tempfile::tempdir().unwrap() };
        for words in [
            "init",
            "offer publish exam-replay",
            "exam EX-1 --categories associate --deliveries online",
            "issue exam-replay --order W-1",
        ] {
            machine.run(words).with(0);
        }
        machine
    }

    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = Command::new(binary());
        command.env_remove("RESIT_ACTOR").env_remove("RESIT_LOG");
        command.env("RESIT_LEDGER", self.folder.path().join("ledger")).args(words.split_whitespace());
        self.clock.show(&mut command);
        command
    }

    pub(crate) fn run(&self, words: &str) -> Answer {
        let answer = resit_tests::process::Answer::of(&mut self.command(words));
        Answer { code: answer.code, out: answer.out, err: answer.err }
    }

    pub(crate) fn dump(&self) -> String {
        self.run("log dump --limit 100000").with(0).out
    }

    /// Forgets which boot of the machine the ledger was last used in, as a reboot does.
    pub(crate) fn reboot(&self) {
        let file = self.folder.path().join("ledger/clock.json");
        let text = std::fs::read_to_string(&file).unwrap();
        let mut seen: serde_json::Value = serde_json::from_str(&text).unwrap();
        seen["boot"] = "another".into();
        std::fs::write(file, seen.to_string()).unwrap();
    }
}

#[test]
fn one_command_by_a_clock_that_is_ahead_is_refused_and_leaves_no_trace() {
    let machine = Machine::with_a_voucher();
    let before = machine.dump();
    for ahead_s in AHEAD_S {
        machine.clock.set(ahead_s);
        for words in [
            "issue exam-replay --order W-2",
            "--dry-run issue exam-replay --order W-2",
            "issue no-such-offer --order W-2",
            "exam EX-2 --categories associate --deliveries online",
            "expire",
            "--dry-run expire",
        ] {
            let answer = machine.run(words).with(3);
            assert!(answer.err.contains("the clock is not trusted"), "{words}: {}", answer.err);
            assert!(
                !answer.err.contains("got no answer"),
                "it is certain that nothing was done: {}",
                answer.err
            );
        }
        let status = machine.run("status").with(0);
        assert!(status.out.contains("the clock is not trusted"), "{}", status.out);
        // What is shown is shown as of what is known.
        let shown = machine.run("look-up --order W-1").with(0);
        assert!(!shown.out.contains("expired"), "{}", shown.out);
    }
    machine.clock.set(0);
    assert_eq!(machine.dump(), before);
    machine.run("issue exam-replay --order W-2").with(0);
    machine.run("verify").with(0);
}

#[test]
fn a_year_of_sleep_takes_one_command_and_then_everything_ends_that_should_have() {
    for (is_confirmed_at_the_server, days) in [(false, 366), (true, 400), (false, 3_652)] {
        let machine = Machine::with_a_voucher();
        machine.reboot();
        machine.clock.set(days * DAY_S);
        let refused = machine.run("expire").with(3);
        let confirm = refused.err.split('`').find(|part| part.starts_with("resit clock confirm")).unwrap();
        let confirm = confirm.strip_prefix("resit ").unwrap().to_owned();
        let server = is_confirmed_at_the_server.then(|| {
            let command = machine.command("serve --listen 127.0.0.1:0");
            Process::begin(command, machine.folder.path().join("served.log")).at_work()
        });
        if let Some(server) = &server {
            assert_eq!(server.get("/health/ready").0, 503);
        }
        machine.run(&confirm).with(0);
        if let Some(server) = server {
            let ready = || server.get("/health/ready").0 == 200;
            resit_tests::faketime::within(REPORTED_WITHIN, "it is ready once the clock is confirmed", ready);
            // The scheduler is woken by it.
            let ended = || server.get("/v1/log?limit=1000").1.contains("\"Expired\"");
            resit_tests::faketime::within(REPORTED_WITHIN, "what should have ended is on record", ended);
        } else {
            machine.run("expire").with(0);
        }
        let dump = machine.dump();
        assert_eq!(dump.matches("\"Expired\"").count(), 1, "{dump}");
        assert!(dump.contains("\"ClockConfirmed\"") && dump.contains("recorded_until"), "{dump}");
        // It was that gap alone.
        machine.clock.set(days * DAY_S + 2 * YEAR_S);
        machine.run("issue exam-replay --order W-3").with(3);
        machine.run(&confirm).with(2);
    }
}

#[test]
fn a_confirmation_names_what_the_clock_reads_and_nothing_else_counts() {
    let machine = Machine::with_a_voucher();
    machine.clock.set(400 * DAY_S);
    for (reads, code) in [("2019-01-01T00:00Z", 2), ("2099-01-01T00:00Z", 2), ("soon", 2)] {
        machine.run(&format!("clock confirm {reads}")).with(code);
    }
    let before = machine.dump();
    machine.run("issue exam-replay --order W-2").with(3);
    assert_eq!(machine.dump(), before);
}

#[test]
fn a_clock_behind_the_last_record_is_refused_with_the_way_back_and_can_not_be_confirmed() {
    let machine = Machine::with_a_voucher();
    for ahead_s in [-2 * 3_600, -DAY_S, -400 * DAY_S] {
        machine.clock.set(ahead_s);
        let answer = machine.run("issue exam-replay --order W-2").with(3);
        assert!(
            answer.err.contains("behind the last record") && answer.err.contains("log copy --until"),
            "{}",
            answer.err
        );
    }
    machine.clock.set(0);
    machine.run("issue exam-replay --order W-2").with(0);
}

#[test]
fn after_a_reboot_a_pause_shorter_than_the_gap_needs_no_confirmation() {
    for (days, setting, code) in [(6, None, 0), (8, None, 3), (8, Some("1000000"), 0), (1, Some("3600"), 3)] {
        let machine = Machine::with_a_voucher();
        machine.reboot();
        machine.clock.set(days * DAY_S);
        let mut command = machine.command("issue exam-replay --order W-2");
        command.envs(setting.map(|seconds| ("RESIT_CLOCK_GAP_MAX_S", seconds)));
        resit_tests::process::Answer::of(&mut command).with(code);
    }
}
