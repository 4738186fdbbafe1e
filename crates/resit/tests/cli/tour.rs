//! docs/tour.md: its commands run as they stand, and come to the answers that it shows.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::serving::serve;
use crate::shell::repository;

const SERVE: &str = "resit serve --ledger tour\n";
const URL: &str = "http://127.0.0.1:7480";

/// A block of commands, and the answer shown below it.
struct Step<'a> {
    commands: &'a str,
    answer: Option<&'a str>,
}

fn steps(page: &str) -> Vec<Step<'_>> {
    let mut steps: Vec<Step> = Vec::new();
    for block in page.split("```").skip(1).step_by(2) {
        match block.split_once('\n') {
            Some(("sh", commands)) => steps.push(Step { commands, answer: None }),
            Some(("text", answer)) => steps.last_mut().unwrap().answer = Some(answer),
            other => panic!("a block of another kind: {other:?}"),
        }
    }
    steps
}

/// Whether all pieces of what is shown stand in what came, in that order. Where a line is broken does not matter.
#[track_caller]
fn check(shown: &str, came: &str) {
    let bare = |text: &str| -> String { text.split_whitespace().collect() };
    let (shown, came) = (bare(shown), bare(came));
    let mut rest = came.as_str();
    for piece in shown.split('…') {
        let at =
            rest.find(piece).unwrap_or_else(|| panic!("{piece:?} is not in what is left: {rest}\nof {came}"));
        rest = &rest[at + piece.len()..];
    }
    assert!(came.starts_with(shown.split('…').next().unwrap()), "{came}");
    assert!(shown.ends_with('…') || rest.is_empty(), "{rest:?} came behind what is shown");
}

/// Runs blocks of commands in one shell, and returns what each of them said.
fn run(blocks: &[String], folder: &Path) -> Vec<String> {
    const END: &str = "=== the end of a block ===";
    let end = format!("\necho; echo '{END}'\n");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    for variable in ["RESIT_LEDGER", "RESIT_ACTOR", "RESIT_TOKEN", "RESIT_SERVER"] {
        shell.env_remove(variable);
    }
    shell.args(["-e", "-c", &(blocks.join(&end) + &end)]);
    let output = shell.current_dir(folder).env("PATH", path).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let mut said: Vec<_> = said.split(END).map(ToOwned::to_owned).collect();
    said.pop();
    said
}

#[test]
fn the_tour_comes_to_what_it_shows() {
    let page = fs::read_to_string(repository().join("docs/tour.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    symlink(env!("CARGO_BIN_EXE_resit"), folder.path().join("resit")).unwrap();
    let steps = steps(&page);
    let begins = steps.iter().position(|step| step.commands == SERVE).expect("the tour starts a server");
    let (before, then) = (&steps[..begins], &steps[begins + 1..]);
    let before: Vec<_> = before.iter().map(|step| step.commands.to_owned()).collect();
    run(&before, folder.path());

    // The tour's own port may be taken here.
    let server = serve(&folder.path().join("tour"), "");
    assert!(then[0].commands.contains(URL), "the tour says where the server is");
    let asked: Vec<_> = then.iter().map(|step| step.commands.replace(URL, &server.url)).collect();
    let said = run(&asked, folder.path());
    server.stop();

    assert_eq!(said.len(), then.len());
    let answers = then.iter().zip(&said).filter_map(|(step, came)| Some((step.answer?, came)));
    let mut count = 0;
    for (shown, came) in answers {
        check(shown, came);
        count += 1;
    }
    assert_eq!(count, 8, "answers that the tour shows");
}

#[test]
fn an_answer_that_differs_from_what_is_shown_is_found() {
    check("{\"a\":1, … \"c\":3}", "{\"a\":1,\"b\":2,\"c\":3}");
    for came in ["{\"a\":1,\"c\":4}", "{\"a\":2,\"c\":3}", "{\"a\":1,\"c\":3}}", "0{\"a\":1,\"c\":3}"] {
        let differs = std::panic::catch_unwind(|| check("{\"a\":1, … \"c\":3}", came));
        assert!(differs.is_err(), "{came}");
    }
}
