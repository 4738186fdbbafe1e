//! 10,000 requests made up from the document that the server shows, valid and broken, over real sockets.

mod hints;
mod run;

use std::rc::Rc;

use resit_tests::dice::{Dice, seed};
use resit_tests::openapi::{Connection, Document, Maker, Operation, Request};

use crate::serving::Server;
use crate::shell::Shell;
use hints::{BEGIN, OFFERS, hints};
use run::Run;

const REQUESTS: u32 = 10_000;

/// How often each question and each command is answered with what was asked for, at least. A server that refuses
/// everything would be as documented, too.
const ACCEPTED_EACH: u32 = 3;
/// The same for those that are sent seldom, since they read the whole log or end what others begin.
const ACCEPTED_SELDOM: u32 = 1;
/// How often in all.
const ACCEPTED: u32 = 2_500;

/// What is tried next where this was accepted: a life goes on.
const FOLLOWS: &[(&str, &str)] = &[
    ("issue", "schedule"),
    ("assign", "schedule"),
    ("schedule", "record-result"),
    ("schedule", "reschedule"),
    ("schedule", "cancel"),
    ("reschedule", "record-result"),
    ("record-result", "correct-result"),
    ("correct-result", "schedule"),
    ("extend", "approve-goodwill"),
    ("extend", "decline-goodwill"),
    ("revoke", "reinstate"),
];

/// How often an operation is asked, beside the others.
fn weight(operation: &Operation) -> usize {
    match operation.id.as_str() {
        // Nothing puts a withdrawn offer on sale again: it is withdrawn when all else was asked.
        "withdraw-offer" => 0,
        id if is_seldom(id) => 1,
        "migrate-provider" => 8,
        // What was taken back is what can be given again.
        "revoke" => 12,
        "issue" | "schedule" | "record-result" => 60,
        _ if operation.verb == "GET" => 12,
        _ => 30,
    }
}

fn is_seldom(id: &str) -> bool {
    matches!(id, "verify" | "rebuild" | "withdraw-offer")
}

/// The document, as the server shows it.
fn shown(server: &Server) -> (Connection, Document) {
    let mut connection = Connection::new(server.url.trim_start_matches("http://"));
    let (verb, path) = ("GET".to_owned(), "/openapi.json".to_owned());
    let ask = Request { verb, path, query: Vec::new(), headers: Vec::new(), body: None };
    let answer = connection.send(&ask).unwrap();
    assert_eq!((answer.status, answer.media()), (200, "application/json"));
    (connection, Document::new(serde_json::from_slice(&answer.body).unwrap()))
}

fn play(run: &mut Run, document: &Document) {
    let weighed = |operation: &Rc<Operation>| std::iter::repeat_n(operation.clone(), weight(operation));
    let often: Vec<_> = document.operations.iter().flat_map(weighed).collect();
    let mut next = None;
    while run.counts.requests() < REQUESTS {
        let operation = next.take().unwrap_or_else(|| run.maker.dice.pick(&often).clone());
        if run.one(&operation) {
            let follows: Vec<_> = FOLLOWS.iter().filter(|(first, _)| *first == operation.id).collect();
            if !follows.is_empty() && !run.maker.dice.one_in(3) {
                let then = run.maker.dice.pick(&follows).1;
                next = document.operations.iter().find(|operation| operation.id == then).cloned();
            }
        }
    }
    // What takes long is asked for seldom; whatever the dice said, it is asked for.
    for operation in document.operations.iter().filter(|operation| is_seldom(&operation.id)) {
        for _ in 0..SELDOM_TRIES_MAX {
            if run.counts.of(&operation.id, "200") >= ACCEPTED_SELDOM {
                break;
            }
            run.one(operation);
        }
    }
}

/// Half of all requests are broken on purpose.
const SELDOM_TRIES_MAX: usize = 60;

#[test]
fn ten_thousand_requests_made_up_from_the_document_are_answered_as_documented() {
    let shell = Shell::shop();
    for offer in &OFFERS[1..] {
        shell.at(&BEGIN[..10], &format!("offer publish {offer}")).with(0);
    }
    let server = shell.serve();
    let (connection, document) = shown(&server);
    let hints = hints(&|offer| shell.run(&format!("offer print {offer}")).with(0).out);
    let seed = seed(20_261_120);
    let maker = Maker::new(&document, &hints, Dice::new(seed), BEGIN.parse().unwrap());
    let mut run = Run::new(maker, connection);
    play(&mut run, &document);

    let told = format!("RESIT_SEED={seed}\n{}", run.counts);
    #[expect(clippy::print_stderr, reason = "the counts are what this run has to show")]
    {
        eprintln!("{told}");
    }
    let wrong: Vec<_> = run.wrong.into_values().collect();
    assert!(wrong.is_empty(), "{told}\n{} sorts of wrong answers:\n\n{}", wrong.len(), wrong.join("\n\n"));
    for operation in &document.operations {
        let least = if is_seldom(&operation.id) { ACCEPTED_SELDOM } else { ACCEPTED_EACH };
        let accepted = run.counts.of(&operation.id, "200");
        assert!(accepted >= least, "{} was accepted {accepted} times\n{told}", operation.id);
    }
    assert!(run.counts.all("200") >= ACCEPTED, "{told}");
    for came in ["bad-input", "refused", "not-found", "method-not-allowed", "id-reused", "key-required"] {
        assert!(run.counts.all(came) > 10, "{came}\n{told}");
    }
    server.stop();
    shell.run("verify").with(0);
}
