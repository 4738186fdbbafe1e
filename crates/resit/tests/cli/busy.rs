//! A server that is busy with long work answers from what is known.

use std::thread;
use std::time::Duration;

use resit_api::ProblemKind;
use resit_client::{Caller, Client, ClientError};
use resit_tests::faketime::within;
use resit_tests::process::get;
use serde_json::Value;

use crate::server::order;
use crate::shell::Shell;

/// What is promised of a stop.
pub(crate) const STOP_MAX: Duration = Duration::from_secs(10);

/// Nobody waits for longer: what is waited for takes seconds.
pub(crate) const PATIENCE: Duration = Duration::from_mins(3);

/// A day on which all that [`bought`] sells has ended.
const LATER: &str = "2028-01-05";

/// A ledger with so many vouchers of one order.
pub(crate) fn bought(quantity: u32) -> Shell {
    let shell = Shell::shop();
    shell.at("2026-01-05", &format!("issue exam-replay --order W-1 --quantity {quantity}")).with(0);
    shell
}

/// How the server is, as it says itself.
#[track_caller]
pub(crate) fn status(url: &str) -> Value {
    let (code, body) = get(url, "/v1/status");
    assert_eq!(code, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// How much is done of long work, and how much there is of it; none if it is not under way.
pub(crate) fn under_way(status: &Value, work: &str) -> Option<(u64, u64)> {
    let all = status["under_way"].as_array().unwrap_or_else(|| panic!("{status}"));
    let found = all.iter().find(|one| one["work"] == work)?;
    Some((found["done"].as_u64().unwrap(), found["total"].as_u64().unwrap()))
}

/// Asks until it is so.
#[track_caller]
pub(crate) fn until(url: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    within(PATIENCE, "the status is as it is waited for", || {
        last = status(url);
        is_so(&last)
    });
    last
}

/// Whether all that is made from the log is as far as the log.
pub(crate) fn is_up_to_date(status: &Value) -> bool {
    status["read_models"]["lag"] == 0 && status["agenda"]["lag"] == 0
}

/// A client on a later day. The first command that it gives takes the server's clock there.
pub(crate) fn later(url: &str) -> Client {
    let actor = "test".parse().unwrap();
    Client::new(Caller { url: url.to_owned(), token: None, actor, clock: Some(LATER.parse().unwrap()) })
}

#[track_caller]
pub(crate) fn is_under_way<T: std::fmt::Debug>(answer: Result<T, ClientError>, says: &str) {
    let error = answer.expect_err("something is under way that has to end first");
    let ClientError::Problem(problem) = error else { panic!("{error}") };
    assert_eq!((problem.r#type, problem.status), (ProblemKind::UnderWay, 503));
    assert!(problem.detail.contains(says), "{}", problem.detail);
    assert!(problem.retry_after_s.is_some());
}

/// The number that a metric shows.
fn metric(url: &str, name: &str) -> f64 {
    let page = get(url, "/metrics").1;
    let line =
        page.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name}: {page}"));
    line.trim().parse().unwrap()
}

#[test]
fn everybody_is_answered_while_a_large_tick_is_under_way() {
    // Where the machine is slow to ask, more has to end.
    assert!(
        [5_000, 10_000, 20_000, 40_000].into_iter().any(asked_in_the_middle),
        "everything was asked during the tick"
    );
}

/// Asks a server for all that it answers while so many rights end. False if they had ended before all was asked.
fn asked_in_the_middle(all: u64) -> bool {
    let shell = bought(u32::try_from(all).unwrap());
    let server = shell.serve();
    let url = server.url.as_str();
    until(url, is_up_to_date);
    let (id, body) = order("W-2");
    let client = later(url);
    client.handle(&id, &body).unwrap();

    // Twenty answers in the middle of the tick. One that waited for it would find nothing that is overdue.
    let mut done = Vec::new();
    while done.len() < 20 {
        let status = status(url);
        if status["agenda"]["overdue"] == 0 {
            return false;
        }
        if let Some((so_many, of)) = under_way(&status, "expire") {
            assert_eq!((of, so_many < of), (all, true), "{status}");
            done.push(so_many);
        }
    }
    assert!(done.is_sorted(), "{done:?}");
    let asked = (client.expire_due(), client.due(), client.verify(), client.rebuild());
    let (work_left, lag) =
        (metric(url, "resit_work_left{work=\"expire\"}"), metric(url, "resit_expiry_lag_seconds"));
    let ready = get(url, "/health/ready").0;
    let Some((so_many, of)) = under_way(&status(url), "expire") else { return false };
    // Every end was on record before all was asked: only the agenda still followed, or the last steps were not noted yet. Who asks
    // for the turn of the scheduler has it within a second then.
    if so_many == of || asked.0.is_ok() || asked.1.is_ok() {
        return false;
    }
    let left = format!("of {all} entitlements");
    is_under_way(asked.0, &left);
    is_under_way(asked.1, &left);
    is_under_way(asked.2, &left);
    is_under_way(asked.3, &left);
    assert!(work_left > 0.0 && lag > 86_400.0, "{work_left} {lag}");
    assert_eq!((ready, so_many >= done[0]), (200, true), "{so_many} {done:?}");

    // Seven hundred that ask at once take nothing from one who gives a command.
    thread::scope(|scope| {
        for _ in 0..700 {
            thread::Builder::new().stack_size(256 << 10).spawn_scoped(scope, || status(url)).unwrap();
        }
        shell.at(LATER, "offer publish second-shot-2008").with(0);
    });

    // A stop, in the middle of it if there is much left, keeps what was done.
    assert_eq!(server.stops_within(STOP_MAX), Some(0));
    let server = shell.serve();
    until(&server.url, |status| status["agenda"]["overdue"] == 0 && is_up_to_date(status));
    assert_eq!(later(&server.url).expire_due().unwrap().events.len(), 0);
    server.stop();
    let ended = shell.dump().matches("\"Expired\"").count();
    assert_eq!(ended as u64, all, "each ended once");
    shell.run("verify").with(0);
    true
}

#[test]
fn one_verification_and_one_rebuild_run_at_a_time() {
    let shell = bought(6_000);
    let server = shell.serve();
    until(&server.url, is_up_to_date);
    let verify = || later(&server.url).verify();
    thread::scope(|scope| {
        let first = scope.spawn(verify);
        until(&server.url, |status| under_way(status, "verify").is_some());
        is_under_way(verify(), "verify:");
        is_under_way(later(&server.url).rebuild(), "verify:");
        // What needs nothing of it is done meanwhile.
        let (id, body) = order("W-2");
        later(&server.url).handle(&id, &body).unwrap();
        assert!(first.join().unwrap().unwrap().sound);
    });
    until(&server.url, |status| under_way(status, "verify").is_none());
    server.stop();
}
