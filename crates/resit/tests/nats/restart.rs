//! Handlers come and go under load; callers of a gateway notice nothing.

use std::sync::atomic::{AtomicUsize, Ordering};

use resit_api::CommandBody;
use resit_client::{Caller, Client};
use resit_domain::{CommandId, Issue};

use crate::processes::Ledger;

const CALLERS: usize = 4;
const ORDERS: usize = 60;
/// After how many answers a handler is replaced.
const RESTART_EVERY: usize = 40;

fn client(url: &str) -> Client {
    Client::new(Caller { url: url.to_owned(), token: None, actor: "shop".parse().unwrap(), clock: None })
}

fn order(number: &str) -> (CommandId, CommandBody) {
    let order = serde_json::json!({ "order": { "shop": "web", "number": number, "line": 1 }, "offer": "exam-replay" });
    let issue: Issue = serde_json::from_value(order).unwrap();
    (format!("order-{number}").parse().unwrap(), CommandBody::Issue(issue))
}

#[test]
fn a_rolling_restart_under_load_loses_and_doubles_nothing() {
    let ledger = Ledger::named("shop");
    let mut gateway = ledger.start("gateway", "gateway");
    let mut handlers =
        vec![ledger.start("command-handler", "handler"), ledger.start("command-handler", "handler")];
    ledger.run(&format!("--server {} offer publish exam-replay", gateway.url), "nowhere").with(0);
    let (answered, url) = (AtomicUsize::new(0), &gateway.url);
    let replayed = std::thread::scope(|scope| {
        let (tell, told) = std::sync::mpsc::channel();
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let (tell, answered) = (tell.clone(), &answered);
                scope.spawn(move || {
                    let client = client(url);
                    let mut replayed = 0;
                    for number in 0..ORDERS {
                        let (id, body) = order(&format!("{caller}-{number}"));
                        let reply = client.handle(&id, &body).unwrap();
                        assert_eq!(reply.codes.len(), 1, "{reply:?}");
                        replayed += usize::from(reply.replayed);
                        if (answered.fetch_add(1, Ordering::SeqCst) + 1).is_multiple_of(RESTART_EVERY) {
                            tell.send(()).unwrap();
                        }
                    }
                    replayed
                })
            })
            .collect();
        drop(tell);
        for () in told {
            // The new one is there before the old one goes.
            handlers.push(ledger.start("command-handler", "handler"));
            handlers.remove(0).stop();
        }
        callers.into_iter().map(|caller| caller.join().unwrap()).sum::<usize>()
    });
    assert_eq!(answered.into_inner(), CALLERS * ORDERS);
    let dump = ledger.run(&format!("--server {url} log dump --limit 100000"), "nowhere").with(0).out;
    assert_eq!(
        dump.matches("\"type\":\"VoucherIssued\"").count(),
        CALLERS * ORDERS,
        "{replayed} were answered at a second try"
    );
    crate::processes::stopped(handlers);
    gateway.stop();
}
