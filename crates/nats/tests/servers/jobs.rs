//! Each user can do its job, across accounts, and nobody's answer lands in the log.

use std::time::Duration;

use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::{self, Message};
use futures_util::StreamExt as _;
use resit_nats::durability::prove;
use resit_nats::{Credentials, Link, Settings};

use crate::deployment::{Deployment, certificates};

/// Reads by a ready-made consumer, as somebody outside the ledger's account does.
async fn read(link: &Link, stream: &str, consumer: &str, count: usize) -> Vec<Message> {
    let outside = jetstream::with_prefix(link.client.clone(), &link.names.readers_api());
    taken(&outside, stream, consumer, count).await
}

async fn taken(jetstream: &jetstream::Context, stream: &str, consumer: &str, count: usize) -> Vec<Message> {
    let consumer: PullConsumer =
        jetstream.get_consumer_from_stream::<pull::Config, _, _>(consumer, stream).await.unwrap();
    let batch = consumer.fetch().max_messages(count).messages().await.unwrap();
    let messages: Vec<Message> = batch.map(Result::unwrap).collect().await;
    for message in &messages {
        message.double_ack().await.unwrap();
    }
    messages
}

async fn say(link: &Link, subject: String, text: &'static str) {
    link.jetstream.publish(subject, text.into()).await.unwrap().await.unwrap();
}

fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| str::from_utf8(&message.payload).unwrap()).collect()
}

#[tokio::test]
async fn an_event_goes_in_and_what_came_of_it_comes_out_to_its_sender_alone() {
    let deployment = Deployment::start().laid_out().await;
    let (shop, provider) =
        (deployment.link("purchase:shop").await, deployment.link("delivery:provider").await);
    let (intake, bi) = (deployment.link("intake").await, deployment.link("reporting:bi").await);
    let names = &shop.names;
    say(&shop, names.intake("purchase", "shop", "order"), "an order").await;
    say(&provider, names.intake("delivery", "provider", "result"), "a result").await;
    let taken = taken(&intake.jetstream, &names.intake_stream(), names.intake_consumer(), 10).await;
    assert_eq!(texts(&taken), ["an order", "a result"]);
    say(&intake, names.outcome("shop", "accepted"), "for the shop").await;
    say(&intake, names.outcome("provider", "accepted"), "for the provider").await;
    say(&intake, names.fact("entitlement", "issued"), "a fact").await;
    let outcomes = names.outcome_stream();
    assert_eq!(texts(&read(&shop, &outcomes, "outcomes-shop", 10).await), ["for the shop"]);
    assert_eq!(texts(&read(&provider, &outcomes, "outcomes-provider", 10).await), ["for the provider"]);
    assert_eq!(texts(&read(&bi, &names.facts_stream(), "facts-bi", 10).await), ["a fact"]);
    assert!(read(&bi, &names.facts_stream(), "facts-bi", 10).await.is_empty(), "it was acknowledged");
}

#[tokio::test]
async fn a_request_that_a_process_hears_several_times_is_answered() {
    let deployment = Deployment::start().laid_out().await;
    for (role, route) in
        [("command-handler", "issue"), ("projector", "verify"), ("expiry-scheduler", "expire-due")]
    {
        let handler = deployment.link(role).await;
        let subjects = handler.names.api_route(route);
        let mut taken = handler.client.queue_subscribe(subjects.clone(), role.into()).await.unwrap();
        // A process that leaves hears a copy of each; here it hears three.
        let mut copies = Vec::new();
        for _ in 0..3 {
            copies.push(handler.client.subscribe(subjects.clone()).await.unwrap());
        }
        handler.client.flush().await.unwrap();
        let answering = tokio::spawn(async move {
            while let Some(message) = taken.next().await {
                for copy in &mut copies {
                    copy.next().await.unwrap();
                }
                handler.client.publish(message.reply.unwrap(), "heard".into()).await.unwrap();
            }
        });
        for user in ["purchase:shop", "gateway", "operator:chief"] {
            let asking = deployment.link(user).await;
            let subject = match user.split_once(':') {
                Some((kind, name)) => asking.names.api(kind, name, route),
                None => asking.names.api_by_gateway("purchase", "shop", route),
            };
            for n in 0..20 {
                let answer = asking.client.request(subject.clone(), "".into()).await;
                let answer = answer.unwrap_or_else(|error| panic!("{role} to {user}, request {n}: {error}"));
                assert_eq!(answer.payload, "heard");
            }
        }
        answering.abort();
    }
}

#[tokio::test]
async fn requests_are_answered_across_accounts_and_nobody_waits_for_nobody() {
    let deployment = Deployment::start().laid_out().await;
    let (handler, shop) = (deployment.link("command-handler").await, deployment.link("purchase:shop").await);
    let (gateway, operator) = (deployment.link("gateway").await, deployment.link("operator:chief").await);
    let subject = shop.names.api("purchase", "shop", "issue");
    let alone = shop.client.request(subject.clone(), "".into()).await.unwrap_err();
    assert_eq!(alone.kind(), async_nats::RequestErrorKind::NoResponders, "{alone}");
    let mut asked =
        handler.client.queue_subscribe(shop.names.api_subjects(), "command-handler".into()).await.unwrap();
    handler.client.flush().await.unwrap();
    tokio::spawn(async move {
        while let Some(message) = asked.next().await {
            let answer = format!("heard {}", message.subject);
            handler.client.publish(message.reply.unwrap(), answer.into()).await.unwrap();
        }
    });
    let asking = [
        (&shop, subject),
        (&gateway, gateway.names.api_by_gateway("purchase", "shop", "issue")),
        (&operator, operator.names.api("operator", "chief", "status")),
    ];
    for (link, subject) in asking {
        // The handler's interest takes a moment to be known: until then nobody is there to answer.
        let answer = loop {
            match link.client.request(subject.clone(), "".into()).await {
                Err(e) if e.kind() == async_nats::RequestErrorKind::NoResponders => {}
                answer => break answer.unwrap(),
            }
        };
        assert_eq!(answer.payload, format!("heard {subject}"));
    }
}

#[tokio::test]
async fn no_answer_to_a_caller_lands_in_the_log() {
    let deployment = Deployment::start().laid_out().await;
    let (shop, bi) = (deployment.link("purchase:shop").await, deployment.link("reporting:bi").await);
    let (handler, intake) = (deployment.link("command-handler").await, deployment.link("intake").await);
    let names = &shop.names;
    let mut asked = handler.client.subscribe(names.api_subjects()).await.unwrap();
    say(&handler, names.record("offer", "first"), "a record").await;
    say(&intake, names.fact("entitlement", "issued"), "a fact").await;
    let into_the_log = names.record("entitlement", "x");
    let aimed = async |link: &Link, subject: String| {
        link.client.publish_with_reply(subject, into_the_log.clone(), "1".into()).await.unwrap();
    };
    aimed(&shop, names.intake("purchase", "shop", "order")).await;
    aimed(&shop, names.api("purchase", "shop", "issue")).await;
    let next = format!("{}.CONSUMER.MSG.NEXT.{}.facts-bi", names.readers_api(), names.facts_stream());
    aimed(&bi, next).await;
    let request = asked.next().await.unwrap();
    assert!(!request.reply.clone().unwrap().contains("ledger"), "{request:?}");
    handler.client.publish(request.reply.unwrap(), "an answer".into()).await.unwrap();
    // Each of the three was answered when these come back; the fact stays, for nobody listens where it was to go.
    prove(&handler).await.unwrap();
    assert_eq!(texts(&read(&bi, &names.facts_stream(), "facts-bi", 1).await), ["a fact"]);
    let event = taken(&intake.jetstream, &names.intake_stream(), names.intake_consumer(), 1).await;
    assert_eq!(event.len(), 1);
    let log = handler.jetstream.get_stream(names.ledger_stream()).await.unwrap();
    assert_eq!(log.cached_info().state.messages, 1);
}

#[tokio::test]
async fn services_see_that_servers_sync_and_only_the_scheduler_takes_leases() {
    let deployment = Deployment::start().laid_out().await;
    for service in ["command-handler", "projector", "expiry-scheduler", "intake", "operator:chief", "admin"] {
        assert_eq!(prove(&deployment.link(service).await).await.unwrap().servers.len(), 1, "{service}");
    }
    let scheduler = deployment.link("expiry-scheduler").await;
    let leases = scheduler.jetstream.get_key_value(scheduler.names.leases_bucket()).await.unwrap();
    let revision = leases.create("expiry-scheduler", "one".into()).await.unwrap();
    leases.create("expiry-scheduler", "other".into()).await.unwrap_err();
    leases.update("expiry-scheduler", "one".into(), revision).await.unwrap();
    assert_eq!(leases.get("expiry-scheduler").await.unwrap().unwrap(), "one");
}

#[tokio::test]
async fn the_admin_can_copy_the_log_whole() {
    let deployment = Deployment::start().laid_out().await;
    let (admin, handler) = (deployment.link("admin").await, deployment.link("command-handler").await);
    say(&handler, handler.names.record("offer", "first"), "a record").await;
    let inbox = admin.client.new_inbox();
    let mut chunks = admin.client.subscribe(inbox.clone()).await.unwrap();
    let ask = format!("$JS.API.STREAM.SNAPSHOT.{}", admin.names.ledger_stream());
    let told = format!("{{\"deliver_subject\":{inbox:?}}}");
    admin.client.request(ask, told.into()).await.unwrap();
    let mut bytes = 0;
    // An empty one is the end.
    while let Some(chunk) = chunks.next().await.filter(|chunk| !chunk.payload.is_empty()) {
        assert_eq!(chunk.status, None, "{chunk:?}");
        bytes += chunk.payload.len();
        if let Some(reply) = chunk.reply {
            admin.client.publish(reply, "".into()).await.unwrap();
        }
    }
    assert!(bytes > 0);
}

#[tokio::test]
async fn who_shows_no_key_is_not_let_in() {
    let deployment = Deployment::start();
    let settings = Settings {
        credentials: Credentials::None,
        ca_file: Some(certificates().join("ca.pem")),
        timeout: Duration::from_secs(2),
        ..Settings::open(&deployment.server.url(), "resit".parse().unwrap())
    };
    let told = Link::connect(settings).await.unwrap_err();
    assert!(told.to_string().contains("do they know this user?"), "{told}");
}
