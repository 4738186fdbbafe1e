//! What a handler only reads may be another's to change: nobody is judged by a state that is older than an acknowledged change.

use std::time::Duration;

use async_nats::HeaderMap;
use futures_util::future::{join_all, select_all};
use resit_nats::Link;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::processes::{Ledger, Process, waited};

const OFFER: &str = include_str!("../../../../deploy/offers/exam-replay.toml");

/// How long an answer is waited for before the request is sent again: a handler may have died with it.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// Whoever asks the ledger's handlers; which of them answers, the servers choose.
struct Operator(Link);

impl Operator {
    async fn asks(&self, route: &str, key: &str, body: &Value) -> u16 {
        let mut headers = HeaderMap::new();
        headers.insert("Idempotency-Key", key);
        let subject = self.0.names.api("operator", "op", route);
        loop {
            let body = body.to_string().into();
            let asked = self.0.client.request_with_headers(subject.clone(), headers.clone(), body);
            if let Ok(Ok(answer)) = timeout(ANSWER_MAX, asked).await {
                let status = answer.headers.as_ref().and_then(|headers| headers.get("Resit-Status"));
                return status.and_then(|status| status.as_str().parse().ok()).unwrap();
            }
        }
    }

    async fn publishes(&self, offer: &str) {
        let (terms, _) = OFFER.split_once("[[example]]").unwrap();
        let source = terms.replace("\"exam-replay\"", &format!("\"{offer}\""));
        assert_eq!(
            self.asks("publish-offer", &format!("publish-{offer}"), &json!({ "source": source })).await,
            200
        );
    }

    async fn withdraws(&self, offer: &str) -> u16 {
        let body = json!({ "offer": offer, "grandfather": "nobody" });
        self.asks("withdraw-offer", &format!("withdraw-{offer}"), &body).await
    }

    /// What is answered to so many orders that come at once.
    async fn orders(&self, offer: &str, when: &str, count: u32) -> Vec<u16> {
        let order = async |number| {
            let number = format!("{offer}-{when}-{number}");
            let body = json!({ "order": { "shop": "web", "number": number, "line": 1 }, "offer": offer });
            self.asks("issue", &number, &body).await
        };
        join_all((0..count).map(order)).await
    }
}

#[test]
fn no_handler_sells_what_was_withdrawn_once_that_is_acknowledged() {
    let ledger = Ledger::named("shop");
    let mut handlers = [(); 2].map(|()| ledger.start("command-handler", "handler"));
    waited(async {
        let operator = Operator(ledger.link().await);
        let round = async |n| {
            let offer = format!("o-{n}");
            operator.publishes(&offer).await;
            assert_eq!(operator.orders(&offer, "before", 8).await, [200; 8], "{offer}");
            assert_eq!(operator.withdraws(&offer).await, 200);
            operator.orders(&offer, "after", 8).await.iter().filter(|status| **status == 200).count()
        };
        let sold: usize = join_all((0..60).map(round)).await.into_iter().sum();
        assert_eq!(sold, 0, "of 480 orders behind an acknowledged withdrawal");
    });
    handlers.iter_mut().for_each(Process::stop);
}

#[test]
fn a_handler_that_was_paused_during_a_withdrawal_sells_nothing_when_it_goes_on() {
    let ledger = Ledger::named("shop");
    let mut one = ledger.start("command-handler", "handler");
    let mut paused = ledger.start("command-handler", "handler");
    waited(async {
        let operator = Operator(ledger.link().await);
        operator.publishes("o").await;
        assert_eq!(operator.orders("o", "before", 16).await, [200; 16]);
        paused.signal("-STOP");
        // Half of them come to the one that is paused.
        let withdrawn = (0..16).map(|_| Box::pin(operator.withdraws("o")));
        assert_eq!(select_all(withdrawn).await.0, 200);
        one.kill();
        let orders = operator.orders("o", "after", 16);
        // What was asked for lies ready when it goes on: a server takes what one connection sends in its order.
        let goes_on = async {
            operator.0.client.request("nobody", "".into()).await.expect_err("nobody listens");
            paused.signal("-CONT");
        };
        let (answers, ()) = tokio::join!(orders, goes_on);
        assert!(!answers.contains(&200), "{answers:?}");
    });
    paused.stop();
}
