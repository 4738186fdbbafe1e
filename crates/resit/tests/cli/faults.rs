//! What is done in the background and fails is a reason in health and a metric, and no more once it works again.

use std::fs;
use std::path::Path;
use std::process::Command;

use resit_tests::faketime::within;
use resit_tests::process::get;

use crate::apart::{alone_on_a_disk, child_folder, mount};
use crate::busy::PATIENCE;
use crate::serving::serve;
use crate::shell::Shell;

/// Orders until the server says that it is not ready for this reason. Each order fills a segment, where those are small.
fn until_not_ready(shell: &Shell, url: &str, reason: &str) {
    let mut orders = 0_u32..;
    within(PATIENCE, reason, || {
        let (status, health) = get(url, "/health/ready");
        let is_told = status == 503 && health.contains(reason);
        if let (false, Some(n)) = (is_told, orders.next()) {
            shell.at("2026-01-05", &format!("issue exam-replay --order W-{n} --quantity 200")).with(0);
        }
        is_told
    });
}

/// The kind of fault: what is kept beside the log in a folder of this size can't be written, and the log can. Once there is
/// room, it is written without a further command.
fn fails_and_recovers(folder: &str, size: &str, about: &str, reason: &str) {
    let disk = child_folder();
    mount(&disk, "size=200m");
    let shell = Shell::shop_in(disk.join("ledger"));
    let derived = shell.folder.join(folder);
    fs::create_dir_all(&derived).unwrap();
    mount(&derived, size);
    let server = serve(&shell.folder, "--segment-bytes 65536");
    let metric = |value: u8| {
        let page = get(&server.url, "/metrics").1;
        let line = format!("resit_fault{{about=\"{about}\"}} {value}\n");
        assert!(page.contains(&line), "{line}{page}");
    };
    assert_eq!(get(&server.url, "/health/ready").0, 200);
    metric(0);
    until_not_ready(&shell, &server.url, reason);
    metric(1);
    grown(&derived);
    within(PATIENCE, "it is ready again", || get(&server.url, "/health/ready").0 == 200);
    metric(0);
    server.stop();
    shell.run("verify").with(0);
}

fn grown(folder: &Path) {
    let mounted = Command::new("mount").args(["-o", "remount,size=100m"]).arg(folder).status();
    assert!(mounted.unwrap().success());
}

#[test]
fn read_models_that_can_not_be_written_are_a_reason_until_they_can() {
    alone_on_a_disk("faults::fills_the_disk_of_read_models");
}

#[test]
#[ignore = "a child of another test"]
fn fills_the_disk_of_read_models() {
    fails_and_recovers("read-models", "size=4m", "projector", "projector fails: ");
}

#[test]
fn an_agenda_that_can_not_be_written_is_a_reason_until_it_can() {
    alone_on_a_disk("faults::fills_the_disk_of_an_agenda");
}

#[test]
#[ignore = "a child of another test"]
fn fills_the_disk_of_an_agenda() {
    fails_and_recovers("agenda", "size=4m", "expiry-scheduler", "expiry-scheduler fails: ");
}

#[test]
fn an_index_that_can_not_be_written_is_a_reason_until_it_can() {
    alone_on_a_disk("faults::fills_the_disk_of_the_index");
}

#[test]
#[ignore = "a child of another test"]
fn fills_the_disk_of_the_index() {
    fails_and_recovers("index", "size=4k", "log", "the log's index can't be stored");
}
