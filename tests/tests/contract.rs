//! The contract of `proto/` as others read it: the AsyncAPI parser, Python, JavaScript.

use std::process::Command;

use resit_tests::tools::{node, python, repository, run};

const MESSAGES: &str = "proto/golden/events/messages";

#[test]
fn the_document_is_one_for_the_asyncapi_parser() {
    let mut check = Command::new("node");
    check.current_dir(node("tests/asyncapi")).arg("check.mjs").arg(repository("proto/asyncapi.yaml"));
    let said = run(&mut check);
    assert!(said.starts_with("12 channels, 14 messages"), "{said}");
}

#[test]
fn every_golden_message_says_the_same_in_python() {
    let mut golden = Command::new(python("proto/examples/python/requirements.txt"));
    golden.env("PYTHONDONTWRITEBYTECODE", "1").arg(repository("proto/examples/python/golden.py"));
    let said = run(golden.arg(repository(MESSAGES)));
    assert_eq!(said, "44 messages say what they should\n");
}

#[test]
fn every_golden_message_says_the_same_in_javascript() {
    let mut golden = Command::new("node");
    golden.current_dir(node("proto/examples/javascript")).arg("golden.mjs");
    let said = run(golden.arg(repository(MESSAGES)));
    assert_eq!(said, "44 messages say what they should\n");
}
