//! What waits when a process leaves, of any length, is seen to its end.

use std::collections::HashSet;

use resit_api::{Service, routes};
use resit_domain::Timestamp;
use resit_gateway::{Answers, App, Auth, Clock, ClockFixed, Front, Gauges, Hatch, Limits};
use resit_nats::{Settings, SpanIds};
use resit_nats_fixture::{NatsServer, ServerConfig};

use super::*;
use crate::Forwarder;

/// More than twice what tokio lets a task receive before it must yield.
const REQUESTS: usize = 300;

struct OneDay;

impl Clock for OneDay {
    fn now(&self) -> Timestamp {
        "2026-01-05T10:00Z".parse().unwrap()
    }

    fn is_settable(&self) -> bool {
        false
    }

    fn set(&self, _: Timestamp) -> Result<(), ClockFixed> {
        Err(ClockFixed)
    }
}

/// A route that is served over a connection, and may be answered by two processes.
fn served(link: &Link) -> Arc<Served> {
    let spans = Arc::new(SpanIds::seeded([1; 8]));
    let front = Front {
        clock: Arc::new(OneDay),
        auth: Auth::Vouched,
        gauges: Arc::default(),
        limits: Limits::default(),
    };
    let forwarder = Forwarder::new(link.clone(), spans.clone());
    let app = App::new(front, Answers::Beyond(Arc::new(forwarder)));
    let route = routes().into_iter().find(|route| {
        route.operation.service() == Some(Service::CommandHandler) && may_be_done_twice(route.operation)
    });
    let hatch = Hatch::to(&app, &Arc::new(route.expect("handlers serve such routes")));
    Arc::new(Served::new(link.clone(), hatch, spans, Arc::default()))
}

#[tokio::test]
async fn every_request_that_no_endpoint_took_is_found_however_many_wait() {
    let server = NatsServer::start(ServerConfig::default());
    let settings = Settings::open(&server.url(), "resit".parse().unwrap());
    let link = Link::connect(settings).await.unwrap();
    let served = served(&link);
    let leaving = Leaving::begin(&link, std::slice::from_ref(&served)).await;
    let asking = server.client().await;
    // By its first subject; the endpoint that would take it has ended.
    let subject = link.names.api_route(served.route().id).replace('*', "x");
    for n in 0..REQUESTS {
        asking.publish_with_reply(subject.clone(), format!("answers.{n}"), "".into()).await.unwrap();
    }
    // The server has sent them on when it says that it has them.
    asking.flush().await.unwrap();
    let overlooked = leaving.overlooked(&link).await;
    let replies: HashSet<_> = overlooked.iter().filter_map(|(_, message)| message.reply.clone()).collect();
    assert_eq!((overlooked.len(), replies.len()), (REQUESTS, REQUESTS), "each once");
}
