//! The log, printed.

use crate::shell::Shell;

#[test]
fn all_records_are_printed_and_a_limit_says_where_it_stopped() {
    let shell = Shell::shop();
    shell.at("2026-01-05", "issue exam-replay --order W-1 --quantity 1100").with(0);
    let server = shell.serve();
    let through_the_server = shell.run("log dump").with(0);
    server.stop();
    let all = shell.run("log dump").with(0);
    assert!(all.out.lines().count() > 1_100, "{}", all.out.lines().count());
    assert_eq!((&all.out, all.err.as_str()), (&through_the_server.out, ""));
    let head: serde_json::Value = serde_json::from_str(all.out.lines().last().unwrap()).unwrap();
    let head = head["position"].as_u64().unwrap();

    let first = shell.run("log dump --limit 1000").with(0);
    assert_eq!(first.out.lines().count(), 1_000);
    assert_eq!(first.err, format!("up to position 1000 of {head}; go on with --after 1000\n"));
    let rest = shell.run("log dump --after 1000 --limit 100000").with(0);
    assert_eq!((first.out + &rest.out, rest.err.as_str()), (all.out, ""));

    let beyond = shell.run(&format!("log dump --after {}", head + 1)).with(2);
    assert!(beyond.err.contains("is behind the log's end"), "{}", beyond.err);
}
